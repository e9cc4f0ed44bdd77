//! Everything that can be wrong with a file, and what is kept all the same.

use super::*;

#[test]
fn what_is_wrong_is_said_with_file_and_line_and_the_rest_is_read() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_title = format!("{{\"title\": {deep}}}");
    let deep_label = format!("{{\"topics\": {}1{}}}", "{\"label\":".repeat(500), "}".repeat(500));
    let deep_unknown = format!("{{\"title\": \"t\", \"x\": {deep}}}");
    for (bad, what) in [
        ("{]", "broken JSON at column 2"),
        ("{\"title\": \"t\"", "the JSON ends in the middle of a record"),
        ("{\"title\": \"t\"} {}", "broken JSON at column 16: trailing characters"),
        ("{\"title\": \"\\ud800\"}", "broken JSON at column 18"),
        ("{\"title\": \"\\ud800x\"}", "broken JSON at column"),
        ("[1, 2]", "the line is no JSON object"),
        ("\"title\"", "the line is no JSON object"),
        ("42", "the line is no JSON object"),
        ("{}", "the record has neither a title nor a text"),
        ("{\"id\": 1, \"lang\": \"ar\"}", "the record has neither a title nor a text"),
        ("{\"title\": \"\", \"text\": \" \\n\"}", "the record has neither a title nor a text"),
        ("{\"text\": {\"a\": 1}}", "`text` holds an object where a string belongs"),
        ("{\"title\": \"a\0b\"}", "the record holds NUL bytes"),
        (&deep, "the line is no JSON object"),
        (&deep_label, "broken JSON at column"),
        (&deep_title, "the record has neither a title nor a text"),
    ] {
        let text = format!("{{\"title\": \"أول\"}}\n{bad}\n{{\"title\": \"آخر\"}}\n");
        let (corpus, problems) = Case::with("a.jsonl", text).read(&ReadOptions::default());
        let ids: Vec<_> = corpus.articles.iter().map(|a| a.id.as_str()).collect();
        let shown: String = bad.chars().take(60).collect();
        assert_eq!(ids, ["a.jsonl:1", "a.jsonl:3"], "{shown}");
        assert_eq!((corpus.report.skipped, problems.len()), (1, 1), "{shown}");
        assert!(problems[0].starts_with(&format!("a.jsonl:2: {what}")), "{}", problems[0]);
        assert!(problems[0].contains("; "), "no remedy: {}", problems[0]);
        assert!(problems[0].len() < 300, "too much of the input: {}", problems[0].len());
        assert!(corpus.report.unreadable.is_empty());
    }
    // Depth under a name that means nothing is passed over.
    let (corpus, problems) = Case::with("a.jsonl", deep_unknown).read(&ReadOptions::default());
    assert_eq!((corpus.articles.len(), problems.len()), (1, 0));
}

#[test]
fn a_line_that_is_not_utf8_costs_itself_only() {
    let bytes = b"{\"title\": \"a\"}\n{\"title\": \"\xff\xfe\"}\n\n{\"title\": \"b\"}";
    let (corpus, problems) = Case::with("a.jsonl", bytes).read(&ReadOptions::default());
    assert_eq!(corpus.articles.len(), 2);
    assert!(problems[0].starts_with("a.jsonl:2: the bytes are not valid UTF-8; "), "{problems:?}");
    let (corpus, problems) = Case::with("a.txt", b"a\xff").read(&ReadOptions::default());
    assert_eq!((corpus.articles.len(), corpus.report.skipped), (0, 1));
    assert!(problems[0].starts_with("a.txt: the bytes are not valid UTF-8; "), "{problems:?}");
}

#[test]
fn csv_trouble_is_told_apart() {
    for (csv, titles, problem) in [
        ("title\na\n\"b\nc\"\nd\n", vec!["a", "b\nc", "d"], ""),
        ("title,text\na,\"say \"\"خبر\"\"\"\n", vec!["a"], ""),
        ("title,text\na\nb,c\n", vec!["a", "b"], ""),
        ("title,text\na,b,,\n", vec!["a"], ""),
        ("title,text\na,b,c\nd,e\n", vec!["d"], "a.csv:2: the row has 3 cells and the header 2; "),
        ("title,text\na,b\n,\nc,d\n", vec!["a", "c"], ""),
        ("title,id\na,1\n,2\nc,3\n", vec!["a", "c"], "a.csv:3: the record has neither a title"),
        ("title,text\na,b\n\"c,d\ne,f\n", vec!["a", "e"], "a.csv:3: a quote opened here is never"),
        ("title\n\n\na\n\n\n\"b\nb\"\n\0\n", vec!["a", "b\nb"], "a.csv:9: the record holds NUL"),
        ("title,note\na,\"x\ny\"\n\0,z\nb,\n", vec!["a", "b"], "a.csv:4: the record holds NUL"),
        ("5\" pipe,title\n5\" x,a\n", vec!["a"], ""),
    ] {
        let (corpus, problems) = Case::with("a.csv", csv).read(&ReadOptions::default());
        let found: Vec<_> = corpus.articles.iter().map(|a| a.title.as_str()).collect();
        assert_eq!(found, titles, "{csv:?}");
        assert_eq!(problems.len(), usize::from(!problem.is_empty()), "{csv:?} {problems:?}");
        assert!(problems.first().is_none_or(|p| p.starts_with(problem)), "{problems:?}");
    }
}

