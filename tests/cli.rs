//! The conduct of the command: messages, exit codes, whole files, closed pipes.

mod cli_common;

use cli_common::{Desk, Ran, articles, corpus, rows};

const GOOD: &str =
    "{\"id\":\"أ\",\"title\":\"خبر عاجل من صنعاء\"}\n{\"id\":\"ب\",\"text\":\"طقس\"}\n";

/// Name, content, words that must stand in one line of stderr, rows, exit code, that with
/// `--strict`.
type Case<'a> = (&'a str, Option<&'a [u8]>, &'a [&'a str], usize, i32, i32);

#[test]
fn bad_input_is_told_with_file_line_and_remedy_and_the_rest_is_grouped() {
    let huge = format!("{{\"title\":{}", "[".repeat(100_000));
    #[rustfmt::skip]
    let cases: &[Case<'_>] = &[
        ("missing.jsonl", None, &["missing.jsonl: ", "check the name"], 2, 1, 1),
        ("empty/", Some(b""), &["empty/: ", "the folder is empty", "name a folder"], 2, 0, 0),
        ("void.jsonl", Some(b""), &["void.jsonl: ", "empty", "fill it"], 2, 0, 1),
        ("broken.jsonl", Some(b"{\"title\":\"x\"}\n{]\n{\"title\":\"y\"}\n"), &["broken.jsonl:2: ", "; "], 4, 0, 1),
        ("deep.jsonl", Some(huge.as_bytes()), &["deep.jsonl:1: ", "; "], 2, 0, 1),
        ("cells.csv", Some(b"id,when\n1,today\n"), &["cells.csv: ", "`id`, `when`", "--field"], 2, 1, 1),
        ("bytes.jsonl", Some(b"{\"title\":\"ok\"}\n{\"title\":\"\xff\xfe\"}\n"), &["bytes.jsonl:2: ", "UTF-8", "--encoding"], 3, 0, 1),
        ("nothing.jsonl", Some(b"\n{\"id\":\"1\",\"lang\":\"ar\"}\n"), &["nothing.jsonl:2: ", "title", "; "], 2, 0, 1),
        ("same.jsonl", Some("{\"id\":\"أ\",\"title\":\"another\"}\n".as_bytes()), &["1 article has the id of another", "أ is now أ#", "its own id"], 3, 0, 0),
        ("again.jsonl", Some("{\"id\":\"ب\",\"text\":\"طقس\"}\n".as_bytes()), &["1 repeat left out"], 2, 0, 0),
        ("dates.jsonl", Some(b"{\"title\":\"x\",\"date\":\"someday\"}\n"), &["1 date not understood", "write dates as"], 3, 0, 0),
        ("cut.jsonl.gz", Some(b"\x1f\x8b\x08\x00"), &["cut.jsonl.gz: ", "ends too early", "; "], 2, 1, 1),
    ];
    for &(name, content, words, n_rows, code, strict) in cases {
        let desk = Desk::new();
        desk.write("good.jsonl", GOOD);
        match content {
            Some(_) if name.ends_with('/') => std::fs::create_dir(desk.path(name)).unwrap(),
            Some(content) => desk.write(name, content),
            None => {}
        }
        let ran = desk.run(&format!("group good.jsonl {name}"));
        assert_eq!(ran.code, code, "{name}: {}", ran.stderr);
        let told = ran.stderr.lines().any(|line| words.iter().all(|w| line.contains(w)));
        assert!(told, "{name}: {}", ran.stderr);
        assert_eq!(ran.rows().len(), n_rows, "{name}");
        let ran = desk.run(&format!("group --strict {name} good.jsonl -o out.jsonl"));
        assert_eq!(ran.code, strict, "{name}: {}", ran.stderr);
        assert_eq!(
            rows(&String::from_utf8(desk.read("out.jsonl")).unwrap()).len(),
            n_rows,
            "{name}"
        );
    }
}

#[test]
fn where_nothing_can_be_done_the_exit_code_is_2_and_no_file_is_touched() {
    let desk = Desk::new();
    corpus(&desk);
    desk.write("old.jsonl", "old\n");
    desk.write("empty.jsonl", "\n");
    let before = desk.names();
    for (arguments, words) in [
        ("group empty.jsonl -o old.jsonl", "no article in the input"),
        ("group none.jsonl -o old.jsonl", "check the name"),
        ("group none.jsonl empty.jsonl -o old.jsonl", "no article in the input"),
        ("group a.jsonl --split dev -o old.jsonl", "--split"),
        ("group a.jsonl -o none/out.jsonl", "does not exist"),
        ("group a.jsonl -o out.xlsx", "does not say its format"),
        ("group a.jsonl -o .", "folder"),
        ("group a.jsonl -o a.jsonl", "would replace an input"),
        ("group a.jsonl -o old.jsonl --stories old.jsonl", "two outputs"),
        ("group a.jsonl --edges edges.csv", ".parquet or .jsonl"),
        ("group a.jsonl --encoding klingon -o old.jsonl", "--encoding"),
        ("group a.jsonl --clusters 3", "--method kmeans"),
        ("group a.jsonl --threshold 0", "--threshold"),
        ("group a.jsonl --threshold 1.5", "above 0"),
        ("group a.jsonl --window 7", "7d"),
        ("group a.jsonl --ngram-range 5,3", "MIN,MAX"),
        ("group a.jsonl --hashed 1000", "power of two"),
        ("group a.jsonl --max-edges 0", "--max-edges"),
        ("group a.jsonl --norm none", "--norm"),
        ("group a.jsonl --idf-power 9", "from 0 to 8"),
        ("group a.jsonl --min-df 0", "count of at least 1"),
        ("group a.jsonl --min-df 3 --max-df 2", "raise --max-df"),
        ("group a.jsonl --min-df 1000 -o old.jsonl", "no n-gram of the input is left"),
        ("group a.jsonl --field body", "FIELD=NAME"),
        ("group a.jsonl --field nose=x", "`nose` is not a field"),
        ("group a.jsonl --threads 0", "--threads"),
        ("group a.jsonl --idf old.jsonl", "cut short"),
        ("group a.jsonl --from-edges old.jsonl", "old.jsonl"),
        ("group", "required"),
        ("group --from-edges old.jsonl --window 7d", "cannot be used"),
        ("regroup a.jsonl", "unrecognized"),
        ("vectorize a.jsonl", "--output"),
        ("vectorize a.jsonl -o old.jsonl", ".npz"),
        ("vectorize a.jsonl -o v.npz --min-df 0", "count of at least 1"),
        ("vectorize a.jsonl -o v.npz --min-df 1.5", "--min-df"),
        ("vectorize a.jsonl -o v.npz --min-df 62", "--max-df"),
        ("vectorize a.jsonl -o v.npz --hashed 1000", "--hashed"),
        ("vectorize a.jsonl -o v.npz --hashed 1024 --min-df 2", "cannot be used"),
        ("vectorize a.jsonl -o v.npz --hashed 1024 --features f.txt", "cannot be used"),
        ("vectorize a.jsonl -o v.npz --idf-power -1", "--idf-power"),
        ("vectorize none.jsonl -o v.npz", "check the name"),
        ("eval groups a.jsonl none.jsonl", "check the name"),
        ("eval groups empty.jsonl a.jsonl", "no article"),
        ("eval groups a.jsonl empty.jsonl", "no row has an id and a story_id"),
        ("eval pairs empty.jsonl a.jsonl", "empty"),
    ] {
        let ran = desk.run(arguments);
        assert_eq!(ran.code, 2, "{arguments}: {}", ran.stderr);
        assert!(ran.stderr.contains(words), "{arguments}: {}", ran.stderr);
        assert_eq!(ran.stdout, "", "{arguments}");
        assert_eq!(desk.read("old.jsonl"), b"old\n", "{arguments}");
        assert_eq!(desk.names(), before, "{arguments}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error() {
    let desk = Desk::new();
    corpus(&desk);
    let ran = desk.run("group a.jsonl --format jsonl -o /dev/full");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("free space"), "{}", ran.stderr);
}

#[test]
fn a_closed_pipe_is_no_error_and_files_beside_it_are_whole() {
    let desk = Desk::new();
    corpus(&desk);
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_khabar"))
        .args(["group", "a.jsonl", "--stories", "s.jsonl"])
        .current_dir(desk.path("."))
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_eq!(ran.code, 0);
    assert!(!ran.stderr.contains("error"), "{}", ran.stderr);
    assert_eq!(rows(&String::from_utf8(desk.read("s.jsonl")).unwrap()).len(), 12);
    for arguments in ["eval groups a.jsonl a.jsonl", "--help", "group --help"] {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_khabar"))
            .args(arguments.split(' '))
            .current_dir(desk.path("."))
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{arguments}");
    }
}

/// A pipe with a name.
#[cfg(unix)]
fn named_pipe(desk: &Desk, name: &str) {
    let made = std::process::Command::new("mkfifo").arg(desk.path(name)).status();
    assert!(made.expect("mkfifo").success());
}

/// Sends what Ctrl-C sends and says with which exit code the process ended.
#[cfg(unix)]
fn interrupted(mut child: std::process::Child) -> Option<i32> {
    let kill = format!("kill -INT {}", child.id());
    assert!(std::process::Command::new("sh").args(["-c", &kill]).status().expect("sh").success());
    for _ in 0..600 {
        if let Some(status) = child.try_wait().expect("a child") {
            return status.code();
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    child.kill().expect("a child");
    panic!("the process goes on; are interrupts ignored where this test runs?");
}

#[test]
#[cfg(unix)]
fn an_interrupt_leaves_whole_files_or_none() {
    let start = |desk: &Desk, arguments: &str| {
        std::process::Command::new(env!("CARGO_BIN_EXE_khabar"))
            .args(arguments.split(' '))
            .current_dir(desk.path("."))
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap()
    };
    const INTERRUPT: Option<i32> = Some(130);

    // While it reads: the pipe has given articles and may give more.
    let desk = Desk::new();
    named_pipe(&desk, "in.jsonl");
    desk.write("old.jsonl", "old\n");
    let outputs = "-o old.jsonl --stories s.csv --edges e.parquet --idf w.idf";
    let child = start(&desk, &format!("group in.jsonl {outputs}"));
    let mut pipe = std::fs::OpenOptions::new().write(true).open(desk.path("in.jsonl")).unwrap();
    std::io::Write::write_all(&mut pipe, articles().join("\n").as_bytes()).unwrap();
    assert_eq!(interrupted(child), INTERRUPT);
    assert_eq!(desk.names(), ["in.jsonl", "old.jsonl"]);
    assert_eq!(desk.read("old.jsonl"), b"old\n");

    // While it writes: the edges are done, and nobody takes the stories.
    let desk = Desk::new();
    corpus(&desk);
    desk.done("group a.jsonl --edges want.jsonl");
    named_pipe(&desk, "s.jsonl");
    let child = start(&desk, "group a.jsonl -o g.jsonl --stories s.jsonl --edges e.jsonl");
    for _ in 0..1200 {
        if desk.path("e.jsonl").exists() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(interrupted(child), INTERRUPT);
    assert_eq!(desk.names(), ["a.jsonl", "e.jsonl", "s.jsonl", "want.jsonl"]);
    assert_eq!(desk.read("e.jsonl"), desk.read("want.jsonl"));
}

#[test]
fn many_bad_records_are_counted_after_the_first_twenty() {
    let desk = Desk::new();
    desk.write("bad.jsonl", GOOD.to_owned() + &"{]\n".repeat(1500));
    let count = |ran: &Ran| ran.stderr.lines().filter(|l| l.starts_with("bad.jsonl:")).count();
    let ran = desk.done("group bad.jsonl");
    assert_eq!(count(&ran), 20);
    assert!(ran.stderr.contains("1,480 more records could not be used"), "{}", ran.stderr);
    assert!(ran.stderr.contains(", 1,500 skipped"), "{}", ran.stderr);
    assert_eq!(count(&desk.done("group bad.jsonl --verbose")), 1500);
}

#[test]
fn talk_is_on_stderr_quiet_when_asked_and_never_coloured_in_a_pipe() {
    let desk = Desk::new();
    corpus(&desk);
    let ran = desk.done("group a.jsonl");
    assert!(ran.stderr.contains("61 articles, 12 stories"), "{}", ran.stderr);
    assert_eq!(ran.rows().len(), articles().len());
    assert_eq!(desk.done("group a.jsonl --quiet").stderr, "");
    let ran = desk.done("group a.jsonl --json --quiet");
    let summary: serde_json::Value = serde_json::from_str(ran.stderr.trim_end()).unwrap();
    assert_eq!((&summary["articles"], &summary["stories"]), (&61.into(), &12.into()));
    assert_eq!(summary["skipped"], 0);
    assert!(summary["seconds"].as_f64().unwrap() > 0.0);
    let ran = desk.run("group a.jsonl --clusters 3");
    assert!(ran.stderr.contains("error: ") && !ran.stderr.contains('\u{1b}'), "{}", ran.stderr);
}

#[test]
fn what_could_not_be_read_is_told_once() {
    let desk = Desk::new();
    corpus(&desk);
    for (arguments, lines) in [
        ("group none.jsonl", 1),
        ("group none.jsonl nowhere/", 2),
        ("vectorize none.jsonl -o v.npz", 1),
        ("group --from-edges none.jsonl", 1),
        ("eval groups a.jsonl none.jsonl", 1),
    ] {
        let ran = desk.run(arguments);
        assert_eq!(ran.code, 2, "{arguments}: {}", ran.stderr);
        assert_eq!(ran.stderr.lines().count(), lines, "{arguments}: {}", ran.stderr);
        for line in ran.stderr.lines() {
            assert_eq!(line.matches("os error").count(), 1, "{arguments}: {line}");
        }
    }
}

#[test]
fn hostile_names_are_harmless_in_messages() {
    let desk = Desk::new();
    desk.write("good.jsonl", GOOD);
    let name = "x\u{1b}[31m\u{202e}.jsonl";
    desk.write(name, "{]\n");
    let output = desk.command().args(["group", "good.jsonl", name]).output().unwrap();
    let ran = Ran::of(&output);
    assert!(ran.stderr.contains("x␛[31m\u{fffd}.jsonl:1: "), "{:?}", ran.stderr);
    assert!(!ran.stderr.contains(['\u{1b}', '\u{202e}']), "{:?}", ran.stderr);
}

#[test]
fn help_leads_with_examples_and_lists_what_there_is() {
    let desk = Desk::new();
    for command in ["", "group ", "eval ", "eval groups ", "eval pairs ", "vectorize ", "synth "] {
        let help = desk.done(&format!("{command}--help")).stdout;
        assert!(help.starts_with("Examples:\n  khabar "), "{help}");
        assert!(help.contains("Usage: khabar"), "{help}");
    }
    for command in ["group", "eval groups", "eval pairs", "vectorize"] {
        let help = desk.done(&format!("{command} --help")).stdout;
        let arabic = help.lines().take(7).any(|l| l.contains(['أ', 'خ']));
        assert!(arabic, "{command}: an Arabic example");
    }
}
