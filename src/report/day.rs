//! The day a date falls on, as its own writer counted days.
//!
//! `2026-03-03T00:30:00+03:00` is the third of March to whoever wrote it, though in UTC it is
//! still the second. Where the input's own words begin with a day, that day counts; otherwise
//! the day in UTC.

use crate::Published;
use crate::corpus::parse_date;
use crate::output::safe;

const SECONDS: i64 = 86_400;
/// Letters of a date that are shown at most.
const LONGEST: usize = 40;

/// Days since 1970-01-01.
pub(super) fn day(published: &Published) -> i64 {
    let utc = published.seconds.div_euclid(SECONDS);
    let own = leading_day(&published.original)
        .and_then(|written| parse_date(&written))
        .map(|seconds| seconds.div_euclid(SECONDS));
    // No zone is further than a day from UTC: anything else was no day.
    own.filter(|own| (own - utc).abs() <= 1).unwrap_or(utc)
}

/// `2015-07-20` of `2015-07-20T10:00:00Z`, in whatever digits.
fn leading_day(original: &str) -> Option<String> {
    let day: String = original.trim().chars().take(10).collect();
    let marks = day.chars().enumerate().filter(|(_, c)| matches!(c, '-' | '/'));
    marks.map(|(i, _)| i).eq([4, 7]).then_some(day)
}

/// A day as ISO 8601 has it.
pub(super) fn iso(day: i64) -> String {
    let date = jiff::Timestamp::from_second(day.saturating_mul(SECONDS));
    date.map_or_else(|_| String::new(), |date| date.strftime("%Y-%m-%d").to_string())
}

/// The date as the input has it, harmless and not endless.
pub(super) fn shown(published: &Published) -> String {
    let original = safe(published.original.trim());
    let mut shown: String = original.chars().take(LONGEST).collect();
    if shown.len() < original.len() {
        shown.push('…');
    }
    shown
}

/// The same without seconds and zone, where it begins as ISO 8601 does: `2015-07-20 10:00`.
pub(super) fn brief(shown: &str) -> String {
    let bytes = shown.as_bytes();
    let iso = |until: usize, form: &[u8]| {
        bytes.len() >= until
            && bytes
                .iter()
                .zip(form)
                .all(|(b, f)| if *f == b'0' { b.is_ascii_digit() } else { b == f })
    };
    if iso(16, b"0000-00-00T00:00") || iso(16, b"0000-00-00 00:00") {
        return format!("{} {}", &shown[..10], &shown[11..16]);
    }
    shown.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_one_that_was_written() {
        for (original, want) in [
            ("2015-07-20", "2015-07-20"),
            ("2015-07-20T00:30:00+03:00", "2015-07-20"),
            ("2015-07-20T23:30:00-05:00", "2015-07-20"),
            ("2015/07/20 23:30", "2015-07-20"),
            ("٢٠١٥-٠٧-٢٠", "2015-07-20"),
            ("Mon, 20 Jul 2015 10:00:00 GMT", "2015-07-20"),
            ("1437386400", "2015-07-20"),
            ("0", "1970-01-01"),
            ("-86400", "1969-12-31"),
        ] {
            let seconds = parse_date(original).unwrap();
            let published = Published { seconds, original: original.into() };
            assert_eq!(iso(day(&published)), want, "{original}");
        }
    }

    #[test]
    fn any_instant_has_a_day_or_none_but_never_a_panic() {
        for seconds in [i64::MIN, i64::MAX, 0] {
            let _ = iso(day(&Published { seconds, original: "9999-99-99".into() }));
        }
    }

    #[test]
    fn brief_dates_lose_seconds_and_zone_only() {
        for (shown, want) in [
            ("2015-07-20T10:00:00+03:00", "2015-07-20 10:00"),
            ("2015-07-20 10:00", "2015-07-20 10:00"),
            ("2015-07-20", "2015-07-20"),
            ("Mon, 20 Jul 2015 10:00:00 GMT", "Mon, 20 Jul 2015 10:00:00 GMT"),
            ("٢٠١٥-٠٧-٢٠T10:00:00", "٢٠١٥-٠٧-٢٠T10:00:00"),
            ("", ""),
        ] {
            assert_eq!(brief(shown), want);
        }
    }
}
