//! Which spellings are folded together: a profile, and switches that change it.
//!
//! Each switch can be turned on (`--accents`) or off (`--teh-marbuta=false`).
//!
//! ```text
//! khabar group أخبار.jsonl --profile standard --teh-marbuta=false
//! ```

use clap::{Args, ValueEnum};
use khabar::text::{NormalizeOptions, Profile};

#[derive(Args)]
#[command(next_help_heading = "Spelling (switches: --accents turns on, --accents=false off)")]
pub(crate) struct NormalizeArgs {
    /// What the switches start from: nothing folded, all but accents, all
    #[arg(long, value_enum, default_value_t = ProfileName::Standard)]
    profile: ProfileName,
    /// Unicode NFKC: presentation forms, ligatures, full-width forms
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", hide_short_help = true)]
    nfkc: Option<bool>,
    /// Drop Arabic vowel marks
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", hide_short_help = true)]
    harakat: Option<bool>,
    /// Drop the tatweel (ـ)
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", hide_short_help = true)]
    tatweel: Option<bool>,
    /// أ إ آ ٱ are ا
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", hide_short_help = true)]
    alef: Option<bool>,
    /// ى is ي
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", hide_short_help = true)]
    alef_maqsura: Option<bool>,
    /// ة is ه
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", hide_short_help = true)]
    teh_marbuta: Option<bool>,
    /// Persian and Urdu forms of Arabic letters: ک is ك, ی is ي
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", hide_short_help = true)]
    persian: Option<bool>,
    /// ٣ and ۳ are 3
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", hide_short_help = true)]
    digits: Option<bool>,
    /// Capitals are small letters
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", hide_short_help = true)]
    lowercase: Option<bool>,
    /// Drop invisible characters: bidi marks, joiners, soft hyphens
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", hide_short_help = true)]
    controls: Option<bool>,
    /// é is e, đ is d
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true,
          default_missing_value = "true", hide_short_help = true)]
    accents: Option<bool>,
}

#[derive(Clone, Copy, ValueEnum)]
enum ProfileName {
    None,
    Standard,
    Aggressive,
}

impl NormalizeArgs {
    pub(crate) fn options(&self) -> NormalizeOptions {
        let profile = match self.profile {
            ProfileName::None => Profile::None,
            ProfileName::Standard => Profile::Standard,
            ProfileName::Aggressive => Profile::Aggressive,
        };
        let start = profile.options();
        NormalizeOptions {
            nfkc: self.nfkc.unwrap_or(start.nfkc),
            harakat: self.harakat.unwrap_or(start.harakat),
            tatweel: self.tatweel.unwrap_or(start.tatweel),
            alef: self.alef.unwrap_or(start.alef),
            alef_maqsura: self.alef_maqsura.unwrap_or(start.alef_maqsura),
            teh_marbuta: self.teh_marbuta.unwrap_or(start.teh_marbuta),
            persian: self.persian.unwrap_or(start.persian),
            digits: self.digits.unwrap_or(start.digits),
            lowercase: self.lowercase.unwrap_or(start.lowercase),
            controls: self.controls.unwrap_or(start.controls),
            accents: self.accents.unwrap_or(start.accents),
        }
    }
}
