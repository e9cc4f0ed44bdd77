//! Rows for SciPy: the `.npz` that `scipy.sparse.load_npz` reads, and the names of columns.
//!
//! An `.npz` is a zip archive of `.npy` arrays: `indices`, `indptr`, `format` (`csr`), `shape`
//! and `data`. The members are stored, not packed (weights hardly pack, and readers map them
//! quicker), so the archive is written by hand here: front to back, to anything that takes
//! bytes, pipes included, with the sizes and checksums known beforehand. Archives and members
//! beyond 4 GB get zip64 records, smaller ones the plain form. No date is stored: the same
//! rows are the same bytes. Two passes over the arrays, 64 KB of memory.
//!
//! ```
//! use khabar::vectorize::{Texts, TfidfParams, TfidfVectorizer, write_features, write_npz};
//! let texts: Texts = ["خبر عاجل", "خبر سار"].into_iter().collect();
//! let (fitted, rows) = TfidfVectorizer::fit_transform(&TfidfParams::new(), &texts)?;
//! let (mut vectors, mut features) = (Vec::new(), Vec::new());
//! write_npz(&rows, &mut vectors)?; // scipy.sparse.load_npz("vectors.npz")
//! write_features(fitted.feature_names().unwrap(), &mut features)?;
//! assert_eq!(&vectors[..4], b"PK\x03\x04");
//! assert_eq!(String::from_utf8(features)?.lines().next(), Some("\" خب\""));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::io::{self, Write};

use flate2::Crc;

use super::Csr;

/// The first size that a 32-bit field of a zip archive cannot hold (the value itself is a mark).
const ZIP32: u64 = 0xFFFF_FFFF;
/// 1980-01-01, the first day of zip.
const DATE: u16 = 0x21;
/// Version of the format: 2.0, and 4.5 for zip64.
const PLAIN: u16 = 20;
const WITH_ZIP64: u16 = 45;

/// Writes rows as a SciPy CSR `.npz`: values f4, columns and offsets i4, or i8 where there are
/// more than 2^31 - 1 values or columns.
///
/// # Errors
/// What `out` says.
pub fn write_npz(rows: &Csr, out: impl Write) -> io::Result<()> {
    write_limited(rows, out, ZIP32)
}

/// Writes the names of columns, one JSON string a line. Characters that some readers take for
/// the end of a line (U+0085, U+2028, U+2029) are escaped.
///
/// # Errors
/// What `out` says.
pub fn write_features(
    names: impl IntoIterator<Item = impl AsRef<str>>,
    mut out: impl Write,
) -> io::Result<()> {
    for name in names {
        let mut json = serde_json::to_string(name.as_ref())?;
        if json.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
            json = json.replace('\u{85}', "\\u0085");
            json = json.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
        }
        json.push('\n');
        out.write_all(json.as_bytes())?;
    }
    out.flush()
}

fn write_limited(rows: &Csr, out: impl Write, limit: u64) -> io::Result<()> {
    let largest = i32::MAX as usize;
    let wide = rows.nnz() > largest || rows.n_cols() > largest;
    let shape = [rows.n_rows() as i64, rows.n_cols() as i64];
    let mut zip = Zip { out, at: 0, limit, directory: Vec::new(), members: 0 };
    if wide {
        zip.array("indices", "<i8", rows.indices(), |&c| i64::from(c).to_le_bytes())?;
        zip.array("indptr", "<i8", rows.indptr(), |&o| o.to_le_bytes())?;
    } else {
        zip.array("indices", "<i4", rows.indices(), |&c| c.to_le_bytes())?;
        zip.array("indptr", "<i4", rows.indptr(), |&o| (o as u32).to_le_bytes())?;
    }
    zip.member("format", &npy_header("|S3", "()"), b"csr".as_slice(), |&b| [b])?;
    zip.array("shape", "<i8", &shape, |&n| n.to_le_bytes())?;
    zip.array("data", "<f4", rows.data(), |&v| v.to_le_bytes())?;
    zip.finish()
}

