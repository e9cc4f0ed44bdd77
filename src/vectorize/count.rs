//! Buckets of one document to sorted (bucket, count) runs: the heart of the hot path.
//!
//! A least-significant-digit radix sort in two passes of half the bits each, then a
//! run-length count without branches. 4 bytes an n-gram twice over, plus two histograms of
//! 2^(bits/2); buffers live as long as their worker. Short documents sort by comparison, others
//! by a network where the processor has AVX2. Every way gives the same runs.

#[cfg(target_arch = "x86_64")]
use super::network::Network;

/// The largest `log2(n_features)`: two histograms of 4,096.
pub(crate) const MAX_BITS: u32 = 24;

/// Below this many n-grams clearing the histograms would cost more than they save.
const SHORT: usize = 320;
/// The same for the network's lists, of which there are as few as the document needs.
#[cfg(target_arch = "x86_64")]
const SHORTEST: usize = 64;

/// Buffers of one worker.
#[derive(Debug, Default)]
pub(crate) struct Counter {
    other: Vec<u32>,
    low: Vec<u32>,
    high: Vec<u32>,
    #[cfg(target_arch = "x86_64")]
    network: Network,
}

impl Counter {
    /// Writes the runs of `buckets` (each below `2^bits`) and returns their number: `columns[k]`
    /// ascending and unique, `counts[k]` how often it comes. Both grow as needed; what lies
    /// behind the runs means nothing, nor does the order of `buckets` afterwards.
    pub(crate) fn runs(
        &mut self,
        bits: u32,
        buckets: &mut [u32],
        columns: &mut Vec<u32>,
        counts: &mut Vec<u32>,
    ) -> usize {
        #[cfg(target_arch = "x86_64")]
        if buckets.len() >= SHORTEST
            && let Some(n) = self.network.runs(bits, buckets, columns, counts)
        {
            return n;
        }
        if buckets.len() < SHORT {
            buckets.sort_unstable();
        } else {
            self.radix(bits, buckets);
        }
        run_lengths(buckets, columns, counts)
    }

    fn radix(&mut self, bits: u32, buckets: &mut [u32]) {
        let low_bits = bits / 2;
        let high_bits = bits - low_bits;
        let low_mask = (1u32 << low_bits) - 1;
        let high_mask = (1u32 << high_bits) - 1;
        reset(&mut self.low, 1 << low_bits);
        reset(&mut self.high, 1 << high_bits);
        at_least(&mut self.other, buckets.len());
        for &b in buckets.iter() {
            self.low[(b & low_mask) as usize] += 1;
            self.high[((b >> low_bits) & high_mask) as usize] += 1;
        }
        starts(&mut self.low);
        starts(&mut self.high);
        let other = &mut self.other[..buckets.len()];
        for &b in buckets.iter() {
            let slot = &mut self.low[(b & low_mask) as usize];
            other[*slot as usize] = b;
            *slot += 1;
        }
        for &b in other.iter() {
            let slot = &mut self.high[((b >> low_bits) & high_mask) as usize];
            buckets[*slot as usize] = b;
            *slot += 1;
        }
    }
}

fn reset(histogram: &mut Vec<u32>, len: usize) {
    histogram.clear();
    histogram.resize(len, 0);
}

/// Counts to the first position of each digit.
fn starts(histogram: &mut [u32]) {
    let mut sum = 0;
    for slot in histogram {
        let count = *slot;
        *slot = sum;
        sum += count;
    }
}

/// Run lengths of a sorted slice, branch-free: always write, step on where the next one differs.
fn run_lengths(sorted: &[u32], columns: &mut Vec<u32>, counts: &mut Vec<u32>) -> usize {
    let Some((&last, _)) = sorted.split_last() else { return 0 };
    at_least(columns, sorted.len());
    at_least(counts, sorted.len());
    let (columns, counts) = (&mut columns[..sorted.len()], &mut counts[..sorted.len()]);
    let (mut k, mut first) = (0, 0);
    for (i, pair) in sorted.windows(2).enumerate() {
        let next = i as u32 + 1;
        columns[k] = pair[0];
        counts[k] = next - first;
        let differs = pair[0] != pair[1];
        k += usize::from(differs);
        first = if differs { next } else { first };
    }
    columns[k] = last;
    counts[k] = sorted.len() as u32 - first;
    k + 1
}

