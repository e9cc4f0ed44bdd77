//! Pairs of sets of which one contains much of the other, without looking at all pairs.
//!
//! Every set is known by its 32 smallest hashes, and those are in an index. A larger set looks
//! all of its hashes up: the share of a smaller set's sketch that it meets is an unbiased
//! estimate of the containment, whatever the two sizes (Broder 1997). Pairs whose estimate is at
//! least half of what is asked for are counted in full, of each set the 24 most promising. At a
//! containment of one half a pair of long texts is overlooked once in a thousand; a copy nearer
//! than that hardly ever.
//!
//! Floods: of the sets that have a hash in their sketch only the first 100 are met, and copies of
//! one text meet the same ones; so a text printed ten thousand times costs no hundred million
//! pairs. About 30 ns a hash, 260 bytes a set, 2 bytes a set and thread.
//!
//! ```text
//! {1, 5, 9} in {1, 2, 5, 7, 8, 9}: 3 of the sketch are met, containment 3 / (3 + 4)
//! ```

use rayon::prelude::*;

use crate::story::shingles::in_both;

/// Hashes in a sketch.
const SKETCH: usize = 32;
/// Sets met by one hash.
const MOST_MET: usize = 100;
/// Pairs of one set that are counted in full.
const MOST_COUNTED: usize = 24;
/// Hashes that the shorter set is short of before it has any: what ten equal words prove is less
/// than what a thousand do.
const PRIOR: f32 = 4.0;
/// The part of the containment asked for that makes a pair worth counting.
const WORTH: f32 = 0.5;

/// Two sets of which the longer contains much of the shorter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Link {
    /// Numbers of the sets.
    pub(super) short: u32,
    pub(super) long: u32,
    /// The share of the shorter that is in the longer.
    pub(super) containment: f32,
}

/// The pairs of a containment of at least `least`, for each set at most 24 shorter ones.
///
/// Sets hold hashes, ascending, each once, and come by ascending length; of equal length the
/// earlier counts as the shorter.
pub(super) fn links(sets: &[&[u32]], least: f32) -> Vec<Link> {
    let index = Index::new(sets);
    // 200 sets a piece: the same pieces for any number of threads.
    let pieces: Vec<Vec<Link>> = (0..sets.len().div_ceil(200))
        .into_par_iter()
        .map_init(
            || vec![0u16; sets.len()],
            |met, piece| {
                let mut found = Vec::new();
                let mut touched = Vec::new();
                for long in piece * 200..(piece * 200 + 200).min(sets.len()) {
                    index.meet(sets[long], long as u32, met, &mut touched);
                    count(sets, long, least, met, &mut touched, &mut found);
                }
                found
            },
        )
        .collect();
    pieces.concat()
}

/// Counts the promising pairs of a set in full, and clears what was met.
fn count(
    sets: &[&[u32]],
    long: usize,
    least: f32,
    met: &mut [u16],
    touched: &mut Vec<u32>,
    found: &mut Vec<Link>,
) {
    let mut promising: Vec<(f32, u32)> = Vec::new();
    for short in touched.drain(..) {
        let hits = std::mem::take(&mut met[short as usize]);
        let share = f32::from(hits) / sets[short as usize].len().min(SKETCH) as f32;
        if share >= least * WORTH {
            promising.push((share, short));
        }
    }
    let best = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    if promising.len() > MOST_COUNTED {
        promising.select_nth_unstable_by(MOST_COUNTED, best);
        promising.truncate(MOST_COUNTED);
    }
    promising.sort_unstable_by_key(|&(_, short)| short);
    for (_, short) in promising {
        let set = sets[short as usize];
        let containment = in_both(set, sets[long]) as f32 / (set.len() as f32 + PRIOR);
        if containment >= least {
            found.push(Link { short, long: long as u32, containment });
        }
    }
}

/// Sets by the hashes of their sketches.
struct Index {
    /// `32 - log2` of the number of buckets.
    shift: u32,
    /// Where each bucket begins in `entries`.
    starts: Vec<u32>,
    /// Hash and set, by bucket, hash, set.
    entries: Vec<(u32, u32)>,
}

