//! Writing: every format, hostile text, and files that appear whole or not at all.
// Helpers of tests may unwrap as the tests do.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::Write;
use std::path::Path;

use khabar::Error;
use khabar::corpus::{column, read_rows};
use khabar::output::{
    AtomicFile, Cell, Column, Format, Kind, WriteOptions, is_closed_pipe, row_writer, safe,
};

const COLUMNS: [Column; 6] = [
    Column::new("id", Kind::Text),
    Column::new("size", Kind::Int),
    Column::new("score", Kind::Float),
    Column::new("chosen", Kind::Bool),
    Column::new("shared", Kind::List),
    Column::new("topics", Kind::Records),
];

fn rows() -> Vec<Vec<Cell<'static>>> {
    let topics = vec![
        vec![("label", "سياسة".into()), ("probability", 0.75.into())],
        vec![("label", "رياضة".into()), ("probability", 0.25.into())],
    ];
    let shared: &[&str] = &["روسيا", "مجلس"];
    vec![
        vec![
            "خبر 1".into(),
            3usize.into(),
            0.1f32.into(),
            true.into(),
            shared.into(),
            Cell::Records(topics),
        ],
        vec![
            "=HYPERLINK(\"x\")\n\u{202e}".into(),
            Cell::Int(-7),
            f64::NAN.into(),
            Cell::Null,
            Cell::List(Vec::new()),
            Cell::Null,
        ],
        vec![
            "-5".into(),
            None::<i64>.into(),
            (-0.5).into(),
            false.into(),
            Cell::Null,
            Cell::Records(Vec::new()),
        ],
    ]
}

