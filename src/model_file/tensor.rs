//! Named arrays of numbers of one kind, and half-precision numbers.
//!
//! Half precision (IEEE 754 binary16) has 11 significant bits: a weight moves by at most one part
//! in 2,048, and takes half the room. Rounding is to the nearest, ties to even; what is larger
//! than 65,504 becomes that. A few ns a number.
//!
//! ```
//! use khabar::model_file::{f16_from_f32, f32_from_f16};
//! assert_eq!(f32_from_f16(f16_from_f32(-0.375)), -0.375);
//! assert_eq!(f32_from_f16(f16_from_f32(1e9)), 65_504.0);
//! ```

/// An array with a name and a shape, the last dimension running fastest.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Up to 255 bytes.
    pub name: String,
    /// Up to 8 dimensions; none for a single number.
    pub shape: Vec<usize>,
    /// As many numbers as the shape says.
    pub data: Data,
}

/// Numbers of one kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Data {
    /// Finite.
    F32(Vec<f32>),
    /// Bits of finite half-precision numbers; see [`f32_from_f16`].
    F16(Vec<u16>),
    /// Bytes; codes of quantised weights, or text.
    U8(Vec<u8>),
    /// Columns, counts.
    U32(Vec<u32>),
}

impl Data {
    /// How many numbers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::F32(values) => values.len(),
            Self::F16(values) => values.len(),
            Self::U8(values) => values.len(),
            Self::U32(values) => values.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Real numbers as f32; none where these are bytes or whole numbers.
    #[must_use]
    pub fn to_f32(&self) -> Option<Vec<f32>> {
        match self {
            Self::F32(values) => Some(values.clone()),
            Self::F16(values) => Some(values.iter().map(|&bits| f32_from_f16(bits)).collect()),
            Self::U8(_) | Self::U32(_) => None,
        }
    }

    /// The name of the kind, as the header has it.
    pub(super) fn dtype(&self) -> &'static str {
        match self {
            Self::F32(_) => "f32",
            Self::F16(_) => "f16",
            Self::U8(_) => "u8",
            Self::U32(_) => "u32",
        }
    }

    pub(super) fn is_finite(&self) -> bool {
        match self {
            Self::F32(values) => values.iter().all(|x| x.is_finite()),
            Self::F16(values) => values.iter().all(|bits| bits & 0x7C00 != 0x7C00),
            Self::U8(_) | Self::U32(_) => true,
        }
    }

    /// Appends the numbers, little endian.
    pub(super) fn append_to(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::F32(values) => values.iter().for_each(|x| bytes.extend(x.to_le_bytes())),
            Self::F16(values) => values.iter().for_each(|x| bytes.extend(x.to_le_bytes())),
            Self::U8(values) => bytes.extend(values),
            Self::U32(values) => values.iter().for_each(|x| bytes.extend(x.to_le_bytes())),
        }
    }

    /// Numbers from whole bytes of a kind; none of a kind that is not known.
    pub(super) fn from_le(dtype: &str, bytes: &[u8]) -> Option<Self> {
        Some(match dtype {
            "f32" => {
                Self::F32(bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect())
            }
            "f16" => {
                Self::F16(bytes.as_chunks().0.iter().map(|b| u16::from_le_bytes(*b)).collect())
            }
            "u8" => Self::U8(bytes.to_vec()),
            "u32" => {
                Self::U32(bytes.as_chunks().0.iter().map(|b| u32::from_le_bytes(*b)).collect())
            }
            _ => return None,
        })
    }
}

/// Bytes a number of a kind takes; none of a kind that is not known.
pub(super) fn width(dtype: &str) -> Option<usize> {
    match dtype {
        "f32" | "u32" => Some(4),
        "f16" => Some(2),
        "u8" => Some(1),
        _ => None,
    }
}

/// The half-precision number nearest to a finite one, as bits.
#[must_use]
pub fn f16_from_f32(x: f32) -> u16 {
    const LARGEST: u32 = 0x7BFF;
    let bits = x.to_bits();
    let sign = (bits >> 16 & 0x8000) as u16;
    let exponent = (bits >> 23 & 0xFF) as i32 - 127 + 15;
    let fraction = bits & 0x007F_FFFF;
    let (whole, shift) = if exponent > 0 {
        ((exponent as u32) << 23 | fraction, 13)
    } else if exponent >= -10 {
        // Too small for the implicit one: it is written out, and moves down.
        (0x0080_0000 | fraction, 14 - exponent)
    } else {
        return sign;
    };
    let half = 1u32 << (shift - 1);
    let kept = whole >> shift;
    let rest = whole & ((1 << shift) - 1);
    let up = rest > half || (rest == half && kept & 1 == 1);
    sign | (kept + u32::from(up)).min(LARGEST) as u16
}

/// The value of a half-precision number.
#[must_use]
pub fn f32_from_f16(bits: u16) -> f32 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1F), f32::from(bits & 0x3FF));
    // Powers of two: exact.
    let size = match exponent {
        0 => fraction * f32::from_bits((127 - 24) << 23),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1024.0 + fraction) * f32::from_bits(((exponent - 25 + 127) as u32) << 23),
    };
    if bits & 0x8000 == 0 { size } else { -size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finite_half_comes_back_and_what_lies_between_goes_to_the_nearest() {
        for bits in (0..=u16::MAX).filter(|bits| bits & 0x7C00 != 0x7C00) {
            let x = f32_from_f16(bits);
            assert_eq!(f16_from_f32(x), bits, "{x}");
            // Between this one and the next of the same sign.
            if bits & 0x7FFF < 0x7BFF {
                let next = f32_from_f16(bits + 1);
                let middle = (x + next) / 2.0;
                assert_eq!(f16_from_f32(x + (next - x) * 0.25), bits);
                assert_eq!(f16_from_f32(x + (next - x) * 0.75), bits + 1);
                assert_eq!(f16_from_f32(middle), bits + (bits & 1), "ties go to even");
            }
        }
        for (x, want) in
            [(1.0, 0x3C00), (-2.0, 0xC000), (65_519.0, 0x7BFF), (1e30, 0x7BFF), (-1e-30, 0x8000)]
        {
            assert_eq!(f16_from_f32(x), want, "{x}");
        }
        assert!(f32_from_f16(0x7C00).is_infinite() && f32_from_f16(0x7C01).is_nan());
    }
}
