//! Dates as feeds write them, to seconds since 1970.
//!
//! Feeds mix RFC 3339, bare dates, mail dates and Unix times, sometimes in Arabic digits.
//! What has no zone is taken as UTC. What could mean two days (`03/04/2015`) is refused
//! rather than guessed. A parse takes well under a microsecond and allocates only for rare
//! forms.
//!
//! ```
//! use khabar::corpus::parse_date;
//! assert_eq!(parse_date("2022-01-27"), Some(1_643_241_600));
//! assert_eq!(parse_date("٢٠٢٢-٠١-٢٧"), Some(1_643_241_600));
//! assert_eq!(parse_date("03/04/2015"), None);
//! ```

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// Seconds since 1970-01-01T00:00:00Z of a date in one of these forms, or `None`:
/// RFC 3339 and its relatives (`2015-07-20T10:00:00+03:00`, a space for the `T`, `+0300`,
/// ` UTC`), `2015-07-20`, `2015/07/20`, `2015-07-20 10:00:00`, `20150720`,
/// `20150720101500`, RFC 2822, and Unix seconds, milli-, micro- or nanoseconds (told apart by
/// size). Without a zone: UTC.
#[must_use]
pub fn parse_date(date: &str) -> Option<i64> {
    let date = date.trim();
    // Longer than any date: a text has slipped into the column.
    if date.is_empty() || date.len() > 128 {
        return None;
    }
    if !date.is_ascii() {
        return parse_ascii(&western_digits(date));
    }
    parse_ascii(date)
}

fn parse_ascii(date: &str) -> Option<i64> {
    if let Some(seconds) = parse_number(date) {
        return seconds;
    }
    if let Some(seconds) = parse_iso(date) {
        return Some(seconds);
    }
    if let Ok(time) = jiff::fmt::rfc2822::parse(date) {
        return Some(time.timestamp().as_second());
    }
    // Rare spellings are brought to the common one: slashes after a year, a zone apart.
    let bytes = date.as_bytes();
    let mut plain = date.to_owned();
    if bytes.len() >= 8 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'/' {
        plain = pad_slashes(date)?;
    }
    for zone in [" UTC", " GMT", "UTC", "GMT"] {
        if let Some(rest) = plain.strip_suffix(zone) {
            plain = format!("{rest}Z");
            break;
        }
    }
    if plain.len() > 11 {
        let (day, time) = plain.split_at_checked(11)?;
        plain = format!("{day}{}", time.replace(' ', ""));
    }
    parse_iso(&plain)
}

/// `2015/7/5 rest` to `2015-07-05 rest`.
fn pad_slashes(date: &str) -> Option<String> {
    let (day, rest) = match date.find([' ', 'T']) {
        Some(at) => date.split_at(at),
        None => (date, ""),
    };
    let mut parts = day.split('/');
    let (y, m, d) = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then(|| format!("{y}-{m:0>2}-{d:0>2}{rest}"))
}

/// ISO forms: with an offset an instant, without one UTC.
fn parse_iso(date: &str) -> Option<i64> {
    if let Ok(time) = date.parse::<Timestamp>() {
        return Some(time.as_second());
    }
    date.parse::<DateTime>().ok().and_then(utc)
}

fn utc(time: DateTime) -> Option<i64> {
    time.to_zoned(TimeZone::UTC).ok().map(|z| z.timestamp().as_second())
}

/// Numbers alone: compact dates and Unix times. `None` where it is no number, `Some(None)`
/// where it is a number that can be no date.
fn parse_number(date: &str) -> Option<Option<i64>> {
    let digits = date.strip_prefix('-').unwrap_or(date);
    // pandas writes integers with gaps as floats: 1437955200.0
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    if digits.len() == date.len() {
        if whole.len() == 8
            && let Ok(day) = Date::strptime("%Y%m%d", whole)
            && (1900..2100).contains(&day.year())
        {
            return Some(utc(day.to_datetime(jiff::civil::Time::midnight())));
        }
        if whole.len() == 14
            && let Ok(time) = DateTime::strptime("%Y%m%d%H%M%S", whole)
            && (1900..2100).contains(&time.year())
        {
            return Some(utc(time));
        }
        // A bare year is no day.
        if whole.len() == 4 && ("1500".."2200").contains(&whole) {
            return Some(None);
        }
    }
    let Ok(n) = whole.parse::<i64>() else { return Some(None) };
    let n = if digits.len() == date.len() { n } else { -n };
    let seconds = match n.unsigned_abs() {
        0..100_000_000_000 => n,
        100_000_000_000..100_000_000_000_000 => n.div_euclid(1_000),
        100_000_000_000_000..100_000_000_000_000_000 => n.div_euclid(1_000_000),
        _ => n.div_euclid(1_000_000_000),
    };
    Some(Some(seconds))
}

