//! `khabar group` on the real binary: rows, formats, saved graphs, the table.

mod cli_common;

use std::collections::BTreeMap;

use cli_common::{Desk, Random, articles, corpus, rows};
use serde_json::{Map, Value};

#[test]
fn rows_come_in_input_order_with_all_columns() {
    let desk = Desk::new();
    corpus(&desk);
    let found = desk.done("group a.jsonl").rows();
    let ids: Vec<Value> = found.iter().map(|r| r["id"].clone()).collect();
    let given: Vec<Value> =
        rows(&articles().join("\n")).iter().map(|article| article["id"].clone()).collect();
    assert_eq!(ids, given);
    for row in &found {
        let keys: Vec<&str> = row.keys().map(String::as_str).collect();
        let mut want = vec![
            "id",
            "story_id",
            "story_size",
            "copy_id",
            "role",
            "score",
            "nearest_id",
            "nearest_score",
            "shared",
        ];
        want.sort_unstable(); // as serde_json keeps them
        assert_eq!(keys, want);
        assert!(row["story_id"].as_str().unwrap().starts_with('s'));
        let single = row["role"] == "single";
        assert_eq!(single, row["story_size"] == 1, "{row:?}");
        assert_eq!(row["score"].is_null(), single, "{row:?}");
    }
    // The gold stories are found, and each has one representative.
    let mut roles: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in &found {
        roles
            .entry(row["story_id"].as_str().unwrap())
            .or_default()
            .push(row["role"].as_str().unwrap());
    }
    assert_eq!(roles.len(), 12);
    for of_story in roles.values().filter(|r| r.len() > 1) {
        assert_eq!(of_story.iter().filter(|&&r| r == "representative").count(), 1);
    }
    for (copy, head) in [("خ5-1", "خ5-0"), ("خ8-1", "خ8-0")] {
        let row = |id: &str| found.iter().find(|r| r["id"] == id).unwrap();
        assert_eq!(row(copy)["copy_id"], row(head)["copy_id"]);
        assert_eq!((&row(copy)["role"], &row(copy)["nearest_id"]), (&"copy".into(), &head.into()));
        assert_eq!(row(copy)["nearest_score"], 1.0);
    }
    let words = found[5]["shared"].as_array().unwrap();
    assert!(!words.is_empty() && articles()[5].contains(words[0].as_str().unwrap()));
}

#[test]
fn any_number_of_threads_writes_the_same_bytes() {
    let desk = Desk::new();
    corpus(&desk);
    for n in [1, 2, 8] {
        desk.done(&format!(
            "group a.jsonl --threads {n} -o g{n}.jsonl --stories s{n}.csv --edges e{n}.parquet"
        ));
    }
    for name in ["g#.jsonl", "s#.csv", "e#.parquet"] {
        let one = desk.read(&name.replace('#', "1"));
        assert!(one.len() > 500, "{name}");
        for n in ["2", "8"] {
            assert_eq!(desk.read(&name.replace('#', n)), one, "{name}, {n} threads");
        }
    }
}

