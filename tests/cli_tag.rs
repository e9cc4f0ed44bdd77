//! `khabar tag` as a user meets it: rows in every format, decisions, words, exports, readers.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

mod cli_common;

use std::sync::OnceLock;

use cli_common::{Desk, rows};
use khabar::Article;
use khabar::corpus::{ReadOptions, read};
use khabar::split::{FamilyOptions, FoldOptions, families, stratified_folds};
use khabar::topic::{Labels, TrainOptions, train};
use serde_json::Value;

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/corpora/demo");

/// A model of the demo corpus as bytes: of one label an article, or of several.
fn model(multi: bool) -> &'static [u8] {
    static MODELS: [OnceLock<Vec<u8>>; 2] = [OnceLock::new(), OnceLock::new()];
    MODELS[usize::from(multi)].get_or_init(|| {
        let corpus = read(&[DEMO.into()], &ReadOptions::default(), &mut |_| {}).unwrap();
        let articles: Vec<&Article> = corpus.articles.iter().collect();
        let mut names: Vec<String> = articles.iter().map(|a| a.topics[0].clone()).collect();
        names.sort();
        names.dedup();
        let number = |a: &&Article| names.binary_search(&a.topics[0]).unwrap() as u32;
        let labels = if multi {
            Labels::lists(articles.iter().map(|a| vec![number(a)]), names.len())
        } else {
            Labels::single(articles.iter().map(number).collect(), names.len())
        };
        let of = families(&articles, &FamilyOptions::default()).of;
        let folds = FoldOptions { folds: 3, ..FoldOptions::default() };
        let folds = stratified_folds(&articles, &of, &folds).unwrap();
        let texts: Vec<_> = articles.iter().map(|a| (a.title.as_str(), a.text.as_str())).collect();
        let languages: Vec<&str> = articles.iter().map(|a| a.lang.as_str()).collect();
        let mut options =
            TrainOptions { cs: vec![1.0], accept_precision: 0.7, ..TrainOptions::default() };
        options.features.n_buckets = 1 << 16;
        let (mut model, _) =
            train(&texts, &languages, &labels.unwrap(), &names, &folds, &options, &|_| {}).unwrap();
        let sport = names.iter().position(|name| name == "sport").unwrap();
        model.ids[sport] = "medtop:15000000".to_owned();
        model.to_bytes("model").unwrap()
    })
}

/// A desk with the model, and some articles: sport, too short, another script.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("m.khabar", model(false));
    desk.write("several.khabar", model(true));
    desk.write(
        "a.jsonl",
        concat!(
            r#"{"id":"خ1","title":"فوز المنتخب","text":"فاز المنتخب في المباراة النهائية بهدفين وأحرز لاعب الفريق هدف الفوز في الدقيقة الأخيرة من كأس الدوري","lang":"ar"}"#, "\n",
            r#"{"id":"e2","title":"Ok","lang":"en"}"#, "\n",
            r#"{"id":"j3","text":"東京の株式市場は今日も大きく値上がりし、投資家の期待が高まっている。日本銀行は金融政策を維持した。","lang":"ja"}"#, "\n",
            r#"{"id":"e4","title":"Striker scores twice as the club wins the league match","text":"The team won the match with two goals in the second half and the coach praised the players after the final whistle.","lang":"en-GB"}"#, "\n",
        ),
    );
    desk
}

#[test]
fn a_row_an_article_in_input_order_with_what_to_do() {
    let desk = desk();
    let ran = desk.done("tag a.jsonl -m m.khabar");
    let rows = ran.rows();
    let ids: Vec<_> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["خ1", "e2", "j3", "e4"]);
    for row in &rows {
        let keys: Vec<_> = row.keys().map(String::as_str).collect();
        assert_eq!(keys.len(), 4, "{keys:?}");
        let topics = row["topics"].as_array().unwrap();
        assert_eq!(topics.len(), 3);
        let p: Vec<f64> = topics.iter().map(|t| t["probability"].as_f64().unwrap()).collect();
        assert!(p.windows(2).all(|p| p[0] >= p[1]) && p.iter().all(|p| (0.0..=1.0).contains(p)));
        assert!(topics.iter().all(|t| t.get("chosen").is_none()));
        assert_eq!(row["reason"].is_null(), row["decision"] == "accept");
    }
    assert_eq!(rows[0]["topics"][0]["label"], "sport");
    assert_eq!(rows[0]["topics"][0]["id"], "medtop:15000000");
    assert!(rows[0]["topics"][1].get("id").is_none());
    assert_eq!(rows[1]["reason"], "too_short");
    assert!(["unknown_script", "too_short"].contains(&rows[2]["reason"].as_str().unwrap()));
    // English of Britain is English.
    assert_eq!(rows[3]["topics"][0]["label"], "sport");
    assert_ne!(rows[3]["reason"], "unknown_language");
    assert!(
        ran.stderr.contains("4 articles: ") && ran.stderr.contains("1 too short"),
        "{}",
        ran.stderr
    );
    let one = desk.done("tag a.jsonl -m m.khabar --top-k 1").rows();
    assert_eq!(one[0]["topics"].as_array().unwrap().len(), 1);
}

