//! How many near-copies a corpus has, and how evenly folds share its topics; what it costs.
//!
//! ```text
//! cargo run --release --example families -- $KHABAR_DATA/topic/khaleej.jsonl.zst
//! ```

#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;
use std::time::Instant;

use khabar::Article;
use khabar::corpus::{ReadOptions, read};
use khabar::split::{FamilyOptions, FoldOptions, families, stratified_folds};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let inputs: Vec<_> = std::env::args_os().skip(1).map(Into::into).collect();
    let options = ReadOptions { multi_label: true, ..ReadOptions::default() };
    let corpus = read(&inputs, &options, &mut |_| {})?;
    let articles: Vec<&Article> = corpus.articles.iter().collect();
    let bytes = articles.iter().map(|a| a.title.len() + a.text.len()).sum::<usize>();
    println!("{} articles, {:.1} MB", articles.len(), bytes as f64 / 1e6);

    let (wall, cpu) = (Instant::now(), cpu_seconds());
    let found = families(&articles, &FamilyOptions::default());
    println!(
        "{} families, {} articles in families of two or more, largest {}, links cut {}",
        found.n, found.n_in_families, found.largest, found.cut
    );
    println!("families: {:.2} s, CPU {:.2} s", wall.elapsed().as_secs_f64(), cpu_seconds() - cpu);

    // Copies across the splits that the corpus itself has.
    let mut splits: BTreeMap<u32, BTreeMap<&str, usize>> = BTreeMap::new();
    for (article, &family) in articles.iter().zip(&found.of) {
        *splits.entry(family).or_default().entry(&article.split).or_default() += 1;
    }
    let across: usize = splits.values().filter(|s| s.len() > 1).flat_map(|s| s.values()).sum();
    println!("{across} articles in families on both sides of the corpus's own splits");

    let multi_label = articles.iter().any(|a| a.topics.len() > 1);
    let (wall, cpu) = (Instant::now(), cpu_seconds());
    let folds = stratified_folds(
        &articles,
        &found.of,
        &FoldOptions { multi_label, ..FoldOptions::default() },
    )?;
    println!("folds: {:.3} s, CPU {:.3} s", wall.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let mut sizes = vec![0usize; 5];
    let mut topics: BTreeMap<&str, [usize; 5]> = BTreeMap::new();
    for (article, &fold) in articles.iter().zip(&folds) {
        sizes[fold as usize] += 1;
        for topic in &article.topics {
            topics.entry(topic).or_default()[fold as usize] += 1;
        }
    }
    println!("articles a fold: {sizes:?}");
    let mut rows: Vec<_> = topics.into_iter().collect();
    rows.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.iter().sum::<usize>()));
    for (topic, counts) in rows.iter().take(8).chain(rows.iter().skip(8).rev().take(4)) {
        println!("{counts:?} {topic}");
    }
    Ok(())
}

/// User and system time of this process so far; 0 where the system does not tell.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |i: usize| fields.get(i).and_then(|t| t.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}
