//! From articles to edges, one script at a time.
//!
//! Articles of different scripts share no n-gram worth the name and are never compared; each
//! script has its own document frequencies, so that a hundred Arabic articles among twenty
//! thousand English ones are weighed as what they are.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::weights::{CorpusWeights, ScriptWeights};
use super::{FEW, GroupOptions, GroupReport, LISTED, Method, Score, ScriptReport, Stage};
use crate::same_story::Views;
use crate::similarity::{Edge, Graph, Join, equal_counts, join};
use crate::story::kmeans;
use crate::text::{Normalizer, Profile, Script, dominant_script};
use crate::vectorize::{
    Analyzer, BACKGROUND_BITS, Background, Blend, BlendOptions, Csr, NgramRange, Norm, Parts,
    blended_idf_with,
};
use crate::{Article, Error, Result};

/// Cosines below this are weak ...
const WEAK: f32 = 0.2;
/// ... and articles this many seconds apart are far.
const FAR: u64 = 3 * 86_400;

/// The articles of one script and their rows.
pub(super) struct Block {
    /// Their places in canonical order, ascending.
    pub(super) articles: Vec<u32>,
    /// One row each.
    pub(super) rows: Csr,
    /// The weight of each column.
    pub(super) idf: Vec<f32>,
}

/// What all blocks found, in canonical order of articles.
pub(super) struct Found {
    pub(super) edges: Vec<Edge>,
    /// For each article the first one equal to it.
    pub(super) head: Vec<u32>,
    /// Labels of k-means, where it was asked for.
    pub(super) kmeans: Option<Vec<u32>>,
    pub(super) blocks: Vec<Block>,
    pub(super) weights: CorpusWeights,
    pub(super) report: GroupReport,
}

