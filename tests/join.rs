//! The similarity join against brute force, on floods, and with a window.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use khabar::corpus::{ReadOptions, read};
use khabar::group::GroupOptions;
use khabar::similarity::{Join, Joined, Joiner, Pruning, join};
use khabar::text::Normalizer;
use khabar::vectorize::{Background, Csr, Norm, Parts, blended_idf, document_frequency};
use rayon::prelude::*;

/// A small generator of random numbers, the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// Rows of unit length: a background vocabulary with a long tail, and stories whose members
/// share rare columns.
fn corpus(n_rows: usize, seed: u64) -> Csr {
    let mut random = Random(seed);
    let n_cols = 1 << 14;
    let rows = (0..n_rows).map(|i| {
        let mut row = std::collections::BTreeMap::new();
        for _ in 0..60 {
            // Zipf-like: small numbers often.
            let span = 1 + random.below(n_cols as u64);
            let column = random.below(span) as u32;
            row.insert(column, 0.1 + random.below(100) as f32 / 200.0);
        }
        for k in 0..8 {
            let column = 4000 + ((i / 5) as u32 * 37 + k * 11) % 12_000;
            row.insert(column, 0.6 + random.below(100) as f32 / 100.0);
        }
        let length = row.values().map(|v| f64::from(*v) * f64::from(*v)).sum::<f64>().sqrt() as f32;
        row.into_iter().map(move |(c, v)| (c, v / length)).collect::<Vec<_>>()
    });
    Csr::from_rows(n_cols, rows)
}

fn brute_force(rows: &Csr, floor: f32) -> Vec<(u32, u32, f64)> {
    let n = rows.n_rows();
    let mut dense = vec![0.0f64; rows.n_cols()];
    let mut pairs = Vec::new();
    for b in 0..n {
        for (&c, &v) in rows.row(b).indices.iter().zip(rows.row(b).data) {
            dense[c as usize] = f64::from(v);
        }
        for a in 0..b {
            let row = rows.row(a);
            let cosine: f64 = row
                .indices
                .iter()
                .zip(row.data)
                .map(|(&c, &v)| dense[c as usize] * f64::from(v))
                .sum();
            if cosine >= f64::from(floor) {
                pairs.push((a as u32, b as u32, cosine));
            }
        }
        for &c in rows.row(b).indices {
            dense[c as usize] = 0.0;
        }
    }
    pairs
}

/// The word itself, or for one in three of the longer ones another that `story` has in its
/// place: as each story has names of its own.
fn retold(word: &str, story: u64) -> String {
    let key = word.bytes().fold(story.wrapping_mul(0x9E37_79B9_7F4A_7C15), |key, byte| {
        (key ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3).rotate_left(23)
    });
    let mut random = Random(key);
    if word.chars().count() < 4 || random.below(3) > 0 {
        return word.to_owned();
    }
    const LETTERS: [char; 28] = [
        'ا', 'ب', 'ت', 'ث', 'ج', 'ح', 'خ', 'د', 'ذ', 'ر', 'ز', 'س', 'ش', 'ص', 'ض', 'ط', 'ظ', 'ع',
        'غ', 'ف', 'ق', 'ك', 'ل', 'م', 'ن', 'ه', 'و', 'ي',
    ];
    let mut letter = |c| if LETTERS.contains(&c) { LETTERS[random.below(28) as usize] } else { c };
    word.chars().map(&mut letter).collect()
}

/// Rows of `n` articles of some seven a story, weighed as `group` weighs them.
///
/// A story is two or three articles of the Arabic demo corpus with names of its own in them. An
/// article of it has one of their titles and some of their sentences, and may have a sentence of
/// any other story: so two articles share nothing, phrases, a paragraph, or nearly all.
fn recombined(n: usize) -> Csr {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpora/demo/arabic.jsonl");
    let demo = read(&[path], &ReadOptions::default(), &mut |_| {}).unwrap().articles;
    let sentences: Vec<Vec<&str>> = demo
        .iter()
        .map(|a| {
            let parts = a.text.split_inclusive(['.', '؟', '!', '\n']).map(str::trim);
            parts.filter(|s| s.len() > 20).collect()
        })
        .collect();
    let mut random = Random(5);
    let mut draw = |n: usize| random.below(n as u64) as usize;
    let n_stories = n / 7;
    let sources: Vec<Vec<usize>> =
        (0..n_stories).map(|_| (0..2 + draw(2)).map(|_| draw(demo.len())).collect()).collect();
    let told = |text: &str, story: usize| -> String {
        let words: Vec<String> = text.split(' ').map(|w| retold(w, story as u64)).collect();
        words.join(" ")
    };
    // No two are of the same sentences: equal rows would be one row to the join.
    let mut articles = std::collections::BTreeSet::new();
    while articles.len() < n {
        let story = draw(n_stories);
        let title = &demo[sources[story][draw(sources[story].len())]].title;
        let mut text = std::collections::BTreeSet::new();
        for &source in &sources[story] {
            for _ in 0..1 + draw(3) {
                text.insert(told(sentences[source][draw(sentences[source].len())], story));
            }
        }
        if draw(2) == 0 {
            let (other, from) = (draw(n_stories), draw(demo.len()));
            text.insert(told(sentences[from][draw(sentences[from].len())], other));
        }
        let text: Vec<String> = text.into_iter().collect();
        articles.insert((told(title, story), text.join(" ")));
    }
    let parts: Vec<Parts<'_>> = articles.iter().map(|(title, text)| (&**title, &**text)).collect();
    let options = GroupOptions::by_cosine();
    let counts = options.hashing.count(&Normalizer::new(options.normalize), &parts);
    let df = counts.document_frequency();
    let blend = blended_idf(n as u64, &df, Background::of("Arab"));
    counts.into_rows(options.tf, &blend.idf, Norm::L2)
}

