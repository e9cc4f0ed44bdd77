//! Parquet: typed nullable columns, Zstandard, no Arrow.
//!
//! Rows are gathered column by column and written as a row group of up to 65,536 rows (or
//! 32 MiB of text). Lists are joined as in CSV. Key-value pairs of the file travel along.

use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;

use super::atomic::AtomicFile;
use super::cell::{Cell, Column, Kind};
use super::format::RowWriter;
use crate::{Error, Result};

const GROUP_ROWS: usize = 1 << 16;
const GROUP_BYTES: usize = 32 << 20;

/// The values of a column that are not null, and for every row whether there is one.
struct Buffer<T> {
    values: Vec<T>,
    levels: Vec<i16>,
}

impl<T> Default for Buffer<T> {
    fn default() -> Self {
        Self { values: Vec::new(), levels: Vec::new() }
    }
}

impl<T> Buffer<T> {
    fn push(&mut self, value: Option<T>) {
        self.levels.push(i16::from(value.is_some()));
        self.values.extend(value);
    }

    fn write<D: DataType<T = T>>(
        &mut self,
        column: &mut SerializedColumnWriter<'_>,
    ) -> std::result::Result<(), ParquetError> {
        column.typed::<D>().write_batch(&self.values, Some(&self.levels), None)?;
        self.values.clear();
        self.levels.clear();
        Ok(())
    }
}

enum Values {
    Text(Buffer<ByteArray>),
    Int(Buffer<i64>),
    Float(Buffer<f64>),
    Bool(Buffer<bool>),
}

pub(crate) struct Writer {
    parquet: SerializedFileWriter<AtomicFile>,
    path: std::path::PathBuf,
    columns: Vec<Values>,
    rows: usize,
    bytes: usize,
}

impl Writer {
    pub(crate) fn new(
        file: AtomicFile,
        columns: &[Column],
        metadata: &[(String, String)],
    ) -> Result<Self> {
        let path = file.path().to_path_buf();
        let start = || {
            let fields: std::result::Result<Vec<_>, ParquetError> = columns
                .iter()
                .map(|column| {
                    let (physical, logical) = match column.kind {
                        Kind::Text | Kind::List | Kind::Records => {
                            (Physical::BYTE_ARRAY, Some(LogicalType::String))
                        }
                        Kind::Int => (Physical::INT64, None),
                        Kind::Float => (Physical::DOUBLE, None),
                        Kind::Bool => (Physical::BOOLEAN, None),
                    };
                    let field = Type::primitive_type_builder(column.name, physical)
                        .with_logical_type(logical)
                        .with_repetition(Repetition::OPTIONAL)
                        .build()?;
                    Ok(Arc::new(field))
                })
                .collect();
            let schema = Type::group_type_builder("rows").with_fields(fields?).build()?;
            let pairs: Vec<_> =
                metadata.iter().map(|(k, v)| KeyValue::new(k.clone(), v.clone())).collect();
            let properties = WriterProperties::builder()
                .set_compression(Compression::ZSTD(ZstdLevel::default()))
                .set_created_by(concat!("khabar ", env!("CARGO_PKG_VERSION")).to_owned())
                .set_key_value_metadata((!pairs.is_empty()).then_some(pairs))
                .build();
            SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties))
        };
        let parquet = start().map_err(|e| error(&path, e))?;
        let columns = columns
            .iter()
            .map(|column| match column.kind {
                Kind::Text | Kind::List | Kind::Records => Values::Text(Buffer::default()),
                Kind::Int => Values::Int(Buffer::default()),
                Kind::Float => Values::Float(Buffer::default()),
                Kind::Bool => Values::Bool(Buffer::default()),
            })
            .collect();
        Ok(Self { parquet, path, columns, rows: 0, bytes: 0 })
    }

    fn write_group(&mut self) -> std::result::Result<(), ParquetError> {
        let mut group = self.parquet.next_row_group()?;
        for values in &mut self.columns {
            let Some(mut column) = group.next_column()? else { break };
            match values {
                Values::Text(buffer) => buffer.write::<ByteArrayType>(&mut column)?,
                Values::Int(buffer) => buffer.write::<Int64Type>(&mut column)?,
                Values::Float(buffer) => buffer.write::<DoubleType>(&mut column)?,
                Values::Bool(buffer) => buffer.write::<BoolType>(&mut column)?,
            }
            column.close()?;
        }
        group.close()?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }
}

impl RowWriter for Writer {
    fn write(&mut self, row: &[Cell<'_>]) -> Result<()> {
        debug_assert_eq!(row.len(), self.columns.len(), "a cell a column");
        for (values, cell) in self.columns.iter_mut().zip(row) {
            match values {
                Values::Text(buffer) => {
                    let text = cell.plain();
                    self.bytes += text.as_ref().map_or(0, |t| t.len());
                    buffer.push(text.map(|t| ByteArray::from(t.into_owned().into_bytes())));
                }
                Values::Int(buffer) => buffer.push(match cell {
                    Cell::Int(n) => Some(*n),
                    _ => None,
                }),
                Values::Float(buffer) => buffer.push(match cell {
                    Cell::Float(x) if x.is_finite() => Some(*x),
                    Cell::Int(n) => Some(*n as f64),
                    _ => None,
                }),
                Values::Bool(buffer) => buffer.push(match cell {
                    Cell::Bool(b) => Some(*b),
                    _ => None,
                }),
            }
        }
        self.rows += 1;
        if self.rows >= GROUP_ROWS || self.bytes >= GROUP_BYTES {
            self.write_group().map_err(|e| error(&self.path, e))?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        if self.rows > 0 {
            self.write_group().map_err(|e| error(&self.path, e))?;
        }
        let file = self.parquet.into_inner().map_err(|e| error(&self.path, e))?;
        file.commit()
    }
}

/// The system's own error where one is inside.
fn error(path: &std::path::Path, error: ParquetError) -> Error {
    let io = match error {
        ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(io) => *io,
            Err(other) => std::io::Error::other(other.to_string()),
        },
        other => std::io::Error::other(other.to_string()),
    };
    Error::io(path, io)
}
