//! One article, written in every format, packing and encoding.

use super::*;

#[test]
fn every_format_gives_the_same_article() {
    let json = format!("{{\"id\":\"1\",\"title\":\"{TITLE}\",\"text\":\"{TEXT}\"}}\n");
    let escaped: String = TITLE.encode_utf16().map(|u| format!("\\u{u:04x}")).collect();
    let escaped = format!("{{\"id\":1,\"title\":\"{escaped}\",\"text\":\"{TEXT}\"}}");
    let csv = format!("id,title,text\n1,{TITLE},{TEXT}\n");
    let quoted = format!("\"id\",\"title\",\"text\"\r\n\"1\",\"{TITLE}\",\"{TEXT}\"\r\n");
    let semicolons = csv.replace(',', ";");
    let tsv = csv.replace(',', "\t");
    let shuffled = format!("text,extra,id,title\n{TEXT},x,1,{TITLE}");
    let with_mark = |text: &str| format!("\u{feff}{text}").into_bytes();
    for (name, bytes) in [
        ("a.jsonl", json.clone().into_bytes()),
        ("a.ndjson", json.replace('\n', "\r\n").into_bytes()),
        ("A.JSONL", json.trim_end().as_bytes().to_vec()),
        ("blank.jsonl", format!("\n \n{json}\r\n\n").into_bytes()),
        ("escaped.jsonl", escaped.into_bytes()),
        ("bom.jsonl", with_mark(&json)),
        ("joined.jsonl", [with_mark("\n"), with_mark(&json)].concat()),
        ("utf16le.jsonl", utf16(&json, true)),
        ("utf16be.jsonl", utf16(&json, false)),
        ("a.jsonl.gz", gz(json.as_bytes())),
        ("a.jsonl.zst", zst(json.as_bytes())),
        ("two-members.jsonl.gz", [gz(b"\n"), gz(json.as_bytes())].concat()),
        ("two-frames.jsonl.zst", [zst(b"\n"), zst(json.as_bytes())].concat()),
        ("utf16.jsonl.gz", gz(&utf16(&json, true))),
        // The bytes are stronger than the name.
        ("packed.jsonl", zst(json.as_bytes())),
        ("a.csv", csv.clone().into_bytes()),
        ("quoted.csv", quoted.into_bytes()),
        ("semicolons.csv", semicolons.into_bytes()),
        ("tabs.csv", tsv.clone().into_bytes()),
        ("shuffled.csv", shuffled.into_bytes()),
        ("blank.csv", format!("\n\r\n{csv}\n\r\n").into_bytes()),
        ("bom.csv", with_mark(&csv)),
        ("utf16.csv", utf16(&csv, true)),
        ("capitals.csv", csv.replacen("id,title,text", "ID,Title,TEXT", 1).into_bytes()),
        ("a.csv.gz", gz(csv.as_bytes())),
        ("a.tsv", tsv.clone().into_bytes()),
        ("a.tsv.zst", zst(tsv.as_bytes())),
    ] {
        let (corpus, problems) = Case::with(name, bytes).read(&ReadOptions::default());
        assert_eq!(problems, [""; 0], "{name}");
        assert_eq!(corpus.articles, [article("1", TITLE, TEXT)], "{name}");
        assert_eq!(corpus.report.bytes, (TITLE.len() + TEXT.len()) as u64, "{name}");
        assert_eq!((corpus.report.files, corpus.report.skipped), (1, 0), "{name}");
    }
}

#[test]
fn a_text_file_is_an_article_with_its_first_line_as_title() {
    let plain = format!("\n\n  {TITLE} \n\n{TEXT}\n  second\n");
    let text = format!("{TEXT}\n  second");
    for (name, bytes) in [
        ("أخبار/a.txt", plain.clone().into_bytes()),
        ("a.TXT", plain.replace('\n', "\r\n").into_bytes()),
        ("a.txt.gz", gz(plain.as_bytes())),
        ("a.txt", utf16(&plain, false)),
    ] {
        let (corpus, problems) = Case::with(name, bytes).read(&ReadOptions::default());
        assert_eq!(problems, [""; 0], "{name}");
        assert_eq!(corpus.articles, [article(name, TITLE, &text)], "{name}");
    }
    let (corpus, _) = Case::with("t.txt", TITLE).read(&ReadOptions::default());
    assert_eq!(corpus.articles, [article("t.txt", TITLE, "")]);
}

