//! Splits keep near-copies together, give every fold its part, and know no order of the input.

#![allow(clippy::unwrap_used)] // also in the helpers of tests, which clippy.toml leaves out

use std::collections::{BTreeMap, BTreeSet};

use khabar::Article;
use khabar::split::{
    Families, FamilyOptions, FoldOptions, Side, TimeCut, families, split_by_time, stratified_folds,
};
use proptest::prelude::*;

fn article(id: &str, topics: &[&str], text: &str) -> Article {
    Article {
        id: id.into(),
        topics: topics.iter().map(|&t| t.to_owned()).collect(),
        text: text.into(),
        ..Article::default()
    }
}

/// The same numbers for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }

    /// Made-up Arabic words.
    fn words(&mut self, n: usize) -> Vec<String> {
        let letters: Vec<char> = "ابتثجحخدذرزسشصضطعغفقكلمنهوي".chars().collect();
        let mut word = || (0..5).map(|_| letters[self.below(letters.len())]).collect();
        (0..n).map(|_| word()).collect()
    }
}

/// `stories` texts of which some are printed again, cut or changed here and there; with the text
/// each was made from.
fn corpus(seed: u64, stories: usize) -> (Vec<Article>, Vec<usize>) {
    let mut random = Random(seed);
    let topics = ["رياضة", "اقتصاد", "سياسة", "ثقافة"];
    let (mut articles, mut made_from) = (Vec::new(), Vec::new());
    for story in 0..stories {
        let n = 30 + random.below(200);
        let original = random.words(n);
        let topic = topics[random.below(16).min(12) / 4];
        let prints = [1, 1, 1, 2, 3, 6][random.below(6)];
        for print in 0..prints {
            let mut words = original.clone();
            if print > 0 {
                words.truncate(words.len() - random.below(words.len() / 4));
                for _ in 0..words.len() / 20 {
                    let at = random.below(words.len());
                    words[at] = "بدل".into();
                }
            }
            articles.push(article(&format!("خ{story}-{print}"), &[topic], &words.join(" ")));
            made_from.push(story);
        }
    }
    (articles, made_from)
}

fn refs(articles: &[Article]) -> Vec<&Article> {
    articles.iter().collect()
}

/// Families as sets of ids.
fn sets(articles: &[Article], found: &Families) -> BTreeSet<BTreeSet<String>> {
    let mut sets: BTreeMap<u32, BTreeSet<String>> = BTreeMap::new();
    for (article, &family) in articles.iter().zip(&found.of) {
        sets.entry(family).or_default().insert(article.id.clone());
    }
    sets.into_values().collect()
}

#[test]
fn prints_of_one_text_are_one_family_and_others_are_not() {
    let (articles, made_from) = corpus(1, 400);
    let found = families(&refs(&articles), &FamilyOptions::default());
    let want = Families { of: made_from.iter().map(|&s| s as u32).collect(), ..found.clone() };
    assert_eq!(sets(&articles, &found), sets(&articles, &want));
    assert_eq!((found.n, found.largest, found.cut), (400, 6, 0));
}

const WIRE: &str = "Forty-two miners were brought to the surface on Tuesday after three nights below \
    ground, the provincial rescue office said. A section of the main gallery had fallen on Saturday \
    evening and cut them off from the lift. Rescuers drilled a shaft as wide as a man's shoulders \
    and lowered water and blankets before they began to pull the men out one by one.";

#[test]
fn a_text_is_known_in_another_frame_and_two_texts_on_one_thing_are_two() {
    let other = "Rescue teams freed all forty-two men trapped in a collapsed mine since the weekend. The \
        miners, some of them barely able to walk, met their families at the gate on Tuesday morning. \
        The owner, a cooperative of villages, promised a second exit before work is taken up again.";
    let digest = format!(
        "{}\n{WIRE}\n{}",
        "The week in brief. ".repeat(3),
        "And now the weather: rain in \
        the north, wind along the coast, and frost at night in the hills until the end of the week."
    );
    let articles = [
        article("1", &[], WIRE),
        article("2", &[], &WIRE.replace("Tuesday", "Wednesday").to_uppercase()),
        article("3", &[], &WIRE[..WIRE.len() / 2]),
        article("4", &[], &digest),
        article("5", &[], other),
        Article { title: "Miners freed".into(), ..article("6", &[], "") },
        Article { title: "miners freed!".into(), ..article("7", &[], "") },
        article("8", &[], "..."),
        article("9", &[], "---"),
    ];
    let found = families(&refs(&articles), &FamilyOptions::default());
    assert_eq!(found.of, [0, 0, 0, 0, 1, 2, 2, 3, 4]);
    assert_eq!((found.n, found.n_in_families, found.largest), (5, 6, 4));
}

