//! Annif's short-text corpora: the text, a tab, the subjects as URIs in angle brackets.
//!
//! `medtop:` and a number become IPTC's address of the Media Topic; a label that is a URI itself
//! is one; any other label is `urn:khabar:label:` and its name, percent-encoded.

use super::{Suggested, Suggestion};

/// Where IPTC's Media Topics are.
const MEDIA_TOPICS: &str = "http://cv.iptc.org/newscodes/mediatopic/";

pub(super) fn line(suggestion: &Suggestion<'_>) -> String {
    let uris: Vec<String> = suggestion.labels.iter().map(uri).collect();
    format!("{}\t{}\n", suggestion.one_line(), uris.join(" "))
}

fn uri(suggested: &Suggested<'_>) -> String {
    let name = if suggested.id.is_empty() { suggested.label } else { suggested.id };
    if let Some(number) = name.strip_prefix("medtop:") {
        return format!("<{MEDIA_TOPICS}{}>", encoded(number));
    }
    if name.contains("://") || name.starts_with("urn:") {
        return format!("<{}>", encoded(name));
    }
    format!("<urn:khabar:label:{}>", encoded(name))
}

/// The same without what would end a URI here.
fn encoded(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut bytes = [0; 4];
    for c in name.chars() {
        if c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"') {
            for byte in c.encode_utf8(&mut bytes).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        } else {
            out.push(c);
        }
    }
    out
}
