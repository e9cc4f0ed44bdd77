//! Articles as character n-gram TF-IDF vectors.

mod count;
mod csr;
mod hash;
pub mod hashed;
mod ngram;
mod simd;
mod weight;

pub use csr::{Csr, Row, times};
pub use hash::{HASH_VERSION, bucket};
pub use ngram::{Analyzer, NgramRange};
pub use weight::{Norm, Tf, smooth_idf};
