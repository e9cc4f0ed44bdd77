//! `khabar eval sweep` on the real binary: every row is what group and eval give one by one.

#![allow(clippy::unwrap_used)]

mod cli_common;

use cli_common::{Desk, articles, corpus};
use serde_json::Value;

/// The demo corpus, its graph saved, and judged pairs of it; one article of either is nowhere.
fn demo() -> Desk {
    let desk = Desk::new();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora/demo");
    for name in ["arabic.jsonl", "english.jsonl"] {
        desk.write(&format!("demo/{name}"), std::fs::read(folder.join(name)).unwrap());
    }
    desk.done("group demo --score cosine --edges e.parquet -o g.jsonl");
    desk.write(
        "p.tsv",
        "id_a\tid_b\tlabel\na-071\ta-096\t1\na-082\ta-132\t0\ne-008\te-047\t1\na-004\ta-012\t1\n\
         a-022\ta-090\t0\nnowhere\ta-004\t1\n",
    );
    desk
}

fn json(desk: &Desk, arguments: &str) -> Value {
    serde_json::from_str(&desk.done(arguments).stdout).unwrap()
}

#[test]
fn every_row_is_what_group_and_eval_give_at_that_threshold() {
    let desk = demo();
    let found =
        json(&desk, "eval sweep e.parquet --gold demo --pairs p.tsv --points 6 --to 0.5 --json");
    let points = found["points"].as_array().unwrap();
    assert_eq!(points.len(), 6);
    assert_eq!((&points[0]["threshold"], &points[5]["threshold"]), (&0.128.into(), &0.5.into()));
    assert_eq!(found["current"]["threshold"], 0.16);
    for point in points.iter().chain([&found["current"]]) {
        let at = &point["threshold"];
        let ran =
            desk.done(&format!("group --from-edges e.parquet --threshold {at} -o at.jsonl --json"));
        let summary: Value = serde_json::from_str(ran.stderr.lines().last().unwrap()).unwrap();
        for name in ["stories", "singles", "largest_story"] {
            assert_eq!(point[name], summary[name], "{name} at {at}");
        }
        assert_eq!(point["groups"], json(&desk, "eval groups demo at.jsonl --json"), "at {at}");
        assert_eq!(point["pairs"], json(&desk, "eval pairs p.tsv at.jsonl --json"), "at {at}");
        assert_eq!(point["pairs"]["n_missing"], 1);
        // Below .16 the means of a whole run would count pairs that the file does not list.
        assert_eq!(point["complete"], at.as_f64().unwrap() >= 0.16, "at {at}");
    }
    let f1 = |p: &Value| p["groups"]["bcubed"]["f1"].as_f64().unwrap();
    let best = points.iter().map(f1).fold(0.0, f64::max);
    let at_best = points.iter().find(|p| p["threshold"] == found["best_groups"]).unwrap();
    assert_eq!(f1(at_best), best);
}

#[test]
fn the_table_has_a_row_a_threshold_and_marks_the_best_and_the_one_in_use() {
    let desk = demo();
    let ran = desk.done("eval sweep e.parquet --gold demo --pairs p.tsv");
    let rows: Vec<&str> = ran.stdout.lines().skip(1).take_while(|line| !line.is_empty()).collect();
    assert_eq!(rows.len(), 51, "50 thresholds and the one in use");
    for mark in ["<- best B3 F1", "<- best F1", "<- in use"] {
        assert_eq!(rows.iter().filter(|row| row.contains(mark)).count(), 1, "{mark}");
    }
    let in_use = rows.iter().find(|row| row.contains("<- in use")).unwrap();
    assert!(in_use.trim_start().starts_with("0.1600"), "{in_use}");
    let numbers = |row: &&str| row.split_whitespace().next().unwrap().parse::<f64>().unwrap();
    assert!(rows.iter().map(numbers).is_sorted(), "{}", ran.stdout);
    assert!(rows[0].contains('~') && ran.stdout.contains("\n~ the file lists no pairs"));
    assert!(ran.stderr.contains("e.parquet: 1 of the gold articles are missing"), "{}", ran.stderr);
    assert!(ran.stderr.contains(": nowhere"), "{}", ran.stderr);
    // Another threshold in use that is one of the rows is marked there, not shown twice.
    let ran = desk
        .done("eval sweep e.parquet --gold demo --threshold 0.3 --from 0.2 --to 0.4 --points 3");
    assert_eq!(ran.stdout.lines().filter(|line| line.contains("0.3000 ")).count(), 1);
    assert_eq!(ran.stdout.lines().filter(|line| line.contains("<- in use")).count(), 1);
}

