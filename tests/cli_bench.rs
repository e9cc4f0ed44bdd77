//! `khabar bench` on the real binary: all stages, all sizes, and nothing left behind.

#![allow(clippy::unwrap_used)]

mod cli_common;

use cli_common::{Desk, articles};

const STAGES: [&str; 9] =
    ["read", "boilerplate", "count", "weight", "join", "score", "link", "describe", "write"];

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("news.jsonl", articles().join("\n"));
    desk
}

#[test]
fn every_stage_is_measured_at_every_size() {
    let desk = desk();
    let ran = desk.done("bench news.jsonl --repeats 2 --threads 1,2 --json -q");
    assert!(ran.stderr.is_empty(), "{}", ran.stderr);
    let found: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let n = articles().len();
    let medians = found["medians"].as_array().unwrap();
    for part in [8, 4, 2, 1] {
        let articles = n.div_ceil(part) as u64;
        for stage in STAGES.into_iter().chain(["group", "normalise", "tag"]) {
            let of = |m: &&serde_json::Value| {
                m["stage"] == stage && m["articles"] == articles && m["threads"] == 2
            };
            let median = medians.iter().find(of).unwrap_or_else(|| panic!("{stage} of {articles}"));
            assert!(median["wall_seconds"].as_f64().unwrap() > 0.0, "{median}");
        }
    }
    let alone = medians.iter().filter(|m| m["threads"] == 1).count();
    assert_eq!(alone, STAGES.len() + 3, "all of the input, on one thread");
    let runs = found["runs"].as_array().unwrap();
    assert_eq!(runs.iter().filter(|r| r["stage"] == "join").count(), 2 * 5);
    assert!(found["growth"].as_array().unwrap().iter().any(|g| g["exponent"].is_number()));
}

#[test]
fn the_table_is_for_eyes_and_the_drawing_is_a_page_of_its_own() {
    let desk = desk();
    let ran = desk.done("bench news.jsonl --repeats 1 --threads 1 --parts 2,1 -o bench.html");
    for word in ["CPU seconds", "boilerplate", "articles/s", "memory", "n^"] {
        assert!(ran.stdout.contains(word), "{word}: {}", ran.stdout);
    }
    let page = String::from_utf8(desk.read("bench.html")).unwrap();
    assert!(page.contains("<svg") && page.contains("Content-Security-Policy"));
    assert!(page.contains("news.jsonl") && !page.contains("NaN"));
}

#[test]
fn what_is_no_drawing_is_said_before_the_work() {
    let desk = desk();
    let ran = desk.run("bench news.jsonl -o bench.png");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("name a file in .svg or .html"), "{}", ran.stderr);
    assert_eq!(desk.names(), ["news.jsonl"]);
}

#[test]
#[cfg(unix)]
fn an_interrupt_leaves_no_temporary_file() {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Command, Stdio};
    let desk = desk();
    std::fs::create_dir(desk.path("tmp")).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_khabar"))
        .args(["bench", "news.jsonl", "--repeats", "10000", "-o", "bench.svg"])
        .current_dir(desk.path(""))
        .env("TMPDIR", desk.path("tmp"))
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("run 3") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "it ended before");
    }
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(desk.names(), ["news.jsonl", "tmp"]);
    assert_eq!(std::fs::read_dir(desk.path("tmp")).unwrap().count(), 0);
}
