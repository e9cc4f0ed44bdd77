//! Cuts at many thresholds against cuts one by one, on random graphs and on the demo corpus.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use khabar::Article;
use khabar::corpus::{ReadOptions, read};
use khabar::group::{
    GroupOptions, RecutOptions, SavedGraph, ScoreKind, SweepOptions, even_thresholds, group, recut,
    sweep,
};
use khabar::similarity::{Edge, Graph};
use khabar::story::{Partition, average_linkage};
use proptest::prelude::*;

/// A saved graph of up to 24 articles, some equal to an earlier one: each pair of the others
/// is absent or has a score of 16 to 127 parts of 128.
fn graphs() -> impl Strategy<Value = SavedGraph> {
    (1usize..24).prop_flat_map(|n| {
        let heads = proptest::collection::vec(0..n * 4, n);
        let scores = proptest::collection::vec(0u32..250, n * n);
        (heads, scores).prop_map(move |(heads, scores)| {
            let mut head: Vec<u32> = (0..n as u32).collect();
            for (i, &first) in heads.iter().enumerate() {
                if first < i && head[first] == first as u32 {
                    head[i] = first as u32;
                }
            }
            let own = |i: usize| head[i] == i as u32;
            let mut edges = Vec::new();
            for a in (0..n).filter(|&a| own(a)) {
                for b in (a + 1..n).filter(|&b| own(b)) {
                    let score = scores[a * n + b];
                    if (16..128).contains(&score) {
                        let score = score as f32 / 128.0;
                        edges.push(Edge { a: a as u32, b: b as u32, cosine: score, score });
                    }
                }
            }
            let ids = (0..n).map(|i| format!("خبر{i:02}")).collect();
            SavedGraph { ids, head, edges, floor: 0.125, kind: ScoreKind::Cosine, threshold: None }
        })
    })
}

/// The stories and copies of one cut as [`recut`] makes it.
fn one_by_one(saved: &SavedGraph, at: f32, share: f32) -> (Vec<u32>, Vec<Option<String>>) {
    let articles: Vec<Article> =
        saved.ids.iter().map(|id| Article { id: id.clone(), ..Article::default() }).collect();
    let articles: Vec<&Article> = articles.iter().collect();
    let listed = saved.clone().listed_at(at, share);
    let options = RecutOptions { threshold: at, ..RecutOptions::default() };
    let found = recut(&listed, &articles, &options).unwrap();
    let stories: Vec<u32> = found.placements.iter().map(|p| p.story).collect();
    let copies = found.placements.iter().map(|p| p.copy_id.map(|c| c.to_string())).collect();
    (Partition::from_labels(&stories).labels().to_vec(), copies)
}

/// Which articles are one family, whatever the families are called.
fn alike<T: PartialEq>(families: &[Option<T>]) -> Vec<bool> {
    let pairs = families.iter().flat_map(|a| families.iter().map(move |b| a.is_some() && a == b));
    pairs.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn each_cut_of_a_sweep_is_the_cut_made_alone(saved in graphs(), share in 0.3f32..=1.0) {
        let thresholds = even_thresholds(saved.floor, 1.0, 13).unwrap();
        let options = SweepOptions { floor_share: share, copy_cosine: Some(0.5) };
        let cuts = sweep(&saved, &thresholds, &options, Ok).unwrap();
        prop_assert_eq!(cuts.len(), thresholds.len());
        for (cut, &at) in cuts.iter().zip(&thresholds) {
            let (stories, copies) = one_by_one(&saved, at, share);
            prop_assert_eq!(cut.threshold, at);
            prop_assert_eq!(cut.partition.labels(), stories, "at {}", at);
            prop_assert_eq!(alike(&cut.families), alike(&copies), "at {}", at);
        }
    }

    #[test]
    fn where_every_listed_pair_counts_a_cut_is_plain_average_linkage(saved in graphs()) {
        let thresholds = even_thresholds(saved.floor, 1.0, 9).unwrap();
        // A share this small leaves no listed pair out.
        let options = SweepOptions { floor_share: 0.01, copy_cosine: None };
        let graph = Graph::from_edges(saved.ids.len(), saved.edges.clone(), saved.floor);
        for cut in sweep(&saved, &thresholds, &options, Ok).unwrap() {
            let plain = average_linkage(&graph, cut.threshold);
            let labels: Vec<u32> = saved.head.iter().map(|&h| plain.label(h as usize)).collect();
            prop_assert_eq!(cut.partition, Partition::from_labels(&labels));
            prop_assert!(!cut.complete && cut.families.is_empty());
        }
    }
}

#[test]
fn a_cut_of_the_demo_corpus_is_the_run_at_that_threshold() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpora/demo");
    let articles = read(&[path], &ReadOptions::default(), &mut |_| {}).unwrap().articles;
    let run = |threshold: f32| {
        let pruning = khabar::similarity::Pruning::Exact;
        let options =
            GroupOptions { threshold, pruning, shared: false, ..GroupOptions::by_cosine() };
        group(&articles, &options, &|_| {}).unwrap()
    };
    let saved = run(0.16).graph;
    let thresholds = [0.16, 0.2, 0.33, 0.6];
    let cuts = sweep(&saved, &thresholds, &SweepOptions::default(), Ok).unwrap();
    for (cut, threshold) in cuts.iter().zip(thresholds) {
        assert!(cut.complete, "at {threshold}");
        let whole = run(threshold);
        let place = |id: &str| articles.iter().position(|a| a.id == id).unwrap();
        let labels: Vec<u32> =
            saved.ids.iter().map(|id| whole.placements[place(id)].story).collect();
        assert_eq!(cut.partition, Partition::from_labels(&labels), "at {threshold}");
    }
    let low = sweep(&saved, &[saved.floor], &SweepOptions::default(), Ok).unwrap();
    assert!(!low[0].complete, "a run at the floor lists pairs that the file does not");
    let below = sweep(&saved, &[0.1], &SweepOptions::default(), Ok).unwrap_err().to_string();
    assert!(below.contains("floor"), "{below}");
}
