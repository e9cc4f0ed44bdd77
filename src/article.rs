//! One news article, as every part of the crate sees it.
//!
//! An article is valid with a title, a text, or both; everything else is optional.
//! Readers ([`crate::corpus`]) make articles; nothing downstream changes them.
//!
//! ```
//! use khabar::Article;
//! let article = Article {
//!     id: "1".into(),
//!     title: "روسيا تطلب عقد اجتماع لمجلس الأمن".into(),
//!     text: "طلبت روسيا عقد اجتماع".into(),
//!     ..Article::default()
//! };
//! assert_eq!(article.content(), "روسيا تطلب عقد اجتماع لمجلس الأمن\nطلبت روسيا عقد اجتماع");
//! ```

use std::borrow::Cow;

/// A point in time: the instant, and the words the input used for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Seconds since 1970-01-01T00:00:00Z. A date without a time is its midnight in UTC.
    pub seconds: i64,
    /// The date as the input wrote it; outputs repeat it unchanged.
    pub original: String,
}

/// One article. Empty strings and `None` mean "not given".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Article {
    /// Unique within a corpus once a reader has resolved repeats.
    pub id: String,
    /// The headline, HTML already removed where asked; empty where there is none.
    pub title: String,
    /// The body, HTML already removed where asked; empty where there is none.
    pub text: String,
    /// When it was published.
    pub published: Option<Published>,
    /// Language code as given (`ar`, `en`, ...) or as detected; empty where unknown.
    pub lang: String,
    /// The outlet or domain that published it; empty where unknown.
    pub source: String,
    /// Topic labels; one for single-label corpora.
    pub topics: Vec<String>,
    /// The gold story, where the corpus has one; empty otherwise.
    pub story: String,
    /// The split the record belongs to (`train`, `dev`, ...); empty otherwise.
    pub split: String,
}

impl Article {
    /// When it was published, in seconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn seconds(&self) -> Option<i64> {
        self.published.as_ref().map(|published| published.seconds)
    }

    /// What is vectorized: title, one newline, text; the newline only where both exist.
    ///
    /// Borrows where one of the two is empty.
    #[must_use]
    pub fn content(&self) -> Cow<'_, str> {
        match (self.title.is_empty(), self.text.is_empty()) {
            (true, _) => Cow::Borrowed(&self.text),
            (false, true) => Cow::Borrowed(&self.title),
            (false, false) => Cow::Owned(format!("{}\n{}", self.title, self.text)),
        }
    }
}
