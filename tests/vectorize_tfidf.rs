//! The vectorizer against naive readings of its definition, and its promises: the same bytes
//! for any number of threads, fit-transform is fit and transform, errors instead of panics.

#![allow(clippy::unwrap_used)] // also in the helpers of tests, which clippy.toml leaves out

use std::collections::{BTreeMap, HashMap};

use khabar::text::{NormalizeOptions, Profile};
use khabar::vectorize::{
    Analyzer, Csr, DfLimit, Features, NgramRange, Norm, Texts, Tf, TfidfParams, TfidfVectorizer,
    bucket,
};
use linfa::traits::{Fit, Transformer};
use linfa::{DatasetBase, ParamGuard};
use proptest::prelude::*;

/// One setting of everything that changes a row.
#[derive(Debug, Clone)]
struct Setting {
    analyzer: Analyzer,
    range: (usize, usize),
    tf: Tf,
    smooth: bool,
    power: f64,
    norm: Norm,
}

impl Setting {
    fn range(&self) -> NgramRange {
        NgramRange::new(self.range.0, self.range.1).unwrap()
    }

    fn params(&self, features: Features) -> TfidfParams {
        TfidfParams::new()
            .analyzer(self.analyzer)
            .ngram_range(self.range())
            .tf(self.tf)
            .smooth_idf(self.smooth)
            .idf_power(self.power)
            .norm(self.norm)
            .normalize(Profile::None)
            .features(features)
    }
}

fn setting() -> impl Strategy<Value = Setting> {
    (
        prop_oneof![Just(Analyzer::Char), Just(Analyzer::CharWb)],
        (1usize..=8, 0usize..8).prop_map(|(min, more)| (min, (min + more).min(8))),
        prop_oneof![Just(Tf::Raw), Just(Tf::Log), Just(Tf::Bm25)],
        any::<bool>(),
        prop_oneof![Just(0.0), Just(1.0), Just(1.5), Just(2.0)],
        prop_oneof![Just(Norm::L2), Just(Norm::L1), Just(Norm::None)],
    )
        .prop_map(|(analyzer, range, tf, smooth, power, norm)| Setting {
            analyzer,
            range,
            tf,
            smooth,
            power,
            norm,
        })
}

/// Documents over few letters, so that n-grams repeat, with white space of all kinds.
fn documents() -> impl Strategy<Value = Vec<(String, String)>> {
    let text = "[ab خبر😀 \n\u{85}\u{1c}]{0,40}";
    prop::collection::vec((prop_oneof![Just(String::new()), "[aخ ]{0,6}"], text), 1..9)
}

fn texts(documents: &[(String, String)]) -> Texts<'_> {
    documents.iter().map(|(title, text)| (title.as_str(), text.as_str())).collect()
}

/// The same as [`TfidfVectorizer`], from strings and hash maps: names and dense-free rows.
fn naive<T: Ord + Clone + std::hash::Hash>(
    setting: &Setting,
    documents: &[(String, String)],
    feature: impl Fn(&str) -> T,
) -> Vec<BTreeMap<T, f64>> {
    let counts: Vec<HashMap<T, f64>> = documents
        .iter()
        .map(|(title, text)| {
            let both = !title.is_empty() && !text.is_empty();
            let whole = [title.as_str(), if both { "\n" } else { "" }, text].concat();
            let mut counts = HashMap::new();
            for ngram in setting.range().ngrams(setting.analyzer, &whole) {
                *counts.entry(feature(&ngram)).or_insert(0.0) += 1.0;
            }
            counts
        })
        .collect();
    let n = documents.len() as f64;
    let mut df: HashMap<&T, f64> = HashMap::new();
    counts.iter().flat_map(HashMap::keys).for_each(|f| *df.entry(f).or_insert(0.0) += 1.0);
    let lengths: Vec<f64> = counts.iter().map(|c| c.values().sum()).collect();
    let mean = (lengths.iter().sum::<f64>() / n).max(1.0);
    counts
        .iter()
        .zip(&lengths)
        .map(|(counts, length)| {
            let mut row: BTreeMap<T, f64> = counts
                .iter()
                .map(|(feature, &count)| {
                    let tf = match setting.tf {
                        Tf::Raw => count,
                        Tf::Log => 1.0 + count.ln(),
                        Tf::Bm25 => count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length / mean)),
                    };
                    let df = df[feature];
                    let idf = if setting.smooth {
                        ((1.0 + n) / (1.0 + df)).ln() + 1.0
                    } else {
                        (n / df).ln() + 1.0
                    };
                    (feature.clone(), tf * idf.powf(setting.power))
                })
                .collect();
            let length = match setting.norm {
                Norm::L2 => row.values().map(|v| v * v).sum::<f64>().sqrt(),
                Norm::L1 => row.values().sum(),
                Norm::None => 1.0,
            };
            row.values_mut().for_each(|v| *v /= length);
            row
        })
        .collect()
}

