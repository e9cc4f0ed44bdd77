//! The figures of `khabar bench`: medians, spread, growth; a table for eyes, all runs as JSON.
//!
//! ```text
//! CPU seconds   500    1,000    2,000    4,000 articles   growth
//! count        .031     .062     .125     .251              n^1.00
//! ```

use std::fmt;

use serde::Serialize;
use serde::ser::SerializeStruct as _;

use khabar::output::thousands;

use super::meter::Taken;

/// Stages that are no part of grouping.
const BESIDE: [&str; 3] = ["normalise", "tag", "train"];
/// The stages of grouping together.
const WHOLE: &str = "group";

/// One run through the whole work.
pub(crate) struct Run {
    pub(crate) articles: usize,
    pub(crate) bytes: u64,
    pub(crate) threads: usize,
    pub(crate) repeat: usize,
    pub(crate) stages: Vec<(&'static str, Taken)>,
}

impl Run {
    fn taken(&self, stage: &str) -> Option<Taken> {
        if stage != WHOLE {
            return self.stages.iter().find(|(name, _)| *name == stage).map(|(_, taken)| *taken);
        }
        let parts = self.stages.iter().filter(|(name, _)| !BESIDE.contains(name));
        let zero = Taken { cpu: Some(0.0), ..Taken::default() };
        Some(parts.fold(zero, |sum, (_, taken)| Taken {
            wall: sum.wall + taken.wall,
            cpu: sum.cpu.zip(taken.cpu).map(|(a, b)| a + b),
            peak: sum.peak.max(taken.peak),
        }))
    }
}

/// How the CPU time of a stage grows.
pub(crate) struct Growth {
    pub(crate) stage: &'static str,
    /// Median seconds, one a size (of all threads; by the clock where CPU time is not told);
    /// no number where the stage was not run.
    pub(crate) cpu: Vec<f64>,
    /// The power of the number of articles they follow; none of a single size.
    pub(crate) exponent: Option<f64>,
}

/// All runs.
pub(crate) struct Report {
    runs: Vec<Run>,
}

/// Medians of one stage at one size and number of threads.
#[derive(Serialize)]
struct Median {
    stage: &'static str,
    articles: usize,
    threads: usize,
    wall_seconds: f64,
    cpu_seconds: Option<f64>,
    /// Largest less smallest CPU time (or time by the clock), as a share of the median.
    spread: f64,
    megabytes_per_second: f64,
    articles_per_second: f64,
    peak_bytes: Option<u64>,
}

impl Report {
    pub(crate) fn new(runs: Vec<Run>) -> Self {
        Self { runs }
    }

    /// Sizes that were measured with the most runs' number of threads, ascending.
    pub(crate) fn sizes(&self) -> Vec<usize> {
        let threads = self.threads_of_parts();
        let of_parts = self.runs.iter().filter(|run| run.threads == threads);
        let mut sizes: Vec<usize> = of_parts.map(|run| run.articles).collect();
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    }

    fn threads_of_parts(&self) -> usize {
        self.runs.first().map_or(1, |run| run.threads)
    }

    /// Stages in the order of the work, the whole of grouping after its parts.
    fn stages(&self) -> Vec<&'static str> {
        let mut stages: Vec<&'static str> = Vec::new();
        for (stage, _) in self.runs.iter().flat_map(|run| &run.stages) {
            if !stages.contains(stage) && !BESIDE.contains(stage) {
                stages.push(stage);
            }
        }
        stages.push(WHOLE);
        let measured = |stage: &&str| {
            self.runs.iter().any(|run| run.stages.iter().any(|(name, _)| name == stage))
        };
        stages.extend(BESIDE.into_iter().filter(measured));
        stages
    }

    fn median(&self, stage: &'static str, articles: usize, threads: usize) -> Option<Median> {
        let runs = self.runs.iter().filter(|r| r.articles == articles && r.threads == threads);
        let bytes = runs.clone().map(|r| r.bytes).next()?;
        let taken: Vec<Taken> = runs.filter_map(|run| run.taken(stage)).collect();
        let mut wall: Vec<f64> = taken.iter().map(|t| t.wall).collect();
        wall.sort_by(f64::total_cmp);
        let mut cpu: Vec<f64> = taken.iter().filter_map(|t| t.cpu).collect();
        cpu.sort_by(f64::total_cmp);
        let wall_seconds = middle(&wall)?;
        let of_spread = if cpu.is_empty() { &wall } else { &cpu };
        let range = of_spread.last().zip(of_spread.first()).map_or(0.0, |(high, low)| high - low);
        let second = wall_seconds.max(1e-9);
        Some(Median {
            stage,
            articles,
            threads,
            wall_seconds,
            cpu_seconds: middle(&cpu),
            spread: range / middle(of_spread)?.max(1e-9),
            megabytes_per_second: bytes as f64 / 1e6 / second,
            articles_per_second: articles as f64 / second,
            peak_bytes: taken.iter().filter_map(|t| t.peak).max(),
        })
    }

