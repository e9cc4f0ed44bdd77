//! `khabar train` on the real binary: what it learns and says, and what it refuses.

#![allow(clippy::unwrap_used)]

mod cli_common;

use cli_common::Desk;
use khabar::topic::TopicModel;
use serde_json::{Value, json};

/// The demo corpus as one file; every fourth article is of the split dev.
fn desk() -> Desk {
    let desk = Desk::new();
    let mut all = String::new();
    for name in ["arabic", "english"] {
        let path = format!("{}/corpora/demo/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
        for (i, line) in std::fs::read_to_string(path).unwrap().lines().enumerate() {
            let mut article: Value = serde_json::from_str(line).unwrap();
            article["split"] = if i % 4 == 0 { "dev".into() } else { "train".into() };
            all += &format!("{article}\n");
        }
    }
    desk.write("demo.jsonl", all);
    desk
}

/// Few buckets: quick, and as good on so small a corpus.
const QUICK: &str = "--hashed 65536 --C 1,3";

#[test]
fn a_model_is_trained_measured_and_read_back() {
    let desk = desk();
    let ran =
        desk.done(&format!("train demo.jsonl -o m.khabar --validate-split dev {QUICK} --json"));
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["labels"].as_array().unwrap().len(), 7);
    assert_eq!(report["by_C"].as_array().unwrap().len(), 2);
    let dev = &report["validated"];
    assert!(dev["scores"]["accuracy"].as_f64().unwrap() > 0.75, "{dev}");
    assert_eq!(dev["scores"]["n_articles"], 66);
    assert!(dev["near_copies"].as_u64().unwrap() > 0, "the demo has copies on both sides");
    let languages = dev["languages"].as_array().unwrap();
    assert!(languages.iter().any(|l| l["language"] == "ar" && l["articles"].as_u64() > Some(20)));
    let folds = &report["out_of_fold"];
    assert!(folds["ece_after"].as_f64() < folds["ece_before"].as_f64());
    let (families, articles) = (&report["families"], report["articles"].as_u64().unwrap());
    assert!(families["families"].as_u64().unwrap() > articles / 2);

    let model = TopicModel::read(desk.path("m.khabar")).unwrap();
    assert_eq!(model.labels[0], "business");
    assert!(model.calibration.is_some() && model.languages.contains("ar"));
    assert_eq!(report["model"]["bytes"], desk.read("m.khabar").len());
    assert!(ran.stderr.contains("no accept bar for"), "{}", ran.stderr);
}

#[test]
fn an_opening_counts_twice_unless_it_is_told_not_to() {
    let desk = desk();
    let lead = |flags: &str| {
        desk.done(&format!(
            "train demo.jsonl -o m.khabar --no-calibrate --hashed 65536 --C 1 {flags}"
        ));
        TopicModel::read(desk.path("m.khabar")).unwrap()
    };
    let (usual, plain, short) = (lead(""), lead("--lead 0"), lead("--lead 30"));
    let characters = |model: &TopicModel| model.features.options().lead.map(|lead| lead.characters);
    assert_eq!([&usual, &plain, &short].map(characters), [Some(400), None, Some(30)]);
    // The last, of 30, is what is there to be looked into.
    let seen = desk.done("inspect m.khabar");
    assert!(seen.stdout.contains("the first 30 characters count 2 times"), "{}", seen.stdout);
    // What stands first weighs more than what stands last.
    let text =
        format!("فاز المنتخب بالمباراة والكأس {}", "ارتفع سعر النفط وأسهم البورصة ".repeat(3));
    let sport = |model: &TopicModel| {
        let label = model.labels.iter().position(|label| label == "sport").unwrap();
        let tagged = model.predict(&[("", &text)], &["ar"]);
        let topic = tagged[0].topics.iter().find(|topic| topic.label as usize == label);
        topic.unwrap().probability
    };
    assert!(sport(&short) > sport(&plain), "{} {}", sport(&short), sport(&plain));
}

#[test]
fn threads_and_the_order_of_the_input_make_no_other_model() {
    let desk = desk();
    let mut lines: Vec<String> =
        String::from_utf8(desk.read("demo.jsonl")).unwrap().lines().map(str::to_owned).collect();
    let arguments = "--hashed 4096 --C 1 --quiet";
    desk.done(&format!("train demo.jsonl -o one.khabar --threads 1 {arguments}"));
    desk.done(&format!("train demo.jsonl -o two.khabar --threads 2 {arguments}"));
    assert_eq!(desk.read("one.khabar"), desk.read("two.khabar"));
    // Another order of rows is another path to the same optimum: as near as training goes.
    lines.reverse();
    desk.write("turned.jsonl", lines.join("\n"));
    desk.done(&format!("train turned.jsonl -o turned.khabar {arguments}"));
    let (a, b) = (
        TopicModel::read(desk.path("one.khabar")).unwrap(),
        TopicModel::read(desk.path("turned.khabar")).unwrap(),
    );
    let text = [("", "فاز الفريق بكأس الدوري بعد مباراة حاسمة في الملعب")];
    let (a, b) = (a.predict(&text, &["ar"]), b.predict(&text, &["ar"]));
    assert_eq!(a[0].topics[0].label, b[0].topics[0].label);
    assert!((a[0].topics[0].probability - b[0].topics[0].probability).abs() < 0.05);
}

