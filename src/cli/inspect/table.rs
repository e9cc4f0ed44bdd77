//! What `khabar inspect` found, for eyes.
//!
//! Words of strangers come last in their line or are isolated. Lists are cut to what can be read.
//!
//! ```text
//! 261 articles, 0.2 MB
//!
//! languages      en 103, ar 140, fr 12, fa 6
//! ```

use std::fmt::{self, Display, Formatter};

use khabar::inspect::{Counted, Inspection, Lengths};
use khabar::output::thousands;

use super::{CorpusReport, ModelReport};
use crate::cli::harmless;
use crate::cli::talk::counted;

/// Names of a list that are shown.
const NAMES: usize = 12;
/// Families that are shown.
const FAMILIES: usize = 5;
/// Labels that are shown.
const LABELS: usize = 40;

fn row(f: &mut Formatter<'_>, name: &str, what: &str) -> fmt::Result {
    writeln!(f, "{name:<15}{what}")
}

fn names(counts: &[Counted]) -> String {
    let shown = counts.iter().take(NAMES);
    let mut shown: Vec<String> =
        shown.map(|c| format!("{} {}", harmless(&c.name), thousands(c.articles))).collect();
    if counts.len() > NAMES {
        shown.push(format!("{} more", thousands(counts.len() - NAMES)));
    }
    shown.join(", ")
}

fn list(f: &mut Formatter<'_>, name: &str, counts: &[Counted], note: &str) -> fmt::Result {
    if counts.is_empty() { Ok(()) } else { row(f, name, &(names(counts) + note)) }
}

fn lengths(f: &mut Formatter<'_>, name: &str, lengths: Option<Lengths>) -> fmt::Result {
    let Some(Lengths { least, p10, median, p90, most }) = lengths else { return Ok(()) };
    let [least, p10, median, p90, most] = [least, p10, median, p90, most].map(thousands);
    let what = format!("{median} at the median; 80 % {p10} to {p90}, all {least} to {most}");
    row(f, name, &what)
}

fn ids(ids: &[String]) -> String {
    ids.iter().map(|id| harmless(id)).collect::<Vec<_>>().join(", ")
}

impl Display for CorpusReport {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let found = &self.found;
        writeln!(
            f,
            "{}, {:.1} MB of text\n",
            counted(found.articles, "article", "articles"),
            found.bytes as f64 / 1e6
        )?;
        let note = match found.languages_detected {
            0 => String::new(),
            n => format!(" ({} detected)", thousands(n)),
        };
        list(f, "languages", &found.languages, &note)?;
        list(f, "scripts", &found.scripts, "")?;
        list(f, "sources", &found.sources, "")?;
        list(f, "splits", &found.splits, "")?;
        if let Some([first, last]) = &found.published {
            row(f, "published", &format!("{} to {}", harmless(first), harmless(last)))?;
        }
        lengths(f, "title length", found.title_lengths)?;
        lengths(f, "text length", found.text_lengths)?;
        self.missing(f)?;
        self.copies(f)?;
        labels(f, found)?;
        self.check(f)
    }
}

impl CorpusReport {
    fn missing(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let m = &self.found.missing;
        let fields = [
            ("title", m.title),
            ("text", m.text),
            ("date", m.published),
            ("language", m.lang),
            ("source", m.source),
            ("topic", m.topics),
            ("story", m.story),
            ("split", m.split),
        ];
        let missing = fields.iter().filter(|(_, n)| *n > 0);
        let missing: Vec<String> = missing
            .map(|(name, n)| {
                let all = *n == self.found.articles;
                format!("{name} {}", if all { "everywhere".to_owned() } else { thousands(*n) })
            })
            .collect();
        row(f, "missing", &if missing.is_empty() { "nothing".into() } else { missing.join(", ") })?;
        if self.bad_dates > 0 {
            row(f, "", &format!("{} not understood", counted(self.bad_dates, "date", "dates")))?;
        }
        Ok(())
    }

    fn copies(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let found = &self.found;
        let copies = &found.copies;
        writeln!(f)?;
        if self.repeats + self.renamed > 0 {
            let what = format!(
                "{} with the same content left out, {} with another renamed",
                thousands(self.repeats),
                thousands(self.renamed)
            );
            row(f, "ids twice", &what)?;
        }
        row(f, "equal texts", &format!("{} like an earlier one", thousands(copies.equal)))?;
        let share = 100.0 * copies.articles as f64 / found.articles.max(1) as f64;
        let mut what = format!(
            "{} in {} ({share:.1} %)",
            counted(copies.articles, "article", "articles"),
            counted(copies.families, "family", "families")
        );
        if copies.largest > 1 {
            let largest = thousands(copies.largest);
            what += &format!(", the largest of {largest}: {}", ids(&copies.largest_ids));
        }
        row(f, "near-copies", &what)?;
        for across in &found.across_splits {
            let [a, b] = across.splits.each_ref().map(|split| harmless(split));
            let examples: Vec<String> = across
                .examples
                .iter()
                .map(|[a, b]| format!("{} = {}", harmless(a), harmless(b)))
                .collect();
            let what = format!(
                "{a} and {b} share {}, {}: {}",
                counted(across.families, "family", "families"),
                counted(across.articles, "article", "articles"),
                examples.join("; ")
            );
            row(f, "across splits", &what)?;
        }
        let gone = &found.boilerplate;
        let what = format!(
            "{} of {} in {}, {}",
            counted(gone.segments, "line", "lines"),
            counted(gone.sources, "source", "sources"),
            counted(gone.articles, "article", "articles"),
            counted(gone.characters, "character", "characters")
        );
        row(f, "boilerplate", &if gone.articles == 0 { "none".to_owned() } else { what })
    }

