//! The whole way on the demo corpus: quality, order, threads, floods, two articles alone.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use khabar::Article;
use khabar::corpus::{ReadOptions, read};
use khabar::group::{Boilerplate, GroupOptions, Grouping, Method, RecutOptions, group, recut};
use khabar::metrics::compare_groups;
use khabar::vectorize::Tf;

fn demo() -> Vec<Article> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpora/demo");
    let corpus = read(&[path], &ReadOptions::default(), &mut |_| {}).unwrap();
    assert_eq!(corpus.report.skipped, 0);
    corpus.articles
}

fn grouped(articles: &[Article], options: &GroupOptions) -> Grouping {
    group(articles, options, &|_| {}).unwrap()
}

/// (id, story, copies) sorted by id: what must not change with the order of the input.
fn named(articles: &[Article], found: &Grouping) -> Vec<(String, String, Option<String>)> {
    let mut rows: Vec<_> = articles
        .iter()
        .zip(&found.placements)
        .map(|(a, p)| (a.id.clone(), p.story_id.to_string(), p.copy_id.map(|c| c.to_string())))
        .collect();
    rows.sort();
    rows
}

#[test]
fn the_demo_corpus_is_grouped_well_by_every_method_that_cuts_the_graph() {
    let articles = demo();
    let gold: Vec<(String, String)> =
        articles.iter().map(|a| (a.id.clone(), a.story.clone())).collect();
    for (method, least) in
        [(Method::Linkage, 0.88), (Method::Components, 0.75), (Method::Dbscan, 0.75)]
    {
        let options = GroupOptions { method, ..GroupOptions::default() };
        let found = grouped(&articles, &options);
        let pred: Vec<(String, String)> =
            named(&articles, &found).into_iter().map(|(id, story, _)| (id, story)).collect();
        let f1 = compare_groups(&gold, &pred).unwrap().bcubed.f1;
        assert!(f1 >= least, "{method:?}: {f1}");
    }
}

#[test]
fn bm25_groups_the_demo_corpus_too() {
    let articles = demo();
    let gold: Vec<(String, String)> =
        articles.iter().map(|a| (a.id.clone(), a.story.clone())).collect();
    let options = GroupOptions { tf: Tf::Bm25, ..GroupOptions::default() };
    let found = grouped(&articles, &options);
    assert_ne!(found.graph, grouped(&articles, &GroupOptions::default()).graph);
    let pred: Vec<(String, String)> =
        named(&articles, &found).into_iter().map(|(id, story, _)| (id, story)).collect();
    let f1 = compare_groups(&gold, &pred).unwrap().bcubed.f1;
    assert!(f1 >= 0.85, "{f1}");
}

#[test]
fn the_groups_are_the_same_from_twenty_shuffles() {
    let mut articles = demo();
    let want = named(&articles, &grouped(&articles, &GroupOptions::default()));
    let mut state = 11u64;
    for _ in 0..20 {
        for i in (1..articles.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            articles.swap(i, (state >> 33) as usize % (i + 1));
        }
        assert_eq!(named(&articles, &grouped(&articles, &GroupOptions::default())), want);
    }
}

#[test]
fn one_two_and_eight_threads_give_the_same_result() {
    let articles = demo();
    for method in [Method::Linkage, Method::Kmeans] {
        let options = GroupOptions { method, keywords: true, ..GroupOptions::default() };
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| grouped(&articles, &options))
        };
        let one = run(1);
        for threads in [2, 8] {
            assert_eq!(run(threads), one, "{method:?} with {threads} threads");
        }
    }
}

#[test]
fn a_saved_graph_cut_again_gives_the_same_stories() {
    let articles = demo();
    let options = GroupOptions::default();
    let found = grouped(&articles, &options);
    let by_id = |id: &str| articles.iter().find(|a| a.id == id).unwrap();
    let ordered: Vec<&Article> = found.graph.ids.iter().map(|id| by_id(id)).collect();
    let again = recut(&found.graph, &ordered, &RecutOptions::default()).unwrap();
    for (article, placement) in ordered.iter().zip(&again.placements) {
        let at = articles.iter().position(|a| a.id == article.id).unwrap();
        assert_eq!(placement.story_id, found.placements[at].story_id);
        assert_eq!(placement.copy_id, found.placements[at].copy_id);
    }
    let low = RecutOptions { threshold: 0.01, ..RecutOptions::default() };
    let below = recut(&found.graph, &ordered, &low).unwrap_err().to_string();
    assert!(below.contains("floor"), "{below}");
}

#[test]
fn every_story_of_two_has_one_representative_and_no_story_is_nameless() {
    let articles = demo();
    let found = grouped(&articles, &GroupOptions::default());
    assert_eq!(found.placements.len(), articles.len());
    for story in &found.stories {
        assert!(story.members.contains(&story.representative));
        assert!(!story.title.is_empty());
        for &m in &story.members {
            assert_eq!(found.placements[m as usize].story_id, story.story_id);
        }
    }
}

