//! Reads judged pairs from tab-separated lines.
//!
//! The first line names the columns; `id_a`, `id_b` and `label` must be among them, in any
//! order. `label` is 0 = different, 1 = same story, 2 = same copy. Lines end at `\n` (a
//! `\r` before it goes), fields are taken as they stand, without quoting; blank lines are
//! passed over. A pair that comes again, in either order, with the same label counts once.
//!
//! Judged pairs are a yardstick, so nothing wrong is skipped: the first fault ends the
//! reading. O(pairs) time and memory.
//!
//! ```
//! use khabar::metrics::{Judgement, read_pairs};
//! let file = "id_a\tid_b\tlabel\nسبق-1\tالرياض-4\t2\n";
//! let pairs = read_pairs(file.as_bytes(), "pairs.tsv")?;
//! assert_eq!(pairs[0].judgement, Judgement::Copy);
//! let error = read_pairs("id_a\tid_b\tlabel\n1\t2\tyes\n".as_bytes(), "pairs.tsv").unwrap_err();
//! assert!(error.to_string().starts_with("pairs.tsv:2: label \"yes\" is not 0, 1 or 2;"));
//! # Ok::<(), khabar::Error>(())
//! ```

use std::collections::hash_map::Entry;
use std::io::BufRead;

use rustc_hash::FxHashMap;

use super::pairs::{GoldPair, Judgement};
use crate::{Error, Result};

/// The columns a file of pairs must have.
const COLUMNS: [&str; 3] = ["id_a", "id_b", "label"];

/// Reads judged pairs; `name` is what errors call the input.
///
/// # Errors
/// [`Error::Io`] where reading fails; [`Error::Format`] where there is no header;
/// [`Error::Record`] with the line where a column is missing, a line is not UTF-8, an id is
/// empty, an article is paired with itself, a label is none of 0, 1, 2, or a pair comes
/// again with another label.
pub fn read_pairs(mut reader: impl BufRead, name: &str) -> Result<Vec<GoldPair>> {
    let mut pairs = Vec::new();
    let mut columns: Option<[usize; 3]> = None;
    // The line each pair was first seen on, by its ids in ascending order.
    let mut seen: FxHashMap<(String, String), (Judgement, u64)> = FxHashMap::default();
    let mut bytes = Vec::new();
    let mut number = 0;
    loop {
        bytes.clear();
        if reader.read_until(b'\n', &mut bytes).map_err(|e| Error::io(name, e))? == 0 {
            break;
        }
        number += 1;
        let fault = |what: String, remedy: &str| Error::record(name, Some(number), what, remedy);
        let line = std::str::from_utf8(&bytes)
            .map_err(|_| fault("not UTF-8".into(), "save the file as UTF-8"))?;
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let line = if number == 1 { line.strip_prefix('\u{feff}').unwrap_or(line) } else { line };
        if line.trim().is_empty() {
            continue;
        }
        let Some(columns) = columns else {
            columns = Some(header(line).map_err(|what| {
                fault(what, "begin with a line that names id_a, id_b and label, split by tabs")
            })?);
            continue;
        };
        let pair = pair(line, columns).map_err(|(what, remedy)| fault(what, remedy))?;
        let (low, high) = (pair.id_a.clone().min(pair.id_b.clone()), (&pair.id_a).max(&pair.id_b));
        match seen.entry((low, high.clone())) {
            Entry::Vacant(new) => {
                new.insert((pair.judgement, number));
                pairs.push(pair);
            }
            Entry::Occupied(old) => {
                let (judgement, line) = *old.get();
                if judgement != pair.judgement {
                    let (a, b) = (&pair.id_a, &pair.id_b);
                    let (now, then) = (pair.judgement as u8, judgement as u8);
                    return Err(fault(
                        format!("pair {a:?}, {b:?} has label {now} here and {then} on line {line}"),
                        "keep one label a pair",
                    ));
                }
            }
        }
    }
    if columns.is_none() {
        let remedy = "name a file whose first line names id_a, id_b and label, split by tabs";
        return Err(Error::format(name, "empty", remedy));
    }
    Ok(pairs)
}

