//! `khabar eval topics` on the real binary: scores worked by hand, everything odd said aloud.

#![allow(clippy::unwrap_used)] // also in the helpers of tests, which clippy.toml leaves out

mod cli_common;

use cli_common::Desk;
use serde_json::Value;

const GOLD: &str =
    "id,title,topic\n1,أ,رياضة\n2,ب,رياضة\n3,ج,اقتصاد\n4,د,اقتصاد\n5,ه,ثقافة\n6,و,\n";

/// 1 and 3 right, 2 wrong, 4 empty, 5 missing, 9 nobody's.
const PRED: &str = r#"{"id":"1","topics":[{"label":"رياضة","probability":0.8},{"label":"اقتصاد","probability":0.2}],"decision":"accept"}
{"id":"2","topics":[{"label":"رياضة","probability":0.4},{"label":"اقتصاد","probability":0.6}],"decision":"accept"}
{"id":"3","topics":[{"label":"اقتصاد","probability":0.5},{"label":"رياضة","probability":0.3}],"decision":"review","reason":"x"}
{"id":"4","topics":[],"decision":"review"}
{"id":"9","topics":[{"label":"سفر","probability":1.0}],"decision":"accept"}
"#;

fn json(desk: &Desk, arguments: &str) -> Value {
    serde_json::from_str(&desk.done(&format!("{arguments} --json")).stdout).unwrap()
}

#[track_caller]
fn assert_near(got: &Value, want: f64) {
    assert!((got.as_f64().unwrap() - want).abs() < 1e-9, "{got}, should be {want}");
}

#[test]
fn topics_are_scored_by_hand_worked_values() {
    let desk = Desk::new();
    desk.write("gold.csv", GOLD);
    desk.write("pred.jsonl", PRED);
    let s = json(&desk, "eval topics gold.csv pred.jsonl");
    assert_eq!(
        ["n_articles", "n_missing", "n_empty", "n_ignored"].map(|key| s[key].as_u64().unwrap()),
        [5, 1, 1, 1]
    );
    assert_near(&s["accuracy"], 0.4);
    // Each by precision, recall: اقتصاد 1/2, 1/2; ثقافة 0, 0; رياضة 1, 1/2.
    assert_near(&s["macro"]["precision"], 0.5);
    assert_near(&s["macro"]["recall"], 1.0 / 3.0);
    assert_near(&s["micro"]["precision"], 2.0 / 3.0);
    assert_near(&s["micro"]["f1"], 0.5);
    assert_near(&s["weighted"]["recall"], 0.4);
    assert_eq!(s["labels"][1]["label"], "ثقافة");
    assert_eq!(s["labels"][0]["support"], 2);
    // Two best: 1, 2 and 3 of five.
    assert_eq!((&s["top_k"][0]["k"], &s["top_k"][0]["accuracy"]), (&2.into(), &0.6.into()));
    // Three labels; 3 lists two, so ثقافة has the 0.2 that is left.
    let p = &s["probabilities"];
    assert_eq!((&p["n"], &p["n_partial"]), (&3.into(), &1.into()));
    assert_near(&p["log_loss"], -(0.8f64.ln() + 0.4f64.ln() + 0.5f64.ln()) / 3.0);
    assert_near(&p["brier"], (0.08 + 0.72 + (0.25 + 0.09 + 0.04)) / 3.0);
    assert_near(&p["ece"], (0.2 + 0.6 + 0.5) / 3.0);
    // Of the five, the surest (0.8) is right, then 0.6 wrong, 0.5 right, and two without.
    let curve = s["coverage"].as_array().unwrap();
    let at = |share: f64| curve.iter().find(|c| c["share"] == share).unwrap();
    assert_near(&at(0.2)["accuracy"], 1.0);
    assert_near(&at(0.6)["accuracy"], 2.0 / 3.0);
    assert_near(&at(1.0)["accuracy"], 0.4);
    assert!(at(1.0)["least"].is_null());
    // Accepted: 1 right, 2 wrong; 9 does not count.
    assert_near(&s["decisions"]["share"], 0.4);
    assert_near(&s["decisions"]["accuracy"], 0.5);
    let interval = &s["intervals"]["accuracy"];
    assert!(interval["low"].as_f64().unwrap() < 0.4 && interval["high"].as_f64().unwrap() > 0.4);
    assert_eq!(json(&desk, "eval topics gold.csv pred.jsonl --threads 1"), s);
    assert!(json(&desk, "eval topics gold.csv pred.jsonl --resamples 0")["intervals"].is_null());
}

