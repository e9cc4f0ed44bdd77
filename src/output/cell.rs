//! What rows are made of: columns with a kind, cells with a value.

use std::borrow::Cow;

/// Between the items of a list where a format has no lists.
pub(crate) const LIST_SEPARATOR: &str = " | ";

/// What a column holds; any cell may be null besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// Whole numbers.
    Int,
    /// Numbers.
    Float,
    /// True or false.
    Bool,
    /// Several words: an array in JSON, joined by ` | ` elsewhere.
    List,
    /// Several small records: an array of objects in JSON; elsewhere each record is its
    /// values joined by `:`, and the records by ` | `.
    Records,
}

/// A column: its name and kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The key in JSON, the header elsewhere.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

impl Column {
    /// A column.
    #[must_use]
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind }
    }
}

/// One value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Nothing; also what numbers that are not finite are written as.
    Null,
    /// Words.
    Text(Cow<'a, str>),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// Several words.
    List(Vec<Cow<'a, str>>),
    /// Several records of named values.
    Records(Vec<Vec<(&'static str, Cell<'a>)>>),
}

impl Cell<'_> {
    /// The value as one string, as CSV has it; `None` for null.
    pub(crate) fn plain(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Cell::Null => return None,
            Cell::Float(x) if !x.is_finite() => return None,
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Int(n) => Cow::Owned(n.to_string()),
            Cell::Float(x) => Cow::Owned(x.to_string()),
            Cell::Bool(b) => Cow::Borrowed(if *b { "true" } else { "false" }),
            Cell::List(items) => Cow::Owned(items.join(LIST_SEPARATOR)),
            Cell::Records(records) => {
                let records: Vec<String> = records
                    .iter()
                    .map(|record| {
                        let values: Vec<_> = record.iter().filter_map(|(_, v)| v.plain()).collect();
                        values.join(":")
                    })
                    .collect();
                Cow::Owned(records.join(LIST_SEPARATOR))
            }
        })
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Cell::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(text: &'a String) -> Self {
        Cell::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Cell<'_> {
    fn from(text: String) -> Self {
        Cell::Text(Cow::Owned(text))
    }
}

impl From<i64> for Cell<'_> {
    fn from(n: i64) -> Self {
        Cell::Int(n)
    }
}

impl From<usize> for Cell<'_> {
    fn from(n: usize) -> Self {
        Cell::Int(i64::try_from(n).unwrap_or(i64::MAX))
    }
}

impl From<f64> for Cell<'_> {
    fn from(x: f64) -> Self {
        Cell::Float(x)
    }
}

impl From<f32> for Cell<'_> {
    /// The shortest decimal that is this number: 0.1 stays 0.1.
    fn from(x: f32) -> Self {
        Cell::Float(x.to_string().parse().unwrap_or(f64::NAN))
    }
}

impl From<bool> for Cell<'_> {
    fn from(b: bool) -> Self {
        Cell::Bool(b)
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Cell::Null, Into::into)
    }
}

impl<'a, S: AsRef<str>> From<&'a [S]> for Cell<'a> {
    fn from(items: &'a [S]) -> Self {
        Cell::List(items.iter().map(|s| Cow::Borrowed(s.as_ref())).collect())
    }
}

impl<'a, S: AsRef<str>> From<&'a Vec<S>> for Cell<'a> {
    fn from(items: &'a Vec<S>) -> Self {
        items.as_slice().into()
    }
}