/// Where the three columns stand, or which is missing.
fn header(line: &str) -> Result<[usize; 3], String> {
    let names: Vec<&str> = line.split('\t').map(str::trim).collect();
    let mut columns = [0; 3];
    for (column, wanted) in columns.iter_mut().zip(COLUMNS) {
        *column = names
            .iter()
            .position(|&name| name == wanted)
            .ok_or_else(|| format!("the header has no column {wanted}"))?;
    }
    Ok(columns)
}

/// One pair, or what is wrong and what to do.
fn pair(line: &str, columns: [usize; 3]) -> Result<GoldPair, (String, &'static str)> {
    let fields: Vec<&str> = line.split('\t').collect();
    let mut values = [""; 3];
    for ((value, column), name) in values.iter_mut().zip(columns).zip(COLUMNS) {
        *value = fields.get(column).copied().unwrap_or("");
        if value.is_empty() {
            return Err((format!("no {name}"), "give every pair two ids and a label"));
        }
    }
    let [id_a, id_b, label] = values;
    if id_a == id_b {
        return Err((format!("article {id_a:?} is paired with itself"), "remove the line"));
    }
    let judgement = match label.trim() {
        "0" => Judgement::Different,
        "1" => Judgement::Same,
        "2" => Judgement::Copy,
        _ => {
            return Err((
                format!("label {label:?} is not 0, 1 or 2"),
                "write 0 for different, 1 for the same story, 2 for the same copy",
            ));
        }
    };
    Ok(GoldPair { id_a: id_a.to_owned(), id_b: id_b.to_owned(), judgement })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(file: &[u8]) -> Result<Vec<GoldPair>, String> {
        read_pairs(file, "p.tsv").map_err(|e| e.to_string())
    }

    #[test]
    fn columns_may_stand_in_any_order_beside_others() {
        let pairs =
            read("\u{feff}note\tlabel\tid_b\tid_a\r\nx\t1\tب\tأ\r\n\r\ny\t0\tc\td".as_bytes())
                .unwrap();
        let flat: Vec<_> = pairs.iter().map(|p| (&*p.id_a, &*p.id_b, p.judgement as u8)).collect();
        assert_eq!(flat, [("أ", "ب", 1), ("d", "c", 0)]);
    }

    #[test]
    fn lines_end_at_a_newline_only() {
        let pairs = read("id_a\tid_b\tlabel\na\u{2028}b\tc\u{85}d\t2\n".as_bytes()).unwrap();
        assert_eq!((&*pairs[0].id_a, &*pairs[0].id_b), ("a\u{2028}b", "c\u{85}d"));
    }

    #[test]
    fn a_pair_that_comes_again_with_the_same_label_counts_once() {
        assert_eq!(read(b"id_a\tid_b\tlabel\n1\t2\t1\n2\t1\t1\n1\t2\t1\n").unwrap().len(), 1);
    }

    #[test]
    fn every_fault_names_the_file_and_the_line() {
        let cases: &[(&[u8], &str)] = &[
            (b"", "p.tsv: empty;"),
            (b"\n \n", "p.tsv: empty;"),
            (b"1\t2\t0\n", "p.tsv:1: the header has no column id_a;"),
            (b"id_a,id_b,label\n", "p.tsv:1: the header has no column id_a;"),
            (b"id_a\tid_b\n", "p.tsv:1: the header has no column label;"),
            (b"id_a\tid_b\tlabel\n1\t2\n", "p.tsv:2: no label;"),
            (b"id_a\tid_b\tlabel\n1\t\t0\n", "p.tsv:2: no id_b;"),
            (b"id_a\tid_b\tlabel\n\n1\t2\t3\n", "p.tsv:3: label \"3\" is not 0, 1 or 2;"),
            (b"id_a\tid_b\tlabel\n1\t1\t1\n", "p.tsv:2: article \"1\" is paired with itself;"),
            (b"id_a\tid_b\tlabel\n1\t\xff\t1\n", "p.tsv:2: not UTF-8;"),
            (
                b"id_a\tid_b\tlabel\n1\t2\t1\n3\t4\t1\n2\t1\t0\n",
                "p.tsv:4: pair \"2\", \"1\" has label 0 here and 1 on line 2;",
            ),
        ];
        for (file, want) in cases {
            let got = read(file).unwrap_err();
            assert!(got.starts_with(want), "{got:?} should start with {want:?}");
        }
    }
}