/// Writes the rows to a file of this name and returns its text.
fn written(name: &str, options: &WriteOptions, rows: &[Vec<Cell<'_>>]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    write(&path, options, rows).unwrap();
    fs::read_to_string(&path).unwrap()
}

fn write(path: &Path, options: &WriteOptions, rows: &[Vec<Cell<'_>>]) -> khabar::Result<()> {
    let file = AtomicFile::create(path)?;
    let mut writer = row_writer(Format::from_path(path)?, file, &COLUMNS, options)?;
    for row in rows {
        writer.write(row)?;
    }
    writer.finish()
}

#[test]
fn json_lines_keep_the_order_of_the_columns() {
    let text = written("a.jsonl", &WriteOptions::default(), &rows());
    assert_eq!(
        text,
        concat!(
            r#"{"id":"خبر 1","size":3,"score":0.1,"chosen":true,"shared":["روسيا","مجلس"],"#,
            r#""topics":[{"label":"سياسة","probability":0.75},{"label":"رياضة","probability":0.25}]}"#,
            "\n",
            "{\"id\":\"=HYPERLINK(\\\"x\\\")\\n\u{202e}\",\"size\":-7,\"score\":null,",
            "\"chosen\":null,\"shared\":[],\"topics\":null}\n",
            r#"{"id":"-5","size":null,"score":-0.5,"chosen":false,"shared":null,"topics":[]}"#,
            "\n"
        )
    );
}

#[test]
fn csv_is_quoted_joined_and_defused() {
    let csv = written("a.csv", &WriteOptions::default(), &rows());
    assert_eq!(
        csv,
        "id,size,score,chosen,shared,topics\n\
         خبر 1,3,0.1,true,روسيا | مجلس,سياسة:0.75 | رياضة:0.25\n\
         \"'=HYPERLINK(\"\"x\"\")\n\u{202e}\",-7,,,,\n\
         -5,,-0.5,false,,\n"
    );
    let tsv = written("a.tsv", &WriteOptions::default(), &rows());
    assert!(tsv.starts_with("id\tsize\tscore\t"), "{tsv}");
}

#[test]
fn a_table_is_aligned_harmless_and_cut_to_the_terminal() {
    let options = WriteOptions { width: Some(60), ..WriteOptions::default() };
    let table = written("a.txt", &options, &rows());
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 4, "{table}");
    for line in &lines {
        let shown: usize = line
            .chars()
            .filter(|c| !matches!(c, '\u{2068}' | '\u{2069}'))
            .map(|c| unicode_width::UnicodeWidthChar::width(c).unwrap_or(0))
            .sum();
        assert!(shown <= 60, "{shown}: {line}");
    }
    assert!(lines[0].starts_with("id "), "{table}");
    assert!(lines[1].starts_with("\u{2068}خبر 1\u{2069}  "), "{table}");
    assert!(lines[1].contains("  0.1000  true"), "{table}");
    assert!(!table.contains('\u{202e}') && !table.contains('\u{1b}'), "{table}");
    // Numbers stand under the right end of their header.
    let end = |line: &str, what: &str| line.find(what).unwrap() + what.len();
    assert_eq!(end(lines[0], "score"), end(lines[3], "-0.5000"), "{table}");
}

#[test]
fn a_table_of_many_rows_or_none_is_complete() {
    assert_eq!(written("a.txt", &WriteOptions::default(), &[]).lines().count(), 1);
    let many: Vec<_> = (0..1200).map(|_| rows()[0].clone()).collect();
    assert_eq!(written("a.txt", &WriteOptions::default(), &many).lines().count(), 1201);
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_keeps_types_nulls_and_metadata() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let options = WriteOptions {
        metadata: vec![("floor".into(), "0.2".into()), ("ids".into(), "[\"خبر\"]".into())],
        ..WriteOptions::default()
    };
    // More than one row group.
    let many: Vec<_> = (0..70_000).map(|i| rows()[i % 3].clone()).collect();
    write(&path, &options, &many).unwrap();
    let table = read_rows(&path).unwrap();
    for pair in &options.metadata {
        assert!(table.metadata().contains(pair), "{pair:?}");
    }
    let back: Vec<_> = table.map(Result::unwrap).collect();
    assert_eq!(back.len(), many.len());
    let json = |i: usize| serde_json::Value::Object(back[i].clone());
    assert_eq!(
        json(69_999 / 3 * 3 - 3),
        serde_json::json!({
            "id": "خبر 1", "size": 3, "score": 0.1, "chosen": true,
            "shared": "روسيا | مجلس", "topics": "سياسة:0.75 | رياضة:0.25",
        })
    );
    assert_eq!(
        json(1),
        serde_json::json!({
            "id": "=HYPERLINK(\"x\")\n\u{202e}", "size": -7, "score": null, "chosen": null,
            "shared": "", "topics": null,
        })
    );
}

#[cfg(feature = "parquet")]
#[test]
fn articles_come_out_of_parquet() {
    use khabar::corpus::{ReadOptions, read};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let columns = [
        Column::new("url", Kind::Int),
        Column::new("headline", Kind::Text),
        Column::new("date", Kind::Int),
        Column::new("embedding", Kind::Float),
        Column::new("topics", Kind::Text),
    ];
    let file = AtomicFile::create(&path).unwrap();
    let options = WriteOptions::default();
    let mut writer = row_writer(Format::Parquet, file, &columns, &options).unwrap();
    let row = |headline: &'static str, date: Cell<'static>| {
        [Cell::Null, headline.into(), date, 0.5.into(), "سياسة".into()]
    };
    writer.write(&row("خبر", 1_437_386_400i64.into())).unwrap();
    writer.write(&row(" ", Cell::Null)).unwrap();
    writer.finish().unwrap();
    let mut problems = Vec::new();
    let corpus = read(&[folder.path().into()], &ReadOptions::default(), &mut |event| {
        if let khabar::corpus::Event::Problem(e) = event {
            problems.push(e.to_string());
        }
    })
    .unwrap();
    assert_eq!(corpus.articles.len(), 1);
    let a = &corpus.articles[0];
    assert_eq!((&*a.id, &*a.title, &*a.topics[0]), ("a.parquet:1", "خبر", "سياسة"));
    assert_eq!(a.seconds(), Some(1_437_386_400));
    assert!(problems[0].contains("a.parquet:2: the record has neither"), "{problems:?}");

    // Broken in any place it is an error or fewer rows, never a panic that gets out.
    let bytes = fs::read(&path).unwrap();
    for at in (0..bytes.len()).step_by(3) {
        let mut broken = bytes.clone();
        broken[at] ^= 0x55;
        fs::write(&path, &broken).unwrap();
        let _ = read(std::slice::from_ref(&path), &ReadOptions::default(), &mut |_| ()).unwrap();
    }
    for len in [0, 3, 4, 8, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&path, &bytes[..len]).unwrap();
        let mut told = 0;
        let corpus = read(std::slice::from_ref(&path), &ReadOptions::default(), &mut |event| {
            told += usize::from(matches!(event, khabar::corpus::Event::Problem(_)));
        })
        .unwrap();
        assert_eq!((corpus.articles.len(), told), (0, 1), "{len}");
    }
}

