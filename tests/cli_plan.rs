//! `khabar group --plan` and `--max-memory` on the real binary.

#![allow(clippy::unwrap_used)]

mod cli_common;

use cli_common::{Desk, articles};

/// A desk with an input of 61 articles.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("news.jsonl", articles().join("\n"));
    desk
}

#[test]
fn a_plan_names_articles_days_and_memory_and_groups_nothing() {
    let desk = desk();
    let ran = desk.done("group news.jsonl --plan -o groups.jsonl");
    let n = articles().len();
    for part in [&*format!("{n} articles"), "3 days (undated: 0)", "memory: about", "join"] {
        assert!(ran.stdout.contains(part), "{part}: {}", ran.stdout);
    }
    assert_eq!(desk.names(), ["news.jsonl"]);
}

#[test]
fn a_plan_as_json_adds_up_and_a_window_is_told() {
    let ran = desk().done("group news.jsonl --plan --json --window 3d");
    let plan: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let parts = plan["parts"].as_array().unwrap().iter().map(|p| p["bytes"].as_u64().unwrap());
    assert_eq!(plan["memory_bytes"].as_u64(), Some(parts.sum()));
    assert_eq!(plan["articles"].as_u64(), Some(articles().len() as u64));
    assert!(plan["articles_at_hand"].as_u64().unwrap() > 10);
}

#[test]
fn what_does_not_fit_is_refused_before_the_work_and_what_fits_is_done() {
    let desk = desk();
    let refused = desk.run("group news.jsonl --max-memory 20M -o groups.jsonl");
    assert_eq!(refused.code, 2);
    let said = &refused.stderr;
    assert!(said.contains("--max-memory 20 MB: grouping "), "{said}");
    assert!(said.contains("takes about") && said.contains("group parts of the input"), "{said}");
    assert_eq!(desk.names(), ["news.jsonl"]);
    assert_eq!(desk.run("group news.jsonl --max-memory 4").code, 2, "a size has a unit");
    desk.done("group news.jsonl --max-memory 4G -o groups.jsonl");
    desk.done("group news.jsonl -o same.jsonl");
    assert_eq!(desk.read("groups.jsonl"), desk.read("same.jsonl"));
}

#[test]
fn what_comes_through_a_pipe_is_refused_too() {
    let desk = desk();
    let mut command = desk.command();
    command.args(["group", "-", "--max-memory", "1M"]).write_stdin(articles().join("\n"));
    let ran = cli_common::Ran::of(&command.output().unwrap());
    assert_eq!((ran.code, &*ran.stdout), (2, ""));
    assert!(ran.stderr.contains("takes about"), "{}", ran.stderr);
}

/// The most memory that a child had in use, in bytes: its rows go into a pipe that is not read
/// before the system was asked.
#[cfg(target_os = "linux")]
fn peak_of(desk: &Desk, arguments: &str) -> u64 {
    use std::io::Read as _;
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_khabar"))
        .args(arguments.split(' '))
        .current_dir(desk.path(""))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut rows = child.stdout.take().unwrap();
    rows.read_exact(&mut [0]).unwrap();
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    rows.read_to_end(&mut Vec::new()).unwrap();
    assert!(child.wait().unwrap().success());
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: u64 = line.trim().strip_suffix("kB").unwrap().trim().parse().unwrap();
    kilobytes * 1024
}

#[test]
#[cfg(target_os = "linux")]
fn a_plan_is_within_30_percent_of_the_memory_that_is_used() {
    let desk = Desk::new();
    for (n, more) in [(2_000, ""), (8_000, ""), (24_000, " --window 1d")] {
        desk.done(&format!("synth -n {n} -q -o news.jsonl"));
        let arguments = format!("group news.jsonl -q --threads 2{more}");
        let ran = desk.done(&format!("{arguments} --plan --json"));
        let plan: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let planned = plan["memory_bytes"].as_f64().unwrap();
        let used = peak_of(&desk, &arguments) as f64;
        let share = planned / used;
        println!("{n} articles{more}: {:.0} MB planned, {:.0} MB used", planned / 1e6, used / 1e6);
        assert!((0.7..=1.3).contains(&share), "{n} articles: {planned} planned, {used} used");
    }
}
