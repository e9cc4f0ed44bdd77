//! Reading: every format, every spelling, everything that can be wrong with a file.
// Helpers of tests may unwrap as the tests do.
#![allow(clippy::unwrap_used)]

mod any_bytes;
mod conduct;
mod fields;
mod formats;
mod trouble;

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use khabar::Article;
use khabar::corpus::{Corpus, Event, ReadOptions, read};

const TITLE: &str = "روسيا تطلب عقد اجتماع لمجلس الأمن";
const TEXT: &str = "طلبت روسيا عقد اجتماع لمجلس الأمن الدولي اليوم الخميس";

/// A folder of small files.
struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn with(name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let case = Self::new();
        case.file(name, bytes);
        case
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    fn path(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }

    /// Reads the folder: the corpus and the messages.
    fn read(&self, options: &ReadOptions) -> (Corpus, Vec<String>) {
        read_all(&[self.path()], options)
    }
}

/// The corpus and the messages, the temporary folder's name taken out.
fn read_all(inputs: &[PathBuf], options: &ReadOptions) -> (Corpus, Vec<String>) {
    let mut problems = Vec::new();
    let corpus = read(inputs, options, &mut |event| {
        if let Event::Problem(e) = event {
            let message = e.to_string();
            problems.push(match message.rfind("/.tmp") {
                Some(at) => message[at + 1..].split_once('/').map_or("", |(_, m)| m).to_owned(),
                None => message,
            });
        }
    })
    .unwrap();
    (corpus, problems)
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// UTF-16 with its mark.
fn utf16(text: &str, little: bool) -> Vec<u8> {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units.flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() }).collect()
}

fn article(id: &str, title: &str, text: &str) -> Article {
    Article { id: id.into(), title: title.into(), text: text.into(), ..Article::default() }
}
