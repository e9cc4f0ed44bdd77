//! The generator of corpora: what it promises, what its knobs do, and that its stories can be
//! found again.
// A helper that fails ends the test.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};

use khabar::Article;
use khabar::group::{GroupOptions, group};
use khabar::metrics::score_clusters;
use khabar::split::{FamilyOptions, families};
use khabar::synth::{Lang, Style, Synth, SynthOptions, TOPICS};

fn options(articles: u64, per_day: u32) -> SynthOptions {
    SynthOptions { articles, per_day, ..SynthOptions::default() }
}

fn bytes(options: &SynthOptions) -> Vec<u8> {
    let mut out = Vec::new();
    Synth::new(options.clone()).unwrap().write(&mut out, &mut |_| {}).unwrap();
    out
}

fn articles(options: &SynthOptions) -> Vec<Article> {
    Synth::new(options.clone()).unwrap().articles()
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let options = options(700, 300);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| bytes(&options))
    };
    let one = on(1);
    assert!(one == on(2) && one == on(5));
    assert!(one != bytes(&SynthOptions { seed: 1, ..options.clone() }));
}

#[test]
fn a_smaller_corpus_is_the_beginning_of_a_larger_one() {
    let (small, large) = (bytes(&options(150, 100)), bytes(&options(500, 100)));
    assert!(large.len() > small.len() && large[..small.len()] == small);
}

#[test]
fn every_row_has_all_fields_gold_included_in_order_of_time() {
    let rows = bytes(&options(1_000, 400));
    let (mut last, mut ids) = (String::new(), BTreeSet::new());
    let mut stories = BTreeMap::<String, (String, String)>::new();
    for line in String::from_utf8(rows).unwrap().lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let field = |name: &str| row[name].as_str().unwrap().to_owned();
        for name in ["id", "title", "text", "published", "lang", "source", "topic", "story"] {
            assert!(!field(name).is_empty(), "{name}: {line}");
        }
        for left in ["{", "}", "<", ">", "|"] {
            let text = field("title") + &field("text");
            assert!(!text.contains(left), "a mark of the lexicon was left: {line}");
        }
        assert!(field("published") >= last, "{line}");
        last = field("published");
        assert!(ids.insert(field("id")), "an id twice: {line}");
        let topic = field("topic");
        assert!(TOPICS.contains(&topic.as_str()) || topic == "weather", "{topic}");
        // A story has one language and one topic.
        let told = stories.entry(field("story")).or_insert((field("lang"), topic.clone()));
        assert_eq!((&told.0, &told.1), (&field("lang"), &topic));
    }
    assert_eq!(ids.len(), 1_000);
    assert!(stories.len() > 200);
}

#[test]
fn ids_say_nothing_about_stories() {
    // Sorted by id, neighbours are of one story no more often than at random.
    let mut articles = articles(&options(3_000, 1_000));
    let same = |articles: &[Article]| {
        articles.windows(2).filter(|pair| pair[0].story == pair[1].story).count()
    };
    articles.sort_by(|a, b| a.id.cmp(&b.id));
    let by_id = same(&articles);
    assert!(by_id < 30, "{by_id} of 3,000 neighbours");
}

#[test]
fn languages_come_in_their_shares() {
    let langs = vec![(Lang::Persian, 3.0), (Lang::French, 1.0)];
    let articles = articles(&SynthOptions { langs, ..options(4_000, 4_000) });
    let persian = articles.iter().filter(|a| a.lang == "fa").count();
    assert!((2_500..3_500).contains(&persian), "{persian}");
    assert!(articles.iter().all(|a| a.lang == "fa" || a.lang == "fr"));
}

