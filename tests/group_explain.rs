//! Explanations against what they explain: the groups, the graph, the texts.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use khabar::Article;
use khabar::corpus::{ReadOptions, read};
use khabar::group::{
    Explanation, GroupOptions, Method, Part, Place, SweepOptions, explain, group, sweep,
};

fn demo() -> Vec<Article> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpora/demo/arabic.jsonl");
    read(&[path], &ReadOptions::default(), &mut |_| {}).unwrap().articles
}

fn at(articles: &[Article], id: &str) -> usize {
    articles.iter().position(|a| a.id == id).unwrap()
}

fn why(articles: &[Article], a: &str, b: &str) -> Explanation {
    let options = GroupOptions::default();
    explain(articles, at(articles, a), at(articles, b), &options, &|_| {}).unwrap()
}

#[test]
fn the_verdict_and_the_cosine_are_those_of_the_groups() {
    let articles = demo();
    let found = group(&articles, &GroupOptions::default(), &|_| {}).unwrap();
    let id = |i: u32| &found.graph.ids[i as usize];
    let (mut together, mut apart) = (0, 0);
    for edge in found.graph.edges.iter().step_by(5) {
        let why = why(&articles, id(edge.a), id(edge.b));
        let story = |i: u32| &found.placements[at(&articles, id(i))];
        assert_eq!(why.together, story(edge.a).story_id == story(edge.b).story_id);
        assert_eq!(why.cosine, Some(edge.cosine));
        let sizes = [story(edge.a).story_size as usize, story(edge.b).story_size as usize];
        assert_eq!(why.story_sizes, sizes);
        assert!(why.together || why.story_score < why.story_bar, "{why:?}");
        if why.together { together += 1 } else { apart += 1 }
    }
    assert!(together > 2 && apart > 2, "both kinds are tried: {together}, {apart}");
}

#[test]
fn two_articles_part_where_the_explanation_says() {
    let articles = demo();
    let graph = group(&articles, &GroupOptions::default(), &|_| {}).unwrap().graph;
    let row = |id: &str| graph.ids.iter().position(|other| other == id).unwrap();
    let (a, b) = (row("a-004"), row("a-012"));
    let parts_at = why(&articles, "a-004", "a-012").parts_at.unwrap();
    let cuts = sweep(&graph, &[parts_at - 1e-4, parts_at], &SweepOptions::default(), Ok).unwrap();
    let alike: Vec<bool> =
        cuts.iter().map(|cut| cut.partition.label(a) == cut.partition.label(b)).collect();
    assert_eq!(alike, [true, false]);
}

#[test]
fn shares_add_up_and_every_word_stands_where_it_is_said_to() {
    let articles = demo();
    for (a, b) in [("a-004", "a-012"), ("a-071", "a-096"), ("a-082", "a-132")] {
        let why = why(&articles, a, b);
        let sum: f64 = why.tying.iter().map(|t| t.share).sum();
        assert!((sum + why.tying_rest - 1.0).abs() < 1e-9, "{sum} and {}", why.tying_rest);
        assert!(why.tying.windows(2).all(|t| t[0].share >= t[1].share));
        let read = |id: &str, place: &Place| {
            let article = &articles[at(&articles, id)];
            let field = if place.part == Part::Title { &article.title } else { &article.text };
            field[place.start..place.end].to_owned()
        };
        for tie in &why.tying {
            assert_eq!(read(a, &tie.places[0]), tie.word);
            assert_eq!(read(b, &tie.other_places[0]), tie.other);
        }
        for (id, words) in [a, b].iter().zip(&why.against) {
            for word in words {
                assert_eq!(read(id, &word.places[0]), word.word);
            }
            let sum: f64 = words.iter().map(|w| w.share).sum();
            assert!(sum <= 1.0 - f64::from(why.cosine.unwrap()).powi(2) + 1e-6, "{sum}");
        }
    }
}

#[test]
fn the_same_from_either_side_and_with_any_number_of_threads() {
    let articles = demo();
    let one = why(&articles, "a-071", "a-096");
    let other = why(&articles, "a-096", "a-071");
    assert_eq!((one.cosine, one.together), (other.cosine, other.together));
    assert_eq!(one.against[0], other.against[1]);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| why(&articles, "a-071", "a-096"))
    };
    assert_eq!(run(1), one);
    assert_eq!(run(8), one);
}

#[test]
fn equal_texts_never_part_and_other_scripts_are_not_compared() {
    let article =
        |id: &str, text: &str| Article { id: id.into(), text: text.into(), ..Article::default() };
    let articles = [
        article("1", "ضرب زلزال محافظة تعز فجر الأحد"),
        article("2", "ضرب زلزال محافظة تعز فجر الأحد"),
        article("3", "An earthquake hit Taiz at dawn"),
        article("4", ""),
    ];
    let options = GroupOptions::default();
    let why = |a, b| explain(&articles, a, b, &options, &|_| {}).unwrap();
    let equal = why(0, 1);
    assert_eq!((equal.together, equal.cosine, equal.parts_at), (true, Some(1.0), None));
    assert!(equal.against.iter().all(Vec::is_empty), "{equal:?}");
    let other = why(0, 2);
    assert_eq!((other.together, other.cosine, other.scripts), (false, None, ["Arabic", "Latin"]));
    assert!(!why(0, 3).together, "an article without words explains too");
    for (a, b) in [(0, 0), (0, 4), (9, 1)] {
        assert!(explain(&articles, a, b, &options, &|_| {}).is_err(), "{a} {b}");
    }
    let dbscan = GroupOptions { method: Method::Dbscan, ..GroupOptions::default() };
    assert!(explain(&articles, 0, 1, &dbscan, &|_| {}).is_err());
}
