//! Document frequencies of a corpus, by script: saved once, used for many small inputs.
//!
//! A file is the magic `khabarW1`, a checksum and, compressed, the hash version, the settings
//! the buckets depend on, and per script its code, the number of documents and one frequency
//! a bucket. Lengths are checked before anything is allocated.

use std::io::Read;

use crate::vectorize::{HASH_VERSION, Hashing};
use crate::{Error, Result};

const MAGIC: &[u8; 8] = b"khabarW1";
/// Scripts a file may hold; Unicode has fewer than 256.
const MOST_SCRIPTS: u32 = 256;

/// Document frequencies of one script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptWeights {
    /// ISO 15924 code, `Zyyy` for articles without letters.
    pub script: String,
    /// Documents counted.
    pub n_documents: u64,
    /// In how many of them each bucket stands; `n_features` values.
    pub df: Vec<u32>,
}

/// Document frequencies of a corpus; see the module's head.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CorpusWeights {
    /// One entry a script, sorted by code.
    pub scripts: Vec<ScriptWeights>,
    /// Analyzer, lengths, lead and normalisation: what the buckets depend on, in words.
    pub settings: String,
}

impl CorpusWeights {
    /// The settings line of a hashing and normalisation.
    #[must_use]
    pub fn settings_of(hashing: &Hashing, normalize: crate::text::NormalizeOptions) -> String {
        format!("{hashing:?} {normalize:?}")
    }

    /// The entry of a script.
    #[must_use]
    pub fn of(&self, script: &str) -> Option<&ScriptWeights> {
        self.scripts.iter().find(|s| s.script == script)
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// Where compression fails.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        body.extend_from_slice(&HASH_VERSION.to_le_bytes());
        body.extend_from_slice(&(self.settings.len() as u32).to_le_bytes());
        body.extend_from_slice(self.settings.as_bytes());
        body.extend_from_slice(&(self.scripts.len() as u32).to_le_bytes());
        for script in &self.scripts {
            let mut code = [b' '; 4];
            for (to, from) in code.iter_mut().zip(script.script.bytes()) {
                *to = from;
            }
            body.extend_from_slice(&code);
            body.extend_from_slice(&script.n_documents.to_le_bytes());
            body.extend_from_slice(&(script.df.len() as u32).to_le_bytes());
            body.extend(script.df.iter().flat_map(|n| n.to_le_bytes()));
        }
        let packed = zstd::encode_all(&body[..], 3)
            .map_err(|e| Error::format("weights", e.to_string(), "free memory and run again"))?;
        let mut file = MAGIC.to_vec();
        file.extend_from_slice(&fingerprint(&body).to_le_bytes());
        file.extend_from_slice(&packed);
        Ok(file)
    }

    /// Reads what [`CorpusWeights::to_bytes`] wrote; `name` stands in errors.
    ///
    /// # Errors
    /// [`Error::Format`] where the bytes are no such file or were made with another hash.
    pub fn from_bytes(name: &str, file: &[u8]) -> Result<Self> {
        let wrong = |what: &str| {
            Error::format(name, what, "save the weights again with --idf and a new file name")
        };
        let (head, packed) =
            file.split_at_checked(16).ok_or_else(|| wrong("the file is cut short"))?;
        if &head[..8] != MAGIC {
            return Err(wrong("not a khabar weights file"));
        }
        let largest = u64::from(MOST_SCRIPTS) * (16 + (4 << 24));
        let mut body = Vec::new();
        zstd::Decoder::new(packed)
            .and_then(|d| d.take(largest).read_to_end(&mut body))
            .map_err(|e| wrong(&format!("damaged: {e}")))?;
        if fingerprint(&body).to_le_bytes() != head[8..16] {
            return Err(wrong("damaged: the checksum does not fit"));
        }
        let mut rest = Bytes(&body);
        let mut read = || -> Option<Self> {
            if rest.word()? != HASH_VERSION {
                return None;
            }
            let n = rest.word()? as usize;
            let settings = String::from_utf8(rest.take(n)?.to_vec()).ok()?;
            let n_scripts = rest.word()?.min(MOST_SCRIPTS);
            let mut scripts = Vec::new();
            for _ in 0..n_scripts {
                let script = String::from_utf8(rest.take(4)?.to_vec()).ok()?;
                let low = u64::from(rest.word()?);
                let n_documents = low | u64::from(rest.word()?) << 32;
                let n = rest.word()? as usize;
                let df = rest.take(n.checked_mul(4)?)?;
                let df = df.as_chunks().0.iter().map(|b| u32::from_le_bytes(*b)).collect();
                scripts.push(ScriptWeights {
                    script: script.trim_end().to_owned(),
                    n_documents,
                    df,
                });
            }
            Some(Self { scripts, settings })
        };
        read().ok_or_else(|| wrong("made by another version of khabar"))
    }
}

/// What is left of a body.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(taken)
    }

    fn word(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }
}

/// FNV-1a over eight bytes at a time: against damage, not against forgery.
pub(crate) fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.chunks(8).fold(0xCBF2_9CE4_8422_2325, |h: u64, chunk| {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        (h ^ u64::from_le_bytes(word)).wrapping_mul(0x0000_0100_0000_01B3).rotate_left(23)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_survive_a_round_trip_and_damage_is_an_error() {
        let weights = CorpusWeights {
            settings: "char_wb".into(),
            scripts: vec![ScriptWeights {
                script: "Arab".into(),
                n_documents: 30_055,
                df: (0..4096).map(|i| i % 77).collect(),
            }],
        };
        let file = weights.to_bytes().unwrap();
        assert_eq!(CorpusWeights::from_bytes("w", &file).unwrap(), weights);
        for cut in 0..file.len() {
            assert!(CorpusWeights::from_bytes("w", &file[..cut]).is_err(), "cut at {cut}");
        }
        for bit in 0..file.len() * 8 {
            let mut bad = file.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(CorpusWeights::from_bytes("w", &bad).map_or(true, |w| w == weights));
        }
    }
}
