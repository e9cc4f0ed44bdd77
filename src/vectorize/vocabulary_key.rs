//! N-grams as integers: packed keys whose order is the code-point order of the strings.
//!
//! Every character of the corpus has a dense number (1, 2, ... in code-point order; 0 is "no
//! character"), so an n-gram is a short integer written from the top bit down, `bits` a
//! character. A prefix stands before its continuations, as strings do, and the low bits left
//! over carry a document number while sorting. The narrowest of three widths is taken: `u64`
//! (nearly always), `u128`, or 192 bits, which hold eight characters of any alphabet.
//!
//! Sorting is a least-significant-digit radix sort over the bits in use: two buffers, one
//! pass a digit. Integer work only.

use std::fmt::Debug;

/// A packed n-gram.
pub(crate) trait Key: Copy + Ord + Debug + Default + Send + Sync {
    /// Width in bits.
    const BITS: u32;

    /// Ones in the `n` highest bits.
    fn top(n: u32) -> Self;
    /// Both.
    fn and(self, mask: Self) -> Self;
    /// The key of the n-gram with one more character, of number `id`, in front.
    fn prepend(self, id: u32, bits: u32) -> Self;
    /// The key with a document number in its (empty) low bits.
    fn with_low(self, low: u32) -> Self;
    /// The low 32 bits.
    fn low(self) -> u32;
    /// The `width` (at most 32) bits from bit `from` up.
    fn digit(self, from: u32, width: u32) -> u32;

    /// The number of the character at place `at` (0 the first); 0 where there is none.
    fn id(self, at: usize, bits: u32) -> u32 {
        self.digit(Self::BITS - bits * (at as u32 + 1), bits)
    }
}

macro_rules! integer_key {
    ($int:ty) => {
        impl Key for $int {
            const BITS: u32 = <$int>::BITS;

            fn top(n: u32) -> Self {
                if n == 0 { 0 } else { <$int>::MAX << (Self::BITS - n) }
            }
            #[inline(always)]
            fn and(self, mask: Self) -> Self {
                self & mask
            }
            #[inline(always)]
            fn prepend(self, id: u32, bits: u32) -> Self {
                (<$int>::from(id) << (Self::BITS - bits)) | (self >> bits)
            }
            #[inline(always)]
            fn with_low(self, low: u32) -> Self {
                self | <$int>::from(low)
            }
            #[inline(always)]
            fn low(self) -> u32 {
                self as u32
            }
            #[inline(always)]
            fn digit(self, from: u32, width: u32) -> u32 {
                ((self >> from) as u32) & low_mask(width)
            }
        }
    };
}
integer_key!(u64);
integer_key!(u128);

/// 192 bits, highest word first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Wide([u64; 3]);

impl Key for Wide {
    const BITS: u32 = 192;

    fn top(n: u32) -> Self {
        Self([0, 64, 128].map(|before| u64::top(n.saturating_sub(before).min(64))))
    }
    fn and(self, mask: Self) -> Self {
        Self(std::array::from_fn(|i| self.0[i] & mask.0[i]))
    }
    fn prepend(self, id: u32, bits: u32) -> Self {
        let [a, b, c] = self.0;
        let carry = 64 - bits;
        Self([
            (u64::from(id) << carry) | (a >> bits),
            (a << carry) | (b >> bits),
            (b << carry) | (c >> bits),
        ])
    }
    fn with_low(self, low: u32) -> Self {
        let [a, b, c] = self.0;
        Self([a, b, c | u64::from(low)])
    }
    fn low(self) -> u32 {
        self.0[2] as u32
    }
    fn digit(self, from: u32, width: u32) -> u32 {
        let word = (2 - from / 64) as usize;
        let shift = from % 64;
        let mut value = self.0[word] >> shift;
        if shift > 32 && word > 0 {
            value |= self.0[word - 1] << (64 - shift);
        }
        value as u32 & low_mask(width)
    }
}

fn low_mask(width: u32) -> u32 {
    u32::MAX >> (32 - width)
}

/// Below this many keys a comparison sort is quicker than clearing histograms.
const FEW: usize = 1500;
/// Widest digit of the radix sort: 2,048 counters stay in the first cache.
const DIGIT: u32 = 11;

/// Sorts keys by their `used` highest bits; the order of the rest is not stated.
pub(crate) fn sort<K: Key>(keys: &mut Vec<K>, other: &mut Vec<K>, used: u32) {
    if keys.len() < FEW {
        keys.sort_unstable();
        return;
    }
    other.clear();
    other.resize(keys.len(), K::default());
    let passes = used.div_ceil(DIGIT);
    let width = used.div_ceil(passes);
    let mut starts = vec![0usize; 1 << width];
    for pass in 0..passes {
        let from = K::BITS - used + pass * width;
        let width = width.min(K::BITS - from);
        starts.fill(0);
        for key in keys.iter() {
            starts[key.digit(from, width) as usize] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += std::mem::replace(start, sum);
        }
        for &key in keys.iter() {
            let start = &mut starts[key.digit(from, width) as usize];
            other[*start] = key;
            *start += 1;
        }
        std::mem::swap(keys, other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack<K: Key>(ids: &[u32], bits: u32) -> K {
        ids.iter().rev().fold(K::default(), |key, &id| key.prepend(id, bits))
    }

    fn keys_order_as_strings_do<K: Key>(bits: u32, n: usize) {
        let largest = (1u32 << bits) - 1;
        let mut state = 7u64;
        let mut next = |below: u32| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((state >> 33) % u64::from(below)) as u32
        };
        let strings: Vec<Vec<u32>> = (0..4000)
            .map(|_| {
                (0..=next(n as u32))
                    .map(|_| if next(2) == 0 { largest - next(2) } else { 1 + next(2) })
                    .collect()
            })
            .collect();
        let mut sorted = strings.clone();
        sorted.sort();
        let used = bits * n as u32;
        for count in [10, 4000] {
            let some = &strings[..count];
            let mut keys: Vec<K> = some.iter().map(|s| pack(s, bits)).collect();
            for (key, string) in keys.iter().zip(some) {
                assert_eq!(key.and(K::top(used)), *key);
                for at in 0..n {
                    assert_eq!(key.id(at, bits), string.get(at).copied().unwrap_or(0));
                }
            }
            sort(&mut keys, &mut Vec::new(), used);
            let mut want = some.to_vec();
            want.sort();
            assert_eq!(keys, want.iter().map(|s| pack(s, bits)).collect::<Vec<K>>());
        }
    }

    #[test]
    fn packed_keys_order_as_strings_do_in_every_width() {
        for (bits, n) in [(2, 1), (8, 5), (9, 5), (11, 4), (14, 4), (21, 2)] {
            keys_order_as_strings_do::<u64>(bits, n);
            keys_order_as_strings_do::<u128>(bits, n);
        }
        for (bits, n) in [(14, 8), (21, 5), (9, 8)] {
            keys_order_as_strings_do::<u128>(bits, n);
            keys_order_as_strings_do::<Wide>(bits, n);
        }
        keys_order_as_strings_do::<Wide>(21, 8);
    }

    #[test]
    fn a_document_number_rides_in_the_low_bits() {
        let key = pack::<Wide>(&[0x10_FFFF; 8], 21).with_low(70_000);
        assert_eq!(key.low() & 0xFF_FFFF, 70_000);
        assert_eq!(key.and(Wide::top(168)), pack(&[0x10_FFFF; 8], 21));
        assert_eq!(pack::<u64>(&[3, 4], 9).with_low(70_000).low(), 70_000);
    }
}
