//! Everything said on stderr: notes, skipped records, the progress bar, the last error.
//!
//! Words of strangers (file names, pieces of records) are made harmless first. The bar is drawn
//! on a terminal only. Of skipped records the first 20 are shown, and the rest counted. Writing
//! never fails: where stderr is gone, nobody listens. A line looks like
//!
//! ```text
//! أخبار.jsonl:2: the line is no JSON object (...); mend or remove the line
//! ```

use std::cell::Cell;
use std::io::Write as _;

use indicatif::{ProgressBar, ProgressStyle};
use khabar::corpus::Event;
use khabar::group::Stage;
use khabar::output::{safe, thousands};

/// Skipped records, and unreadable files, that are shown without `--verbose`.
const SHOWN: usize = 20;

/// The one who talks.
pub(crate) struct Talk {
    quiet: bool,
    verbose: bool,
    bar: ProgressBar,
    records: Cell<usize>,
    files: Cell<usize>,
}

impl Talk {
    /// `quiet` leaves out notes and the bar, `verbose` shows every skipped record.
    pub(crate) fn new(quiet: bool, verbose: bool) -> Self {
        let bar = if quiet { ProgressBar::hidden() } else { ProgressBar::new(0) };
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {msg}") {
            bar.set_style(style.progress_chars("=> "));
        }
        Self { quiet, verbose, bar, records: Cell::new(0), files: Cell::new(0) }
    }

    /// Something worth knowing that is no fault.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.line(text);
        }
    }

    /// Something the user must know, also under `--quiet`.
    pub(crate) fn warn(&self, text: &str) {
        self.line(text);
    }

    fn line(&self, text: &str) {
        self.bar.suspend(|| write_line(text));
    }

    /// Takes what the reader tells.
    pub(crate) fn event(&self, event: Event) {
        match event {
            Event::Problem(error) => self.problem(&error),
            Event::Progress { bytes, total_bytes, articles } => {
                self.bar.set_length(total_bytes.unwrap_or(0));
                self.bar.set_position(bytes);
                self.bar.set_message(format!("reading, {} articles", thousands(articles)));
            }
            _ => {}
        }
    }

    /// Shows a record or file that cannot be used, or counts it.
    pub(crate) fn problem(&self, error: &khabar::Error) {
        let of_record = matches!(error, khabar::Error::Record { .. });
        let count = if of_record { &self.records } else { &self.files };
        count.set(count.get() + 1);
        if self.verbose || count.get() <= SHOWN {
            self.line(&safe(&error.to_string()));
        }
    }

    /// Says how many problems were not shown.
    pub(crate) fn end_of_problems(&self) {
        for (count, what) in [(&self.records, "records"), (&self.files, "files")] {
            let hidden = count.get().saturating_sub(SHOWN);
            if hidden > 0 && !self.verbose {
                let hidden = thousands(hidden);
                self.line(&format!("{hidden} more {what} could not be used; --verbose shows all"));
            }
        }
    }

    /// Shows where the grouping is.
    pub(crate) fn stage(&self, stage: Stage) {
        let (step, what) = match stage {
            Stage::Boilerplate => (0, "looking for boilerplate"),
            Stage::Count => (1, "counting n-grams"),
            Stage::Weight => (2, "weighing"),
            Stage::Join => (3, "comparing"),
            Stage::Score => (4, "judging pairs"),
            Stage::Link => (5, "cutting into stories"),
            Stage::Describe => (6, "describing"),
        };
        self.bar.set_length(7);
        self.bar.set_position(step);
        self.bar.set_message(what);
        self.bar.tick();
    }

    /// The bar alone, for work on many threads.
    pub(crate) fn meter(&self) -> Meter {
        Meter(self.bar.clone())
    }

    /// Takes the bar away.
    pub(crate) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// A bar that any thread may move.
pub(crate) struct Meter(ProgressBar);

impl Meter {
    /// Shows that `done` of `of` steps are done, and what is being done.
    pub(crate) fn at(
        &self,
        done: usize,
        of: usize,
        what: impl Into<std::borrow::Cow<'static, str>>,
    ) {
        self.0.set_length(of as u64);
        self.0.set_position(done as u64);
        self.0.set_message(what);
        self.0.tick();
    }
}

/// The error that ends the command.
pub(crate) fn error(error: &anyhow::Error) {
    let red = anstyle::AnsiColor::Red.on_default().bold();
    write_line(&format!("{red}error:{red:#} {}", safe(&told_once(error))));
}

/// An error and its causes, without those that its own message already tells.
fn told_once(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

/// Colours go where the terminal, or `NO_COLOR`, does not want them.
fn write_line(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// `1 article`, `2 articles`; `plural` where an `s` is not enough.
pub(crate) fn counted(n: usize, one: &str, plural: &str) -> String {
    format!("{} {}", thousands(n), if n == 1 { one } else { plural })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_once() {
        let gone = || std::io::Error::from(std::io::ErrorKind::NotFound);
        let error = anyhow::Error::from(khabar::Error::io("خبر", gone()));
        assert_eq!(told_once(&error), format!("خبر: {}; check the name and the folder", gone()));
        let error = anyhow::Error::from(gone()).context("خبر");
        assert_eq!(told_once(&error), format!("خبر: {}", gone()));
    }

    #[test]
    fn long_numbers_are_cut_into_thousands() {
        for (n, want) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (30_055, "30,055"), (1_234_567, "1,234,567")]
        {
            assert_eq!(thousands(n), want);
        }
    }
}