#[test]
fn what_is_missing_empty_or_unknown_is_said_aloud() {
    let desk = Desk::new();
    desk.write("gold.csv", GOLD);
    desk.write(
        "pred.jsonl",
        format!(
            "{PRED}{{]\n{}\n{}\n",
            r#"{"id":"5","topic":"\u001b[31mCulture"}"#, r#"{"id":"7"}"#
        ),
    );
    let ran = desk.done("eval topics gold.csv pred.jsonl --quiet");
    for said in [
        "gold.csv: 1 article without a topic left out",
        "pred.jsonl: 1 article has no topic, each counted as wrong",
        "pred.jsonl: 1 label no article of gold.csv has: ␛[31mCulture (predicted for 1 article)",
        "pred.jsonl:6: ",
        "row 8: no topics",
    ] {
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    assert!(!ran.stderr.contains("missing"), "{}", ran.stderr);
    assert!(!ran.stdout.contains('\u{1b}'));
    assert_eq!(desk.run("eval topics gold.csv pred.jsonl --strict").code, 1);
    desk.write("pred.jsonl", PRED);
    let ran = desk.done("eval topics gold.csv pred.jsonl");
    let said = "1 of the gold articles are missing, each counted as wrong: 5";
    assert!(ran.stderr.contains(said), "{}", ran.stderr);
}

#[test]
fn the_table_has_everything_in_its_place() {
    let desk = Desk::new();
    desk.write("gold.csv", GOLD);
    desk.write("pred.jsonl", PRED);
    let table = desk.done("eval topics gold.csv pred.jsonl").stdout;
    for line in [
        "accuracy                0.4000  (95 %: ",
        "among the best 2        0.6000",
        "macro                   0.5000    0.3333    0.3889  (95 %: ",
        "micro                   0.6667    0.4000    0.5000  (95 %: ",
        "    0.5000    0.5000    0.5000         2         2  اقتصاد",
        "      1      -      1      -  3 رياضة",
        "calibration error       0.4333",
        "      60%         3      0.6667        0.5000",
        "     100%         5      0.4000          none",
        "share accepted          0.4000  2 of 5 articles",
        "right of these          0.5000",
        "missing                      1  absent from the prediction, each wrong",
        "empty                        1  without a topic, each wrong",
        "ignored                      1  only in the prediction",
    ] {
        assert!(table.contains(line), "{line:?} in\n{table}");
    }
}

#[test]
fn csv_cells_and_mere_labels_score_like_json() {
    let desk = Desk::new();
    desk.write("gold.csv", GOLD);
    desk.write("pred.jsonl", PRED);
    desk.write(
        "pred.csv",
        "id,topics,decision\n1,رياضة:0.8 | اقتصاد:0.2,accept\n2,رياضة:0.4 | اقتصاد:0.6,accept\n\
         3,اقتصاد:0.5 | رياضة:0.3,review\n4,,review\n9,سفر:1,accept\n",
    );
    let of_json = json(&desk, "eval topics gold.csv pred.jsonl");
    assert_eq!(json(&desk, "eval topics gold.csv pred.csv"), of_json);
    // Labels alone, and the columns of any corpus.
    desk.write("labels.csv", "id,topic\n1,رياضة\n2,اقتصاد\n3,اقتصاد\n4,\n");
    let s = json(&desk, "eval topics gold.csv labels.csv");
    assert_eq!((&s["accuracy"], &s["macro"]), (&of_json["accuracy"], &of_json["macro"]));
    assert!(s["probabilities"].is_null() && s["decisions"].is_null());
    assert_eq!(json(&desk, "eval topics gold.csv gold.csv")["accuracy"], 1.0);
    // Articles with texts, and mere rows, are gold alike.
    desk.write("rows.csv", "id,topic\n1,رياضة\n2,رياضة\n3,اقتصاد\n4,اقتصاد\n5,ثقافة\n");
    assert_eq!(json(&desk, "eval topics rows.csv pred.csv"), of_json);
    desk.write("other.csv", "id,القسم\n1,رياضة\n2,رياضة\n3,اقتصاد\n4,اقتصاد\n5,ثقافة\n");
    assert_eq!(json(&desk, "eval topics other.csv pred.csv --field topic=القسم"), of_json);
}

#[test]
fn several_topics_an_article_are_scored_by_what_is_chosen() {
    let desk = Desk::new();
    desk.write(
        "gold.jsonl",
        "{\"id\":1,\"title\":\"أ\",\"topics\":[\"سياسة\",\"اقتصاد\"]}\n{\"id\":2,\"title\":\"ب\",\"topics\":[\"رياضة\"]}\n",
    );
    let row = |id: u32, p: [f64; 3], chosen: [bool; 3]| {
        let labels = ["سياسة", "اقتصاد", "رياضة"];
        let topics: Vec<Value> = (0..3)
            .map(|i| serde_json::json!({"label": labels[i], "probability": p[i], "chosen": chosen[i]}))
            .collect();
        serde_json::json!({"id": id, "topics": topics, "decision": "accept"}).to_string()
    };
    // One of two topics is overlooked, though more likely than the one wrongly above it.
    let pred = [
        row(1, [0.9, 0.2, 0.5], [true, false, false]),
        row(2, [0.1, 0.2, 0.4], [false, false, true]),
    ];
    desk.write("pred.jsonl", pred.join("\n"));
    let s = json(&desk, "eval topics gold.jsonl pred.jsonl --multi-label");
    assert_eq!(s, json(&desk, "eval topics gold.jsonl pred.jsonl"));
    assert_eq!((&s["multi_label"], &s["accuracy"]), (&true.into(), &0.5.into()));
    assert_near(&s["several"]["hamming_loss"], 1.0 / 6.0);
    assert_near(&s["several"]["samples"]["recall"], 0.75);
    assert_near(&s["several"]["ranking"]["average_precision"], (5.0 / 6.0 + 1.0) / 2.0);
    assert_near(&s["several"]["ranking"]["coverage_error"], 2.0);
    assert_near(&s["micro"]["f1"], 0.8);
    let squares = [0.1f64, 0.8, 0.5, 0.1, 0.2, 0.6].map(|d| d * d).iter().sum::<f64>();
    assert_near(&s["probabilities"]["brier"], squares / 6.0);
    assert_near(&s["decisions"]["accuracy"], 0.5);
    let table = desk.done("eval topics gold.jsonl pred.jsonl").stdout;
    assert!(table.contains("Hamming loss            0.1667"), "{table}");
    assert!(table.contains("precision at 1          1.0000  nDCG 1.0000"), "{table}");
    // Without choices, what is likelier than not.
    let bare = pred.join("\n").replace("\"chosen\":true,", "").replace("\"chosen\":false,", "");
    desk.write("bare.jsonl", &bare);
    let ran = desk.done("eval topics gold.jsonl bare.jsonl --multi-label");
    assert!(ran.stderr.contains("a probability of 0.5 or more"), "{}", ran.stderr);
    let ran = desk.done("eval topics gold.jsonl bare.jsonl");
    assert!(ran.stderr.contains("1 article has several topics, of which the first counts"));
}

#[test]
fn nonsense_is_an_error_that_says_what_to_do() {
    let desk = Desk::new();
    desk.write("gold.csv", GOLD);
    desk.write("none.csv", "id,title\n1,أ\n");
    desk.write("twice.csv", "id,topic\n1,رياضة\n1,سفر\n");
    desk.write("odd.jsonl", "{\"id\":1,\"topics\":[{\"label\":\"a\",\"probability\":2}]}\n");
    desk.write("shy.jsonl", "{\"id\":1,\"topics\":[\"a\"],\"decision\":\"maybe\"}\n");
    for (arguments, said) in [
        ("none.csv gold.csv", "none.csv: no article has a topic; name the field with --field"),
        ("gold.csv none.csv", "none.csv: no row has an id and topics"),
        ("gold.csv twice.csv", "article \"1\" comes twice with different topics; keep one"),
        ("gold.csv odd.jsonl", "row 1: a probability outside 0 to 1"),
        ("gold.csv shy.jsonl", "decision \"maybe\"; write accept or review"),
        ("gold.csv absent.csv", "absent.csv"),
    ] {
        let ran = desk.run(&format!("eval topics {arguments}"));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{arguments}");
        assert!(ran.stderr.contains(said), "{arguments}: {}", ran.stderr);
    }
    let help = desk.done("eval topics --help").stdout;
    assert!(help.starts_with("Examples:\n  khabar eval topics gold.jsonl"), "{help}");
}