#[test]
fn a_table_without_words_is_refused_as_a_whole() {
    let case = Case::with("a.csv", "id,artikel\u{1b}\n1,نص\n");
    let path = case.path().join("a.csv");
    let (corpus, problems) = read_all(std::slice::from_ref(&path), &ReadOptions::default());
    assert_eq!(
        problems,
        ["a.csv: line 1 names the columns `id`, `artikel␛`; none of them is a title or a text; \
          say which one is with --field text=NAME"]
    );
    assert_eq!(corpus.report.unreadable, [path]);
    // Found in a folder it is counted apart: the folder could be read.
    let (corpus, _) = case.read(&ReadOptions::default());
    assert_eq!((corpus.report.unreadable.len(), corpus.report.unreadable_inside), (0, 1));
    for broken in ["\"title\na,b\n", "\""] {
        let (_, problems) = Case::with("a.csv", broken).read(&ReadOptions::default());
        assert!(problems[0].starts_with("a.csv: line 1 "), "{problems:?}");
    }
}

#[test]
fn long_records_are_passed_over() {
    let long = "خ".repeat(3 << 20);
    let options = ReadOptions { max_record_bytes: 1000, ..ReadOptions::default() };
    for (name, text, ids) in [
        (
            "a.jsonl",
            format!("{{\"title\":\"a\"}}\n{{\"title\":\"{long}\"}}\n{{\"title\":\"b\"}}\n"),
            vec!["a.jsonl:1", "a.jsonl:3"],
        ),
        ("a.csv", format!("title\na\n{long}\nb\n"), vec!["a.csv:2", "a.csv:4"]),
        ("b.csv", format!("title\na\n\"{long}\"\nb\n"), vec!["b.csv:2", "b.csv:4"]),
        ("a.txt", long.clone(), vec![]),
    ] {
        for text in [text.clone(), text.replace(&long, &long[..2000])] {
            let (corpus, problems) = Case::with(name, text).read(&options);
            let found: Vec<_> = corpus.articles.iter().map(|a| a.id.as_str()).collect();
            assert_eq!(found, ids, "{name}");
            assert_eq!((problems.len(), corpus.report.skipped), (1, 1), "{name}");
            assert!(problems[0].contains("the record is longer than 1000 bytes; "), "{problems:?}");
        }
    }
}

#[test]
fn broken_packing_is_an_error_and_what_came_before_is_kept() {
    let lines: String =
        (0..200_000).map(|i| format!("{{\"id\":{i},\"title\":\"خبر\"}}\n")).collect();
    for (name, packed) in
        [("a.jsonl.gz", gz(lines.as_bytes())), ("a.jsonl.zst", zst(lines.as_bytes()))]
    {
        let case = Case::with(name, &packed[..packed.len() / 2]);
        let path = case.path().join(name);
        let (corpus, problems) = read_all(std::slice::from_ref(&path), &ReadOptions::default());
        assert_eq!(problems.len(), 1, "{name} {problems:?}");
        assert!(problems[0].contains("the compressed data ends too early; "), "{problems:?}");
        assert!(corpus.articles.len() > 10_000, "{name} {}", corpus.articles.len());
        assert!(corpus.articles.iter().enumerate().all(|(i, a)| a.id == i.to_string()));
        assert_eq!(corpus.report.unreadable, [path]);
        assert_eq!(corpus.report.skipped, 0);
    }
    for name in ["a.txt.gz", "a.jsonl.zst", "a.csv.gz"] {
        let (_, problems) = Case::with(name, "no packed data").read(&ReadOptions::default());
        let want = format!("{name}: the compressed data is broken");
        assert!(problems[0].starts_with(&want), "{problems:?}");
    }
}

#[test]
fn bombs_end_as_errors() {
    // By the absolute limit ...
    let options = ReadOptions { max_file_bytes: 1 << 20, ..ReadOptions::default() };
    let (corpus, problems) = Case::with("a.jsonl.zst", zst(&vec![b'\n'; 2 << 20])).read(&options);
    let want = "a.jsonl.zst: the file holds more than 1 MiB; ";
    assert!(problems[0].starts_with(want), "{problems:?}");
    assert_eq!(corpus.report.unreadable_inside, 1);
    // ... and by the ratio.
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..300 {
        bomb.write_all(&vec![b'\n'; 1 << 20]).unwrap();
    }
    let case = Case::with("a.jsonl.gz", bomb.finish().unwrap());
    let (_, problems) = case.read(&ReadOptions::default());
    assert!(problems[0].contains("over 400 times its size"), "{problems:?}");
}

#[test]
fn empty_files_and_missing_ones_are_told() {
    for name in ["a.txt", "a.jsonl", "a.csv", "a.jsonl.gz", "a.tsv.zst"] {
        let (corpus, problems) = Case::with(name, "").read(&ReadOptions::default());
        assert_eq!((corpus.report.skipped, corpus.report.files), (1, 1), "{name}");
        assert!(problems[0].starts_with(&format!("{name}: the file is empty; ")), "{problems:?}");
    }
    let (corpus, problems) =
        read_all(&[PathBuf::from("/no/such/خبر.txt")], &ReadOptions::default());
    assert_eq!(corpus.report.unreadable, [PathBuf::from("/no/such/خبر.txt")]);
    assert!(problems[0].ends_with("check the name and the folder"), "{problems:?}");
}
