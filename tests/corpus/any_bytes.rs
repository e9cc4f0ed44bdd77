//! Any bytes at all: never a panic, and every record accounted for.

use proptest::prelude::*;

use khabar::corpus::HtmlMode;

use super::*;

fn hostile() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..200),
        "([{}\\[\\]\":,\\\\ \n\r]|title|text|id|null|\\\\u[dD]8[0-9]{2}|خبر|[0-9]){0,40}"
            .prop_map(String::into_bytes),
        "title,text\n([\",\n\r\0a]|خبر){0,40}".prop_map(String::into_bytes),
    ]
}

/// Also `<p>` is what somebody may have written.
fn as_written() -> ReadOptions {
    ReadOptions { html: HtmlMode::Keep, ..ReadOptions::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_never_panic_and_every_record_is_accounted_for(bytes in hostile()) {
        for name in ["a.jsonl", "a.csv", "a.tsv", "a.txt", "a.jsonl.gz", "a.csv.zst"] {
            for encoding in [None, Some("windows-1256"), Some("utf-16le"), Some("gb18030")] {
                let options = ReadOptions {
                    encoding: encoding.map(str::to_owned),
                    max_record_bytes: 64,
                    ..ReadOptions::default()
                };
                let (corpus, problems) = Case::with(name, &bytes).read(&options);
                let report = &corpus.report;
                prop_assert_eq!(problems.len(), report.skipped + report.unreadable_inside);
                for a in &corpus.articles {
                    prop_assert!(!a.id.is_empty());
                    prop_assert!(!(a.title.is_empty() && a.text.is_empty()));
                }
            }
        }
    }

    #[test]
    fn whatever_is_written_as_json_is_read_back(title in "\\PC{1,30}", text in any::<String>()) {
        prop_assume!(!title.trim().is_empty() && !text.trim().is_empty());
        let line = serde_json::json!({"id": "1", "title": title, "text": text}).to_string();
        let (corpus, _) = Case::with("a.jsonl", line).read(&as_written());
        prop_assert_eq!(&corpus.articles[0].title, &title);
        prop_assert_eq!(&corpus.articles[0].text, &text);
    }

    #[test]
    fn whatever_is_written_as_csv_is_read_back(text in any::<String>()) {
        prop_assume!(!text.trim().is_empty() && !text.contains('\0') && !text.ends_with('\r'));
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["text", "id"]).unwrap();
        writer.write_record([text.as_str(), "1"]).unwrap();
        let bytes = writer.into_inner().unwrap();
        let (corpus, problems) = Case::with("a.csv", bytes).read(&as_written());
        prop_assert_eq!(problems, Vec::<String>::new());
        prop_assert_eq!(&corpus.articles[0].text, &text);
    }
}
