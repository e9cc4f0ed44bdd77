//! Takes HTML out of a text field: tags and comments go, entities are decoded.
//!
//! No document tree is built. Text is copied from one piece of markup to the next, so the
//! cost is one pass and one copy (nothing, where there is neither `<` nor `&`), linear also
//! where a million tags are opened and none is closed. Broken markup loses no text: a tag
//! or comment that is never closed is left as it stands, of an endless script the tag goes.
//!
//! ```
//! use khabar::text::{HtmlMode, strip};
//! let field = "<h1>خبر&nbsp;عاجل</h1><p>قال <a href=\"/r?a=1\">الناطق</a>: 3 &lt; 5</p>";
//! assert_eq!(strip(field, HtmlMode::Auto), "خبر\u{a0}عاجل\nقال الناطق: 3 < 5");
//! assert_eq!(strip("a < b and c > d", HtmlMode::Auto), "a < b and c > d");
//! ```

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memchr2, memmem, memrchr};

use super::html_markup::{self as markup, Tag};
use super::offsets::OffsetMap;

/// What to do with a field that may hold HTML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum HtmlMode {
    /// Strip tags where the field holds at least one that is surely one: closed, of a name
    /// HTML knows, with nothing or `name=` after it; or a closed comment. Decode entities in
    /// any case. Everything else stays, so `a <b and c> d` does.
    #[default]
    Auto,
    /// Strip whatever has the form of a tag, of any name.
    Strip,
    /// Change nothing.
    Keep,
}

/// `input` without its markup.
///
/// Block tags, table cells and list items separate: where text stands before and after, one
/// newline comes between. `<br>` is a newline. Other tags leave nothing. What is inside
/// `<script>`, `<style>` and comments goes too. Entities need their semicolon; numbers that
/// are no character (surrogates, too large) give U+FFFD, and what decodes to `<` is text.
#[must_use]
pub fn strip(input: &str, mode: HtmlMode) -> Cow<'_, str> {
    if is_plain(input, mode) {
        return Cow::Borrowed(input);
    }
    let mut sink = Sink::new(input, false);
    let changed = run(input, mode, &mut sink);
    if changed { Cow::Owned(sink.out) } else { Cow::Borrowed(input) }
}

/// As [`strip`], with the way from the result back to `input`.
///
/// ```
/// use khabar::text::{HtmlMode, strip_with_offsets};
/// let (plain, map) = strip_with_offsets("<p>صحيفة &quot;المدينة&quot;</p>", HtmlMode::Auto);
/// assert_eq!(plain, "صحيفة \"المدينة\"");
/// let quote = plain.find('"').unwrap();
/// assert_eq!(&"<p>صحيفة &quot;المدينة&quot;</p>"[map.to_original(quote..quote + 1)], "&quot;");
/// ```
#[must_use]
pub fn strip_with_offsets(input: &str, mode: HtmlMode) -> (Cow<'_, str>, OffsetMap) {
    if !is_plain(input, mode) {
        let mut sink = Sink::new(input, true);
        if run(input, mode, &mut sink) {
            sink.map.finish(input.len());
            return (Cow::Owned(sink.out), sink.map);
        }
    }
    (Cow::Borrowed(input), OffsetMap::identity(input.len()))
}

fn is_plain(input: &str, mode: HtmlMode) -> bool {
    mode == HtmlMode::Keep || memchr2(b'<', b'&', input.as_bytes()).is_none()
}

/// Copies `input` to `sink` without markup; whether there was any.
fn run(input: &str, mode: HtmlMode, sink: &mut Sink<'_>) -> bool {
    let bytes = input.as_bytes();
    let mut scan = Scanner::new(input);
    let with_tags = mode == HtmlMode::Strip || scan.has_sure_tag();
    let mut copied = 0;
    let mut i = 0;
    while let Some(step) = memchr2(b'<', b'&', &bytes[i..]) {
        i += step;
        if bytes[i] == b'&' {
            let Some((decoded, length)) = markup::entity(&bytes[i..]) else {
                i += 1;
                continue;
            };
            sink.copy(copied..i);
            sink.replace(&decoded, i..i + length);
            i += length;
        } else {
            let Some((end, gap)) = with_tags.then(|| scan.markup_at(i)).flatten() else {
                i += 1;
                continue;
            };
            sink.copy(copied..i);
            sink.gap(gap, i..end);
            i = end;
        }
        copied = i;
    }
    if copied == 0 {
        return false;
    }
    sink.copy(copied..input.len());
    true
}

/// What a piece of markup leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// Nothing: the text on both sides is one.
    Nothing,
    /// A newline, if text stands on both sides and is not separated by one already.
    Block,
    /// A newline.
    Newline,
}

/// Finds where markup ends. What is not found once is not looked for again: that is what
/// keeps hostile input linear.
struct Scanner<'a> {
    input: &'a str,
    /// Where the last `>` stands.
    last_close: Option<usize>,
    /// Where the last `-->` stands.
    last_comment_end: Option<usize>,
    /// A quote was left open: from here on quotes in tags mean nothing.
    quotes_are_broken: bool,
    /// Raw elements (script, style) known to have no end tag from here on.
    endless: [bool; 2],
}

impl<'a> Scanner<'a> {
    fn new(input: &'a str) -> Self {
        Self {
            input,
            last_close: memrchr(b'>', input.as_bytes()),
            last_comment_end: memmem::rfind(input.as_bytes(), b"-->"),
            quotes_are_broken: false,
            endless: [false; 2],
        }
    }

