//! Above which probability a tag is accepted unread, and which labels are chosen where an
//! article may have several.
//!
//! **Accept bar** of a label: the lowest probability at which, of the articles outside the
//! model's training that were tagged so with at least that much, enough are right: the lower end
//! of a one-sided 95 % interval (Wilson 1927) of their precision must reach
//! `accept_precision`. It is never below one half. A label with too few articles for that gets no bar: it is always
//! reviewed. `n log n` a label.
//!
//! **Bar of a language**: bars of labels hold for the mix of languages a model learned from, and the
//! largest of them decides. Where that is enough for a language, it has no other; in the rest, what
//! reached its label's bar has to reach that of its language, too: the lowest probability from which
//! on enough are right, all labels together, in a mean of the language's own articles and of
//! what as many as [`ALIKE`] of all such languages would be right in.
//!
//! **Threshold** of a label (multi-label): the probability that gives the best F1 on such
//! articles; a label seen fewer than [`RARE`] times takes the threshold that is best over all
//! labels together, since its own would be noise (Yang, "A study of thresholding strategies for
//! text categorization", 2001).
//!
//! ```
//! use khabar::topic::decide::accept_bar;
//! // A hundred articles tagged سياسة, wrong below .6 half of the time, right above.
//! let cases: Vec<(f32, bool)> = (0..200).map(|i| (i as f32 / 200.0, i >= 120 || i % 2 == 0)).collect();
//! let bar = accept_bar(&cases, 0.95).unwrap();
//! assert!((0.5..0.65).contains(&bar));
//! assert_eq!(accept_bar(&cases[195..], 0.95), None);
//! ```

use ndarray::Array2;

use super::{Labels, best};

/// One-sided 95 %.
const Z: f64 = 1.644_853_626_951_472_2;
/// No tag is accepted that is more likely wrong than right, however well a label did elsewhere:
/// articles of another kind than those learned from have such probabilities.
const LIKELY: f32 = 0.5;
/// As how many articles of a language those of all languages like it count.
pub const ALIKE: f64 = 100.0;
/// Articles with a label, below which it has no threshold of its own.
pub const RARE: u32 = 20;

/// The lower end of Wilson's one-sided 95 % interval for `right` of `n`.
#[must_use]
pub fn wilson_low(right: u64, n: u64) -> f64 {
    if n == 0 {
        return 0.0;
    }
    let (n, p) = (n as f64, right as f64 / n as f64);
    let spread = Z * libm::sqrt(p * (1.0 - p) / n + Z * Z / (4.0 * n * n));
    ((p + Z * Z / (2.0 * n) - spread) / (1.0 + Z * Z / n)).max(0.0)
}

/// The lowest probability from which on `precision` is reached for sure; `None` where it
/// nowhere is. `cases`: probability of the tag, and whether it is right.
#[must_use]
pub fn accept_bar(cases: &[(f32, bool)], precision: f64) -> Option<f32> {
    let mut cases = cases.to_vec();
    cases.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut right, mut bar) = (0u64, None);
    for (i, &(p, is_right)) in cases.iter().enumerate() {
        right += u64::from(is_right);
        // Equal probabilities stand or fall together.
        let last = cases.get(i + 1).is_none_or(|next| next.0 < p);
        if last && wilson_low(right, i as u64 + 1) >= precision {
            bar = Some(p);
        }
    }
    bar.map(|bar: f32| bar.max(LIKELY))
}

/// Bars of all labels from probabilities (rows x labels) of articles the model did not see.
///
/// Single label: the best label of a row is the tag. Multi-label: every label at or above its
/// threshold is one.
#[must_use]
pub fn accept_bars(
    probabilities: &Array2<f32>,
    labels: &Labels,
    thresholds: Option<&[f32]>,
    precision: f64,
) -> Vec<Option<f32>> {
    let mut cases: Vec<Vec<(f32, bool)>> = vec![Vec::new(); labels.n_labels()];
    for (i, p) in probabilities.rows().into_iter().enumerate() {
        match thresholds {
            None => {
                let tag = p.as_slice().map_or(0, best);
                cases[tag].push((p[tag], labels.has(i, tag)));
            }
            Some(thresholds) => {
                for (label, (&p, &t)) in p.iter().zip(thresholds).enumerate() {
                    if p >= t {
                        cases[label].push((p, labels.has(i, label)));
                    }
                }
            }
        }
    }
    cases.iter().map(|cases| accept_bar(cases, precision)).collect()
}

