//! Sentences of the kind a corpus has, by a chain of its words.
//!
//! From a word the chain goes to any place of it and on to what stands there next. Where it can it
//! stays with a [`Subject`], some articles that are about the same; elsewhere it prefers places
//! that have the same word before, so three words in a row are mostly those of the corpus. It does
//! not go on as the corpus does more than twice in a row, also by way of a copy: sentences of the
//! corpus do not come out again.
//!
//! ```text
//! وقال مصدر في الوزارة | في الوزارة ان المشروع | المشروع الذي يمتد ...
//! ```

use super::super::draw::{Draws, Key};
use super::chain::{Chain, END};
use super::subject::Subject;

/// Words of a sentence at most.
const LONGEST: usize = 60;
/// Places that are tried for one that suits.
const TRIES: usize = 6;
/// Steps in a row that may go on as the corpus does.
const FORCED: usize = 2;

impl Chain {
    /// The words of a sentence on a subject: which one, its key decides.
    pub(super) fn sentence(&self, kind: usize, key: Key, subject: &Subject, out: &mut Vec<u32>) {
        out.clear();
        let mut draws = Draws::new(key);
        let mut at = self.start(kind, subject, &mut draws);
        let mut before = END;
        let mut forced = 0;
        while out.len() < LONGEST {
            let word = self.tokens[at];
            if word == END {
                break;
            }
            out.push(word);
            let mut next = self.another_place(word, before, at, subject, &mut draws);
            forced = if self.follows(next, at) { forced + 1 } else { 0 };
            if forced > FORCED {
                forced = 0;
                next = self.elsewhere(word, at, subject, &mut draws);
            }
            at = next + 1;
            before = word;
        }
    }

    /// Where a sentence begins: in an article of the subject, where there is one.
    fn start(&self, kind: usize, subject: &Subject, draws: &mut Draws) -> usize {
        if subject.is_empty() {
            let starts =
                if self.starts[kind].is_empty() { &self.starts[1] } else { &self.starts[kind] };
            return starts[draws.below(starts.len())] as usize;
        }
        if kind == 0 {
            return subject.article(draws) as usize + 1;
        }
        let place = subject.place(draws) as usize;
        let line = &self.tokens[place.saturating_sub(LONGEST)..place];
        // Where no sentence begins before, one does here.
        line.iter().rposition(|&word| word == END).map_or(place, |end| place - line.len() + end + 1)
    }

    /// Whether one place has the same word next as another.
    fn follows(&self, place: usize, at: usize) -> bool {
        self.tokens[place + 1] == self.tokens[at + 1]
    }

    /// A place of the word: one of the subject where there is one, maybe the same; else another, if
    /// it can be behind the same word.
    fn another_place(
        &self,
        word: u32,
        before: u32,
        at: usize,
        subject: &Subject,
        draws: &mut Draws,
    ) -> usize {
        let near = subject.places_of(word);
        if !near.is_empty() {
            return near[draws.below(near.len())].1 as usize;
        }
        let places = self.places_of(word);
        let mut found = at;
        for _ in 0..TRIES {
            let place = places[draws.below(places.len())] as usize;
            if place == at {
                continue;
            }
            found = place;
            if place > 0 && self.tokens[place - 1] == before {
                break;
            }
        }
        found
    }

    /// A place where something else comes next: of the same word where there is one.
    fn elsewhere(&self, word: u32, at: usize, subject: &Subject, draws: &mut Draws) -> usize {
        let places = self.places_of(word);
        for _ in 0..TRIES {
            let place = places[draws.below(places.len())] as usize;
            if !self.follows(place, at) {
                return place;
            }
        }
        if subject.is_empty() {
            // The end before a sentence begins.
            return self.starts[1][draws.below(self.starts[1].len())] as usize - 1;
        }
        subject.place(draws) as usize
    }

    /// A word for another: one that can stand after `before` as well, of the subject, else any of the
    /// subject, or of the corpus where there is none. It may be the same by chance.
    pub(super) fn instead(
        &self,
        word: u32,
        before: Option<u32>,
        subject: &Subject,
        draws: &mut Draws,
    ) -> u32 {
        let Some(before) = before else {
            return self.tokens[self.start(1, subject, draws)];
        };
        let (near, all) = (subject.places_of(before), self.places_of(before));
        let mut found = word;
        for n in 0..TRIES {
            found = if n < TRIES / 2 && !near.is_empty() {
                self.tokens[near[draws.below(near.len())].1 as usize + 1]
            } else if !subject.is_empty() {
                self.tokens[subject.place(draws) as usize]
            } else {
                self.tokens[all[draws.below(all.len())] as usize + 1]
            };
            if found != word {
                break;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four hundred sentences of twelve words, drawn from sixty, and the words of the chain.
    fn drawn() -> (Vec<String>, Chain) {
        let mut draws = Draws::new(Key::new(7));
        let (mut sentences, mut chain) = (Vec::new(), Chain::default());
        for _ in 0..400 {
            let words: Vec<String> = (0..12).map(|_| format!("خبر{}", draws.below(60))).collect();
            sentences.push(words.join(" "));
            chain.article("", &words.join(" "));
        }
        chain.finish();
        (sentences, chain)
    }

    #[test]
    fn sentences_are_of_the_words_of_the_corpus_and_end() {
        let (_, chain) = drawn();
        let mut words = Vec::new();
        for i in 0..400 {
            let key = Key::new(i);
            let subject = if i < 200 { Subject::default() } else { Subject::of(&chain, key) };
            chain.sentence(1, key, &subject, &mut words);
            assert!(!words.is_empty() && words.len() <= LONGEST);
            for pair in words.windows(2) {
                let follows = |at: &u32| chain.tokens[*at as usize + 1] == pair[1];
                assert!(
                    chain.places_of(pair[0]).iter().any(follows),
                    "each word after a word it follows"
                );
            }
        }
    }

    #[test]
    fn sentences_of_the_corpus_hardly_come_out_again() {
        let (sentences, chain) = drawn();
        let corpus = sentences.join("\n");
        let (mut words, mut long) = (Vec::new(), 0);
        for i in 0..600 {
            let key = Key::new(i);
            let subject = if i < 300 { Subject::default() } else { Subject::of(&chain, key) };
            chain.sentence(1, key, &subject, &mut words);
            let said: Vec<&str> = words.iter().map(|&w| chain.text(w)).collect();
            long += usize::from(said.len() >= 8);
            assert!(said.len() < 8 || !corpus.contains(&said.join(" ")), "{said:?}");
        }
        assert!(long > 200, "{long} sentences of eight words and more");
    }

    #[test]
    fn copies_in_the_corpus_do_not_bring_its_sentences_back() {
        let (sentences, _) = drawn();
        let mut chain = Chain::default();
        for sentence in sentences.iter().take(40).cycle().take(200) {
            chain.article("", sentence);
        }
        chain.finish();
        let corpus = sentences.join("\n");
        let (mut words, mut again, mut all) = (Vec::new(), 0, 0);
        for i in 0..300 {
            chain.sentence(1, Key::new(i), &Subject::default(), &mut words);
            for run in words.windows(8) {
                let said: Vec<&str> = run.iter().map(|&w| chain.text(w)).collect();
                all += 1;
                again += usize::from(corpus.contains(&said.join(" ")));
            }
        }
        assert!(all > 500 && again * 50 < all, "{again} of {all} runs of eight words");
    }
}
