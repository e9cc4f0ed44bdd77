//! What an outlet repeats on page after page is found and cut: footers, "read also", calls to
//! subscribe, standing captions.
//!
//! Such lines make strangers look like copies. They are known by what they do: a segment (a
//! line or a sentence, see `segments.rs`) that stands in many different articles of one source
//! is no news. *Many* and *different* keep real news safe:
//! - Near the beginning or end of the text, a segment is boilerplate from 1 % of its source's
//!   articles on, elsewhere from 5 %; of whatever source, from 10 % of the whole input on. It
//!   takes at least 5 articles of the source (10 of the input).
//! - An article counts only where at least half of it, and 40 letters, is its own (repeated
//!   nowhere else in the source): the updates of a running story, or a flood of one text with
//!   a counter in it, are no evidence. Articles with the same text of their own count once.
//! - An article that is nothing but boilerplate keeps its text.
//!
//! Articles without a source are only held against the whole input. Nothing of the original is
//! lost: texts to be counted are made beside it, and everything that is shown is the original.
//!
//! Two passes over hashes: about 7 ns a character (0.4 s of CPU time for 30,000 articles of
//! 3 KB), and 24 bytes a segment while it lasts. The result depends neither on the order of articles nor on
//! threads.
//!
//! ```
//! use khabar::Article;
//! use khabar::boilerplate::cut;
//! use khabar::text::{Normalizer, Profile};
//! let news = [
//!     "افتتح الوزير محطة تحلية المياه الجديدة في المدينة الساحلية بحضور السكان.",
//!     "فاز فريق الميناء على ضيفه بثلاثة أهداف في ختام الجولة الأولى من الدوري.",
//!     "تراجعت أسعار القمح في البورصة بعد تقارير عن محصول وفير هذا الموسم.",
//!     "أعلنت الجامعة فتح باب القبول للطلاب الجدد ابتداء من الأسبوع المقبل.",
//!     "أخمد رجال الإطفاء حريقا شب في مستودع للأخشاب دون وقوع إصابات.",
//! ];
//! let articles: Vec<Article> = news
//!     .iter()
//!     .map(|news| Article {
//!         text: format!("{news}\nحمّل تطبيقنا ليصلك كل جديد"),
//!         source: "البيرق".into(),
//!         ..Article::default()
//!     })
//!     .collect();
//! let articles: Vec<&Article> = articles.iter().collect();
//! let (texts, report) = cut(&articles, &Normalizer::from(Profile::Standard));
//! assert_eq!(texts[0], format!("{}\n", news[0]));
//! assert_eq!((report.sources, report.segments, report.articles), (1, 1, 5));
//! ```

mod segments;

use std::borrow::Cow;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Article;
use crate::text::Normalizer;
use segments::{Segment, mixed, segments};

/// Fewest articles of a source that make its boilerplate.
const ARTICLES_OF_SOURCE: usize = 5;
/// Fewest articles of the input that make boilerplate of no source in particular.
const ARTICLES_OF_INPUT: usize = 10;
/// One in so many articles of the source has it near the beginning or end ...
const EDGE_ONE_IN: usize = 100;
/// ... or anywhere; and one in so many of the input.
const ANYWHERE_ONE_IN: usize = 20;
const INPUT_ONE_IN: usize = 10;
/// Segments with fewer letters are left alone: "he said:" is no footer.
const FEWEST_LETTERS: u32 = 8;
/// Letters of its own that an article needs to be evidence.
const OWN_LETTERS: u32 = 40;

/// What was cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BoilerplateReport {
    /// Sources that lost something; articles without one are a source together.
    pub sources: usize,
    /// Different lines or sentences that went, counted for each source.
    pub segments: usize,
    /// Articles that lost something.
    pub articles: usize,
    /// Characters that went.
    pub characters: usize,
}

