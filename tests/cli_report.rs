//! `khabar group --report`: the page as a file, on the real binary. What browsers make of it is
//! in `report_chromium.rs`.

#![allow(clippy::unwrap_used)]

mod cli_common;

use cli_common::{Desk, Random, articles, corpus, rows};
use serde_json::{Value, json};

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/corpora/demo");

fn page(desk: &Desk, name: &str) -> String {
    String::from_utf8(desk.read(name)).unwrap()
}

/// What the page's script reads.
fn data(page: &str) -> Value {
    let block = page.split(r#"<script id="data" type="application/json">"#).nth(1).unwrap();
    serde_json::from_str(block.split("</script>").next().unwrap()).unwrap()
}

/// The page without its style, script and data.
fn markup(page: &str) -> String {
    let mut rest = page;
    let mut out = String::new();
    while let Some(at) = rest.find("<style>").into_iter().chain(rest.find("<script")).min() {
        let end = if rest[at..].starts_with("<style>") { "</style>" } else { "</script>" };
        out.push_str(&rest[..at]);
        rest = &rest[at + rest[at..].find(end).unwrap() + end.len()..];
    }
    out + rest
}

#[test]
fn the_page_holds_every_story_and_asks_for_nothing() {
    let desk = Desk::new();
    desk.done(&format!(
        "group {DEMO} -o g.jsonl --stories s.jsonl --edges e.jsonl --report r.html"
    ));
    let page = page(&desk, "r.html");
    let stories = rows(&String::from_utf8(desk.read("s.jsonl")).unwrap());
    let many: Vec<_> = stories.iter().filter(|s| s["size"].as_u64() > Some(1)).collect();
    assert_eq!(page.matches(r#"<article class="story""#).count(), many.len());
    let data = data(&page);
    let ids = |story: &Value| story[0].clone();
    let shown: Vec<Value> = data["stories"].as_array().unwrap().iter().map(ids).collect();
    assert_eq!(shown, many.iter().map(|s| s["story_id"].clone()).collect::<Vec<_>>());
    assert_eq!(data["rows"].as_array().unwrap().len(), 261);
    assert_eq!((&data["threshold"], &data["score"]), (&json!(0.5), &json!("story")));
    let first = many[1];
    let card = page.split("<article").nth(2).unwrap();
    for shown in [
        first["title"].as_str().unwrap(),
        "6 articles",
        "6 sources, 2 independent",
        "2026-03-03 – 2026-03-04",
        "6 articles: 2 texts, 4 copies",
        "<mark>زلزال</mark>",
        "weakest link",
        first["keywords"][0].as_str().unwrap(),
    ] {
        assert!(card.contains(shown), "{shown}: {card}");
    }
    assert!(page.contains("default-src 'none'; script-src 'sha256-"));
    let markup = markup(&page);
    for forbidden in ["src=", "http", "style=", "url(", "onclick", "<iframe", "<link", "unsafe-"] {
        assert!(!markup.replace("http-equiv", "").contains(forbidden), "{forbidden}");
    }
    assert!(!page.contains("@import") && !page.contains("url("));
}

#[test]
fn equal_input_gives_equal_bytes_in_any_order_and_with_any_threads() {
    let desk = Desk::new();
    corpus(&desk);
    let mut lines = articles();
    Random(3).shuffle(&mut lines);
    desk.write("b.jsonl", lines.join("\n") + "\n");
    desk.done("group a.jsonl --threads 1 -o g.jsonl --report one.html");
    desk.done("group a.jsonl --threads 8 --format table -o g.txt --report eight.html");
    desk.done("group b.jsonl -o g.jsonl --report shuffled.html");
    let one = desk.read("one.html");
    assert!(one.len() > 20_000);
    for name in ["eight.html", "shuffled.html"] {
        assert!(desk.read(name) == one, "{name}");
    }
}

#[test]
fn a_graph_cut_again_makes_a_page_of_its_input_and_none_without() {
    let desk = Desk::new();
    desk.done(&format!("group {DEMO} -o g.jsonl --edges e.jsonl --report whole.html"));
    desk.done(&format!("group --from-edges e.jsonl {DEMO} -o g.jsonl --report cut.html"));
    let (whole, cut) = (data(&page(&desk, "whole.html")), data(&page(&desk, "cut.html")));
    // The words that tie two articles are found another way; all else is the same.
    assert_eq!(whole["stories"], cut["stories"]);
    assert!(page(&desk, "cut.html").contains("<mark>زلزال</mark>"));
    let ran = desk.run("group --from-edges e.jsonl -o ids.jsonl --report ids.html");
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("--report: a page needs the texts; name the INPUT"),
        "{}",
        ran.stderr
    );
    assert!(!desk.path("ids.html").exists() && !desk.path("ids.jsonl").exists());
}

#[test]
fn a_name_that_is_no_page_or_is_taken_is_refused_before_any_work() {
    let desk = Desk::new();
    corpus(&desk);
    for (arguments, said) in [
        ("group a.jsonl -o g.jsonl --report r.txt", "--report: r.txt: name a file in .html"),
        ("group a.jsonl -o g.jsonl --report no/r.html", "the folder no does not exist"),
        ("group a.jsonl -o g.jsonl --stories r.jsonl --report .", "name a file in it"),
    ] {
        let ran = desk.run(arguments);
        assert_eq!(ran.code, 2, "{arguments}");
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    }
    assert_eq!(desk.names(), ["a.jsonl"]);
}

#[test]
fn texts_of_strangers_stay_texts() {
    let desk = Desk::new();
    let hostile = "<img src=x onerror=alert(1)> </script><script>alert(2)</script> \u{202e}abc\u{2066} \u{1b}[31m \u{2028} \"'&";
    let article = |id: &str, n: usize| {
        json!({"id": id, "title": hostile, "text": format!("{hostile} word{n}"), "source": hostile,
            "lang": "<b>", "published": "2026-03-01\u{202e}<i>"})
        .to_string()
    };
    desk.write("h.jsonl", [article("1</script>", 1), article("javascript:alert(3)", 2)].join("\n"));
    desk.done("group h.jsonl --html keep -o g.jsonl --report r.html");
    let page = page(&desk, "r.html");
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script>").count(), 2);
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"));
    for forbidden in
        ["<img", "<i>", "<b>", "href=\"javascript", "\u{202e}", "\u{2066}", "\u{1b}", "\u{2028}"]
    {
        assert!(!page.contains(forbidden), "{forbidden:?}");
    }
    assert!(data(&page)["rows"][0][0].as_str().unwrap().contains("</script><script>alert(2)"));
}

#[test]
fn a_page_of_nothing_much_is_a_page_all_the_same() {
    let desk = Desk::new();
    desk.write("one.jsonl", "{\"id\":\"1\",\"text\":\"خبر وحيد\"}\n");
    desk.done("group one.jsonl -o g.jsonl --report r.html");
    let page = page(&desk, "r.html");
    assert!(page.contains("0 stories") && page.contains("1 article of no other story"));
    assert!(page.contains("خبر وحيد"));
}

#[test]
fn a_large_page_says_what_it_does_not_show_without_scripts() {
    let desk = Desk::new();
    let mut random = Random(11);
    let mut lines = Vec::new();
    for story in 0..300 {
        let mut word = || (0..6).map(|_| char::from(b'a' + random.below(26) as u8)).collect();
        let words: Vec<String> = (0..20).map(|_| word()).collect();
        for member in 0..2 {
            let text = words[member * 4..member * 4 + 16].join(" ");
            let id = format!("{story}-{member}");
            lines.push(json!({"id": id, "title": words[5], "text": text}).to_string());
        }
    }
    desk.write("many.jsonl", lines.join("\n"));
    desk.done("group many.jsonl -o g.jsonl --report r.html");
    let page = page(&desk, "r.html");
    assert_eq!(page.matches(r#"<article class="story""#).count(), 250);
    assert!(page.contains("300 stories: the 250 largest are shown, the other 50 need scripts"));
    assert_eq!(data(&page)["stories"].as_array().unwrap().len(), 300);
}