/// Columns numbered anew without those that no row has: dense rows of them fit into a cache.
fn compact(rows: &Csr) -> Vec<Vec<(u32, f32)>> {
    let mut number = vec![u32::MAX; rows.n_cols()];
    let mut next = 0;
    let mut numbered = |column: u32| {
        let number = &mut number[column as usize];
        if *number == u32::MAX {
            *number = next;
            next += 1;
        }
        *number
    };
    let row = |i: usize| rows.row(i).indices.iter().zip(rows.row(i).data);
    (0..rows.n_rows()).map(|i| row(i).map(|(&c, &v)| (numbered(c), v)).collect()).collect()
}

/// [`brute_force`] on all cores.
fn brute_force_on_all_cores(rows: &Csr, floor: f32) -> Vec<(u32, u32, f64)> {
    let rows = compact(rows);
    let n_columns = rows.iter().flatten().map(|&(c, _)| c as usize + 1).max().unwrap_or(0);
    (0..rows.len())
        .into_par_iter()
        .map_init(
            || vec![0.0f32; n_columns],
            |dense, b| {
                rows[b].iter().for_each(|&(c, v)| dense[c as usize] = v);
                let product = |&(c, v): &(u32, f32)| f64::from(dense[c as usize] * v);
                let cosine = |a: usize| rows[a].iter().map(product).sum::<f64>();
                let near = (0..b).map(|a| (a as u32, b as u32, cosine(a)));
                let found: Vec<_> = near.filter(|pair| pair.2 >= f64::from(floor)).collect();
                rows[b].iter().for_each(|&(c, _)| dense[c as usize] = 0.0);
                found
            },
        )
        .flatten()
        .collect()
}

/// Fails unless `found` are the pairs of `want`, each with its full cosine. At the floor itself
/// f32 and f64 may disagree; nowhere else.
fn assert_same_pairs(found: &Joined, want: &[(u32, u32, f64)], floor: f32) {
    let near = |cosine: f64| (cosine - f64::from(floor)).abs() < 1e-5;
    let mut got = std::collections::BTreeMap::new();
    for e in &found.edges {
        assert!(got.insert((e.a, e.b), f64::from(e.cosine)).is_none(), "a pair twice");
    }
    for &(a, b, cosine) in want {
        match got.remove(&(a, b)) {
            Some(found) => assert!((found - cosine).abs() < 1e-5, "{a} {b}"),
            None => assert!(near(cosine), "{a} {b} {cosine} is missing"),
        }
    }
    assert!(got.values().all(|&c| near(c)), "pairs that are none: {got:?}");
}

fn exact(floor: f32) -> Join {
    Join { floor, pruning: Pruning::Exact, max_edges: usize::MAX, window: None }
}

#[test]
fn exact_mode_finds_the_pairs_of_brute_force_with_their_full_cosines() {
    for (n, floor) in [(5000, 0.16), (700, 0.02), (700, 0.5)] {
        let rows = corpus(n, 7);
        let found = join(&rows, None, &exact(floor));
        let want = brute_force(&rows, floor);
        assert!(want.len() > 100, "the corpus has pairs to find: {}", want.len());
        assert_same_pairs(&found, &want, floor);
    }
}

