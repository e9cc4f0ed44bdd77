//! A sweep as a table: a row a threshold, then the borderline pairs.
//!
//! Numbers stand under one another whatever the titles hold: those come last in their line,
//! harmless and, where they run from right to left, isolated.
//!
//! ```text
//! threshold  stories  singles   BCubed P/R/F1 ...
//!    0.1600      120       80   0.9400  0.9100  0.9248  ...  <- in use
//! ```

use std::fmt::{self, Display, Formatter};

use super::{Borderline, Point, Report};
use crate::cli::harmless;

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:>9}{:>9}{:>9}", "threshold", "stories", "singles")?;
        let groups = ["B3 P", "B3 R", "B3 F1", "pairs F1", "ARI", "AMI", "V"];
        let pairs = ["P", "R", "F1", "copies in", "copy P", "copy R", "copy F1"];
        for (given, names) in
            [(self.current.groups.is_some(), &groups), (self.current.pairs.is_some(), &pairs)]
        {
            for name in names.iter().filter(|_| given) {
                write!(f, "{name:>10}")?;
            }
        }
        writeln!(f)?;
        let mut in_use = Some(&self.current);
        for point in &self.points {
            // The threshold in use among the others; where it is one of them, that one.
            if let Some(current) = in_use.filter(|c| c.threshold <= point.threshold) {
                in_use = None;
                if current.threshold < point.threshold {
                    self.row(f, current)?;
                }
            }
            self.row(f, point)?;
        }
        if let Some(current) = in_use {
            self.row(f, current)?;
        }
        if self.current.groups.is_some() {
            let rest = "pairwise P and R, homogeneity, completeness and purity: --json";
            writeln!(f, "\nB3 is BCubed, pairs F1 is over all pairs of gold articles; {rest}")?;
        }
        if self.points.iter().any(|p| !p.complete) {
            writeln!(
                f,
                "~ the file lists no pairs below {}: a whole run at this threshold may join more",
                self.floor
            )?;
        }
        match &self.borderline {
            Some(pairs) => borderline(f, pairs, self.current.threshold),
            None => Ok(()),
        }
    }
}

impl Report {
    fn row(&self, f: &mut Formatter<'_>, point: &Point) -> fmt::Result {
        write!(f, "{:>9.4}{:>9}{:>9}", point.threshold, point.stories, point.singles)?;
        if let Some(s) = &point.groups {
            let b = s.bcubed;
            for x in [b.precision, b.recall, b.f1, s.pairwise.f1, s.ari, s.ami, s.v_measure] {
                write!(f, "{x:>10.4}")?;
            }
        }
        if let Some(report) = &point.pairs {
            let s = &report.scores;
            for x in [s.same.precision, s.same.recall, s.same.f1] {
                write!(f, "{x:>10.4}")?;
            }
            match s.copies_in_story {
                Some(share) => write!(f, "{share:>10.4}")?,
                None => write!(f, "{:>10}", "-")?,
            }
            for x in [s.copy.precision, s.copy.recall, s.copy.f1] {
                write!(f, "{x:>10.4}")?;
            }
        }
        let at = |place: Option<f64>| place == Some(point.threshold);
        let marks = [
            (!point.complete, "~"),
            (at(self.best_groups), "<- best B3 F1"),
            (at(self.best_pairs), "<- best F1"),
            (at(Some(self.current.threshold)), "<- in use"),
        ];
        for (_, mark) in marks.iter().filter(|(holds, _)| *holds) {
            write!(f, "  {mark}")?;
        }
        writeln!(f)
    }
}

fn borderline(f: &mut Formatter<'_>, pairs: &[Borderline], threshold: f64) -> fmt::Result {
    writeln!(f, "\nlisted pairs nearest to {threshold}")?;
    for pair in pairs {
        let stand = if pair.together { "together" } else { "apart" };
        let gold = pair.gold.unwrap_or("-");
        let ids = format!("{}  {}", harmless(&pair.id_a), harmless(&pair.id_b));
        writeln!(f, "{:>9.4}  {stand:<8}  gold {gold:<9}  {ids}", pair.cosine)?;
        for title in [&pair.title_a, &pair.title_b].into_iter().flatten() {
            writeln!(f, "           {}", harmless(title))?;
        }
    }
    Ok(())
}