#[test]
fn the_bar_may_be_given_and_decisions_picked() {
    let desk = desk();
    let all = desk.done("tag a.jsonl -m m.khabar --review-below 0").rows();
    assert_eq!(all[0]["decision"], "accept");
    assert_eq!(all[1]["reason"], "too_short");
    let none = desk.done("tag a.jsonl -m m.khabar --review-below 1").rows();
    assert_eq!(
        (none[0]["decision"].as_str(), none[0]["reason"].as_str()),
        (Some("review"), Some("unsure"))
    );
    let picked = desk.done("tag a.jsonl -m m.khabar --review-below 0 --only accept").rows();
    assert!(picked.len() < 4 && picked.iter().all(|row| row["decision"] == "accept"));
    let rest = desk.done("tag a.jsonl -m m.khabar --review-below 0 --only review").rows();
    assert_eq!(picked.len() + rest.len(), 4);
    for wrong in ["--review-below 1.5", "--review-below x", "--top-k 0", "--export word"] {
        assert_eq!(desk.run(&format!("tag a.jsonl -m m.khabar {wrong}")).code, 2, "{wrong}");
    }
}

#[test]
fn words_for_and_against_are_named_with_their_places() {
    let desk = desk();
    let rows = desk.done("tag a.jsonl -m m.khabar --explain").rows();
    let evidence = rows[0]["evidence"].as_array().unwrap();
    assert!(!evidence.is_empty() && evidence.len() <= 8);
    let title = "فوز المنتخب";
    for word in evidence {
        assert!(word["contribution"].as_f64().unwrap() != 0.0);
        let place = &word["places"][0];
        if place["part"] == "title" {
            let at = |end: &str| place[end].as_u64().unwrap() as usize;
            assert_eq!(&title[at("start")..at("end")], word["word"].as_str().unwrap());
        }
    }
    assert!(rows[0]["against"].is_string() && rows[0]["margin"].as_f64().unwrap() > 0.0);
    let csv = desk.done("tag a.jsonl -m m.khabar --explain --format csv").stdout;
    assert!(csv.starts_with("id,topics,topic_ids,decision,reason,evidence,against,margin\n"));
}

#[test]
fn eval_reads_the_rows_of_every_format() {
    let desk = desk();
    let mut accuracies = Vec::new();
    for (model, extra) in [("m.khabar", ""), ("several.khabar", " --multi-label")] {
        for name in ["tags.jsonl", "tags.csv", "tags.tsv", "tags.parquet", "tags.jsonl.gz"] {
            desk.done(&format!("tag {DEMO} -m {model} -o {name} --quiet --explain"));
            let scores =
                desk.done(&format!("eval topics {DEMO} {name} --json --resamples 0{extra}"));
            let scores: Value = serde_json::from_str(&scores.stdout).unwrap();
            assert_eq!(scores["n_missing"], 0, "{name}");
            accuracies.push(scores["accuracy"].as_f64().unwrap());
        }
    }
    // Learned from these very articles.
    assert!(accuracies.iter().all(|a| *a > 0.9), "{accuracies:?}");
    assert!(accuracies[..5].iter().all(|a| *a == accuracies[0]));
    assert!(accuracies[5..].iter().all(|a| *a == accuracies[5]));
}

#[test]
fn of_several_topics_those_chosen_are_marked_and_always_listed() {
    let desk = desk();
    let rows = desk.done(&format!("tag {DEMO} -m several.khabar --top-k 1")).rows();
    let n_chosen = |row: &serde_json::Map<String, Value>| {
        row["topics"].as_array().unwrap().iter().filter(|t| t["chosen"] == true).count()
    };
    for row in &rows {
        assert_eq!(row["topics"].as_array().unwrap().len(), n_chosen(row).max(1));
        assert_eq!(row["reason"] == "no_label", n_chosen(row) == 0 && row["reason"] != "too_short");
    }
    assert!(rows.iter().any(|row| n_chosen(row) > 0));
}

