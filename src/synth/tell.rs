//! One writer's words for what a story holds.
//!
//! A [`Teller`] follows the lines of the lexicon: what is said comes from the place (story, fact,
//! slot), how it is said from the writer's own draws. With `rewrite` 0 everybody takes the first
//! way to say a thing; with 1 each of them is as likely. Some 150 ns a word, no memory beyond
//! the text and a few buffers.
//!
//! ```text
//! {v1:n1} {n1} {k1.d} <np1>  ->  رفض اجتماع الاقتراع التقرير الشامل
//! ```

use super::draw::{Draws, Key, mix};
use super::language::{Language, Made, Word};
use super::lexicon::{Agrees, Line, Piece, Slot};
use super::story::Story;

/// Themes a beat has: words its stories use again and again, and how often a noun is one.
const THEMES: usize = 10;
const THEMED: f64 = 0.85;
/// Beats of a topic (a court, a league, a market) and how much of the news each has: strangers on
/// one beat are a little alike.
const BEATS: (f64, f64) = (40.0, 1.0);
/// Places that no slot has.
const THEME: u64 = 1 << 40;
const HABITS: u64 = 1 << 41;
const BEAT: u64 = 1 << 42;
/// A story is told in some sentences more than in others: how often, one in how many of those there are, and
/// below how many there is nothing to choose.
const HABIT: f64 = 0.8;
const PALETTE: usize = 4;
const FEWEST: usize = 4;

/// How words are chosen: the share that is made, and of those of the list and of those that are
/// made where Zipf's law bends and its exponent.
#[derive(Clone, Copy)]
struct Law {
    made: f64,
    listed: (f64, f64),
    beyond: (f64, f64),
    /// How often the word is one that this beat is fond of, else it is one of its topic.
    fond: f64,
}
/// Words a beat is fond of: Zipf's law over its own order of the list.
const FOND: (f64, f64) = (6.0, 1.3);
/// A prime larger than any list: steps of it visit every word.
const STRIDE: usize = 7919;
const NOUN: Law = Law { made: 0.46, listed: (300.0, 1.3), beyond: (2500.0, 0.7), fond: 0.93 };
const VERB: Law = Law { made: 0.33, listed: (80.0, 1.3), beyond: (800.0, 0.8), fond: 0.93 };
const SUBJECT: Law = Law { made: 0.69, listed: (80.0, 1.3), beyond: (600.0, 0.65), fond: 0.93 };
const ADJECTIVE: Law = Law { made: 0.46, listed: (100.0, 1.3), beyond: (1000.0, 0.8), fond: 0.93 };
const PLACE: Law = Law { made: 0.2, listed: (12.0, 0.8), beyond: (200.0, 0.6), fond: 0.0 };
const FIRM: Law = Law { made: 1.0, listed: (1.0, 1.0), beyond: (200.0, 0.55), fond: 0.0 };
const FAMILY: Law = Law { made: 0.9, listed: (60.0, 1.0), beyond: (3000.0, 0.7), fond: 0.0 };
/// Persons have ranks alone: the first are in the news every day.
const PERSON: (f64, f64) = (30.0, 0.6);
const BYSTANDER: (f64, f64) = (600.0, 0.5);
/// How often a theme is a plain word of the topic, of the first and the later ones.
const PLAIN: (f64, f64) = (0.67, 0.18);

/// Whose habits and beat a text has.
#[derive(Clone, Copy)]
pub(super) struct Fond {
    key: Key,
    /// The beat, worked out once: words ask for it again and again.
    beat: Key,
}

impl Fond {
    /// Those that `key` draws, on a beat of the story's topic.
    pub(super) fn of(key: Key, story: &Story) -> Self {
        let beat = key.at(BEAT).rank(BEATS.0, BEATS.1);
        Self { key, beat: Key::new(beat).at(story.topic as u64) }
    }
}

/// A writer at work.
pub(super) struct Teller<'a> {
    pub(super) language: &'a Language,
    pub(super) story: &'a Story,
    /// The outlet, as it calls itself.
    pub(super) source: &'a str,
    /// How likely another way of saying is considered at all.
    pub(super) rewrite: f64,
    /// The writer's choices.
    pub(super) draws: Draws,
    /// Who copies a text changes a word here and there: how often, and these draws.
    pub(super) edits: Option<(f64, Draws)>,
    /// Day of the month and month, both from 0, and the year.
    pub(super) date: (usize, usize, i64),
    /// Where names come from if not from the place itself: a bulletin's are the same every day.
    pub(super) names: Option<Key>,
    /// Whose beat and habits these are: the story's, or the article's alone.
    pub(super) fond: Fond,
    /// Buffers.
    pub(super) spare: Vec<String>,
}