#[test]
fn knobs_do_what_they_say() {
    let arabic = SynthOptions { langs: vec![(Lang::Arabic, 1.0)], ..options(1_500, 750) };
    let with = |change: fn(&mut SynthOptions)| {
        let mut options = arabic.clone();
        change(&mut options);
        articles(&options)
    };
    let usual = articles(&arabic);

    let copies = |articles: &[Article]| {
        let all: Vec<&Article> = articles.iter().collect();
        families(&all, &FamilyOptions::default()).n_in_families
    };
    let (few, many) = (copies(&with(|o| o.copies = 0.0)), copies(&with(|o| o.copies = 0.9)));
    assert!(many > 2 * few && many > 600, "copies: {few}, {many}");

    let median = |articles: &[Article]| {
        let mut lengths: Vec<usize> = articles.iter().map(|a| a.text.chars().count()).collect();
        lengths.sort_unstable();
        lengths[lengths.len() / 2]
    };
    let short = median(&with(|o| o.length = 500.0));
    assert!((400..800).contains(&short), "length 500: {short}");
    assert!((1_100..1_600).contains(&median(&usual)), "length 1250: {}", median(&usual));

    // Footers: last paragraphs that stand under many articles.
    let footers = |articles: &[Article]| {
        let mut last = BTreeMap::<&str, usize>::new();
        for article in articles {
            *last.entry(article.text.rsplit("\n\n").next().unwrap_or("")).or_default() += 1;
        }
        last.values().filter(|&&n| n > 20).count()
    };
    let (none, all) =
        (footers(&with(|o| o.boilerplate = 0.0)), footers(&with(|o| o.boilerplate = 1.0)));
    assert!(none == 0 && all > 10, "boilerplate: {none}, {all}");

    let dated = |articles: &[Article]| articles.iter().filter(|a| a.title.contains("2026")).count();
    assert_eq!(dated(&with(|o| o.bulletins = 0.0)), 0);
    assert_eq!(dated(&with(|o| o.bulletins = 0.2)), 300);

    let stories = |articles: &[Article]| {
        articles.iter().map(|a| a.story.as_str()).collect::<BTreeSet<_>>().len()
    };
    let (large, small) =
        (stories(&with(|o| o.story_law = 1.8)), stories(&with(|o| o.story_law = 3.5)));
    assert!(large * 3 < small * 2, "story law: {large} and {small} stories");

    let found = |articles: &[Article]| bcubed(articles).0;
    let (easy, hard) = (found(&with(|o| o.shared = 0.9)), found(&with(|o| o.shared = 0.0)));
    println!("BCubed F1 {easy:.3} where stories share much, {hard:.3} where little");
    assert!(easy > hard + 0.003, "easy {easy}, hard {hard}");

    let (same, other) = (
        repeated(&with(|o| (o.copies, o.rewrite) = (0.0, 0.0))),
        repeated(&with(|o| (o.copies, o.rewrite) = (0.0, 1.0))),
    );
    println!("sentences told in the same words: {same:.3} without rewriting, {other:.3} with it");
    assert!(same > 1.3 * other, "{same} and {other}");
}

/// The share of sentences that another article of the story has in the same words.
fn repeated(articles: &[Article]) -> f64 {
    let mut seen = BTreeMap::<(&str, &str), usize>::new();
    for article in articles {
        for sentence in article.text.split(['.', '\n']).map(str::trim).filter(|s| s.len() > 40) {
            *seen.entry((&article.story, sentence)).or_default() += 1;
        }
    }
    let all: usize = seen.values().sum();
    seen.values().filter(|&&n| n > 1).sum::<usize>() as f64 / all as f64
}

/// BCubed F1 of `group` with its defaults, and its stories.
fn bcubed(articles: &[Article]) -> (f64, Vec<String>) {
    let found = group(articles, &GroupOptions::default(), &|_| {}).unwrap();
    let pred: Vec<String> = found.placements.iter().map(|p| p.story_id.to_string()).collect();
    let gold: Vec<&str> = articles.iter().map(|a| a.story.as_str()).collect();
    (score_clusters(&gold, &pred).unwrap().bcubed.f1, pred)
}

#[test]
fn group_finds_the_gold_stories_again() {
    let articles = articles(&options(2_000, 500));
    let (f1, _) = bcubed(&articles);
    println!("BCubed F1 {f1:.4}");
    assert!(articles.iter().map(|a| &a.lang).collect::<BTreeSet<_>>().len() == 4);
    assert!(f1 >= 0.88, "BCubed F1 {f1}");
    // And they are no gift: what is easier than news measures nothing.
    assert!(f1 <= 0.98, "BCubed F1 {f1}");
}

