//! From bytes to a model, trusting none of them.
//!
//! First the prefix, then the checksum, then the header, then the tensors: until the checksum
//! holds nothing but lengths is looked at. Costs as the module says.
//!
//! ```text
//! m.khabar: the model is cut short: 1024 of 6000000 bytes; copy or download it again, ...
//! ```

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::header::{Header, check_names};
use super::tensor::{Data, Tensor};
use super::{
    CHECKSUM, HEADER, MAGIC, MAX_MODEL_BYTES, ModelFile, VERSION, aligned, broken, checksum,
};
use crate::{Error, Result};

pub(super) fn read(path: &Path) -> Result<ModelFile> {
    let label = path.to_string_lossy();
    let failed = |e| Error::io(path, e);
    let file = File::open(path).map_err(failed)?;
    let expected = file.metadata().map_err(failed)?.len();
    if expected > MAX_MODEL_BYTES {
        return Err(too_large(&label));
    }
    // Room for what the disk says there is, which is bounded; a pipe says nothing and grows.
    let mut bytes = Vec::with_capacity(expected as usize);
    file.take(MAX_MODEL_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    from_bytes(&bytes, &label)
}

pub(super) fn from_bytes(bytes: &[u8], label: &str) -> Result<ModelFile> {
    if bytes.len() as u64 > MAX_MODEL_BYTES {
        return Err(too_large(label));
    }
    check_prefix(bytes, label)?;
    let damaged = |what: &str| broken(label, format!("the model is damaged: {what}"));
    if bytes[CHECKSUM] != checksum(bytes) {
        return Err(damaged("its checksum does not fit"));
    }
    // From here on the bytes are those that were written, if by someone who meant ill.
    let length = number(&bytes[CHECKSUM.end..HEADER]);
    let end = usize::try_from(length).ok().and_then(|length| HEADER.checked_add(length));
    let end = end.filter(|&end| end <= bytes.len());
    let end = end.ok_or_else(|| damaged("its header is longer than the file"))?;
    let header: Header = serde_json::from_slice(&bytes[HEADER..end])
        .map_err(|_| damaged("its header cannot be read"))?;
    check_names(header.tensors.iter().map(|entry| entry.name.as_str()))
        .map_err(|what| damaged(&what))?;
    let first = aligned(end);
    let mut at = first;
    let mut from = end;
    let mut tensors = Vec::with_capacity(header.tensors.len());
    for entry in header.tensors {
        let length = entry.bytes().map_err(|what| damaged(&what))?;
        let to = at.checked_add(length).filter(|&to| to <= bytes.len());
        let to = to.ok_or_else(|| damaged("a tensor ends behind the file"))?;
        if entry.offset != (at - first) as u64 || bytes[from..at].iter().any(|&byte| byte != 0) {
            return Err(damaged("a tensor does not begin where the one before ends"));
        }
        let data = Data::from_le(&entry.dtype, &bytes[at..to])
            .ok_or_else(|| damaged("a tensor is of a kind that is not known"))?;
        if !data.is_finite() {
            return Err(damaged("a number is not finite"));
        }
        let shape = entry.shape.iter().map(|&n| n as usize).collect();
        tensors.push(Tensor { name: entry.name, shape, data });
        from = to;
        at = aligned(to);
    }
    if from != bytes.len() {
        return Err(damaged("something stands behind its tensors"));
    }
    let Header { kind, hash_version, meta, .. } = header;
    Ok(ModelFile { kind, hash_version, meta, tensors })
}

/// Whether this is a model of a version we know, and as long as it should be.
fn check_prefix(bytes: &[u8], label: &str) -> Result<()> {
    let label_shown = crate::output::safe(label);
    let n = bytes.len().min(MAGIC.len());
    if bytes.is_empty() || bytes[..n] != MAGIC[..n] {
        let remedy = "name a file that khabar train wrote";
        return Err(Error::format(label_shown, "this is no khabar model", remedy));
    }
    match bytes.get(MAGIC.len()) {
        Some(&VERSION) | None => {}
        Some(digit @ b'2'..=b'9') => {
            let what = format!(
                "the model is of version {}, this khabar reads up to {}",
                char::from(*digit),
                char::from(VERSION)
            );
            return Err(Error::format(label_shown, what, "install a newer khabar"));
        }
        Some(_) => return Err(broken(label, "the model is damaged: its version is none")),
    }
    if bytes.len() < HEADER {
        return Err(broken(label, format!("the model is cut short: {} bytes", bytes.len())));
    }
    let whole = number(&bytes[MAGIC.len() + 1..CHECKSUM.start]);
    if (bytes.len() as u64) < whole {
        let what = format!("the model is cut short: {} of {whole} bytes", bytes.len());
        return Err(broken(label, what));
    }
    if bytes.len() as u64 > whole {
        return Err(broken(label, "the model is damaged: it is longer than it says"));
    }
    Ok(())
}

/// Eight bytes as a number.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |n, &byte| n << 8 | u64::from(byte))
}

pub(super) fn too_large(label: &str) -> Error {
    let what = format!("a model of more than {} MiB", MAX_MODEL_BYTES >> 20);
    Error::format(crate::output::safe(label), what, "train with fewer features")
}
