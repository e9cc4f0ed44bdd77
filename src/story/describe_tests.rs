//! Tests of [`super::describe`]: tables over one small newsroom.

use super::*;
use crate::similarity::Edge;

fn article(id: &str, seconds: Option<i64>, source: &str) -> Article {
    let published = seconds.map(|seconds| Published { seconds, original: format!("@{seconds}") });
    Article {
        id: id.into(),
        title: format!("عنوان {id}"),
        source: source.into(),
        published,
        ..Article::default()
    }
}

fn graph(n: usize, scores: &[(u32, u32, f32)]) -> Graph {
    let edge = |&(a, b, score): &(u32, u32, f32)| Edge { a, b, cosine: score, score };
    Graph::from_edges(n, scores.iter().map(edge).collect(), 0.1)
}

fn found(
    articles: &[Article],
    labels: &[u32],
    families: &[Option<u32>],
    scores: &[(u32, u32, f32)],
) -> Stories {
    let articles: Vec<&Article> = articles.iter().collect();
    let graph = graph(articles.len(), scores);
    describe(&articles, &Partition::from_labels(labels), families, &graph)
}

/// A wire text (1, earliest; copies 0 and 2), two own pieces (3, 4 undated), a single (5).
fn newsroom() -> Stories {
    let articles = [
        article("a", Some(200), "Reuters"),
        article("b", Some(100), "الرياض"),
        article("c", Some(300), "عكاظ"),
        article("d", Some(150), "الحياة"),
        article("e", None, "الحياة"),
        article("f", Some(50), "عكاظ"),
    ];
    let families = [Some(0), Some(0), Some(0), None, None, None];
    let scores = [
        (0, 1, 0.9),
        (0, 2, 0.95),
        (1, 2, 0.9),
        (0, 3, 0.6),
        (1, 3, 0.4),
        (2, 3, 0.6),
        (3, 4, 0.3),
        (4, 5, 0.35),
    ];
    found(&articles, &[0, 0, 0, 0, 0, 1], &families, &scores)
}

#[test]
fn a_story_is_told_by_its_members_in_time() {
    let story = &newsroom().stories[0];
    assert_eq!(story.members, [1, 3, 0, 2, 4], "undated last");
    assert_eq!(story.story_id, StoryId::of_story("b"), "named after the earliest");
    assert_eq!(story.first_published.as_ref().unwrap().original, "@100");
    assert_eq!(story.last_published.as_ref().unwrap().original, "@300");
    assert_eq!(story.n_sources, 4);
    assert_eq!(story.n_independent_sources, 2, "the wire's head and the paper that wrote twice");
}

#[test]
fn the_representative_is_the_medoid_among_heads_and_own_pieces() {
    // Row 0 has the largest mean of all but is a later copy; the head 1 is next.
    let story = &newsroom().stories[0];
    assert_eq!(story.representative, 1);
    assert_eq!(story.title, "عنوان b");
}

#[test]
fn every_article_has_its_place() {
    let places = newsroom().placements;
    let cases = [
        (Role::Copy, Some(0.9), Some(2), true),
        (Role::Representative, Some(1.0), Some(0), true),
        (Role::Copy, Some(0.9), Some(0), true),
        (Role::Member, Some(0.4), Some(0), false),
        (Role::Member, None, Some(5), false),
        (Role::Single, None, Some(4), false),
    ];
    for (row, (role, score, nearest, copies)) in cases.into_iter().enumerate() {
        let place = places[row];
        assert_eq!((place.role, place.score), (role, score), "row {row}");
        assert_eq!(place.nearest, nearest, "row {row}: the nearest may be of another story");
        assert_eq!(place.copy_id, copies.then(|| StoryId::of_copies("b")), "row {row}");
        assert_eq!(place.story_size, if row == 5 { 1 } else { 5 });
    }
    assert_eq!(places[5].story_id, StoryId::of_story("f"));
    assert_eq!(places[4].nearest_score, Some(0.35));
}

#[test]
fn ties_for_the_representative_go_to_the_earlier_then_to_the_smaller_id() {
    let cases =
        [([Some(2), Some(1)], 1), ([Some(1), Some(1)], 0), ([None, Some(9)], 1), ([None, None], 0)];
    for (dates, expected) in cases {
        let articles = [article("a", dates[0], ""), article("b", dates[1], "")];
        let stories = found(&articles, &[0, 0], &[None, None], &[(0, 1, 0.5)]).stories;
        assert_eq!(stories[0].representative, expected, "{dates:?}");
        assert_eq!(stories[0].n_sources, 0, "no member names a source");
    }
}

#[test]
fn an_article_alone_is_a_single_without_a_nearest() {
    let all = found(&[article("a", None, "x")], &[0], &[None], &[]);
    let place = all.placements[0];
    assert_eq!((place.role, place.score, place.nearest), (Role::Single, None, None));
    assert_eq!(all.stories[0].n_independent_sources, 1);
    assert_eq!(found(&[], &[], &[], &[]), Stories::default());
}

#[test]
fn a_story_without_the_representatives_title_takes_another_or_the_first_words() {
    let mut untitled = [article("a", Some(1), ""), article("b", Some(2), "")];
    untitled[0].title = " ".into();
    let title = |articles: &[Article]| {
        found(articles, &[0, 0], &[None, None], &[(0, 1, 0.5)]).stories[0].title.clone()
    };
    assert_eq!(title(&untitled), "عنوان b");
    untitled[1].title.clear();
    untitled[0].text = "أعلنت وزارة\nالصحة".into();
    assert_eq!(title(&untitled), "أعلنت وزارة الصحة");
    untitled[0].text = "كلمة ".repeat(13);
    assert_eq!(title(&untitled), format!("{}…", "كلمة ".repeat(12)));
}

#[test]
fn names_are_frozen_and_do_not_depend_on_rows_or_members() {
    // Published FNV-1a test values.
    let vectors = [
        ("", 0xcbf2_9ce4_8422_2325u64),
        ("a", 0xaf63_dc4c_8601_ec8c),
        ("foobar", 0x8594_4171_f739_67e8),
    ];
    for (id, hash) in vectors {
        assert_eq!(StoryId::of_story(id).to_string(), format!("s{hash:016x}"));
        assert_eq!(StoryId::of_copies(id).to_string(), format!("c{hash:016x}"));
    }
    let json = serde_json::to_string(&StoryId::of_story("a")).unwrap();
    assert_eq!(json, "\"saf63dc4c8601ec8c\"");
    let first = article("z", Some(1), "");
    let later = [article("b", Some(2), ""), article("y", None, "")];
    for other in later {
        let both = [other.clone(), first.clone()];
        let stories = found(&both, &[0, 0], &[None, None], &[(0, 1, 0.5)]).stories;
        assert_eq!(stories[0].story_id, StoryId::of_story("z"));
    }
}
