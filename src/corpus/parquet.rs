//! Parquet files, row by row, only the columns that mean something.
//!
//! Uses the record interface of the `parquet` crate (no Arrow). Snappy, gzip and Zstandard
//! pages are read. One row group's column pages are in memory at a time. The crate may panic
//! on a forged file; here that becomes an error of the file.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field as Value, Row, reader::RowIter};
use parquet::schema::types::Type;

use super::field::Slot;
use super::record::{Context, Draft, Outcome, Problem, Raw, human_bytes};
use crate::{Error, Result};

/// Rows of a Parquet file; the only maker of errors and catcher of panics here.
pub(crate) struct Rows {
    label: String,
    rows: RowIter<'static>,
    columns: Vec<String>,
    /// The key-value metadata of the file.
    pub(crate) metadata: Vec<(String, String)>,
}

impl Rows {
    /// Opens a file; `keep` says which top-level columns to read, and where it refuses all
    /// of them the names are the error.
    pub(crate) fn open(
        path: &Path,
        label: &str,
        max_file_bytes: u64,
        keep: &dyn Fn(&str) -> bool,
    ) -> Result<std::result::Result<Self, Vec<String>>> {
        let file = File::open(path).map_err(|e| Error::io(path, e))?;
        guarded(label, || {
            let reader = SerializedFileReader::new(file)?;
            let meta = reader.metadata();
            let unpacked: i64 = meta.row_groups().iter().map(|g| g.total_byte_size().max(0)).sum();
            if u64::try_from(unpacked).unwrap_or(u64::MAX) > max_file_bytes {
                return Err(parquet::errors::ParquetError::General(format!(
                    "it holds more than {}",
                    human_bytes(max_file_bytes)
                )));
            }
            let metadata = meta
                .file_metadata()
                .key_value_metadata()
                .into_iter()
                .flatten()
                .map(|kv| (kv.key.clone(), kv.value.clone().unwrap_or_default()))
                .collect();
            let schema = meta.file_metadata().schema();
            let wanted: Vec<_> =
                schema.get_fields().iter().filter(|f| keep(f.name())).map(Arc::clone).collect();
            if wanted.is_empty() {
                let names = schema.get_fields().iter().map(|f| f.name().to_owned()).collect();
                return Ok(Err(names));
            }
            let columns = wanted.iter().map(|f| f.name().to_owned()).collect();
            let projection = Type::group_type_builder(schema.name()).with_fields(wanted).build()?;
            let rows = RowIter::from_file_into(Box::new(reader)).project(Some(projection))?;
            Ok(Ok(Self { label: label.to_owned(), rows, columns, metadata }))
        })
    }
}

impl Rows {
    /// The names of the columns that are read.
    pub(crate) fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }
}

impl Iterator for Rows {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Result<Row>> {
        let rows = &mut self.rows;
        guarded(&self.label, || rows.next().transpose()).transpose()
    }
}

/// Runs code of the crate on bytes of strangers.
fn guarded<T>(
    label: &str,
    work: impl FnOnce() -> std::result::Result<T, parquet::errors::ParquetError>,
) -> Result<T> {
    let broken = |what: String| {
        Error::format(
            label,
            what,
            "write the file again, uncompressed or with snappy, gzip or zstd",
        )
    };
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(e)) => Err(broken(format!("cannot be read as Parquet ({e})"))),
        Err(_) => Err(broken("cannot be read as Parquet (its structure is broken)".to_owned())),
    }
}

/// The article of a row.
pub(crate) fn outcome(row: Row, context: &Context<'_>) -> Outcome {
    let mut draft = Draft::default();
    let mut bytes = 0;
    for (name, value) in row.into_columns() {
        let slots: &[Slot] = context.fields.get(&name);
        if slots.is_empty() {
            continue;
        }
        let raw = match value {
            Value::ListInternal(list) => {
                Raw::List(list.elements().iter().filter_map(text_of).collect())
            }
            Value::Group(group) => Raw::Object(name_in(&group)),
            Value::Str(text) => Raw::Text(text.into()),
            Value::Bytes(b) if simdutf8::basic::from_utf8(b.data()).is_err() => {
                return Outcome::Problem(Problem::encoding("UTF-8"));
            }
            value => text_of(&value).map_or(Raw::Null, |text| Raw::Text(text.into())),
        };
        if let Raw::Text(text) = &raw {
            bytes += text.len();
        }
        draft.set(slots, raw, context.fields.multi_label);
    }
    if bytes > context.options.max_record_bytes {
        return Outcome::Problem(Problem::too_long(context.options.max_record_bytes));
    }
    draft.finish(context)
}

/// The name in a struct that stands for a label or an outlet.
fn name_in(group: &Row) -> Option<String> {
    ["label", "uri", "name", "title"].into_iter().find_map(|name| {
        group.get_column_iter().find(|(n, _)| *n == name).and_then(|(_, value)| text_of(value))
    })
}

/// A single value as text; `None` for null and for values that are not single.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    let seconds = |s: i64| Some(super::date::format_seconds(s));
    match value {
        Value::Null | Value::ListInternal(_) | Value::MapInternal(_) => None,
        Value::Group(group) => name_in(group),
        Value::Str(text) => Some(text.clone()),
        Value::Bytes(bytes) => simdutf8::basic::from_utf8(bytes.data()).ok().map(str::to_owned),
        Value::Date(days) => seconds(i64::from(*days) * 86_400),
        Value::TimestampMillis(ms) => seconds(ms.div_euclid(1_000)),
        Value::TimestampMicros(us) => seconds(us.div_euclid(1_000_000)),
        Value::Bool(b) => Some(b.to_string()),
        Value::Byte(n) => Some(n.to_string()),
        Value::Short(n) => Some(n.to_string()),
        Value::Int(n) => Some(n.to_string()),
        Value::Long(n) => Some(n.to_string()),
        Value::UByte(n) => Some(n.to_string()),
        Value::UShort(n) => Some(n.to_string()),
        Value::UInt(n) => Some(n.to_string()),
        Value::ULong(n) => Some(n.to_string()),
        Value::Float(n) => Some(n.to_string()),
        Value::Double(n) => Some(n.to_string()),
        other => Some(other.to_string()),
    }
}

/// Any value as JSON.
pub(crate) fn json_of(value: &Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Value::Bool(b) => Json::Bool(*b),
        Value::Byte(n) => Json::from(*n),
        Value::Short(n) => Json::from(*n),
        Value::Int(n) => Json::from(*n),
        Value::Long(n) => Json::from(*n),
        Value::UByte(n) => Json::from(*n),
        Value::UShort(n) => Json::from(*n),
        Value::UInt(n) => Json::from(*n),
        Value::ULong(n) => Json::from(*n),
        Value::Float(n) => Json::from(f64::from(*n)),
        Value::Double(n) => Json::from(*n),
        Value::ListInternal(list) => list.elements().iter().map(json_of).collect(),
        Value::Group(group) => Json::Object(
            group.get_column_iter().map(|(name, v)| (name.clone(), json_of(v))).collect(),
        ),
        other => text_of(other).map_or(Json::Null, Json::String),
    }
}
