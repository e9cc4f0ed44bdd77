//! The similarity join against brute force, on floods, and with a window.

use khabar::similarity::{Join, Joined, Pruning, join};
use khabar::vectorize::Csr;

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

fn exact(floor: f32) -> Join {
    Join { floor, pruning: Pruning::Exact, max_edges: usize::MAX, window: None }
}

#[test]
fn exact_mode_finds_the_pairs_of_brute_force_with_their_full_cosines() {
    for (n, floor) in [(5000, 0.16), (700, 0.02), (700, 0.5)] {
        let rows = corpus(n, 7);
        let found = join(&rows, None, &exact(floor));
        let want = brute_force(&rows, floor);
        // At the floor itself f32 and f64 may disagree; nowhere else.
        let near = |cosine: f64| (cosine - f64::from(floor)).abs() < 1e-5;
        let mut got = std::collections::BTreeMap::new();
        for e in &found.edges {
            assert!(got.insert((e.a, e.b), f64::from(e.cosine)).is_none(), "a pair twice");
        }
        assert!(want.len() > 100, "the corpus has pairs to find: {}", want.len());
        for &(a, b, cosine) in &want {
            match got.remove(&(a, b)) {
                Some(found) => assert!((found - cosine).abs() < 1e-5, "{a} {b}"),
                None => assert!(near(cosine), "{a} {b} {cosine} is missing"),
            }
        }
        assert!(got.values().all(|&c| near(c)), "pairs that are none: {got:?}");
    }
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
