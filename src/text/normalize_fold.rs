//! The hot path: UTF-8 in, normalised code points out, one table entry a character.
//!
//! Sixteen bytes are looked at together: ASCII goes through at once, characters of one and
//! two bytes (Arabic with its spaces) without a branch on their width, others one by one. The
//! input is a `&str`, so decoding need not doubt it. Results gather in a small array
//! on the stack and go to the vector in blocks, which saves a capacity check a character. A
//! dropped vowel mark is written and then overwritten, so vowelled Arabic costs no mispredicted
//! branch. Where an entry is not the whole answer (a mark that may compose, a capital sigma),
//! the text from the last boundary on is done again by the exact rules: what was written
//! since then is taken back. Costs about .4 ns an ASCII character and 1.3 ns an Arabic one
//! where the [wide way](super::normalize_wide) can go, .7 and 3 ns elsewhere, and no memory but
//! the result.
//!
//! ```
//! use khabar::text::{NormalizeOptions, Normalizer};
//! let mut out = Vec::new();
//! Normalizer::new(NormalizeOptions::default()).fold_into("شُؤون", &mut out);
//! assert_eq!(out, [0x634, 0x624, 0x648, 0x646]);
//! ```

use super::normalize::Normalizer;
use super::normalize_rules::Scratch;
use super::normalize_table::{DROP, Kind, SPECIAL, with_space};
#[cfg(target_arch = "x86_64")]
use super::normalize_wide;

/// Code points gathered before they go to the vector.
const BLOCK: usize = 256;
/// Bytes looked at together; they give no more code points than that.
const WINDOW: usize = 16;
/// The wide way is worth its start where it goes on for so many bytes.
#[cfg(target_arch = "x86_64")]
const FAR: usize = 24;
/// Where it does not, it is not tried for so many bytes; for twice as many each time, up to this.
#[cfg(target_arch = "x86_64")]
const WAIT: [usize; 2] = [64, 1024];

impl Normalizer {
    /// Appends the normalised code points of `text` to `out`, white space marked with
    /// [`super::SPACE`]. Equal to [`Normalizer::normalize`] followed by `chars()`.
    ///
    /// `text` stands for itself: what is in `out` already is no context for it.
    pub fn fold_into(&self, text: &str, out: &mut Vec<u32>) {
        let table = &self.table;
        let bytes = text.as_bytes();
        out.reserve(bytes.len() / 2);
        let mut scratch = Scratch::default();
        let mut block = [0; BLOCK];
        let mut filled = 0;
        let mut i = 0;
        #[cfg(target_arch = "x86_64")]
        let (mut wide_from, mut wait) = (0, WAIT[0]);
        while i < bytes.len() {
            #[cfg(target_arch = "x86_64")]
            if i >= wide_from
                && let Some(ascii) = &table.wide
            {
                out.extend_from_slice(&block[..filled]);
                filled = 0;
                let read = normalize_wide::fold(ascii, &table.bmp, &bytes[i..], out);
                i += read;
                // One character at least is not for the wide way.
                wide_from = i + if read < FAR { wait } else { 1 };
                wait = if read < FAR { WAIT[1].min(2 * wait) } else { WAIT[0] };
                if i == bytes.len() {
                    break;
                }
            }
            if filled > BLOCK - WINDOW {
                out.extend_from_slice(&block[..filled]);
                filled = 0;
            }
            if let Some(window) = bytes[i..].first_chunk::<WINDOW>() {
                if window.is_ascii()
                    && let Some(to) = block[filled..].first_chunk_mut::<WINDOW>()
                {
                    for (to, &byte) in to.iter_mut().zip(window) {
                        *to = table.ascii[usize::from(byte & 0x7F)];
                    }
                    filled += WINDOW;
                    i += WINDOW;
                    continue;
                }
                // Words of two-byte letters with one-byte spaces between: no branch depends
                // on which of the two comes, so none is mispredicted at each space.
                let mut at = 0;
                let mut steps = 0;
                while steps < WINDOW / 2 {
                    let (a, b) = (window[at % WINDOW], window[(at + 1) % WINDOW]);
                    let entry = table.bmp[one_or_two(a, b)];
                    if a >= 0xE0 || entry & SPECIAL != 0 {
                        break;
                    }
                    block[filled % BLOCK] = entry;
                    filled += usize::from(entry & DROP == 0);
                    at += 1 + usize::from(a >> 7);
                    steps += 1;
                }
                i += at;
                if steps == WINDOW / 2 {
                    continue;
                }
            }
            let (entry, width) = match bytes[i..] {
                [a, ..] if a < 0x80 => (table.ascii[usize::from(a)], 1),
                [a, b, ..] if a < 0xE0 => (table.bmp[one_or_two(a, b)], 2),
                [a, b, c, ..] if a < 0xF0 => (table.bmp[three(a, b, c)], 3),
                _ => (text[i..].chars().next().map_or(DROP, |c| table.entry(c)), 4),
            };
            if entry & SPECIAL == 0 {
                block[filled % BLOCK] = entry;
                filled += usize::from(entry & DROP == 0);
                i += width;
                continue;
            }
            match Kind::of(entry) {
                Kind::Mark(mark) if self.follows_plain(text, i) => {
                    block[filled % BLOCK] = mark;
                    filled += 1;
                    i += width;
                }
                kind => {
                    out.extend_from_slice(&block[..filled]);
                    filled = 0;
                    i = self.fold_special(text, i, width, kind, out, &mut scratch);
                }
            }
        }
        out.extend_from_slice(&block[..filled]);
    }

