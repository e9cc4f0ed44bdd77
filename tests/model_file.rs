//! Model files: what is written comes back, and nothing else is taken for a model.

#![allow(clippy::unwrap_used)] // also in the helpers of tests, which clippy.toml leaves out

use khabar::model_file::{Data, ModelFile, Tensor};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

fn tensor(name: &str, shape: &[usize], data: Data) -> Tensor {
    Tensor { name: name.into(), shape: shape.to_vec(), data }
}

fn model() -> ModelFile {
    ModelFile {
        kind: "topic".into(),
        hash_version: 1,
        meta: serde_json::json!({"labels": ["رياضة", "اقتصاد"], "floor": 0.25}),
        tensors: vec![
            tensor("weights", &[2, 3], Data::F32(vec![0.5, -1.25, 3e-9, 0.0, -0.0, 7e30])),
            tensor("halves", &[3], Data::F16(vec![0x3C00, 0x8001, 0x7BFF])),
            tensor("codes", &[5], Data::U8(vec![0, 1, 2, 254, 255])),
            tensor("nothing", &[0, 4], Data::U32(vec![])),
            tensor("columns", &[], Data::U32(vec![1 << 20])),
        ],
    }
}

fn error(bytes: &[u8]) -> String {
    ModelFile::from_bytes(bytes, "m.khabar").unwrap_err().to_string()
}

/// The bytes with a checksum and a length that fit.
fn signed(mut bytes: Vec<u8>) -> Vec<u8> {
    let whole = bytes.len() as u64;
    bytes[8..16].copy_from_slice(&whole.to_le_bytes());
    let mut hash = Sha256::new();
    hash.update(&bytes[..16]);
    hash.update(&bytes[48..]);
    let sum: [u8; 32] = hash.finalize().into();
    bytes[16..48].copy_from_slice(&sum);
    bytes
}

/// A file with this header and these bytes of tensors, signed.
fn forged(header: &str, tensors: &[u8]) -> Vec<u8> {
    let mut bytes = b"khabarM1".to_vec();
    bytes.resize(48, 0);
    bytes.extend((header.len() as u64).to_le_bytes());
    bytes.extend(header.as_bytes());
    if !tensors.is_empty() {
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes.extend(tensors);
    }
    signed(bytes)
}

#[test]
fn what_is_written_comes_back_to_the_bit() {
    let model = model();
    let bytes = model.to_bytes("m.khabar").unwrap();
    assert_eq!(bytes, model.to_bytes("other").unwrap());
    let back = ModelFile::from_bytes(&bytes, "m.khabar").unwrap();
    assert_eq!(back, model);
    assert_eq!(back.to_bytes("m.khabar").unwrap(), bytes);
    assert_eq!(back.tensor("halves").unwrap().data.to_f32().unwrap()[0], 1.0);
    assert_eq!(back.tensor("columns").unwrap().data.to_f32(), None);
    assert!(back.tensor("absent").is_none());

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("نموذج.khabar");
    model.write(&path).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    assert_eq!(ModelFile::read(&path).unwrap(), model);
    assert!(matches!(ModelFile::read(folder.path().join("none")), Err(khabar::Error::Io { .. })));
}

#[test]
fn every_flipped_bit_and_every_truncation_is_an_error() {
    let bytes = model().to_bytes("m.khabar").unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(ModelFile::from_bytes(&flipped, "m").is_err(), "bit {bit}");
    }
    for length in 0..bytes.len() {
        assert!(ModelFile::from_bytes(&bytes[..length], "m").is_err(), "{length} bytes");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert!(error(&longer).contains("longer than it says"));
}

#[test]
fn errors_say_what_is_wrong_and_what_to_do() {
    let bytes = model().to_bytes("m.khabar").unwrap();
    let changed = |at: usize, byte: u8| {
        let mut changed = bytes.clone();
        changed[at] = byte;
        changed
    };
    for (bytes, said) in [
        (b"".to_vec(), "m.khabar: this is no khabar model; name a file that khabar train wrote"),
        (b"PK\x03\x04....".to_vec(), "m.khabar: this is no khabar model;"),
        (changed(7, b'2'), "the model is of version 2, this khabar reads up to 1; install a newer"),
        (changed(7, b'x'), "the model is damaged: its version is none"),
        (bytes[..20].to_vec(), "the model is cut short: 20 bytes; copy or download it again"),
        (bytes[..100].to_vec(), &format!("the model is cut short: 100 of {} bytes;", bytes.len())),
        (changed(60, b'#'), "the model is damaged: its checksum does not fit"),
    ] {
        assert!(error(&bytes).contains(said), "{said}: {}", error(&bytes));
    }
    let said = ModelFile::from_bytes(b"x", "a\u{1b}[31m").unwrap_err().to_string();
    assert!(!said.contains('\u{1b}'));
}

