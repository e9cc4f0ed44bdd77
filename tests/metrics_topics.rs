//! Topic scores against frozen scikit-learn values (`tests/golden/classification.json`, made by
//! `tests/golden/make/classification.py`), and what no order of the input may change.

#![allow(clippy::unwrap_used)] // also in the helpers of tests, which clippy.toml leaves out

use khabar::metrics::{
    Averages, Confusion, LabelCounts, LabelSets, Prf, Scores, accuracy_at_coverage, brier_score,
    expected_calibration_error, log_loss, ranking_scores, top_k_accuracy,
};
use proptest::prelude::*;
use serde_json::Value;

const TOLERANCE: f64 = 1e-9;

#[track_caller]
fn assert_near(case: &str, what: &str, got: f64, want: &Value) {
    let want = want.as_f64().unwrap_or_else(|| panic!("{case}: no {what}"));
    assert!((got - want).abs() <= TOLERANCE, "{case}: {what} is {got}, should be {want}");
}

#[track_caller]
fn assert_prf(case: &str, what: &str, got: Prf, want: &Value) {
    for (i, part) in [got.precision, got.recall, got.f1].into_iter().enumerate() {
        assert_near(case, &format!("{what} {i}"), part, &want[i]);
    }
}

/// The cases of one kind, with their names; at least `least` of them.
fn cases(kind: &str, least: usize) -> Vec<(String, Value)> {
    let golden: Value = serde_json::from_str(include_str!("golden/classification.json")).unwrap();
    let cases = golden[kind].as_array().unwrap();
    assert!(cases.len() >= least);
    cases.iter().map(|case| (case["name"].as_str().unwrap().to_owned(), case.clone())).collect()
}

fn of<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

fn assert_labels(name: &str, labels: &[LabelCounts], averages: Averages, want: &Value) {
    assert_prf(name, "micro", averages.micro, &want["micro"]);
    assert_prf(name, "macro", averages.macro_, &want["macro"]);
    assert_prf(name, "weighted", averages.weighted, &want["weighted"]);
    assert_eq!(labels.len(), want["labels"].as_array().unwrap().len(), "{name}");
    for (i, label) in labels.iter().enumerate() {
        assert_prf(name, &format!("label {i}"), label.prf(), &want["labels"][i]);
        assert_eq!(label.support(), want["support"][i].as_u64().unwrap(), "{name}, label {i}");
    }
}

/// Label numbers; -1 is none.
fn maybe(value: &Value) -> Vec<Option<u32>> {
    of::<Vec<i64>>(value).into_iter().map(|label| u32::try_from(label).ok()).collect()
}

#[test]
fn single_labels_score_as_in_scikit_learn() {
    for (name, case) in cases("single", 20) {
        let n_labels = of(&case["n_labels"]);
        let (gold, pred): (Vec<u32>, _) = (of(&case["gold"]), maybe(&case["pred"]));
        let table = Confusion::new(n_labels, &gold, &pred).unwrap();
        assert_near(&name, "accuracy", table.accuracy(), &case["accuracy"]);
        assert_labels(&name, &table.labels(), table.averages(), &case);
        let mut dense = vec![vec![0u64; n_labels]; n_labels];
        for &(gold, pred, n) in table.cells() {
            if let Some(pred) = pred {
                dense[gold as usize][pred as usize] = n;
            }
        }
        assert_eq!(dense, of::<Vec<Vec<u64>>>(&case["confusion"]), "{name}");
    }
}

#[test]
fn probabilities_score_as_in_scikit_learn() {
    for (name, case) in cases("probabilities", 8) {
        let rows: Vec<Vec<f64>> = of(&case["rows"]);
        let (flat, n_labels) = (rows.concat(), rows[0].len());
        let (scores, gold) = (Scores::new(&flat, n_labels).unwrap(), of::<Vec<u32>>(&case["gold"]));
        assert_near(&name, "log loss", log_loss(&scores, &gold).unwrap(), &case["log_loss"]);
        assert_near(&name, "Brier", brier_score(&scores, &gold).unwrap(), &case["brier"]);
        for (i, want) in case["top_k"].as_array().unwrap().iter().enumerate() {
            let got = top_k_accuracy(&scores, &gold, i + 1).unwrap();
            assert_near(&name, &format!("top {}", i + 1), got, want);
        }
        let (best, right): (Vec<f64>, Vec<bool>) = (of(&case["best"]), of(&case["right"]));
        let ece = expected_calibration_error(&best, &right, 15).unwrap();
        assert_near(&name, "ECE", ece, &case["ece"]);
    }
}

