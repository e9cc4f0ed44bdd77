//! The folds that `khabar train` makes of a corpus, a line an article: its id, a tab, the fold.
//!
//! So that other tools can be measured on the same: near-copies, and articles of one title, are
//! in one fold, and every fold has its part of every topic. Articles without a topic are left out.
//!
//! ```text
//! cargo run --release --example folds -- $KHABAR_DATA/topic/reuters-multilabel.jsonl.zst
//! ```

#![allow(clippy::print_stdout)]

use khabar::Article;
use khabar::corpus::{ReadOptions, read};
use khabar::split::{FamilyOptions, FoldOptions, families, join_titles, stratified_folds};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let inputs: Vec<_> = std::env::args_os().skip(1).map(Into::into).collect();
    let options = ReadOptions { multi_label: true, ..ReadOptions::default() };
    let corpus = read(&inputs, &options, &mut |_| {})?;
    let articles: Vec<&Article> = corpus.articles.iter().filter(|a| !a.topics.is_empty()).collect();
    let options = FamilyOptions::default();
    let found = families(&articles, &options);
    let families = join_titles(&articles, &found.of, options.max_share)?;
    let multi_label = articles.iter().any(|a| a.topics.len() > 1);
    let folds = FoldOptions { multi_label, ..FoldOptions::default() };
    for (article, fold) in articles.iter().zip(stratified_folds(&articles, &families, &folds)?) {
        println!("{}\t{fold}", article.id);
    }
    Ok(())
}
