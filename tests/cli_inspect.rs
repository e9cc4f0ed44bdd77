//! `khabar inspect` as a user meets it: a corpus with known faults, a model, what is refused.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod cli_common;

use cli_common::{Desk, Random};
use serde_json::{Value, json};

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/corpora/demo");

const SPORT: [&str; 3] = ["المباراة", "الفريق", "الهدف"];
const MONEY: [&str; 3] = ["السعر", "البورصة", "الدولار"];

/// Forty articles of two labels, no two alike; one with the wrong label, one copied into the other
/// split with another label, some without this or that.
fn faulty() -> String {
    let mut lines = Vec::new();
    for i in 0..40 {
        let words = if i % 2 == 0 { SPORT } else { MONEY };
        let mut random = Random(i as u64 + 1);
        let own: Vec<String> =
            (0..30).map(|k| format!("{}{}", words[k % 3], random.below(100_000))).collect();
        let text = format!("{} {} {} {}", words[0], words[1], words[2], own.join(" "));
        let label = if (i % 2 == 0) != (i == 6) { "رياضة" } else { "اقتصاد" };
        let split = if i < 30 { "train" } else { "test" };
        lines.push(json!({"id": format!("خ{i}"), "text": text, "topic": label, "split": split, "lang": "ar"}));
    }
    let mut copy = lines[0].clone();
    copy["id"] = "copy".into();
    copy["split"] = "test".into();
    copy["topic"] = "اقتصاد".into();
    lines.push(copy);
    lines.push(json!({"id": "bare", "title": "عنوان بلا نص"}));
    lines.push(json!({"id": "rare", "text": "خبر عن الطقس اليوم", "topic": "طقس"}));
    lines.iter().map(|line| line.to_string() + "\n").collect()
}

fn inspected(desk: &Desk, arguments: &str) -> Value {
    serde_json::from_str(&desk.done(arguments).stdout).unwrap()
}

#[test]
fn known_faults_are_found() {
    let desk = Desk::new();
    desk.write("a.jsonl", faulty());
    let found = inspected(&desk, "inspect a.jsonl --json");
    assert_eq!(found["articles"], 43);
    assert_eq!(found["missing"]["title"], 42);
    assert_eq!((&found["missing"]["text"], &found["missing"]["topics"]), (&json!(1), &json!(1)));
    assert_eq!(found["copies"]["equal"], 1);
    assert_eq!(found["copies"]["largest_ids"], json!(["خ0", "copy"]));
    assert_eq!(
        found["across_splits"],
        json!([{"splits": ["test", "train"], "families": 1, "articles": 2, "examples": [["copy", "خ0"]]}])
    );
    assert_eq!(found["disagreeing"][0]["ids"], json!(["خ0", "copy"]));
    assert_eq!(found["scripts"], json!([{"name": "Arab", "articles": 43}]));
    let labels = found["labels"].as_array().unwrap();
    assert_eq!(labels.len(), 3);
    assert_eq!(labels[2]["label"], "طقس");
    let check = &found["check"];
    assert_eq!((&check["left_out"], &check["articles"]), (&json!(["طقس"]), &json!(41)));
    let suspects = check["suspects"].as_array().unwrap();
    let ids: Vec<&str> = suspects.iter().map(|s| s["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&"خ6") && ids.contains(&"copy") && ids.len() <= 4, "{ids:?}");
    let wrong = suspects.iter().find(|s| s["id"] == "خ6").unwrap();
    assert_eq!((&wrong["label"], &wrong["other"]), (&json!("اقتصاد"), &json!("رياضة")));
    assert!(wrong["other_probability"].as_f64() > wrong["probability"].as_f64());
    // The same for any number of threads.
    assert_eq!(found, inspected(&desk, "inspect a.jsonl --json --threads 1"));
}

#[test]
fn the_check_can_be_left_out_and_says_why_it_cannot_be_done() {
    let desk = Desk::new();
    desk.write("a.jsonl", faulty());
    let found = inspected(&desk, "inspect a.jsonl --json --no-check-labels");
    assert_eq!((&found["check"], &found["not_checked"]), (&Value::Null, &Value::Null));
    desk.write("b.jsonl", "{\"id\":\"1\",\"text\":\"خبر\",\"topic\":\"x\"}\n{\"id\":\"2\",\"text\":\"آخر\",\"topic\":\"y\"}\n");
    let found = inspected(&desk, "inspect b.jsonl --json");
    assert!(found["not_checked"].as_str().unwrap().contains("fewer than two labels"));
    let found = inspected(&desk, "inspect a.jsonl --json --suspects 1");
    assert_eq!(found["check"]["suspects"].as_array().unwrap().len(), 1);
    assert!(found["n_suspects"].as_u64().unwrap() >= 2);
}

#[test]
fn the_report_can_be_read_and_hostile_text_is_harmless_in_it() {
    let desk = Desk::new();
    desk.write("a.jsonl", faulty() + "{\"id\":\"\\u001b[2J\",\"text\":\"x\",\"source\":\"\\u001b]0;t\\u0007\",\"topic\":\"\\u202elabel\"}\n");
    let text = desk.done("inspect a.jsonl").stdout;
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
    for part in [
        "44 articles",
        "near-copies    2 articles in 1 family",
        "test and train share 1 family",
        "contradicted by models",
        "labels that disagree",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let demo = desk.done(&format!("inspect {DEMO} --no-check-labels")).stdout;
    assert!(demo.contains("languages      ar 138, en 103, fr 12, fa 8"), "{demo}");
    assert!(demo.contains("boilerplate    6 lines of 2 sources"), "{demo}");
}

#[test]
fn a_model_tells_what_it_was_made_of() {
    let desk = Desk::new();
    desk.write("a.jsonl", faulty());
    desk.done(&format!("train {DEMO} -o m.khabar --C 1 --folds 3 --quiet"));
    let facts = inspected(&desk, &format!("inspect m.khabar --json --with {DEMO} --words 3"));
    assert_eq!(
        (&facts["kind"], &facts["documents"], &facts["c"]),
        (&json!("topic"), &json!(261), &json!(1.0))
    );
    let labels = facts["labels"].as_array().unwrap();
    assert_eq!(labels.len(), 7);
    assert!(labels.iter().all(|l| l["words"].as_array().unwrap().len() == 3));
    assert_eq!(facts["languages"], json!(["ar", "en", "fa", "fr"]));
    let text = desk.done("inspect m.khabar").stdout;
    assert!(text.contains("accept from  label") && text.contains("--with INPUT"), "{text}");

    let mut bytes = desk.read("m.khabar");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    desk.write("damaged.khabar", &bytes);
    let ran = desk.run("inspect damaged.khabar");
    assert!(ran.code == 2 && ran.stderr.contains("damaged.khabar: "), "{}", ran.stderr);
    for wrong in
        ["inspect m.khabar a.jsonl", "inspect a.jsonl --with a.jsonl", "inspect nowhere.jsonl"]
    {
        assert_eq!(desk.run(wrong).code, 2, "{wrong}");
    }
}
