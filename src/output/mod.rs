//! Rows to files and terminals.
mod safe;
pub use safe::safe;
pub(crate) use safe::undefuse;