/// Bars of languages, `n_languages` of them, from what reached the bar of its label: the number of
/// its language, its probability, and whether it is right. `None`: nothing of it is accepted.
#[must_use]
pub fn language_bars(
    cases: &[(u32, f32, bool)],
    n_languages: usize,
    precision: f64,
) -> Vec<Option<f32>> {
    let mut own: Vec<Vec<(f32, bool)>> = vec![Vec::new(); n_languages];
    cases.iter().for_each(|&(language, p, right)| own[language as usize].push((p, right)));
    let is_fine = |cases: &[(f32, bool)]| {
        wilson_low(cases.iter().filter(|c| c.1).count() as u64, cases.len() as u64) >= precision
    };
    let fine: Vec<bool> = own.iter().map(|cases| is_fine(cases)).collect();
    let rest = cases.iter().filter(|c| !fine[c.0 as usize]);
    let mut rest: Vec<(f32, bool)> = rest.map(|&(_, p, right)| (p, right)).collect();
    rest.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut right_of = vec![0u64];
    for &(_, right) in &rest {
        right_of.push(right_of[right_of.len() - 1] + u64::from(right));
    }
    let together = accept_bar(&rest, precision);
    let of = |(cases, fine): (&mut Vec<(f32, bool)>, bool)| {
        if fine {
            return Some(LIKELY);
        }
        cases.sort_by(|a, b| b.0.total_cmp(&a.0));
        // What holds of all is no answer where a language's own articles are above it.
        let unseen = |bar: &f32| cases.first().is_none_or(|best| best.0 < *bar);
        let (mut right, mut bar) = (0u64, together.filter(unseen));
        for (i, &(p, is_right)) in cases.iter().enumerate() {
            right += u64::from(is_right);
            if cases.get(i + 1).is_some_and(|next| next.0 == p) {
                continue;
            }
            let n = rest.partition_point(|other| other.0 >= p);
            let others = right_of[n] as f64 / n as f64;
            let share = (right as f64 + ALIKE * others) / (i as f64 + 1.0 + ALIKE);
            if share >= precision {
                bar = Some(p.max(LIKELY));
            }
        }
        bar
    };
    own.iter_mut().zip(fine).map(of).collect()
}

/// The threshold of best F1; the highest of equal ones. One half where nothing is true.
#[must_use]
pub fn best_f1(cases: &[(f32, bool)]) -> f32 {
    let mut cases = cases.to_vec();
    cases.sort_by(|a, b| b.0.total_cmp(&a.0));
    let positive = cases.iter().filter(|c| c.1).count();
    let (mut right, mut most, mut at) = (0, 0.0, 0.5);
    for (i, &(p, is_right)) in cases.iter().enumerate() {
        right += usize::from(is_right);
        let next = cases.get(i + 1).map(|c| c.0);
        let f1 = 2.0 * right as f64 / (i + 1 + positive) as f64;
        if next.is_none_or(|next| next < p) && f1 > most {
            // Half way to the next: new articles fall on either side of this one.
            (most, at) = (f1, next.map_or(p, |next| 0.5 * (p + next)));
        }
    }
    at
}