    /// How each stage grows.
    pub(crate) fn growth(&self) -> Vec<Growth> {
        let (sizes, threads) = (self.sizes(), self.threads_of_parts());
        let of = |stage| {
            let cpu: Vec<f64> = sizes
                .iter()
                .map(|&n| {
                    let median = self.median(stage, n, threads);
                    median.map_or(f64::NAN, |m| m.cpu_seconds.unwrap_or(m.wall_seconds))
                })
                .collect();
            let exponent = exponent(&sizes, &cpu);
            Growth { stage, cpu, exponent }
        };
        self.stages().into_iter().map(of).collect()
    }

    /// Numbers of threads that all of the input was measured with, ascending.
    fn threads(&self) -> Vec<usize> {
        let largest = self.runs.iter().map(|run| run.articles).max();
        let all = self.runs.iter().filter(|run| Some(run.articles) == largest);
        let mut threads: Vec<usize> = all.map(|run| run.threads).collect();
        threads.sort_unstable();
        threads.dedup();
        threads
    }
}

/// The middle of sorted numbers.
fn middle(sorted: &[f64]) -> Option<f64> {
    let (a, b) = (sorted.len().checked_sub(1)? / 2, sorted.len() / 2);
    Some(f64::midpoint(sorted[a], sorted[b]))
}

/// The slope of the logarithms by least squares; none of fewer than two sizes.
fn exponent(sizes: &[usize], seconds: &[f64]) -> Option<f64> {
    if sizes.len() < 2 || !seconds.iter().all(|&s| s > 0.0) {
        return None;
    }
    let x: Vec<f64> = sizes.iter().map(|&n| (n as f64).ln()).collect();
    let y: Vec<f64> = seconds.iter().map(|s| s.ln()).collect();
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let (x_mean, y_mean) = (mean(&x), mean(&y));
    let covariance: f64 = x.iter().zip(&y).map(|(x, y)| (x - x_mean) * (y - y_mean)).sum();
    let variance: f64 = x.iter().map(|x| (x - x_mean) * (x - x_mean)).sum();
    Some(covariance / variance)
}

fn seconds(value: f64) -> String {
    match value {
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v if v >= 1.0 => format!("{v:.2}"),
        v => format!("{v:.3}"),
    }
}

fn megabytes(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "-".to_owned(), |b| format!("{} MB", thousands((b / 1_000_000) as usize)))
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sizes, threads) = (self.sizes(), self.threads_of_parts());
        let one = if threads == 1 { "thread" } else { "threads" };
        write!(f, "{:<12}", "CPU seconds")?;
        for &n in &sizes {
            write!(f, " {:>10}", thousands(n))?;
        }
        writeln!(f, "  articles, {threads} {one}")?;
        for growth in self.growth() {
            write!(f, "{:<12}", growth.stage)?;
            for &cpu in &growth.cpu {
                let cpu = if cpu.is_nan() { "-".to_owned() } else { seconds(cpu) };
                write!(f, " {cpu:>10}")?;
            }
            writeln!(f, "{}", growth.exponent.map_or(String::new(), |e| format!("  n^{e:.2}")))?;
        }
        let largest = self.runs.iter().map(|run| run.articles).max().unwrap_or(0);
        for threads in self.threads() {
            let one = if threads == 1 { "thread" } else { "threads" };
            writeln!(
                f,
                "\n{:<12} {:>9} {:>9} {:>7} {:>9} {:>11} {:>10}  {} articles, {threads} {one}",
                "",
                "seconds",
                "CPU",
                "spread",
                "MB/s",
                "articles/s",
                "memory",
                thousands(largest)
            )?;
            for m in self.stages().into_iter().filter_map(|s| self.median(s, largest, threads)) {
                writeln!(
                    f,
                    "{:<12} {:>9} {:>9} {:>6.0}% {:>9} {:>11} {:>10}",
                    m.stage,
                    seconds(m.wall_seconds),
                    m.cpu_seconds.map_or_else(|| "-".to_owned(), seconds),
                    m.spread * 100.0,
                    format!("{:.1}", m.megabytes_per_second),
                    thousands(m.articles_per_second as usize),
                    megabytes(m.peak_bytes)
                )?;
            }
        }
        let threads = self.threads();
        if let [few, .., many] = threads[..] {
            let wall = |n| self.median(WHOLE, largest, n).map(|m| m.wall_seconds);
            if let (Some(one), Some(all)) = (wall(few), wall(many)) {
                let times = one / all.max(1e-9);
                writeln!(f, "\n{many} threads are {times:.2} times as fast as {few}")?;
            }
        }
        Ok(())
    }
}

