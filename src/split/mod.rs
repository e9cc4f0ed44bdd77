//! Parts of a corpus to learn from and to be measured on, that share no text.
//!
//! News is printed many times over: a model that has read one copy of a wire text knows the
//! others, and a score over them says nothing. So whole families of near-copies stand on one
//! side ([`families`]); [`stratified_folds`] spreads families over folds such that every fold
//! has its part of every topic, and [`split_by_time`] puts what came later on the other side,
//! as it is when a model is used.
//!
//! Nothing here depends on the order of articles or the number of threads: articles are known
//! by their ids, and what is drawn goes by a seed. Families of 36,461 articles of 3 KB take about
//! two CPU seconds, folds a few milliseconds.
//!
//! ```
//! use khabar::Article;
//! use khabar::split::{FamilyOptions, FoldOptions, families, stratified_folds};
//! let article = |id: &str, topic: &str, text: &str| Article {
//!     id: id.into(),
//!     topics: vec![topic.into()],
//!     text: text.into(),
//!     ..Article::default()
//! };
//! let wire = "أعلنت هيئة الميناء صباح الأحد وصول أول سفينة شحن بعد أسبوعين من التوقف بسبب العاصفة";
//! let articles = [
//!     article("1", "اقتصاد", wire),
//!     article("2", "اقتصاد", &format!("{wire} وفق بيان")),
//!     article("3", "رياضة", "أحرز فريق المرفأ لقب الكأس بعد فوزه على القلعة بهدفين دون رد مساء أمس"),
//! ];
//! let articles: Vec<&Article> = articles.iter().collect();
//! let found = families(&articles, &FamilyOptions::default());
//! assert_eq!(found.of, [0, 0, 1]);
//! let folds = stratified_folds(&articles, &found.of, &FoldOptions { folds: 2, ..FoldOptions::default() })?;
//! assert_eq!(folds[0], folds[1]); // never a copy on both sides
//! assert_ne!(folds[0], folds[2]);
//! # Ok::<(), khabar::Error>(())
//! ```

mod families;
mod folds;
mod sketch;
mod time;
mod titles;

pub use families::{Families, FamilyOptions, families};
pub use folds::{FoldOptions, stratified_folds};
pub use time::{Side, TimeCut, TimeSplit, split_by_time};
pub use titles::join_titles;

use crate::{Error, Result};

/// The error where there is not one family an article.
fn fits(articles: usize, families: usize) -> Result<()> {
    if articles == families {
        return Ok(());
    }
    let what = format!("{articles} articles, {families} families");
    Err(Error::parameter("families", what, "give the family of each article"))
}