/// Thresholds of all labels from probabilities (rows x labels) of articles the model did not
/// see.
#[must_use]
pub fn thresholds(probabilities: &Array2<f32>, labels: &Labels) -> Vec<f32> {
    let case = |i: usize, label: usize| (probabilities[[i, label]], labels.has(i, label));
    let n = probabilities.nrows();
    let k = labels.n_labels();
    let all: Vec<(f32, bool)> =
        (0..n).flat_map(|i| (0..k).map(move |label| (i, label))).map(|(i, l)| case(i, l)).collect();
    let shared = best_f1(&all);
    let rows: Vec<u32> = (0..n as u32).collect();
    let counts = labels.counts(&rows);
    (0..k)
        .map(|label| {
            if counts[label] < RARE {
                return shared;
            }
            let cases: Vec<(f32, bool)> = (0..n).map(|i| case(i, label)).collect();
            // Half way between its own and the shared one for the rarest, its own for the rest.
            let trust = f64::from(counts[label]) / (f64::from(counts[label]) + f64::from(RARE));
            (trust * f64::from(best_f1(&cases)) + (1.0 - trust) * f64::from(shared)) as f32
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_articles_prove_nothing() {
        // Of 50 all right, the lower end is .949; of 52 it is above .95.
        let right = |n: usize| vec![(0.9, true); n];
        assert_eq!(accept_bar(&right(51), 0.95), None);
        assert_eq!(accept_bar(&right(52), 0.95), Some(0.9));
        assert!((wilson_low(0, 0), wilson_low(0, 10)) == (0.0, 0.0));
    }

    #[test]
    fn what_is_more_likely_wrong_than_right_is_never_accepted() {
        let cases: Vec<(f32, bool)> = (0..300).map(|i| (0.2 + i as f32 / 400.0, true)).collect();
        assert_eq!(accept_bar(&cases, 0.95), Some(0.5));
    }

    #[test]
    fn a_language_that_is_less_often_right_has_a_higher_bar_and_small_ones_follow_the_rest() {
        // Of the first language all are right; of the others what is below .8 (the last: .9) is
        // right every other time.
        let mut cases = Vec::new();
        for (language, n, from) in [(0, 1000, 0.0), (1, 1000, 0.8), (2, 90, 0.8), (3, 900, 0.9)] {
            for i in 0..n {
                let p = 0.5 + i as f32 / n as f32 / 2.0;
                cases.push((language, p, p >= from || i % 2 == 0));
            }
        }
        let bars = language_bars(&cases, 5, 0.95);
        let bar = |language: usize| bars[language].unwrap();
        assert_eq!(bar(0), 0.5);
        assert!((0.77..0.82).contains(&bar(1)), "{bars:?}");
        assert!((0.87..0.9).contains(&bar(3)), "{bars:?}");
        // Ninety articles move it a little from where all are; none does not.
        assert!(bar(1) < bar(2) && bar(2) < bar(4) && bar(4) < bar(3), "{bars:?}");
        assert_eq!(language_bars(&cases[..20], 2, 0.95)[1], None);
        // What holds for all but itself does not hold for one whose own say otherwise.
        let mut cases: Vec<(u32, f32, bool)> = (0..2000)
            .map(|i| (0, if i < 1000 { 0.9 } else { 0.6 }, i < 1000 || i % 2 == 0))
            .collect();
        cases.extend((0..60).map(|i| (1, 0.95, i % 4 != 0)));
        assert_eq!(language_bars(&cases, 3, 0.94), [Some(0.9), None, Some(0.9)]);
    }

    #[test]
    fn equal_probabilities_stand_or_fall_together() {
        let mut cases = vec![(0.9, true); 200];
        cases.extend([(0.8, true), (0.8, true)]);
        cases.extend(vec![(0.8, false); 100]);
        assert_eq!(accept_bar(&cases, 0.95), Some(0.9));
    }

    #[test]
    fn a_threshold_divides_what_can_be_divided() {
        let cases = [(0.1, false), (0.2, true), (0.3, true), (0.05, false)];
        let t = best_f1(&cases);
        assert!(t > 0.1 && t < 0.2, "{t}");
        assert_eq!(best_f1(&[(0.3, false)]), 0.5);
        assert_eq!(best_f1(&[]), 0.5);
    }

    #[test]
    fn rare_labels_share_a_threshold() {
        let p =
            Array2::from_shape_fn((40, 2), |(i, l)| if l == 0 { i as f32 / 40.0 } else { 0.01 });
        let labels = Labels::lists((0..40).map(|i| if i >= 10 { vec![0] } else { vec![] }), 2);
        let labels = labels.unwrap();
        let t = thresholds(&p, &labels);
        assert_eq!(t[0], t[1]);
        assert!(t[0] > 0.2 && t[0] < 0.25, "{t:?}");
        let bars = accept_bars(&p, &labels, Some(&t), 0.9);
        assert!(bars[0].is_some() && bars[1].is_none());
    }
}