impl Index {
    fn new(sets: &[&[u32]]) -> Self {
        let mut entries: Vec<(u32, u32)> = sets
            .iter()
            .enumerate()
            .flat_map(|(i, set)| set.iter().take(SKETCH).map(move |&hash| (hash, i as u32)))
            .collect();
        let bits = entries.len().max(2).next_power_of_two().ilog2().min(28);
        let shift = 32 - bits;
        entries.par_sort_unstable_by_key(|&(hash, set)| (bucket(hash, shift), hash, set));
        let mut starts = vec![0u32; (1 << bits) + 1];
        for &(hash, _) in &entries {
            starts[bucket(hash, shift) + 1] += 1;
        }
        for i in 1..starts.len() {
            starts[i] += starts[i - 1];
        }
        Self { shift, starts, entries }
    }

    /// Counts for each earlier set how many hashes of its sketch are in this one.
    fn meet(&self, set: &[u32], number: u32, met: &mut [u16], touched: &mut Vec<u32>) {
        for &hash in set {
            let bucket = bucket(hash, self.shift);
            let range = self.starts[bucket] as usize..self.starts[bucket + 1] as usize;
            let of_hash = self.entries[range].iter().skip_while(|entry| entry.0 < hash);
            for &(_, earlier) in of_hash.take_while(|e| e.0 == hash && e.1 < number).take(MOST_MET)
            {
                let met = &mut met[earlier as usize];
                if *met == 0 {
                    touched.push(earlier);
                }
                *met += 1;
            }
        }
    }
}

/// Sketches hold small hashes: spread them.
fn bucket(hash: u32, shift: u32) -> usize {
    (hash.wrapping_mul(0x9E37_79B1) >> shift) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `n` hashes, the same for the same `seed`, ascending.
    fn hashes(seed: u64, n: usize) -> Vec<u32> {
        let mut x = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut all: Vec<u32> = (0..n)
            .map(|_| {
                x = x
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (x >> 32) as u32
            })
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn union(sets: &[&[u32]]) -> Vec<u32> {
        let mut all = sets.concat();
        all.sort_unstable();
        all.dedup();
        all
    }

    #[test]
    fn a_short_text_inside_a_long_one_is_found_and_strangers_are_not() {
        let (a, b, c) = (hashes(1, 40), hashes(2, 300), hashes(3, 2000));
        let long = union(&[&a, &c]);
        let sets = [a.as_slice(), &b, &long];
        let found = links(&sets, 0.5);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].short, found[0].long), (0, 2));
        assert!((found[0].containment - 40.0 / 44.0).abs() < 1e-6);
    }

    #[test]
    fn of_a_thousand_pairs_of_which_six_tenths_are_shared_nearly_all_are_found() {
        let mut sets = Vec::new();
        for i in 0..1000 {
            let shared = hashes(10_000 + i, 180);
            sets.push(union(&[&shared, &hashes(20_000 + i, 120)]));
            sets.push(union(&[&shared, &hashes(30_000 + i, 140)]));
        }
        sets.sort_by_key(Vec::len);
        let sets: Vec<&[u32]> = sets.iter().map(Vec::as_slice).collect();
        let n = links(&sets, 0.5).len();
        assert!((998..=1000).contains(&n), "{n}");
    }

    #[test]
    fn no_member_of_a_flood_is_left_alone() {
        let shared = hashes(7, 200);
        let mut sets: Vec<Vec<u32>> =
            (0..3000).map(|i| union(&[&shared, &hashes(100 + i, 20)])).collect();
        sets.sort_by_key(Vec::len);
        let sets: Vec<&[u32]> = sets.iter().map(Vec::as_slice).collect();
        let found = links(&sets, 0.5);
        assert!(found.len() <= 3000 * MOST_COUNTED);
        let mut linked = vec![false; sets.len()];
        found.iter().for_each(|link| linked[link.long as usize] = true);
        assert_eq!(linked.iter().filter(|&&linked| !linked).count(), 1, "the shortest");
    }
}
