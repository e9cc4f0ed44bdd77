//! Builds `models/background.bin`: how common each n-gram is, by script.
//!
//! ```sh
//! cargo run --release --example build_background -- \
//!     $KHABAR_DATA/topic/khaleej.jsonl.zst $KHABAR_DATA/topic/masakhanews-train.jsonl.zst
//! ```
//!
//! Reads labelled or unlabelled articles in any form khabar reads. The share of an n-gram in
//! a language is `df / (n + 500)`: a language with few articles is not believed far. A
//! script's share is the largest of its languages', so that a function word of one language is
//! common although the script has twelve.

#![allow(clippy::print_stderr, clippy::print_stdout)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use khabar::corpus::{ReadOptions, read};
use khabar::text::{Normalizer, Profile, dominant_script};
use khabar::vectorize::{Background, Hashing, Parts, write_backgrounds};

/// Documents of a language that are made up, all without the n-gram.
const DOUBT: f64 = 500.0;

fn main() -> anyhow::Result<()> {
    let inputs: Vec<PathBuf> = std::env::args_os().skip(1).map(Into::into).collect();
    anyhow::ensure!(!inputs.is_empty(), "name the corpora to count, as in this file's head");
    let corpus = read(&inputs, &ReadOptions::default(), &mut |_| {})?;
    anyhow::ensure!(corpus.report.unreadable.is_empty(), "an input could not be read");
    let normalizer = Normalizer::new(Profile::Standard.options());
    let hashing = Hashing::default();
    let mut languages: BTreeMap<(&str, &str), Vec<Parts<'_>>> = BTreeMap::new();
    for a in &corpus.articles {
        if let Some(script) = dominant_script(&a.text) {
            languages.entry((script.code(), &a.lang)).or_default().push((&a.title, &a.text));
        }
    }
    let mut scripts: BTreeMap<&str, (u32, Vec<f64>)> = BTreeMap::new();
    for ((script, lang), documents) in &languages {
        eprintln!("{script} {lang}: {} articles", documents.len());
        let mut df = vec![0u32; hashing.n_features()];
        for chunk in documents.chunks(2000) {
            let counts = hashing.count(&normalizer, chunk);
            for (sum, n) in df.iter_mut().zip(counts.document_frequency()) {
                *sum += n;
            }
        }
        let (n, shares) =
            scripts.entry(script).or_insert_with(|| (0, vec![0.0; hashing.n_features()]));
        *n += documents.len() as u32;
        let all = documents.len() as f64 + DOUBT;
        for (share, df) in shares.iter_mut().zip(df) {
            *share = share.max(f64::from(df) / all);
        }
    }
    let tables: Vec<Background> = ["Arab", "Latn", "Ethi"]
        .iter()
        .filter_map(|&s| scripts.get(s).map(|(n, shares)| Background::from_shares(s, *n, shares)))
        .collect();
    let file = write_backgrounds(&tables)?;
    std::fs::write("models/background.bin", &file)?;
    eprintln!("models/background.bin: {} bytes", file.len());
    Ok(())
}
