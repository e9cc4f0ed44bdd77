//! The README keeps its word: its commands run, and print what it shows.
//!
//! Every `sh` block is run as it stands, in order and in one folder that holds the demo corpus,
//! with the tested binary in place of `cargo run --release --`; other cargo commands are left
//! to whoever reads them. A `text` block is what the `sh` block before it prints; where a line
//! `...` parts it, the parts must come in that order.
#![cfg(unix)]
// A helper that fails ends the test.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const README: &str = include_str!("../README.md");
const RUN: &str = "cargo run --release --";

/// Blocks between fences: language and content.
fn blocks() -> Vec<(&'static str, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in README.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(language), None) => open = Some((language, String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some((_, content))) => {
                content.push_str(line);
                content.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// A folder with the demo corpus where the README expects it.
fn desk() -> tempfile::TempDir {
    let desk = tempfile::tempdir().unwrap();
    let to = desk.path().join("corpora/demo");
    fs::create_dir_all(&to).unwrap();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpora/demo")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
    desk
}

/// What of a block can be run here.
fn script(block: &str, table: bool) -> String {
    let lines = block.lines().filter(|line| !line.starts_with("cargo") || line.starts_with(RUN));
    let binary = format!("'{}'", env!("CARGO_BIN_EXE_khabar"));
    lines
        // stdout is no terminal here: the table has to be asked for.
        .map(|line| line.replace(RUN, &binary) + if table { " --format table\n" } else { "\n" })
        .collect()
}

fn run(script: &str, folder: &Path) -> Output {
    Command::new("sh").args(["-euc", script]).current_dir(folder).output().unwrap()
}

/// Fails unless the parts of `shown` stand in `printed`, whole lines, in their order.
fn assert_shows(shown: &str, printed: &str) {
    let mut rest = format!("\n{printed}");
    for part in format!("\n{shown}").split("\n...\n").filter(|part| !part.trim().is_empty()) {
        let part = format!("\n{}\n", part.trim_matches('\n'));
        let Some(at) = rest.find(&part) else {
            panic!("the README shows{part}but what is printed goes on with{rest}");
        };
        rest.drain(..at + part.len() - 1);
    }
}

#[test]
fn every_command_runs_and_prints_what_is_shown() {
    let desk = desk();
    let blocks = blocks();
    let (mut n_runs, mut n_shown) = (0, 0);
    for (at, (_, block)) in blocks.iter().enumerate().filter(|(_, (lang, _))| *lang == "sh") {
        let shown = blocks.get(at + 1).filter(|(lang, _)| *lang == "text").map(|(_, text)| text);
        let table = shown.is_some() && block.trim() == format!("{RUN} group corpora/demo");
        let script = script(block, table);
        if script.is_empty() {
            continue;
        }
        let ran = run(&script, desk.path());
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(ran.status.success(), "{script}\n{said}");
        n_runs += block.matches(RUN).count();
        if let Some(shown) = shown {
            assert_shows(shown, &String::from_utf8(ran.stdout).unwrap());
            n_shown += 1;
        }
    }
    assert!(n_runs >= 8 && n_shown >= 2, "{n_runs} commands, {n_shown} of them with output");
}

#[test]
fn the_readme_begins_with_the_main_job_and_names_the_tests() {
    let blocks = blocks();
    let sh: Vec<&str> = blocks.iter().filter(|b| b.0 == "sh").map(|b| b.1.trim()).collect();
    assert_eq!(sh[0], "cargo run --release -- group corpora/demo");
    assert!(sh.contains(&"cargo test"));
}

#[test]
fn the_example_in_rust_is_the_one_that_runs_with_the_docs() {
    let docs = include_str!("../src/group/mod.rs");
    let example: String = docs
        .split("//! ```\n")
        .nth(1)
        .unwrap()
        .lines()
        .map(|line| line.trim_start_matches("//!").trim_start_matches(' '))
        .map(|line| line.trim_start_matches("# ").to_owned() + "\n")
        .collect();
    let readme = blocks().into_iter().find(|b| b.0 == "rust").unwrap().1;
    let bare = |code: &str| code.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    assert_eq!(bare(&readme), bare(&example));
}

#[test]
fn links_to_files_lead_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut n = 0;
    for after in README.split("](").skip(1) {
        let link = after.split(')').next().unwrap();
        if !link.starts_with("http") {
            assert!(root.join(link).exists(), "{link}");
            n += 1;
        }
    }
    assert!(n > 0);
}

#[test]
fn shown_parts_must_be_whole_lines_in_order() {
    for (shown, right) in [
        ("a\nb\n", true),
        ("a\n...\nc\n", true),
        ("...\nc\n", true),
        ("a\n...\n", true),
        ("a\nc\n", false),
        ("c\n...\na\n", false),
        ("a\n...\na\n", false),
        ("aa\n", false),
    ] {
        let found = std::panic::catch_unwind(|| assert_shows(shown, "a\nb\nc\n")).is_ok();
        assert_eq!(found, right, "{shown:?}");
    }
}