#[test]
fn a_table_is_for_eyes_and_hostile_text_is_harmless_in_it() {
    let desk = desk();
    desk.write("h.jsonl", "{\"id\":\"\\u001b[31m\",\"title\":\"فوز \\u202eالفريق\\u001b]0;x\\u0007 في مباراة كأس الدوري اليوم\"}\n");
    let ran = desk.done("tag a.jsonl h.jsonl -m m.khabar --format table --explain");
    assert!(ran.stdout.starts_with("decision"), "{}", ran.stdout);
    assert!(!ran.stdout.contains('\u{1b}') && !ran.stdout.contains('\u{202e}'));
    assert!(ran.stdout.contains("review: too short"));
    assert!(ran.stdout.contains("\u{2068}فوز المنتخب\u{2069}"), "{}", ran.stdout);
    assert_eq!(ran.stdout.lines().count(), 6);
}

#[test]
fn stdin_threads_and_batches_change_nothing() {
    let desk = desk();
    let mut lines = String::new();
    for i in 0..9000 {
        let word = ["مباراة", "سعر", "وزير"][i % 3];
        lines.push_str(&format!(
            "{{\"id\":\"{i}\",\"text\":\"خبر عن {word} رقم {i} في مدينة الساحل اليوم\"}}\n"
        ));
    }
    desk.write("many.jsonl", &lines);
    let one = desk.done("tag many.jsonl -m m.khabar --threads 1").stdout;
    let two = desk.done("tag many.jsonl -m m.khabar --threads 3").stdout;
    let command =
        desk.command().args(["tag", "-", "-m", "m.khabar"]).write_stdin(lines).output().unwrap();
    assert_eq!(one.lines().count(), 9000);
    assert!(one == two && one.as_bytes() == command.stdout);
    let ids: Vec<String> =
        rows(&one).iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    assert!(ids.iter().enumerate().all(|(i, id)| *id == i.to_string()));
}

#[test]
fn ids_that_come_twice_are_told_apart_over_batches() {
    let desk = desk();
    let mut lines = String::from("{\"id\":\"x\",\"text\":\"الأول\"}\n");
    for i in 0..9000 {
        lines.push_str(&format!("{{\"id\":\"{i}\",\"text\":\"خبر رقم {i}\"}}\n"));
    }
    lines.push_str("{\"id\":\"x\",\"text\":\"الأول\"}\n{\"id\":\"x\",\"text\":\"الثاني\"}\n");
    desk.write("many.jsonl", &lines);
    let ran = desk.done("tag many.jsonl -m m.khabar");
    let rows = ran.rows();
    assert_eq!(rows.len(), 9002);
    assert!(rows[9001]["id"].as_str().unwrap().starts_with("x#"));
    assert!(ran.stderr.contains("1 repeat left out"), "{}", ran.stderr);
}

