//! Sixty-four bytes at a time, for processors with AVX2: ASCII without a table, characters of
//! one and two bytes (Arabic, Cyrillic, Greek, Hebrew, accented Latin) with one.
//!
//! Each byte is decoded as if a character began there, which costs nothing in a vector; those
//! where none does are shuffled away. At [`SPECIAL`] entries and characters of three bytes
//! and more the plain way goes on. Writes the same code points as that way: .4 ns an ASCII
//! character, 1.3 ns an Arabic one. Decoding by moving all bytes at once is Lemire and Muła's
//! idea ("Transcoding billions of Unicode characters per second with SIMD instructions", 2022).
//!
//! `unsafe` is here for whole vectors loaded and stored, and to call what is compiled for AVX2.
#![allow(unsafe_code)]

use std::arch::x86_64::{
    __m128i, __m256i, _mm_and_si128, _mm_andnot_si128, _mm_cmpeq_epi8, _mm_cmpgt_epi8,
    _mm_loadl_epi64, _mm_loadu_si128, _mm_max_epu8, _mm_movemask_epi8, _mm_or_si128, _mm_set1_epi8,
    _mm_setzero_si128, _mm_shuffle_epi8, _mm_srli_epi16, _mm_storeu_si128, _mm_unpackhi_epi8,
    _mm_unpackhi_epi16, _mm_unpacklo_epi8, _mm_unpacklo_epi16, _mm256_and_si256,
    _mm256_blendv_epi8, _mm256_castsi256_ps, _mm256_castsi256_si128, _mm256_cmpgt_epi16,
    _mm256_cvtepu8_epi16, _mm256_cvtepu8_epi32, _mm256_extracti128_si256, _mm256_movemask_ps,
    _mm256_or_si256, _mm256_permutevar8x32_epi32, _mm256_set1_epi16, _mm256_setr_epi32,
    _mm256_slli_epi16, _mm256_slli_epi32, _mm256_storeu_si256, _pdep_u64,
};

use super::normalize_table::{DROP, SPACE, SPECIAL};
use crate::lanes::{FRONT_OF_8, FRONT_OF_8_HALVES};

/// Bytes at a time.
const WIDE: usize = 64;
// What moves a flag to the top of its number, where it is looked for.
const _: () = assert!(DROP << 2 == 1 << 31 && SPECIAL << 1 == 1 << 31 && SPACE == 1 << 31);

/// ASCII under one set of switches: which characters are space, and whether case goes.
pub(super) struct Ascii {
    /// The bit that makes a capital small, or none.
    case: u8,
    /// For each low half of a byte the set of high halves with which it is space.
    space: [u8; 16],
}

impl Ascii {
    /// What the entries of ASCII say, where they say no more than this can.
    pub(super) fn of(entries: &[u32; 128]) -> Option<Self> {
        let case = if entries[usize::from(b'A')] == u32::from(b'a') { 0x20 } else { 0 };
        let mut space = [0; 16];
        for (c, &entry) in entries.iter().enumerate() {
            let capital = (c as u8).is_ascii_uppercase();
            let plain = c as u32 | if capital { case } else { 0 };
            if entry & SPACE != 0 {
                space[c % 16] |= 1 << (c / 16);
            }
            if entry & !SPACE != plain {
                return None;
            }
        }
        Some(Self { case: case as u8, space })
    }
}

/// Appends the code points of the first bytes to `out` and says how many bytes that were: all
/// up to what has to be looked at alone, or up to the last few; none where the processor cannot.
///
/// `bytes` are UTF-8 from the beginning of a character on.
pub(super) fn fold(
    ascii: &Ascii,
    entries: &[u32; 0x1_0000],
    bytes: &[u8],
    out: &mut Vec<u32>,
) -> usize {
    let able = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt");
    if !able || bytes.len() <= WIDE {
        return 0;
    }
    // SAFETY: the processor has what the function is compiled for, just asked.
    unsafe { fold_avx2(ascii, entries, bytes, out) }
}

