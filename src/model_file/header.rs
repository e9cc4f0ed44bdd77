//! The JSON between prefix and tensors, and what is checked in it.
//!
//! Checks are the same for what is written and what is read; they cost a few ns a tensor, and a
//! look at every real number.
//!
//! ```text
//! {"hash_version":1,"kind":"topic","meta":{...},"tensors":[{"dtype":"f32","name":"weights","offset":0,"shape":[7,1000]}]}
//! ```

use serde::{Deserialize, Serialize};

use super::tensor::width;

/// Most tensors, dimensions, and bytes of a name.
const MOST_TENSORS: usize = 4096;
const MOST_DIMENSIONS: usize = 8;
const LONGEST_NAME: usize = 255;

#[derive(Serialize, Deserialize)]
pub(super) struct Header {
    pub(super) kind: String,
    pub(super) hash_version: u32,
    pub(super) meta: serde_json::Value,
    pub(super) tensors: Vec<Entry>,
}

/// Where a tensor is and what it looks like.
#[derive(Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) dtype: String,
    pub(super) shape: Vec<u64>,
    /// First byte, from where the tensors begin.
    pub(super) offset: u64,
}

impl Entry {
    /// Bytes of its numbers, or what is wrong with it.
    pub(super) fn bytes(&self) -> Result<usize, String> {
        let name: String = self.name.chars().take(40).collect();
        if self.name.is_empty() || self.name.len() > LONGEST_NAME {
            return Err(format!("a tensor has no name, or one of over {LONGEST_NAME} bytes"));
        }
        if self.shape.len() > MOST_DIMENSIONS {
            return Err(format!("tensor {name:?} has {} dimensions", self.shape.len()));
        }
        let width = width(&self.dtype)
            .ok_or_else(|| format!("tensor {name:?} is of a kind that is not known"))?;
        self.shape
            .iter()
            .try_fold(width as u64, |bytes, &n| bytes.checked_mul(n))
            .and_then(|bytes| usize::try_from(bytes).ok())
            .ok_or_else(|| format!("tensor {name:?} is too large"))
    }
}

/// Whether there are not too many tensors, each of its own name.
pub(super) fn check_names<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> Result<(), String> {
    if names.len() > MOST_TENSORS {
        return Err(format!("{} tensors, more than {MOST_TENSORS}", names.len()));
    }
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("two tensors are named {:?}", pair[0])),
        None => Ok(()),
    }
}
