//! The clustering scores against frozen scikit-learn values, a brute-force reading of their
//! definitions, and worked examples.
//!
//! `tests/golden/metrics.json` is made by `tests/golden/make/metrics.py`. The 30,000-article
//! recipe there also guards the speed: a sum over all pairs of stories would take minutes.

#![allow(clippy::unwrap_used)] // also in the helpers of tests, which clippy.toml leaves out

use khabar::metrics::{Prf, compare_groups, score_clusters};
use proptest::prelude::*;
use serde_json::Value;

const TOLERANCE: f64 = 1e-9;

#[track_caller]
fn assert_near(case: &str, what: &str, got: f64, want: f64) {
    assert!((got - want).abs() <= TOLERANCE, "{case}: {what} is {got}, should be {want}");
}

fn golden() -> Value {
    serde_json::from_str(include_str!("golden/metrics.json")).unwrap()
}

fn integers(value: &Value) -> Vec<u64> {
    value.as_array().unwrap().iter().map(|v| v.as_u64().unwrap()).collect()
}

fn assert_scores_are_scikit_learns(name: &str, gold: &[u64], pred: &[u64], want: &Value) {
    let got = score_clusters(gold, pred).unwrap();
    let number = |key: &str| want[key].as_f64().unwrap();
    assert_near(name, "ARI", got.ari, number("ari"));
    // Absent where scikit-learn's is 0 / 0: identical labelings, which score 1.
    assert_near(name, "AMI", got.ami, want["ami"].as_f64().unwrap_or(1.0));
    assert_near(name, "V-measure as NMI", got.v_measure, number("nmi"));
    assert_near(name, "homogeneity", got.homogeneity, number("homogeneity"));
    assert_near(name, "completeness", got.completeness, number("completeness"));
    assert_near(name, "V-measure", got.v_measure, number("v_measure"));
    assert_near(name, "purity", got.purity, number("purity"));
    assert_near(name, "inverse purity", got.inverse_purity, number("inverse_purity"));
    assert_eq!(got.n_gold_stories as u64, want["n_gold_stories"].as_u64().unwrap(), "{name}");
    assert_eq!(got.n_pred_stories as u64, want["n_pred_stories"].as_u64().unwrap(), "{name}");
    let [tp, fp, fnn] = integers(&want["pairs"])[..] else { panic!("{name}: three counts") };
    assert_eq!(got.pairwise, Prf::from_counts(tp, fp, fnn), "{name}");
}

#[test]
fn labelings_score_as_in_scikit_learn() {
    let golden = golden();
    let cases = golden["labelings"].as_array().unwrap();
    assert!(cases.len() > 40);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        assert_scores_are_scikit_learns(
            name,
            &integers(&case["gold"]),
            &integers(&case["pred"]),
            case,
        );
    }
}

/// The labelings of `recipe` in `metrics.py`.
fn recipe(n: u64, k: u64, noise_percent: u64, seed: u64) -> (Vec<u64>, Vec<u64>) {
    let mut x = seed;
    let mut draw = || {
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        x >> 33
    };
    (0..n)
        .map(|_| {
            let (story, noise, other) = (draw() % k, draw() % 100, draw() % k);
            (story, if noise < noise_percent { other } else { story })
        })
        .unzip()
}

#[test]
fn thousands_of_stories_score_as_in_scikit_learn() {
    let golden = golden();
    let cases = golden["recipes"].as_array().unwrap();
    assert_eq!(cases.len(), 3);
    for case in cases {
        let [n, k, noise, seed] =
            ["n", "k", "noise_percent", "seed"].map(|key| case[key].as_u64().unwrap());
        let (gold, pred) = recipe(n, k, noise, seed);
        assert_scores_are_scikit_learns(&format!("recipe {seed}"), &gold, &pred, case);
    }
}

