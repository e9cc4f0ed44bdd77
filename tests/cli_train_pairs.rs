//! `khabar train-pairs` and `group --score story` on the real binary.

#![allow(clippy::unwrap_used)]

mod cli_common;

use cli_common::Desk;
use serde_json::Value;

/// The demo corpus in the folder, one file a language.
fn desk() -> Desk {
    let desk = Desk::new();
    for name in ["arabic", "english"] {
        let path = format!("{}/corpora/demo/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
        desk.write(&format!("{name}.jsonl"), std::fs::read(path).unwrap());
    }
    desk
}

#[test]
fn a_model_is_trained_reported_and_used() {
    let desk = desk();
    let ran =
        desk.done("train-pairs arabic.jsonl english.jsonl -o m.json --weight english=2 --json");
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let names: Vec<&str> = report["left_out"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["arabic", "english"]);
    let model: Value = serde_json::from_slice(&desk.read("m.json")).unwrap();
    assert_eq!(model["khabar_same_story"], 1);

    let shipped = desk.done("group arabic.jsonl --score story --format jsonl").stdout;
    let own = desk.done("group arabic.jsonl --score story --model m.json --format jsonl").stdout;
    assert_ne!(shipped, own, "another model gives other probabilities");
    desk.done("train-pairs arabic.jsonl english.jsonl -o t.json --no-validate");
    let table = desk.done("train-pairs arabic.jsonl english.jsonl -o m2.json").stdout;
    assert!(table.contains("ECE") && table.contains("arabic"), "{table}");
}

#[test]
fn probabilities_are_saved_and_cut_again() {
    let desk = desk();
    let whole =
        desk.done("group arabic.jsonl --score story --edges e.parquet --format jsonl").stdout;
    let again = desk.done("group --from-edges e.parquet arabic.jsonl --format jsonl").rows();
    for (row, again) in cli_common::rows(&whole).iter().zip(&again) {
        for column in ["id", "story_id", "story_size", "copy_id", "role", "score"] {
            assert_eq!(row[column], again[column], "{column}");
        }
    }
    desk.done("group arabic.jsonl --threshold 0.7 --edges high.jsonl -o g.jsonl");
    let swept = desk.done("eval sweep high.jsonl --gold arabic.jsonl --json").stdout;
    let swept: serde_json::Value = serde_json::from_str(&swept).unwrap();
    assert_eq!(swept["current"]["threshold"], 0.7, "the one it was cut at");
    let ran = desk.run("group --from-edges e.parquet --score cosine");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--score") && ran.stderr.contains("story"), "{}", ran.stderr);
    let ran = desk.run("group --from-edges e.parquet --threshold 0.01");
    assert!(ran.code == 2 && ran.stderr.contains("0.02"), "{}", ran.stderr);
}

#[test]
fn mistakes_are_told_with_a_remedy_and_leave_no_model() {
    let desk = desk();
    desk.write("bare.jsonl", "{\"id\":\"1\",\"text\":\"خبر بلا قصة\"}\n");
    desk.write("broken.json", "{\"khabar_same_story\":1}");
    desk.write("p.tsv", "id_a\tid_b\tlabel\nx\ty\t1\n");
    for (arguments, said) in [
        ("train-pairs bare.jsonl -o m.json", "--field story="),
        ("train-pairs arabic.jsonl -o m.json --weight news=2", "no set is called news"),
        ("train-pairs arabic.jsonl -o m.json --weight arabic=0", "weight above 0"),
        ("train-pairs arabic.jsonl -o m.json --l2=-1", "--l2"),
        ("train-pairs arabic.jsonl ./arabic.jsonl -o m.json", "two sets are called arabic"),
        ("train-pairs --judged p.tsv arabic.jsonl -o m.json", "is not among its articles"),
        ("train-pairs gone.jsonl -o m.json", "gone.jsonl"),
        ("group arabic.jsonl --score cosine --model broken.json", "a cosine needs no model"),
        ("group arabic.jsonl --score story --model broken.json", "train-pairs"),
        ("group arabic.jsonl --score story --model gone.json", "gone.json"),
    ] {
        let ran = desk.run(arguments);
        assert_eq!(ran.code, 2, "{arguments}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{arguments}: {}", ran.stderr);
        assert!(!desk.names().contains(&"m.json".to_owned()), "{arguments}");
    }
}