#[test]
fn twenty_shuffles_of_the_input_give_the_same_rows_and_stories() {
    let desk = Desk::new();
    let sorted = |lines: &str| {
        let mut lines: Vec<&str> = lines.lines().collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    let mut lines = articles();
    let mut random = Random(99);
    let mut want = None;
    for shuffle in 0..20 {
        desk.write("a.jsonl", lines.join("\n"));
        let rows = sorted(&desk.done("group a.jsonl --stories s.jsonl").stdout);
        let found = (rows, desk.read("s.jsonl"));
        assert_eq!(&found, want.get_or_insert(found.clone()), "shuffle {shuffle}");
        random.shuffle(&mut lines);
    }
}

#[test]
fn every_format_holds_the_same_groups() {
    let desk = Desk::new();
    corpus(&desk);
    desk.done("group a.jsonl -o want.jsonl");
    for name in ["g.jsonl", "g.csv", "g.tsv", "g.parquet", "g.jsonl.gz", "g.csv.zst", "g.ndjson"] {
        desk.done(&format!("group a.jsonl -o {name}"));
        let ran = desk.done(&format!("eval groups want.jsonl {name} --json"));
        let scores: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!((&scores["ari"], &scores["n_articles"]), (&1.0.into(), &61.into()), "{name}");
        assert_eq!(scores["n_missing"], 0, "{name}");
    }
    let csv = desk.done("group a.jsonl --format csv").stdout;
    let header = "id,story_id,story_size,copy_id,role,score,nearest_id,nearest_score,shared\n";
    assert!(csv.starts_with(header), "{csv}");
    let jsonl = desk.done("group a.jsonl").stdout;
    assert!(jsonl.starts_with("{\"id\":\"خ0-0\",\"story_id\":\"s"), "{jsonl}");
    assert_eq!(desk.read("want.jsonl"), jsonl.into_bytes());
    assert_eq!(&desk.read("g.parquet")[..4], b"PAR1");
}

#[test]
fn stories_say_who_told_them_and_when() {
    let desk = Desk::new();
    corpus(&desk);
    desk.done("group a.jsonl -o g.jsonl --stories s.jsonl");
    let stories = rows(&String::from_utf8(desk.read("s.jsonl")).unwrap());
    let largest = &stories[0];
    assert_eq!((&largest["size"], &largest["n_sources"]), (&10.into(), &4.into()));
    assert_eq!(largest["first_published"], "2015-07-01T00:00:00Z");
    assert_eq!(largest["last_published"], "2015-07-03T08:00:00Z");
    assert_eq!(largest["members"].as_array().unwrap().len(), 10);
    assert!(!largest["keywords"].as_array().unwrap().is_empty());
    assert!(!largest["title"].as_str().unwrap().is_empty());
    let sizes: Vec<i64> = stories.iter().map(|s| s["size"].as_i64().unwrap()).collect();
    assert!(sizes.is_sorted_by(|a, b| a >= b) && sizes.iter().sum::<i64>() == 61, "{sizes:?}");
}

/// Rows without the shared words, which a graph does not tell.
fn bare(rows: Vec<Map<String, Value>>) -> Vec<Map<String, Value>> {
    rows.into_iter()
        .map(|mut row| {
            row.remove("shared");
            row
        })
        .collect()
}

#[test]
fn a_saved_graph_cut_again_equals_the_run_at_that_threshold() {
    let desk = Desk::new();
    corpus(&desk);
    for format in ["parquet", "jsonl", "jsonl.zst"] {
        desk.done(&format!("group a.jsonl --exact --edges e.{format}"));
        for threshold in ["0.17", "0.3", "0.55", "0.9"] {
            let direct =
                bare(desk.done(&format!("group a.jsonl --exact --threshold {threshold}")).rows());
            let again = format!("group --from-edges e.{format} --threshold {threshold}");
            let with_input = desk.done(&format!("{again} a.jsonl --stories s.jsonl"));
            assert_eq!(bare(with_input.rows()), direct, "{again}");
            let stories = rows(&String::from_utf8(desk.read("s.jsonl")).unwrap());
            assert!(stories[0]["title"].is_string());
            // Without the input the rows come in the order of time, and copies are told by
            // their cosines; what else the rows say is the same.
            let sorted = |mut rows: Vec<Map<String, Value>>| {
                rows.sort_by_key(|row| row["id"].as_str().unwrap().to_owned());
                for row in &mut rows {
                    row.remove("copy_id");
                    row.remove("role");
                }
                rows
            };
            let alone = desk.done(&format!("{again} --stories s.jsonl"));
            assert_eq!(sorted(bare(alone.rows())), sorted(direct), "{again}");
            let stories = rows(&String::from_utf8(desk.read("s.jsonl")).unwrap());
            assert!(stories[0]["title"].is_null() && stories[0]["size"].is_number());
            assert!(stories[0]["first_published"].is_null());
        }
    }
}

#[test]
fn a_graph_is_cut_only_where_that_means_something() {
    let desk = Desk::new();
    corpus(&desk);
    desk.done("group a.jsonl --score cosine --threshold 0.25 --edges e.jsonl -o g.jsonl");
    let saved = String::from_utf8(desk.read("e.jsonl")).unwrap();
    let header: Value = serde_json::from_str(saved.lines().next().unwrap()).unwrap();
    assert_eq!((&header["khabar_edges"], &header["score"]), (&1.into(), &"cosine".into()));
    assert_eq!(header["floor"], 0.2);
    assert_eq!(header["ids"].as_array().unwrap().len(), 61);
    assert!(saved.lines().nth(1).unwrap().starts_with("{\"id_a\":\"خ"), "{saved}");

    let ran = desk.run("group --from-edges e.jsonl --threshold 0.1");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("0.1 is below the floor 0.2"), "{}", ran.stderr);

    // .165 and .8 make 0.13200001 in the file; nobody writes that.
    desk.done("group a.jsonl --score cosine --threshold 0.165 --edges f.jsonl -o g.jsonl");
    let ran = desk.run("group --from-edges f.jsonl --threshold 0.1");
    assert!(ran.stderr.contains("below the floor 0.132 of"), "{}", ran.stderr);
    desk.done("group --from-edges f.jsonl --threshold 0.132");

    desk.write("half.jsonl", articles()[..30].join("\n"));
    let ran = desk.run("group --from-edges e.jsonl half.jsonl --threshold 0.3");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("30 of its 30 articles"), "{}", ran.stderr);

    let (head, edges) = saved.split_once('\n').unwrap();
    for (broken, words) in [
        (String::new(), "empty"),
        (edges.to_owned(), "no header"),
        (saved.replace("\"khabar_edges\":1", "\"khabar_edges\":2"), "another version"),
        (saved.replace("\"cosine\":0.", "\"cosine\":7."), "no edge"),
        (
            format!("{head}\n{{\"id_a\":\"x\",\"id_b\":\"y\",\"cosine\":1,\"score\":1}}\n"),
            "no edge",
        ),
        (saved[..saved.len() - 9].to_owned(), "no JSON"),
        (saved.replacen("\"equal\":[", "\"equal\":[[0,5],", 1), "equal articles"),
        (saved.replacen("\"equal\":[", "\"equal\":[[999,0],", 1), "equal articles"),
        (saved.replacen("\"خ0-0\"", "\"خ1-0\"", 1), "twice"),
    ] {
        desk.write("broken.jsonl", &broken);
        let ran = desk.run("group --from-edges broken.jsonl --threshold 0.3");
        assert_eq!(ran.code, 2, "{words}");
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
    }
}

