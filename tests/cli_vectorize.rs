//! `khabar vectorize` on the real binary: the archive, the names, the flags.

mod cli_common;

use cli_common::{Desk, articles, corpus};
use serde_json::Value;

#[test]
fn rows_names_and_ids_fit_together() {
    let desk = Desk::new();
    corpus(&desk);
    let flags = "--features f.txt --ids ids.txt --json --quiet";
    let ran = desk.done(&format!("vectorize a.jsonl -o v.npz {flags}"));
    let summary: Value = serde_json::from_str(ran.stderr.trim_end()).unwrap();
    assert_eq!((&summary["articles"], &summary["skipped"]), (&61.into(), &0.into()));
    let lines = |name: &str| -> Vec<String> {
        let text = String::from_utf8(desk.read(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let features = lines("f.txt");
    assert_eq!(Value::from(features.len()), summary["features"]);
    assert!(features.is_sorted() && features.iter().all(|f| (3..=5).contains(&f.chars().count())));
    let ids: Vec<String> = articles()
        .iter()
        .map(|a| serde_json::from_str::<Value>(a).unwrap()["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(lines("ids.txt"), ids);
    let archive = desk.read("v.npz");
    assert!(archive.starts_with(b"PK\x03\x04"));
    let piped = desk.command().args(["vectorize", "a.jsonl", "-o", "-"]).output().unwrap();
    assert_eq!(piped.stdout, archive);
    desk.done("vectorize a.jsonl -o one.npz --threads 1");
    assert_eq!(desk.read("one.npz"), archive);
}

#[test]
fn flags_reach_the_vectorizer() {
    let desk = Desk::new();
    desk.write("a.txt", "Ab ab\n");
    desk.write("b.txt", "ab cd\n");
    let features = |flags: &str| {
        desk.done(&format!("vectorize a.txt b.txt -o v.npz --features f.txt {flags}"));
        String::from_utf8(desk.read("f.txt")).unwrap().replace('\n', ",")
    };
    assert_eq!(features("--ngram-range 2,2"), "\" a\",\" c\",\"ab\",\"b \",\"cd\",\"d \",");
    assert_eq!(features("--ngram-range 2,2 --min-df 2"), "\" a\",\"ab\",\"b \",");
    assert_eq!(features("--ngram-range 2,2 --max-df 1"), "\" c\",\"cd\",\"d \",");
    assert_eq!(features("--ngram-range 2,2 --max-df 0.5 --max-features 1"), "\" c\",");
    assert_eq!(features("--ngram-range 4,4 --profile none"), "\" Ab \",\" ab \",\" cd \",");
    assert_eq!(features("--ngram-range 4,4 --profile none --lowercase"), "\" ab \",\" cd \",");
    assert_eq!(features("--ngram-range 5,5 --analyzer char"), "\"ab ab\",\"ab cd\",");
    desk.write("c.txt", "ab ab cd cd cd ef\n");
    let bytes = |flags: &str| {
        desk.done(&format!("vectorize a.txt b.txt c.txt -o v.npz {flags}"));
        desk.read("v.npz")
    };
    let usual = bytes("");
    assert!(bytes("--sublinear-tf --idf-power 1 --norm l2") == usual);
    for flags in
        ["--tf raw", "--tf bm25", "--idf-power 2", "--norm l1", "--norm none", "--hashed 256"]
    {
        assert!(bytes(flags) != usual, "{flags}");
    }
}
