//! Numbers that look drawn and are reckoned: every choice is a hash of where it stands.
//!
//! A [`Key`] names a place (this seed, that story, its third fact, the second noun in it); what
//! is chosen there depends on the name alone, not on what was chosen before. So an article can be
//! written by itself, by any thread, and two articles that tell one fact agree about it without
//! having met. [`Draws`] is a row of numbers, for choices that only their article sees. A
//! nanosecond or two each; powers and logarithms are those of `libm`, the same everywhere.
//!
//! ```text
//! Key::new(1).at(7).below(28)   // the first letter of the root of word 7: always the same
//! ```

/// A name of a place where something is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key(u64);

/// Mixes all bits with all others, and no two numbers become one (the end of `splitmix64`, by
/// Sebastiano Vigna).
pub(super) const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The golden ratio in 64 bits, odd: steps of it come near all numbers.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl Key {
    pub(super) const fn new(seed: u64) -> Self {
        Self(mix(seed.wrapping_add(STEP)))
    }

    /// The place `n` inside this one.
    pub(super) const fn at(self, n: u64) -> Self {
        Self(mix(self.0 ^ mix(n.wrapping_mul(STEP).wrapping_add(STEP))))
    }

    /// The number that stands here.
    pub(super) const fn number(self) -> u64 {
        self.0
    }

    /// From 0 to below 1.
    pub(super) fn unit(self) -> f64 {
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// From 0 to below `n`; 0 where `n` is 0.
    pub(super) const fn below(self, n: usize) -> usize {
        ((self.0 as u128 * n as u128) >> 64) as usize
    }

    /// Whether something of this probability is so.
    pub(super) fn chance(self, p: f64) -> bool {
        self.unit() < p
    }

    /// A rank from 0, by a Zipf law with a soft head: a share of `(1 + r / head)^-tail` lies at
    /// rank `r` or beyond (Mandelbrot's form). Has no end but `MOST`.
    pub(super) fn rank(self, head: f64, tail: f64) -> u64 {
        const MOST: f64 = 4e6;
        let r = head * (libm::pow(1.0 - self.unit(), -1.0 / tail) - 1.0);
        r.min(MOST) as u64
    }
}

/// A row of draws.
#[derive(Debug, Clone)]
pub(super) struct Draws(u64);

impl Draws {
    pub(super) const fn new(key: Key) -> Self {
        Self(key.number())
    }

    /// The next place.
    pub(super) const fn next(&mut self) -> Key {
        self.0 = self.0.wrapping_add(STEP);
        Key(mix(self.0))
    }

    pub(super) fn chance(&mut self, p: f64) -> bool {
        self.next().chance(p)
    }

    pub(super) const fn below(&mut self, n: usize) -> usize {
        self.next().below(n)
    }

    /// Of mean 0 and spread 1, bell-shaped (Box and Muller).
    pub(super) fn normal(&mut self) -> f64 {
        let (u, v) = (1.0 - self.next().unit(), self.next().unit());
        libm::sqrt(-2.0 * libm::log(u)) * libm::cos(2.0 * std::f64::consts::PI * v)
    }

    /// A waiting time of this mean.
    pub(super) fn wait(&mut self, mean: f64) -> f64 {
        -mean * libm::log(1.0 - self.next().unit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_follow_the_law() {
        let n = 200_000u64;
        let beyond = |r: u64| {
            let far = (0..n).filter(|&i| Key::new(i).rank(480.0, 0.55) >= r).count();
            far as f64 / n as f64
        };
        for r in [100u64, 1_000, 10_000] {
            let law = libm::pow(1.0 + r as f64 / 480.0, -0.55);
            assert!((beyond(r) - law).abs() < 0.01, "{r}: {} and {law}", beyond(r));
        }
    }

    #[test]
    fn draws_are_even_and_bell_shaped() {
        let mut draws = Draws::new(Key::new(3));
        let n = 100_000;
        let mut tens = [0usize; 10];
        for _ in 0..n {
            tens[draws.below(10)] += 1;
        }
        assert!(tens.iter().all(|&t| t.abs_diff(n / 10) < n / 100), "{tens:?}");
        let normal: Vec<f64> = (0..n).map(|_| draws.normal()).collect();
        let spread = normal.iter().map(|x| x * x).sum::<f64>() / n as f64;
        assert!((spread - 1.0).abs() < 0.03, "{spread}");
    }
}
