//! What is decided about an article, in words, and by other bars than the model's.
//!
//! ```
//! use khabar::topic::Reason;
//! assert_eq!(Reason::NoBar.name(), "no_bar");
//! ```

use super::{Reason, Tagged};

impl Reason {
    /// All reasons, in the order they are asked for.
    pub const ALL: [Reason; 6] = [
        Reason::TooShort,
        Reason::UnknownScript,
        Reason::UnknownLanguage,
        Reason::NoLabel,
        Reason::Unsure,
        Reason::NoBar,
    ];

    /// The name rows know it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::UnknownScript => "unknown_script",
            Self::UnknownLanguage => "unknown_language",
            Self::NoLabel => "no_label",
            Self::Unsure => "unsure",
            Self::NoBar => "no_bar",
        }
    }

    /// The same for eyes.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::TooShort => "too short",
            Self::UnknownScript => "unknown script",
            Self::UnknownLanguage => "unknown language",
            Self::NoLabel => "no label",
            Self::Unsure => "unsure",
            Self::NoBar => "label has no bar",
        }
    }
}

impl Tagged {
    /// The same judged by one bar for all labels in place of the model's: accepted where every
    /// chosen label reaches `bar`. What cannot be judged goes to review as before.
    #[must_use]
    pub fn with_bar(mut self, bar: f32) -> Self {
        if matches!(self.review, None | Some(Reason::Unsure | Reason::NoBar)) {
            let unsure = self.topics.iter().any(|t| t.chosen && t.probability < bar);
            self.review = unsure.then_some(Reason::Unsure);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topic::Topic;

    #[test]
    fn a_bar_decides_between_accept_and_unsure_and_nothing_else() {
        let topic = |label, probability, chosen| Topic { label, probability, chosen };
        let topics = vec![topic(1, 0.8, true), topic(0, 0.6, true), topic(2, 0.1, false)];
        for (before, bar, after) in [
            (Some(Reason::NoBar), 0.6, None),
            (None, 0.61, Some(Reason::Unsure)),
            (Some(Reason::Unsure), 0.0, None),
            (Some(Reason::TooShort), 0.0, Some(Reason::TooShort)),
            (Some(Reason::NoLabel), 0.0, Some(Reason::NoLabel)),
        ] {
            let tagged = Tagged { topics: topics.clone(), review: before };
            assert_eq!(tagged.with_bar(bar).review, after);
        }
    }
}
