//! Linear models, naive Bayes and calibration against scikit-learn's, frozen by
//! `tests/golden/make/topics.py`; and the same bytes for any number of threads.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

use khabar::text::{NormalizeOptions, Profile};
use khabar::topic::bayes::BayesParams;
use khabar::topic::calibrate::{Isotonic, Sigmoid};
use khabar::topic::linear::{ClassWeight, LinearModel, LinearParams, Loss};
use khabar::topic::{Labels, Scorer, TrainOptions, train};
use khabar::vectorize::{Csr, Texts, TfidfParams, TfidfVectorizer};
use linfa::DatasetBase;
use linfa::traits::Fit;
use serde_json::Value;

fn golden() -> Value {
    serde_json::from_str(include_str!("golden/topics.json")).unwrap()
}

fn numbers(of: &Value) -> Vec<f64> {
    of.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn texts(golden: &Value) -> Vec<String> {
    golden["texts"].as_array().unwrap().iter().map(|t| t.as_str().unwrap().to_owned()).collect()
}

fn rows(golden: &Value) -> Csr {
    let texts = texts(golden);
    let texts: Texts = texts.iter().map(String::as_str).collect();
    let normalize = NormalizeOptions { lowercase: true, ..Profile::None.options() };
    let params = TfidfParams::new().normalize(normalize);
    TfidfVectorizer::fit_transform(&params, &texts).unwrap().1
}

fn labels(golden: &Value, name: &str) -> Labels {
    let ids = |of: &Value| numbers(of).iter().map(|&l| l as u32).collect::<Vec<u32>>();
    match name {
        "lists" => Labels::lists(golden["lists"].as_array().unwrap().iter().map(ids), 3).unwrap(),
        "two" => Labels::single(ids(&golden["two"]), 2).unwrap(),
        _ => Labels::single(ids(&golden["three"]), 3).unwrap(),
    }
}

fn loss(name: &str) -> Loss {
    [Loss::SquaredHinge, Loss::Hinge, Loss::Logistic, Loss::Multinomial]
        .into_iter()
        .find(|loss| loss.name() == name)
        .unwrap()
}

#[test]
fn scores_biases_and_weights_are_scikit_learns() {
    let golden = golden();
    let rows = rows(&golden);
    for case in golden["models"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let labels = labels(&golden, case["labels"].as_str().unwrap());
        let weight =
            if case["balanced"] == true { ClassWeight::Balanced } else { ClassWeight::None };
        let model: LinearModel = LinearParams::new()
            .loss(loss(case["loss"].as_str().unwrap()))
            .c(case["c"].as_f64().unwrap())
            .class_weight(weight)
            .gap(1e-9)
            .max_epochs(3000)
            .fit(&DatasetBase::new(rows.clone(), labels))
            .unwrap();
        let scores = model.scores(&rows);
        // Of two labels scikit-learn gives the second alone.
        let from = model.n_labels() - model.bias().len();
        let mut far = 0.0f64;
        for (i, want) in case["scores"].as_array().unwrap().iter().enumerate() {
            for (label, want) in numbers(want).into_iter().enumerate() {
                far = far.max((f64::from(scores[[i, label + from]]) - want).abs());
            }
        }
        for (label, want) in numbers(&case["bias"]).into_iter().enumerate() {
            far = far.max((f64::from(model.bias()[label]) - want).abs());
        }
        let of_labels = case["weights"].as_array().unwrap().iter().enumerate();
        for (label, want) in of_labels {
            for (k, want) in numbers(want).into_iter().enumerate() {
                far = far.max((f64::from(model.weight(k * 7, label + from)) - want).abs());
            }
        }
        assert!(far < TOLERANCE, "{name}: off by {far}");
    }
}
/// Of scores around 1; weights are f32, and sums of them are.
const TOLERANCE: f64 = 2e-4;

#[test]
fn complement_naive_bayes_is_scikit_learns() {
    let golden = golden();
    let rows = rows(&golden);
    let data = DatasetBase::new(rows.clone(), labels(&golden, "three"));
    let model = BayesParams::new().alpha(0.5).fit(&data).unwrap();
    let scores = model.scores(&rows);
    for (i, want) in golden["bayes"]["scores"].as_array().unwrap().iter().enumerate() {
        for (label, want) in numbers(want).into_iter().enumerate() {
            assert!((f64::from(scores[[i, label]]) - want).abs() < 1e-3, "{i} {label}");
        }
    }
}

#[test]
fn calibration_curves_are_scikit_learns() {
    let golden = golden();
    let mut sigmoids = 0;
    for case in golden["curves"].as_array().unwrap() {
        let z: Vec<f32> = numbers(&case["z"]).iter().map(|&z| z as f32).collect();
        let t: Vec<bool> = numbers(&case["t"]).iter().map(|&t| t == 1.0).collect();
        let at = numbers(&case["at"]);
        let curve = Isotonic::fit(&z, &t);
        for (&at, want) in at.iter().zip(numbers(&case["isotonic"])) {
            assert!((curve.probability(at as f32) - want).abs() < 1e-6, "{} at {at}", z.len());
        }
        if case["sigmoid"].is_array() {
            sigmoids += 1;
            let fitted = Sigmoid::fit(&z, &t);
            for (&at, want) in at.iter().zip(numbers(&case["sigmoid"])) {
                assert!((fitted.probability(at as f32) - want).abs() < 1e-4, "{} at {at}", z.len());
            }
        }
    }
    assert!(sigmoids >= 3);
}

#[test]
fn a_path_ends_where_single_fits_end() {
    let golden = golden();
    let (rows, labels) = (rows(&golden), labels(&golden, "three"));
    for loss in [Loss::SquaredHinge, Loss::Hinge, Loss::Logistic, Loss::Multinomial] {
        let params = LinearParams::new().loss(loss).gap(1e-9).max_epochs(3000);
        // In any order; models come back by ascending C.
        let path = params.fit_path(&rows, &labels, &[10.0, 0.1, 1.0]).unwrap();
        assert_eq!(path.len(), 3);
        for (model, c) in path.iter().zip([0.1, 1.0, 10.0]) {
            let data = DatasetBase::new(rows.clone(), labels.clone());
            let alone = params.clone().c(c).fit(&data).unwrap();
            let far = (&model.scores(&rows) - &alone.scores(&rows)).mapv(f32::abs);
            assert!(far.iter().all(|&d| d < 4e-4), "{loss:?} {c}");
        }
    }
}

#[test]
fn one_two_and_eight_threads_give_the_same_bytes() {
    let golden = golden();
    let texts = texts(&golden);
    let parts: Vec<(&str, &str)> = texts.iter().map(|t| ("", t.as_str())).collect();
    for (name, loss) in [
        ("three", Loss::SquaredHinge),
        ("three", Loss::Multinomial),
        ("lists", Loss::Logistic),
        ("two", Loss::Hinge),
    ] {
        let labels = labels(&golden, name);
        let names: Vec<String> = (0..labels.n_labels()).map(|l| format!("موضوع {l}")).collect();
        let folds: Vec<u32> = (0..parts.len() as u32).map(|i| i % 4).collect();
        let options =
            TrainOptions { linear: LinearParams::new().loss(loss), ..TrainOptions::default() };
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let trained = train(&parts, &[], &labels, &names, &folds, &options, &|_| {});
                let (model, report) = trained.unwrap();
                let tags = model.predict(&parts, &[]);
                let bits = |v: &[f32]| v.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
                let seen = format!("{:?} {:?} {:?}", model.calibration, model.bars, report.by_c);
                (bits(model.linear.weights()), bits(model.linear.bias()), seen, tags)
            })
        };
        let one = run(1);
        assert!(one == run(2) && one == run(8), "{name} {loss:?}");
    }
}
