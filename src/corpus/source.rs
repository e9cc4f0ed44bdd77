//! Files and standard input as streams of UTF-8: unpacked, bounded, decoded.
//!
//! Layers, outermost last: bytes counted (for progress), gzip or Zstandard taken off where
//! the first bytes say so, the unpacked size bounded (a bomb ends as an error), the text
//! decoded to UTF-8. Nothing is held but buffers of some 100 KB. A byte that is wrong in its
//! encoding arrives as 0xFF, which no UTF-8 holds, so that only its record is refused.

use std::fmt;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::{DecoderResult, Encoding, UTF_8};

use super::record::human_bytes;
use crate::Error;

/// Unpacking to more than this many times the packed size is a bomb...
const MAX_RATIO: u64 = 400;
/// ... but only once this much has come out: small files may be all alike.
const RATIO_FLOOR: u64 = 256 << 20;

/// A stream that can move to the thread that reads ahead.
pub(crate) type Stream = Box<dyn Read + Send>;

/// An opened input.
pub(crate) struct Source {
    /// UTF-8 without a mark; wrong bytes are 0xFF.
    pub(crate) stream: Stream,
    /// Bytes read from the disk so far.
    pub(crate) consumed: Arc<AtomicU64>,
    /// The encoding found or asked for.
    pub(crate) encoding: &'static str,
    /// The first four bytes were `PAR1`.
    pub(crate) parquet: bool,
}

/// The encoding `label` names.
pub(crate) fn encoding_named(label: &str) -> crate::Result<&'static Encoding> {
    Encoding::for_label_no_replacement(label.as_bytes()).ok_or_else(|| {
        Error::parameter(
            "--encoding",
            format!("`{}` is no encoding known here", crate::output::safe(label)),
            "use a WHATWG name such as utf-8, windows-1256, iso-8859-6, utf-16le",
        )
    })
}

/// Opens `path` (`-`: standard input) as UTF-8.
pub(crate) fn open(
    path: &Path,
    encoding: Option<&'static Encoding>,
    max_file_bytes: u64,
) -> io::Result<Source> {
    let consumed = Arc::new(AtomicU64::new(0));
    let file: Stream =
        if path.as_os_str() == "-" { Box::new(io::stdin()) } else { Box::new(File::open(path)?) };
    let mut stream: Stream = Box::new(Counting { inner: file, count: Arc::clone(&consumed) });

    let magic = head(&mut stream, 4)?;
    let parquet = magic == b"PAR1";
    let name = path.to_string_lossy().to_ascii_lowercase();
    // The first bytes decide; the name only where it promises what the bytes do not hold.
    let gzip = magic.starts_with(&[0x1F, 0x8B]) || (name.ends_with(".gz") && !magic.is_empty());
    let zstd = magic == [0x28, 0xB5, 0x2F, 0xFD] || (name.ends_with(".zst") && !magic.is_empty());
    let stream: Stream = Box::new(Cursor::new(magic).chain(stream));
    let stream: Stream = if gzip || zstd {
        let inner: Stream = if gzip {
            Box::new(flate2::bufread::MultiGzDecoder::new(io::BufReader::with_capacity(
                1 << 17,
                stream,
            )))
        } else {
            Box::new(zstd::stream::read::Decoder::new(stream)?)
        };
        Box::new(Bounded {
            inner,
            packed: Some(Arc::clone(&consumed)),
            seen: 0,
            limit: max_file_bytes,
        })
    } else {
        Box::new(Bounded { inner: stream, packed: None, seen: 0, limit: max_file_bytes })
    };
    let (stream, encoding) = decode(stream, encoding)?;
    Ok(Source { stream, consumed, encoding, parquet })
}