fn assert_rows_are<T: Ord + std::fmt::Debug>(
    want: &[BTreeMap<T, f64>],
    rows: &Csr,
    column: impl Fn(&T) -> u32,
) {
    assert_eq!(rows.n_rows(), want.len());
    for (row, want) in rows.rows().zip(want) {
        let columns: Vec<u32> = want.keys().map(&column).collect();
        assert_eq!(row.indices, columns, "{want:?}");
        for (&got, &want) in row.data.iter().zip(want.values()) {
            assert!((f64::from(got) - want).abs() <= 2e-6 * want.max(1.0), "{got} {want}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn learned_rows_are_the_naive_ones(documents in documents(), setting in setting()) {
        let texts = texts(&documents);
        let want = naive(&setting, &documents, str::to_owned);
        let params = setting.params(Features::all_learned());
        if want.iter().all(BTreeMap::is_empty) {
            prop_assert!(TfidfVectorizer::fit(&params, &texts).is_err());
            return Ok(());
        }
        let (fitted, rows) = TfidfVectorizer::fit_transform(&params, &texts).unwrap();
        let mut names: Vec<&String> = want.iter().flat_map(BTreeMap::keys).collect();
        names.sort();
        names.dedup();
        let own: Vec<String> = fitted.feature_names().unwrap().collect();
        prop_assert_eq!(own.iter().collect::<Vec<_>>(), names);
        assert_rows_are(&want, &rows, |name| fitted.vocabulary().unwrap().column(name).unwrap());
        prop_assert_eq!(&fitted.transform(&texts), &rows);
        let separate = TfidfVectorizer::fit(&params, &texts).unwrap();
        prop_assert_eq!(&separate.transform(&texts), &rows);
    }

    #[test]
    fn hashed_rows_are_the_naive_ones(documents in documents(), setting in setting()) {
        let texts = texts(&documents);
        let want = naive(&setting, &documents, |ngram| bucket(ngram, 10));
        let params = setting.params(Features::Hashed { n_features: 1024 });
        let (fitted, rows) = TfidfVectorizer::fit_transform(&params, &texts).unwrap();
        assert_rows_are(&want, &rows, |&bucket| bucket);
        prop_assert_eq!(&fitted.transform(&texts), &rows);
        let separate = TfidfVectorizer::fit(&params, &texts).unwrap();
        prop_assert_eq!(separate.idf(), fitted.idf());
        prop_assert_eq!(&separate.transform(&texts), &rows);
    }

    #[test]
    fn unknown_ngrams_are_skipped(
        documents in documents(),
        other in "[abcخبرد中 \n]{0,40}",
        setting in setting(),
    ) {
        let setting = Setting { norm: Norm::None, tf: Tf::Raw, power: 0.0, ..setting };
        let params = setting.params(Features::all_learned());
        let Ok(fitted) = TfidfVectorizer::fit(&params, &texts(&documents)) else { return Ok(()) };
        let vocabulary = fitted.vocabulary().unwrap();
        let mut want = BTreeMap::new();
        for ngram in setting.range().ngrams(setting.analyzer, &other) {
            if let Some(column) = vocabulary.column(&ngram) {
                *want.entry(column).or_insert(0.0f32) += 1.0;
            }
        }
        let rows = fitted.transform(&[other.as_str()].into_iter().collect());
        let got: BTreeMap<u32, f32> =
            rows.row(0).indices.iter().copied().zip(rows.row(0).data.iter().copied()).collect();
        prop_assert_eq!(got, want);
    }
}

/// A few megabytes of made-up words: several pieces, thousands of n-grams.
fn corpus(letters: &[char], documents: usize) -> Vec<String> {
    let mut state = 1u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (state >> 33) as usize % below
    };
    (0..documents)
        .map(|_| {
            (0..next(400))
                .map(|_| (0..1 + next(9)).map(|_| letters[next(letters.len())]).collect())
                .collect::<Vec<String>>()
                .join(" ")
        })
        .collect()
}

fn on_threads<T: Send>(n: usize, work: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap().install(work)
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let arabic: Vec<char> = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي".chars().collect();
    // So many characters that keys take 128 bits, or with eight of them 192.
    let many: Vec<char> = ('\u{4e00}'..'\u{8e00}').collect();
    for (letters, range, documents) in [
        (&arabic, (3, 5), 1200),
        (&arabic, (1, 8), 300),
        (&many, (3, 5), 500),
        (&many, (5, 8), 500),
    ] {
        let documents = corpus(letters, documents);
        let texts: Texts = documents.iter().map(String::as_str).collect();
        let params = TfidfParams::new()
            .ngram_range(NgramRange::new(range.0, range.1).unwrap())
            .tf(Tf::Bm25)
            .features(Features::Learned {
                min_df: DfLimit::Count(2),
                max_df: DfLimit::Share(0.9),
                max_features: Some(5000),
            });
        let of = |params: &TfidfParams, threads| {
            on_threads(threads, || {
                let (fitted, rows) = TfidfVectorizer::fit_transform(params, &texts).unwrap();
                assert_eq!(fitted.transform(&texts), rows);
                let separate = TfidfVectorizer::fit(params, &texts).unwrap();
                assert_eq!(separate.vocabulary(), fitted.vocabulary());
                assert_eq!((separate.df(), separate.idf()), (fitted.df(), fitted.idf()));
                (fitted.vocabulary().cloned(), fitted.idf().to_vec(), rows)
            })
        };
        let hashed = params.clone().features(Features::Hashed { n_features: 1 << 16 });
        for params in [params, hashed] {
            let want = of(&params, 1);
            assert!(want.2.nnz() > 1000, "{}", want.2.nnz());
            for threads in [2, 8] {
                assert!(of(&params, threads) == want, "{range:?} on {threads} threads");
            }
        }
    }
}

#[test]
fn the_order_of_documents_changes_nothing_but_the_order_of_rows() {
    let documents = corpus(&"abcdefgh ".chars().collect::<Vec<_>>(), 400);
    let forward: Texts = documents.iter().map(String::as_str).collect();
    let backward: Texts = documents.iter().rev().map(String::as_str).collect();
    let params = TfidfParams::new();
    let (a, rows_a) = TfidfVectorizer::fit_transform(&params, &forward).unwrap();
    let (b, rows_b) = TfidfVectorizer::fit_transform(&params, &backward).unwrap();
    assert_eq!(a.vocabulary(), b.vocabulary());
    for i in 0..documents.len() {
        let (x, y) = (rows_a.row(i), rows_b.row(documents.len() - 1 - i));
        assert_eq!((x.indices, x.data), (y.indices, y.data));
    }
}

#[test]
fn linfas_traits_do_what_the_methods_do() {
    let texts: Texts = ["خبر عاجل", "خبر سار", ""].into_iter().collect();
    for features in [Features::all_learned(), Features::Hashed { n_features: 256 }] {
        let params = TfidfParams::new().features(features);
        let (own, rows) = TfidfVectorizer::fit_transform(&params, &texts).unwrap();
        let dataset = DatasetBase::new(texts.clone(), vec!["a", "b", "c"]);
        let unchecked = Fit::fit(&params, &dataset).unwrap();
        let checked = Fit::fit(&params.check().unwrap(), &dataset).unwrap();
        for fitted in [unchecked, checked] {
            assert_eq!(fitted.idf(), own.idf());
            let bare: Csr = Transformer::transform(&fitted, &texts);
            assert_eq!(bare, rows);
        }
        let vectors: DatasetBase<Csr, _> = Transformer::transform(&own, dataset);
        assert_eq!(vectors.records, rows);
        assert_eq!(vectors.targets, ["a", "b", "c"]);
    }
}

#[test]
fn a_title_joins_its_text_by_one_newline_where_both_exist() {
    let params = TfidfParams::new()
        .analyzer(Analyzer::Char)
        .ngram_range(NgramRange::new(1, 2).unwrap())
        .normalize(NormalizeOptions::from(Profile::None));
    for (title, text, want) in [
        ("ab", "cd", &["\n", "\nc", "a", "ab", "b", "b\n", "c", "cd", "d"][..]),
        ("ab", "", &["a", "ab", "b"]),
        ("", "ab", &["a", "ab", "b"]),
    ] {
        let fitted = TfidfVectorizer::fit(&params, &[(title, text)].into_iter().collect()).unwrap();
        assert_eq!(fitted.feature_names().unwrap().collect::<Vec<_>>(), want);
        assert_eq!(fitted.n_documents(), 1);
        assert_eq!(fitted.df(), vec![1; want.len()]);
    }
}

#[test]
fn nothing_to_learn_is_an_error_that_says_what_to_do() {
    let learned = |min_df, max_df| Features::Learned { min_df, max_df, max_features: None };
    let (one, all) = (DfLimit::Count(1), DfLimit::Share(1.0));
    for (documents, features, flag) in [
        (&[][..], learned(one, all), "--ngram-range"),
        (&["", " \n"], learned(one, all), "--ngram-range"),
        (&["خبر", "طقس"], learned(DfLimit::Count(2), all), "--min-df, --max-df"),
        (&["خبر", "طقس"], learned(DfLimit::Count(2), DfLimit::Share(0.5)), "--max-df"),
        (&["خبر", "طقس"], learned(DfLimit::Count(3), all), "--max-df"),
    ] {
        let params = TfidfParams::new().features(features);
        let texts: Texts = documents.iter().copied().collect();
        let error = TfidfVectorizer::fit(&params, &texts).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{flag}: ")), "{error}");
    }
    // Hashed rows need nothing learned.
    let hashed = TfidfParams::new().features(Features::Hashed { n_features: 256 });
    for documents in [&[][..], &["", " \n"]] {
        let texts: Texts = documents.iter().copied().collect();
        let (fitted, rows) = TfidfVectorizer::fit_transform(&hashed, &texts).unwrap();
        assert_eq!((rows.n_rows(), rows.nnz()), (documents.len(), 0));
        assert!(fitted.idf().iter().all(|v| v.is_finite()));
    }
}

#[test]
fn a_column_is_found_by_its_spelling_only() {
    let texts: Texts = ["ab ab", "abc 😀"].into_iter().collect();
    let fitted = TfidfVectorizer::fit(&TfidfParams::new(), &texts).unwrap();
    let vocabulary = fitted.vocabulary().unwrap();
    assert_eq!(vocabulary.len(), fitted.n_features());
    for (column, name) in vocabulary.names().enumerate() {
        assert_eq!(vocabulary.column(&name), Some(column as u32), "{name}");
        assert_eq!(vocabulary.name(column), Some(name));
    }
    for absent in ["", "a", "zzz", "ab  a", "ab ab ab ab", "\0\0\0", " 😀😀", "bca"] {
        assert_eq!(vocabulary.column(absent), None, "{absent:?}");
    }
    assert_eq!(vocabulary.name(vocabulary.len()), None);
}
