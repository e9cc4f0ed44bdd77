//! The page's data for its script: all stories, small, in a block that cannot be left.
//!
//! One JSON object in a `<script type="application/json">`, lists instead of objects, so that a
//! name is not written 30,000 times. `<`, `>`, `&`, U+2028 and U+2029 are written as escapes:
//! in JSON they can stand in strings alone, and no string can then end the block or begin
//! another. Places are in UTF-16 units, as scripts count.
//!
//! ```text
//! {"threshold":0.16,...,"rows":[[title,source,lang,day,date,id,role,score,excerpt,near],...],
//!  "stories":[[id,title,size,sources,independent,first,last,keywords,weakest,mean,barely],...]}
//! ```

use std::ops::Range;

use serde_json::{Value, json};

use super::view::{Near, Row, StoryView, View};
use crate::story::Role;

/// The data block's content.
pub(super) fn data(view: &View) -> String {
    let in_stories = view.singles.start;
    let rows: Vec<Value> =
        view.rows.iter().enumerate().map(|(i, row)| cells(view, row, i < in_stories)).collect();
    let stories: Vec<Value> = view.stories.iter().map(story).collect();
    let data = json!({
        "sources": view.sources,
        "langs": view.langs,
        "first": view.days.map(|d| d.0),
        "last": view.days.map(|d| d.1),
        "threshold": view.threshold,
        "score": view.score,
        "stories": stories,
        "rows": rows,
    });
    harmless(&data.to_string())
}

fn cells(view: &View, row: &Row, in_story: bool) -> Value {
    let mut cells = vec![
        json!(row.title),
        number(row.source),
        number(row.lang),
        json!(row.day),
        json!(row.date),
        json!(row.id),
    ];
    if in_story {
        let role = match row.role {
            Role::Representative => 0,
            Role::Copy => 2,
            _ => 1,
        };
        cells.extend([json!(role), json!(row.score), json!(row.excerpt)]);
        cells.extend(row.near.as_ref().map(|near| self::near(view, row, near)));
    } else if !row.excerpt.is_empty() {
        // Something in a story is nearest to it.
        cells.extend([json!(3), Value::Null, json!(row.excerpt)]);
    }
    Value::Array(cells)
}

/// -1 for none.
fn number(place: Option<usize>) -> Value {
    place.map_or(json!(-1), |place| json!(place))
}

fn near(view: &View, row: &Row, near: &Near) -> Value {
    let other = &view.rows[near.row];
    let [title, excerpt, other_title, other_excerpt] = &near.marks;
    json!([
        near.row,
        near.score,
        near.words,
        places(&row.title, title),
        places(&row.excerpt, excerpt),
        places(&other.title, other_title),
        places(&other.excerpt, other_excerpt),
    ])
}

/// How far each range is from the end of the one before, and how long: in UTF-16 units, in one
/// flat list.
fn places(text: &str, marks: &[Range<usize>]) -> Vec<usize> {
    let units = |text: &str| text.chars().map(char::len_utf16).sum::<usize>();
    let mut bytes = 0;
    let ends = marks.iter().flat_map(|mark| [mark.start, mark.end]);
    ends.map(|end| {
        let length = units(&text[bytes..end]);
        bytes = end;
        length
    })
    .collect()
}

fn story(story: &StoryView) -> Value {
    json!([
        story.id,
        story.title,
        story.rows.len(),
        story.n_sources,
        story.n_independent,
        story.first,
        story.last,
        story.keywords,
        number(story.weakest.map(|w| w.0)),
        story.weakest.map(|w| w.1),
        u8::from(story.barely),
    ])
}

/// JSON that can stand in a script element of any page.
fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 64);
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_string_can_leave_the_block_and_all_come_back() {
        let hostile = "</script><!--<script>&amp;\u{2028}\u{2029}\"\\ خبر";
        let json = harmless(&json!([hostile]).to_string());
        assert!(!json.contains(['<', '>', '&', '\u{2028}', '\u{2029}']));
        assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), json!([hostile]));
    }

    #[test]
    fn places_are_counted_as_scripts_count() {
        let text = "a😀خبر b";
        let mark = text.find("خبر").unwrap();
        let last = text.find('b').unwrap();
        assert_eq!(places(text, &[mark..mark + 6, last..last + 1]), [3, 3, 1, 1]);
        assert_eq!(places(text, &[]), [] as [usize; 0]);
    }
}
