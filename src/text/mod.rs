//! What happens to text before it becomes n-grams: markup off, spelling unified, words found.
//!
//! The order text passes through: [`html`] takes tags and entities out of a field,
//! [`normalize`] folds spellings that differ only in form (presentation forms, vowel marks,
//! hamza carriers, digits, case), and the n-grams are cut from the folded code points. Two
//! helpers stand beside: [`words()`] names whole words in their original spelling, for people,
//! and [`script`] says which script an article is written in. [`OffsetMap`] leads from a
//! place in the changed text back to the original, through any number of steps.
//!
//! Everything is one pass over the text, linear in its length also on hostile input, and
//! never fails: each function takes any `&str`. A [`Normalizer`] owns a table of 256 KB; make
//! one and share it between threads.
//!
//! ```
//! use khabar::text::{HtmlMode, Normalizer, Profile, strip, words};
//!
//! let field = "<p>أَعلنت الشُّرطة&nbsp;مقتل <b>١٢</b> شخصـــاً</p>";
//! let plain = strip(field, HtmlMode::Auto);
//! assert_eq!(plain, "أَعلنت الشُّرطة\u{a0}مقتل ١٢ شخصـــاً");
//!
//! let normalizer = Normalizer::new(Profile::Standard.options());
//! assert_eq!(normalizer.normalize(&plain), "اعلنت الشرطه مقتل 12 شخصا");
//! // The same letters in another spelling are the same text.
//! assert_eq!(normalizer.normalize("اعلنت الشرطه"), normalizer.normalize("أعلنت الشرطة"));
//!
//! // A word that is found in the folded text is shown as it was written.
//! let (folded, map) = normalizer.normalize_with_offsets(&plain);
//! let word = words(&folded).last().unwrap();
//! let place = map.to_original(word.offset..word.offset + word.text.len());
//! assert_eq!((word.text, &plain[place]), ("شخصا", "شخصـــاً"));
//! ```

pub mod html;
mod html_markup;
pub mod normalize;
mod normalize_fold;
mod normalize_options;
mod normalize_rules;
mod normalize_table;
#[cfg(target_arch = "x86_64")]
mod normalize_wide;
pub mod offsets;
mod place;
pub mod script;
pub mod words;

pub use html::{HtmlMode, strip, strip_with_offsets};
pub use normalize::{NormalizeOptions, Normalizer, Profile, SPACE};
pub use offsets::OffsetMap;
pub use place::{Part, Place, bare, tokens};
pub use script::{Script, dominant_script};
pub use words::{Word, words};
