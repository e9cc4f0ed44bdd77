//! text stub
/// Flag of white space.
pub const SPACE: u32 = 1 << 31;
/// Profiles.
pub enum Profile {
    /// none
    None,
    /// std
    Standard,
}
impl Profile {
    /// opts
    #[must_use]
    pub fn options(self) -> bool {
        matches!(self, Self::Standard)
    }
}
/// stub
pub struct Normalizer {
    table: Vec<u32>,
}
impl Normalizer {
    /// stub
    #[must_use]
    pub fn new(std: bool) -> Self {
        let table = (0..0x11_0000u32)
            .map(|c| match char::from_u32(c) {
                Some(ch) => {
                    if ch.is_whitespace() || (0x1c..=0x1f).contains(&c) {
                        c | SPACE
                    } else if std {
                        let l = ch.to_lowercase().next().unwrap_or(ch) as u32;
                        match l {
                            0x64b..=0x65f | 0x670 | 0x640 | 0x200b..=0x200f => u32::MAX,
                            0x622 | 0x623 | 0x625 | 0x671 => 0x627,
                            0x649 | 0x6cc => 0x64a,
                            0x629 => 0x647,
                            0x6a9 => 0x643,
                            0x660..=0x669 => l - 0x660 + 0x30,
                            _ => l,
                        }
                    } else {
                        c
                    }
                }
                None => c,
            })
            .collect();
        Self { table }
    }
    /// stub
    pub fn fold_into(&self, text: &str, out: &mut Vec<u32>) {
        for c in text.chars() {
            let m = self.table[c as usize];
            if m != u32::MAX {
                out.push(m);
            }
        }
    }
}