// BCubed worked by hand. For each article: the share of its predicted story (itself
// included) that is of its gold story, and the share of its gold story that is in its
// predicted story.
#[test]
fn bcubed_is_what_it_is_by_hand() {
    // (name, gold, predicted, precision, recall)
    type Case = (&'static str, &'static [u8], &'static [u8], f64, f64);
    let cases: &[Case] = &[
        // a a a | b b b, predicted x x y | y y y.
        // P: the two a in x 2/2 each; the a in y 1/4; the three b in y 3/4 each
        //    (1 + 1 + 1/4 + 3 * 3/4) / 6 = 4.5 / 6 = 0.75
        // R: the two a in x 2/3 each; the a in y 1/3; the three b 3/3 each
        //    (2/3 + 2/3 + 1/3 + 3) / 6 = (14/3) / 6 = 7/9
        ("one article astray", b"aaabbb", b"xxyyyy", 0.75, 7.0 / 9.0),
        // a a | b | c, all in one predicted story.
        // P: the two a 2/4 each, b 1/4, c 1/4: 1.5 / 4 = 0.375;  R: all 1.
        ("one heap", b"aabc", b"xxxx", 0.375, 1.0),
        // a a a a, predicted x x | y | z.
        // P: all 1;  R: 2/4 + 2/4 + 1/4 + 1/4 = 1.5, of 4: 0.375.
        ("one story in pieces", b"aaaa", b"xxyz", 1.0, 0.375),
        // a | b | c as singles on both sides: each its own companion, so 1 and 1.
        ("all singles", b"abc", b"zxy", 1.0, 1.0),
        // a a | b b, predicted x y | x y. Each article alone of its gold story in its
        // predicted story of two: P 1/2, R 1/2.
        ("crossed", b"aabb", b"xyxy", 0.5, 0.5),
        ("empty", b"", b"", 1.0, 1.0),
    ];
    for &(name, gold, pred, precision, recall) in cases {
        let got = score_clusters(gold, pred).unwrap().bcubed;
        assert_near(name, "precision", got.precision, precision);
        assert_near(name, "recall", got.recall, recall);
        let f1 = 2.0 * precision * recall / (precision + recall);
        assert_near(name, "F1 of the means", got.f1, f1);
    }
}

/// BCubed precision and recall from their definition, article by article.
fn bcubed_by_brute_force(gold: &[u8], pred: &[u8]) -> (f64, f64) {
    let n = gold.len();
    let (mut precision, mut recall) = (0.0, 0.0);
    for i in 0..n {
        let count = |f: &dyn Fn(usize) -> bool| (0..n).filter(|&j| f(j)).count() as f64;
        let both = count(&|j| gold[j] == gold[i] && pred[j] == pred[i]);
        precision += both / count(&|j| pred[j] == pred[i]);
        recall += both / count(&|j| gold[j] == gold[i]);
    }
    (precision / n as f64, recall / n as f64)
}

/// Pairs in one story: of both sides, only of the prediction, only of the gold.
fn pairs_by_brute_force(gold: &[u8], pred: &[u8]) -> (u64, u64, u64) {
    let mut counts = (0, 0, 0);
    for i in 0..gold.len() {
        for j in i + 1..gold.len() {
            match (gold[i] == gold[j], pred[i] == pred[j]) {
                (true, true) => counts.0 += 1,
                (false, true) => counts.1 += 1,
                (true, false) => counts.2 += 1,
                (false, false) => {}
            }
        }
    }
    counts
}

/// Two labelings of up to 60 articles, of few or many stories.
fn labelings() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    (1u8..40, 1u8..40).prop_flat_map(|(k, l)| {
        prop::collection::vec((0..k, 0..l), 1..60).prop_map(|rows| rows.into_iter().unzip())
    })
}

proptest! {
    #[test]
    fn scores_agree_with_brute_force((gold, pred) in labelings()) {
        let got = score_clusters(&gold, &pred).unwrap();
        let (precision, recall) = bcubed_by_brute_force(&gold, &pred);
        prop_assert!((got.bcubed.precision - precision).abs() < TOLERANCE);
        prop_assert!((got.bcubed.recall - recall).abs() < TOLERANCE);
        let (tp, fp, fnn) = pairs_by_brute_force(&gold, &pred);
        prop_assert_eq!(got.pairwise, Prf::from_counts(tp, fp, fnn));
    }

    #[test]
    fn neither_the_order_of_articles_nor_the_names_of_stories_change_a_bit(
        (gold, pred) in labelings(),
        order in any::<prop::sample::Index>(),
        step in 1usize..50,
        add in 0u8..200,
    ) {
        let want = score_clusters(&gold, &pred).unwrap();
        // A walk over all rows: from a random one, by a step coprime to their number.
        let n = gold.len();
        let step = (step..).find(|s| (1..=n).all(|d| d == 1 || n % d > 0 || s % d > 0)).unwrap();
        let rows: Vec<usize> = (0..n).map(|i| (order.index(n) + i * step) % n).collect();
        let gold: Vec<String> =
            rows.iter().map(|&i| format!("خبر {}", gold[i].wrapping_mul(7))).collect();
        let pred: Vec<u8> = rows.iter().map(|&i| pred[i].wrapping_add(add)).collect();
        prop_assert_eq!(score_clusters(&gold, &pred).unwrap(), want);
    }

    #[test]
    fn swapping_the_sides_swaps_precision_and_recall((gold, pred) in labelings()) {
        let (one, two) =
            (score_clusters(&gold, &pred).unwrap(), score_clusters(&pred, &gold).unwrap());
        for (x, y) in [
            (one.bcubed.precision, two.bcubed.recall),
            (one.pairwise.precision, two.pairwise.recall),
            (one.homogeneity, two.completeness),
            (one.purity, two.inverse_purity),
            (one.ari, two.ari),
            (one.ami, two.ami),
        ] {
            prop_assert!((x - y).abs() < TOLERANCE, "{:?} {:?}", one, two);
        }
    }

    #[test]
    fn scores_stay_in_their_bounds_and_are_1_for_identical_labelings((gold, pred) in labelings()) {
        let s = score_clusters(&gold, &pred).unwrap();
        for share in [
            s.bcubed.precision, s.bcubed.recall, s.bcubed.f1, s.pairwise.precision,
            s.pairwise.recall, s.pairwise.f1, s.homogeneity, s.completeness, s.v_measure,
            s.purity, s.inverse_purity,
        ] {
            prop_assert!((0.0..=1.0).contains(&share), "{:?}", s);
        }
        prop_assert!((-0.5..=1.0).contains(&s.ari) && (-1.0..=1.0).contains(&s.ami), "{:?}", s);
        // An article counts itself, so a BCubed share is never 0.
        prop_assert!(s.bcubed.precision > 0.0 && s.bcubed.recall > 0.0);

        let same = score_clusters(&gold, &gold).unwrap();
        for score in [
            same.bcubed.f1, same.pairwise.f1, same.ari, same.ami, same.v_measure, same.purity,
            same.inverse_purity,
        ] {
            prop_assert_eq!(score, 1.0);
        }
    }
}