/// The texts of `articles` without their boilerplate, borrowed where there is none.
///
/// See the [module](self) for what counts as boilerplate. Linear in the texts.
#[must_use]
pub fn cut<'a>(
    articles: &[&'a Article],
    normalizer: &Normalizer,
) -> (Vec<Cow<'a, str>>, BoilerplateReport) {
    let read = |codes: &mut Vec<u32>, article: &&Article| {
        let mut found = Vec::new();
        segments(&article.text, normalizer, codes, |segment| found.push(segment));
        found.shrink_to_fit();
        found
    };
    let found: Vec<Vec<Segment>> =
        articles.par_iter().with_min_len(64).map_init(Vec::new, read).collect();
    let sources = numbered(articles);
    let sure = Repeated::of(&found, &sources);
    let done: Vec<Cut<'a>> = (0..articles.len())
        .into_par_iter()
        .with_min_len(64)
        .map(|i| Cut::of(&articles[i].text, &found[i], |hash| sure.has(sources[i], hash)))
        .collect();
    let mut report = BoilerplateReport::default();
    let (mut of_source, mut lines) = (FxHashSet::default(), FxHashSet::default());
    let mut texts = Vec::with_capacity(done.len());
    for (Cut { text, lines: gone, characters }, &source) in done.into_iter().zip(&sources) {
        if !gone.is_empty() {
            report.articles += 1;
            report.characters += characters;
            of_source.insert(source);
            lines.extend(gone.into_iter().map(|hash| (source, hash)));
        }
        texts.push(text);
    }
    (report.sources, report.segments) = (of_source.len(), lines.len());
    (texts, report)
}

/// A number for the source of each article; 0 where it has none.
fn numbered(articles: &[&Article]) -> Vec<u32> {
    let mut numbers: FxHashMap<&str, u32> = FxHashMap::from_iter([("", 0)]);
    let mut out = Vec::with_capacity(articles.len());
    for article in articles {
        let next = numbers.len() as u32;
        out.push(*numbers.entry(article.source.trim()).or_insert(next));
    }
    out
}

/// The segments that are boilerplate.
struct Repeated {
    of_source: FxHashSet<(u32, u64)>,
    of_input: FxHashSet<u64>,
}

impl Repeated {
    fn of(articles: &[Vec<Segment>], sources: &[u32]) -> Self {
        let different = different(articles, sources);
        let mut n_articles: FxHashMap<u32, usize> = FxHashMap::default();
        for &i in &different {
            *n_articles.entry(sources[i as usize]).or_insert(0) += 1;
        }
        let often = often(articles, sources, &different);
        if often.of_source.is_empty() && often.of_input.is_empty() {
            return often;
        }
        // Who has it: the hash of what is the article's own, and whether it stands at an edge.
        let mut of_source: FxHashMap<(u32, u64), Vec<(u64, bool)>> = FxHashMap::default();
        let mut of_input: FxHashMap<u64, FxHashSet<u64>> = FxHashMap::default();
        for &i in &different {
            let (segments, source) = (&articles[i as usize], sources[i as usize]);
            let Some(own) = own(segments, |hash| often.has(source, hash)) else { continue };
            let mut note = |segment: &Segment, at_edge: bool| {
                if often.of_source.contains(&(source, segment.hash)) {
                    of_source.entry((source, segment.hash)).or_default().push((own, at_edge));
                }
                if often.of_input.contains(&segment.hash) {
                    of_input.entry(segment.hash).or_default().insert(own);
                }
            };
            let repeated = |segment: &&Segment| often.has(source, segment.hash);
            let head = segments.iter().take_while(repeated).count();
            let tail = segments.iter().rev().take_while(repeated).count();
            for (at, segment) in segments.iter().enumerate().filter(|(_, s)| repeated(s)) {
                note(segment, at < head || at + tail >= segments.len());
            }
        }
        let enough = |(source, who): (u32, Vec<(u64, bool)>)| -> bool {
            let n = n_articles[&source];
            let mut who = who;
            who.sort_unstable();
            who.dedup_by_key(|&mut (own, _)| own);
            let at_edge = who.iter().filter(|&&(_, at_edge)| at_edge).count();
            let least = |one_in| ARTICLES_OF_SOURCE.max(usize::div_ceil(n, one_in));
            // Four in five at an edge: this is where it belongs.
            (at_edge * 5 >= who.len() * 4 && at_edge >= least(EDGE_ONE_IN))
                || who.len() >= least(ANYWHERE_ONE_IN)
        };
        let least = ARTICLES_OF_INPUT.max(different.len().div_ceil(INPUT_ONE_IN));
        Self {
            of_source: of_source
                .into_iter()
                .filter_map(|(key, who)| enough((key.0, who)).then_some(key))
                .collect(),
            of_input: of_input
                .into_iter()
                .filter_map(|(hash, who)| (who.len() >= least).then_some(hash))
                .collect(),
        }
    }