/// Lengthens a buffer; what it holds already is not touched.
pub(super) fn at_least<T: Copy + Default>(buffer: &mut Vec<T>, len: usize) {
    if buffer.len() < len {
        buffer.resize(len, T::default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    type Way = fn(&mut Counter, u32, &mut [u32], &mut Vec<u32>, &mut Vec<u32>) -> usize;

    /// Numbers below `2^bits`, of `different` ones, the small ones often.
    fn numbers(n: usize, bits: u32, different: u32) -> Vec<u32> {
        let mut state = 42u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 8
        };
        (0..n)
            .map(|_| {
                let most = if next() % 8 == 0 { different.min(5) } else { different };
                (next() % most).wrapping_mul(0x9E37_79B1) >> (32 - bits)
            })
            .collect()
    }

    fn check(way: Way) {
        let mut counter = Counter::default();
        let (mut columns, mut counts) = (Vec::new(), Vec::new());
        for bits in [8, 9, 15, 16, 18, 20, 24] {
            for n in [0, 1, 50, 63, 64, 65, 300, 3000, 5000, 16_000, 70_000] {
                for different in [1, 2, 700, 100_000] {
                    let mut buckets = numbers(n, bits, different);
                    let mut want = BTreeMap::new();
                    for &b in &buckets {
                        *want.entry(b).or_insert(0u32) += 1;
                    }
                    let n = way(&mut counter, bits, &mut buckets, &mut columns, &mut counts);
                    let got: Vec<(u32, u32)> =
                        columns[..n].iter().copied().zip(counts.iter().copied()).collect();
                    let want: Vec<(u32, u32)> = want.into_iter().collect();
                    assert!(got == want, "{bits} bits, {n} of {different}");
                }
            }
        }
    }

    #[test]
    fn runs_are_the_sorted_counts() {
        check(Counter::runs);
        check(|counter, bits, buckets, columns, counts| {
            counter.radix(bits, buckets);
            run_lengths(buckets, columns, counts)
        });
    }

    /// Runs of `buckets` as a map counts them.
    fn check_runs(bits: u32, buckets: &[u32]) {
        let mut want = BTreeMap::new();
        for &b in buckets {
            *want.entry(b).or_insert(0u32) += 1;
        }
        let (mut columns, mut counts) = (Vec::new(), Vec::new());
        let mut counter = Counter::default();
        let n = counter.runs(bits, &mut buckets.to_vec(), &mut columns, &mut counts);
        let got = columns[..n].iter().copied().zip(counts[..n].iter().copied());
        assert!(got.eq(want), "{bits} bits, {} n-grams", buckets.len());
    }

    #[test]
    fn lists_of_any_length_lose_nothing() {
        // Few lists for many numbers: one of some thousand kinds.
        let crowded: Vec<u32> = (0..4000).map(|i| i * 7 % 2000).collect();
        check_runs(20, &crowded);
        // Lists of 17 to 60 kinds, some often, between lists that are short.
        let mut mixed = numbers(6000, 20, 100_000);
        for list in [0, 1, 5, 6, 300, 511, 1022, 1023] {
            for kind in 0..17 + list % 44 {
                let times = if kind % 5 == 0 { 9 } else { 1 };
                mixed.extend(std::iter::repeat_n((list << 10) | (kind * 11 % 1024), times));
            }
        }
        check_runs(20, &mixed);
        // As long as they come, and one longer; all alike, or nearly.
        for n in [65_535, 65_536, 65_537] {
            check_runs(20, &vec![0xFFFFF; n]);
            check_runs(18, &(0..n as u32).map(|i| (i % 50 / 49) << 3).collect::<Vec<_>>());
            check_runs(24, &numbers(n, 24, 30));
        }
    }
}
