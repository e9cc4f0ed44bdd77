//! The small grammar of HTML: which names are tags, which separate, what entities mean.
//!
//! Each function looks at the beginning of a byte slice and reads no further than the name,
//! at most some dozens of bytes, so that it costs the same on any input. The named entities
//! are the whole list of the HTML standard (`&laquo;خبر&raquo;` is `«خبر»`).

use std::borrow::Cow;

/// Tags that separate the text before from the text after, lower case and sorted.
const BLOCK: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "optgroup",
    "option",
    "p",
    "pre",
    "section",
    "select",
    "summary",
    "table",
    "tbody",
    "td",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
];

/// The other tags HTML knows or knew, lower case and sorted.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "applet", "area", "audio", "b", "base", "bdi", "bdo", "big", "br",
    "button", "canvas", "cite", "code", "col", "colgroup", "data", "datalist", "del", "dfn", "em",
    "embed", "font", "frame", "i", "iframe", "img", "input", "ins", "kbd", "label", "link", "map",
    "mark", "meta", "meter", "noscript", "object", "output", "param", "picture", "progress", "q",
    "rp", "rt", "ruby", "s", "samp", "script", "slot", "small", "source", "span", "strike",
    "strong", "style", "sub", "sup", "svg", "template", "time", "track", "tt", "u", "var", "video",
    "wbr",
];

/// Elements whose content is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Raw {
    Script,
    Style,
}

/// The beginning of a tag: `<name` or `</name`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tag<'a> {
    name: &'a [u8],
    /// Whether it is an end tag.
    pub(super) closes: bool,
    /// Bytes from `<` through the name.
    pub(super) length: usize,
}

impl<'a> Tag<'a> {
    /// Reads a tag at the beginning of `bytes`, of any name.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let (closes, start) = match bytes {
            [b'<', b'/', ..] => (true, 2),
            [b'<', ..] => (false, 1),
            _ => return None,
        };
        if !bytes.get(start)?.is_ascii_alphabetic() {
            return None;
        }
        let is_name = |b: &u8| !b.is_ascii_whitespace() && !matches!(b, b'/' | b'>' | b'<');
        // No name HTML knows is longer; a longer one is cut, which changes nothing.
        let window = &bytes[start..bytes.len().min(start + 32)];
        let name = &window[..window.iter().position(|b| !is_name(b)).unwrap_or(window.len())];
        Some(Self { name, closes, length: start + name.len() })
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    pub(super) fn is_block(&self) -> bool {
        self.is_in(BLOCK)
    }

    pub(super) fn raw_element(&self) -> Option<Raw> {
        if self.is("script") {
            Some(Raw::Script)
        } else if self.is("style") {
            Some(Raw::Style)
        } else {
            None
        }
    }

    fn is_in(&self, sorted: &[&str]) -> bool {
        let lower = || self.name.iter().map(u8::to_ascii_lowercase);
        sorted.binary_search_by(|name| name.bytes().cmp(lower())).is_ok()
    }
}

/// Whether `bytes` begin with a tag HTML knows, followed by its end or by an attribute with
/// `=` (so that `<b and c>` is none). That a `>` follows somewhere is for the caller to know.
pub(super) fn is_sure_tag(bytes: &[u8]) -> bool {
    let Some(tag) = Tag::read(bytes).filter(|tag| tag.is_in(BLOCK) || tag.is_in(INLINE)) else {
        return false;
    };
    let window = &bytes[tag.length..bytes.len().min(tag.length + 64)];
    let rest = window.trim_ascii_start();
    if matches!(rest, [b'>', ..] | [b'/', b'>', ..]) {
        return true;
    }
    let is_attribute = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':');
    let name = rest.iter().position(|b| !is_attribute(b)).unwrap_or(rest.len());
    rest.len() < window.len() && name > 0 && rest[name..].trim_ascii_start().starts_with(b"=")
}

/// Whether `bytes` begin with `<!DOCTYPE` or `<?xml`.
pub(super) fn is_declaration(bytes: &[u8]) -> bool {
    [b"<!doctype".as_slice(), b"<?xml"]
        .iter()
        .any(|name| bytes.get(..name.len()).is_some_and(|b| b.eq_ignore_ascii_case(name)))
}

/// Decodes the entity at the beginning of `bytes` (a `&`): its text and its length in bytes.
pub(super) fn entity(bytes: &[u8]) -> Option<(Cow<'static, str>, usize)> {
    // The longest name has 31 letters; numbers may have leading zeros.
    let window = &bytes[1..bytes.len().min(64)];
    let end = memchr::memchr(b';', window)?;
    let text = match &window[..end] {
        [b'#', b'x' | b'X', digits @ ..] => Cow::Owned(numeric(digits, 16)?.to_string()),
        [b'#', digits @ ..] => Cow::Owned(numeric(digits, 10)?.to_string()),
        name => {
            let table = &html_escape::NAMED_ENTITIES;
            let place = table.binary_search_by(|(known, _)| known.cmp(&name)).ok()?;
            Cow::Borrowed(table[place].1)
        }
    };
    Some((text, end + 2))
}

/// The character of a numeric entity, as browsers read it.
fn numeric(digits: &[u8], radix: u32) -> Option<char> {
    if digits.is_empty() {
        return None;
    }
    let mut number: u32 = 0;
    for &byte in digits {
        let digit = char::from(byte).to_digit(radix)?;
        number = number.saturating_mul(radix).saturating_add(digit);
    }
    // Numbers of the C1 controls were always meant as bytes of windows-1252.
    if let Ok(byte @ 0x80..=0x9F) = u8::try_from(number) {
        return encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next();
    }
    Some(char::from_u32(number).filter(|&c| c != '\0').unwrap_or(char::REPLACEMENT_CHARACTER))
}