impl Teller<'_> {
    /// One of `n` ways.
    fn choose(&mut self, n: usize) -> usize {
        let consider = self.draws.chance(self.rewrite);
        let mut way = self.draws.below(n);
        if let Some((often, edits)) = &mut self.edits
            && edits.chance(*often)
        {
            way = edits.below(n);
        }
        if consider { way } else { 0 }
    }

    /// Says saying `number` (modulo how many there are) of a rule.
    pub(super) fn say(&mut self, rule: usize, number: usize, key: Key, out: &mut String) {
        let language = self.language;
        let sayings = &language.rules[rule].sayings;
        let ways = &sayings[number % sayings.len().max(1)];
        let way = self.choose(ways.len());
        self.line(&ways[way], key, out);
    }

    /// Says whichever saying of a rule the place has.
    pub(super) fn any(&mut self, rule: usize, key: Key, out: &mut String) {
        let n = self.language.rules[rule].sayings.len();
        let place = key.at(u64::MAX);
        let number = if n > FEWEST && place.at(2).chance(HABIT) {
            self.fond.key.at(HABITS + rule as u64).below(n) + place.below(n.div_ceil(PALETTE))
        } else {
            place.below(n)
        };
        self.say(rule, number, key, out);
    }

    fn line(&mut self, line: &Line, key: Key, out: &mut String) {
        for piece in line {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Either(ways) => {
                    let way = self.choose(ways.len());
                    self.line(&ways[way], key, out);
                }
                Piece::Slot(slot) => self.slot(*slot, key, out),
                Piece::Gender(slot, m, f) => {
                    let feminine = self.is_feminine(*slot, key);
                    self.line(if feminine { f } else { m }, key, out);
                }
                Piece::Rule(said) => {
                    let place = key.at((said.rule as u64) << 8 | u64::from(said.number));
                    self.any(said.rule, place, out);
                }
            }
        }
    }

    /// Where the content of a slot comes from.
    fn place(&self, kind: u8, number: u8, of_story: bool, key: Key) -> Key {
        let at = u64::from(kind) << 8 | u64::from(number);
        match self.names {
            // What an article adds of its own has the story's main person and place, and else
            // people, firms and figures that only it knows.
            _ if of_story && number < 2 && matches!(kind, b'p' | b'l' | b'd') => {
                self.story.key.at(at)
            }
            _ if of_story => self.fond.key.at(at),
            Some(names) if matches!(kind, b'l' | b'c' | b'g' | b'f' | b't' | b'n') => names.at(at),
            _ => key.at(at),
        }
    }

    fn slot(&mut self, slot: Slot, key: Key, out: &mut String) {
        let place = self.place(slot.kind, slot.number, slot.of_story, key);
        let language = self.language;
        match slot.kind {
            b'n' | b't' | b'k' => {
                let mut word = self.spare.pop().unwrap_or_default();
                let feminine = self.noun(slot.kind, place, &mut word);
                language.noun(&word, feminine, slot.form, out);
                self.put_back(word);
            }
            b'a' => {
                let mut word = self.spare.pop().unwrap_or_default();
                let feminine = self.agreed(slot.agrees, key);
                self.word(&language.adjectives, Made::Adjective, ADJECTIVE, place, &mut word);
                language.adjective(&word, feminine, slot.form, out);
                self.put_back(word);
            }
            b'v' => {
                let feminine = self.agreed(slot.agrees, key);
                let mut word = self.spare.pop().unwrap_or_default();
                self.word(&language.verbs, Made::Verb, VERB, place, &mut word);
                language.verb(&word, feminine, out);
                self.put_back(word);
            }
            b'p' | b'q' => {
                let (head, tail) = if slot.kind == b'p' { PERSON } else { BYSTANDER };
                self.person(place.rank(head, tail), slot.form == b's', out);
            }
            b'l' => {
                let mut word = self.spare.pop().unwrap_or_default();
                self.word(&language.places, Made::Place, PLACE, place, &mut word);
                language.name(&word, out);
                self.put_back(word);
            }
            b'f' => {
                let mut word = self.spare.pop().unwrap_or_default();
                self.word(&[], Made::Firm, FIRM, place, &mut word);
                language.name(&word, out);
                self.put_back(word);
            }
            b'o' => {
                let mut word = self.spare.pop().unwrap_or_default();
                // Its own name, whoever writes.
                let rewrite = std::mem::replace(&mut self.rewrite, 0.0);
                self.any(language.said.org[self.story.topic], place, &mut word);
                self.rewrite = rewrite;
                language.name(&word, out);
                self.put_back(word);
            }
            b's' => out.push_str(self.source),
            b'c' => out.push_str(&language.currencies[place.below(language.currencies.len())].text),
            b'g' => out.push_str(&language.goods[place.below(language.goods.len())].text),
            b'm' => {
                let month = self.date.1 + 12 + 2 - place.below(5);
                out.push_str(&language.months[month % language.months.len()].text);
            }
            b'd' if slot.of_story => out.push_str(&language.days[self.story.weekday].text),
            b'd' => out.push_str(&language.days[place.below(7)].text),
            _ => self.number(slot.kind, place, out),
        }
    }

    /// Figures: their kinds are named in the lexicon's text files by use.
    fn number(&self, kind: u8, place: Key, out: &mut String) {
        use std::fmt::Write as _;
        // From 11 to 99 Arabic counts with one form of the noun.
        let two = 11 + place.below(89);
        let written = match kind {
            b'x' => write!(out, "{two}"),
            b'y' => write!(out, "{}", 100 * (1 + place.at(1).below(9)) + two),
            b'w' => write!(out, "{}.{}", place.at(1).below(10), 1 + place.below(9)),
            b'h' => write!(out, "{}", 3 + place.below(7)),
            b'u' => write!(out, "{}", 14 + place.below(26)),
            b'b' => write!(out, "{}", 10 + place.below(50)),
            _ => {
                let (day, month, year) = self.date;
                write!(out, "{} {} {year}", day + 1, self.language.months[month].text)
            }
        };
        debug_assert!(written.is_ok());
    }

    fn put_back(&mut self, mut word: String) {
        word.clear();
        self.spare.push(word);
    }

    fn agreed(&mut self, agrees: Agrees, key: Key) -> bool {
        match agrees {
            Agrees::Masculine => false,
            Agrees::Feminine => true,
            Agrees::With { kind, number, of_story } => {
                let slot = Slot { kind, number, of_story, form: 0, agrees: Agrees::Masculine };
                self.is_feminine(slot, key)
            }
        }
    }

    fn is_feminine(&mut self, slot: Slot, key: Key) -> bool {
        let place = self.place(slot.kind, slot.number, slot.of_story, key);
        match slot.kind {
            b'n' | b't' | b'k' => {
                let mut word = self.spare.pop().unwrap_or_default();
                let feminine = self.noun(slot.kind, place, &mut word);
                self.put_back(word);
                feminine
            }
            b'p' => self.is_woman(place.rank(PERSON.0, PERSON.1)),
            b'q' => self.is_woman(place.rank(BYSTANDER.0, BYSTANDER.1)),
            // Teams are masculine, firms and authorities feminine.
            b'o' => super::language::TOPICS[self.story.topic] != "sport",
            _ => false,
        }
    }

    /// Appends a noun as the dictionary has it; returns whether it is feminine.
    fn noun(&self, kind: u8, place: Key, out: &mut String) -> bool {
        let language = self.language;
        let subjects = &language.subjects[self.story.topic];
        match kind {
            b'n' if !place.at(1 << 22).chance(THEMED) => {
                self.word(&language.nouns, Made::Noun, NOUN, place, out)
            }
            b't' => self.word(subjects, Made::Noun, SUBJECT, self.of_topic(place), out),
            _ => {
                // The first themes are met more often, and are more often plain words.
                let theme = place.below(THEMES).min(place.at(1).below(THEMES)) as u64;
                let place = self.of_topic(self.fond.beat.at(THEME + theme));
                let plain = if theme == 0 { PLAIN.0 } else { PLAIN.1 };
                let law =
                    Law { made: 1.0 - plain, listed: (1e9, 1.0), beyond: (4000.0, 0.8), fond: 0.0 };
                self.word(subjects, Made::Noun, law, place, out)
            }
        }
    }

    /// Words made for one topic are not those of another.
    fn of_topic(&self, place: Key) -> Topical {
        Topical { place, salt: 1 + self.story.topic as u64 }
    }

    /// A word of the list or, behind it, a made one; returns whether it is feminine.
    fn word(
        &self,
        words: &[Word],
        made: Made,
        law: Law,
        place: impl Into<Topical>,
        out: &mut String,
    ) -> bool {
        let Topical { place, salt } = place.into();
        if words.is_empty() || place.at(1 << 20).chance(law.made) {
            let rank = place.rank(law.beyond.0, law.beyond.1);
            return self.language.make(made, Key::new(rank).at(made as u64 + 100 * salt), out);
        }
        let fond = place.at(1 << 21).chance(law.fond);
        let (head, tail) = if fond { FOND } else { law.listed };
        let order = match law.fond {
            0.0 => 0,
            _ if fond => self.fond.beat.at(made as u64).below(words.len()),
            _ => words.len() * self.story.topic / super::language::TOPICS.len(),
        };
        let rank = place.rank(head, tail) as usize % words.len();
        let word = &words[if law.fond > 0.0 { rank * STRIDE + order } else { rank } % words.len()];
        out.push_str(&word.text);
        word.feminine
    }

    fn is_woman(&self, rank: u64) -> bool {
        !self.language.women.is_empty() && mix(rank + 77).is_multiple_of(3)
    }

    /// The person of this rank: the first are in the news every day.
    fn person(&mut self, rank: u64, short: bool, out: &mut String) {
        let language = self.language;
        let key = Key::new(rank).at(9);
        let given = if self.is_woman(rank) { &language.women } else { &language.men };
        if !short {
            language.name(&given[key.at(1).below(given.len())].text, out);
            out.push(' ');
        }
        let mut family = self.spare.pop().unwrap_or_default();
        self.word(&language.families, Made::Family, FAMILY, key.at(2), &mut family);
        if short {
            language.name(&family, out);
        } else {
            out.push_str(&family);
        }
        self.put_back(family);
    }
}

/// A place whose made words are those of one topic; 0 for words of all.
struct Topical {
    place: Key,
    salt: u64,
}

impl From<Key> for Topical {
    fn from(place: Key) -> Self {
        Self { place, salt: 0 }
    }
}