#[test]
fn labelled_lines_of_others_are_read_and_written() {
    let desk = desk();
    desk.done(&format!("tag {DEMO} -m m.khabar --export fasttext -o out.ft --quiet"));
    let lines = String::from_utf8(desk.read("out.ft")).unwrap();
    assert!(lines.lines().count() > 250 && lines.lines().all(|l| l.starts_with("__label__")));
    // What fastText would read is what is read here; the labels are the gold ones then.
    let tagged = desk.done("tag out.ft -m m.khabar -o again.jsonl --json");
    let summary: Value = serde_json::from_str(tagged.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(summary["articles"].as_u64().unwrap() as usize, lines.lines().count());
    assert_eq!(
        summary["accepted"].as_u64().unwrap() + summary["review"].as_u64().unwrap(),
        summary["articles"].as_u64().unwrap()
    );
    let scores = desk.done("eval topics out.ft again.jsonl --json --resamples 0");
    let scores: Value = serde_json::from_str(&scores.stdout).unwrap();
    assert!(scores["accuracy"].as_f64().unwrap() > 0.95, "{scores}");

    desk.done("train out.ft -o ft.khabar --C 1 --folds 3 --quiet");
    let rows = desk.done("tag a.jsonl -m ft.khabar").rows();
    assert_eq!(rows[0]["topics"][0]["label"], "sport");

    desk.done(&format!("tag {DEMO} -m m.khabar --export annif -o annif.tsv --quiet"));
    let lines = String::from_utf8(desk.read("annif.tsv")).unwrap();
    assert!(lines.lines().all(|l| l.ends_with('>') && l.matches('\t').count() == 1));
    assert!(lines.contains("<http://cv.iptc.org/newscodes/mediatopic/15000000>"));
    // Known by its first line; with the flag also under another name.
    let rows = desk.done("tag annif.tsv -m m.khabar").rows();
    assert_eq!(rows.len(), lines.lines().count());
    desk.write(
        "gold.tsv",
        "نص الخبر الأول\t<http://x.example/1>\nنص الخبر الثاني\t<http://x.example/2>\n",
    );
    desk.write("pred.jsonl", "{\"id\":\"gold.tsv:1\",\"topics\":[\"http://x.example/1\"]}\n{\"id\":\"gold.tsv:2\",\"topics\":[\"http://x.example/1\"]}\n");
    let scores = desk.done("eval topics gold.tsv pred.jsonl --json --resamples 0");
    let scores: Value = serde_json::from_str(&scores.stdout).unwrap();
    assert_eq!((&scores["n_missing"], scores["accuracy"].as_f64()), (&0.into(), Some(0.5)));
    desk.write("annif.dat", "نص الخبر الأول\t<http://x.example/1>\nبلا علامة\n");
    let ran = desk.run("tag annif.dat -m m.khabar --input-format annif --strict");
    assert_eq!((ran.code, ran.rows().len()), (1, 1));
    assert!(ran.stderr.contains("annif.dat:2: the line has no tab"), "{}", ran.stderr);
    assert_eq!(desk.run("tag a.jsonl -m m.khabar --input-format word").code, 2);
}

#[test]
fn exports_are_whole_files_of_their_programs() {
    let desk = desk();
    desk.done("tag a.jsonl -m m.khabar --export label-studio -o tasks.json");
    let tasks: Value = serde_json::from_slice(&desk.read("tasks.json")).unwrap();
    assert_eq!(tasks.as_array().unwrap().len(), 4);
    assert_eq!(tasks[0]["predictions"][0]["result"][0]["value"]["choices"][0], "sport");
    assert_eq!(tasks[0]["predictions"][0]["model_version"], "m.khabar");
    let doccano = desk.done("tag a.jsonl -m m.khabar --export doccano --only review").rows();
    assert!(doccano.iter().all(|row| row["decision"] == "review" && row["label"].is_array()));
    let csv = desk.done("tag a.jsonl -m m.khabar --export csv").stdout;
    assert!(csv.starts_with("id,title,text,labels,ids,probability,decision,reason\n"));
    assert_eq!(desk.run("tag a.jsonl -m m.khabar --export csv --explain").code, 2);
    assert_eq!(desk.run("tag a.jsonl -m m.khabar --export csv -o a.jsonl").code, 2);
}

#[test]
fn what_cannot_be_done_is_said_in_words() {
    let desk = desk();
    let ran = desk.run("tag nowhere.jsonl -m m.khabar");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("nowhere.jsonl"), "{}", ran.stderr);
    let ran = desk.run("tag a.jsonl -m nowhere.khabar");
    assert!(ran.code == 2 && ran.stderr.contains("nowhere.khabar"), "{}", ran.stderr);
    let ran = desk.run("tag a.jsonl -m a.jsonl");
    assert!(ran.code == 2 && ran.stderr.contains("a.jsonl: "), "{}", ran.stderr);
    desk.write("bad.jsonl", "{\"id\":\"1\",\"text\":\"خبر\"}\n{]\n{\"id\":\"2\"}\n");
    let ran = desk.run("tag bad.jsonl -m m.khabar -o out.jsonl");
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""));
    assert!(
        ran.stderr.contains("bad.jsonl:2: ") && ran.stderr.contains("2 skipped"),
        "{}",
        ran.stderr
    );
    assert_eq!(desk.run("tag bad.jsonl -m m.khabar --strict").code, 1);
    let ran = desk.run("tag a.jsonl -m m.khabar -o m.khabar --format jsonl");
    assert!(ran.code == 2 && ran.stderr.contains("would replace an input"), "{}", ran.stderr);
}

#[test]
fn without_a_model_the_one_in_the_binary_tags_with_media_topics() {
    let desk = desk();
    let rows = desk.done(&format!("tag {DEMO} -o tags.jsonl --json"));
    let summary: Value = serde_json::from_str(rows.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(summary["articles"], 261);
    let rows = cli_common::rows(&String::from_utf8(desk.read("tags.jsonl")).unwrap());
    for topic in rows.iter().flat_map(|row| row["topics"].as_array().unwrap()) {
        assert!(topic["id"].as_str().unwrap().starts_with("medtop:"), "{topic}");
    }
    let scores = desk.done(&format!("eval topics {DEMO} tags.jsonl --json --resamples 0"));
    let scores: Value = serde_json::from_str(&scores.stdout).unwrap();
    // Articles of other countries, years and hands than those it learned from, with traps: .61.
    assert!(scores["accuracy"].as_f64().unwrap() > 0.55, "{}", scores["accuracy"]);
    let ids = desk.done("tag a.jsonl --format csv --top-k 1").stdout;
    assert!(
        ids.starts_with("id,topics,topic_ids,decision,reason\n")
            && ids.contains(",medtop:15000000,"),
        "{ids}"
    );
    let facts = desk.done("inspect --built-in").stdout;
    assert!(facts.contains("sport (medtop:15000000)"), "{facts}");
}
