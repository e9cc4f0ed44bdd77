//! `khabar synth` as a command: rows on stdout or in a whole file, read by the other commands.
// A helper that fails ends the test.
#![allow(clippy::unwrap_used)]

mod cli_common;

use cli_common::Desk;

#[test]
fn rows_go_to_stdout_or_into_a_packed_file() {
    let desk = Desk::new();
    let ran = desk.done("synth -n 30 --per-day 10 --seed 1");
    assert_eq!(ran.stdout.lines().count(), 30);
    assert!(ran.stderr.contains("30 articles"), "{}", ran.stderr);
    desk.done("synth -n 30 --per-day 10 --seed 1 -o corpus.jsonl.zst");
    assert_eq!(desk.names(), ["corpus.jsonl.zst"]);
    let packed = zstd::decode_all(desk.read("corpus.jsonl.zst").as_slice()).unwrap();
    assert_eq!(String::from_utf8(packed).unwrap(), ran.stdout);
}

#[test]
fn what_is_written_can_be_grouped_and_measured() {
    let desk = Desk::new();
    desk.done("synth -n 200 --per-day 100 --langs ar,en -o news.jsonl");
    desk.done("group news.jsonl -o groups.jsonl");
    let scores = desk.done("eval groups news.jsonl groups.jsonl").stdout;
    assert!(scores.contains("BCubed"), "{scores}");
    desk.done("inspect news.jsonl --no-check-labels");
}

#[test]
fn the_first_day_is_the_one_that_is_asked_for() {
    let desk = Desk::new();
    let rows = desk.done("synth -n 3 --per-day 1 --start 2024-02-28").stdout;
    for (row, day) in rows.lines().zip(["2024-02-28", "2024-02-29", "2024-03-01"]) {
        assert!(row.contains(&format!("\"published\":\"{day}T")), "{row}");
    }
}

#[test]
fn wrong_values_are_told_before_anything_is_written() {
    let desk = Desk::new();
    for (arguments, told) in [
        ("--langs ar,xx", "write one of ar, en, fr, fa"),
        ("--rewrite 2", "--rewrite: 2 is out of range"),
        ("--start yesterday", "write a date as 2026-01-05"),
        ("--start 9999-12-31", "give a date from 1916 to 2500"),
        ("--length -5", "--length: -5 is out of range"),
        ("--threads 65535", "is not in 1..=1024"),
        ("-o no/where.jsonl", "does not exist"),
        ("-o news.csv", "synth writes JSON Lines"),
    ] {
        let ran = desk.run(&format!("synth -n 10 {arguments}"));
        assert_eq!(ran.code, 2, "{arguments}");
        assert!(ran.stderr.contains(told), "{arguments}: {}", ran.stderr);
        assert!(ran.stdout.is_empty() && desk.names().is_empty());
    }
}

#[test]
fn a_corpus_can_be_continued_in_its_style() {
    let desk = Desk::new();
    desk.done("synth -n 300 --per-day 60 --langs ar -o small.jsonl");
    let ran = desk.done("synth -n 500 --like small.jsonl -o large.jsonl.gz");
    assert!(ran.stderr.contains("learned from 300 articles, 60 a day"), "{}", ran.stderr);
    let seen = desk.done("inspect large.jsonl.gz --no-check-labels --json").stdout;
    assert!(seen.contains("\"articles\":500"), "{seen}");
    let ran = desk.run("synth --like none.jsonl");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("none.jsonl"), "{}", ran.stderr);
}