#[test]
fn saved_weights_are_used_again_and_only_with_the_same_settings() {
    let desk = Desk::new();
    corpus(&desk);
    desk.done("group a.jsonl --idf w.idf -o g.jsonl");
    let saved = desk.read("w.idf");
    desk.write("two.jsonl", articles()[40..42].join("\n"));
    desk.done("group two.jsonl --idf w.idf");
    assert_eq!(desk.read("w.idf"), saved, "a file that is there is not written");
    assert_eq!(desk.done("group a.jsonl --idf w.idf").stdout.into_bytes(), desk.read("g.jsonl"));
    let ran = desk.run("group a.jsonl --idf w.idf --lowercase=false");
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("--idf"), "{}", ran.stderr);
}

#[test]
fn flags_that_weigh_change_the_scores_and_stand_in_the_edge_file() {
    let desk = Desk::new();
    corpus(&desk);
    let scores = |flags: &str| -> Vec<Value> {
        let found = desk.done(&format!("group a.jsonl {flags} --edges e.jsonl")).rows();
        assert_eq!(found.len(), 61, "{flags}");
        found.iter().map(|row| row["nearest_score"].clone()).collect()
    };
    let settings = || -> Value {
        let saved = String::from_utf8(desk.read("e.jsonl")).unwrap();
        serde_json::from_str::<Value>(saved.lines().next().unwrap()).unwrap()["settings"].take()
    };
    let usual = scores("");
    let header = settings();
    assert_eq!((&header["min_df"], &header["max_df"]), (&1.into(), &Value::Null));
    assert_eq!(header["idf_power"], 1.0);
    assert_eq!(scores("--min-df 1 --idf-power 1 --tf log"), usual);
    for (flags, name, value) in [
        ("--tf raw", "tf", Value::from("raw")),
        ("--tf bm25", "tf", "bm25".into()),
        ("--min-df 2", "min_df", 2.into()),
        ("--min-df 0.05", "min_df", 0.05.into()),
        ("--max-df 4", "max_df", 4.into()),
        ("--max-df 1.0", "max_df", 1.0.into()),
        ("--idf-power 0.5", "idf_power", 0.5.into()),
    ] {
        // A limit that holds for all leaves nothing out, but says so.
        assert_eq!(scores(flags) == usual, flags == "--max-df 1.0", "{flags}");
        assert_eq!(settings()[name], value, "{flags}");
    }
    // Saved frequencies serve any of them: limits and powers are taken when they are used.
    desk.done("group a.jsonl --idf w.idf -o g.jsonl");
    assert_eq!(scores("--idf w.idf --min-df 2"), scores("--min-df 2"));
}