#[test]
fn what_an_outlet_repeats_makes_no_family() {
    let footer = "\nتابعوا آخر الأخبار لحظة بلحظة عبر قناتنا على الهاتف المحمول واشتركوا في نشرتنا البريدية \
        اليومية المجانية ليصلكم كل جديد من مراسلينا حول العالم صباح كل يوم";
    let mut random = Random(5);
    let articles: Vec<Article> = (0..60)
        .map(|i| Article {
            source: "البيرق".into(),
            ..article(&i.to_string(), &[], &(random.words(24).join(" ") + "." + footer))
        })
        .collect();
    let with = families(&refs(&articles), &FamilyOptions::default());
    assert_eq!(with.n, 60);
    let options = FamilyOptions { cut_boilerplate: false, containment: 0.4, max_share: 1.0 };
    assert_eq!(families(&refs(&articles), &options).n, 1, "the footer is half of each");
}

#[test]
fn a_chain_is_cut_where_a_family_would_grow_too_large_and_equal_texts_never_are() {
    // Each text shares two thirds with the next.
    let words = Random(3).words(61 * 100);
    let mut articles: Vec<Article> = (0..200)
        .map(|i| article(&format!("c{i:03}"), &[], &words[i * 30..i * 30 + 90].join(" ")))
        .collect();
    let copy = Random(4).words(40).join(" ");
    articles.extend((0..80).map(|i| article(&format!("e{i}"), &[], &copy)));
    let found = families(&refs(&articles), &FamilyOptions::default());
    assert_eq!(found.largest, 80, "the equal ones");
    let chain: BTreeSet<u32> = found.of[..200].iter().copied().collect();
    assert!((4..=100).contains(&chain.len()), "{}", chain.len());
    assert!(found.cut > 0);
    let all = FamilyOptions { max_share: 1.0, ..FamilyOptions::default() };
    let all = families(&refs(&articles), &all);
    assert_eq!((all.n, all.largest, all.cut), (2, 200, 0));
}

#[test]
fn no_order_and_no_number_of_threads_changes_families_or_folds() {
    let (articles, _) = corpus(9, 300);
    let run = |articles: &[Article], threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let found = families(&refs(articles), &FamilyOptions::default());
            let folds =
                stratified_folds(&refs(articles), &found.of, &FoldOptions::default()).unwrap();
            let by_id: BTreeMap<String, u32> =
                articles.iter().map(|a| a.id.clone()).zip(folds).collect();
            (sets(articles, &found), by_id)
        })
    };
    let want = run(&articles, 1);
    let mut shuffled = articles.clone();
    for (seed, threads) in [(1, 2), (2, 8)] {
        Random(seed).shuffle(&mut shuffled);
        assert_eq!(run(&shuffled, threads), want);
    }
}

#[test]
fn another_seed_deals_otherwise() {
    let (articles, made_from) = corpus(2, 200);
    let of: Vec<u32> = made_from.iter().map(|&s| s as u32).collect();
    let folds = |seed| {
        stratified_folds(&refs(&articles), &of, &FoldOptions { seed, ..FoldOptions::default() })
            .unwrap()
    };
    assert_eq!(folds(1), folds(1));
    assert_ne!(folds(1), folds(2));
}

#[test]
fn fewer_families_than_folds_and_other_nonsense_are_errors() {
    let articles = [article("1", &["a"], "x"), article("2", &["b"], "y")];
    let of = |families: &[u32], folds| {
        let options = FoldOptions { folds, ..FoldOptions::default() };
        stratified_folds(&refs(&articles), families, &options).map_err(|e| e.to_string())
    };
    assert!(of(&[0, 1], 2).is_ok());
    assert!(of(&[0, 0], 2).unwrap_err().contains("2 folds of 1 families of near-copies"));
    assert!(of(&[0, 1], 1).is_err());
    assert!(of(&[0], 2).unwrap_err().contains("2 articles, 1 families"));
    assert!(split_by_time(&[Some(1)], &[0], TimeCut::At(0)).is_err());
    assert!(split_by_time(&[Some(1)], &[0], TimeCut::At(2)).is_err());
    assert!(split_by_time(&[None, None], &[0, 1], TimeCut::Last(0.5)).is_err());
    assert!(split_by_time(&[Some(1), Some(2)], &[0, 1], TimeCut::Last(1.0)).is_err());
    assert!(split_by_time(&[Some(1), Some(2)], &[0], TimeCut::At(2)).is_err());
}