#[test]
fn each_demo_pair_of_one_story_alone_has_shared_words() {
    let articles = demo();
    let quake: Vec<Article> =
        articles.iter().filter(|a| a.id == "a-004" || a.id == "a-012").cloned().collect();
    let found = grouped(&quake, &GroupOptions::default());
    assert_eq!(found.placements[0].story_id, found.placements[1].story_id);
    assert!(found.shared.iter().all(|words| !words.is_empty()), "{:?}", found.shared);
    assert!(found.report.scripts[0].known, "the Arabic background is there");
}

#[test]
fn a_footer_shared_by_all_changes_nothing_and_a_flood_of_one_text_makes_one_story() {
    let footer = " اشترك في نشرتنا البريدية وتابعنا على مواقع التواصل، جميع الحقوق محفوظة للصحيفة";
    let demo = demo();
    let arabic: Vec<&Article> = demo.iter().filter(|a| a.lang == "ar").collect();
    let before: Vec<Article> = arabic.iter().map(|&a| a.clone()).collect();
    let after: Vec<Article> = before
        .iter()
        .map(|a| Article { text: format!("{}{footer}", a.text), ..a.clone() })
        .collect();
    let (a, b) =
        (grouped(&before, &GroupOptions::default()), grouped(&after, &GroupOptions::default()));
    assert_eq!(named(&after, &b), named(&before, &a));
    assert_eq!(b.report.boilerplate.articles, after.len());
    let keep = GroupOptions { boilerplate: Boilerplate::Keep, ..GroupOptions::default() };
    let kept = grouped(&after, &keep);
    assert_ne!(named(&after, &kept), named(&before, &a), "the footer would do harm");
    assert_eq!(kept.report.boilerplate.articles, 0);
    let flood: Vec<Article> =
        (0..20_000).map(|i| Article { id: format!("{i}"), ..before[3].clone() }).collect();
    let found = grouped(&flood, &GroupOptions::default());
    assert_eq!(found.stories.len(), 1);
    assert_eq!(found.report.equal, 19_999);
    assert_eq!(found.report.boilerplate.articles, 0);
}

#[test]
fn a_script_without_a_background_is_said_so() {
    let article =
        |id: &str, text: &str| Article { id: id.into(), text: text.into(), ..Article::default() };
    let articles = [
        article("1", "Землетрясение магнитудой 5,6 произошло на юге страны в воскресенье"),
        article("2", "На юге страны в воскресенье произошло землетрясение магнитудой 5,6"),
    ];
    let found = grouped(&articles, &GroupOptions::default());
    let script = &found.report.scripts[0];
    assert_eq!((script.name, script.coverage, script.known), ("Cyrillic", None, false));
    assert_eq!(found.placements[0].story_id, found.placements[1].story_id);
}

#[test]
fn a_few_articles_alone_need_more_than_many_do() {
    let options = GroupOptions { threshold: 0.16, few_articles: 0.25, ..GroupOptions::by_cosine() };
    let raised = [(2, 0.2), (3, 0.18), (6, 0.168)];
    for (n, threshold) in raised {
        assert!((options.threshold_for(n) - threshold).abs() < 1e-6, "{n}");
    }
    for n in [0, 1, 20, 30_000] {
        assert_eq!(options.threshold_for(n), 0.16, "{n}");
    }
    let plain = GroupOptions { few_articles: 0.0, ..options };
    assert_eq!(plain.threshold_for(2), 0.16);
    let high = GroupOptions { threshold: 0.9, ..GroupOptions::by_cosine() };
    assert_eq!(high.threshold_for(2), 1.0, "no cosine is more than 1");

    // Two articles whose cosine lies between: apart alone, together with the plain threshold.
    let pair = |few_articles, threshold| {
        let text = "ضرب زلزال بقوة 5.6 درجات محافظة تعز اليمنية فجر الأحد";
        let other = "سجلت محافظة تعز زلزالا بلغت قوته 5.6 درجات فجر الأحد";
        let article = |id: &str, text: &str| Article {
            id: id.into(),
            text: text.into(),
            ..Article::default()
        };
        let options = GroupOptions { threshold, few_articles, ..GroupOptions::by_cosine() };
        group(&[article("1", text), article("2", other)], &options, &|_| {}).unwrap()
    };
    let cosine = pair(0.0, 0.05).placements[0].nearest_score.unwrap();
    let threshold = cosine * 0.9;
    assert_eq!(pair(0.0, threshold).stories.len(), 1);
    assert_eq!(pair(0.25, threshold).stories.len(), 2);
}
