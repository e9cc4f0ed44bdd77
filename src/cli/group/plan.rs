//! `khabar group --plan` and `--max-memory`: what the work will take, before it begins.
//!
//! ```text
//! khabar group أخبار.jsonl --window 7d --plan
//! khabar group أخبار.jsonl --max-memory 4G -o groups.jsonl
//! ```

use std::fmt::{self, Write as _};
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use khabar::Article;
use khabar::corpus::read_batches;
use khabar::group::{Census, GroupOptions, Plan};
use khabar::output::thousands;
use serde::Serialize;

use crate::cli::args::input::InputArgs;
use crate::cli::talk::{Talk, counted};

const DAY: i64 = 86_400;
/// The window that is proposed where memory does not suffice.
const WEEK: i64 = 7 * DAY;

#[derive(Args)]
#[command(next_help_heading = "Memory")]
pub(crate) struct PlanArgs {
    /// Read the input and say how much memory grouping it will take, and for what; then stop
    #[arg(long, conflicts_with = "from_edges")]
    pub(crate) plan: bool,
    /// Do not begin where more memory than this will be needed: 4G, 500M; files are read once
    /// more for that
    #[arg(long, value_name = "SIZE", value_parser = size, conflicts_with = "from_edges")]
    pub(crate) max_memory: Option<u64>,
}

/// Looks at the input without keeping it.
pub(crate) fn look(input: &InputArgs, inputs: &[PathBuf], talk: &Talk) -> anyhow::Result<Census> {
    let mut census = Census::default();
    let mut articles = 0;
    let report =
        read_batches(inputs, &input.options(), &mut |event| talk.event(event), &mut |batch| {
            articles += batch.len();
            batch.iter().for_each(|article| census.add(article));
            Ok(())
        })?;
    input.met(inputs, &report, articles, talk)?;
    Ok(census)
}

/// The same of articles that are read already.
pub(crate) fn census(articles: &[Article]) -> Census {
    let mut census = Census::default();
    articles.iter().for_each(|article| census.add(article));
    census
}

/// Fails where grouping takes more than `most` bytes.
pub(crate) fn check(census: &Census, options: &GroupOptions, most: u64) -> anyhow::Result<()> {
    let threads = rayon::current_num_threads();
    let plan = census.plan(options, threads);
    if plan.bytes() <= most {
        return Ok(());
    }
    let mut parts = plan.parts.clone();
    parts.sort_by_key(|part| std::cmp::Reverse(part.1));
    let parts: Vec<String> =
        parts.iter().take(3).map(|(what, bytes)| format!("{what} {}", shown(*bytes))).collect();
    let window = GroupOptions { window: Some(WEEK), ..options.clone() };
    let days = plan.seconds.map_or(0, |[from, to]| (to - from) / DAY);
    let with_window = census.plan(&window, threads).bytes();
    let remedy = if options.window.is_none_or(|w| w > WEEK) && days > 7 && with_window <= most {
        format!("add --window 7d, which takes about {}, or ", shown(with_window))
    } else {
        String::new()
    };
    bail!(
        "--max-memory {}: grouping {} takes about {} ({}); {remedy}group parts of the input",
        shown(most),
        counted(plan.articles, "article", "articles"),
        shown(plan.bytes()),
        parts.join(", ")
    );
}

/// Prints the plan on stdout.
pub(crate) fn print(plan: &Plan, options: &GroupOptions, json: bool) -> anyhow::Result<()> {
    let shown = Shown {
        articles: plan.articles,
        text_bytes: plan.text_bytes,
        undated: plan.undated,
        seconds: plan.seconds,
        articles_at_hand: plan.at_hand,
        memory_bytes: plan.bytes(),
        parts: plan.parts.iter().map(|&(what, bytes)| Part { r#for: what, bytes }).collect(),
        text: as_text(plan, options),
    };
    crate::cli::show::show(&shown, json)
}

fn as_text(plan: &Plan, options: &GroupOptions) -> String {
    let mut text = format!(
        "{}, {} of text",
        counted(plan.articles, "article", "articles"),
        shown(plan.text_bytes)
    );
    if let Some([from, to]) = plan.seconds {
        let days = (to - from) / DAY + 1;
        let days = counted(days as usize, "day", "days");
        let _ = write!(text, ", {days} (undated: {})", thousands(plan.undated));
    }
    text += "\n";
    if options.window.is_some() {
        let at_hand = counted(plan.at_hand, "article", "articles");
        let _ = writeln!(text, "vectors of {at_hand} in memory at once");
    }
    let _ = writeln!(text, "memory: about {}", shown(plan.bytes()));
    for (what, bytes) in &plan.parts {
        let _ = writeln!(text, "  {what:<17} {:>8}", shown(*bytes));
    }
    text
}

#[derive(Serialize)]
struct Shown<'a> {
    articles: usize,
    text_bytes: u64,
    undated: usize,
    seconds: Option<[i64; 2]>,
    articles_at_hand: usize,
    memory_bytes: u64,
    parts: Vec<Part<'a>>,
    #[serde(skip)]
    text: String,
}

#[derive(Serialize)]
struct Part<'a> {
    r#for: &'a str,
    bytes: u64,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Bytes for eyes.
fn shown(bytes: u64) -> String {
    let n = bytes as f64;
    match bytes {
        0..1_000_000 => format!("{:.0} kB", n / 1e3),
        1_000_000..1_000_000_000 => format!("{:.0} MB", n / 1e6),
        _ => format!("{:.1} GB", n / 1e9),
    }
}

/// Reads an amount of memory: a number and its unit, of a thousand or (KiB ...) of 1024.
fn size(text: &str) -> Result<u64, String> {
    let wrong = || "give a number and a unit: 4G, 500M, 1.5GiB".to_owned();
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(wrong)?;
    let (number, unit) = text.split_at(split);
    let one: f64 = match unit.trim().to_ascii_lowercase().as_str() {
        "k" | "kb" => 1e3,
        "m" | "mb" => 1e6,
        "g" | "gb" => 1e9,
        "t" | "tb" => 1e12,
        "kib" => 1024.0,
        "mib" => 1_048_576.0,
        "gib" => 1_073_741_824.0,
        _ => return Err(wrong()),
    };
    let number: f64 = number.parse().map_err(|_| wrong())?;
    Ok((number * one) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_memory_have_a_unit() {
        for (text, want) in [
            ("4G", Some(4_000_000_000)),
            ("1.5 GiB", Some(1_610_612_736)),
            ("500mb", Some(500_000_000)),
            ("4", None),
            ("G", None),
            ("-1G", None),
            ("1..5G", None),
            ("4X", None),
        ] {
            assert_eq!(size(text).ok(), want, "{text}");
        }
    }
}
