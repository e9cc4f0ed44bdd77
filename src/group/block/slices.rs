//! Articles in slices of time: with a window only those near in time are ever in memory as
//! vectors.
//!
//! A slice is about a quarter of the window, so that an article meets little more than its
//! window. Articles of one second are in one slice, as they may be equal; those without a date
//! come first, as they are compared with all. Linear; the cut depends on the times alone.
//!
//! ```text
//! undated | Mon Tue | Wed | Thu | Fri Sat Sun | ...      Thu is at hand until a window later
//! ```

use std::ops::Range;

/// Fewest articles of a slice: fewer are not worth lists of their own ...
const FEWEST: usize = 8192;
/// ... and most, but for those of one second.
const MOST: usize = 1 << 16;
/// Slices a window is cut into.
const A_WINDOW: i64 = 4;

/// The articles of a script in the order they are joined, cut.
pub(in crate::group) struct Slices {
    /// Numbers of articles.
    pub(in crate::group) order: Vec<u32>,
    /// Runs of `order`.
    pub(in crate::group) cut: Vec<Range<usize>>,
}

impl Slices {
    /// All `n` at once.
    pub(in crate::group) fn one(n: usize) -> Self {
        Self { order: (0..n as u32).collect(), cut: std::iter::once(0..n).collect() }
    }

    /// `times` are in seconds and ascend, the undated last; `window` as well in seconds.
    pub(in crate::group) fn new(times: &[Option<i64>], window: i64) -> Self {
        Self::of_at_least(FEWEST, MOST, times, window)
    }

    /// The same with other limits of a slice.
    pub(super) fn of_at_least(
        fewest: usize,
        most: usize,
        times: &[Option<i64>],
        window: i64,
    ) -> Self {
        let n = times.len();
        if n <= 2 * fewest {
            return Self::one(n);
        }
        let dated = times.partition_point(Option::is_some);
        let order: Vec<u32> = (dated as u32..n as u32).chain(0..dated as u32).collect();
        let undated = n - dated;
        let time = |i: usize| times[i - undated].unwrap_or_default();
        let mut cut = Vec::new();
        if undated > 0 {
            cut.push(0..undated);
        }
        let (mut from, span) = (undated, (window / A_WINDOW).max(1));
        for i in undated + 1..=n {
            let rows = i - from;
            let full = i < n
                && time(i) != time(i - 1)
                && (rows >= most || rows >= fewest && time(i).saturating_sub(time(from)) >= span);
            if full || i == n {
                cut.push(from..i);
                from = i;
            }
        }
        Self { order, cut }
    }

    /// How many articles are at hand together with each slice, its own among them; `times` as
    /// [`Slices::new`] has them.
    pub(in crate::group) fn at_hand(
        &self,
        times: &[Option<i64>],
        window: Option<i64>,
    ) -> Vec<usize> {
        let time = |i: usize| times[self.order[i] as usize];
        let at_hand = |k: usize| {
            let slices = self.cut[..=k].iter().filter(|slice| !slice.is_empty());
            let Some((window, start)) = window.zip(self.cut[k].clone().next()) else {
                return slices.map(Range::len).sum();
            };
            let oldest = time(start).map(|t| t.saturating_sub(window));
            let stays = |slice: &&Range<usize>| {
                time(slice.end - 1).zip(oldest).is_none_or(|(latest, oldest)| latest >= oldest)
            };
            slices.filter(stays).map(Range::len).sum()
        };
        (0..self.cut.len()).map(at_hand).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn cut(fewest: usize, most: usize, times: &[Option<i64>], window: i64) -> Vec<Range<usize>> {
        Slices::of_at_least(fewest, most, times, window).cut
    }

    #[test]
    fn a_slice_is_a_quarter_of_the_window_long() {
        // An article every six hours for ten days.
        let times: Vec<Option<i64>> = (0..40).map(|i| Some(i * DAY / 4)).collect();
        assert_eq!(cut(2, 100, &times, 8 * DAY), [0..8, 8..16, 16..24, 24..32, 32..40]);
    }

    #[test]
    fn few_articles_are_one_slice_and_many_of_a_day_are_several() {
        let times: Vec<Option<i64>> = (0..40).map(|i| Some(i * 60)).collect();
        assert_eq!(cut(20, 100, &times, DAY), std::slice::from_ref(&(0..40)));
        assert_eq!(cut(2, 15, &times, 30 * DAY), [0..15, 15..30, 30..40]);
    }

    #[test]
    fn articles_of_one_second_stay_together_and_the_undated_come_first() {
        let times: Vec<Option<i64>> =
            (0..30).map(|i| Some(i / 10 * DAY)).chain([None, None]).collect();
        let slices = Slices::of_at_least(3, 5, &times, DAY);
        assert_eq!(slices.cut, [0..2, 2..12, 12..22, 22..32]);
        assert_eq!(slices.order[..3], [30, 31, 0]);
    }

    #[test]
    fn every_article_is_in_one_slice() {
        for n in [0, 1, 5, 9] {
            for dated in 0..=n {
                let times: Vec<Option<i64>> =
                    (0..n).map(|i| (i < dated).then_some(i as i64 * DAY)).collect();
                let slices = Slices::of_at_least(1, 2, &times, DAY);
                let mut next = 0;
                for range in &slices.cut {
                    assert_eq!(range.start, next);
                    next = range.end;
                }
                assert_eq!(next, n, "{n} {dated}");
                let mut order = slices.order.clone();
                order.sort_unstable();
                assert_eq!(order, (0..n as u32).collect::<Vec<_>>());
            }
        }
    }
}
