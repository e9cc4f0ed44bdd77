//! Document frequencies of the language at large, carried in the binary.
//!
//! Two articles alone know nothing of their language: every n-gram they share has the same
//! document frequency. A table of how common each n-gram is in a large news corpus is blended
//! with the input's own frequencies, so that two articles score about as they would among
//! thirty thousand. One table a script, one nibble a hash bucket, compressed: see
//! `models/background.md` for the data, its licences and the command that builds the file.
//!
//! What a script's table knows is asked of the input itself: [`Background::coverage`] is the
//! share of the input's n-grams that the table holds for common. A language the table never
//! saw (Vietnamese for the Latin table) has a low coverage and is left to its own frequencies.
//!
//! How the two are blended stands at [`super::blended_idf`]. Cost: one byte a bucket and script
//! once decoded.
//!
//! ```
//! use khabar::vectorize::{Background, bucket};
//! let arabic = Background::of("Arab").expect("the Arabic table is in the binary");
//! // " في" opens a word in nearly every article, "حسكة" in few.
//! assert!(arabic.share(bucket(" في", 20)) > 0.5);
//! assert!(arabic.share(bucket("حسكة", 20)) < 0.02);
//! ```

use std::io::Read;
use std::sync::OnceLock;

use super::hash::HASH_VERSION;
use crate::{Error, Result};

/// The only number of buckets (`log2`) the tables are made for.
pub const BACKGROUND_BITS: u32 = 20;

/// First bytes of the file; the digit is its version.
const MAGIC: &[u8; 8] = b"khabarB1";
/// Level 15 is this logarithm of a share, each level below it `STEP` less.
const TOP: f64 = -0.3;
const STEP: f64 = 0.6;
/// What level 0 stands for: not seen in tens of thousands of documents.
const UNSEEN: f64 = 2e-5;
/// A share from which an n-gram is common for [`Background::coverage`].
const COMMON: f64 = 0.02;

/// One script's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Background {
    /// ISO 15924 code: `Arab`, `Latn`.
    script: String,
    /// Documents counted.
    n_documents: u32,
    /// Level of each bucket, 0 to 15.
    pub(super) levels: Vec<u8>,
}

impl Background {
    /// The table of a script (ISO 15924 code), where the binary carries one.
    #[must_use]
    pub fn of(script: &str) -> Option<&'static Self> {
        carried().iter().find(|b| b.script == script)
    }

    /// A table from the share of documents each bucket stands in.
    ///
    /// # Panics
    /// Where `shares` has not 2^20 values.
    #[must_use]
    pub fn from_shares(script: &str, n_documents: u32, shares: &[f64]) -> Self {
        assert_eq!(shares.len(), 1 << BACKGROUND_BITS, "one share a bucket");
        let levels = shares.iter().map(|&s| level(s)).collect();
        Self { script: script.to_owned(), n_documents, levels }
    }

    /// ISO 15924 code of the script.
    #[must_use]
    pub fn script(&self) -> &str {
        &self.script
    }

    /// Documents the table was counted over.
    #[must_use]
    pub fn n_documents(&self) -> u32 {
        self.n_documents
    }

    /// The share of documents a bucket stands in, to within a factor of 1.35.
    ///
    /// # Panics
    /// Where `bucket >= 2^20`.
    #[must_use]
    pub fn share(&self, bucket: u32) -> f64 {
        shares()[usize::from(self.levels[bucket as usize])]
    }

    /// The share of n-grams, each document's distinct ones, that this table holds for common.
    #[must_use]
    pub fn coverage(&self, df: &[u32]) -> f64 {
        let common = level(COMMON);
        let (mut known, mut all) = (0u64, 0u64);
        for (&df, &level) in df.iter().zip(&self.levels) {
            all += u64::from(df);
            known += if level >= common { u64::from(df) } else { 0 };
        }
        if all == 0 { 0.0 } else { known as f64 / all as f64 }
    }
}

/// Share by level.
pub(super) fn shares() -> &'static [f64; 16] {
    static SHARES: OnceLock<[f64; 16]> = OnceLock::new();
    SHARES.get_or_init(|| {
        std::array::from_fn(
            |l| {
                if l == 0 { UNSEEN } else { libm::exp(TOP - STEP * (15 - l) as f64) }
            },
        )
    })
}

/// Level of a share: the nearest in logarithm.
fn level(share: f64) -> u8 {
    let lowest = shares()[1] * 0.74;
    if share < lowest {
        return 0;
    }
    let steps = libm::round((TOP - libm::log(share)) / STEP);
    15 - steps.clamp(0.0, 14.0) as u8
}

