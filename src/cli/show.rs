//! What a command found, on stdout: text for eyes, or JSON.

use std::fmt::Display;
use std::io::Write as _;

use serde::Serialize;

/// Scores to stdout.
pub(crate) fn show<T: Serialize + Display>(scores: &T, json: bool) -> anyhow::Result<()> {
    let text = if json { serde_json::to_string(scores)? + "\n" } else { scores.to_string() };
    let mut stdout = std::io::stdout();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(|e| khabar::Error::io("stdout", e))?;
    Ok(())
}
