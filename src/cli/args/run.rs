//! How a command conducts itself: threads, seed, how much it says.
//!
//! ```text
//! khabar group أخبار.jsonl --threads 4 --quiet
//! ```

use clap::Args;

use crate::cli::talk::Talk;

/// More threads than any machine of today has cores; starting tens of thousands takes minutes.
pub(crate) const MOST_THREADS: i64 = 1024;

#[derive(Args)]
#[command(next_help_heading = "Conduct")]
pub(crate) struct RunArgs {
    /// Threads to use; the result is the same for any number [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS))]
    threads: Option<u16>,
    /// Seed of whatever is drawn at random
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Say nothing on stderr but what went wrong
    #[arg(long, short)]
    quiet: bool,
    /// Show every skipped record, not only the first 20
    #[arg(long, conflicts_with = "quiet")]
    verbose: bool,
    /// The summary as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

impl RunArgs {
    /// Sets the threads up and says who talks.
    pub(crate) fn start(&self) -> anyhow::Result<Talk> {
        if let Some(threads) = self.threads {
            rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global()?;
        }
        Ok(Talk::new(self.quiet, self.verbose))
    }
}
