//! TF-IDF rows against frozen scikit-learn values.
//!
//! `tests/golden/tfidf.json` is made by `tests/golden/make/tfidf.py`: texts of every trap we
//! know (Arabic, mixed scripts, emoji, empty and blank texts, one-letter words, all of
//! Python's white space, lower case that changes length or depends on its place) under both
//! analyzers, six ranges and the other switches.

#![allow(clippy::unwrap_used)] // also in the helpers of tests, which clippy.toml leaves out

use khabar::text::{NormalizeOptions, Profile};
use khabar::vectorize::{
    Analyzer, Csr, DfLimit, Features, NgramRange, Norm, Texts, Tf, TfidfParams, TfidfVectorizer,
};
use serde_json::Value;

/// What scikit-learn does to a text: nothing, or `str.lower()`.
fn as_scikit_learn(lowercase: bool) -> NormalizeOptions {
    NormalizeOptions { lowercase, ..Profile::None.options() }
}

fn limit(value: &Value) -> DfLimit {
    match value.as_u64() {
        Some(count) => DfLimit::Count(count),
        None => DfLimit::Share(value.as_f64().unwrap()),
    }
}

fn params(case: &Value) -> TfidfParams {
    let range = |at: usize| case["ngram_range"][at].as_u64().unwrap() as usize;
    TfidfParams::new()
        .analyzer(match case["analyzer"].as_str().unwrap() {
            "char" => Analyzer::Char,
            _ => Analyzer::CharWb,
        })
        .ngram_range(NgramRange::new(range(0), range(1)).unwrap())
        .tf(if case["sublinear_tf"].as_bool().unwrap() { Tf::Log } else { Tf::Raw })
        .norm(match case["norm"].as_str() {
            Some("l2") => Norm::L2,
            Some(_) => Norm::L1,
            None => Norm::None,
        })
        .smooth_idf(case["smooth_idf"].as_bool().unwrap())
        .normalize(as_scikit_learn(case["lowercase"].as_bool().unwrap()))
        .features(Features::Learned {
            min_df: limit(&case["min_df"]),
            max_df: limit(&case["max_df"]),
            max_features: case["max_features"].as_u64().map(|n| n as usize),
        })
}

fn numbers(value: &Value) -> Vec<u64> {
    value.as_array().unwrap().iter().map(|v| v.as_u64().unwrap()).collect()
}

fn assert_rows_are(want: &Value, rows: &Csr, name: &str) {
    assert_eq!(rows.indptr(), numbers(&want["indptr"]), "{name}");
    let indices: Vec<u64> = rows.indices().iter().map(|&c| u64::from(c)).collect();
    assert_eq!(indices, numbers(&want["indices"]), "{name}");
    for (&got, want) in rows.data().iter().zip(want["data"].as_array().unwrap()) {
        let want = want.as_f64().unwrap();
        // Of 1, or of the value where rows are not scaled and values exceed 1.
        let tolerance = 1e-6 * want.abs().max(1.0);
        assert!((f64::from(got) - want).abs() <= tolerance, "{name}: {got}, should be {want}");
    }
}

#[test]
fn rows_and_names_are_scikit_learns() {
    let golden: Value = serde_json::from_str(include_str!("golden/tfidf.json")).unwrap();
    let (mut compared, mut refused) = (0, 0);
    for case in golden["cases"].as_array().unwrap() {
        let corpus = case["corpus"].as_str().unwrap();
        let texts: Texts = golden["corpora"][corpus]
            .as_array()
            .unwrap()
            .iter()
            .map(|text| text.as_str().unwrap())
            .collect();
        let mut shown = case.clone();
        for key in ["names", "indptr", "indices", "data"] {
            shown.as_object_mut().unwrap().remove(key);
        }
        let name = shown.to_string();
        let fitted = TfidfVectorizer::fit_transform(&params(case), &texts);
        if case.get("error").is_some() {
            assert!(fitted.is_err(), "{name}");
            refused += 1;
            continue;
        }
        let (vectorizer, rows) = fitted.unwrap_or_else(|e| panic!("{name}: {e}"));
        let names: Vec<String> = vectorizer.feature_names().unwrap().collect();
        let want: Vec<&str> = case["names"].as_str().unwrap().split('\0').collect();
        assert_eq!(names, want, "{name}");
        assert_rows_are(case, &rows, &name);
        assert_eq!(vectorizer.transform(&texts), rows, "{name}");
        compared += 1;
    }
    assert!(compared > 250 && refused > 10, "{compared} compared, {refused} refused");
}
