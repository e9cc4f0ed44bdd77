//! From a model to bytes, and to a file that is there whole or not at all.
//!
//! Nothing is written that could not be read. One pass; memory: the file once more.
//!
//! ```text
//! m.khabar: tensor "weights" has 5 numbers, its shape says 6; ...
//! ```

use std::io::Write as _;
use std::path::Path;

use super::header::{Entry, Header, check_names};
use super::read::too_large;
use super::{CHECKSUM, HEADER, MAGIC, MAX_MODEL_BYTES, ModelFile, VERSION, aligned, checksum};
use crate::output::AtomicFile;
use crate::{Error, Result};

pub(super) fn write(model: &ModelFile, path: &Path) -> Result<()> {
    let bytes = to_bytes(model, &path.to_string_lossy())?;
    let mut file = AtomicFile::create(path)?;
    file.write_all(&bytes).map_err(|e| Error::io(path, e))?;
    file.commit()
}

pub(super) fn to_bytes(model: &ModelFile, label: &str) -> Result<Vec<u8>> {
    let wrong = |what: String| {
        Error::format(crate::output::safe(label), what, "give finite numbers that fit their shapes")
    };
    check_names(model.tensors.iter().map(|tensor| tensor.name.as_str())).map_err(wrong)?;
    let mut entries = Vec::with_capacity(model.tensors.len());
    let mut at = 0;
    for tensor in &model.tensors {
        let entry = Entry {
            name: tensor.name.clone(),
            dtype: tensor.data.dtype().to_owned(),
            shape: tensor.shape.iter().map(|&n| n as u64).collect(),
            offset: at as u64,
        };
        let length = entry.bytes().map_err(wrong)?;
        let numbers: u64 = entry.shape.iter().product();
        if tensor.data.len() as u64 != numbers {
            let (name, n) = (&tensor.name, tensor.data.len());
            return Err(wrong(format!(
                "tensor {name:?} has {n} numbers, its shape says {numbers}"
            )));
        }
        if !tensor.data.is_finite() {
            return Err(wrong(format!("tensor {:?} has a number that is not finite", tensor.name)));
        }
        entries.push(entry);
        at = aligned(at + length);
    }
    let header = Header {
        kind: model.kind.clone(),
        hash_version: model.hash_version,
        meta: model.meta.clone(),
        tensors: entries,
    };
    let header = serde_json::to_vec(&header).map_err(|e| wrong(e.to_string()))?;
    if (HEADER + header.len() + at) as u64 > MAX_MODEL_BYTES {
        return Err(too_large(label));
    }
    let mut bytes = Vec::with_capacity(HEADER + header.len() + at + 16);
    bytes.extend(MAGIC);
    bytes.push(VERSION);
    bytes.resize(CHECKSUM.end, 0);
    bytes.extend((header.len() as u64).to_le_bytes());
    bytes.extend(header);
    for tensor in &model.tensors {
        bytes.resize(aligned(bytes.len()), 0);
        tensor.data.append_to(&mut bytes);
    }
    let whole = bytes.len() as u64;
    bytes[MAGIC.len() + 1..CHECKSUM.start].copy_from_slice(&whole.to_le_bytes());
    let sum = checksum(&bytes);
    bytes[CHECKSUM].copy_from_slice(&sum);
    Ok(bytes)
}
