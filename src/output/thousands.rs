//! Whole numbers for eyes.

/// A number with a comma between thousands: `1,234,567`.
///
/// ```
/// assert_eq!(khabar::output::thousands(12_409), "12,409");
/// ```
#[must_use]
pub fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_eyes() {
        assert_eq!(
            [0, 999, 1000, 12_409, 1_234_567].map(thousands),
            ["0", "999", "1,000", "12,409", "1,234,567"]
        );
    }
}
