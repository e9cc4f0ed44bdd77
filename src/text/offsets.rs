//! The way back from changed text to the original, through one step or several.
//!
//! A map is a list of pieces: bytes that stand side by side in both texts, or a whole that
//! came from a whole (`ﷲ` from 3 bytes to 8). Unchanged stretches are one piece however long,
//! so a map costs 32 bytes a change, not a character. Looking up is a binary search.
//!
//! ```
//! use khabar::text::{HtmlMode, Normalizer, Profile, strip_with_offsets};
//! let field = "<b>شُكراً</b> &amp; وداعـــاً";
//! let (plain, from_html) = strip_with_offsets(field, HtmlMode::Auto);
//! let (folded, from_plain) = Normalizer::from(Profile::Standard).normalize_with_offsets(&plain);
//! assert_eq!(folded, "شكرا & وداعا");
//! let map = from_html.then(&from_plain);
//! let at = folded.find("وداعا").unwrap();
//! assert_eq!(&field[map.to_original(at..folded.len())], "وداعـــاً");
//! ```

use std::ops::Range;

/// Byte ranges of a text made from another, mapped back to that other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OffsetMap {
    /// In output order; together they cover the output without gaps.
    pieces: Vec<Piece>,
    /// Length of the output in bytes.
    output: usize,
    /// Length of the original in bytes.
    original: usize,
}

/// One stretch of output, not empty.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    /// Where it starts in the output; it ends where the next one starts.
    output: usize,
    /// What it came from.
    original: Range<usize>,
    /// Whether byte i of the one is byte i of the other.
    parallel: bool,
}

impl OffsetMap {
    /// The map of an empty text; the pushes below fill it from left to right.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// The map of a text that was not changed.
    pub(super) fn identity(length: usize) -> Self {
        let mut map = Self::new();
        map.push_parallel(length, 0);
        map.finish(length);
        map
    }

    /// `length` bytes of output that stand side by side with the original's from `start`.
    pub(super) fn push_parallel(&mut self, length: usize, start: usize) {
        if length == 0 {
            return;
        }
        match self.pieces.last_mut() {
            Some(last) if last.parallel && last.original.end == start => {
                last.original.end += length;
            }
            _ => self.pieces.push(Piece {
                output: self.output,
                original: start..start + length,
                parallel: true,
            }),
        }
        self.output += length;
    }

    /// `length` bytes of output that came from `original` as a whole.
    pub(super) fn push_whole(&mut self, length: usize, original: Range<usize>) {
        if length > 0 {
            self.pieces.push(Piece { output: self.output, original, parallel: false });
            self.output += length;
        }
    }

    /// Says how long the original was.
    pub(super) fn finish(&mut self, original: usize) {
        self.original = original;
    }

    /// The smallest range of the original that all bytes of `range` came from.
    ///
    /// A range between characters gives a range between characters. An empty range gives the
    /// empty range before what follows it. Beyond the end counts as the end.
    #[must_use]
    pub fn to_original(&self, range: Range<usize>) -> Range<usize> {
        let (start, end) = (range.start.min(self.output), range.end.min(self.output));
        let Some(first) = self.piece(start) else { return self.original..self.original };
        let from = first.original_of(start).start;
        if end <= start {
            return from..from;
        }
        match self.piece(end - 1) {
            Some(last) => from..last.original_of(end - 1).end.max(from),
            None => from..from,
        }
    }

    /// The map over two steps: `self` leads from the middle text to the original, `next`
    /// from the final text to the middle one.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        let mut map = Self::new();
        for (i, piece) in next.pieces.iter().enumerate() {
            let end = next.pieces.get(i + 1).map_or(next.output, |p| p.output);
            if !piece.parallel {
                map.push_whole(end - piece.output, self.to_original(piece.original.clone()));
                continue;
            }
            // Cut the parallel stretch where this map's own pieces begin.
            let mut at = piece.original.start;
            while at < piece.original.end {
                let k = self.pieces.partition_point(|p| p.output <= at);
                let stop = self.pieces.get(k).map_or(self.output, |p| p.output);
                let stop = stop.clamp(at + 1, piece.original.end);
                let from = self.to_original(at..stop);
                match k.checked_sub(1).map(|k| &self.pieces[k]) {
                    Some(p) if p.parallel => map.push_parallel(stop - at, from.start),
                    _ => map.push_whole(stop - at, from),
                }
                at = stop;
            }
        }
        map.finish(self.original);
        map
    }

    /// The piece that holds byte `at` of the output.
    fn piece(&self, at: usize) -> Option<&Piece> {
        if at >= self.output {
            return None;
        }
        self.pieces[..self.pieces.partition_point(|p| p.output <= at)].last()
    }
}

impl Piece {
    /// Where byte `at` of the output, which this piece holds, came from.
    fn original_of(&self, at: usize) -> Range<usize> {
        if self.parallel {
            let start = self.original.start + (at - self.output);
            start..start + 1
        } else {
            self.original.clone()
        }
    }
}