    /// Whether some `<` surely begins a tag or comment, as [`HtmlMode::Auto`] asks.
    fn has_sure_tag(&self) -> bool {
        let bytes = self.input.as_bytes();
        memchr::memchr_iter(b'<', bytes).any(|i| {
            if bytes[i..].starts_with(b"<!--") {
                return self.last_comment_end.is_some_and(|end| end >= i + 4);
            }
            self.last_close.is_some_and(|end| end > i) && markup::is_sure_tag(&bytes[i..])
        })
    }

    /// The end of the markup that begins at byte `at` (a `<`) and what it leaves, or `None`
    /// where that `<` is text.
    fn markup_at(&mut self, at: usize) -> Option<(usize, Gap)> {
        let bytes = self.input.as_bytes();
        let rest = &bytes[at..];
        if rest.starts_with(b"<!--") {
            self.last_comment_end.filter(|&end| end >= at + 4)?;
            let end = memmem::find(&bytes[at + 4..], b"-->")?;
            return Some((at + 4 + end + 3, Gap::Nothing));
        }
        self.last_close.filter(|&end| end > at)?;
        if markup::is_declaration(rest) {
            return Some((at + memchr(b'>', rest)? + 1, Gap::Block));
        }
        let tag = Tag::read(rest)?;
        let end = self.tag_end(at + tag.length)?;
        if !tag.closes
            && let Some(raw) = tag.raw_element()
            && let Some(after) = self.raw_end(raw, end)
        {
            return Some((after, Gap::Nothing));
        }
        let gap = if tag.is("br") {
            Gap::Newline
        } else if tag.is_block() {
            Gap::Block
        } else {
            Gap::Nothing
        };
        Some((end, gap))
    }

    /// The byte after the `>` that closes the tag whose name ends at byte `from`; a `>` in
    /// quotes does not. A `<` before it says that this was no tag.
    fn tag_end(&mut self, from: usize) -> Option<usize> {
        let bytes = self.input.as_bytes();
        let mut saw_value = false;
        let mut i = from;
        let is_mark = |b: &u8| matches!(b, b'>' | b'<' | b'"' | b'\'');
        while let Some(step) = bytes[i..].iter().position(is_mark) {
            i += step;
            match bytes[i] {
                b'>' => return Some(i + 1),
                b'<' => break,
                // Only after `=` does a quote open a value: in `<p title=it's>` none does.
                quote
                    if !self.quotes_are_broken
                        && bytes[from..i].trim_ascii_end().ends_with(b"=") =>
                {
                    saw_value = true;
                    let Some(length) = memchr(quote, &bytes[i + 1..]) else { break };
                    i += length + 2;
                }
                _ => i += 1,
            }
        }
        if !saw_value {
            return None;
        }
        // The quotes may be what is wrong. Without them a tag ends at the next `<` or `>`,
        // so no byte is looked at often, however many such tags there are.
        self.quotes_are_broken = true;
        self.tag_end(from)
    }

    /// The byte after `</script>` or `</style>`, looked for from byte `from`.
    fn raw_end(&mut self, raw: markup::Raw, from: usize) -> Option<usize> {
        let endless = &mut self.endless[raw as usize];
        if *endless {
            return None;
        }
        let bytes = self.input.as_bytes();
        let found = memmem::find_iter(&bytes[from..], b"</").find_map(|i| {
            let tag = Tag::read(&bytes[from + i..])?;
            if tag.raw_element() != Some(raw) || self.last_close < Some(from + i) {
                return None;
            }
            memchr(b'>', &bytes[from + i..]).map(|length| from + i + length + 1)
        });
        *endless = found.is_none();
        found
    }
}

/// Where the text without markup gathers.
struct Sink<'a> {
    input: &'a str,
    out: String,
    map: OffsetMap,
    with_map: bool,
    /// A block tag was here: its place, until text follows.
    owed: Option<Range<usize>>,
}

impl<'a> Sink<'a> {
    fn new(input: &'a str, with_map: bool) -> Self {
        let out = String::with_capacity(input.len());
        Self { input, out, map: OffsetMap::new(), with_map, owed: None }
    }

    /// Text that stays.
    fn copy(&mut self, range: Range<usize>) {
        let text = &self.input[range.clone()];
        if text.is_empty() {
            return;
        }
        self.pay(text);
        self.out.push_str(text);
        if self.with_map {
            self.map.push_parallel(text.len(), range.start);
        }
    }

    /// Text that stands for other text.
    fn replace(&mut self, text: &str, range: Range<usize>) {
        self.pay(text);
        self.push_whole(text, range);
    }

    fn gap(&mut self, gap: Gap, range: Range<usize>) {
        match gap {
            Gap::Nothing => {}
            Gap::Block => self.owed = Some(range),
            Gap::Newline => {
                self.owed = None;
                self.push_whole("\n", range);
            }
        }
    }

    /// Writes the newline that is owed, unless `next` or what is written has one there.
    fn pay(&mut self, next: &str) {
        if let Some(range) = self.owed.take()
            && !(self.out.is_empty() || self.out.ends_with('\n') || next.starts_with('\n'))
        {
            self.push_whole("\n", range);
        }
    }

    fn push_whole(&mut self, text: &str, range: Range<usize>) {
        self.out.push_str(text);
        if self.with_map {
            self.map.push_whole(text.len(), range);
        }
    }
}