    /// Does what the entry at byte `at` cannot say, and tells where to go on.
    #[cold]
    fn fold_special(
        &self,
        text: &str,
        at: usize,
        width: usize,
        kind: Kind,
        out: &mut Vec<u32>,
        scratch: &mut Scratch,
    ) -> usize {
        if let Kind::Expand(place) = kind {
            out.extend_from_slice(self.table.expansion(place));
            return at + width;
        }
        let mut start = at;
        if !kind.is_boundary() {
            let mut written = 0;
            for c in text[..at].chars().rev() {
                start -= c.len_utf8();
                let kind = self.table.kind(c);
                // A joining or exact character was never written here: its segment would
                // have reached to the next boundary, past `at`.
                written += match kind {
                    Kind::Plain(_) | Kind::Mark(_) => 1,
                    Kind::Expand(place) => self.table.expansion(place).len(),
                    Kind::Drop | Kind::Join | Kind::Exact => 0,
                };
                if kind.is_boundary() {
                    break;
                }
            }
            out.truncate(out.len() - written);
        }
        let after = at + width;
        let end = text[after..]
            .char_indices()
            .find(|&(_, c)| self.table.kind(c).is_boundary())
            .map_or(text.len(), |(i, _)| after + i);
        self.table.rules.segment(text, start, end, scratch);
        out.extend(scratch.composed.iter().map(|&c| with_space(c)));
        end
    }

    /// Whether the character before byte `at` is plain, so that a mark may simply follow it.
    fn follows_plain(&self, text: &str, at: usize) -> bool {
        let before = text[..at].chars().next_back();
        before.is_some_and(|c| matches!(self.table.kind(c), Kind::Plain(_)))
    }
}

/// Index of the one-byte character `a`, or of the two-byte character `a b`, without a branch.
fn one_or_two(a: u8, b: u8) -> usize {
    let wide = 0_usize.wrapping_sub(usize::from(a >> 7));
    let two = usize::from(a & 0x1F) << 6 | usize::from(b & 0x3F);
    (usize::from(a) & !wide) | (two & wide)
}

/// Index of a three-byte character.
fn three(a: u8, b: u8, c: u8) -> usize {
    usize::from(a & 0x0F) << 12 | usize::from(b & 0x3F) << 6 | usize::from(c & 0x3F)
}