    fn check(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(why) = &self.found.not_checked {
            return writeln!(f, "\nlabels not checked: {}", harmless(why));
        }
        let Some(check) = &self.found.check else { return Ok(()) };
        writeln!(
            f,
            "\n{} of {} labels contradicted by models of the other articles (they agree with \
             {:.1} %)",
            thousands(self.n_suspects),
            thousands(check.articles),
            100.0 * check.accuracy
        )?;
        if !check.left_out.is_empty() {
            let some: Vec<String> =
                check.left_out.iter().take(NAMES).map(|l| harmless(l)).collect();
            let more = if check.left_out.len() > NAMES { ", ..." } else { "" };
            writeln!(f, "not checked, having too few articles: {}{more}", some.join(", "))?;
        }
        for s in &check.suspects {
            writeln!(
                f,
                "  {} {:.3}, rather {} {:.3}  {}  {}",
                harmless(&s.label),
                s.probability,
                harmless(&s.other),
                s.other_probability,
                harmless(&s.id),
                harmless(&s.title)
            )?;
        }
        let more = self.n_suspects - check.suspects.len();
        if more > 0 {
            writeln!(f, "  and {} more (--suspects)", thousands(more))?;
        }
        Ok(())
    }
}

fn labels(f: &mut Formatter<'_>, found: &Inspection) -> fmt::Result {
    if found.labels.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{:>10}{:>10}{:>10}  label", "articles", "share", "families")?;
    for label in found.labels.iter().take(LABELS) {
        let share = 100.0 * label.articles as f64 / found.articles.max(1) as f64;
        let (articles, families) = (thousands(label.articles), thousands(label.families));
        writeln!(f, "{articles:>10}{share:>8.1} %{families:>10}  {}", harmless(&label.label))?;
    }
    if found.labels.len() > LABELS {
        writeln!(f, "{:>10} more labels", thousands(found.labels.len() - LABELS))?;
    }
    if found.several_labels > 0 {
        let articles = counted(found.several_labels, "article has", "articles have");
        writeln!(f, "{articles} several; --multi-label looks at all of them")?;
    }
    if !found.disagreeing.is_empty() {
        let families = counted(found.disagreeing.len(), "family", "families");
        writeln!(f, "\n{families} of near-copies with labels that disagree")?;
        for family in found.disagreeing.iter().take(FAMILIES) {
            writeln!(f, "  {}: {}", names(&family.labels), ids(&family.ids))?;
        }
        if found.disagreeing.len() > FAMILIES {
            writeln!(f, "  and {} more (--json)", thousands(found.disagreeing.len() - FAMILIES))?;
        }
    }
    Ok(())
}

impl Display for ModelReport {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let facts = &self.facts;
        let kind =
            if facts.multi_label { "several labels an article" } else { "one label an article" };
        row(f, "kind", &format!("{}, {kind}", harmless(&self.kind)))?;
        let compressed = if facts.compressed { ", compressed" } else { "" };
        row(f, "size", &format!("{} bytes{compressed}", thousands(self.bytes as usize)))?;
        row(f, "learned from", &counted(facts.documents as usize, "article", "articles"))?;
        let [min, max] = facts.ngram_range;
        let what = format!(
            "{} with weights, {} {min}-{max}, in {} buckets, hash {}",
            thousands(facts.features),
            facts.analyzer,
            thousands(facts.n_buckets),
            self.hash_version
        );
        row(f, "features", &what)?;
        if let Some([characters, times]) = facts.lead {
            let lead =
                format!("the first {} characters count {times} times", thousands(characters));
            row(f, "lead", &lead)?;
        }
        row(f, "training", &format!("{}, C {}", facts.loss, facts.c))?;
        row(f, "calibration", facts.calibration.unwrap_or("none: everything goes to review"))?;
        row(
            f,
            "scripts",
            &facts.scripts.iter().map(|s| harmless(s)).collect::<Vec<_>>().join(", "),
        )?;
        let languages = facts.languages.iter().map(|s| harmless(s)).collect::<Vec<_>>().join(", ");
        row(f, "languages", if languages.is_empty() { "not known" } else { &languages })?;
        write!(f, "\n{:>12}", "accept from")?;
        if facts.multi_label {
            write!(f, "{:>14}", "choose from")?;
        }
        writeln!(f, "  label")?;
        for label in &facts.labels {
            let bar = label.bar.map_or("never".to_owned(), |bar| format!("{bar:.4}"));
            write!(f, "{bar:>12}")?;
            if facts.multi_label {
                write!(f, "{:>14.4}", label.threshold.unwrap_or(f32::NAN))?;
            }
            write!(f, "  {}", harmless(&label.label))?;
            if let Some(id) = &label.id {
                write!(f, " ({})", harmless(id))?;
            }
            writeln!(f)?;
        }
        if facts.labels.iter().all(|label| label.words.is_empty()) {
            return writeln!(
                f,
                "\nn-grams are hashed and cannot be read back; --with INPUT names its words"
            );
        }
        writeln!(f, "\nheaviest words")?;
        for label in &facts.labels {
            let words: Vec<String> = label.words.iter().map(|w| harmless(&w.word)).collect();
            writeln!(f, "  {}: {}", harmless(&label.label), words.join(", "))?;
        }
        Ok(())
    }
}
