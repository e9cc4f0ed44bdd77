//! From articles to edges, one script at a time.
//!
//! Articles of different scripts share no n-gram worth the name and are never compared; each
//! script has its own document frequencies, so that a hundred Arabic articles among twenty
//! thousand English ones are weighed as what they are.
//!
//! With a window articles go by in slices of time, twice: once to be counted, once more to
//! become rows, which are joined and scored while they are at hand. What is found does not
//! depend on that, but for articles with more than `max_edges` near ones: the undated come first
//! in slices, and an article keeps its best earlier neighbours.

mod counted;
mod live;
pub(super) mod slices;

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;

use self::counted::Counted;
pub(super) use self::counted::KEPT;
use self::live::{Live, Ordered};
use self::slices::Slices;
use super::weights::{CorpusWeights, ScriptWeights};
use super::{GroupOptions, GroupReport, LISTED, Method, Score, ScriptReport, Stage};
use crate::similarity::{Edge, Graph};
use crate::story::kmeans;
use crate::text::{Normalizer, Profile, Script, dominant_script};
use crate::vectorize::{
    Analyzer, BACKGROUND_BITS, Background, Blend, BlendOptions, Csr, NgramRange, Norm,
    blended_idf_with,
};
use crate::{Article, Error, Result};

/// Cosines below this are weak ...
const WEAK: f32 = 0.2;
/// ... and articles this many seconds apart are far.
const FAR: u64 = 3 * 86_400;

/// The articles of one script and what makes their rows.
pub(super) struct Block {
    /// Their places in canonical order, ascending.
    pub(super) articles: Vec<u32>,
    /// One row each; none where they went by in slices.
    rows: Option<Csr>,
    /// The weight of each column.
    pub(super) idf: Vec<f32>,
    /// Mean length of an article in n-grams.
    mean_length: f64,
}

impl Block {
    /// All rows, where they did not go by in slices.
    pub(super) fn rows(&self) -> Option<&Csr> {
        self.rows.as_ref()
    }