#[target_feature(enable = "avx2,bmi2,popcnt")]
fn fold_avx2(ascii: &Ascii, entries: &[u32; 0x1_0000], bytes: &[u8], out: &mut Vec<u32>) -> usize {
    let mut at = 0;
    while let Some(chunk) = bytes[at..].first_chunk::<{ WIDE + 1 }>() {
        let length = out.len();
        out.reserve(WIDE);
        let to = out.spare_capacity_mut().as_mut_ptr().cast::<u32>();
        // SAFETY: so many have room, just asked for.
        let (written, read) = unsafe {
            if chunk[..WIDE].is_ascii() {
                small(ascii, chunk, to);
                (WIDE, WIDE)
            } else {
                mixed(entries, chunk, to)
            }
        };
        // SAFETY: so many were written.
        unsafe { out.set_len(length + written) };
        at += read;
        if read < WIDE {
            break;
        }
    }
    at
}

/// Sixteen bytes.
///
/// # Safety
/// They are there.
#[inline]
#[target_feature(enable = "avx2,bmi2,popcnt")]
unsafe fn load(from: *const u8) -> __m128i {
    // SAFETY: so says the caller.
    unsafe { _mm_loadu_si128(from.cast()) }
}

/// `WIDE` ASCII characters to as many code points.
///
/// # Safety
/// `to` has room for them.
#[inline]
#[target_feature(enable = "avx2,bmi2,popcnt")]
unsafe fn small(ascii: &Ascii, chunk: &[u8; WIDE + 1], to: *mut u32) {
    const HIGH: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];
    let none = _mm_setzero_si128();
    let all = |byte: u8| _mm_set1_epi8(byte.cast_signed());
    // SAFETY: loads inside arrays, and stores where the caller says that there is room.
    unsafe {
        let (low, high) = (load(ascii.space.as_ptr()), load(HIGH.as_ptr()));
        for i in (0..WIDE).step_by(16) {
            let bytes = load(chunk.as_ptr().add(i));
            let capital = _mm_and_si128(
                _mm_cmpgt_epi8(bytes, all(b'A' - 1)),
                _mm_cmpgt_epi8(all(b'Z' + 1), bytes),
            );
            let letters = _mm_or_si128(bytes, _mm_and_si128(capital, all(ascii.case)));
            let halves = _mm_and_si128(_mm_srli_epi16::<4>(bytes), all(0x0F));
            let space = _mm_and_si128(_mm_shuffle_epi8(low, bytes), _mm_shuffle_epi8(high, halves));
            let flags = _mm_andnot_si128(_mm_cmpeq_epi8(space, none), all(0x80));
            let (a, b) = (_mm_unpacklo_epi8(letters, none), _mm_unpackhi_epi8(letters, none));
            let (c, d) = (_mm_unpacklo_epi8(none, flags), _mm_unpackhi_epi8(none, flags));
            let to = to.add(i).cast::<__m128i>();
            _mm_storeu_si128(to, _mm_unpacklo_epi16(a, c));
            _mm_storeu_si128(to.add(1), _mm_unpackhi_epi16(a, c));
            _mm_storeu_si128(to.add(2), _mm_unpacklo_epi16(b, d));
            _mm_storeu_si128(to.add(3), _mm_unpackhi_epi16(b, d));
        }
    }
}

