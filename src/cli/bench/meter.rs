//! What a stage takes: time by the clock, CPU time of all threads, the most memory in use.
//!
//! CPU time is the process's own clock (Unix). The peak of memory is the system's high-water
//! mark, set back before each stage (Linux); elsewhere it is not told.

use std::cell::RefCell;
use std::time::Instant;

/// What one stage took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Taken {
    /// Seconds by the clock.
    pub(crate) wall: f64,
    /// Seconds of all threads together; none where the system does not tell.
    pub(crate) cpu: Option<f64>,
    /// Bytes in use when it was most; none where the system does not tell.
    pub(crate) peak: Option<u64>,
}

/// Measures stages one after the other; one that comes again is added up.
pub(crate) struct Meter {
    inner: RefCell<Inner>,
}

struct Inner {
    stages: Vec<(&'static str, Taken)>,
    now: Option<(&'static str, Instant, Option<f64>)>,
}

impl Meter {
    pub(crate) fn new() -> Self {
        Self { inner: RefCell::new(Inner { stages: Vec::new(), now: None }) }
    }

    /// A stage begins, and the one before ends.
    pub(crate) fn begin(&self, stage: &'static str) {
        let mut inner = self.inner.borrow_mut();
        inner.end();
        set_back_peak();
        inner.now = Some((stage, Instant::now(), cpu_seconds()));
    }

    /// The stage at hand ends, and none follows yet.
    pub(crate) fn end(&self) {
        self.inner.borrow_mut().end();
    }

    /// All stages in the order in which they first came.
    pub(crate) fn finish(self) -> Vec<(&'static str, Taken)> {
        self.end();
        self.inner.into_inner().stages
    }
}

impl Inner {
    fn end(&mut self) {
        let Some((stage, started, cpu)) = self.now.take() else { return };
        let taken = Taken {
            wall: started.elapsed().as_secs_f64(),
            cpu: cpu_seconds().zip(cpu).map(|(now, then)| now - then),
            peak: peak(),
        };
        let Some((_, all)) = self.stages.iter_mut().find(|(name, _)| *name == stage) else {
            self.stages.push((stage, taken));
            return;
        };
        all.wall += taken.wall;
        all.cpu = all.cpu.zip(taken.cpu).map(|(a, b)| a + b);
        all.peak = all.peak.max(taken.peak);
    }
}

#[cfg(unix)]
fn cpu_seconds() -> Option<f64> {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Some(time.tv_sec as f64 + time.tv_nsec as f64 / 1e9)
}

#[cfg(not(unix))]
fn cpu_seconds() -> Option<f64> {
    None
}

/// The high-water mark of memory in use.
pub(crate) fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

fn set_back_peak() {
    // 5: the mark, and nothing else. Where it cannot be written the mark only grows.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_that_come_again_are_added_up() {
        let meter = Meter::new();
        for stage in ["count", "join", "count"] {
            meter.begin(stage);
            std::hint::black_box((0..100_000u64).sum::<u64>());
        }
        let found = meter.finish();
        let names: Vec<&str> = found.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["count", "join"]);
        assert!(found.iter().all(|(_, taken)| taken.wall > 0.0));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn memory_of_a_stage_is_its_own() {
        let meter = Meter::new();
        meter.begin("much");
        let much = vec![1u8; 200 << 20];
        std::hint::black_box(&much);
        drop(much);
        meter.begin("little");
        let found = meter.finish();
        let peak = |i: usize| found[i].1.peak.unwrap();
        // Where the mark cannot be set back, the second is no less.
        assert!(peak(0) > 200 << 20 && peak(1) <= peak(0));
    }
}