/// The head of a `.npy`, version 1.0: a Python dictionary, padded to a multiple of 64 bytes.
fn npy_header(dtype: &str, shape: &str) -> Vec<u8> {
    let mut text = format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}");
    let fixed = 10;
    while (fixed + text.len() + 1) % 64 != 0 {
        text.push(' ');
    }
    text.push('\n');
    let mut head = b"\x93NUMPY\x01\x00".to_vec();
    head.extend_from_slice(&(text.len() as u16).to_le_bytes());
    head.extend_from_slice(text.as_bytes());
    head
}

/// An archive being written.
struct Zip<W> {
    out: W,
    /// Bytes written so far.
    at: u64,
    /// The first size that needs zip64.
    limit: u64,
    directory: Vec<u8>,
    members: u16,
}

impl<W: Write> Zip<W> {
    /// Adds a one-dimensional array.
    fn array<T, const N: usize>(
        &mut self,
        name: &str,
        dtype: &str,
        values: &[T],
        bytes: impl Fn(&T) -> [u8; N],
    ) -> io::Result<()> {
        self.member(name, &npy_header(dtype, &format!("({},)", values.len())), values, bytes)
    }

    /// Adds a member: the head of an array and its values.
    fn member<T, const N: usize>(
        &mut self,
        name: &str,
        head: &[u8],
        values: &[T],
        bytes: impl Fn(&T) -> [u8; N],
    ) -> io::Result<()> {
        let name = format!("{name}.npy");
        let size = head.len() as u64 + values.len() as u64 * N as u64;
        let mut crc = Crc::new();
        crc.update(head);
        in_blocks(values, &bytes, |block| {
            crc.update(block);
            Ok(())
        })?;
        let start = self.at;
        let big = size >= self.limit;
        let far = start >= self.limit;
        let narrow = |value: u64, wide: bool| if wide { ZIP32 as u32 } else { value as u32 };
        let version = if big || far { WITH_ZIP64 } else { PLAIN };

        // What the local header and the entry of the directory have in common.
        let mut common = Vec::new();
        common.extend(version.to_le_bytes());
        common.extend(0u16.to_le_bytes()); // flags
        common.extend(0u16.to_le_bytes()); // stored
        common.extend(0u16.to_le_bytes()); // time
        common.extend(DATE.to_le_bytes());
        common.extend(crc.sum().to_le_bytes());
        common.extend(narrow(size, big).to_le_bytes()); // packed
        common.extend(narrow(size, big).to_le_bytes()); // unpacked
        common.extend((name.len() as u16).to_le_bytes());

        let sizes: Vec<u64> = if big { vec![size, size] } else { Vec::new() };
        let extra = zip64_extra(&sizes);
        let mut local = b"PK\x03\x04".to_vec();
        local.extend_from_slice(&common);
        local.extend((extra.len() as u16).to_le_bytes());
        local.extend_from_slice(name.as_bytes());
        local.extend_from_slice(&extra);
        self.write(&local)?;
        self.write(head)?;
        in_blocks(values, &bytes, |block| self.write(block))?;

        let extra = zip64_extra(&[sizes, if far { vec![start] } else { Vec::new() }].concat());
        let entry = &mut self.directory;
        entry.extend_from_slice(b"PK\x01\x02");
        entry.extend(version.to_le_bytes()); // made by
        entry.extend_from_slice(&common);
        entry.extend((extra.len() as u16).to_le_bytes());
        entry.extend([0; 10]); // no comment, disk 0, no attributes
        entry.extend(narrow(start, far).to_le_bytes());
        entry.extend_from_slice(name.as_bytes());
        entry.extend_from_slice(&extra);
        self.members += 1;
        Ok(())
    }

