//! `khabar synth`: a corpus of invented news with gold stories, as large as wanted.
//!
//! Rows go out as they are written; memory does not grow with the corpus.
//!
//! ```text
//! khabar synth --articles 100000 --langs ar | khabar group -
//! ```

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::bail;
use clap::Args;
use khabar::corpus::{ReadOptions, read_batches};
use khabar::output::{AtomicFile, safe, thousands};
use khabar::synth::{Lang, Style, Synth, SynthOptions};
use serde::Serialize;

use super::args::output::check_file;
use super::args::run::RunArgs;
use super::talk::{Talk, counted};
use super::{HELP, Outcome, Said};

const EXAMPLES: &str = "\
Examples:
  khabar synth --articles 1000                           articles with gold stories and topics
  khabar synth --articles 1000000 --seed 1 -o a.jsonl.zst
                                                         200 days of 5,000 articles
  khabar synth --articles 20000 --langs ar | khabar group - -o groups.jsonl
  khabar eval groups a.jsonl groups.jsonl                how well they were found again
  khabar synth --articles 5000 --rewrite 1 --shared 0.3  stories that are hard to find
  khabar synth --articles 1000000 --like أخبار.jsonl     in the style of a corpus";

/// Invent a corpus of any size, with gold stories and topics.
///
/// Stories of a power law of sizes begin day after day, are told by outlets in their own order
/// and words, copied, cut and followed up over four days; daily bulletins stand between them.
/// JSON Lines in order of time, each with id, title, text, published, lang, source, topic and
/// story. Nothing in it is true, names and many words are invented. The same seed and options
/// give the same bytes, and with more --articles the same corpus goes on.
#[derive(Args)]
#[command(help_template = HELP, before_help = EXAMPLES)]
pub(crate) struct SynthArgs {
    /// How many articles
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10_000)]
    articles: u64,
    /// Articles a day: more articles are more days, not fuller ones [default: 5000; with --like,
    /// as many as there]
    #[arg(long, value_name = "N")]
    per_day: Option<u32>,
    /// In the style of these articles: their words, subjects, lengths, outlets, languages and
    /// hours, with new stories. Sentences are put together anew from runs of a few words; they mean
    /// nothing and are not repeated. Topics are not learned. The words are those of the corpus
    #[arg(long, value_name = "INPUT", conflicts_with_all = ["langs", "sources", "boilerplate", "bulletins", "length"])]
    like: Option<PathBuf>,
    /// Languages (ar, en, fr, fa) and, if wanted, their shares: ar,en or ar=3,en=1
    #[arg(long, value_name = "LIST", default_value = "ar=6,en=2,fr=1,fa=1", value_parser = langs)]
    langs: Langs,
    /// The first day
    #[arg(long, value_name = "DATE", default_value = "2026-01-05", value_parser = day)]
    start: i64,
    /// Outlets a language has
    #[arg(long, value_name = "N", default_value_t = 20)]
    sources: u32,
    /// Where the rows go: .jsonl, also .gz, .zst [default: stdout]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    knobs: Knobs,
    #[command(flatten)]
    run: RunArgs,
}

/// How hard it is.
#[derive(Args)]
#[command(next_help_heading = "What the news is like")]
struct Knobs {
    /// How freely a fact is told in other words, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = usual().rewrite)]
    rewrite: f64,
    /// Part of a text that tells what the whole story shares; the rest is the outlet's own
    #[arg(long, value_name = "SHARE", default_value_t = usual().shared)]
    shared: f64,
    /// Part of a story's further articles that reprint an earlier text
    /// [default: 0.55; with --like, so many as there]
    #[arg(long, value_name = "SHARE")]
    copies: Option<f64>,
    /// Part of the outlets that print words of their own around every article
    #[arg(long, value_name = "SHARE", default_value_t = usual().boilerplate)]
    boilerplate: f64,
    /// Part of the articles that are issues of a daily series; no two are one story
    #[arg(long, value_name = "SHARE", default_value_t = usual().bulletins)]
    bulletins: f64,
    /// Characters that half of the texts have at most
    #[arg(long, value_name = "N", default_value_t = usual().length)]
    length: f64,
    /// Stories of S articles or more are S^(1 - LAW) of all: a smaller law, larger stories
    #[arg(long, value_name = "LAW", default_value_t = usual().story_law)]
    story_law: f64,
}

fn usual() -> SynthOptions {
    SynthOptions::default()
}

/// Languages and their shares.
type Langs = Vec<(Lang, f64)>;

/// Reads `ar,en` and `ar=3,en=1`.
fn langs(text: &str) -> Result<Langs, String> {
    let known = || Lang::ALL.map(Lang::code).join(", ");
    let one = |part: &str| {
        let (code, share) = part.split_once('=').unwrap_or((part, "1"));
        let lang =
            Lang::from_code(code.trim()).ok_or(format!("{code}: write one of {}", known()))?;
        let share = share.trim().parse().ok().filter(|s: &f64| *s > 0.0 && s.is_finite());
        Ok((lang, share.ok_or(format!("{part}: write a share above 0, as ar=3"))?))
    };
    text.split(',').map(one).collect()
}