fn groups(rows: &[(&str, &str)]) -> Vec<(String, String)> {
    rows.iter().map(|&(id, story)| (id.to_owned(), story.to_owned())).collect()
}

#[test]
fn groups_are_matched_by_id_and_each_missing_article_is_a_single_of_its_own() {
    let gold = groups(&[("a", "1"), ("b", "1"), ("c", "2"), ("d", "2"), ("e", "3")]);
    // c and d are missing: two stories, not one; "zz" is ignored; b comes twice alike.
    let pred = groups(&[("zz", "x"), ("b", "x"), ("b", "x"), ("a", "x"), ("e", "y")]);
    let got = compare_groups(&gold, &pred).unwrap();
    assert_eq!((got.n_missing, got.n_ignored), (2, 1));
    assert_eq!((got.n_articles, got.n_gold_stories, got.n_pred_stories), (5, 3, 4));
    let want = score_clusters(&[1, 1, 2, 2, 3], &[1, 1, 2, 3, 4]).unwrap();
    assert_eq!((got.bcubed, got.ami), (want.bcubed, want.ami));
}

#[test]
fn a_missing_article_never_falls_in_with_a_story_of_its_name() {
    let got = compare_groups(&groups(&[("a", "1"), ("b", "2")]), &groups(&[("a", "b")])).unwrap();
    assert_eq!(got.n_pred_stories, 2);
}

#[test]
fn what_would_score_falsely_is_an_error() {
    let fine = groups(&[("a", "1")]);
    let cases = [
        (groups(&[("a", "1"), ("a", "2")]), fine.clone(), r#"gold: article "a" is in story "1""#),
        (fine.clone(), groups(&[("a", "")]), r#"predicted: article "a" has an empty story id"#),
    ];
    for (gold, pred, want) in cases {
        let got = compare_groups(&gold, &pred).unwrap_err().to_string();
        assert!(got.starts_with(want), "{got:?} should start with {want:?}");
    }
    let got = score_clusters(&[1, 2], &[1]).unwrap_err().to_string();
    assert!(got.starts_with("labels: 2 gold labels but 1 predicted ones;"), "{got:?}");
}

#[test]
fn scores_print_as_aligned_tables() {
    let gold = groups(&[("a", "1"), ("b", "1"), ("c", "2"), ("d", "2"), ("e", "3")]);
    let pred = groups(&[("zz", "x"), ("b", "x"), ("a", "x"), ("c", "x"), ("e", "y")]);
    let table = compare_groups(&gold, &pred).unwrap().to_string();
    let want = "                     precision    recall        F1
BCubed                  0.7333    0.8000    0.7652
pairwise                0.3333    0.5000    0.4000

ARI                     0.2105
AMI                     0.2518
homogeneity             0.6380
completeness            0.7082
V-measure               0.6713
purity                  0.8000
inverse purity          0.8000

articles                     5
gold stories                 3
predicted stories            3
missing                      1  absent from the prediction, each scored as a single of its own
ignored                      1  only in the prediction
";
    assert_eq!(table, want);
}

#[test]
fn scores_become_json_with_the_names_of_their_fields() {
    let json = serde_json::to_value(score_clusters(&[1, 1], &[1, 2]).unwrap()).unwrap();
    assert_eq!(json["bcubed"]["recall"], 0.5);
    assert_eq!(json["n_pred_stories"], 2);
}
