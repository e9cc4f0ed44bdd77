//! Average linkage against a plain transcription of its definition, on random graphs.

use khabar::similarity::{Edge, Graph};
use khabar::story::average_linkage;
use proptest::prelude::*;

/// Merges the pair of clusters with the largest mean, ties by smallest rows, until no mean
/// reaches the threshold. Cubic; integer arithmetic, so ties are exact. Scores are in 1/128.
fn brute_force(n: usize, edges: &[(u32, u32, u32)], threshold: u32) -> Vec<u32> {
    let mut score = vec![vec![0u64; n]; n];
    for &(a, b, s) in edges {
        score[a as usize][b as usize] = u64::from(s);
        score[b as usize][a as usize] = u64::from(s);
    }
    let mut clusters: Vec<Vec<usize>> = (0..n).map(|row| vec![row]).collect();
    loop {
        // (sum, pairs, i, j) of the best; clusters stay sorted by their smallest row, so the
        // first of equal means is the one with the smallest rows.
        let mut best: Option<(u64, u64, usize, usize)> = None;
        for i in 0..clusters.len() {
            for j in i + 1..clusters.len() {
                let sum = clusters[i]
                    .iter()
                    .map(|&a| clusters[j].iter().map(|&b| score[a][b]).sum::<u64>())
                    .sum::<u64>();
                let pairs = (clusters[i].len() * clusters[j].len()) as u64;
                if best.is_none_or(|(s, p, ..)| sum * p > s * pairs) {
                    best = Some((sum, pairs, i, j));
                }
            }
        }
        match best {
            Some((sum, pairs, i, j)) if sum >= u64::from(threshold) * pairs => {
                let gone = clusters.remove(j);
                clusters[i].extend(gone);
                clusters[i].sort_unstable();
            }
            _ => break,
        }
    }
    let mut labels = vec![0; n];
    for (label, cluster) in clusters.iter().enumerate() {
        for &row in cluster {
            labels[row] = label as u32;
        }
    }
    labels
}

fn graph(n: usize, edges: &[(u32, u32, u32)]) -> Graph {
    let edge = |&(a, b, s): &(u32, u32, u32)| {
        let score = s as f32 / 128.0;
        Edge { a, b, cosine: 0.0, score }
    };
    Graph::from_edges(n, edges.iter().map(edge).collect(), 1.0 / 128.0)
}

/// A graph of up to 24 rows: each pair is absent or has a score of `1..=top` parts of 128.
fn graphs(top: u32) -> impl Strategy<Value = (usize, Vec<(u32, u32, u32)>)> {
    (1usize..24).prop_flat_map(move |n| {
        let pairs: Vec<(u32, u32)> =
            (0..n as u32).flat_map(|a| (a + 1..n as u32).map(move |b| (a, b))).collect();
        let scores = proptest::collection::vec(0..=top * 2, pairs.len());
        (Just(n), scores).prop_map(move |(n, scores)| {
            let present = pairs.iter().zip(&scores).filter(|(_, s)| (1..=top).contains(*s));
            (n, present.map(|(&(a, b), &s)| (a, b, s)).collect())
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_cut_is_the_one_of_the_definition((n, edges) in graphs(127), threshold in 1u32..90) {
        let cut = average_linkage(&graph(n, &edges), threshold as f32 / 128.0);
        prop_assert_eq!(cut.labels(), brute_force(n, &edges, threshold));
    }

    #[test]
    fn ties_go_to_the_smallest_rows((n, edges) in graphs(3), threshold in 1u32..4) {
        let cut = average_linkage(&graph(n, &edges), threshold as f32 / 128.0);
        prop_assert_eq!(cut.labels(), brute_force(n, &edges, threshold));
    }

    #[test]
    fn renumbered_rows_keep_their_stories_where_scores_are_distinct(
        n in 3usize..16,
        seed in proptest::collection::vec(any::<u32>(), 256),
        threshold in 0.05f32..0.6,
    ) {
        // Distinct scores do not make distinct means, but chance ties of 24-bit sums do not
        // occur in these cases.
        let mut edges = Vec::new();
        for a in 0..n {
            for b in a + 1..n {
                let score = (seed[a * n + b] >> 8) as f32 / (1u32 << 24) as f32;
                if score > 0.3 {
                    edges.push((a, b, score));
                }
            }
        }
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by_key(|&row| seed[255 - row]);
        let mut renumbered = vec![0u32; n];
        for (new, &old) in order.iter().enumerate() {
            renumbered[old] = new as u32;
        }
        let build = |name: &dyn Fn(usize) -> u32| {
            let edge = |&(a, b, score): &(usize, usize, f32)| {
                Edge { a: name(a), b: name(b), cosine: score, score }
            };
            Graph::from_edges(n, edges.iter().map(edge).collect(), 0.3)
        };
        let plain = average_linkage(&build(&|row| row as u32), threshold);
        let other = average_linkage(&build(&|row| renumbered[row]), threshold);
        let back: Vec<u32> = renumbered.iter().map(|&row| other.label(row as usize)).collect();
        prop_assert_eq!(plain, khabar::story::Partition::from_labels(&back));
    }
}

#[test]
fn thresholds_at_the_edges_have_plain_meanings() {
    let g = graph(4, &[(0, 1, 128), (1, 2, 64)]);
    let cases: [(f32, &[u32]); 7] = [
        (0.0, &[0, 0, 0, 0]),
        (-1.0, &[0, 0, 0, 0]),
        (0.25, &[0, 0, 0, 1]),
        (0.251, &[0, 0, 1, 2]),
        (1.0, &[0, 0, 1, 2]),
        (1.1, &[0, 1, 2, 3]),
        (f32::NAN, &[0, 1, 2, 3]),
    ];
    for (threshold, expected) in cases {
        assert_eq!(average_linkage(&g, threshold).labels(), expected, "at {threshold}");
    }
    assert_eq!(average_linkage(&graph(0, &[]), 0.5).n_clusters(), 0);
}

#[test]
fn any_number_of_threads_gives_the_same_stories() {
    let (n, graph) = flood(2_000, 12, 7);
    let one = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| average_linkage(&graph, 0.3))
    };
    let first = one(1);
    assert!((2..n).contains(&first.n_clusters()));
    assert_eq!(first, one(2));
    assert_eq!(first, one(8));
}

/// A graph whose rows hang together in neighbourhoods of a ring, as a flood of coverage
/// does: `degree` random edges a row, most of them near, scores falling with distance.
fn flood(n: usize, degree: usize, mut seed: u64) -> (usize, Graph) {
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed >> 11
    };
    let mut edges = Vec::with_capacity(n * degree);
    for a in 0..n {
        for _ in 0..degree {
            let reach = 1 + (random() % (1 + random() % (4 * degree as u64))) as usize;
            let b = (a + reach) % n;
            let near = 1.0 / (1.0 + reach as f32 / degree as f32);
            let score = 0.1 + 0.8 * near * (random() % 1000) as f32 / 1000.0;
            edges.push(Edge { a: a as u32, b: b as u32, cosine: score, score });
        }
    }
    (n, Graph::from_edges(n, edges, 0.1))
}
