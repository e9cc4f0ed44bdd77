//! Training and tagging as a whole: what is refused, what goes to review, and what holds for
//! any scores.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

use khabar::topic::calibrate::{Calibration, Isotonic, Kind, choose, log_loss};
use khabar::topic::linear::{LinearParams, Loss};
use khabar::topic::{Labels, Progress, Reason, TopicModel, TrainOptions, train};
use ndarray::Array2;
use proptest::prelude::*;

const SPORT: [&str; 4] = [
    "فاز فريق الساحل بالمباراة النهائية أمام جمهوره",
    "خسر فريق الجبل المباراة في الدقيقة الأخيرة",
    "سجل اللاعب الشاب هدف المباراة الوحيد",
    "المدرب يعلن تشكيلة الفريق قبل المباراة",
];
const MONEY: [&str; 4] = [
    "ارتفع سعر النفط في ختام التعاملات اليوم",
    "انخفض سعر الذهب مع صعود الدولار",
    "البنك يرفع سعر الفائدة ربع نقطة",
    "تراجع سعر سهم الشركة في السوق",
];

/// Articles that differ in a number; label 0 sport, 1 money.
fn articles(n: usize) -> (Vec<String>, Vec<u32>) {
    (0..n)
        .map(|i| {
            let from = if i % 2 == 0 { SPORT } else { MONEY };
            (format!("{} رقم {i}", from[i / 2 % 4]), (i % 2) as u32)
        })
        .unzip()
}

fn trained(n: usize, options: &TrainOptions) -> khabar::Result<TopicModel> {
    let (texts, ids) = articles(n);
    let texts: Vec<(&str, &str)> = texts.iter().map(|t| ("", t.as_str())).collect();
    let names = ["رياضة".to_owned(), "اقتصاد".to_owned()];
    let folds: Vec<u32> = (0..n as u32).map(|i| i / 2 % 4).collect();
    let labels = Labels::single(ids, 2)?;
    let languages = vec!["ar"; n];
    train(&texts, &languages, &labels, &names, &folds, options, &|_| {}).map(|(model, _)| model)
}

#[test]
fn what_cannot_be_learned_is_refused_in_words() {
    let texts = [("", SPORT[0]), ("", SPORT[1]), ("", MONEY[0])];
    let names = ["رياضة".to_owned(), "اقتصاد".to_owned()];
    let with = |texts: &[(&str, &str)], ids: Vec<u32>, folds: &[u32], options: &TrainOptions| {
        let labels = Labels::single(ids, 2).unwrap();
        train(texts, &[], &labels, &names, folds, options, &|_| {}).unwrap_err().to_string()
    };
    let default = TrainOptions::default();
    let one = with(&texts, vec![0, 0, 0], &[0, 1, 0], &default);
    assert!(one.contains("a topic model needs at least 2"), "{one}");
    let folds = with(&texts, vec![0, 0, 1], &[0, 0, 0], &default);
    assert!(folds.starts_with("--folds"), "{folds}");
    let number = with(&texts, vec![0, 0], &[0, 1], &default);
    assert!(number.contains("of different number"), "{number}");
    let empty = with(&[("", ""), ("", " "), ("", "")], vec![0, 1, 0], &[0, 1, 0], &default);
    assert!(empty.contains("check that the input has text"), "{empty}");
    let c = TrainOptions { cs: vec![f64::NAN], ..default.clone() };
    assert!(with(&texts, vec![0, 1, 0], &[0, 1, 0], &c).starts_with("--C"));
    let c = TrainOptions { cs: vec![], ..default.clone() };
    assert!(with(&texts, vec![0, 1, 0], &[0, 1, 0], &c).starts_with("--C"));
    let precision = TrainOptions { accept_precision: 1.0, ..default };
    let error = with(&texts, vec![0, 1, 0], &[0, 1, 0], &precision);
    assert!(error.starts_with("--accept-precision"), "{error}");
    let lists = Labels::lists([vec![0], vec![1], vec![]], 2).unwrap();
    let options = TrainOptions {
        linear: LinearParams::new().loss(Loss::Multinomial),
        ..TrainOptions::default()
    };
    let error = train(&texts, &[], &lists, &names, &[0, 1, 0], &options, &|_| {});
    assert!(error.unwrap_err().to_string().starts_with("--loss"));
}