#[test]
fn labels_are_mapped_given_ids_and_left_out() {
    let desk = desk();
    desk.write(
        "labels.tsv",
        "# topic\tlabel\tid\nsport\tرياضة\tmedtop:15000000\nhealth\tلا رياضة\npolitics\tلا رياضة\nbusiness\nculture\nreligion\t\ntechnology\t\n",
    );
    let ran = desk.done(&format!("train demo.jsonl -o m.khabar --label-map labels.tsv {QUICK}"));
    assert!(ran.stderr.contains("without a topic left out"), "{}", ran.stderr);
    let model = TopicModel::read(desk.path("m.khabar")).unwrap();
    assert_eq!(model.labels, ["رياضة", "لا رياضة"]);
    assert_eq!(model.ids, ["medtop:15000000", ""]);
    for (file, said) in [
        ("sport\ta\tb\tc\n", "labels.tsv:1: not topic, label and id"),
        ("sport\ta\nsport\tb\n", "labels.tsv:2: sport stands here a second time"),
        ("sport\ta\t1\nhealth\ta\t2\n", "labels.tsv:2: a has two ids"),
        ("# nothing\n", "labels.tsv: no labels"),
    ] {
        desk.write("labels.tsv", file);
        let ran = desk.run("train demo.jsonl -o n.khabar --label-map labels.tsv");
        assert!(ran.code == 2 && ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
}

#[test]
fn several_labels_an_article() {
    let desk = desk();
    let lines: Vec<String> = String::from_utf8(desk.read("demo.jsonl"))
        .unwrap()
        .lines()
        .map(|line| {
            let mut article: Value = serde_json::from_str(line).unwrap();
            article["topics"] = json!([article["topic"], article["lang"]]);
            article.as_object_mut().unwrap().remove("topic");
            article.to_string()
        })
        .collect();
    desk.write("several.jsonl", lines.join("\n"));
    let arguments = format!("-o m.khabar --multi-label --min-articles 15 {QUICK} --json");
    let ran = desk.done(&format!("train several.jsonl {arguments}"));
    assert!(ran.stderr.contains("of fewer than 15 articles left out"), "{}", ran.stderr);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let labels = report["labels"].as_array().unwrap();
    let names: Vec<&str> = labels.iter().map(|l| l["label"].as_str().unwrap()).collect();
    assert!(names.contains(&"ar") && names.contains(&"sport") && !names.contains(&"fa"));
    assert!(labels.iter().all(|l| l["threshold"].is_number()));
    assert!(report["out_of_fold"]["scores"]["micro"]["f1"].as_f64().unwrap() > 0.8);
    let warned = desk.done(&format!("train several.jsonl -o s.khabar {QUICK}"));
    assert!(warned.stderr.contains("261 articles have several topics, of which the first counts"));
}

#[test]
fn by_time_nothing_later_is_learned_from() {
    let desk = desk();
    // A copy of the first article, printed again much later.
    let mut lines = String::from_utf8(desk.read("demo.jsonl")).unwrap();
    let mut copy: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    copy["id"] = "late".into();
    copy["published"] = "2026-03-20T08:00:00Z".into();
    lines += &format!("{copy}\n");
    desk.write("demo.jsonl", lines);
    let all = format!("train demo.jsonl -o m.khabar --json {QUICK}");
    let by_date = desk.done(&format!("{all} --split-time 2026-03-12"));
    let report: Value = serde_json::from_str(&by_date.stdout).unwrap();
    assert_eq!(report["validated"]["on"], "published from 2026-03-12 on");
    assert_eq!(report["validated"]["near_copies"], 0);
    assert!(by_date.stderr.contains("near-copies of earlier ones"), "{}", by_date.stderr);
    let by_share = desk.done(&format!("{all} --split-time"));
    let report: Value = serde_json::from_str(&by_share.stdout).unwrap();
    assert!(report["validated"]["scores"]["n_articles"].as_u64().unwrap() > 20);
}

#[test]
fn one_fit_without_folds_and_a_compressed_one() {
    let desk = desk();
    let ran = desk.done("train demo.jsonl -o m.khabar --C 1 --no-calibrate --json");
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(report["out_of_fold"].is_null() && report["families"].is_null());
    assert!(ran.stderr.contains("every article goes to review"), "{}", ran.stderr);
    let ran = desk.done("train demo.jsonl -o s.khabar --C 1 --no-calibrate --compress 0.7 --json");
    let small: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert!(small["model"]["bytes"].as_u64().unwrap() <= 700_000);
    assert!(small["model"]["bytes"].as_u64() < report["model"]["bytes"].as_u64());
    assert!(small["compressed"]["other_tags"].as_f64().unwrap() < 0.1, "{small}");
    assert!(TopicModel::read(desk.path("s.khabar")).unwrap().is_compressed());
}

#[test]
fn the_page_is_whole_strict_and_harmless() {
    let desk = desk();
    let hostile = "<script>alert(1)</script>\u{202e}";
    let lines = String::from_utf8(desk.read("demo.jsonl")).unwrap();
    let named = serde_json::to_string(hostile).unwrap();
    desk.write("h.jsonl", lines.replace("\"sport\"", &named));
    desk.done(&format!("train h.jsonl -o m.khabar --report r.html --validate demo.jsonl {QUICK}"));
    let page = String::from_utf8(desk.read("r.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>"));
    assert!(page.contains("default-src 'none'; style-src 'sha256-"));
    assert!(!page.contains("<script") && !page.contains('\u{202e}') && !page.contains("style="));
    assert!(
        page.contains("&lt;script&gt;") && page.contains("<svg") && page.contains("technology")
    );
}

#[test]
fn mistakes_are_told_with_a_remedy_and_leave_no_model() {
    let desk = desk();
    let article = |id: usize, topic: &str| {
        json!({"id": id.to_string(), "text": format!("خبر رقم {id} عن {topic} وما جرى"), "topic": topic})
            .to_string()
    };
    let lines = |topics: &[&str]| {
        let lines: Vec<String> = topics.iter().enumerate().map(|(i, t)| article(i, t)).collect();
        lines.join("\n")
    };
    desk.write("one.jsonl", lines(&["رياضة"; 8]));
    desk.write("once.jsonl", lines(&["a", "a", "a", "a", "a", "b", "b", "b", "b", "b", "c"]));
    desk.write("three.jsonl", lines(&["a", "a", "a", "b", "b", "b", "b"]));
    desk.write("bare.jsonl", "{\"id\":\"1\",\"text\":\"خبر\"}\n{\"id\":\"2\",\"text\":\"نبأ\"}\n");
    desk.write("empty.jsonl", "{\"id\":\"1\",\"text\":\"\",\"topic\":\"a\"}\n");
    for (arguments, said) in [
        ("one.jsonl", "one.jsonl: all articles are رياضة; a topic model needs"),
        ("once.jsonl", "once.jsonl: only one article is c; give more articles of it, leave"),
        ("three.jsonl", "--folds: 5 folds, but three.jsonl has 3 articles of a; give at most 3"),
        ("bare.jsonl", "bare.jsonl: no article has a topic; name the field with --field topic="),
        ("empty.jsonl", "no article in the input"),
        ("gone.jsonl", "gone.jsonl"),
        (
            "demo.jsonl --validate-split test",
            "--validate-split: no record of demo.jsonl has the split test; the splits are dev, train;",
        ),
        ("one.jsonl --validate-split dev", "no record has a `split`"),
        ("demo.jsonl --validate bare.jsonl", "bare.jsonl: no article to validate on has a topic"),
        (
            "demo.jsonl --split-time 1999-01-01",
            "--split-time: no article of its own before the cut",
        ),
        ("demo.jsonl --split-time soon", "write a date as 2026-03-01, or a share"),
        ("one.jsonl --split-time", "--split-time: no article has a date"),
        ("demo.jsonl --min-articles 1000", "no topic has 1000 articles"),
        ("demo.jsonl --C 0", "--C: 0 is no strength of fit"),
        ("demo.jsonl --accept-precision 1", "give a share above 0 and below 1"),
        ("demo.jsonl --hashed 1000", "--hashed: 1000 buckets; give a power of two"),
        ("demo.jsonl --folds 1", "1 is not in 2..=100"),
        ("demo.jsonl --min-df 100000", "--min-df: no n-gram is in 100000 of 261 articles"),
        ("demo.jsonl --compress 0.1", "--compress: 100000 bytes hold no weights"),
        ("demo.jsonl --multi-label --loss multinomial", "--loss"),
        ("demo.jsonl --validate demo.jsonl --split-time", "cannot be used with"),
        ("demo.jsonl --report r.txt", "--report"),
    ] {
        let ran = desk.run(&format!("train {arguments} -o m.khabar"));
        assert_eq!(ran.code, 2, "{arguments}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{arguments}: {}", ran.stderr);
        assert!(!desk.names().contains(&"m.khabar".to_owned()), "{arguments}");
    }
    let ran = desk.run("train demo.jsonl -o model.bin");
    assert!(ran.code == 2 && ran.stderr.contains("name a file in .khabar"), "{}", ran.stderr);
    // What a report says stands, whatever else was in the input.
    let left = desk.done("train once.jsonl -o m.khabar --min-articles 2 --folds 2 --min-df 1");
    assert!(left.stderr.contains("1 topic of fewer than 2 articles left out"), "{}", left.stderr);
}