/// Counts, weighs and joins each script's articles. `texts` has what is counted of theirs.
pub(super) fn vectorize_and_join(
    articles: &[&Article],
    texts: &[Cow<'_, str>],
    normalizer: &Normalizer,
    options: &GroupOptions,
    progress: &dyn Fn(Stage),
) -> Result<Found> {
    let mut found = Found {
        edges: Vec::new(),
        head: (0..articles.len() as u32).collect(),
        kmeans: (options.method == Method::Kmeans).then(|| vec![0; articles.len()]),
        blocks: Vec::new(),
        weights: CorpusWeights {
            scripts: Vec::new(),
            settings: CorpusWeights::settings_of(&options.hashing, options.normalize),
        },
        report: GroupReport::default(),
    };
    if let Some(given) = &options.weights
        && given.settings != found.weights.settings
    {
        return Err(Error::parameter(
            "--idf",
            "the saved weights were made with other settings",
            "use the same normalisation and n-gram flags, or save to a new file",
        ));
    }
    let mut next_label = 0;
    for (code, (name, places)) in by_script(articles) {
        progress(Stage::Count);
        let parts: Vec<Parts<'_>> = places
            .iter()
            .map(|&i| (articles[i as usize].title.as_str(), texts[i as usize].as_ref()))
            .collect();
        let counts = options.hashing.count(normalizer, &parts);
        drop(parts);
        found.report.ngrams += counts.n_ngrams();
        progress(Stage::Weight);
        let times = times(articles, &places, options);
        // A text that a thousand outlets print is one document to the frequencies.
        let head = equal_counts(&counts, times.as_deref(), options.window);
        let unique = || (0..head.len()).filter(|&i| head[i] == i as u32);
        let own = ScriptWeights {
            script: code.to_owned(),
            n_documents: unique().count() as u64,
            df: counts.document_frequency_of(unique()),
        };
        let counted = options.weights.as_ref().and_then(|w| w.of(code)).unwrap_or(&own);
        let background = background(code, options);
        let Blend { idf, coverage, known } =
            blended_idf_with(counted.n_documents, &counted.df, background, &options.blend);
        let rows = counts.into_rows(options.tf, &idf, Norm::L2);
        found.report.scripts.push(ScriptReport {
            name,
            articles: places.len(),
            coverage: background.map(|_| coverage),
            known,
        });
        found.weights.scripts.push(own);
        progress(Stage::Join);
        if let Some(labels) = &mut found.kmeans {
            let share = options
                .clusters
                .map(|k| (k * places.len()).div_ceil(articles.len().max(1)).clamp(1, places.len()));
            let partition = kmeans(&rows, share, options.seed)?;
            for (&at, &label) in places.iter().zip(partition.labels()) {
                labels[at as usize] = next_label + label;
            }
            next_label += partition.n_clusters() as u32;
        }
        let mut edges = join_block(&places, &rows, &head, times.as_deref(), options, &mut found);
        if let Score::Story(model) = &options.score {
            progress(Stage::Score);
            let inside: Vec<&Article> = places.iter().map(|&i| articles[i as usize]).collect();
            if inside.len() > FEW {
                edges.retain(|e| !weak_and_far(e, &inside));
            }
            let near = Graph::from_edges(places.len(), edges, 0.0);
            let needed = |i: usize| near.neighbours(i).len() > 0;
            let views = Views::new(
                &inside,
                &counted_texts(texts, &places),
                normalizer,
                options.hashing,
                &idf,
                needed,
            );
            edges = model.score(&near, &rows, &views, LISTED).edges().collect();
        }
        found.edges.extend(edges.into_iter().map(|e| Edge {
            a: places[e.a as usize],
            b: places[e.b as usize],
            ..e
        }));
        found.blocks.push(Block { articles: places, rows, idf });
    }
    let nothing_left = found.blocks.iter().all(|block| block.rows.nnz() == 0);
    if nothing_left && found.report.ngrams > 0 && limited(&options.blend) {
        return Err(Error::parameter(
            "--min-df, --max-df",
            "no n-gram of the input is left",
            "lower --min-df or raise --max-df",
        ));
    }
    Ok(found)
}

/// The texts of some places.
pub(super) fn counted_texts<'a>(texts: &'a [Cow<'_, str>], places: &[u32]) -> Vec<&'a str> {
    places.iter().map(|&i| texts[i as usize].as_ref()).collect()
}

/// Whether n-grams are left out by limits of the user's own.
fn limited(blend: &BlendOptions) -> bool {
    let usual = BlendOptions::default();
    (blend.min_df, blend.max_df) != (usual.min_df, usual.max_df)
}

/// The times of a block's articles, where a window asks for them.
fn times(
    articles: &[&Article],
    places: &[u32],
    options: &GroupOptions,
) -> Option<Vec<Option<i64>>> {
    let seconds = |&i: &u32| articles[i as usize].published.as_ref().map(|p| p.seconds);
    options.window.map(|_| places.iter().map(seconds).collect())
}

/// Joins one script's rows; its edges are in numbers of rows. `equal` names for each row the
/// first with the same counts: rows all of whose n-grams are too common are empty once
/// weighed, and only their counts still tell that they are equal.
fn join_block(
    places: &[u32],
    rows: &Csr,
    equal: &[u32],
    times: Option<&[Option<i64>]>,
    options: &GroupOptions,
    found: &mut Found,
) -> Vec<Edge> {
    let joined = join(
        rows,
        times,
        &Join {
            floor: options.candidate_floor(rows.n_rows()),
            pruning: options.pruning,
            max_edges: options.max_edges,
            window: options.window,
        },
    );
    found.report.full_rows += joined.full_rows;
    found.report.verified += joined.verified;
    for (i, (&head, &equal)) in joined.head.iter().zip(equal).enumerate() {
        found.head[places[i] as usize] = places[head.min(equal) as usize];
    }
    joined.edges
}

/// Whether a pair is hardly alike and days apart: of 30,000 articles two fifths of all candidates
/// are, and one in fifty of those comes out at .1 or more.
pub(super) fn weak_and_far(edge: &Edge, articles: &[&Article]) -> bool {
    let seconds = |i: u32| articles[i as usize].published.as_ref().map(|p| p.seconds);
    let apart = seconds(edge.a).zip(seconds(edge.b)).map(|(a, b)| a.abs_diff(b));
    edge.cosine < WEAK && apart.is_some_and(|apart| apart >= FAR)
}

/// Places of the articles of each script, by code; those without letters are `Zyyy`.
fn by_script(articles: &[&Article]) -> BTreeMap<&'static str, (&'static str, Vec<u32>)> {
    let mut scripts: BTreeMap<&str, (&str, Vec<u32>)> = BTreeMap::new();
    for (i, article) in articles.iter().enumerate() {
        let body = if article.text.is_empty() { &article.title } else { &article.text };
        let (code, name) = dominant_script(body)
            .or_else(|| dominant_script(&article.title))
            .map_or(("Zyyy", "no script"), |s: Script| (s.code(), s.name()));
        scripts.entry(code).or_insert_with(|| (name, Vec::new())).1.push(i as u32);
    }
    scripts
}

/// The background of a script, where it was made with the settings at hand.
fn background(code: &str, options: &GroupOptions) -> Option<&'static Background> {
    let fits = options.hashing.analyzer == Analyzer::CharWb
        && options.hashing.ngram_range == NgramRange::default()
        && options.hashing.bits() == BACKGROUND_BITS
        && options.normalize == Profile::Standard.options();
    if fits { Background::of(code) } else { None }
}
