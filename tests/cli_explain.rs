//! `khabar explain` on the real binary: ids among an input, two files, and what goes wrong.

#![allow(clippy::unwrap_used)]

mod cli_common;

use cli_common::{Desk, corpus};
use serde_json::Value;

fn demo() -> Desk {
    let desk = Desk::new();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora/demo");
    for name in ["arabic.jsonl", "english.jsonl"] {
        desk.write(&format!("demo/{name}"), std::fs::read(folder.join(name)).unwrap());
    }
    desk
}

fn json(desk: &Desk, arguments: &str) -> Value {
    serde_json::from_str(&desk.done(&format!("{arguments} --json")).stdout).unwrap()
}

#[test]
fn two_ids_are_judged_as_group_judges_them() {
    let desk = demo();
    desk.done("group demo --edges e.jsonl -o g.jsonl");
    let rows = cli_common::rows(&String::from_utf8(desk.read("g.jsonl")).unwrap());
    let story = |id: &str| rows.iter().find(|r| r["id"] == id).unwrap()["story_id"].clone();
    for (a, b) in [("a-004", "a-012"), ("a-071", "a-096"), ("e-008", "e-047")] {
        let why = json(&desk, &format!("explain {a} {b} --in demo"));
        let together = story(a) == story(b);
        assert_eq!(why["together"], together, "{a} {b}");
        let verdict = why["verdict"].as_str().unwrap();
        assert!(verdict.starts_with(if together { "together" } else { "apart" }), "{verdict}");
        assert_eq!((&why["a"]["id"], &why["b"]["id"]), (&a.into(), &b.into()));
    }
    let table = desk.done("explain a-004 a-012 --in demo").stdout;
    for said in [
        "together: same-story probability 0.9",
        " >= 0.5 (cosine 0.9",
        "; apart from threshold 0.9",
        "alike: openings ",
        " numbers of the openings in both\n",
    ] {
        assert!(table.contains(said), "{said}: {table}");
    }
    let table = desk.done("explain a-004 a-012 --in demo --score cosine").stdout;
    for said in [
        "A  a-004  2026-03-03T08:10:00+03:00  anbaa-alfajr.example\n",
        "together: cosine 0.9",
        " >= 0.16; apart from threshold 0.9",
        "0.12 days apart, two sources\n",
        "%  زلزال  title 35-45",
    ] {
        assert!(table.contains(said), "{said}: {table}");
    }
    assert!(!table.contains('\u{2068}'), "isolates are for terminals");
    let apart = desk.done("explain a-004 a-012 --in demo --score cosine --threshold 0.97").stdout;
    assert!(apart.contains("\napart: cosine 0.9") && apart.contains(" < 0.97\n"), "{apart}");
    let scripts = desk.done("explain a-004 e-001 --in demo").stdout;
    assert!(scripts.contains("written in Arabic and Latin"), "{scripts}");
    let far = desk.done("explain a-071 a-096 --in demo --window 1d").stdout;
    assert!(far.contains("apart: further apart in time than the window"), "{far}");
}

#[test]
fn two_files_stand_alone() {
    let desk = Desk::new();
    desk.write("خبر1.txt", "زلزال يضرب جنوب تعز\nضرب زلزال بقوة 5.6 درجات محافظة تعز فجر الأحد");
    desk.write("خبر2.txt", "هزة أرضية في تعز\nسجلت تعز زلزالاً بلغت قوته 5.6 درجات فجر الأحد");
    let why = json(&desk, "explain خبر1.txt خبر2.txt");
    let (score, parts) = (why["score"].as_f64().unwrap(), why["parts_at"].as_f64().unwrap());
    assert!(parts > score && parts - score < 1.01e-4, "{score} {parts}");
    assert_eq!((&why["score_kind"], &why["together"]), (&"story".into(), &true.into()));
    assert!(why["evidence"]["lead"].as_f64().unwrap() > 0.1, "{why}");
    let why = json(&desk, "explain خبر1.txt خبر2.txt --score cosine");
    assert_eq!(why["evidence"], Value::Null);
    assert_eq!((&why["together"], &why["story_sizes"]), (&true.into(), &serde_json::json!([2, 2])));
    let words: Vec<&str> =
        why["tying"].as_array().unwrap().iter().map(|t| t["word"].as_str().unwrap()).collect();
    assert!(words.contains(&"تعز") && words.contains(&"زلزال"), "{words:?}");
    // Two alone part right above their cosine.
    let (cosine, parts) = (why["cosine"].as_f64().unwrap(), why["parts_at"].as_f64().unwrap());
    assert!(parts > cosine && parts - cosine < 1.01e-4, "{cosine} {parts}");
    assert_eq!(why["days_apart"], Value::Null);
    assert!(
        desk.done("explain خبر1.txt خبر2.txt")
            .stdout
            .contains("days apart unknown, sources unknown")
    );
}

#[test]
fn words_of_strangers_do_not_command_the_terminal() {
    let desk = Desk::new();
    let line = |id: &str| {
        let title = "\u{1b}]0;x\u{7} \u{202e}زلزال\u{1b}[31m تعز";
        serde_json::json!({"id": id, "title": title, "source": "\u{9b}31m", "text": "زلزال"})
    };
    desk.write("a.jsonl", format!("{}\n{}\n", line("1"), line("2")));
    let table = desk.done("explain 1 2 --in a.jsonl").stdout;
    assert!(!table.contains(['\u{1b}', '\u{7}', '\u{202e}', '\u{9b}']), "{table}");
    assert!(table.contains("together at every threshold"), "{table}");
}

#[test]
fn what_cannot_be_explained_is_an_error_with_a_remedy() {
    let desk = Desk::new();
    corpus(&desk);
    desk.write("leer.txt", "");
    for (arguments, said) in [
        ("explain خ1-0 nowhere --in a.jsonl", "nowhere: no article of the input has this id"),
        ("explain خ1-0 خ1-0 --in a.jsonl", "خ1-0: the same article twice"),
        ("explain nowhere a.jsonl", "add --in INPUT"),
        ("explain a.jsonl leer.txt", "a.jsonl: 61 articles; name two of them by id"),
        ("explain خ1-0", "<B>"),
        ("explain خ1-0 خ2-0 --in no.jsonl", "no.jsonl"),
        ("explain خ1-0 خ2-0 --in a.jsonl --tf bm", "--tf"),
        ("explain خ1-0 خ2-0 --in a.jsonl --threshold 2", "above 0, up to 1"),
    ] {
        let ran = desk.run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments}");
        assert!(ran.stderr.contains(said), "{arguments}: {}", ran.stderr);
    }
    // An input of which a part cannot be read explains what it can, and says so.
    let ran = desk.run("explain خ5-0 خ5-1 --in a.jsonl no.jsonl");
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stdout.contains("together"), "{}", ran.stdout);
}
