//! `khabar eval` on the real binary: known scores, missing articles said aloud.

mod cli_common;

use cli_common::{Desk, articles, corpus};
use serde_json::Value;

const GOLD: &str = "id,title,story\n1,أ,x\n2,ب,x\n3,ج,y\n4,د,y\n5,ه,\n";

#[test]
fn groups_are_scored_by_hand_worked_values() {
    let desk = Desk::new();
    desk.write("gold.csv", GOLD);
    // x is whole; y is cut in two; 9 is nobody's.
    desk.write("pred.csv", "id,story_id\n1,a\n2,a\n3,b\n4,c\n9,a\n");
    let ran = desk.done("eval groups gold.csv pred.csv --json");
    let scores: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(scores["bcubed"]["precision"], 1.0);
    assert_eq!(scores["bcubed"]["recall"], 0.75);
    assert_eq!(scores["pairwise"]["recall"], 0.5);
    assert_eq!((&scores["n_articles"], &scores["n_ignored"]), (&4.into(), &1.into()));
    assert!(ran.stderr.contains("gold.csv: 1 article without a story left out"), "{}", ran.stderr);
    let table = desk.done("eval groups gold.csv pred.csv").stdout;
    assert!(table.contains("BCubed                  1.0000    0.7500    0.8571"), "{table}");
}

#[test]
fn articles_missing_from_the_prediction_are_said_aloud_and_count_as_singles() {
    let desk = Desk::new();
    desk.write("gold.csv", GOLD);
    desk.write(
        "pred.jsonl",
        "{\"id\":1,\"story_id\":7}\n{]\n{\"id\":2,\"story_id\":7}\n{\"id\":8}\n",
    );
    let ran = desk.done("eval groups gold.csv pred.jsonl");
    assert!(ran.stderr.contains("2 of the gold articles are missing"), "{}", ran.stderr);
    assert!(ran.stderr.contains(": 3, 4\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("pred.jsonl:2: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("a row has no id or no story_id"), "{}", ran.stderr);
    assert!(ran.stdout.contains("missing                      2"), "{}", ran.stdout);
    assert_eq!(desk.run("eval groups gold.csv pred.jsonl --strict").code, 1);
}

#[test]
fn a_corpus_with_stories_is_gold_and_so_are_mere_rows() {
    let desk = Desk::new();
    corpus(&desk);
    desk.done("group a.jsonl -o g.parquet");
    let scores = |arguments: &str| -> Value {
        serde_json::from_str(&desk.done(&format!("{arguments} --json")).stdout).unwrap()
    };
    let of_corpus = scores("eval groups a.jsonl g.parquet");
    assert_eq!(of_corpus["bcubed"]["f1"], 1.0, "{of_corpus}");
    assert_eq!(scores("eval groups g.parquet g.parquet")["n_gold_stories"], 12);
    let gold = articles().join("\n").replace("\"story\":", "\"القصة\":");
    desk.write("أ.jsonl", gold);
    assert_eq!(desk.run("eval groups أ.jsonl g.parquet").code, 2);
    assert_eq!(scores("eval groups أ.jsonl g.parquet --field story=القصة"), of_corpus);
    desk.write("folder/a.jsonl", articles().join("\n"));
    assert_eq!(scores("eval groups folder g.parquet"), of_corpus);
}

#[test]
fn an_article_in_two_stories_is_an_error() {
    let desk = Desk::new();
    desk.write("gold.csv", GOLD);
    desk.write("pred.csv", "id,story_id\n1,a\n1,b\n");
    let ran = desk.run("eval groups gold.csv pred.csv");
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("\"1\""), "{}", ran.stderr);
}

#[test]
fn pairs_are_scored_over_the_listed_ones() {
    let desk = Desk::new();
    desk.write("p.tsv", "id_a\tid_b\tlabel\n1\t2\t2\n1\t3\t1\n1\t4\t0\n5\t6\t1\n");
    let pred = "id,story_id,copy_id\n1,s,c\n2,s,c\n3,t,\n4,s,\n5,u,\n";
    desk.write("pred.csv", pred);
    let ran = desk.done("eval pairs p.tsv pred.csv --json");
    let scores: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(scores["same"]["precision"], 0.5);
    assert!((scores["same"]["recall"].as_f64().unwrap() - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!((&scores["copy"]["f1"], &scores["copies_in_story"]), (&1.0.into(), &1.0.into()));
    assert_eq!(scores["n_missing"], 1);
    assert!(scores["same_f1_interval"]["low"].as_f64() <= scores["same"]["f1"].as_f64());
    assert!(ran.stderr.contains("1 of the gold articles are missing"), "{}", ran.stderr);
    let again = desk.done("eval pairs p.tsv pred.csv --json");
    assert_eq!(again.stdout, ran.stdout);
    let table = desk.done("eval pairs p.tsv pred.csv").stdout;
    assert!(table.contains("same story              0.5000    0.3333    0.4000"), "{table}");
    assert!(table.contains("(95 %)"), "{table}");

    desk.write("bad.tsv", "id_a\tid_b\tlabel\n1\t2\tyes\n");
    let ran = desk.run("eval pairs bad.tsv pred.csv");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("bad.tsv:2: label \"yes\""), "{}", ran.stderr);
}
