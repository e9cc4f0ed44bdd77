//! One table of small newsrooms over all four ways to cut stories.

use khabar::similarity::{Edge, Graph};
use khabar::story::{Partition, average_linkage, connected_components, dbscan, kmeans};
use khabar::vectorize::Csr;

/// All pairs of cosine >= 0.05 between the rows, which are scaled to length 1 first.
fn graph_of(rows: &[Vec<(u32, f32)>]) -> (Csr, Graph) {
    let unit = |row: &Vec<(u32, f32)>| {
        let length = row.iter().map(|(_, v)| v * v).sum::<f32>().sqrt();
        row.iter().map(|&(c, v)| (c, v / length)).collect::<Vec<_>>()
    };
    let m = Csr::from_rows(64, rows.iter().map(unit));
    let mut edges = Vec::new();
    for a in 0..m.n_rows() {
        for b in a + 1..m.n_rows() {
            let score = m.row(a).dot(m.row(b)) as f32;
            if score >= 0.05 {
                edges.push(Edge { a: a as u32, b: b as u32, cosine: score, score });
            }
        }
    }
    let graph = Graph::from_edges(m.n_rows(), edges, 0.05);
    (m, graph)
}

/// Rows of the words of one event, each leaving out another word.
fn event(first: u32, n: u32) -> Vec<Vec<(u32, f32)>> {
    (0..n).map(|out| (0..8).filter(|k| *k != out).map(|k| (first + k, 1.0)).collect()).collect()
}

struct Case {
    name: &'static str,
    rows: Vec<Vec<(u32, f32)>>,
    clusters: usize,
    /// linkage, components, DBSCAN with 2 points and with 3, k-means.
    expected: [&'static [u32]; 5],
}

#[test]
fn each_method_cuts_as_it_should() {
    let two: Vec<Vec<(u32, f32)>> = event(0, 4).into_iter().chain(event(20, 4)).collect();
    let mut bridged = two.clone();
    // A round-up: half of it the one event, half the other.
    bridged.push((0..8).chain(20..28).map(|c| (c, 1.0)).collect());
    let mut pair_and_stranger = event(0, 2);
    pair_and_stranger.push(vec![(40, 1.0)]);
    let apart: &[u32] = &[0, 0, 0, 0, 1, 1, 1, 1];
    let cases = [
        Case { name: "two events", rows: two, clusters: 2, expected: [apart; 5] },
        Case {
            name: "two events and a round-up between them",
            rows: bridged,
            clusters: 2,
            expected: [
                // The round-up goes with one of the two and does not join them.
                &[0, 0, 0, 0, 1, 1, 1, 1, 0],
                &[0; 9],
                &[0; 9],
                &[0; 9],
                &[0, 0, 0, 0, 1, 1, 1, 1, 0],
            ],
        },
        Case {
            name: "a pair and a stranger",
            rows: pair_and_stranger,
            clusters: 2,
            expected: [&[0, 0, 1], &[0, 0, 1], &[0, 0, 1], &[0, 1, 2], &[0, 0, 1]],
        },
        Case { name: "one article", rows: event(0, 1), clusters: 1, expected: [&[0]; 5] },
        Case { name: "no article", rows: Vec::new(), clusters: 1, expected: [&[]; 5] },
    ];
    for case in cases {
        let (vectors, graph) = graph_of(&case.rows);
        let found: [(&str, Partition); 5] = [
            ("linkage", average_linkage(&graph, 0.5)),
            ("components", connected_components(&graph, 0.5)),
            ("dbscan 2", dbscan(&graph, 0.5, 2).unwrap()),
            ("dbscan 3", dbscan(&graph, 0.5, 3).unwrap()),
            ("kmeans", kmeans(&vectors, Some(case.clusters), 42).unwrap()),
        ];
        for ((method, partition), expected) in found.iter().zip(case.expected) {
            if *method == "kmeans" && case.name.contains("round-up") {
                // Which side k-means gives the round-up to is a matter of the seed.
                assert_eq!(partition.labels()[..8], expected[..8], "{method}: {}", case.name);
            } else {
                assert_eq!(partition.labels(), expected, "{method}: {}", case.name);
            }
        }
    }
}

#[test]
fn dbscan_of_two_points_is_connected_components() {
    let rows: Vec<Vec<(u32, f32)>> = (0..40u32)
        .map(|i| (0..6).map(|k| (k * 10 + (i * i + 3 * k * i) % 10, 1.0)).collect())
        .collect();
    let (_, graph) = graph_of(&rows);
    for threshold in [0.2, 0.34, 0.5, 0.67, 0.84] {
        assert_eq!(
            dbscan(&graph, threshold, 2).unwrap(),
            connected_components(&graph, threshold),
            "at {threshold}"
        );
    }
}
