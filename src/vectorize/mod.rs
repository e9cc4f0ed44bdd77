//! Articles as character n-gram TF-IDF vectors.

mod background;
mod blend;
mod count;
mod counts;
mod csr;
mod hash;
mod hashed;
#[cfg(target_arch = "x86_64")]
mod long;
#[cfg(target_arch = "x86_64")]
mod network;
mod ngram;
mod npz;
mod params;
mod simd;
mod tfidf;
mod vocabulary;
mod vocabulary_alphabet;
mod vocabulary_key;
mod vocabulary_merge;
mod vocabulary_piece;
mod weigh;
mod weight;
mod word_ngram;

pub use background::{BACKGROUND_BITS, Background, read_backgrounds, write_backgrounds};
pub use blend::{Blend, BlendOptions, blended_idf, blended_idf_with};
pub(crate) use counts::count_columns;
pub(crate) use simd::{give_back, large_pages, prefetch};

pub use counts::Counts;
pub use csr::{Csr, Row, times};
pub use hash::{HASH_VERSION, bucket};
pub use hashed::{Hashing, Lead, Parts, WordBuckets, code_key, document_frequency};
pub use ngram::{Analyzer, NgramRange};
pub use npz::{write_features, write_npz};
pub use params::{DfLimit, Features, TfidfParams, TfidfValidParams};
pub use tfidf::{Texts, TfidfVectorizer};
pub use vocabulary::Vocabulary;
pub use weight::{Norm, Tf, smooth_idf};
pub use word_ngram::Words;
