//! The search for the earlier neighbours of one row: accumulate, hope, verify.
//!
//! 256 KB and a dense row a worker.

use std::ops::Deref;

use super::block::{BLOCK_ROWS, Block};
use super::{Join, Pruning};
use crate::similarity::Edge;
use crate::vectorize::Csr;

/// Fast: a pair is looked at where its partial cosine plus `FAST_REST` times the product of the
/// lengths of the rows' other parts reaches `FAST_LEAST`, all in units of the floor; and never
/// below `FAST_LOWEST`. The more of a pair is outside the index, the less is asked for inside.
const FAST_LEAST: f32 = 0.6;
const FAST_REST: f32 = 0.8;
const FAST_LOWEST: f32 = 0.2;
/// Sums looked at together.
const LANES: usize = 16;

/// What one piece of rows found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) edges: Vec<Edge>,
    pub(super) full_rows: usize,
    pub(super) verified: u64,
    pub(super) updates: u64,
}

/// Dense buffers of one thread.
pub(super) struct Worker {
    /// Partial cosine so far, one a row of the block at hand; zero between blocks.
    sums: Box<[f32; BLOCK_ROWS]>,
    /// The row at hand, dense, with room for columns that join nothing; zero between rows.
    dense: Vec<f32>,
    /// Rows of the block at hand that may be near.
    hopeful: Vec<u32>,
    /// Cosines and numbers of those that are, over all blocks.
    kept: Vec<(f32, u32)>,
}

impl Worker {
    pub(super) fn new(n_columns: usize) -> Self {
        Self {
            sums: Box::new([0.0; BLOCK_ROWS]),
            dense: vec![0.0; n_columns + 1],
            hopeful: Vec::new(),
            kept: Vec::new(),
        }
    }

    /// Finds the earlier neighbours of row `x` of the last of `blocks`.
    pub(super) fn neighbours<R: Deref<Target = Csr>>(
        &mut self,
        blocks: &[Block<R>],
        x: usize,
        options: &Join,
        found: &mut Found,
    ) {
        let Some((own, earlier)) = blocks.split_last() else { return };
        self.kept.clear();
        let mut laid_out = false;
        let blocks = earlier.iter().map(|b| (b, b.len())).chain([(own, x)]);
        for (block, n_rows) in blocks {
            let met = block.accumulate(own.queries(x), std::ptr::eq(block, own), &mut self.sums);
            found.updates += met;
            self.take_hopeful((own, x), (block, n_rows), met, options);
            if let Some(width) = options.window {
                let time = own.time(x);
                let near = |other: Option<i64>| {
                    time.zip(other).is_none_or(|(a, b)| a.abs_diff(b) <= width as u64)
                };
                self.hopeful.retain(|&y| near(block.time(y as usize)));
            }
            if self.hopeful.is_empty() {
                continue;
            }
            if !laid_out {
                let (columns, weights) = own.row(x);
                for (&c, &w) in columns.iter().zip(weights) {
                    self.dense[c as usize] = w;
                }
                // Columns of one row share a place, and must not meet there.
                let last = self.dense.len() - 1;
                self.dense[last] = 0.0;
                laid_out = true;
            }
            found.verified += self.hopeful.len() as u64;
            self.verify(block, options.floor);
        }
        if laid_out {
            own.row(x).0.iter().for_each(|&c| self.dense[c as usize] = 0.0);
        }
        if self.kept.len() > options.max_edges {
            found.full_rows += 1;
            self.kept.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            self.kept.truncate(options.max_edges);
            self.kept.sort_unstable_by_key(|&(_, y)| y);
        }
        let number = own.number(x);
        found.edges.extend(self.kept.iter().map(|&(cosine, y)| Edge {
            a: y,
            b: number,
            cosine,
            score: cosine,
        }));
    }

    /// Lists the rows of a block whose partial cosine lets hope, and clears the sums. Row `x`
    /// met others `met` times among the `n_rows` looked at.
    fn take_hopeful<R: Deref<Target = Csr>>(
        &mut self,
        (own, x): (&Block<R>, usize),
        (block, n_rows): (&Block<R>, usize),
        met: u64,
        options: &Join,
    ) {
        self.hopeful.clear();
        // `rest`: what the parts outside the index may add, or in fast mode are likely to.
        let (least, rest, lowest) = match options.pruning {
            // A hair of room for rounding: a pair at the floor is never bounded away.
            Pruning::Exact => (options.floor - 1e-5, own.rest[x], f32::NEG_INFINITY),
            Pruning::Fast => (
                options.floor * FAST_LEAST,
                options.floor * FAST_REST * own.rest[x],
                options.floor * FAST_LOWEST,
            ),
        };
        let hopeful = |sum: f32, other: f32| (sum + rest * other >= least) & (sum >= lowest);
        // Few were met, and one that was not has no hope: visit those.
        if met < n_rows as u64 / 16 && (lowest > 0.0 || rest * 1.001 < least) {
            block.each_met(own.queries(x), std::ptr::eq(block, own), |y| {
                let sum = &mut self.sums[usize::from(y)];
                if hopeful(*sum, block.rest[usize::from(y)]) {
                    self.hopeful.push(u32::from(y));
                }
                *sum = 0.0;
            });
            self.hopeful.sort_unstable();
            return;
        }
        let mut y = 0;
        let rests = block.rest[..n_rows].chunks(LANES);
        for (sums, rests) in self.sums[..n_rows].chunks_mut(LANES).zip(rests) {
            let mut any = false;
            for (&sum, &other) in sums.iter().zip(rests) {
                any |= hopeful(sum, other);
            }
            if any {
                for (&sum, &other) in sums.iter().zip(rests) {
                    if hopeful(sum, other) {
                        self.hopeful.push(y);
                    }
                    y += 1;
                }
            } else {
                y += sums.len() as u32;
            }
            sums.fill(0.0);
        }
    }

    /// Works out the full cosines with the hopeful rows and keeps those at the floor.
    fn verify<R: Deref<Target = Csr>>(&mut self, block: &Block<R>, floor: f32) {
        for (i, &y) in self.hopeful.iter().enumerate() {
            if let Some(&next) = self.hopeful.get(i + 2) {
                block.prefetch_row(next as usize);
            }
            let (columns, weights) = block.row(y as usize);
            let cosine = gather(&self.dense, columns, weights).min(1.0);
            if cosine >= floor {
                self.kept.push((cosine, block.number(y as usize)));
            }
        }
    }
}

/// The dot product of a dense vector and a sparse one, in four lanes of fixed order.
fn gather(dense: &[f32], ranks: &[u32], weights: &[f32]) -> f32 {
    let mut sums = [0.0f32; 4];
    let (r, w) = (ranks.chunks_exact(4), weights.chunks_exact(4));
    let tail: f32 =
        r.remainder().iter().zip(w.remainder()).map(|(&r, &w)| dense[r as usize] * w).sum();
    for (r, w) in r.zip(w) {
        for lane in 0..4 {
            sums[lane] += dense[r[lane] as usize] * w[lane];
        }
    }
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + tail
}
