//! An explanation for eyes: the two articles, the verdict, the words.
//!
//! Words of strangers come last in their line or are isolated, so that right-to-left text does
//! not move the numbers.
//!
//! ```text
//! together: cosine 0.4100 >= 0.16; apart from threshold 0.3513 on
//! ```

use std::fmt::{self, Display, Formatter};

use khabar::group::{Part, Place};
use khabar::same_story::Evidence;

use super::{About, Report};
use crate::cli::harmless;

/// Places of a word that are shown.
const PLACES: usize = 3;
/// Characters of a word that are shown.
const LONGEST: usize = 40;

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        about(f, "A", &self.a)?;
        about(f, "B", &self.b)?;
        write!(f, "\n{}", self.verdict)?;
        if let Some(at) = self.why.parts_at {
            write!(f, "; apart from threshold {at:.4} on")?;
        } else if self.why.together {
            write!(f, "; together at every threshold")?;
        }
        writeln!(f)?;
        match self.days_apart {
            Some(days) => write!(f, "{days} days apart")?,
            None => write!(f, "days apart unknown")?,
        }
        match self.same_source {
            Some(true) => writeln!(f, ", one source")?,
            Some(false) => writeln!(f, ", two sources")?,
            None => writeln!(f, ", sources unknown")?,
        }
        if let Some(evidence) = &self.why.evidence {
            shared(f, evidence)?;
        }
        if !self.why.tying.is_empty() {
            writeln!(f, "\nwhat ties them (share of the cosine; places are bytes)")?;
            for tie in &self.why.tying {
                line(f, tie.share, &tie.word, &places(&tie.places))?;
                if tie.other != tie.word {
                    write!(f, "; in B {} {}", word(&tie.other), places(&tie.other_places))?;
                } else {
                    write!(f, "; in B {}", places(&tie.other_places))?;
                }
                writeln!(f)?;
            }
            writeln!(f, "{:>6.1} %  other words", 100.0 * self.why.tying_rest)?;
        }
        for (name, words) in ["A", "B"].iter().zip(&self.why.against) {
            if words.is_empty() {
                continue;
            }
            writeln!(f, "\nwhat only {name} has, by the words it stands in (share of its weight)")?;
            for own in words {
                line(f, own.share, &own.word, &places(&own.places))?;
                writeln!(f)?;
            }
        }
        Ok(())
    }
}

/// What the probability was made of: cosines, and counts of what both have.
fn shared(f: &mut Formatter<'_>, e: &Evidence) -> fmt::Result {
    write!(f, "alike: openings {:.2}, words {:.2}", e.lead, e.words)?;
    if let Some(titles) = e.titles {
        write!(f, ", titles {:.2}", titles.cosine)?;
    }
    let [common, least] = e.lead_numbers;
    match least {
        0 => writeln!(f),
        _ => writeln!(f, "; {common} of {least} numbers of the openings in both"),
    }
}

fn about(f: &mut Formatter<'_>, name: &str, about: &About) -> fmt::Result {
    let unknown = || "-".to_owned();
    let source = about.source.as_deref().map_or_else(unknown, harmless);
    let published = about.published.as_deref().map_or_else(unknown, harmless);
    writeln!(f, "{name}  {}  {published}  {source}", harmless(&about.id))?;
    if about.title.is_empty() { Ok(()) } else { writeln!(f, "   {}", harmless(&about.title)) }
}

fn line(f: &mut Formatter<'_>, share: f64, text: &str, places: &str) -> fmt::Result {
    write!(f, "{:>6.1} %  {}  {places}", 100.0 * share, word(text))
}

/// A word, cut where it is a whole sentence (scripts that do not part words, addresses).
fn word(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    harmless(&shown)
}

/// `title 0-10, text 5-15, +3`.
fn places(places: &[Place]) -> String {
    let mut out = String::new();
    let mut before = None;
    for place in places.iter().take(PLACES) {
        if !out.is_empty() {
            out.push_str(", ");
        }
        if before != Some(place.part) {
            out.push_str(if place.part == Part::Title { "title " } else { "text " });
        }
        before = Some(place.part);
        out.push_str(&format!("{}-{}", place.start, place.end));
    }
    if places.len() > PLACES {
        out.push_str(&format!(", +{}", places.len() - PLACES));
    }
    out
}