#[test]
fn a_forger_who_knows_the_checksum_gets_an_error_too() {
    let header = |tensors: &str| {
        format!(r#"{{"kind":"topic","hash_version":1,"meta":null,"tensors":[{tensors}]}}"#)
    };
    let entry = |name: &str, dtype: &str, shape: &str, offset: u64| {
        header(&format!(
            r#"{{"name":"{name}","dtype":"{dtype}","shape":{shape},"offset":{offset}}}"#
        ))
    };
    let fine = forged(&entry("w", "f32", "[1]", 0), &1f32.to_le_bytes());
    assert!(ModelFile::from_bytes(&fine, "m").is_ok());
    let numbers = [0u8; 8];
    for (bytes, said) in [
        (forged(&entry("w", "f32", "[1]", 0), &f32::NAN.to_le_bytes()), "not finite"),
        (forged(&entry("w", "f16", "[1]", 0), &0x7C00u16.to_le_bytes()), "not finite"),
        (forged(&entry("w", "f32", "[3]", 0), &numbers), "behind the file"),
        (forged(&entry("w", "f32", "[1]", 0), &numbers), "behind its tensors"),
        (forged(&entry("w", "f32", "[1]", 4), &numbers), "does not begin"),
        (forged(&entry("w", "f64", "[1]", 0), &numbers), "a kind that is not known"),
        (forged(&entry("", "u8", "[8]", 0), &numbers), "has no name"),
        (forged(&entry("w", "u32", "[4294967296, 4294967296]", 0), &numbers), "is too large"),
        (forged(&entry("w", "u32", "[18446744073709551615]", 0), &numbers), "is too large"),
        (forged(&entry("w", "u8", "[1,1,1,1,1,1,1,1,8]", 0), &numbers), "9 dimensions"),
        (forged(&header(&"{},".repeat(3)), &[]), "its header cannot be read"),
        (forged(&"[".repeat(100_000), &[]), "its header cannot be read"),
        (forged("", &[]), "its header cannot be read"),
    ] {
        assert!(error(&bytes).contains(said), "{said}: {}", error(&bytes));
    }
    let two = r#"{"name":"w","dtype":"u8","shape":[8],"offset":0},{"name":"w","dtype":"u8","shape":[8],"offset":8}"#;
    assert!(error(&forged(&header(two), &[0; 16])).contains("two tensors are named"));
    let mut long = fine.clone();
    long[48..56].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(error(&signed(long)).contains("header is longer than the file"));
}

#[test]
fn what_could_not_be_read_is_not_written() {
    for (tensors, said) in [
        (vec![tensor("w", &[2], Data::F32(vec![1.0]))], "has 1 numbers, its shape says 2"),
        (vec![tensor("w", &[1], Data::F32(vec![f32::INFINITY]))], "not finite"),
        (vec![tensor("w", &[1], Data::U8(vec![1])); 2], "two tensors are named"),
        (vec![tensor("", &[1], Data::U8(vec![1]))], "no name"),
    ] {
        let model = ModelFile { tensors, ..model() };
        let got = model.to_bytes("m.khabar").unwrap_err().to_string();
        assert!(got.contains(said), "{said}: {got}");
        let folder = tempfile::tempdir().unwrap();
        assert!(model.write(folder.path().join("m.khabar")).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_an_error_or_a_model_but_never_a_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        header in "\\PC{0,200}",
        at in any::<prop::sample::Index>(),
        byte: u8,
    ) {
        let _ = ModelFile::from_bytes(&bytes, "m");
        prop_assert!(ModelFile::from_bytes(&forged(&header, &bytes), "m").is_err());
        // A whole model with one byte changed, signed again: whatever comes, no panic.
        let mut changed = model().to_bytes("m").unwrap();
        let at = at.index(changed.len());
        changed[at] = byte;
        let _ = ModelFile::from_bytes(&signed(changed), "m");
    }

    #[test]
    fn any_model_comes_back(
        floats in prop::collection::vec(any::<f32>().prop_filter("finite", |x| x.is_finite()), 0..50),
        bytes in prop::collection::vec(any::<u8>(), 0..50),
        words in prop::collection::vec(any::<u32>(), 0..50),
        kind in "\\PC{0,20}",
        label in "\\PC{0,20}",
    ) {
        let model = ModelFile {
            kind,
            hash_version: 7,
            meta: serde_json::json!({ "label": label }),
            tensors: vec![
                tensor("a", &[bytes.len()], Data::U8(bytes)),
                tensor("b", &[1, floats.len()], Data::F32(floats)),
                tensor("c", &[words.len()], Data::U32(words)),
            ],
        };
        let written = model.to_bytes("m").unwrap();
        prop_assert_eq!(ModelFile::from_bytes(&written, "m").unwrap(), model);
    }
}
