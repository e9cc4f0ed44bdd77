//! Which files an input names, in what order, and what each is.
//!
//! A folder is walked depth first in the order of the names' bytes, so that every machine
//! reads the same files in the same order. Ignore files mean nothing; symbolic links inside a
//! folder are not followed (so no loop can arise); files of other kinds are counted. Memory:
//! one path a file.

use std::path::{Component, Path, PathBuf};

use super::labelled::LineFormat;
use crate::Error;

/// What a file holds, under any compression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One article: the first non-empty line is the title.
    Text,
    /// One JSON object a line.
    JsonLines,
    /// Cells between the delimiter, names in the first line.
    Csv(u8),
    /// Apache Parquet.
    Parquet,
    /// A labelled line an article, as fastText or Annif have them.
    Labelled(LineFormat),
}

impl Kind {
    /// By the name's extension, with `.gz` and `.zst` looked through.
    pub(crate) fn of(path: &Path) -> Option<Kind> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        let packed = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst"));
        let inner = packed.unwrap_or(&name);
        match inner.rsplit_once('.')?.1 {
            "txt" => Some(Kind::Text),
            "jsonl" | "ndjson" => Some(Kind::JsonLines),
            "csv" => Some(Kind::Csv(b',')),
            "tsv" => Some(Kind::Csv(b'\t')),
            "parquet" if packed.is_none() => Some(Kind::Parquet),
            "ft" | "fasttext" => Some(Kind::Labelled(LineFormat::FastText)),
            _ => None,
        }
    }
}

/// One file to read.
#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) path: PathBuf,
    /// What stands in messages and in ids that have to be made up.
    pub(crate) label: String,
    /// The path as the user would write it, for messages.
    pub(crate) shown: String,
    /// `None`: look at the content.
    pub(crate) kind: Option<Kind>,
    /// The user named this very file.
    pub(crate) named: bool,
}

/// The files behind the named inputs.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    pub(crate) inputs: Vec<Input>,
    /// Files of other kinds, and links, seen in folders.
    pub(crate) other_files: usize,
    /// Named inputs that cannot be read, with the reason.
    pub(crate) unreadable: Vec<(PathBuf, Error)>,
    /// Folders inside folders that cannot be read.
    pub(crate) closed_folders: Vec<Error>,
}

/// Finds the files of all inputs, inputs in the order given.
pub(crate) fn walk(inputs: &[PathBuf]) -> Walk {
    let mut found = Walk::default();
    for path in inputs {
        if path.as_os_str() == "-" {
            found.inputs.push(Input {
                path: path.clone(),
                label: "stdin".to_owned(),
                shown: "stdin".to_owned(),
                kind: None,
                named: true,
            });
            continue;
        }
        match std::fs::metadata(path) {
            Err(e) => found.unreadable.push((path.clone(), Error::io(path, e))),
            Ok(meta) if meta.is_dir() => {
                if let Err(e) = found.folder(path, path) {
                    found.unreadable.push((path.clone(), Error::io(path, e)));
                }
            }
            Ok(_) => found.inputs.push(Input {
                path: path.clone(),
                label: relative(path),
                shown: crate::output::safe(&path.to_string_lossy()).into_owned(),
                kind: Kind::of(path),
                named: true,
            }),
        }
    }
    found
}

impl Walk {
    /// Adds the files under `root`. Iterative: depth costs memory, not stack.
    fn folder(&mut self, root: &Path, named: &Path) -> std::io::Result<()> {
        let mut stack = sorted(root)?;
        while let Some(path) = stack.pop() {
            // Says what the entry itself is, a link included.
            let Ok(meta) = std::fs::symlink_metadata(&path) else {
                self.other_files += 1;
                continue;
            };
            if meta.is_dir() {
                match sorted(&path) {
                    Ok(inner) => stack.extend(inner),
                    Err(e) => self.closed_folders.push(Error::io(&path, e)),
                }
            } else if let (true, Some(kind)) = (meta.is_file(), Kind::of(&path)) {
                let inside = path.strip_prefix(named).unwrap_or(&path);
                self.inputs.push(Input {
                    label: slashes(inside),
                    shown: crate::output::safe(&path.to_string_lossy()).into_owned(),
                    kind: Some(kind),
                    named: false,
                    path,
                });
            } else {
                self.other_files += 1;
            }
        }
        Ok(())
    }
}

/// A folder's entries, last name first: they are taken from the end.
fn sorted(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<std::io::Result<_>>()?;
    entries.sort_unstable_by(|a, b| b.file_name().cmp(&a.file_name()));
    Ok(entries)
}

/// The name a file goes by in ids: its path under the working folder, or its bare name where
/// it lies elsewhere, so that ids do not depend on the machine.
fn relative(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let inside = here.and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
    let leaves =
        inside.components().any(|c| !matches!(c, Component::Normal(_) | Component::CurDir));
    match (leaves, inside.file_name()) {
        (true, Some(name)) => name.to_string_lossy().into_owned(),
        _ => slashes(inside),
    }
}

/// The components with `/` between, on every system.
fn slashes(path: &Path) -> String {
    let parts: Vec<_> = path
        .components()
        .filter(|c| matches!(c, Component::Normal(_)))
        .map(|c| c.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_tells_the_kind_in_any_case_and_under_compression() {
        for (name, want) in [
            ("a.txt", Some(Kind::Text)),
            ("a.TXT", Some(Kind::Text)),
            ("خبر.jsonl", Some(Kind::JsonLines)),
            ("a.ndjson.gz", Some(Kind::JsonLines)),
            ("a.csv.zst", Some(Kind::Csv(b','))),
            ("a.b.tsv", Some(Kind::Csv(b'\t'))),
            ("a.parquet", Some(Kind::Parquet)),
            ("a.parquet.gz", None),
            ("a.ft.gz", Some(Kind::Labelled(LineFormat::FastText))),
            ("a.json", None),
            ("txt", None),
            ("a.gz", None),
            (".txt", Some(Kind::Text)),
        ] {
            assert_eq!(Kind::of(Path::new(name)), want, "{name}");
        }
    }

    #[test]
    fn ids_from_paths_do_not_depend_on_the_machine() {
        let here = std::env::current_dir().unwrap();
        for (path, want) in [
            (PathBuf::from("a/b.txt"), "a/b.txt"),
            (PathBuf::from("./a/b.txt"), "a/b.txt"),
            (PathBuf::from("../a/b.txt"), "b.txt"),
            (PathBuf::from("/somewhere/else/b.txt"), "b.txt"),
            (here.join("a/b.txt"), "a/b.txt"),
        ] {
            assert_eq!(relative(&path), want);
        }
    }
}