#[test]
fn a_window_keeps_articles_of_other_days_apart() {
    let desk = Desk::new();
    let line = |id: &str, date: &str| {
        format!("{{\"id\":\"{id}\",\"text\":\"نشرة الطقس اليومية في الرياض وجدة\"{date}}}\n")
    };
    let dates = [("1", "2015-07-01"), ("2", "2015-07-03"), ("3", "2015-07-20")];
    let dated = dates.map(|(id, d)| line(id, &format!(",\"date\":\"{d}\""))).concat();
    desk.write("a.jsonl", dated);
    let stories = |arguments: &str| {
        let found = desk.done(arguments).rows();
        let of = |i: usize| found[i]["story_id"].clone();
        (of(0) == of(1), of(0) == of(2))
    };
    assert_eq!(stories("group a.jsonl --score cosine"), (true, true));
    assert_eq!(stories("group a.jsonl --score cosine --window 7d"), (true, false));
    assert_eq!(stories("group a.jsonl --score cosine --window 36h"), (false, false));
}

#[test]
fn methods_and_spelling_switches_reach_the_library() {
    let desk = Desk::new();
    corpus(&desk);
    for method in ["linkage", "dbscan", "components"] {
        let ran = desk.done(&format!("group a.jsonl --method {method}"));
        assert_eq!(ran.rows().len(), 61, "{method}");
    }
    let ran = desk.done("group a.jsonl --method kmeans --clusters 12 --seed 3 --json --quiet");
    let summary: Value = serde_json::from_str(ran.stderr.trim_end()).unwrap();
    assert!((6..=13).contains(&summary["stories"].as_u64().unwrap()), "{summary}");
    desk.write("b.jsonl", "{\"id\":1,\"title\":\"مدرسة\"}\n{\"id\":2,\"title\":\"مدرسه\"}\n");
    let stories = |flags: &str| desk.done(&format!("group b.jsonl {flags}")).rows();
    let one = stories("");
    assert_eq!(
        (&one[0]["story_id"], &one[1]["copy_id"]),
        (&one[1]["story_id"], &one[0]["copy_id"])
    );
    assert!(one[0]["copy_id"].is_string());
    for flags in ["--teh-marbuta=false", "--profile none", "--profile none --lowercase"] {
        let two = stories(flags);
        assert_ne!(two[0]["nearest_score"], 1.0, "{flags}: {two:?}");
    }
}

#[test]
fn the_table_shows_stories_and_nothing_that_commands_a_terminal() {
    let desk = Desk::new();
    let evil = "\\u001b]0;owned\\u0007\\u001b[2J \\u202eexe.tpp\\u2066 \\u009b31m زلزال في تعز";
    let line = |id: &str, source: &str| {
        format!(
            "{{\"id\":\"{id}\",\"title\":\"{evil}\",\"source\":\"{source}\",\"date\":\"2015-07-20\"}}\n"
        )
    };
    let other = "{\"id\":\"3\",\"title\":\"completely different matter\"}\n";
    desk.write("a.jsonl", line("1\\u001b[31m", "سبأ") + &line("2", "a\\nb") + other);
    let table = desk.done("group a.jsonl --format table").stdout;
    assert!(table.contains("2 articles, 2 sources (1 independent), 2015-07-20\n"), "{table}");
    assert!(table.contains("    representative  1.00  1␛[31m  "), "{table}");
    assert!(table.contains("    copy            1.00  2"), "{table}");
    assert!(table.contains("زلزال في تعز"), "{table}");
    assert!(table.ends_with("and 1 article of no other story\n"), "{table}");
    assert_eq!(table.lines().count(), 6, "{table}");
    let bad = |c: char| matches!(c, '\0'..='\u{9}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}' | '\u{2067}');
    assert!(!table.contains(bad), "{table:?}");
    // Isolates are ours alone: opened and closed on the same line.
    for line in table.lines() {
        let open = line.matches('\u{2068}').count();
        assert_eq!(open, line.matches('\u{2069}').count(), "{line:?}");
    }
    desk.write("one.jsonl", other);
    let none = desk.done("group one.jsonl --format table").stdout;
    assert_eq!(none, "no two of 1 tell one story\n");
}

#[test]
fn standard_input_and_folders_are_inputs_too() {
    let desk = Desk::new();
    corpus(&desk);
    let want = desk.done("group a.jsonl").stdout;
    let piped =
        desk.command().args(["group", "-"]).write_stdin(articles().join("\n")).output().unwrap();
    assert_eq!(String::from_utf8(piped.stdout).unwrap(), want);
    desk.write("أخبار/a.jsonl", articles()[..30].join("\n"));
    desk.write("أخبار/b/c.jsonl", articles()[30..].join("\n"));
    assert_eq!(desk.done("group أخبار").stdout, want);
    assert_eq!(desk.done("group أخبار --field text=text --html keep").stdout, want);
}
