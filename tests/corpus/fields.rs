//! Names and kinds of values.

use khabar::corpus::{Field, parse_date};

use super::*;

/// A field of an article as text.
fn field(a: &Article, field: Field) -> String {
    match field {
        Field::Id => a.id.clone(),
        Field::Title => a.title.clone(),
        Field::Text => a.text.clone(),
        Field::Published => a.published.as_ref().map(|p| p.original.clone()).unwrap_or_default(),
        Field::Lang => a.lang.clone(),
        Field::Source => a.source.clone(),
        Field::Topics => a.topics.join(" | "),
        Field::Story => a.story.clone(),
        Field::Split => a.split.clone(),
    }
}

#[test]
fn every_spelling_of_every_field_is_known_and_the_first_wins() {
    for multi_label in [false, true] {
        let options = ReadOptions { multi_label, ..ReadOptions::default() };
        for f in Field::ALL {
            let names = f.aliases(multi_label);
            let value = |name: &str| match f {
                Field::Published => {
                    format!("2015-07-{:02}", names.iter().position(|n| *n == name).unwrap() + 1)
                }
                _ => format!("قيمة {name}"),
            };
            for (i, name) in names.iter().enumerate() {
                // Stronger spellings are empty; weaker ones stand before and after it.
                let mut pairs: Vec<(&str, String)> =
                    names[..i].iter().map(|n| (*n, String::new())).collect();
                pairs.extend(names.get(i + 1).map(|n| (*n, value(n))));
                pairs.push((name, value(name)));
                pairs.extend(names.get(i + 2).map(|n| (*n, value(n))));
                if !matches!(f, Field::Title | Field::Text) {
                    pairs.push(("title", TITLE.into()));
                }
                let json: Vec<_> = pairs.iter().map(|(n, v)| format!("\"{n}\": \"{v}\"")).collect();
                let csv_names: Vec<_> = pairs.iter().map(|(n, _)| *n).collect();
                let csv_values: Vec<_> = pairs.iter().map(|(_, v)| v.as_str()).collect();
                for (file, text) in [
                    ("a.jsonl", format!("{{{}}}", json.join(", "))),
                    ("a.csv", format!("{}\n{}\n", csv_names.join(","), csv_values.join(","))),
                ] {
                    let (corpus, problems) = Case::with(file, &text).read(&options);
                    assert_eq!(problems, [""; 0], "{text}");
                    assert_eq!(field(&corpus.articles[0], f), value(name), "{file} {text}");
                }
            }
        }
    }
}

