//! The content security policy of the page: nothing but its own style and script.
//!
//! Both are allowed by the SHA-256 of their bytes, worked out when the page is made: whatever
//! an editor or a version control system did to line ends, hash and bytes agree. No text of an
//! article can become a script, even if it left its place.
//!
//! ```text
//! default-src 'none'; script-src 'sha256-...'; style-src 'sha256-...'; base-uri 'none'; ...
//! ```

use sha2::{Digest as _, Sha256};

/// The policy for one style and one script. `trusted-types 'none'` with
/// `require-trusted-types-for` forbids the script to make elements from strings.
pub(super) fn policy(style: &str, script: &str) -> String {
    format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; base-uri 'none'; \
         form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        source(script),
        source(style)
    )
}

/// The policy for one style and no script at all.
pub(super) fn style_only(style: &str) -> String {
    format!(
        "default-src 'none'; style-src '{}'; base-uri 'none'; form-action 'none'",
        source(style)
    )
}

/// A hash as a policy names it.
fn source(content: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(content.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| chunk.get(i).copied().map_or(0, usize::from);
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let digit = char::from(DIGITS[bits >> (18 - 6 * i) & 63]);
            out.push(if i > chunk.len() { '=' } else { digit });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_pads_as_it_should() {
        for (bytes, want) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base64(bytes.as_bytes()), want);
        }
    }

    #[test]
    fn a_hash_is_the_one_browsers_work_out() {
        // The example of the Content Security Policy specification.
        assert_eq!(
            source("alert('Hello, world.');"),
            "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="
        );
    }
}