/// Characters of one and two bytes that begin in the first `WIDE`, up to one that is longer or
/// [`SPECIAL`]: how many code points that gave, and how many bytes that were.
///
/// # Safety
/// `to` has room for `WIDE`.
#[inline]
#[target_feature(enable = "avx2,bmi2,popcnt")]
unsafe fn mixed(entries: &[u32; 0x1_0000], chunk: &[u8; WIDE + 1], to: *mut u32) -> (usize, usize) {
    let mut codes = [0u16; WIDE];
    let (mut count, mut first, mut long) = (0, 0u64, 0u64);
    for i in (0..WIDE).step_by(16) {
        // SAFETY: the second load ends with the byte behind `WIDE`.
        let (a, b) = unsafe { (load(chunk.as_ptr().add(i)), load(chunk.as_ptr().add(i + 1))) };
        // Bytes that continue a character are -128 to -65.
        let begin = _mm_movemask_epi8(_mm_cmpgt_epi8(a, _mm_set1_epi8(-65))) as usize;
        let least = _mm_set1_epi8(0xE0_u8.cast_signed());
        let longer = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(a, least), a));
        first |= (begin as u64) << i;
        long |= u64::from(longer.cast_unsigned()) << i;
        let (a, b) = (_mm256_cvtepu8_epi16(a), _mm256_cvtepu8_epi16(b));
        let two = _mm256_or_si256(
            _mm256_slli_epi16::<6>(_mm256_and_si256(a, _mm256_set1_epi16(0x1F))),
            _mm256_and_si256(b, _mm256_set1_epi16(0x3F)),
        );
        let is_two = _mm256_cmpgt_epi16(a, _mm256_set1_epi16(0x7F));
        let code = _mm256_blendv_epi8(a, two, is_two);
        for (half, begin) in [
            (_mm256_castsi256_si128(code), begin & 0xFF),
            (_mm256_extracti128_si256::<1>(code), begin >> 8),
        ] {
            let codes = codes[count..].first_chunk_mut::<8>().expect("room for a vector");
            // SAFETY: a load from and a store to arrays of 16 bytes.
            unsafe {
                let half = _mm_shuffle_epi8(half, load(FRONT_OF_8_HALVES[begin].as_ptr()));
                _mm_storeu_si128(codes.as_mut_ptr().cast(), half);
            }
            count += begin.count_ones() as usize;
        }
    }
    let mut end = WIDE + usize::from(chunk[WIDE - 1] >= 0xC0);
    if long != 0 {
        end = long.trailing_zeros() as usize;
        count = (first & ((1 << end) - 1)).count_ones() as usize;
    }
    let mut written = 0;
    for (at, codes) in (0..count).step_by(8).zip(codes.as_chunks::<8>().0) {
        let entry = |i: usize| entries[usize::from(codes[i])].cast_signed();
        let found = [0, 1, 2, 3, 4, 5, 6, 7].map(entry);
        let [a, b, c, d, e, f, g, h] = found;
        let found = _mm256_setr_epi32(a, b, c, d, e, f, g, h);
        let top = |flags: __m256i| {
            _mm256_movemask_ps(_mm256_castsi256_ps(flags)).cast_unsigned() as usize
        };
        let mut inside = 0xFF_usize >> (at + 8).saturating_sub(count);
        let special = top(_mm256_slli_epi32::<1>(found)) & inside;
        if special != 0 {
            let before = special.trailing_zeros();
            inside &= (1 << before) - 1;
            // Where the special character begins.
            end = _pdep_u64(1 << (at as u32 + before), first).trailing_zeros() as usize;
        }
        let kept = inside & !top(_mm256_slli_epi32::<2>(found));
        // SAFETY: a load of 8 bytes from such an array; a store where there is room, because
        // `written` is at most `at`.
        unsafe {
            let order = _mm_loadl_epi64(FRONT_OF_8[kept].as_ptr().cast());
            let kept = _mm256_permutevar8x32_epi32(found, _mm256_cvtepu8_epi32(order));
            _mm256_storeu_si256(to.add(written).cast(), kept);
        }
        written += kept.count_ones() as usize;
        if special != 0 {
            break;
        }
    }
    (written, end)
}

#[cfg(test)]
mod tests {
    use crate::text::{NormalizeOptions, Normalizer, Profile};

    #[test]
    fn ascii_is_known_under_all_that_people_choose() {
        // Where it were not, text would be folded slowly, and nothing else would tell.
        let lowercase = NormalizeOptions { lowercase: true, ..Profile::None.options() };
        for options in [
            lowercase,
            Profile::None.options(),
            Profile::Standard.options(),
            Profile::Aggressive.options(),
        ] {
            assert!(Normalizer::new(options).table.wide.is_some(), "{options:?}");
        }
    }
}
