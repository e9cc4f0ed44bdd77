//! From numbers to places on a drawing: even steps for shares, powers of ten for what grows.
//!
//! ```
//! use khabar::output::Scale;
//! assert_eq!(Scale::default(), Scale::Share);
//! ```

use super::curve::{BOTTOM, Chart, LEFT, RIGHT, TOP};
use super::thousands::thousands;

/// How places on the axes follow from numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// Values are shares, 0 to 1; the places of [`Chart::at`] are even.
    #[default]
    Share,
    /// Both axes by the logarithm: a power of the size is a straight line. What is not above 0
    /// stands at the foot.
    Log,
}

impl Chart {
    /// Values with a line across, and what they are called.
    pub(super) fn heights(&self) -> Vec<(f64, String)> {
        if self.scale == Scale::Log {
            let (low, high) = self.span();
            return (low as i32..=high as i32)
                .map(|power| (10f64.powi(power), number(10f64.powi(power))))
                .collect();
        }
        (0..=5).map(|fifth| f64::from(fifth) / 5.0).map(|v| (v, format!("{v:.1}"))).collect()
    }

    /// Places on the axis with a name.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        if self.scale == Scale::Log {
            return self.at.iter().map(|&at| (at, number(at))).collect();
        }
        let (low, high) = self.range();
        let step = tick_step(high - low);
        let digits = if step < 0.01 { 3 } else { 2 };
        let first = (low / step - 1e-9).ceil() as i64;
        let ticks = (first..).map(|i| i as f64 * step).take_while(|&t| t <= high + 1e-9);
        ticks.take(20).map(|tick| (tick, format!("{tick:.digits$}"))).collect()
    }

    /// The powers of ten that hold all values; at least one decade.
    fn span(&self) -> (f64, f64) {
        let all = self.lines.iter().flat_map(|line| &line.values).copied();
        let all = all.filter(|&v| v > 0.0 && v.is_finite());
        let (low, high) = all.fold((f64::MAX, 0.0f64), |(a, b), v| (a.min(v), b.max(v)));
        if high == 0.0 {
            return (0.0, 1.0);
        }
        // Not below a ten-thousandth of the largest: nobody looks for less.
        let high = high.log10().ceil();
        let low = low.log10().floor().max(high - 4.0);
        (low.min(high - 1.0), high)
    }

    pub(super) fn range(&self) -> (f64, f64) {
        let low = self.at.first().copied().unwrap_or(0.0);
        let high = self.at.last().copied().unwrap_or(1.0);
        if high > low { (low, high) } else { (low, low + 1.0) }
    }

    pub(super) fn x_of(&self, at: f64) -> f64 {
        let (mut low, mut high) = self.range();
        let mut at = at;
        if self.scale == Scale::Log {
            let log = |x: f64| x.max(f64::MIN_POSITIVE).log10();
            (low, high, at) = (log(low), log(high), log(at));
        }
        LEFT + (RIGHT - LEFT) * ((at - low) / (high - low)).clamp(0.0, 1.0)
    }

    pub(super) fn y_of(&self, value: f64) -> f64 {
        let value = if self.scale == Scale::Log && value > 0.0 {
            let (low, high) = self.span();
            (value.log10() - low) / (high - low)
        } else {
            value
        };
        // What is no number is at the foot.
        let value = if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) };
        BOTTOM - (BOTTOM - TOP) * value
    }
}

/// A number as it is written: 0.01, 5, 30,055.
fn number(x: f64) -> String {
    if x < 1.0 {
        return format!("{x}");
    }
    thousands(x.round() as usize)
}

/// 1, 2 or 5 times a power of ten, so that 4 to 10 ticks stand in `range`.
fn tick_step(range: f64) -> f64 {
    let steps = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
    steps.into_iter().find(|step| range / step <= 10.0).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::curve::Line;
    use super::*;

    #[test]
    fn by_the_logarithm_a_power_is_a_straight_line_and_nothing_leaves_the_drawing() {
        let line = |name: &str, values: &[f64]| Line {
            name: name.into(),
            strong: false,
            dashed: false,
            values: values.to_vec(),
        };
        let log = Chart {
            title: "CPU".into(),
            x_label: "articles".into(),
            y_label: "seconds".into(),
            scale: Scale::Log,
            at: vec![1000.0, 2000.0, 4000.0],
            lines: vec![line("n", &[0.5, 1.0, 2.0]), line("none", &[0.0, 0.0, f64::NAN])],
            marks: Vec::new(),
        };
        let ys: Vec<f64> = log.lines[0].values.iter().map(|&v| log.y_of(v)).collect();
        let xs: Vec<f64> = log.at.iter().map(|&at| log.x_of(at)).collect();
        assert!((ys[0] - 2.0 * ys[1] + ys[2]).abs() < 1e-9 && ys[0] > ys[2]);
        assert!((xs[0] - 2.0 * xs[1] + xs[2]).abs() < 1e-9);
        assert!(log.lines[1].values.iter().all(|&v| log.y_of(v) == BOTTOM));
        let svg = log.svg();
        assert!(svg.contains(">4,000<") && svg.contains(">0.1<") && svg.contains(">10<"));
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
}
