//! A stream cut into blocks of whole records, so that workers can parse them side by side.
//!
//! Blocks are about 1 MiB. A record longer than the limit is passed over without being held:
//! no more than the limit plus one block is in memory. Cutting needs no parsing: lines end at
//! `\n` alone, and CSV needs one bit more, whether a quote is open. Lines are cut at memory
//! speed, CSV at some 1-2 GB a second.

use std::io::{self, Read};

/// Bytes a block aims at.
const BLOCK_BYTES: usize = 1 << 20;

/// A piece of the stream, in order.
#[derive(Debug)]
pub(crate) enum Block {
    /// Whole records, the last perhaps without its line end.
    Records(Vec<u8>),
    /// One line that belongs to a record too long to hold, and was dropped.
    TooLong,
    /// One line with a quote that is never closed, and was dropped.
    OpenQuote,
}

/// Where records end.
#[derive(Debug)]
pub(crate) enum Boundary {
    /// At every `\n`.
    Line,
    /// At every `\n` outside quotes.
    Csv {
        /// Between cells.
        delimiter: u8,
        /// Where the scan stands.
        state: CsvState,
    },
}

/// What the next byte of CSV means; the same states as in the `csv` crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CsvState {
    CellStart,
    Plain,
    Quoted,
    QuoteSeen,
}

impl Boundary {
    pub(crate) fn csv(delimiter: u8) -> Self {
        Boundary::Csv { delimiter, state: CsvState::CellStart }
    }

    /// Scans on; where the last whole record ends in `bytes`.
    fn last_end(&mut self, bytes: &[u8]) -> Option<usize> {
        match self {
            Boundary::Line => memchr::memrchr(b'\n', bytes).map(|i| i + 1),
            Boundary::Csv { delimiter, state } => {
                let mut end = None;
                scan_csv(bytes, *delimiter, state, |at| {
                    end = Some(at);
                    true
                });
                end
            }
        }
    }

    /// Scans on; where the first whole record ends in `bytes`.
    pub(crate) fn first_end(&mut self, bytes: &[u8]) -> Option<usize> {
        match self {
            Boundary::Line => memchr::memchr(b'\n', bytes).map(|i| i + 1),
            Boundary::Csv { delimiter, state } => {
                let mut end = None;
                scan_csv(bytes, *delimiter, state, |at| {
                    end = Some(at);
                    false
                });
                end
            }
        }
    }

    fn restart(&mut self) {
        if let Boundary::Csv { state, .. } = self {
            *state = CsvState::CellStart;
        }
    }

    fn quote_open(&self) -> bool {
        matches!(self, Boundary::Csv { state: CsvState::Quoted, .. })
    }
}

/// Follows CSV, telling `at_end` each record's end until it returns false.
fn scan_csv(
    bytes: &[u8],
    delimiter: u8,
    state: &mut CsvState,
    mut at_end: impl FnMut(usize) -> bool,
) {
    let mut i = 0;
    while i < bytes.len() {
        let next = match *state {
            CsvState::Plain => match memchr::memchr2(delimiter, b'\n', &bytes[i..]) {
                Some(skip) => {
                    i += skip;
                    if bytes[i] == b'\n' { None } else { Some(CsvState::CellStart) }
                }
                None => return,
            },
            CsvState::Quoted => match memchr::memchr(b'"', &bytes[i..]) {
                Some(skip) => {
                    i += skip;
                    Some(CsvState::QuoteSeen)
                }
                None => return,
            },
            CsvState::CellStart | CsvState::QuoteSeen => match bytes[i] {
                b'"' => Some(CsvState::Quoted),
                b'\n' => None,
                b if b == delimiter => Some(CsvState::CellStart),
                _ => Some(CsvState::Plain),
            },
        };
        i += 1;
        *state = next.unwrap_or(CsvState::CellStart);
        if next.is_none() && !at_end(i) {
            return;
        }
    }
}

/// The blocks of a stream.
pub(crate) struct Blocks<R> {
    stream: R,
    boundary: Boundary,
    max_record: usize,
    /// Bytes read and not yet given out; the boundary has seen the first `scanned`.
    carry: Vec<u8>,
    scanned: usize,
    at_end: bool,
    /// Dropping until the next line end.
    dropping: bool,
}

impl<R: Read> Blocks<R> {
    pub(crate) fn new(stream: R, boundary: Boundary, max_record: usize) -> Self {
        Self {
            stream,
            boundary,
            max_record,
            carry: Vec::new(),
            scanned: 0,
            at_end: false,
            dropping: false,
        }
    }

    /// The next block, or `None` at the end.
    ///
    /// After an error the stream is at its end; the record it cut in two is dropped.
    pub(crate) fn next(&mut self) -> io::Result<Option<Block>> {
        loop {
            if self.scanned < self.carry.len() {
                let fresh = self.boundary.last_end(&self.carry[self.scanned..]);
                if let Some(end) = fresh.map(|end| self.scanned + end) {
                    let rest = self.carry[end..].to_vec();
                    let mut block = std::mem::replace(&mut self.carry, rest);
                    block.truncate(end);
                    self.scanned = self.carry.len();
                    return Ok(Some(Block::Records(block)));
                }
                self.scanned = self.carry.len();
            }
            if self.carry.len() > self.max_record {
                self.drop_line();
                return Ok(Some(Block::TooLong));
            }
            if self.at_end {
                if self.carry.is_empty() {
                    return Ok(None);
                }
                // A quote nobody closed has swallowed all lines up to here: give up its own
                // line and read the others again.
                if self.boundary.quote_open() {
                    self.drop_line();
                    return Ok(Some(Block::OpenQuote));
                }
                self.scanned = 0;
                return Ok(Some(Block::Records(std::mem::take(&mut self.carry))));
            }
            self.read_more()?;
        }
    }