/// Turns bytes into UTF-8: by the mark at the start, else by `encoding`, else as UTF-8.
fn decode(
    mut stream: Stream,
    encoding: Option<&'static Encoding>,
) -> io::Result<(Stream, &'static str)> {
    let mut start = head(&mut stream, 3)?;
    let encoding = match Encoding::for_bom(&start) {
        Some((marked, mark_len)) => {
            start.drain(..mark_len);
            marked
        }
        None => encoding.unwrap_or(UTF_8),
    };
    let stream: Stream = Box::new(Cursor::new(start).chain(stream));
    if encoding == UTF_8 {
        return Ok((stream, encoding.name()));
    }
    let transcoder = Transcoder {
        inner: stream,
        decoder: encoding.new_decoder_without_bom_handling(),
        raw: vec![0; 1 << 16],
        raw_at: 0,
        raw_len: 0,
        // Room for a character or the mark of a wrong byte must always be left.
        text: vec![0; 3 << 16],
        text_at: 0,
        text_len: 0,
        last: false,
        done: false,
    };
    Ok((Box::new(transcoder), encoding.name()))
}

/// The first `n` bytes, or all where there are fewer.
pub(crate) fn head(stream: &mut dyn Read, n: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(n);
    stream.take(n as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Says what a failing stream means for the file it came from.
pub(crate) fn stream_error(path: &Path, label: &str, error: io::Error) -> Error {
    use io::ErrorKind as K;
    if let Some(bomb) = error.get_ref().and_then(|e| e.downcast_ref::<TooLarge>()) {
        return Error::format(
            label,
            bomb.to_string(),
            "unpack it yourself if you trust it, or raise the file limit",
        );
    }
    match error.kind() {
        K::UnexpectedEof => Error::format(
            label,
            "the compressed data ends too early",
            "fetch or pack the file again; what came before the end is kept",
        ),
        K::InvalidData | K::InvalidInput | K::Other => Error::format(
            label,
            format!("the compressed data is broken ({error})"),
            "fetch or pack the file again; what came before is kept",
        ),
        _ => Error::io(path, error),
    }
}

/// Counts what passes.
struct Counting {
    inner: Stream,
    count: Arc<AtomicU64>,
}

impl Read for Counting {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.count.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

/// Ends in an error where more comes out than the limits allow.
struct Bounded {
    inner: Stream,
    packed: Option<Arc<AtomicU64>>,
    seen: u64,
    limit: u64,
}

#[derive(Debug)]
enum TooLarge {
    Size(u64),
    Ratio,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TooLarge::Size(limit) => write!(f, "the file holds more than {}", human_bytes(*limit)),
            TooLarge::Ratio => write!(
                f,
                "the file unpacks to over {MAX_RATIO} times its size, as decompression bombs do"
            ),
        }
    }
}

impl std::error::Error for TooLarge {}

impl Read for Bounded {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.seen += n as u64;
        if self.seen > self.limit {
            return Err(io::Error::other(TooLarge::Size(self.limit)));
        }
        if let Some(packed) = &self.packed
            && self.seen > RATIO_FLOOR
            && self.seen / MAX_RATIO > packed.load(Ordering::Relaxed)
        {
            return Err(io::Error::other(TooLarge::Ratio));
        }
        Ok(n)
    }
}

/// Decodes as it reads.
struct Transcoder {
    inner: Stream,
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
    raw_at: usize,
    raw_len: usize,
    text: Vec<u8>,
    text_at: usize,
    text_len: usize,
    last: bool,
    done: bool,
}

impl Transcoder {
    /// Decodes until there is text or the end.
    fn fill(&mut self) -> io::Result<()> {
        (self.text_at, self.text_len) = (0, 0);
        while self.text_len == 0 && !self.done {
            if self.raw_at == self.raw_len && !self.last {
                self.raw_at = 0;
                self.raw_len = self.inner.read(&mut self.raw)?;
                self.last = self.raw_len == 0;
            }
            let room = self.text.len() - 1;
            let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(
                &self.raw[self.raw_at..self.raw_len],
                &mut self.text[..room],
                self.last,
            );
            self.raw_at += read;
            self.text_len = written;
            match result {
                DecoderResult::Malformed(..) => {
                    self.text[self.text_len] = 0xFF;
                    self.text_len += 1;
                }
                DecoderResult::InputEmpty => self.done = self.last,
                DecoderResult::OutputFull => {}
            }
        }
        Ok(())
    }
}

impl Read for Transcoder {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.text_at == self.text_len {
            self.fill()?;
        }
        let n = buf.len().min(self.text_len - self.text_at);
        buf[..n].copy_from_slice(&self.text[self.text_at..self.text_at + n]);
        self.text_at += n;
        Ok(n)
    }
}