    fn has(&self, source: u32, hash: u64) -> bool {
        self.of_input.contains(&hash) || self.of_source.contains(&(source, hash))
    }
}

/// One article of each that a source has printed alike.
fn different(articles: &[Vec<Segment>], sources: &[u32]) -> Vec<u32> {
    let mut seen = FxHashSet::default();
    let mut is_new = |i: &u32| {
        let whole = articles[*i as usize].iter().fold(0, |hash, s| mixed(hash, s.hash));
        seen.insert((sources[*i as usize], whole))
    };
    (0..articles.len() as u32).filter(&mut is_new).collect()
}

/// The segments in so many articles that they may be boilerplate.
fn often(articles: &[Vec<Segment>], sources: &[u32], different: &[u32]) -> Repeated {
    let mut all: Vec<(u64, u32, u32)> = Vec::new();
    for &i in different {
        let long = articles[i as usize].iter().filter(|s| s.letters >= FEWEST_LETTERS);
        all.extend(long.map(|s| (s.hash, sources[i as usize], i)));
    }
    all.par_sort_unstable();
    // Twice in one article is once.
    all.dedup();
    let mut found = Repeated { of_source: FxHashSet::default(), of_input: FxHashSet::default() };
    for same in all.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() >= ARTICLES_OF_SOURCE) {
        if same.len() >= ARTICLES_OF_INPUT {
            found.of_input.insert(same[0].0);
        }
        for of_source in same.chunk_by(|a, b| a.1 == b.1) {
            let (hash, source, _) = of_source[0];
            // Without a source there is only the whole input.
            if source != 0 && of_source.len() >= ARTICLES_OF_SOURCE {
                found.of_source.insert((source, hash));
            }
        }
    }
    found
}

/// What an article's own text is known by, the smallest hash of its segments that are not
/// repeated; none where it has too little of its own.
fn own(segments: &[Segment], repeated: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut own, mut others, mut smallest) = (0u64, 0u64, None);
    for segment in segments {
        if repeated(segment.hash) {
            others += u64::from(segment.letters);
            continue;
        }
        own += u64::from(segment.letters);
        if segment.letters >= FEWEST_LETTERS {
            // Hashes of texts are not evenly spread: mixed once more, so that no kind of text
            // has the smallest ones.
            let hash = mixed(segment.hash, 1);
            smallest = Some(smallest.map_or(hash, |least: u64| least.min(hash)));
        }
    }
    smallest.filter(|_| own >= u64::from(OWN_LETTERS) && own >= others)
}

/// A text and what went of it.
struct Cut<'a> {
    text: Cow<'a, str>,
    lines: Vec<u64>,
    characters: usize,
}

impl<'a> Cut<'a> {
    fn of(text: &'a str, segments: &[Segment], boilerplate: impl Fn(u64) -> bool) -> Self {
        let whole = Self { text: Cow::Borrowed(text), lines: Vec::new(), characters: 0 };
        let goes: Vec<bool> = segments.iter().map(|s| boilerplate(s.hash)).collect();
        if goes.iter().all(|&goes| !goes) || goes.iter().all(|&goes| goes) {
            return whole;
        }
        let mut left = String::with_capacity(text.len());
        let (mut lines, mut characters) = (Vec::new(), 0);
        for (segment, goes) in segments.iter().zip(goes) {
            let piece = &text[segment.start as usize..segment.end as usize];
            if goes {
                lines.push(segment.hash);
                characters += piece.chars().count();
            } else {
                // Segments end with their white space: nothing grows together.
                left.push_str(piece);
            }
        }
        Self { text: Cow::Owned(left), lines, characters }
    }
}

#[cfg(test)]
mod tests;