    /// The rows of some of its articles, by their places; as good as those that went by.
    pub(super) fn rows_of(
        &self,
        places: &[u32],
        articles: &[&Article],
        texts: &[Cow<'_, str>],
        normalizer: &Normalizer,
        options: &GroupOptions,
    ) -> Csr {
        let script = Ordered::new(places.iter().copied(), articles, texts);
        let counts = script.count(0..places.len(), normalizer, options);
        counts.into_rows_among(self.mean_length, options.tf, &self.idf, Norm::L2)
    }
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
    /// Values of all rows.
    nnz: usize,
}

/// Counts, weighs and joins each script's articles. `texts` has what is counted of theirs.
pub(super) fn vectorize_and_join(
    articles: &[&Article],
    texts: &[Cow<'_, str>],
    normalizer: &Normalizer,
    options: &GroupOptions,
    progress: &dyn Fn(Stage),
) -> Result<Found> {
    in_slices(articles, texts, normalizer, options, progress, Slices::new)
}

/// The same with slices of one's own: `sliced` cuts the times of a script by the window.
fn in_slices(
    articles: &[&Article],
    texts: &[Cow<'_, str>],
    normalizer: &Normalizer,
    options: &GroupOptions,
    progress: &dyn Fn(Stage),
    sliced: impl Fn(&[Option<i64>], i64) -> Slices,
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
        nnz: 0,
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
        let times = times(articles, &places, options);
        let slices = match (times.as_deref(), options.window, options.method) {
            (Some(times), Some(window), Method::Linkage | Method::Dbscan | Method::Components) => {
                sliced(times, window)
            }
            _ => Slices::one(places.len()),
        };
        let place = |i: u32| places[slices.order[i as usize] as usize];
        let script = Ordered::new((0..places.len() as u32).map(place), articles, texts);
        progress(Stage::Count);
        let mut counted = Counted::new(&script, &slices, normalizer, options);
        found.report.ngrams += counted.n_ngrams;
        progress(Stage::Weight);
        let own = ScriptWeights {
            script: code.to_owned(),
            n_documents: counted.n_documents,
            df: std::mem::take(&mut counted.df),
        };
        let given = options.weights.as_ref().and_then(|w| w.of(code)).unwrap_or(&own);
        let background = background(code, options);
        let Blend { idf, coverage, known } =
            blended_idf_with(given.n_documents, &given.df, background, &options.blend);
        found.report.scripts.push(ScriptReport {
            name,
            articles: places.len(),
            coverage: background.map(|_| coverage),
            known,
        });
        let mean_length = counted.n_ngrams as f64 / places.len() as f64;
        // Columns of no weight are in no row.
        let stored = own.df.iter().zip(&idf).map(|(&df, &idf)| if idf == 0.0 { 0 } else { df });
        let stored: Vec<u32> = stored.collect();
        let n_rows = own.n_documents as usize;
        let mut live = Live::new(&script, options, normalizer, &idf, &stored, n_rows);
        let mut edges = Vec::new();
        let mut nnz = 0;
        for (k, slice) in slices.cut.iter().enumerate() {
            live.forget_before(slice.start);
            let counts = counted.slice(k).unwrap_or_else(|| {
                progress(Stage::Count);
                script.count(slice.clone(), normalizer, options)
            });
            progress(Stage::Weight);
            let rows = counts.into_rows_among(mean_length, options.tf, &idf, Norm::L2);
            nnz += rows.nnz();
            if let Some(labels) = &mut found.kmeans {
                let share = options.clusters.map(|k| {
                    (k * places.len()).div_ceil(articles.len().max(1)).clamp(1, places.len())
                });
                let partition = kmeans(&rows, share, options.seed)?;
                for (&at, &label) in places.iter().zip(partition.labels()) {
                    labels[at as usize] = next_label + label;
                }
                next_label += partition.n_clusters() as u32;
            }
            let joined = live.push(slice.start, rows, progress);
            found.report.full_rows += joined.full_rows;
            found.report.verified += joined.verified;
            for (i, &head) in slice.clone().zip(&joined.head) {
                // Rows all of whose n-grams are too common are empty once weighed, and only
                // their counts still tell that they are equal.
                found.head[place(i as u32) as usize] = place(head.min(counted.head[i]));
            }
            edges.extend(joined.edges.into_iter().map(|e| Edge {
                a: slices.order[e.a as usize],
                b: slices.order[e.b as usize],
                ..e
            }));
        }
        let rows = live.into_rows();
        if let Score::Story(model) = &options.score {
            progress(Stage::Score);
            let first = Graph::from_edges(places.len(), edges, 0.0);
            let seconds = |&i: &u32| articles[i as usize].seconds();
            let seconds: Vec<Option<i64>> = places.iter().map(seconds).collect();
            edges = model.second_of(&first, &seconds, LISTED).edges().collect();
        }
        found.edges.extend(edges.into_iter().map(|e| Edge {
            a: places[e.a as usize],
            b: places[e.b as usize],
            ..e
        }));
        found.weights.scripts.push(own);
        found.nnz += nnz;
        found.blocks.push(Block { articles: places, rows, idf, mean_length });
    }
    if found.nnz == 0 && found.report.ngrams > 0 && limited(&options.blend) {
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
    let seconds = |&i: &u32| articles[i as usize].seconds();
    options.window.map(|_| places.iter().map(seconds).collect())
}

/// Whether a pair is hardly alike and days apart: of 30,000 articles two fifths of all candidates
/// are, and one in fifty of those comes out at .1 or more.
pub(super) fn weak_and_far(edge: &Edge, articles: &[&Article]) -> bool {
    let seconds = |i: u32| articles[i as usize].seconds();
    let apart = seconds(edge.a).zip(seconds(edge.b)).map(|(a, b)| a.abs_diff(b));
    edge.cosine < WEAK && apart.is_some_and(|apart| apart >= FAR)
}

/// Places of the articles of each script, by code.
fn by_script(articles: &[&Article]) -> BTreeMap<&'static str, (&'static str, Vec<u32>)> {
    let named: Vec<_> = articles.par_iter().with_min_len(256).map(|a| script_of(a)).collect();
    let mut scripts: BTreeMap<&str, (&str, Vec<u32>)> = BTreeMap::new();
    for (i, (code, name)) in named.into_iter().enumerate() {
        scripts.entry(code).or_insert_with(|| (name, Vec::new())).1.push(i as u32);
    }
    scripts
}

/// Code and name of the script that an article counts for; without letters it is `Zyyy`.
pub(super) fn script_of(article: &Article) -> (&'static str, &'static str) {
    let body = if article.text.is_empty() { &article.title } else { &article.text };
    dominant_script(body)
        .or_else(|| dominant_script(&article.title))
        .map_or(("Zyyy", "no script"), |s: Script| (s.code(), s.name()))
}

/// The background of a script, where it was made with the settings at hand.
pub(super) fn background(code: &str, options: &GroupOptions) -> Option<&'static Background> {
    let fits = options.hashing.analyzer == Analyzer::CharWb
        && options.hashing.ngram_range == NgramRange::default()
        && options.hashing.bits() == BACKGROUND_BITS
        && options.normalize == Profile::Standard.options();
    if fits { Background::of(code) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Published;
    use crate::story::describe::by_time;

    const HOUR: i64 = 3600;

    /// Some hundred articles of a month, stories of a few days among them; one in twenty has no
    /// date, and some are printed twice in one second.
    fn corpus() -> Vec<Article> {
        let words = |seed: usize, n: usize| -> String {
            let word =
                |i: usize| format!("{}{} ", ["خبر", "نبأ", "قصة"][i % 3], seed * 31 % 997 + i);
            (0..n).map(word).collect()
        };
        (0..600usize)
            .map(|i| {
                let story = if i % 3 == 0 { i } else { i / 40 };
                let copy = if i % 7 == 0 && i > 0 { i - 1 } else { i };
                let hour = (copy * 30 * 24 / 600) as i64;
                Article {
                    id: format!("{i:04}"),
                    title: words(story, 4),
                    text: words(story + 1, 20) + &words(copy + 500, 10),
                    published: (i % 20 != 5)
                        .then(|| Published { original: String::new(), seconds: hour * HOUR }),
                    ..Article::default()
                }
            })
            .collect()
    }

    #[test]
    fn rows_are_whole_or_none_also_where_only_the_last_slice_is_left_at_hand() {
        let mut articles = corpus();
        articles.retain(|article| article.published.is_some());
        let mut sorted: Vec<&Article> = articles.iter().collect();
        sorted.sort_by(|a, b| by_time(a, b));
        let texts: Vec<Cow<'_, str>> =
            sorted.iter().map(|a| Cow::Borrowed(a.text.as_str())).collect();
        let options = GroupOptions { window: Some(0), ..GroupOptions::default() };
        let normalizer = Normalizer::new(options.normalize);
        let sliced = |times: &[Option<i64>], window| Slices::of_at_least(20, 50, times, window);
        let found = in_slices(&sorted, &texts, &normalizer, &options, &|_| {}, sliced).unwrap();
        assert!(found.blocks[0].rows().is_none(), "they went by");
        let one = |times: &[Option<i64>], _| Slices::one(times.len());
        let found = in_slices(&sorted, &texts, &normalizer, &options, &|_| {}, one).unwrap();
        assert_eq!(found.blocks[0].rows().map(Csr::n_rows), Some(sorted.len()));
    }

    #[test]
    fn what_is_found_does_not_depend_on_the_slices() {
        let articles = corpus();
        let mut sorted: Vec<&Article> = articles.iter().collect();
        sorted.sort_by(|a, b| by_time(a, b));
        let texts: Vec<Cow<'_, str>> =
            sorted.iter().map(|a| Cow::Borrowed(a.text.as_str())).collect();
        for options in [GroupOptions::default(), GroupOptions::by_cosine()] {
            let window = Some(4 * 24 * HOUR);
            let options = GroupOptions { window, max_edges: 600, ..options };
            let normalizer = Normalizer::new(options.normalize);
            let run = |sliced: &dyn Fn(&[Option<i64>], i64) -> Slices| {
                in_slices(&sorted, &texts, &normalizer, &options, &|_| {}, sliced).unwrap()
            };
            let one = run(&|times, _| Slices::one(times.len()));
            let many = run(&|times, window| Slices::of_at_least(20, 50, times, window));
            assert!(one.blocks[0].rows().is_some() && many.blocks[0].rows().is_none());
            assert!(one.edges.len() > 1000, "{}", one.edges.len());
            let graphs = [many.edges, one.edges].map(|edges| Graph::from_edges(600, edges, 0.0));
            assert_eq!(graphs[0].n_edges(), graphs[1].n_edges());
            for (e, f) in graphs[0].edges().zip(graphs[1].edges()) {
                // Undated articles come earlier in slices: a cosine is summed the other way round.
                let near = (e.cosine - f.cosine).abs() < 1e-5 && (e.score - f.score).abs() < 1e-4;
                assert!((e.a, e.b) == (f.a, f.b) && near, "{e:?} {f:?}");
            }
            assert_eq!(many.head, one.head);
            assert!(many.head.iter().zip(0..).any(|(&head, i)| head != i), "copies are equal");
            assert_eq!(many.weights, one.weights);
            assert_eq!(many.report.ngrams, one.report.ngrams);
            // Rows made again are those that went by.
            let some = [3, 200, 17];
            let again = many.blocks[0].rows_of(&some, &sorted, &texts, &normalizer, &options);
            for (i, &at) in some.iter().enumerate() {
                let rows = one.blocks[0].rows().unwrap();
                assert_eq!(again.row(i), rows.row(at as usize));
            }
        }
    }
}
