//! Order, ids, progress, and tables that are no articles.

use std::path::Path;

use khabar::Error;
use khabar::corpus::{column, read_rows};

use super::*;

#[test]
fn folders_are_walked_in_order_and_links_are_not_followed() {
    let case = Case::new();
    for name in ["b.txt", "a/z.txt", "a.txt", "a/b/c.txt", ".hidden/h.txt", "notes.md", "x.json"] {
        case.file(name, name);
    }
    case.file(".gitignore", "*.txt");
    let mut others = 3;
    #[cfg(unix)]
    {
        let link = std::os::unix::fs::symlink::<PathBuf, PathBuf>;
        link(case.path(), case.path().join("a/loop")).unwrap();
        link(case.path().join("b.txt"), case.path().join("l.txt")).unwrap();
        others += 2;
    }
    let (corpus, problems) = case.read(&ReadOptions::default());
    let ids: Vec<_> = corpus.articles.iter().map(|a| a.id.as_str()).collect();
    assert_eq!(ids, [".hidden/h.txt", "a/b/c.txt", "a/z.txt", "a.txt", "b.txt"]);
    assert_eq!((corpus.report.files, corpus.report.other_files), (5, others));
    assert_eq!(problems, [""; 0]);
}

#[test]
fn repeated_ids_are_settled_by_content_in_any_order() {
    let a = r#"{"id": "1", "title": "أ", "published": "2015-07-20"}"#;
    let bare = r#"{"id": "1", "title": "أ"}"#;
    let b = r#"{"id": "1", "title": "ب"}"#;
    let c = r#"{"id": "2", "title": "أ"}"#;
    let mut seen = Vec::new();
    for order in [[a, bare, b, c], [c, b, bare, a], [bare, b, a, c], [b, a, c, bare]] {
        let (corpus, _) = Case::with("a.jsonl", order.join("\n")).read(&ReadOptions::default());
        assert_eq!(corpus.report.repeats, 1);
        let (from, to) = &corpus.report.renamed[0];
        assert_eq!((from.as_str(), to.len()), ("1", "1#".len() + 8));
        assert!(to[2..].bytes().all(|b| b.is_ascii_hexdigit()), "{to}");
        let mut articles = corpus.articles;
        articles.sort_by(|x, y| x.id.cmp(&y.id));
        assert!(articles.iter().any(|x| x.title == "أ" && x.published.is_some()));
        seen.push((corpus.report.renamed, articles));
    }
    assert_eq!(seen[0].1.len(), 3);
    assert!(seen.windows(2).all(|w| w[0] == w[1]));
}

#[test]
fn many_blocks_keep_their_order_and_line_numbers() {
    let body = "كلمة ".repeat(40);
    let lines: String = (0..30_000)
        .map(|i| match i % 10_000 {
            9_999 => "{]\n".to_owned(),
            _ => format!("{{\"title\": \"خبر {i}\", \"text\": \"{body}\"}}\n"),
        })
        .collect();
    let rows: String = (0..30_000)
        .map(|i| match i % 10_000 {
            9_999 => ",\u{0}\n".to_owned(),
            _ => format!("خبر {i},\"{body}\"\n"),
        })
        .collect();
    for (name, text, first) in [("a.jsonl", lines, 1), ("a.csv", format!("title,text\n{rows}"), 2)]
    {
        let (corpus, problems) = Case::with(name, text).read(&ReadOptions::default());
        assert_eq!((corpus.articles.len(), problems.len()), (29_997, 3), "{name}");
        for (k, problem) in problems.iter().enumerate() {
            let line = (k + 1) * 10_000 - 1 + first;
            assert!(problem.starts_with(&format!("{name}:{line}: ")), "{problem}");
        }
        for a in &corpus.articles {
            let number: usize = a.title.trim_start_matches("خبر ").parse().unwrap();
            assert_eq!(a.id, format!("{name}:{}", number + first));
        }
    }
}

#[test]
fn any_number_of_threads_reads_the_same() {
    let line = |i: usize| match i % 1000 {
        0 => format!("{{\"title\": \"خبر {i}\"\n"),
        _ => format!("{{\"id\": {}, \"title\": \"{}\"}}\n", i / 2, "خبر ".repeat(1 + i % 60)),
    };
    let text: String = (0..60_000).map(line).collect();
    let case = Case::with("a.jsonl.zst", zst(text.as_bytes()));
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let (corpus, problems) = case.read(&ReadOptions::default());
            (corpus.articles, corpus.report, problems)
        })
    };
    let one = with(1);
    assert_eq!((one.0.len(), one.2.len()), (60_000 - 60 - one.1.repeats, 60));
    assert!(!one.1.renamed.is_empty());
    assert_eq!(with(3), one);
}

#[test]
fn progress_ends_at_all_bytes() {
    let case = Case::with("a.txt", "خبر");
    case.file("b.jsonl", "{\"title\": \"t\"}\n");
    let mut last = None;
    read(&[case.path()], &ReadOptions::default(), &mut |event| {
        if let Event::Progress { bytes, total_bytes, articles } = event {
            last = Some((bytes, total_bytes, articles));
        }
    })
    .unwrap();
    let size = "خبر{\"title\": \"t\"}\n".len() as u64;
    assert_eq!(last, Some((size, Some(size), 2)));
}

#[test]
fn rows_of_any_table_can_be_read() {
    let case = Case::new();
    for (name, bytes) in [
        ("a.jsonl", b"{\"id_a\": \"x\", \"n\": 1}\n\n{]\n{\"id_a\": \"y\"}".to_vec()),
        ("a.csv.gz", gz(b"id_a,n\nx,1\n\xff,2\ny,\n")),
        ("a.tsv", b"id_a\tn\nx\t1\n\xff\t2\ny\t\n".to_vec()),
        ("table", b"id_a,n\nx,1\n\xff,2\ny,\n".to_vec()),
    ] {
        let path = case.file(name, bytes);
        let rows: Vec<_> = read_rows(&path).unwrap().collect();
        let ids: Vec<_> = rows
            .iter()
            .flatten()
            .map(|row| column(row, &["none", "id_a"]).unwrap().into_owned())
            .collect();
        assert_eq!(ids, ["x", "y"], "{name}");
        assert_eq!(rows.len(), 3, "{name}");
        let error = rows[1].as_ref().unwrap_err();
        assert!(matches!(error, Error::Record { line: Some(3), .. }), "{name} {error}");
        let first = rows[0].as_ref().unwrap();
        assert_eq!(column(first, &["n"]).as_deref(), Some("1"), "{name}");
    }
    assert!(matches!(read_rows(Path::new("/no/such.csv")), Err(Error::Io { .. })));
}
