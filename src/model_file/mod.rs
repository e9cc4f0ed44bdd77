//! The container of a `*.khabar` file: named tensors and a description, pure data.
//!
//! A model from a stranger is safe to load: nothing in it is run, every length is checked before
//! anything is allocated (and none can exceed the file), weights are finite, and a checksum over
//! all of it makes any changed bit and any missing end an error. What the tensors mean is
//! another's matter. The form is that of safetensors (JSON before raw numbers) with what that
//! lacks: a checksum, versions of the format and of the n-gram hash.
//!
//! ```text
//! 0   khabarM1                     the digit is the version of the format
//! 8   u64                          bytes of the whole file (all numbers little endian)
//! 16  32 bytes                     SHA-256 of all but these bytes
//! 48  u64                          bytes of the header
//! 56  header, JSON                 kind, hash_version, meta, tensors: name, dtype, shape, offset
//! ..  tensors, each from a multiple of 8 on, zeros between
//! ```
//!
//! Loading reads once, hashes once (0.2 to 1.5 GB a second) and copies once: 6 MB in some 10 to
//! 30 ms. Memory: twice the file while it loads.
//!
//! ```
//! use khabar::model_file::{Data, ModelFile, Tensor};
//! let model = ModelFile {
//!     kind: "topic".into(),
//!     meta: serde_json::json!({"labels": ["رياضة", "اقتصاد"]}),
//!     tensors: vec![Tensor { name: "weights".into(), shape: vec![2, 3], data: Data::F32(vec![0.5; 6]) }],
//!     ..ModelFile::default()
//! };
//! let mut bytes = model.to_bytes("m.khabar")?;
//! assert_eq!(ModelFile::from_bytes(&bytes, "m.khabar")?, model);
//! bytes[100] ^= 1;
//! let error = ModelFile::from_bytes(&bytes, "m.khabar").unwrap_err();
//! assert!(error.to_string().starts_with("m.khabar: the model is damaged"));
//! # Ok::<(), khabar::Error>(())
//! ```

mod header;
mod read;
mod tensor;
mod write;

use std::path::Path;

use crate::vectorize::HASH_VERSION;
use crate::{Error, Result};

pub use tensor::{Data, Tensor, f16_from_f32, f32_from_f16};

/// First bytes, but for the version.
const MAGIC: &[u8; 7] = b"khabarM";
/// The version of the format that is written, and the newest that is read.
const VERSION: u8 = b'1';
/// Where the parts before the header begin and end.
const CHECKSUM: std::ops::Range<usize> = 16..48;
const HEADER: usize = 56;
/// Tensors begin at multiples of this.
const ALIGN: usize = 8;
/// A larger file is refused unread.
pub const MAX_MODEL_BYTES: u64 = 1 << 30;

/// A model as its file holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelFile {
    /// What it is a model of (`topic`); a reader refuses what it does not know.
    pub kind: String,
    /// The version of the n-gram hash that its features were made with.
    pub hash_version: u32,
    /// Whatever else there is to say. Numbers here may lose their last bit on the way: what must
    /// be exact belongs into a tensor.
    pub meta: serde_json::Value,
    /// The numbers, in this order, each of a name of its own.
    pub tensors: Vec<Tensor>,
}

impl Default for ModelFile {
    fn default() -> Self {
        Self {
            kind: String::new(),
            hash_version: HASH_VERSION,
            meta: serde_json::Value::Null,
            tensors: Vec::new(),
        }
    }
}

impl ModelFile {
    /// The tensor of a name.
    #[must_use]
    pub fn tensor(&self, name: &str) -> Option<&Tensor> {
        self.tensors.iter().find(|tensor| tensor.name == name)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be read, [`Error::Format`] where it is no model, from a
    /// newer version, cut short, damaged, or too large.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        read::read(path.as_ref())
    }

    /// Reads a model from memory; `label` names it in errors.
    ///
    /// # Errors
    /// [`Error::Format`] as [`ModelFile::read`].
    pub fn from_bytes(bytes: &[u8], label: &str) -> Result<Self> {
        read::from_bytes(bytes, label)
    }

    /// Writes a file, whole or not at all. The same model gives the same bytes.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be written; [`Error::Format`] as [`ModelFile::to_bytes`].
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        write::write(self, path.as_ref())
    }

    /// The file's bytes; `label` names it in errors.
    ///
    /// # Errors
    /// [`Error::Format`] where two tensors have one name, a shape does not fit its numbers, a
    /// number is not finite, or the file would be too large to be read.
    pub fn to_bytes(&self, label: &str) -> Result<Vec<u8>> {
        write::to_bytes(self, label)
    }
}

/// The checksum of a file's bytes.
fn checksum(bytes: &[u8]) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    hash.update(&bytes[..CHECKSUM.start]);
    hash.update(&bytes[CHECKSUM.end..]);
    hash.finalize().into()
}

/// The next place where a tensor may begin.
fn aligned(at: usize) -> usize {
    at.next_multiple_of(ALIGN)
}

/// What is wrong with a model, and what to do.
fn broken(label: &str, what: impl Into<String>) -> Error {
    Error::format(
        crate::output::safe(label),
        what,
        "copy or download it again, or train the model anew",
    )
}
