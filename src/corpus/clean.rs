//! The one place where a title or text is cleaned of HTML before it becomes an article.

use std::borrow::Cow;

pub use crate::text::HtmlMode;
use crate::text::strip;

/// A title or text as the article keeps it.
pub(crate) fn clean_field(field: String, mode: HtmlMode) -> String {
    match strip(&field, mode) {
        Cow::Owned(clean) => clean,
        Cow::Borrowed(_) => field,
    }
}
