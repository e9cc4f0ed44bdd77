//! The command line: what the user asked becomes options of the library, what the library
//! found becomes rows on stdout and talk on stderr. Only this folder prints.
//!
//! A file or a folder a command ([`group`], [`tag`], [`explain`], [`eval`], [`inspect`],
//! [`mod@train`], [`train_pairs`], [`mod@synth`], [`vectorize`], [`bench`]); flags that several
//! commands share are in [`args`]. The exit code is 0 where all was done, 1 where a named input
//! could not be read (or anything was skipped under `--strict`), 2 where nothing could be done.
//! Costs nothing beside the library's work. To try it:
//!
//! ```text
//! khabar group أخبار/ -o groups.jsonl
//! khabar eval groups gold.jsonl groups.jsonl
//! ```

mod args;
mod bench;
mod eval;
mod explain;
mod group;
mod inspect;
mod show;
mod synth;
mod tag;
mod talk;
mod train;
mod train_pairs;
mod vectorize;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

/// Help leads with examples.
pub(crate) const HELP: &str =
    "{before-help}{about-with-newline}\n{usage-heading} {usage}\n\n{all-args}{after-help}";

/// Groups duplicate coverage of news stories; Arabic and every language with letters.
#[derive(Parser)]
#[command(name = "khabar", version, help_template = HELP, before_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  khabar group articles.jsonl                  the stories, on the terminal
  khabar group أخبار/ -o groups.jsonl          a row for each article of a folder
  khabar tag أخبار/ -o tags.jsonl              topics, and what to review
  khabar explain ID1 ID2 --in articles.jsonl   why two stand together, or apart
  khabar eval groups gold.jsonl groups.jsonl   how good they are
  khabar inspect articles.jsonl                what is in them, before they are trusted
  khabar train articles.jsonl -o m.khabar      learn topics from labelled articles
  khabar vectorize أخبار/ -o vectors.npz       TF-IDF rows for SciPy
  khabar synth --articles 100000 -o a.jsonl    invented articles with gold stories
  khabar bench a.jsonl                         what each stage costs, and how that grows";

#[derive(Subcommand)]
enum Command {
    Group(Box<group::GroupArgs>),
    Bench(Box<bench::BenchArgs>),
    Explain(Box<explain::ExplainArgs>),
    Tag(Box<tag::TagArgs>),
    Eval(eval::EvalArgs),
    Inspect(Box<inspect::InspectArgs>),
    Train(Box<train::args::TrainArgs>),
    TrainPairs(Box<train_pairs::TrainPairsArgs>),
    Synth(Box<synth::SynthArgs>),
    Vectorize(Box<vectorize::VectorizeArgs>),
}

/// What the user asked; ends the program where that cannot be understood.
fn parsed() -> Cli {
    let matches = numbers_may_be_negative(Cli::command()).get_matches();
    Cli::from_arg_matches(&matches).unwrap_or_else(|e| e.exit())
}

/// A number below 0 is told to be out of range, not taken for a flag.
fn numbers_may_be_negative(command: clap::Command) -> clap::Command {
    command
        .mut_args(|arg| {
            let with_value = !arg.is_positional() && arg.get_action().takes_values();
            if with_value { arg.allow_negative_numbers(true) } else { arg }
        })
        .mut_subcommands(numbers_may_be_negative)
}

/// How far a command that did not fail came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// All was done: exit code 0.
    Done,
    /// Done, but not with all of the input: exit code 1.
    Partial,
}

/// Nothing could be done, and why stands on stderr already.
#[derive(Debug)]
pub(crate) struct Said;

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("nothing could be done, as said above")
    }
}

impl std::error::Error for Said {}

/// Exit code of a program that Ctrl-C, a hang-up or a request to end has ended, as shells have it.
const INTERRUPTED: i32 = 130;

/// Runs the command the process was started with.
pub(crate) fn run() -> ExitCode {
    // Where it cannot be set, an interrupt ends the program as it always does.
    let _ = ctrlc::set_handler(|| {
        khabar::output::discard_unfinished();
        std::process::exit(INTERRUPTED);
    });
    let done = match parsed().command {
        Command::Group(args) => group::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Tag(args) => tag::run(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Train(args) => train::run(&args),
        Command::TrainPairs(args) => train_pairs::run(&args),
        Command::Synth(args) => synth::run(&args),
        Command::Vectorize(args) => vectorize::run(&args),
    };
    match done {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Partial) => ExitCode::from(1),
        // `khabar group ... | head` has what it wanted.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) if error.is::<Said>() => ExitCode::from(2),
        Err(error) => {
            talk::error(&error);
            ExitCode::from(2)
        }
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref().is_some_and(khabar::output::is_closed_pipe)
}

/// What an error of the library says of a flag's value, without the flag's name: clap writes
/// that itself.
pub(crate) fn of_value(error: &khabar::Error) -> String {
    match error {
        khabar::Error::Parameter { what, remedy, .. } => format!("{what}; {remedy}"),
        other => other.to_string(),
    }
}

/// Words of strangers that neither command the terminal nor turn what stands beside them: on a
/// terminal what is not plain ASCII is isolated.
pub(crate) fn harmless(text: &str) -> String {
    let text = khabar::output::safe(text);
    if text.is_ascii() || !std::io::stdout().is_terminal() {
        return text.into_owned();
    }
    format!("\u{2068}{text}\u{2069}")
}
