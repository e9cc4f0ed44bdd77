//! The one place where a title or text is cleaned of HTML before it becomes an article.

/// What happens to HTML in titles and texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HtmlMode {
    /// Tags and entities go where a field looks like HTML.
    #[default]
    Auto,
    /// Tags and entities always go.
    Strip,
    /// Everything stays.
    Keep,
}

/// A title or text as the article keeps it.
pub(crate) fn clean_field(field: String, _mode: HtmlMode) -> String {
    field
}