#[test]
fn bulletins_of_a_series_are_stories_of_their_own() {
    let articles = articles(&SynthOptions { bulletins: 0.1, ..options(1_000, 200) });
    let is_bulletin = |a: &Article| a.title.contains("2026");
    let gold: Vec<&str> =
        articles.iter().filter(|a| is_bulletin(a)).map(|a| a.story.as_str()).collect();
    assert_eq!(gold.len(), 100);
    assert_eq!(gold.iter().collect::<BTreeSet<_>>().len(), 100);
    let (_, pred) = bcubed(&articles);
    let found: BTreeSet<&String> =
        articles.iter().zip(&pred).filter(|(a, _)| is_bulletin(a)).map(|(_, p)| p).collect();
    println!("100 bulletins in {} stories", found.len());
    assert!(found.len() >= 30, "100 bulletins in {} stories", found.len());
}

#[test]
fn a_corpus_in_the_style_of_another_has_its_words_but_not_its_sentences() {
    let model = articles(&SynthOptions { seed: 5, ..options(2_000, 500) });
    let learn = || {
        let mut style = Style::default();
        model.iter().for_each(|article| style.add(article));
        assert_eq!((style.articles(), style.per_day()), (2_000, Some(500)));
        assert!((0.05..0.6).contains(&style.copies()), "{}", style.copies());
        style
    };
    let options = SynthOptions { bulletins: 0.5, ..options(1_500, 500) };
    let written = Synth::like(options.clone(), learn()).unwrap().articles();
    assert_eq!(written, Synth::like(options, learn()).unwrap().articles());
    assert_eq!(written.len(), 1_500);
    assert!(written.iter().all(|a| !a.story.is_empty() && a.topics.is_empty()));

    let of = |articles: &[Article], by: fn(&Article) -> String| {
        let mut counts = BTreeMap::<String, f64>::new();
        for article in articles {
            *counts.entry(by(article)).or_default() += 1.0 / articles.len() as f64;
        }
        counts
    };
    let (theirs, ours) = (of(&model, |a| a.lang.clone()), of(&written, |a| a.lang.clone()));
    for (lang, share) in theirs {
        assert!((ours[&lang] - share).abs() < 0.1, "{lang}: {share}, {}", ours[&lang]);
    }
    let sources = of(&model, |a| a.source.clone());
    assert!(written.iter().all(|a| sources.contains_key(&a.source)));

    let runs = |article: &Article| -> BTreeSet<String> {
        let words: Vec<&str> = article.text.split_whitespace().collect();
        words.windows(8).map(|run| run.join(" ")).collect()
    };
    let known: BTreeSet<String> = model.iter().flat_map(runs).collect();
    let (mut again, mut all) = (0, 0);
    for run in written.iter().flat_map(runs) {
        all += 1;
        again += usize::from(known.contains(&run));
    }
    println!("{again} of {all} runs of eight words stand in the corpus learned from");
    assert!(again * 20 < all, "{again} of {all}");
    let (f1, _) = bcubed(&written);
    println!("BCubed F1 {f1:.4} in the style of another corpus");
    assert!(f1 > 0.7, "{f1}");
}

#[test]
fn nothing_to_learn_from_is_told() {
    let told = Synth::like(options(1, 1), Style::default()).unwrap_err().to_string();
    assert!(told.starts_with("--like"), "{told}");
}

#[test]
fn options_out_of_range_are_told_by_their_flag() {
    for (change, flag) in [
        ((|o| o.rewrite = 1.1) as fn(&mut SynthOptions), "--rewrite"),
        (|o| o.copies = f64::NAN, "--copies"),
        (|o| o.per_day = 0, "--per-day"),
        (|o| o.sources = 0, "--sources"),
        (|o| o.story_law = 1.0, "--story-law"),
        (|o| o.length = 0.0, "--length"),
        (|o| o.langs.clear(), "--langs"),
        (|o| o.langs[0].1 = 0.0, "--langs"),
    ] {
        let mut options = options(1, 1);
        change(&mut options);
        let told = Synth::new(options).unwrap_err().to_string();
        assert!(told.starts_with(flag), "{told}");
    }
}

#[test]
fn the_smallest_days_and_corpora_work() {
    assert!(bytes(&options(0, 10)).is_empty());
    for per_day in [1, 2, 3] {
        assert_eq!(articles(&options(9, per_day)).len(), 9);
    }
}