#[test]
fn older_encodings_are_read_where_they_are_named() {
    let (bytes, _, lossy) = encoding_rs::WINDOWS_1256.encode(TITLE);
    assert!(!lossy);
    let options =
        |label: &str| ReadOptions { encoding: Some(label.into()), ..ReadOptions::default() };
    let csv = [b"id,title\n1,".as_slice(), &bytes, b"\n"].concat();
    for label in ["windows-1256", "cp1256", "Windows-1256 "] {
        let case = Case::with("a.csv", &csv);
        assert_eq!(case.read(&options(label)).0.articles, [article("1", TITLE, "")], "{label}");
    }
    // A mark in the file is stronger than the option.
    let case = Case::with("a.txt", utf16(TITLE, true));
    assert_eq!(case.read(&options("windows-1256")).0.articles[0].title, TITLE);
    let no_mark = &utf16(TITLE, true)[2..];
    let (corpus, _) = Case::with("a.txt", no_mark).read(&options("utf-16le"));
    assert_eq!(corpus.articles[0].title, TITLE);
    // Not named, it is refused record by record.
    let mixed = [csv.as_slice(), "2,خبر\n".as_bytes()].concat();
    let (corpus, problems) = Case::with("a.csv", mixed).read(&ReadOptions::default());
    assert_eq!(corpus.articles, [article("2", "خبر", "")]);
    assert!(problems[0].starts_with("a.csv:2: the bytes are not valid UTF-8; "), "{problems:?}");
    for label in ["klingon", "replacement", ""] {
        let wrong = read(&[], &options(label), &mut |_| ()).unwrap_err();
        assert!(wrong.to_string().starts_with("--encoding: "), "{wrong}");
    }
}

#[test]
fn a_broken_character_costs_its_line_in_any_encoding() {
    // An unpaired surrogate in UTF-16 and a wrong byte in Shift JIS.
    let mut units = utf16("{\"title\":\"أ\"}\n{\"title\":\"X\"}\n{\"title\":\"ب\"}\n", true);
    let at = units.windows(2).position(|w| w == [b'X', 0]).unwrap();
    units[at..at + 2].copy_from_slice(&0xD800u16.to_le_bytes());
    let (corpus, problems) = Case::with("a.jsonl", units).read(&ReadOptions::default());
    assert_eq!(corpus.articles.len(), 2);
    assert!(problems[0].starts_with("a.jsonl:2: the bytes are not valid UTF-16LE"), "{problems:?}");
    let options = ReadOptions { encoding: Some("shift_jis".into()), ..ReadOptions::default() };
    let case = Case::with("a.csv", b"title\n\x93\xfa\n\xff\xff\nab\n");
    let (corpus, problems) = case.read(&options);
    assert_eq!((corpus.articles[0].title.as_str(), corpus.articles.len()), ("日", 2));
    assert!(problems[0].starts_with("a.csv:3: the bytes are not valid Shift_JIS"), "{problems:?}");
}

#[test]
fn a_named_file_of_unknown_kind_is_told_by_its_content() {
    for (text, ids, title) in [
        (" {\"id\": 1, \"title\": \"خبر\"}\n", "1", "خبر"),
        ("id,title\n1,خبر\n", "1", "خبر"),
        ("id\ttitle\n1\tخبر\n", "1", "خبر"),
        ("خبر\n\nنص, text\n", "feed", "خبر"),
        ("[1] خبر\n", "feed", "[1] خبر"),
    ] {
        let case = Case::with("feed", text);
        let (corpus, problems) = read_all(&[case.path().join("feed")], &ReadOptions::default());
        assert_eq!(problems, [""; 0], "{text}");
        assert_eq!((&*corpus.articles[0].id, &*corpus.articles[0].title), (ids, title), "{text}");
    }
    let case = Case::with("a.json", "[\n {\"title\": \"t\"}]");
    let (corpus, problems) = read_all(&[case.path().join("a.json")], &ReadOptions::default());
    assert!(problems[0].contains("a JSON array is one record"), "{problems:?}");
    assert_eq!(corpus.report.unreadable.len(), 1);
}
