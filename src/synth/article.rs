//! An article in words: title, lead, facts of the story, the outlet's own, what frames it.
//!
//! The first article of a story and every other with a text of its own choose among the story's
//! facts, tell them in their order and words, and fill up with matter of their own. A copy is the
//! text of another, cut here and there, with few words changed. An outlet's dateline and footer
//! come last. About 50 microseconds an article of 3 KB.
//!
//! ```text
//! صدر اليوم قرار بتعيين ... . وقال القحطاني إن ... . وتبلغ كلفة ... .
//! ```

use super::SynthOptions;
use super::draw::{Draws, Key};
use super::language::Language;
use super::source::Source;
use super::story::Story;
use super::tell::{Fond, Teller};

/// Places inside a story's key.
const LEAD: u64 = 10;
const FACT: u64 = 11;
const TEXT: u64 = 12;
const COPY: u64 = 13;
/// Places inside an article's key.
const OWN: u64 = 1;
/// Facts that a day of a story has.
const FACTS: usize = 7;
/// How widely lengths are spread: the standard deviation of their logarithm.
const SPREAD: f64 = 0.75;
/// How often who copies a text changes how a thing is said.
const EDITS: f64 = 0.025;

/// What an article is made of.
pub(super) struct Task<'a> {
    pub(super) options: &'a SynthOptions,
    pub(super) language: &'a Language,
    pub(super) story: &'a Story,
    pub(super) source: &'a Source,
    /// The article, and the one whose text it has.
    pub(super) number: u32,
    pub(super) original: u32,
    /// The day of the story.
    pub(super) wave: usize,
    pub(super) date: (usize, usize, i64),
}

/// Writes the title and the text.
pub(super) fn write(task: &Task<'_>, title: &mut String, text: &mut String) {
    let key = task.story.key.at(TEXT).at(u64::from(task.original));
    let copier = task.story.key.at(COPY).at(u64::from(task.number));
    let copied = task.number != task.original;
    let mut teller = Teller {
        language: task.language,
        story: task.story,
        source: &task.source.name,
        rewrite: task.options.rewrite,
        draws: Draws::new(key),
        edits: copied.then(|| (EDITS, Draws::new(copier.at(1)))),
        date: task.date,
        names: None,
        fond: Fond::of(task.story.key, task.story),
        spare: Vec::new(),
    };
    let mut own = Draws::new(copier.at(2));
    let said = &task.language.said;
    let lead = task.story.key.at(LEAD).at(task.wave as u64);
    // Other outlets often print another title over the same text.
    let draws = teller.draws.clone();
    if copied && own.chance(0.35) {
        teller.draws = Draws::new(copier.at(3));
    }
    if task.wave == 0 {
        teller.say(said.title[task.story.topic], task.story.event, lead, title);
    } else {
        teller.any(said.follow_title, lead, title);
    }
    finish(task.language, 0, title);
    teller.draws = draws;

    let mut length = task.options.length * libm::exp(SPREAD * teller.draws.normal());
    if copied && own.chance(0.25) {
        // Cut from the end, as editors do.
        length *= 0.4 + 0.6 * own.next().unit();
    }
    if let Some(open) = task.source.open {
        teller.draws.next();
        teller.say(said.open, open, lead, text);
        text.push(' ');
    } else {
        teller.draws.next();
    }
    let begin = text.len();
    if task.wave == 0 {
        teller.say(said.lead[task.story.topic], task.story.event, lead, text);
    } else {
        teller.any(said.follow, lead, text);
    }
    finish(task.language, begin, text);
    stop(task.language, text);
    body(task, &mut teller, key, length, text);
    if let Some(footer) = &task.source.footer {
        text.push_str("\n\n");
        text.push_str(footer);
    }
}

/// Sentence after sentence, until the text is long enough.
fn body(task: &Task<'_>, teller: &mut Teller<'_>, key: Key, length: f64, text: &mut String) {
    let said = &task.language.said;
    let rules = &task.language.rules;
    let topic_fact = said.topic_fact[task.story.topic];
    let of_topic = rules[topic_fact].sayings.len();
    let general = rules[said.fact].sayings.len();
    let (facts, back) = (of_topic + general, rules[said.back].sayings.len());
    // The story's facts have sayings of their own, all different.
    let first = task.story.key.at(8).below(facts);
    let (mut told, mut used) = (0u64, Used::default());
    let mut characters = text.chars().count();
    let mut n = 0;
    while (characters as f64) < length {
        n += 1;
        let begin = text.len();
        let paragraph = teller.draws.chance(0.35);
        text.push_str(if paragraph { "\n\n" } else { " " });
        let from = text.len();
        let fact = (0..4)
            .map(|_| teller.draws.below(FACTS).min(teller.draws.below(FACTS)))
            .find(|&fact| told & 1 << fact == 0);
        let shared = teller.draws.chance(task.options.shared);
        let of_story = |fact| (first + 5 * (fact + FACTS * task.wave)) % facts;
        let fact = fact.filter(|&fact| shared && !used.has(of_story(fact)));
        let (saying, place) = if let Some(fact) = fact {
            told |= 1 << fact;
            let number = fact + FACTS * task.wave;
            let saying = of_story(fact);
            used.add(saying);
            teller.fond = Fond::of(task.story.key, task.story);
            (saying, task.story.key.at(FACT).at(number as u64))
        } else {
            teller.fond = Fond::of(key, task.story);
            (used.next(&mut teller.draws, facts + back), key.at(OWN).at(n))
        };
        if saying < of_topic {
            teller.say(topic_fact, saying, place, text);
        } else if saying < facts {
            teller.say(said.fact, saying - of_topic, place, text);
        } else {
            teller.say(said.back, saying - facts, place, text);
        }
        finish(task.language, from, text);
        stop(task.language, text);
        characters += text[begin..].chars().count();
    }
}

/// Sayings an article has had.
#[derive(Default)]
struct Used(u128);

impl Used {
    fn has(&self, saying: usize) -> bool {
        self.0 & 1 << (saying % 128) != 0
    }

    fn add(&mut self, saying: usize) {
        self.0 |= 1 << (saying % 128);
    }

    /// One it has not had; all are new again when there are hardly any left.
    fn next(&mut self, draws: &mut Draws, n: usize) -> usize {
        let new = (0..8).map(|_| draws.below(n)).find(|&s| !self.has(s));
        let saying = new.unwrap_or_else(|| {
            self.0 = 0;
            draws.below(n)
        });
        self.add(saying);
        saying
    }
}

/// What every language wants of a sentence: no space at its ends, a capital where there are some.
pub(super) fn finish(language: &Language, begin: usize, text: &mut String) {
    while text.len() > begin && text.ends_with([' ', '.']) {
        text.pop();
    }
    if language.capitals() {
        let quote = text[begin..]
            .chars()
            .take_while(|c| matches!(c, '"' | '«' | ' '))
            .map(char::len_utf8)
            .sum::<usize>();
        super::language::capital(begin + quote, text);
    }
}

/// Ends a sentence.
pub(super) fn stop(language: &Language, text: &mut String) {
    if !text.ends_with(['?', '!', '؟', ':']) && !text.ends_with(".\"") && !text.ends_with("…") {
        text.push_str(language.stop());
    }
}