impl Serialize for Report {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct One<'a> {
            stage: &'a str,
            articles: usize,
            bytes: u64,
            threads: usize,
            repeat: usize,
            wall_seconds: f64,
            cpu_seconds: Option<f64>,
            peak_bytes: Option<u64>,
        }
        #[derive(Serialize)]
        struct Exponent {
            stage: &'static str,
            exponent: Option<f64>,
        }
        let runs: Vec<One<'_>> = self
            .runs
            .iter()
            .flat_map(|run| {
                run.stages.iter().map(|&(stage, taken)| One {
                    stage,
                    articles: run.articles,
                    bytes: run.bytes,
                    threads: run.threads,
                    repeat: run.repeat,
                    wall_seconds: taken.wall,
                    cpu_seconds: taken.cpu,
                    peak_bytes: taken.peak,
                })
            })
            .collect();
        let mut medians: Vec<Median> = Vec::new();
        let mut known: Vec<(usize, usize)> =
            self.runs.iter().map(|run| (run.articles, run.threads)).collect();
        known.dedup();
        for (articles, threads) in known {
            let of = |stage| self.median(stage, articles, threads);
            medians.extend(self.stages().into_iter().filter_map(of));
        }
        let growth: Vec<Exponent> = self
            .growth()
            .into_iter()
            .map(|g| Exponent { stage: g.stage, exponent: g.exponent })
            .collect();
        let mut out = serializer.serialize_struct("Report", 3)?;
        out.serialize_field("medians", &medians)?;
        out.serialize_field("growth", &growth)?;
        out.serialize_field("runs", &runs)?;
        out.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponent_is_that_of_a_power() {
        let sizes = [1000, 2000, 4000, 8000];
        let seconds: Vec<f64> = sizes.iter().map(|&n| 3e-4 * (n as f64).powf(1.15)).collect();
        assert!((exponent(&sizes, &seconds).unwrap() - 1.15).abs() < 1e-9);
        assert_eq!(exponent(&[1000], &[1.0]), None);
        assert_eq!(exponent(&[1000, 2000], &[f64::NAN, 1.0]), None);
    }

    #[test]
    fn medians_are_of_repeats_and_the_whole_is_the_sum_of_its_parts() {
        let taken = |cpu: f64| Taken { wall: cpu / 2.0, cpu: Some(cpu), peak: Some(1_000_000) };
        let run = |articles, threads, repeat, cpu: f64| Run {
            articles,
            bytes: articles as u64 * 1000,
            threads,
            repeat,
            stages: vec![("read", taken(0.1)), ("normalise", taken(9.0)), ("join", taken(cpu))],
        };
        let mut runs: Vec<Run> =
            [2.0, 1.0, 6.0].into_iter().zip(0..).map(|(cpu, i)| run(1000, 2, i, cpu)).collect();
        runs.extend([4.0, 4.0, 4.0].into_iter().zip(0..).map(|(cpu, i)| run(2000, 2, i, cpu)));
        let report = Report::new(runs);
        let join = report.median("join", 1000, 2).unwrap();
        assert_eq!((join.cpu_seconds, join.spread), (Some(2.0), 2.5));
        let whole = report.median(WHOLE, 2000, 2).unwrap();
        assert!((whole.cpu_seconds.unwrap() - 4.1).abs() < 1e-9);
        assert!((report.growth()[1].exponent.unwrap() - 1.0).abs() < 1e-9);
        let text = report.to_string();
        assert!(text.contains("join") && text.contains("n^1.00"), "{text}");
    }
}
