//! Articles as character n-gram TF-IDF vectors.

mod csr;

pub use csr::{Csr, Row, times};