#[test]
fn what_the_model_cannot_know_goes_to_review() {
    let model = trained(400, &TrainOptions::default()).unwrap();
    let tag = |text: &str, language: &str| model.predict(&[("", text)], &[language]).remove(0);
    let sure = tag(SPORT[1], "ar");
    assert_eq!((sure.topics[0].label, sure.review), (0, None), "{:?}", model.bars);
    assert!(sure.topics[0].chosen && !sure.topics[1].chosen);
    assert_eq!(tag("", "").review, Some(Reason::TooShort));
    assert_eq!(tag("نفط", "").review, Some(Reason::TooShort));
    assert_eq!(tag(MONEY[1], "fa").review, Some(Reason::UnknownLanguage));
    // Mostly of another script, but enough of it known.
    let mixed = format!("{} {}", SPORT[1], "an article in English about the match ".repeat(4));
    assert_eq!(tag(&mixed, "ar").review, Some(Reason::UnknownScript));
    // Twelve articles prove nothing, however alike.
    let model = trained(12, &TrainOptions::default()).unwrap();
    assert_eq!(model.predict(&[("", SPORT[1])], &[]).remove(0).review, Some(Reason::NoBar));
}

#[test]
fn one_c_without_calibration_needs_no_folds() {
    let (texts, ids) = articles(20);
    let texts: Vec<(&str, &str)> = texts.iter().map(|t| ("", t.as_str())).collect();
    let names = ["رياضة".to_owned(), "اقتصاد".to_owned()];
    let labels = Labels::single(ids, 2).unwrap();
    let options = TrainOptions { cs: vec![1.0], calibrate: false, ..TrainOptions::default() };
    let steps = std::sync::Mutex::new(Vec::new());
    let note = |step: Progress| steps.lock().unwrap().push(step);
    let (model, report) = train(&texts, &[], &labels, &names, &[], &options, &note).unwrap();
    assert_eq!(*steps.lock().unwrap(), [Progress::Rows, Progress::Final]);
    assert!(model.calibration.is_none() && report.accuracy.is_none());
    assert_eq!(model.predict(&[("", SPORT[3])], &[])[0].topics[0].label, 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn an_isotonic_curve_never_falls(
        cases in prop::collection::vec((-3.0..3.0f32, any::<bool>()), 1..60),
    ) {
        let (z, t): (Vec<f32>, Vec<bool>) = cases.into_iter().unzip();
        let curve = Isotonic::fit(&z, &t);
        let at: Vec<f64> = (-40..=40).map(|i| curve.probability(i as f32 * 0.1)).collect();
        prop_assert!(at.windows(2).all(|w| w[0] <= w[1] + 1e-12));
        prop_assert!(at.iter().all(|p| (0.0..=1.0).contains(p)));
    }

    #[test]
    fn probabilities_sum_to_one_and_the_best_kind_is_taken(
        z in prop::collection::vec(-3.0..3.0f32, 90), ids in prop::collection::vec(0..3u32, 30),
    ) {
        let scores = Array2::from_shape_vec((30, 3), z).unwrap();
        let labels = Labels::single(ids, 3).unwrap();
        let folds: Vec<u32> = (0..30).map(|i| i % 3).collect();
        let chosen = choose(&scores, &labels, &folds).unwrap();
        for p in chosen.out_of_fold.rows() {
            prop_assert!((p.sum() - 1.0).abs() < 1e-5 && p.iter().all(|&p| p >= 0.0));
        }
        let least = chosen.log_loss.iter().map(|l| l.1).fold(f64::INFINITY, f64::min);
        prop_assert!((log_loss(&chosen.out_of_fold, &labels) - least).abs() < 1e-12);
        prop_assert!(chosen.calibration.is_sound());
        // Plain data: it comes back from JSON as it was.
        for kind in [Kind::Temperature, Kind::Softmax, Kind::Bent, Kind::Sigmoid, Kind::Isotonic] {
            let all: Vec<u32> = (0..30).collect();
            let fitted = Calibration::fit(kind, &scores, &labels, &all);
            let back: Calibration =
                serde_json::from_str(&serde_json::to_string(&fitted).unwrap()).unwrap();
            let mut p = [[0.0; 3]; 2];
            fitted.probabilities(&[0.5, -1.0, 0.1], &mut p[0]);
            back.probabilities(&[0.5, -1.0, 0.1], &mut p[1]);
            prop_assert!(p[0].iter().zip(&p[1]).all(|(a, b)| (a - b).abs() < 1e-12));
        }
    }
}