/// Articles as a family and topics.
fn dealt() -> impl Strategy<Value = Vec<(u32, Vec<u8>)>> {
    let topics = prop::collection::vec((0u8..6).prop_map(|t| t.min(t * t / 4)), 0..4);
    prop::collection::vec((0u32..60, topics), 30..200)
}

fn named(rows: &[(u32, Vec<u8>)]) -> Vec<Article> {
    let name = |t: &u8| ["أ", "ب", "ج", "د", "ه", "و", "ز"][usize::from(*t)];
    let of = |(i, (_, topics)): (usize, &(u32, Vec<u8>))| {
        article(&format!("خ{i}"), &topics.iter().map(name).collect::<Vec<_>>(), "")
    };
    rows.iter().enumerate().map(of).collect()
}

proptest! {
    #[test]
    fn every_article_has_one_fold_and_every_family_too(
        rows in dealt(),
        folds in 2u32..6,
        multi_label: bool,
        seed: u64,
    ) {
        let articles = named(&rows);
        let of: Vec<u32> = rows.iter().map(|row| row.0).collect();
        prop_assume!(of.iter().collect::<BTreeSet<_>>().len() >= folds as usize);
        let options = FoldOptions { folds, multi_label, seed };
        let found = stratified_folds(&refs(&articles), &of, &options).unwrap();
        prop_assert_eq!(found.len(), articles.len());
        let mut fold_of: BTreeMap<u32, u32> = BTreeMap::new();
        for (&family, &fold) in of.iter().zip(&found) {
            prop_assert!(fold < folds);
            prop_assert_eq!(*fold_of.entry(family).or_insert(fold), fold);
        }
        // Any order, any numbers of families: the same folds.
        let mut turned: Vec<usize> = (0..rows.len()).collect();
        Random(seed).shuffle(&mut turned);
        let again = stratified_folds(
            &turned.iter().map(|&i| &articles[i]).collect::<Vec<_>>(),
            &turned.iter().map(|&i| of[i] * 7 + 3).collect::<Vec<_>>(),
            &options,
        )
        .unwrap();
        for (&i, fold) in turned.iter().zip(again) {
            prop_assert_eq!(fold, found[i]);
        }
    }

    #[test]
    fn folds_have_the_same_part_of_every_topic_where_families_are_small(
        rows in prop::collection::vec(0u8..5, 20..200),
        folds in 2u32..6,
        seed: u64,
    ) {
        let rows: Vec<(u32, Vec<u8>)> =
            rows.into_iter().enumerate().map(|(i, t)| (i as u32, vec![t])).collect();
        let articles = named(&rows);
        let of: Vec<u32> = rows.iter().map(|row| row.0).collect();
        let options = FoldOptions { folds, seed, ..FoldOptions::default() };
        let found = stratified_folds(&refs(&articles), &of, &options).unwrap();
        let spread = |count: &dyn Fn(u32) -> usize| {
            let counts: Vec<usize> = (0..folds).map(count).collect();
            counts.iter().max().unwrap() - counts.iter().min().unwrap()
        };
        for topic in 0..5 {
            let of_topic = |fold| (0..rows.len()).filter(|&i| rows[i].1[0] == topic && found[i] == fold).count();
            prop_assert!(spread(&of_topic) <= 1, "topic {}", topic);
        }
        prop_assert!(spread(&|fold| found.iter().filter(|&&f| f == fold).count()) <= 2);
    }

    #[test]
    fn nothing_is_learnt_from_the_future_and_no_family_is_on_both_sides(
        rows in prop::collection::vec((prop::option::of(0i64..50), 0u32..40), 2..120),
        share in 0.05f64..0.9,
    ) {
        let seconds: Vec<Option<i64>> = rows.iter().map(|row| row.0).collect();
        let of: Vec<u32> = rows.iter().map(|row| row.1).collect();
        let Ok(split) = split_by_time(&seconds, &of, TimeCut::Last(share)) else { return Ok(()) };
        let sides = &split.sides;
        let on = |side: Side| (0..sides.len()).filter(move |&i| sides[i] == side);
        let learnt: BTreeSet<u32> = on(Side::Train).map(|i| of[i]).collect();
        for i in on(Side::Train) {
            prop_assert!(seconds[i].is_none_or(|s| s < split.cut));
        }
        for i in on(Side::Validate) {
            prop_assert!(seconds[i].unwrap() >= split.cut && !learnt.contains(&of[i]));
        }
        for i in on(Side::LeftOut) {
            prop_assert!(seconds[i].unwrap() >= split.cut && learnt.contains(&of[i]));
        }
    }
}