    /// Writes the directory and its end.
    fn finish(mut self) -> io::Result<()> {
        let start = self.at;
        let directory = std::mem::take(&mut self.directory);
        self.write(&directory)?;
        let size = directory.len() as u64;
        let far = start >= self.limit;
        let mut end = Vec::new();
        if far {
            let members = u64::from(self.members);
            end.extend_from_slice(b"PK\x06\x06");
            end.extend(44u64.to_le_bytes()); // what follows of this record
            end.extend(WITH_ZIP64.to_le_bytes()); // made by
            end.extend(WITH_ZIP64.to_le_bytes()); // needed
            end.extend([0; 8]); // this disk, the directory's disk
            end.extend(members.to_le_bytes()); // on this disk
            end.extend(members.to_le_bytes());
            end.extend(size.to_le_bytes());
            end.extend(start.to_le_bytes());
            end.extend_from_slice(b"PK\x06\x07"); // where that record is
            end.extend(0u32.to_le_bytes());
            end.extend((start + size).to_le_bytes());
            end.extend(1u32.to_le_bytes()); // disks
        }
        end.extend_from_slice(b"PK\x05\x06");
        end.extend([0; 4]);
        end.extend(self.members.to_le_bytes());
        end.extend(self.members.to_le_bytes());
        end.extend((size as u32).to_le_bytes());
        end.extend((if far { ZIP32 as u32 } else { start as u32 }).to_le_bytes());
        end.extend(0u16.to_le_bytes()); // no comment
        self.write(&end)?;
        self.out.flush()
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len() as u64;
        self.out.write_all(bytes)
    }
}

/// The extra field with the 64-bit values; empty where there are none.
fn zip64_extra(values: &[u64]) -> Vec<u8> {
    let mut extra = Vec::new();
    if !values.is_empty() {
        extra.extend(1u16.to_le_bytes());
        extra.extend((values.len() as u16 * 8).to_le_bytes());
        values.iter().for_each(|v| extra.extend(v.to_le_bytes()));
    }
    extra
}

