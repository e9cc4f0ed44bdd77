//! An article in the style of a corpus.
//!
//! As in [`crate::synth`], a story has facts that its articles choose among, and an article has
//! matter of its own; here a fact is a sentence of the chain, on the subject of the story. Who tells
//! it in other words puts other words in places, and who copies, few. About half a millisecond an
//! article of 3 KB.
//!
//! ```text
//! fact 3 of story 17: always the same 14 words, two of them another writer's
//! ```

use super::super::SynthOptions;
use super::super::draw::{Draws, Key};
use super::OfLang;
use super::subject::Subject;

/// Places inside a story's key.
const LEAD: u64 = 10;
const FACT: u64 = 11;
const TEXT: u64 = 12;
const COPY: u64 = 13;
const SUBJECT: u64 = 15;
const OWN: u64 = 1;
const NAMES: u64 = 2;
/// Facts of a day of a story, and rare words it has.
const FACTS: usize = 7;
const RARE: usize = 32;
/// Part of the rare words that are made.
const MADE: f64 = 0.5;
/// Of the words told otherwise, at `rewrite` 1.
const OTHER: f64 = 0.3;
/// How often who copies changes a word: some hardly, some much.
const EDITS: f64 = 0.12;
const MOST_EDITS: f64 = 0.5;

/// What an article is made of.
pub(in super::super) struct Task<'a> {
    pub(in super::super) options: &'a SynthOptions,
    pub(in super::super) lang: &'a OfLang,
    /// The key of the story.
    pub(in super::super) story: Key,
    pub(in super::super) number: u32,
    pub(in super::super) original: u32,
    pub(in super::super) wave: usize,
}

/// Writes the title and the text.
pub(in super::super) fn write(task: &Task<'_>, title: &mut String, text: &mut String) {
    let key = task.story.at(TEXT).at(u64::from(task.original));
    let copier = task.story.at(COPY).at(u64::from(task.number));
    let copied = task.number != task.original;
    let mut writer = Writer {
        task,
        draws: Draws::new(key),
        edits: copied.then(|| Draws::new(copier.at(1))),
        words: Vec::new(),
        edits_often: Draws::new(copier.at(5)).wait(EDITS).min(MOST_EDITS),
        subject: Subject::of(&task.lang.chain, task.story.at(SUBJECT)),
    };
    let mut own = Draws::new(copier.at(2));
    let lengths = &task.lang.lengths;
    let (for_title, for_text) = lengths[writer.draws.below(lengths.len())];
    let mut length = for_text as usize;
    if copied && own.chance(0.25) {
        length = (length as f64 * (0.4 + 0.6 * own.next().unit())) as usize;
    }
    let lead = task.story.at(LEAD).at(task.wave as u64);
    if for_title > 0 {
        writer.line(0, lead, task.story, for_title as usize, title);
    }
    writer.line(1, lead.at(1), task.story, usize::MAX, text);
    let mut told = 0u64;
    let mut characters = text.chars().count();
    let mut n = 0;
    while characters < length {
        n += 1;
        text.push_str(if writer.draws.chance(0.35) { "\n\n" } else { " " });
        let from = text.len();
        let fact = (0..4)
            .map(|_| writer.draws.below(FACTS).min(writer.draws.below(FACTS)))
            .find(|&fact| told & 1 << fact == 0);
        if let Some(fact) = fact
            && writer.draws.chance(task.options.shared)
        {
            told |= 1 << fact;
            let place = task.story.at(FACT).at((fact + FACTS * task.wave) as u64);
            writer.line(1, place, task.story, usize::MAX, text);
        } else {
            writer.line(1, key.at(OWN).at(n), key, usize::MAX, text);
        }
        characters += text[from..].chars().count() + 1;
    }
}

struct Writer<'a> {
    task: &'a Task<'a>,
    draws: Draws,
    edits: Option<Draws>,
    words: Vec<u32>,
    edits_often: f64,
    /// What the story is about.
    subject: Subject,
}

impl Writer<'_> {
    /// Appends a sentence, up to so many characters; rare words are those of `names`.
    fn line(&mut self, kind: usize, key: Key, names: Key, most: usize, out: &mut String) {
        let chain = &self.task.lang.chain;
        let mut words = std::mem::take(&mut self.words);
        chain.sentence(kind, key, &self.subject, &mut words);
        let often = self.task.options.rewrite * OTHER;
        let (mut before, mut characters) = (None, 0);
        for (i, &word) in words.iter().enumerate() {
            let mut said = word;
            if self.draws.chance(often) {
                said = chain.instead(word, before, &self.subject, &mut self.draws);
            }
            if let Some(edits) = &mut self.edits
                && edits.chance(self.edits_often)
            {
                said = chain.instead(word, before, &self.subject, edits);
            }
            before = Some(word);
            let text = chain.text(said);
            if text.is_empty() {
                continue;
            }
            characters += text.chars().count() + 1;
            if i > 0 {
                if characters > most {
                    break;
                }
                out.push(' ');
            }
            if chain.is_rare(said) {
                // The same place has the same name, whoever writes.
                let name = key.at(NAMES).at(i as u64).below(RARE) as u64;
                chain.rare_word(names.at(NAMES).at(name), MADE, out);
            } else {
                out.push_str(text);
            }
        }
        self.words = words;
    }
}