/// Reads a date as days since 1970.
fn day(text: &str) -> Result<i64, String> {
    let date: jiff::civil::Date =
        text.parse().map_err(|_| "write a date as 2026-01-05".to_owned())?;
    let seconds = jiff::tz::Offset::UTC.to_timestamp(date.at(0, 0, 0, 0));
    let seconds = seconds.map_err(|_| "give a date from 1916 to 2500".to_owned())?;
    Ok(seconds.as_second().div_euclid(86_400))
}

#[derive(Serialize)]
struct Summary {
    articles: u64,
    stories: u64,
    bytes: u64,
    seconds: f64,
    megabytes_per_second: f64,
}

pub(crate) fn run(args: &SynthArgs) -> anyhow::Result<Outcome> {
    let started = Instant::now();
    let path = args.output.as_deref().unwrap_or(Path::new("-"));
    if path.as_os_str() != "-" {
        check_file(path, args.like.as_slice())?;
        check_name(path)?;
    }
    let knobs = &args.knobs;
    let talk = args.run.start()?;
    let style = args.like.as_ref().map(|path| learn(path, &talk)).transpose()?;
    let learned = style.as_ref();
    let usual = usual();
    let options = SynthOptions {
        articles: args.articles,
        per_day: args.per_day.or(learned.and_then(Style::per_day)).unwrap_or(usual.per_day),
        seed: args.run.seed,
        langs: args.langs.clone(),
        sources: args.sources,
        story_law: knobs.story_law,
        rewrite: knobs.rewrite,
        shared: knobs.shared,
        copies: knobs.copies.or(learned.map(as_copies)).unwrap_or(usual.copies),
        boilerplate: knobs.boilerplate,
        bulletins: knobs.bulletins,
        length: knobs.length,
        first_day: args.start,
    };
    let synth = match style {
        Some(style) => Synth::like(options, style)?,
        None => Synth::new(options)?,
    };
    let meter = talk.meter();
    let mut file = AtomicFile::create(path)?;
    let of = args.articles.max(1) as usize;
    let report = synth.write(&mut file, &mut |done| meter.at(done as usize, of, "writing"))?;
    file.commit()?;
    talk.end();
    let seconds = started.elapsed().as_secs_f64();
    let summary = Summary {
        articles: report.articles,
        stories: report.stories,
        bytes: report.bytes,
        seconds,
        megabytes_per_second: report.bytes as f64 / 1e6 / seconds.max(1e-9),
    };
    if args.run.json {
        talk.warn(&serde_json::to_string(&summary)?);
    } else {
        talk.note(&format!(
            "{}, {}, {:.1} MB; {seconds:.1} s, {:.1} MB/s",
            counted(summary.articles as usize, "article", "articles"),
            counted(summary.stories as usize, "story", "stories"),
            summary.bytes as f64 / 1e6,
            summary.megabytes_per_second
        ));
    }
    Ok(Outcome::Done)
}

/// Fails where a name promises other rows than JSON Lines.
fn check_name(path: &Path) -> anyhow::Result<()> {
    let name = path.to_string_lossy().to_lowercase();
    let plain = name.trim_end_matches(".gz").trim_end_matches(".zst");
    if !plain.ends_with(".jsonl") && !plain.ends_with(".ndjson") {
        bail!(
            "{}: synth writes JSON Lines; name the file .jsonl, .jsonl.gz or .jsonl.zst",
            safe(&path.to_string_lossy())
        );
    }
    Ok(())
}

/// What a style has of copies, as the part of a story's further articles: some three in five
/// articles are the first of their story.
fn as_copies(style: &Style) -> f64 {
    (style.copies() / 0.4).min(0.95)
}

/// Learns a style from a corpus as it streams by.
fn learn(path: &Path, talk: &Talk) -> anyhow::Result<Style> {
    let mut style = Style::default();
    let options = ReadOptions { detect_lang: true, ..ReadOptions::default() };
    let report =
        read_batches(&[path.to_path_buf()], &options, &mut |e| talk.event(e), &mut |batch| {
            batch.iter().for_each(|article| style.add(article));
            Ok(())
        })?;
    talk.end_of_problems();
    if !report.unreadable.is_empty() {
        talk.end();
        return Err(Said.into());
    }
    let per_day =
        style.per_day().map_or(String::new(), |n| format!(", {} a day", thousands(n as usize)));
    talk.note(&format!(
        "learned from {}{per_day}, {:.0} % copies",
        counted(style.articles() as usize, "article", "articles"),
        style.copies() * 100.0
    ));
    Ok(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_may_have_shares() {
        assert_eq!(langs("ar,en"), Ok(vec![(Lang::Arabic, 1.0), (Lang::English, 1.0)]));
        assert_eq!(langs("fa=0.5"), Ok(vec![(Lang::Persian, 0.5)]));
        for wrong in ["", "xx", "ar=0", "ar=-1", "ar=x", "ar,,en"] {
            assert!(langs(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_first_day_is_a_date() {
        assert_eq!(day("1970-01-02"), Ok(1));
        assert_eq!(day("2026-01-05"), Ok(usual().first_day));
        assert!(day("tomorrow").is_err());
        assert!(day("9999-12-31").unwrap_err().contains("1916"));
    }
}
