//! Judged pairs and the bootstrap: frozen scikit-learn values, errors, tables.
//!
//! `tests/golden/metrics.json` is made by `tests/golden/make/metrics.py`.

#![allow(clippy::unwrap_used)] // also in the helpers of tests, which clippy.toml leaves out

use std::collections::HashMap;

use khabar::metrics::{
    GoldPair, Judgement, PredRow, Prf, bootstrap_same_f1, compare_pairs, read_pairs,
};
use serde_json::Value;

#[test]
fn judged_pairs_score_as_in_scikit_learn() {
    let golden: Value = serde_json::from_str(include_str!("golden/metrics.json")).unwrap();
    let assert_near = |name: &str, what: &str, got: f64, want: f64| {
        assert!((got - want).abs() <= 1e-9, "{name}: {what} is {got}, should be {want}");
    };
    let cases = golden["pairs"].as_array().unwrap();
    assert_eq!(cases.len(), 4);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let text = |v: &Value| v.as_str().unwrap().to_owned();
        let gold: Vec<GoldPair> = case["pairs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| GoldPair {
                id_a: text(&p[0]),
                id_b: text(&p[1]),
                judgement: [Judgement::Different, Judgement::Same, Judgement::Copy]
                    [p[2].as_u64().unwrap() as usize],
            })
            .collect();
        let pred: Vec<PredRow> = case["rows"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| PredRow {
                id: text(&r[0]),
                story_id: text(&r[1]),
                copy_id: r[2].as_str().map(str::to_owned),
            })
            .collect();
        let got = compare_pairs(&gold, &pred).unwrap();
        for (what, prf) in [("same", got.same), ("copy", got.copy)] {
            assert_near(name, what, prf.precision, case[what][0].as_f64().unwrap());
            assert_near(name, what, prf.recall, case[what][1].as_f64().unwrap());
            assert_near(name, what, prf.f1, case[what][2].as_f64().unwrap());
        }
        let copies = case["copies_in_story"].as_f64().unwrap();
        assert_near(name, "copies in story", got.copies_in_story.unwrap(), copies);
        assert_eq!(got.n_missing as u64, case["n_missing"].as_u64().unwrap(), "{name}");
        assert_eq!(got.n_pairs, gold.len());
    }
}

#[test]
fn rows_that_would_score_falsely_are_an_error() {
    let row = |story: &str| PredRow { id: "a".into(), story_id: story.into(), copy_id: None };
    for (pred, want) in [
        (vec![row("")], r#"predicted: article "a" has an empty story_id"#),
        (vec![row("1"), row("2")], r#"predicted: article "a" has two rows that differ"#),
    ] {
        let got = compare_pairs(&[], &pred).unwrap_err().to_string();
        assert!(got.starts_with(want), "{got:?} should start with {want:?}");
    }
}

/// Pairs `s{i}-x{j}` of `seeds` seeds; seed i's pairs are found for i < `found`.
fn seeded(seeds: usize, found: usize) -> (Vec<GoldPair>, Vec<PredRow>) {
    let mut file = String::from("id_a\tid_b\tlabel\n");
    let mut rows = HashMap::new();
    for i in 0..seeds {
        for j in 0..4 {
            file.push_str(&format!("s{i}\tx{i}-{j}\t{}\n", 1 - j / 3));
            let story = |k: usize| if i < found { format!("t{i}") } else { format!("t{i}-{k}") };
            rows.insert(format!("s{i}"), story(9));
            rows.insert(format!("x{i}-{j}"), if j == 3 { format!("u{i}") } else { story(j) });
        }
    }
    let pred =
        rows.into_iter().map(|(id, story_id)| PredRow { id, story_id, copy_id: None }).collect();
    (read_pairs(file.as_bytes(), "made").unwrap(), pred)
}

#[test]
fn copies_without_an_id_are_never_equal_and_no_copies_means_no_share() {
    let (gold, pred) = seeded(3, 3);
    let got = compare_pairs(&gold, &pred).unwrap();
    assert_eq!((got.same.f1, got.copies_in_story, got.n_copies), (1.0, None, 0));
    assert_eq!(got.copy, Prf::from_counts(0, 0, 0));
    let copies: Vec<GoldPair> =
        gold.iter().cloned().map(|p| GoldPair { judgement: Judgement::Copy, ..p }).collect();
    let got = compare_pairs(&copies, &pred).unwrap();
    assert_eq!((got.copy.recall, got.copies_in_story), (0.0, Some(0.75)));
}

#[test]
fn the_bootstrap_interval_holds_the_score_and_does_not_depend_on_order() {
    let (mut gold, mut pred) = seeded(40, 25);
    let score = compare_pairs(&gold, &pred).unwrap().same.f1;
    let interval = bootstrap_same_f1(&gold, &pred, 500, 42).unwrap();
    assert!(interval.low < score && score < interval.high, "{score} {interval:?}");
    gold.reverse();
    pred.reverse();
    assert_eq!(bootstrap_same_f1(&gold, &pred, 500, 42).unwrap(), interval);
    // Few resamples: another seed draws others. (Many settle on the same percentiles.)
    let few = |seed| bootstrap_same_f1(&gold, &pred, 5, seed).unwrap();
    assert!((0..10).any(|seed| few(seed) != few(42)));

    // The recall is found / 40, a binomial share of 25/40 with standard error 0.0765, for
    // whole seeds drawn; F1 = 2r / (1 + r) at r = .625 -+ 1.96 * .0765 is .64 and .87.
    assert!((interval.low - 0.64).abs() < 0.03, "{interval:?}");
    assert!((interval.high - 0.87).abs() < 0.03, "{interval:?}");
}

#[test]
fn a_bootstrap_of_nothing_is_an_error() {
    let (gold, pred) = seeded(2, 1);
    assert!(bootstrap_same_f1(&[], &pred, 10, 1).is_err());
    assert!(bootstrap_same_f1(&gold, &pred, 0, 1).is_err());
}

#[test]
fn pair_scores_print_as_an_aligned_table() {
    let (gold, mut pred) = seeded(3, 2);
    pred.sort_by(|x, y| x.id.cmp(&y.id));
    pred.remove(0); // s0
    let table = compare_pairs(&gold, &pred).unwrap().to_string();
    let want = "                     precision    recall        F1
same story              1.0000    0.3333    0.5000
same copy               1.0000    1.0000    1.0000

copies in one story          -  no pair is a copy

pairs                       12
of one story                 9
copies                       0
missing                      1  articles absent from the prediction, each scored as a single of its own
";
    assert_eq!(table, want);
}

#[test]
fn pair_scores_become_json_with_the_names_of_their_fields() {
    let (gold, pred) = seeded(1, 1);
    let json = serde_json::to_value(compare_pairs(&gold, &pred).unwrap()).unwrap();
    assert_eq!(json["same"]["f1"], 1.0);
    assert!(json["copies_in_story"].is_null());
}