#[test]
fn ids_survive_every_format() {
    let ids = ["خبر 1", "=1+1", "-5", "-x", "'-x", "a,b\t\"c\"", "line\nend", "@", "+966"];
    for name in ["a.jsonl", "a.csv", "a.tsv", "a.csv.gz", "a.jsonl.zst", "a.tsv.zst", "a.parquet"] {
        if name.ends_with("parquet") && !cfg!(feature = "parquet") {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let rows: Vec<Vec<Cell<'_>>> = ids
            .iter()
            .map(|id| {
                let mut row = vec![Cell::Null; COLUMNS.len()];
                row[0] = (*id).into();
                row
            })
            .collect();
        write(&path, &WriteOptions::default(), &rows).unwrap();
        let back: Vec<String> = read_rows(&path)
            .unwrap()
            .map(|row| column(&row.unwrap(), &["id"]).unwrap().into_owned())
            .collect();
        assert_eq!(back, ids, "{name}");
    }
}

#[test]
fn the_format_goes_by_the_extension() {
    for (name, want) in [
        ("a.jsonl", Some(Format::Jsonl)),
        ("a.NDJSON.gz", Some(Format::Jsonl)),
        ("قصص.csv.zst", Some(Format::Csv)),
        ("a.tsv", Some(Format::Tsv)),
        ("a.parquet", Some(Format::Parquet)),
        ("a.txt", Some(Format::Table)),
        ("a.parquet.gz", None),
        ("a.doc", None),
        ("a", None),
    ] {
        let found = Format::from_path(name);
        match want {
            Some(format) => assert_eq!(found.unwrap(), format, "{name}"),
            None => assert!(found.unwrap_err().to_string().starts_with("-o: `a"), "{name}"),
        }
    }
    assert_eq!("jsonl".parse::<Format>().unwrap(), Format::Jsonl);
    assert!("xml".parse::<Format>().is_err());
}

#[test]
fn a_file_appears_only_when_it_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("خبر.jsonl");
    fs::write(&path, "old").unwrap();
    let mut file = AtomicFile::create(&path).unwrap();
    file.write_all(b"half").unwrap();
    drop(file);
    assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a temporary file was left");
    let mut file = AtomicFile::create(&path).unwrap();
    file.write_all(b"new").unwrap();
    file.commit().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn links_permissions_and_devices_are_respected() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let (target, link) = (folder.path().join("target"), folder.path().join("link"));
    fs::write(&target, "old").unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let mut file = AtomicFile::create(&link).unwrap();
    file.write_all(b"new").unwrap();
    file.commit().unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&target).unwrap(), "new");
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o640);
    // A new file is as open as the umask lets any new file be.
    let (ours, plain) = (folder.path().join("ours"), folder.path().join("plain"));
    AtomicFile::create(&ours).unwrap().commit().unwrap();
    fs::write(&plain, "").unwrap();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&ours), mode(&plain));
    let mut null = AtomicFile::create("/dev/null").unwrap();
    null.write_all(b"x").unwrap();
    null.commit().unwrap();
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}

#[test]
fn what_cannot_be_written_is_told_clearly() {
    let folder = tempfile::tempdir().unwrap();
    let error = AtomicFile::create(folder.path().join("no/such/a.csv")).unwrap_err();
    assert!(error.to_string().ends_with("check the name and the folder"), "{error}");
    let error = AtomicFile::create(folder.path()).unwrap_err();
    assert!(error.to_string().ends_with("name a file here, not a folder"), "{error}");
    assert!(!is_closed_pipe(&error));
    // A disk that is full, for every format and packing.
    #[cfg(target_os = "linux")]
    for format in [Format::Jsonl, Format::Csv, Format::Table, Format::Parquet] {
        if format == Format::Parquet && !cfg!(feature = "parquet") {
            continue;
        }
        let result = AtomicFile::create("/dev/full").and_then(|file| {
            let mut writer = row_writer(format, file, &COLUMNS, &WriteOptions::default())?;
            for _ in 0..2000 {
                for row in rows() {
                    writer.write(&row)?;
                }
            }
            writer.finish()
        });
        let error = result.unwrap_err().to_string();
        assert!(error.starts_with("/dev/full: "), "{format:?} {error}");
        assert!(error.ends_with("free space on the disk and run again"), "{format:?} {error}");
    }
}

#[test]
fn a_closed_pipe_is_known_as_such() {
    let pipe = Error::io("stdout", std::io::ErrorKind::BrokenPipe.into());
    let full = Error::io("stdout", std::io::ErrorKind::StorageFull.into());
    assert_eq!((is_closed_pipe(&pipe), is_closed_pipe(&full)), (true, false));
}

#[test]
fn messages_hold_nothing_that_commands_a_terminal() {
    let error = "\u{1b}[2J\u{202e}".parse::<Format>().unwrap_err().to_string();
    assert_eq!(safe(&error), error);
}