#[test]
fn sets_and_rankings_of_labels_score_as_in_scikit_learn() {
    for (name, case) in cases("multi_label", 8) {
        let n_labels: usize = of(&case["n_labels"]);
        let (gold, pred): (Vec<Vec<u32>>, _) = (of(&case["gold"]), of(&case["pred"]));
        let sets = LabelSets::new(n_labels, gold.clone(), pred).unwrap();
        assert_near(&name, "subset accuracy", sets.subset_accuracy(), &case["subset_accuracy"]);
        assert_near(&name, "Hamming loss", sets.hamming_loss(), &case["hamming_loss"]);
        assert_prf(&name, "samples", sets.samples(), &case["samples"]);
        assert_labels(&name, &sets.labels(), sets.averages(), &case);

        let flat = of::<Vec<Vec<f64>>>(&case["rows"]).concat();
        let scores = Scores::new(&flat, n_labels).unwrap();
        let ks: Vec<usize> = of(&case["ks"]);
        let got = ranking_scores(&scores, &gold, &ks).unwrap();
        assert_near(&name, "LRAP", got.average_precision, &case["average_precision"]);
        assert_near(&name, "ranking loss", got.ranking_loss, &case["ranking_loss"]);
        assert_near(&name, "coverage error", got.coverage_error, &case["coverage_error"]);
        assert_near(&name, "nDCG", got.ndcg, &case["ndcg"]);
        for (i, at) in got.at.iter().enumerate() {
            assert_eq!(at.k, ks[i]);
            assert_near(&name, &format!("nDCG at {}", at.k), at.ndcg, &case["ndcg_at"][i]);
            assert_near(&name, &format!("P at {}", at.k), at.precision, &case["precision_at"][i]);
        }
    }
}

#[test]
fn what_does_not_fit_together_is_an_error() {
    assert!(Confusion::new(2, &[0, 1], &[Some(0)]).is_err());
    assert!(Confusion::new(2, &[0, 2], &[None, None]).is_err());
    assert!(Confusion::new(2, &[0], &[Some(2)]).is_err());
    assert!(LabelSets::new(2, vec![vec![0]], vec![]).is_err());
    assert!(LabelSets::new(2, vec![vec![0]], vec![vec![2]]).is_err());
    assert!(Scores::new(&[0.5, 0.5, 0.5], 2).is_err());
    assert!(Scores::new(&[0.5, f64::NAN], 2).is_err());
    assert!(Scores::new(&[], 0).is_err());
    let scores = Scores::new(&[0.5, 0.5], 2).unwrap();
    assert!(log_loss(&scores, &[2]).is_err());
    assert!(brier_score(&scores, &[0, 0]).is_err());
    assert!(ranking_scores(&scores, &[vec![2]], &[1]).is_err());
    assert!(ranking_scores(&scores, &[vec![1]], &[0]).is_err());
    assert!(ranking_scores(&scores, &[], &[1]).is_err());
}

#[test]
fn nothing_at_all_scores_nothing() {
    let table = Confusion::new(0, &[], &[]).unwrap();
    assert_eq!((table.accuracy(), table.averages().macro_.f1), (0.0, 0.0));
    let sets = LabelSets::new(0, vec![], vec![]).unwrap();
    assert_eq!((sets.hamming_loss(), sets.samples().f1), (0.0, 0.0));
    let none = Scores::new(&[], 3).unwrap();
    assert_eq!(log_loss(&none, &[]).unwrap(), 0.0);
    assert_eq!(ranking_scores(&none, &[], &[1]).unwrap().ndcg, 0.0);
}

/// Articles as a right label, a row of scores with ties, and several right labels.
fn articles() -> impl Strategy<Value = Vec<(u32, Vec<u8>, Vec<u32>)>> {
    let row = prop::collection::vec(0u8..6, 5);
    prop::collection::vec((0u32..5, row, prop::collection::vec(0u32..5, 0..5)), 1..40)
}

proptest! {
    #[test]
    fn no_order_of_the_articles_changes_a_bit(articles in articles(), turn in 0usize..40) {
        let of = |articles: &[(u32, Vec<u8>, Vec<u32>)]| {
            let flat: Vec<f64> =
                articles.iter().flat_map(|(_, row, _)| row).map(|&x| f64::from(x) / 7.0).collect();
            let scores = Scores::new(&flat, 5).unwrap();
            let gold: Vec<u32> = articles.iter().map(|a| a.0).collect();
            let sets: Vec<Vec<u32>> = articles.iter().map(|a| a.2.clone()).collect();
            let best: Vec<f64> =
                scores.rows().map(|r| r.iter().copied().fold(0.0, f64::max)).collect();
            let right: Vec<bool> =
                scores.rows().zip(&gold).zip(&best).map(|((r, &g), &b)| r[g as usize] == b).collect();
            let pred = sets.iter().map(|s| s.iter().map(|l| (l * 2) % 5).collect()).collect();
            (
                log_loss(&scores, &gold).unwrap(),
                brier_score(&scores, &gold).unwrap(),
                ranking_scores(&scores, &sets, &[1, 3]).unwrap(),
                accuracy_at_coverage(&best, &right, &[0.3, 0.9, 1.0]).unwrap(),
                LabelSets::new(5, sets, pred).unwrap().samples(),
            )
        };
        let mut turned = articles.clone();
        turned.rotate_left(turn % articles.len());
        prop_assert_eq!(of(&articles), of(&turned));
        turned.reverse();
        prop_assert_eq!(of(&articles), of(&turned));
    }
}
