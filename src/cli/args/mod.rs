//! Flags that several commands share, a struct for each kind.
//!
//! ```text
//! khabar group أخبار.jsonl --text-field body --encoding windows-1256 --threads 4 -o out.csv
//! ```

pub(crate) mod input;
pub(crate) mod normalize;
pub(crate) mod output;
pub(crate) mod run;
pub(crate) mod vector;
