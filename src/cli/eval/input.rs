//! What `khabar eval` measures against: gold stories, judged pairs, predicted rows.
//!
//! Some 200 bytes an article.
//!
//! ```text
//! {"id":"خبر1","story":"زلزال تعز"}
//! ```

use std::io::BufReader;
use std::path::Path;

use anyhow::bail;
use khabar::corpus::{Field, LineFormat, column, read_rows};
use khabar::metrics::{GoldPair, PredRow, read_pairs};
use khabar::output::safe;

use crate::cli::args::input::InputArgs;
use crate::cli::talk::{Talk, counted};

/// What was read, and how much of it could not be.
pub(crate) struct Table<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) skipped: usize,
}

/// The gold stories, as (id, story): of articles, or of rows that have no text.
pub(crate) fn gold(
    path: &Path,
    input: &InputArgs,
    talk: &Talk,
) -> anyhow::Result<Table<(String, String)>> {
    let (ids, stories) = (input.names(Field::Id), input.names(Field::Story));
    let mut found = Table { rows: Vec::new(), skipped: 0 };
    let mut without = 0;
    if has_texts(path, input) {
        let corpus = input.read(&[path.to_path_buf()], talk)?;
        found.skipped = corpus.report.skipped;
        for article in corpus.articles {
            if article.story.is_empty() {
                without += 1;
            } else {
                found.rows.push((article.id, article.story));
            }
        }
    } else {
        for row in read_rows(path)? {
            match row {
                Ok(row) => match (column(&row, &ids), column(&row, &stories)) {
                    (Some(id), Some(story)) if !id.is_empty() && !story.is_empty() => {
                        found.rows.push((id.into_owned(), story.into_owned()));
                    }
                    _ => without += 1,
                },
                Err(error @ khabar::Error::Record { .. }) => {
                    found.skipped += 1;
                    talk.problem(&error);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    let name = path.to_string_lossy();
    if found.rows.is_empty() {
        talk.end();
        bail!("{name}: no article has a story; name the field with --field story=NAME");
    }
    if without > 0 {
        let articles = counted(without, "article", "articles");
        talk.warn(&format!("{}: {articles} without a story left out", safe(&name)));
    }
    found.skipped += without;
    Ok(found)
}

/// Whether the gold file holds articles, and not mere rows of ids and stories.
pub(crate) fn has_texts(path: &Path, input: &InputArgs) -> bool {
    let content: Vec<&str> =
        [Field::Title, Field::Text].iter().flat_map(|&field| input.names(field)).collect();
    // A folder, or standard input, which cannot be read twice.
    if !path.is_file() || input.is_lines() || LineFormat::of_file(path).is_some() {
        return true;
    }
    let Ok(rows) = read_rows(path) else { return true };
    let mut first = rows.take(20).flatten().peekable();
    first.peek().is_none()
        || first
            .any(|row| row.keys().any(|key| content.iter().any(|c| key.eq_ignore_ascii_case(c))))
}

/// The judged pairs; an error where there are none.
pub(crate) fn judged(path: &Path) -> anyhow::Result<Vec<GoldPair>> {
    let file = std::fs::File::open(path).map_err(|e| khabar::Error::io(path, e))?;
    let gold = read_pairs(BufReader::new(file), &path.to_string_lossy())?;
    if gold.is_empty() {
        bail!("{}: no pairs; add rows of id_a, id_b, label", path.display());
    }
    Ok(gold)
}

/// The predicted rows.
pub(crate) fn predicted(path: &Path, talk: &Talk) -> anyhow::Result<Table<PredRow>> {
    let mut found = Table { rows: Vec::new(), skipped: 0 };
    let name = safe(&path.to_string_lossy()).into_owned();
    let stories = ["story_id", "story", "cluster_id", "cluster", "event_id"];
    for row in read_rows(path)? {
        let row = match row {
            Ok(row) => row,
            Err(error @ khabar::Error::Record { .. }) => {
                found.skipped += 1;
                talk.problem(&error);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let text = |names: &[&str]| {
            column(&row, names).filter(|text| !text.is_empty()).map(|text| text.into_owned())
        };
        match (text(Field::Id.aliases(false)), text(&stories)) {
            (Some(id), Some(story_id)) => {
                found.rows.push(PredRow { id, story_id, copy_id: text(&["copy_id"]) });
            }
            _ => {
                found.skipped += 1;
                talk.problem(&khabar::Error::record(
                    &*name,
                    None,
                    "a row has no id or no story_id",
                    "name the rows of khabar group",
                ));
            }
        }
    }
    if found.rows.is_empty() {
        talk.end();
        bail!("{name}: no row has an id and a story_id; name the rows of khabar group");
    }
    Ok(found)
}
