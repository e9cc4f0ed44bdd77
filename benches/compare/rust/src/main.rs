//! Times one vectorizer of another Rust crate over a file of articles; prints JSON, a line a repeat.
//!
//! ```sh
//! cargo build --release --manifest-path benches/compare/rust/Cargo.toml
//! benches/compare/rust/target/release/peers "vtext HashingVectorizer(2^20).transform" sample.jsonl 5
//! ```
//!
//! The file is plain JSON Lines, of which `title` and `text` are read and joined by a newline.
//! A line is `{"row", "mb", "ngrams", "values", "cpu_seconds", "before_bytes", "peak_bytes"}`:
//! million bytes of UTF-8, n-grams met, values other than 0 in the matrix, CPU seconds of the
//! call on its one thread, and the most memory the process had (`VmHWM`) before and after it. One
//! row a process, so that no peak is another's. Without arguments it names the rows.
//!
//! Neither crate has `char_wb` n-grams. vtext has windows of a fixed number of characters,
//! linfa-preprocessing words and runs of words. Both take a tokenizer from outside, so here they
//! get one that gives scikit-learn's `char_wb` 3-5 exactly ([`windows`]); what they do by themselves
//! is timed beside it. For `char_wb` the text comes to them in lower case and with single spaces,
//! which is off the clock, in their favour. Memory is what the crates need: linfa-preprocessing
//! a dense row of the whole vocabulary for the document at hand. Linux only, for its `/proc`.

mod clock;
mod rows;
mod windows;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// What is read of an article.
#[derive(Deserialize)]
struct Article {
    title: Option<String>,
    text: Option<String>,
}

/// The texts of a JSON Lines file: title, a newline where both exist, text.
fn read(path: &Path) -> Result<Vec<String>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let mut texts = Vec::new();
    for (number, line) in (1..).zip(BufReader::new(file).lines()) {
        let at = || format!("{}:{number}", path.display());
        let article: Article = serde_json::from_str(&line.with_context(at)?).with_context(at)?;
        let fields = [article.title, article.text].into_iter().flatten();
        texts.push(fields.filter(|field| !field.is_empty()).collect::<Vec<_>>().join("\n"));
    }
    Ok(texts)
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [row, path, repeats] = args.as_slice() else {
        bail!("usage: peers ROW FILE.jsonl REPEATS\nrows:\n  {}", rows::ROWS.join("\n  "));
    };
    let texts = read(Path::new(path))?;
    let mb = texts.iter().map(String::len).sum::<usize>() as f64 / 1e6;
    let repeats = repeats.parse().with_context(|| format!("REPEATS, a number, not {repeats}"))?;
    let found = rows::run(row, texts, clock::Clock { repeats })?;
    for spent in found.turns {
        let line = serde_json::json!({
            "row": row,
            "mb": mb,
            "ngrams": found.ngrams,
            "values": found.values,
            "cpu_seconds": spent.cpu.as_secs_f64(),
            "before_bytes": spent.before,
            "peak_bytes": spent.peak,
        });
        println!("{line}");
    }
    Ok(())
}