    /// Drops the first line of what is held, and reads on as if a record began after it.
    fn drop_line(&mut self) {
        match memchr::memchr(b'\n', &self.carry) {
            Some(at) => {
                self.carry.drain(..=at);
            }
            None => {
                self.carry = Vec::new();
                self.dropping = true;
            }
        }
        self.scanned = 0;
        self.boundary.restart();
    }

    fn read_more(&mut self) -> io::Result<()> {
        let old = self.carry.len();
        self.carry.reserve(BLOCK_BYTES + 1024);
        let mut wanted = (&mut self.stream).take(BLOCK_BYTES as u64);
        let result = wanted.read_to_end(&mut self.carry);
        if self.dropping {
            match memchr::memchr(b'\n', &self.carry[old..]) {
                Some(at) => {
                    self.carry.drain(..=old + at);
                    self.dropping = false;
                }
                None => self.carry.clear(),
            }
        }
        match result {
            Ok(n) => {
                self.at_end = n < BLOCK_BYTES;
                Ok(())
            }
            Err(e) => {
                // What came before the error still counts, up to its last whole record.
                self.at_end = true;
                let end = self.boundary.last_end(&self.carry[self.scanned..]);
                self.carry.truncate(end.map_or(0, |end| self.scanned + end));
                self.scanned = 0;
                self.boundary.restart();
                Err(e)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8], boundary: Boundary, max_record: usize) -> Vec<String> {
        let mut blocks = Blocks::new(text, boundary, max_record);
        let mut out = Vec::new();
        while let Some(block) = blocks.next().unwrap() {
            out.push(match block {
                Block::Records(bytes) => String::from_utf8(bytes).unwrap(),
                Block::TooLong => "<long>".to_owned(),
                Block::OpenQuote => "<quote>".to_owned(),
            });
        }
        out
    }

    #[test]
    fn lines_stay_whole_and_none_is_lost() {
        assert_eq!(all(b"a\nb\nc", Boundary::Line, 10), ["a\nb\n", "c"]);
        assert_eq!(all(b"", Boundary::Line, 10), [""; 0]);
        assert_eq!(all(b"\n", Boundary::Line, 10), ["\n"]);
        let text: String = (0..300_000).map(|i| format!("خبر {i}\n")).collect();
        let blocks = all(text.as_bytes(), Boundary::Line, 100);
        assert!(blocks.len() > 2 && blocks.iter().all(|b| b.ends_with('\n')));
        assert_eq!(blocks.concat(), text);
    }

    #[test]
    fn a_line_over_the_limit_is_dropped_and_the_next_one_read() {
        let long = "x".repeat(5 << 20);
        let text = format!("a\n{long}\nb\n{long}");
        assert_eq!(all(text.as_bytes(), Boundary::Line, 1000), ["a\n", "<long>", "b\n", "<long>"]);
    }

    #[test]
    fn csv_records_may_span_lines_inside_quotes() {
        let whole = "t\n\"a\nb\",\"c\"\"\n\"\nd\"e,f\n";
        assert_eq!(all(whole.as_bytes(), Boundary::csv(b','), 100), [whole]);
        // A record that is open at the end of the stream without a quote is a record.
        assert_eq!(all(b"t\na,b", Boundary::csv(b','), 100), ["t\n", "a,b"]);
    }

    #[test]
    fn a_quote_left_open_costs_its_own_line_only() {
        let text = "t\na,b\n\"open,c\nd,e\nf,g\n";
        assert_eq!(
            all(text.as_bytes(), Boundary::csv(b','), 100),
            ["t\na,b\n", "<quote>", "d,e\nf,g\n"]
        );
    }

    #[test]
    fn a_quote_open_past_the_limit_costs_its_own_line_only() {
        let rows = "d,e\n".repeat(1_000_000);
        let text = format!("t\n\"open\n{rows}");
        let blocks = all(text.as_bytes(), Boundary::csv(b','), 10_000);
        assert_eq!(blocks[..2], ["t\n", "<long>"]);
        assert_eq!(blocks[2..].concat(), rows);
    }

    proptest::proptest! {
        #[test]
        fn blocks_put_together_are_the_stream(text in "[a,\"\n]{0,60}") {
            let blocks = all(text.as_bytes(), Boundary::Line, 1000);
            proptest::prop_assert_eq!(blocks.concat(), text);
        }

        #[test]
        fn csv_cuts_agree_with_the_csv_crate(text in "[ab,\"\n]{0,60}") {
            // Whole-file parsing and block-wise parsing give the same cells, where no quote
            // is left open.
            let blocks = all(text.as_bytes(), Boundary::csv(b','), 1000);
            proptest::prop_assume!(!blocks.iter().any(|b| b.starts_with('<')));
            let cells = |t: &str| -> Vec<csv::ByteRecord> {
                csv::ReaderBuilder::new().has_headers(false).flexible(true)
                    .terminator(csv::Terminator::Any(b'\n'))
                    .from_reader(t.as_bytes()).byte_records().map(|r| r.unwrap()).collect()
            };
            let cut: Vec<_> = blocks.iter().flat_map(|b| cells(b)).collect();
            proptest::prop_assert_eq!(cut, cells(&text));
        }
    }
}