#[test]
fn topics_may_be_words_lists_or_objects() {
    for (record, single, multi) in [
        (r#""topic": "a""#, "a", "a"),
        (r#""topics": ["a", "b"]"#, "a+b", "a+b"),
        (r#""topics": "a""#, "a", "a"),
        (r#""topic": "a", "topics": ["b", "c"]"#, "a", "b+c"),
        (r#""category": ["b", "c"], "topics": "a""#, "b+c", "b+c"),
        (r#""label": 3, "topics": []"#, "3", "3"),
        (r#""topics": [], "labels": ["x"], "topic": null"#, "x", "x"),
        (r#""topics": [" a ", "", null, 4, true, ["x"]]"#, "a+4+true", "a+4+true"),
        (r#""topics": [{"label": "a", "probability": 0.9}, {"label": "b"}]"#, "a+b", "a+b"),
        (r#""subjects": ["رياضة", "سياسة"]"#, "رياضة+سياسة", "رياضة+سياسة"),
    ] {
        for (multi_label, want) in [(false, single), (true, multi)] {
            let options = ReadOptions { multi_label, ..ReadOptions::default() };
            let case = Case::with("a.jsonl", format!("{{\"title\": \"t\", {record}}}"));
            let (corpus, problems) = case.read(&options);
            assert_eq!(problems, [""; 0], "{record}");
            assert_eq!(corpus.articles[0].topics.join("+"), want, "{record} {multi_label}");
        }
    }
    let (corpus, _) =
        Case::with("a.csv", "title,topics\nt,رياضة | سياسة\n").read(&ReadOptions::default());
    assert_eq!(corpus.articles[0].topics, ["رياضة", "سياسة"]);
}

#[test]
fn values_of_other_kinds_are_taken_as_far_as_they_go() {
    for (record, f, want) in [
        (r#""id": 12"#, Field::Id, "12"),
        (r#""id": -12"#, Field::Id, "-12"),
        (r#""id": 1.5"#, Field::Id, "1.5"),
        (r#""id": 18446744073709551615"#, Field::Id, "18446744073709551615"),
        (r#""id": null"#, Field::Id, "a.jsonl:1"),
        (r#""id": "  7 ""#, Field::Id, "7"),
        (r#""id": {"$oid": "x"}"#, Field::Id, "a.jsonl:1"),
        (r#""text": ["الأولى", "الثانية"]"#, Field::Text, "الأولى\nالثانية"),
        (r#""text": null, "body": "ب""#, Field::Text, "ب"),
        (r#""text": "one", "text": "two""#, Field::Text, "two"),
        (r#""source": {"title": "BBC", "uri": "bbc.com"}"#, Field::Source, "bbc.com"),
        (r#""story": 4"#, Field::Story, "4"),
        (r#""published": 1437386400"#, Field::Published, "1437386400"),
        (r#""x": {"y": [1, {"z": "\ud800"}]}, "lang": "ar""#, Field::Lang, "ar"),
        (r#""text": "nul \u0000 inside""#, Field::Text, "nul \0 inside"),
        // Line ends of other systems inside a text are text.
        ("\"text\": \"a\u{85}b\u{2028}c\"", Field::Text, "a\u{85}b\u{2028}c"),
    ] {
        let case = Case::with("a.jsonl", format!("{{\"title\": \"t\", {record}}}\n"));
        let (corpus, problems) = case.read(&ReadOptions::default());
        assert_eq!(problems, [""; 0], "{record}");
        assert_eq!(field(&corpus.articles[0], f), want, "{record}");
    }
}

#[test]
fn fields_can_be_mapped_by_name() {
    let map = |pairs: &[(&str, &str)]| ReadOptions {
        fields: pairs.iter().map(|(f, n)| (f.parse().unwrap(), (*n).to_owned())).collect(),
        ..ReadOptions::default()
    };
    let record = r#"{"artikel": "نص", "text": "other", "url": "u", "title": "t"}"#;
    for (options, id, text, source) in [
        (map(&[]), "u", "other", ""),
        (map(&[("text", "artikel")]), "u", "نص", ""),
        (map(&[("text", "none"), ("text", "artikel")]), "u", "نص", ""),
        // What is mapped elsewhere is no longer an alias, but an id it may stay.
        (map(&[("source", "text")]), "u", "", "other"),
        (map(&[("source", "url")]), "u", "other", "u"),
        (map(&[("id", "title"), ("title", "title")]), "t", "other", ""),
    ] {
        let (corpus, _) = Case::with("a.jsonl", record).read(&options);
        let a = &corpus.articles[0];
        assert_eq!((&*a.id, &*a.text, &*a.source), (id, text, source), "{:?}", options.fields);
    }
    assert!("artikel".parse::<Field>().unwrap_err().to_string().starts_with("--field: "));
}

#[test]
fn bad_dates_are_counted_and_their_articles_kept() {
    let text = "title,date\na,2015-07-20\nb,soon\nc,\n";
    let (corpus, problems) = Case::with("a.csv", text).read(&ReadOptions::default());
    assert_eq!((corpus.articles.len(), corpus.report.bad_dates, problems.len()), (3, 1, 0));
    let published = corpus.articles[0].published.as_ref().unwrap();
    assert_eq!(Some(published.seconds), parse_date("2015-07-20"));
    assert_eq!(published.original, "2015-07-20");
    assert_eq!(corpus.articles[1].published, None);
}

#[test]
fn a_split_can_be_asked_for() {
    let text = "title,split\na,train\nb,test\nc,\n";
    let options = ReadOptions { split: Some("test".into()), ..ReadOptions::default() };
    let (corpus, _) = Case::with("a.csv", text).read(&options);
    assert_eq!((corpus.articles[0].title.as_str(), corpus.articles.len()), ("b", 1));
    assert_eq!(corpus.report.other_split, 2);
    let (all, _) = Case::with("a.csv", text).read(&ReadOptions::default());
    assert_eq!(all.articles.len(), 3);
}

#[test]
fn the_language_is_detected_only_where_asked_and_missing() {
    let text = format!(
        "{{\"title\": \"{TITLE}\", \"text\": \"{TEXT} لبحث الهجمات الأخيرة\"}}\n\
         {{\"text\": \"{TEXT}.\", \"lang\": \"xx\"}}\n"
    );
    let langs = |options| -> Vec<String> {
        let (corpus, _) = Case::with("a.jsonl", &text).read(&options);
        corpus.articles.into_iter().map(|a| a.lang).collect()
    };
    assert_eq!(langs(ReadOptions::default()), ["", "xx"]);
    assert_eq!(langs(ReadOptions { detect_lang: true, ..ReadOptions::default() }), ["ar", "xx"]);
}