#[test]
fn among_five_thousand_articles_exact_finds_all_pairs_and_fast_nearly_all() {
    let options = GroupOptions::by_cosine();
    let rows = recombined(5000);
    let want = brute_force_on_all_cores(&rows, options.threshold);
    let near = want.iter().filter(|pair| pair.2 < f64::from(options.threshold) * 1.25).count();
    assert!(want.len() > 10_000 && near > 1000, "{near} of {} pairs are weak", want.len());

    let found = join(&rows, None, &exact(options.threshold));
    assert!(found.head.iter().zip(0..).all(|(&head, i)| head == i), "no two rows are equal");
    assert_same_pairs(&found, &want, options.threshold);

    // As `group` asks for them: from below the threshold on.
    let floor = options.threshold * options.floor_share;
    let found = join(&rows, None, &Join { pruning: Pruning::Fast, ..exact(floor) });
    let got: std::collections::BTreeSet<(u32, u32)> =
        found.edges.iter().map(|e| (e.a, e.b)).collect();
    let hit = want.iter().filter(|&&(a, b, _)| got.contains(&(a, b))).count();
    let share = hit as f64 / want.len() as f64;
    assert!(share >= 0.995, "fast finds {share} of {} pairs", want.len());
}

#[test]
fn the_result_does_not_depend_on_the_number_of_threads() {
    // More rows than the fast mode joins exactly.
    let rows = corpus(4200, 3);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let fast = join(&rows, None, &Join { floor: 0.1, ..Join::default() });
            (join(&rows, None, &exact(0.1)), fast)
        })
    };
    let one = run(1);
    assert!(one.0.edges.len() > 50);
    for threads in [2, 8] {
        assert_eq!(run(threads), one);
    }
}

#[test]
fn twenty_thousand_equal_rows_are_one_row() {
    let one = corpus(1, 1);
    let row: Vec<(u32, f32)> =
        one.row(0).indices.iter().copied().zip(one.row(0).data.iter().copied()).collect();
    let rows = Csr::from_rows(one.n_cols(), std::iter::repeat_n(row, 20_000));
    let found = join(&rows, None, &Join::default());
    assert_eq!((found.edges.len(), found.verified), (0, 0));
    assert!(found.head.iter().all(|&h| h == 0));
}

#[test]
fn edges_a_row_are_bounded_and_reaching_the_bound_is_reported() {
    // Two thousand rows all alike but for one column each.
    let rows =
        Csr::from_rows(4096, (0..2000u32).map(|i| vec![(0, 0.7), (1, 0.7), (10 + i, 0.141)]));
    let options = Join { max_edges: 20, ..exact(0.5) };
    let Joined { edges, full_rows, .. } = join(&rows, None, &options);
    assert!(edges.len() <= 2000 * 20, "{}", edges.len());
    assert_eq!(full_rows, 2000 - 21);
}

#[test]
fn rows_outside_the_window_are_not_compared_but_undated_ones_are() {
    let rows = Csr::from_rows(4, (0..3).map(|i| vec![(0, 0.9), (1 + i, 0.435)]));
    let day = 86_400;
    let times = [Some(0), Some(8 * day), None];
    let options = Join { window: Some(7 * day), ..exact(0.5) };
    let found = join(&rows, Some(&times), &options);
    let pairs: Vec<(u32, u32)> = found.edges.iter().map(|e| (e.a, e.b)).collect();
    assert_eq!(pairs, [(0, 2), (1, 2)]);
}

#[test]
fn rows_that_come_in_portions_are_joined_as_all_at_once() {
    // Sixty days of a hundred rows; a portion is five days, the window seven.
    let rows = corpus(6000, 11);
    let day = 86_400;
    let times: Vec<Option<i64>> = (0..6000).map(|i| Some(i / 100 * day)).collect();
    let window = Some(7 * day);
    for options in [Join { window, ..exact(0.1) }, Join { window, floor: 0.1, ..Join::default() }] {
        let all = join(&rows, Some(&times), &options);
        assert!(all.edges.len() > 200, "{}", all.edges.len());
        let df = document_frequency(&rows);
        let mut joiner = Joiner::new(&df, rows.n_rows(), &options);
        let mut edges = Vec::new();
        let mut verified = 0;
        for first in (0..6000).step_by(500) {
            let portion = (first..first + 500).map(|i| {
                let row = rows.row(i);
                row.indices
                    .iter()
                    .copied()
                    .zip(row.data.iter().copied())
                    .collect::<Vec<(u32, f32)>>()
            });
            let portion = std::sync::Arc::new(Csr::from_rows(rows.n_cols(), portion));
            joiner.forget_before(times[first].unwrap() - 7 * day);
            let found = joiner.push(portion, Some(&times[first..first + 500]));
            assert_eq!(found.head, all.head[first..first + 500]);
            verified += found.verified;
            edges.extend(found.edges);
        }
        assert_eq!(edges, all.edges);
        assert_eq!(verified, all.verified);
    }
}
