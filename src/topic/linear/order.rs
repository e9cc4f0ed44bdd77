//! The order rows are visited in: a seeded shuffle of our own, the same on every machine.
//!
//! SplitMix64 (Steele, Lea and Flood 2014) and Fisher-Yates; a nanosecond or two a row.

/// A stream of numbers that looks random.
#[derive(Debug, Clone)]
pub(crate) struct Order(u64);

impl Order {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Puts items into another order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let j = ((u128::from(self.next()) * (i as u128 + 1)) >> 64) as usize;
            items.swap(i, j);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shuffle_keeps_everything_and_never_changes() {
        let mut items: Vec<u32> = (0..8).collect();
        Order::new(0).shuffle(&mut items);
        assert_eq!(items, FROZEN);
        items.sort_unstable();
        assert_eq!(items, [0, 1, 2, 3, 4, 5, 6, 7]);
    }
    const FROZEN: [u32; 8] = [1, 2, 6, 5, 4, 0, 3, 7];
}