/// Hands out values as little-endian bytes, some tens of kilobytes at a time.
fn in_blocks<T, const N: usize>(
    values: &[T],
    bytes: impl Fn(&T) -> [u8; N],
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut block = Vec::with_capacity(8192 * N);
    for some in values.chunks(8192) {
        block.clear();
        some.iter().for_each(|value| block.extend_from_slice(&bytes(value)));
        take(&block)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    fn rows() -> Csr {
        Csr::from_rows(5, [vec![(0, 1.0), (4, 0.25)], vec![], vec![(2, -3.5)]])
    }

    fn number(bytes: &[u8], at: usize, width: usize) -> u64 {
        let mut word = [0; 8];
        word[..width].copy_from_slice(&bytes[at..at + width]);
        u64::from_le_bytes(word)
    }

    /// Name and content of every member, found by way of the directory as readers do.
    fn members(zip: &[u8]) -> Vec<(String, Vec<u8>)> {
        let end = zip.len() - 22;
        assert_eq!(&zip[end..end + 4], b"PK\x05\x06");
        let count = number(zip, end + 10, 2);
        let mut at = number(zip, end + 16, 4);
        if at == ZIP32 {
            assert_eq!(&zip[end - 20..end - 16], b"PK\x06\x07");
            let record = number(zip, end - 12, 8) as usize;
            assert_eq!(&zip[record..record + 4], b"PK\x06\x06");
            assert_eq!(number(zip, record + 32, 8), count);
            at = number(zip, record + 48, 8);
        }
        let mut at = at as usize;
        let mut found = Vec::new();
        for _ in 0..count {
            assert_eq!(&zip[at..at + 4], b"PK\x01\x02");
            let (name_len, extra_len) = (number(zip, at + 28, 2), number(zip, at + 30, 2));
            let name_end = at + 46 + name_len as usize;
            let name = String::from_utf8(zip[at + 46..name_end].to_vec()).unwrap();
            let mut wide = name_end + 4;
            let mut field = |value: u64| {
                if value < ZIP32 {
                    return value;
                }
                wide += 8;
                number(zip, wide - 8, 8)
            };
            let size = field(number(zip, at + 24, 4)) as usize;
            assert_eq!(field(number(zip, at + 20, 4)) as usize, size);
            let start = field(number(zip, at + 42, 4)) as usize;
            assert_eq!(&zip[start..start + 4], b"PK\x03\x04");
            let local_extra = number(zip, start + 28, 2) as usize;
            let from = start + 30 + name_len as usize + local_extra;
            let content = zip[from..from + size].to_vec();
            let mut crc = Crc::new();
            crc.update(&content);
            assert_eq!(u64::from(crc.sum()), number(zip, at + 16, 4), "{name}");
            found.push((name, content));
            at = name_end + extra_len as usize;
        }
        found
    }

    #[test]
    fn the_members_are_the_arrays() {
        for limit in [ZIP32, 300, 1] {
            let mut zip = Vec::new();
            write_limited(&rows(), &mut zip, limit).unwrap();
            let want: [(&str, &str, Vec<u8>); 5] = [
                ("indices.npy", "'<i4', 'fortran_order': False, 'shape': (3,)", {
                    [0u32, 4, 2].iter().flat_map(|v| v.to_le_bytes()).collect()
                }),
                ("indptr.npy", "'<i4', 'fortran_order': False, 'shape': (4,)", {
                    [0u32, 2, 2, 3].iter().flat_map(|v| v.to_le_bytes()).collect()
                }),
                ("format.npy", "'|S3', 'fortran_order': False, 'shape': ()", b"csr".to_vec()),
                ("shape.npy", "'<i8', 'fortran_order': False, 'shape': (2,)", {
                    [3u64, 5].iter().flat_map(|v| v.to_le_bytes()).collect()
                }),
                ("data.npy", "'<f4', 'fortran_order': False, 'shape': (3,)", {
                    [1.0f32, 0.25, -3.5].iter().flat_map(|v| v.to_le_bytes()).collect()
                }),
            ];
            let got = members(&zip);
            assert_eq!(got.len(), want.len());
            for ((name, content), (want_name, head, values)) in got.iter().zip(want) {
                assert_eq!(name, want_name);
                assert_eq!(&content[..8], b"\x93NUMPY\x01\x00");
                let end = 10 + number(content, 8, 2) as usize;
                assert_eq!(end % 64, 0);
                let dictionary = std::str::from_utf8(&content[10..end]).unwrap();
                assert!(dictionary.contains(head), "{dictionary}");
                assert_eq!(content[end..], values, "{name}");
            }
        }
    }

    #[test]
    fn names_are_one_json_string_a_line_for_every_reader_of_lines() {
        let names = ["خبر", " \"a", "\n\u{85}", "\u{2028}\u{2029}\\", "\u{1c}\u{b}", "😀"];
        let mut out = Vec::new();
        write_features(names, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains(['\u{85}', '\u{2028}', '\u{2029}', '\u{1c}', '\u{b}']));
        let back: Vec<String> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(back, names);
    }

    /// Set `KHABAR_PYTHON` to a Python that has SciPy to run it.
    #[test]
    fn scipy_reads_what_was_written() {
        let Ok(python) = std::env::var("KHABAR_PYTHON") else {
            println!("skipped: KHABAR_PYTHON names no Python with SciPy");
            return;
        };
        let script = "import sys, scipy.sparse as s; m = s.load_npz(sys.argv[1]); \
                      m.check_format(True); \
                      print(m.format, m.shape, m.dtype, m.toarray().tolist())";
        let folder = tempfile::tempdir().unwrap();
        for (name, rows, limit, want) in [
            (
                "plain",
                rows(),
                ZIP32,
                "csr (3, 5) float32 [[1.0, 0.0, 0.0, 0.0, 0.25], [0.0, 0.0, 0.0, 0.0, 0.0], \
                 [0.0, 0.0, -3.5, 0.0, 0.0]]",
            ),
            (
                "zip64",
                rows(),
                1,
                "csr (3, 5) float32 [[1.0, 0.0, 0.0, 0.0, 0.25], [0.0, 0.0, 0.0, 0.0, 0.0], \
                 [0.0, 0.0, -3.5, 0.0, 0.0]]",
            ),
            (
                "empty",
                Csr::from_rows(7, Vec::<Vec<(u32, f32)>>::new()),
                ZIP32,
                "csr (0, 7) float32 []",
            ),
        ] {
            let path = folder.path().join(format!("{name}.npz"));
            write_limited(&rows, std::fs::File::create(&path).unwrap(), limit).unwrap();
            let run = Command::new(&python).args(["-c", script]).arg(&path).output().unwrap();
            let said = String::from_utf8_lossy(&run.stdout);
            assert_eq!(said.trim(), want, "{name}: {}", String::from_utf8_lossy(&run.stderr));
        }
    }
}
