//! Evidence as numbers that a logistic model can weigh.
//!
//! Counts and lengths go through a logarithm; what is missing is 0 with a flag of its own, and
//! what is there is measured from a middle, so that 0 is no opinion. Cosines mean more the
//! longer the shorter text is: each strong piece stands a second time, times that length.

use super::evidence::Evidence;

/// Number of features.
pub(super) const N_FEATURES: usize = 31;

/// Names of the features, in order; they stand in the model file.
pub(super) const NAMES: [&str; N_FEATURES] = [
    "cosine",
    "lead",
    "lead_found_max",
    "lead_found_min",
    "words",
    "words_found",
    "heavy_found",
    "rare",
    "common",
    "common_lead",
    "length_min",
    "length_max",
    "cosine*length",
    "lead*length",
    "words*length",
    "heavy_found*length",
    "lead_found_min*length",
    "rare*length",
    "has_numbers",
    "numbers_found",
    "lead_numbers",
    "lead_numbers_min",
    "has_titles",
    "title",
    "title_found_max",
    "title_found_min",
    "common_title",
    "has_days",
    "days",
    "heavy_found^2",
    "numbers_part*lead*apart",
];

/// `ln(1 + x)`.
fn log1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// The features of a pair.
pub(super) fn features(e: &Evidence) -> [f64; N_FEATURES] {
    let of = |x: f32| f64::from(x);
    let count = |n: u32| log1p(f64::from(n));
    let length = |words: u32| libm::log(f64::from(words).max(3.0));
    let (shorter, longer) = (length(e.length[0]), length(e.length[1]));
    // 150 words are a usual short item.
    let long = shorter - 5.0;
    let [cosine, lead, found, words] = [e.cosine, e.lead, e.lead_found[1], e.words].map(f64::from);
    let (heavy, rare) = (of(e.heavy_found), of(e.rare));
    let numbers = e.numbers_found.map_or([0.0, 0.0], |share| [1.0, of(share) - 0.3]);
    let titles = e.titles.map_or([0.0; 5], |t| {
        [
            1.0,
            of(t.cosine) - 0.25,
            of(t.found[0]) - 0.5,
            of(t.found[1]) - 0.35,
            count(t.common) - 1.0,
        ]
    });
    let days = e.days.map_or([0.0, 0.0], |days| [1.0, log1p(of(days)) - 0.5]);
    let part = count(e.lead_numbers[1] - e.lead_numbers[0].min(e.lead_numbers[1]));
    let apart = e.days.map_or(0.0, |days| of(days).min(1.0));
    [
        cosine,
        lead,
        of(e.lead_found[0]),
        found,
        words,
        of(e.words_found),
        heavy,
        rare,
        count(e.common[0]),
        count(e.common[1]),
        shorter,
        longer,
        cosine * long,
        lead * long,
        words * long,
        heavy * long,
        found * long,
        rare * long,
        numbers[0],
        numbers[1],
        count(e.lead_numbers[0]),
        count(e.lead_numbers[1]),
        titles[0],
        titles[1],
        titles[2],
        titles[3],
        titles[4],
        days[0],
        days[1],
        heavy * heavy,
        part * lead * apart,
    ]
}