/// Arabic-Indic and Persian digits to ASCII, other marks of Arabic dates away.
fn western_digits(date: &str) -> String {
    date.chars()
        .filter_map(|c| match c {
            '\u{660}'..='\u{669}' => char::from_digit(c as u32 - 0x660, 10),
            '\u{6F0}'..='\u{6F9}' => char::from_digit(c as u32 - 0x6F0, 10),
            '\u{200E}' | '\u{200F}' | '\u{61C}' => None,
            c => Some(c),
        })
        .collect()
}

/// Seconds to the RFC 3339 form, for dates that formats hold as numbers.
#[cfg_attr(not(feature = "parquet"), allow(dead_code))]
pub(crate) fn format_seconds(seconds: i64) -> String {
    Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |t| t.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_day_means_that_day() {
        let midnight = 1_437_350_400; // 2015-07-20T00:00:00Z
        let ten = midnight + 36_000;
        for (date, want) in [
            ("2015-07-20", midnight),
            (" 2015-07-20 ", midnight),
            ("2015/07/20", midnight),
            ("2015/7/20", midnight),
            ("20150720", midnight),
            ("٢٠١٥-٠٧-٢٠", midnight),
            ("۲۰۱۵/۰۷/۲۰", midnight),
            ("20150720100000", ten),
            ("2015-07-20 10:00:00", ten),
            ("2015-07-20 10:00", ten),
            ("2015-07-20T10:00:00", ten),
            ("2015-07-20T10:00:00Z", ten),
            ("2015-07-20T10:00:00.123456Z", ten),
            ("2015-07-20t10:00:00z", ten),
            ("2015-07-20T13:00:00+03:00", ten),
            ("2015-07-20T13:00:00+0300", ten),
            ("2015-07-20 13:00:00 +0300", ten),
            ("2015-07-20 10:00:00 UTC", ten),
            ("2015/07/20 10:00:00", ten),
            ("Mon, 20 Jul 2015 10:00:00 GMT", ten),
            ("Mon, 20 Jul 2015 13:00:00 +0300", ten),
            ("20 Jul 2015 10:00:00 +0000", ten),
            ("1437386400", ten),
            ("1437386400.0", ten),
            ("1437386400000", ten),
            ("1437386400000000", ten),
            ("1437386400000000000", ten),
            ("0", 0),
            ("-86400", -86_400),
        ] {
            assert_eq!(parse_date(date), Some(want), "{date}");
        }
    }

    #[test]
    fn what_is_no_clear_day_is_refused() {
        for date in [
            "",
            "  ",
            "yesterday",
            "أمس",
            "03/04/2015",
            "2015",
            "2015-13-01",
            "2015-02-30",
            "2015/07",
            "99999999999999999999999999",
            "nan",
            "1e9",
            "٢٠/٧",
            "2015-07-20T25:00:00Z",
        ] {
            assert_eq!(parse_date(date), None, "{date}");
        }
        assert_eq!(parse_date(&"1".repeat(10_000)), None);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_date_or_not_but_never_a_panic(date in "\\PC{0,40}") {
            let _ = parse_date(&date);
        }

        #[test]
        fn digits_and_marks_never_panic(date in "[0-9/:+ TZ.٠-٩-]{0,30}") {
            let _ = parse_date(&date);
        }

        #[test]
        fn a_written_instant_reads_back(seconds in -10_000_000_000i64..10_000_000_000) {
            proptest::prop_assert_eq!(parse_date(&format_seconds(seconds)), Some(seconds));
        }
    }
}
