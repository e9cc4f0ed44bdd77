//! CPU time and memory of a call: what the process spent, and the most it had.
//!
//! Two reads of a clock and of `/proc/self/status`, some 50 microseconds, none of it on the clock.

use std::hint::black_box;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::time::{ClockId, clock_gettime};

/// What a call took.
pub(crate) struct Spent {
    /// CPU time of the process, user and system.
    pub(crate) cpu: Duration,
    /// Bytes the process had at most before the call.
    pub(crate) before: u64,
    /// Bytes the process had at most to the end of the call.
    pub(crate) peak: u64,
}

fn cpu() -> Result<Duration> {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Ok(Duration::new(now.tv_sec.try_into()?, now.tv_nsec.try_into()?))
}

/// The most resident memory so far, in bytes.
fn peak() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("needs Linux's /proc")?;
    let kib = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok())
        .context("/proc/self/status has no VmHWM")?;
    Ok(kib * 1024)
}

/// How often each call is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    pub(crate) repeats: usize,
}

impl Clock {
    /// The result of the last of the calls and what each took; freeing results is not counted.
    ///
    /// # Errors
    /// Where the system does not tell.
    pub(crate) fn time<T>(self, mut call: impl FnMut() -> T) -> Result<(T, Vec<Spent>)> {
        let mut turns = Vec::new();
        loop {
            let before = peak()?;
            let start = cpu()?;
            let result = black_box(call());
            let cpu = cpu()?.saturating_sub(start);
            turns.push(Spent { cpu, before, peak: peak()? });
            if turns.len() >= self.repeats {
                return Ok((result, turns));
            }
        }
    }
}
