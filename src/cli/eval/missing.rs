//! Articles of the gold side that nothing is known of on the other.

use std::path::Path;

use khabar::output::{safe, thousands};
use rustc_hash::FxHashSet;

use crate::cli::talk::Talk;

/// Missing ids that are shown.
const SHOWN: usize = 5;

/// Says that these articles of the gold side (some perhaps twice) are not in `path`, and how they
/// are scored.
pub(crate) fn say_missing<'a>(
    ids: impl Iterator<Item = &'a str>,
    path: &Path,
    scored: &str,
    talk: &Talk,
) {
    let mut seen = FxHashSet::default();
    let missing: Vec<&str> = ids.filter(|id| seen.insert(*id)).collect();
    if missing.is_empty() {
        return;
    }
    let shown: Vec<_> = missing.iter().take(SHOWN).map(|id| safe(id)).collect();
    let more = if missing.len() > SHOWN { ", ..." } else { "" };
    talk.warn(&format!(
        "{}: {} of the gold articles are missing, {scored}: {}{more}",
        safe(&path.to_string_lossy()),
        thousands(missing.len()),
        shown.join(", ")
    ));
}