#[test]
fn borderline_pairs_are_the_nearest_and_their_titles_are_harmless() {
    let desk = Desk::new();
    let hostile =
        articles().join("\n").replacen("\"title\":\"", "\"title\":\"\\u001b[31m\\u202e", 99);
    desk.write("a.jsonl", hostile);
    desk.done("group a.jsonl --score cosine --edges e.jsonl -o g.jsonl");
    let arguments = "eval sweep e.jsonl --gold a.jsonl --borderline 7 --threshold 0.4";
    let found = json(&desk, &format!("{arguments} --in a.jsonl --json"));
    let pairs = found["borderline"].as_array().unwrap();
    let edges = String::from_utf8(desk.read("e.jsonl")).unwrap();
    let mut far: Vec<f64> = cli_common::rows(&edges)
        .iter()
        .skip(1)
        .map(|row| (row["score"].as_f64().unwrap() - 0.4).abs())
        .collect();
    far.sort_by(f64::total_cmp);
    assert_eq!(pairs.len(), 7);
    for (pair, far) in pairs.iter().zip(far) {
        assert!(((pair["cosine"].as_f64().unwrap() - 0.4).abs() - far).abs() < 1e-6);
        let of = |id: &Value| id.as_str().unwrap().split('-').next().unwrap().to_owned();
        let same = if of(&pair["id_a"]) == of(&pair["id_b"]) { "same" } else { "different" };
        assert_eq!(pair["gold"], same, "the ids name the stories");
        assert!(pair["title_a"].as_str().unwrap().contains('\u{1b}'), "JSON has the title itself");
    }
    let table = desk.done(&format!("{arguments} --in a.jsonl")).stdout;
    assert!(!table.contains('\u{1b}') && !table.contains('\u{202e}'), "{table}");
    assert!(table.contains("␛[31m"), "{table}");
    let bare = desk.done(arguments).stdout;
    assert!(bare.contains("listed pairs nearest to 0.4\n") && !bare.contains("␛[31m"));
}

#[test]
fn what_cannot_be_swept_is_an_error_with_a_remedy() {
    let desk = Desk::new();
    corpus(&desk);
    desk.done("group a.jsonl --score cosine --edges e.jsonl -o g.jsonl");
    for (arguments, said) in [
        ("eval sweep e.jsonl", "--gold"),
        ("eval sweep nowhere.jsonl --gold a.jsonl", "nowhere.jsonl"),
        ("eval sweep g.jsonl --gold a.jsonl", "no header of a khabar graph"),
        ("eval sweep e.jsonl --gold g.csv", "g.csv"),
        ("eval sweep e.jsonl --gold a.jsonl --from 0.05", "below the floor 0.128"),
        ("eval sweep e.jsonl --gold a.jsonl --threshold 0.05", "below the floor 0.128"),
        ("eval sweep e.jsonl --gold a.jsonl --from 0.5 --to 0.4", "no range of thresholds"),
        ("eval sweep e.jsonl --gold a.jsonl --points 1", "--points"),
        ("eval sweep e.jsonl --gold a.jsonl --in a.jsonl", "--borderline"),
    ] {
        let ran = desk.run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments}");
        assert!(ran.stderr.contains(said), "{arguments}: {}", ran.stderr);
    }
}

#[test]
fn the_sweep_is_the_same_with_any_number_of_threads() {
    let desk = demo();
    let run = |threads: usize| {
        let arguments = "eval sweep e.parquet --gold demo --pairs p.tsv --json --threads";
        desk.done(&format!("{arguments} {threads}")).stdout
    };
    let one = run(1);
    assert_eq!(run(2), one);
    assert_eq!(run(8), one);
}

#[test]
fn the_drawing_appears_whole_and_asks_nothing_of_any_other_place() {
    let desk = demo();
    let arguments = "eval sweep e.parquet --gold demo --pairs p.tsv";
    let table = desk.done(arguments).stdout;
    assert_eq!(desk.done(&format!("{arguments} -o c.svg")).stdout, table);
    desk.done(&format!("{arguments} -o c.html"));
    let svg = String::from_utf8(desk.read("c.svg")).unwrap();
    let html = String::from_utf8(desk.read("c.html")).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
    assert_eq!(svg.matches("<circle").count(), 2, "a dot at the best of either score");
    for name in ["BCubed F1", "BCubed recall", "pairs precision"] {
        assert_eq!(svg.matches(&format!(">{name}</text>")).count(), 2, "{name}: legend and end");
    }
    assert!(svg.contains(">in use: 0.16</text>"), "{svg}");
    assert!(html.contains(svg.trim()) && html.contains("&lt;- in use"), "{html}");
    for file in [svg, html] {
        assert!(!file.contains("<script") && !file.contains("href") && !file.contains("src="));
    }
    let before = desk.names();
    for (name, said) in
        [("c.png", ".svg or .html"), ("no/c.svg", "does not exist"), ("p.tsv", ".svg or .html")]
    {
        let ran = desk.run(&format!("{arguments} -o {name}"));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{name}");
        assert!(
            ran.stderr.contains(said) || ran.stderr.contains("replace an input"),
            "{}",
            ran.stderr
        );
    }
    assert_eq!(desk.names(), before);
}

#[test]
fn a_graph_without_a_pair_is_all_singles_at_every_threshold() {
    let desk = Desk::new();
    desk.write(
        "a.csv",
        "id,title,story\n1,زلزال يضرب جنوب تعز,x\n2,The ferry fire in Lagos harbour,y\n",
    );
    desk.done("group a.csv --edges e.jsonl -o g.jsonl");
    let found =
        json(&desk, "eval sweep e.jsonl --gold a.csv --points 3 --borderline 2 --json -o c.svg");
    for point in found["points"].as_array().unwrap() {
        assert_eq!((&point["stories"], &point["singles"]), (&2.into(), &2.into()));
        assert_eq!(point["groups"]["bcubed"]["f1"], 1.0);
    }
    assert_eq!(found["points"][2]["threshold"], 1.0);
    assert_eq!(found["borderline"], serde_json::json!([]));
    assert!(!String::from_utf8(desk.read("c.svg")).unwrap().contains("NaN"));
}