/// Writes tables in the form [`read_backgrounds`] reads: nibbles, compressed, checked.
///
/// # Errors
/// Where compression fails.
pub fn write_backgrounds(tables: &[Background]) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    body.extend_from_slice(&HASH_VERSION.to_le_bytes());
    body.extend_from_slice(&(tables.len() as u32).to_le_bytes());
    for table in tables {
        let mut code = [b' '; 4];
        for (to, from) in code.iter_mut().zip(table.script.bytes()) {
            *to = from;
        }
        body.extend_from_slice(&code);
        body.extend_from_slice(&table.n_documents.to_le_bytes());
        body.extend(table.levels.chunks(2).map(|pair| pair[0] | pair[1] << 4));
    }
    let packed = zstd::encode_all(&body[..], 19)
        .map_err(|e| Error::format("background", e.to_string(), "free memory and run again"))?;
    let mut file = MAGIC.to_vec();
    file.extend_from_slice(&checksum(&body).to_le_bytes());
    file.extend_from_slice(&packed);
    Ok(file)
}

/// Reads tables written by [`write_backgrounds`].
///
/// # Errors
/// [`Error::Format`] where the bytes are not such a file, or of another hash version.
pub fn read_backgrounds(file: &[u8]) -> Result<Vec<Background>> {
    let wrong = |what: &str| {
        Error::format("background", what, "use the file models/background.bin of this version")
    };
    let (head, packed) = file.split_at_checked(16).ok_or_else(|| wrong("the file is cut short"))?;
    if &head[..8] != MAGIC {
        return Err(wrong("not a background file"));
    }
    const LARGEST: usize = 8 + 64 * (8 + (1 << (BACKGROUND_BITS - 1)));
    let mut body = Vec::new();
    zstd::Decoder::new(packed)
        .and_then(|d| d.take(LARGEST as u64).read_to_end(&mut body))
        .map_err(|e| wrong(&e.to_string()))?;
    if checksum(&body).to_le_bytes() != head[8..16] {
        return Err(wrong("the checksum does not fit"));
    }
    let word = |at: usize| {
        body.get(at..at + 4)
            .and_then(|b| b.try_into().ok())
            .map(u32::from_le_bytes)
            .ok_or_else(|| wrong("the file is cut short"))
    };
    if word(0)? != HASH_VERSION {
        return Err(wrong("made for another version of the n-gram hash"));
    }
    let size = 1usize << (BACKGROUND_BITS - 1);
    let mut tables = Vec::new();
    let mut at = 8;
    for _ in 0..word(4)?.min(64) {
        let n_documents = word(at + 4)?;
        let script = String::from_utf8_lossy(&body[at..at + 4]).trim_end().to_owned();
        let nibbles =
            body.get(at + 8..at + 8 + size).ok_or_else(|| wrong("the file is cut short"))?;
        let levels = nibbles.iter().flat_map(|b| [b & 15, b >> 4]).collect();
        tables.push(Background { script, n_documents, levels });
        at += 8 + size;
    }
    Ok(tables)
}

/// FNV-1a, 64 bits, eight bytes at a time: speed, not secrecy.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.chunks(8).fold(0xCBF2_9CE4_8422_2325, |h: u64, chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        (h ^ u64::from_le_bytes(word)).wrapping_mul(0x0000_0100_0000_01B3).rotate_left(23)
    })
}

/// The tables in the binary; none if they could not be read, which a test rules out.
fn carried() -> &'static [Background] {
    static CARRIED: OnceLock<Vec<Background>> = OnceLock::new();
    CARRIED.get_or_init(|| read_backgrounds(CARRIED_BYTES).unwrap_or_default())
}

/// `models/background.bin`.
static CARRIED_BYTES: &[u8] = include_bytes!("../../models/background.bin");

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Background {
        let mut shares = vec![0.0; 1 << BACKGROUND_BITS];
        for (i, s) in shares.iter_mut().enumerate().take(1000) {
            *s = i as f64 / 1000.0;
        }
        Background::from_shares("Arab", 36_461, &shares)
    }

    #[test]
    fn the_binary_carries_tables_of_at_most_a_megabyte() {
        assert!(CARRIED_BYTES.len() <= 1_000_000, "{} bytes", CARRIED_BYTES.len());
        let tables = read_backgrounds(CARRIED_BYTES).unwrap();
        let scripts: Vec<&str> = tables.iter().map(Background::script).collect();
        assert_eq!(scripts, ["Arab", "Latn", "Ethi"]);
    }

    #[test]
    fn a_share_comes_back_within_its_step() {
        let table = small();
        for i in 1..1000u32 {
            let (got, want) = (table.share(i), f64::from(i) / 1000.0);
            assert!(got / want < 1.36 && want / got < 1.36, "{i}: {got} for {want}");
        }
        assert_eq!(table.share(5000), UNSEEN);
    }

    #[test]
    fn tables_survive_a_round_trip_and_damage_is_an_error() {
        let tables = vec![small()];
        let file = write_backgrounds(&tables).unwrap();
        assert_eq!(read_backgrounds(&file).unwrap(), tables);
        for cut in [0, 7, 15, 16, 40, file.len() - 1] {
            assert!(read_backgrounds(&file[..cut]).is_err(), "cut at {cut}");
        }
        for at in (0..file.len()).step_by(7) {
            let mut bad = file.clone();
            bad[at] ^= 0x10;
            assert!(read_backgrounds(&bad).map_or(true, |t| t == tables), "flip at {at}");
        }
    }
}
