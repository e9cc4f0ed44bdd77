//! A text file as one article: its first non-empty line is the title, the rest the text.

use std::io::Read;

use super::Field;
use super::record::{Context, Draft, Outcome, Problem, Raw};

/// Reads the whole stream, up to the record limit, into one record.
///
/// # Errors
/// What the stream answered where it cannot be read.
pub(crate) fn read(stream: &mut dyn Read, context: &Context<'_>) -> std::io::Result<Outcome> {
    let limit = context.options.max_record_bytes;
    let mut bytes = Vec::new();
    stream.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok(if bytes.len() > limit {
        Outcome::Problem(Problem::too_long(limit))
    } else {
        match simdutf8::basic::from_utf8(&bytes) {
            Err(_) => Outcome::Problem(Problem::encoding(context.encoding)),
            Ok(_) if memchr::memchr(0, &bytes).is_some() => Outcome::Problem(Problem::nul()),
            Ok(text) => article(text, context),
        }
    })
}

fn article(text: &str, context: &Context<'_>) -> Outcome {
    let unix = if text.contains('\r') { Some(text.replace("\r\n", "\n")) } else { None };
    let text = unix.as_deref().unwrap_or(text).trim();
    let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
    let mut draft = Draft::default();
    draft.set(&[(Field::Title, 0)], Raw::Text(title.trim_end().into()), false);
    draft.set(&[(Field::Text, 0)], Raw::Text(rest.trim_start().into()), false);
    draft.finish(context)
}
