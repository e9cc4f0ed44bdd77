//! A chain of words: what follows what in a real corpus, and sentences of that kind.
//!
//! The words of the corpus are kept as they stood, and where each word stands. From a word the
//! chain goes to any place of it and on to what stands there next, preferring places that have
//! the same word before: so three words in a row are mostly those of the corpus. Where it can it
//! stays with a [`Subject`], some articles that are about the same. It does not go on as the corpus
//! does more than twice in a row, also by way of a copy: sentences of the corpus do not come out
//! again. 8 bytes a word of the corpus, some 100 ns a word written.
//!
//! ```text
//! وقال مصدر في الوزارة | في الوزارة ان المشروع | المشروع الذي يمتد ...
//! ```

use rustc_hash::FxHashMap;

use super::super::draw::{Draws, Key};
use super::subject::Subject;

/// Ends a sentence; no word has this number.
pub(super) const END: u32 = 0;
/// Words of a sentence at most.
const LONGEST: usize = 60;
/// Places that are tried for one that has the same word before.
const TRIES: usize = 6;
/// Steps in a row that may go on as the corpus does.
const FORCED: usize = 2;
/// Words between two whose article is noted.
const BLOCK: usize = 256;
/// Words of the corpus that are kept.
pub(super) const MOST: usize = 12_000_000;

/// The words of a corpus.
#[derive(Debug, Default)]
pub(super) struct Chain {
    words: Vec<Box<str>>,
    numbers: FxHashMap<Box<str>, u32>,
    /// The corpus, sentence after sentence.
    tokens: Vec<u32>,
    /// Where sentences begin: of titles, of texts.
    starts: [Vec<u32>; 2],
    /// Where articles begin: before their titles.
    articles: Vec<u32>,
    /// The article that every so many-th word is in.
    blocks: Vec<u32>,
    /// Places by word: `places[first[w]..first[w + 1]]`.
    first: Vec<u32>,
    places: Vec<u32>,
    /// Words that are met a few times only: names, mostly.
    rare: Vec<u32>,
}

impl Chain {
    /// Takes an article.
    pub(super) fn article(&mut self, title: &str, text: &str) {
        let begin = self.tokens.len();
        self.add(title, 0);
        self.add(text, 1);
        if self.tokens.len() > begin {
            self.articles.push(begin as u32);
        }
    }

    /// Takes a title (`kind` 0) or a text (1).
    fn add(&mut self, text: &str, kind: usize) {
        if self.tokens.len() >= MOST {
            return;
        }
        if self.words.is_empty() {
            self.words.push("".into());
        }
        for line in text.lines() {
            let mut begins = true;
            for word in line.split_whitespace() {
                if begins {
                    self.tokens.push(END);
                    self.starts[kind].push(self.tokens.len() as u32);
                }
                let number = match self.numbers.get(word) {
                    Some(&number) => number,
                    None => {
                        let number = self.words.len() as u32;
                        self.words.push(word.into());
                        self.numbers.insert(word.into(), number);
                        number
                    }
                };
                self.tokens.push(number);
                begins = word.ends_with(['.', '!', '?', '؟', '۔', '।']);
            }
        }
    }

    /// Finds the places of all words; to be called once all is added.
    pub(super) fn finish(&mut self) {
        self.numbers = FxHashMap::default();
        self.tokens.push(END);
        let mut first = vec![0u32; self.words.len() + 2];
        for &word in &self.tokens {
            first[word as usize + 2] += 1;
        }
        for i in 2..first.len() {
            first[i] += first[i - 1];
        }
        let mut places = vec![0; self.tokens.len()];
        for (at, &word) in self.tokens.iter().enumerate() {
            let next = &mut first[word as usize + 1];
            places[*next as usize] = at as u32;
            *next += 1;
        }
        first.pop();
        let mut article = 0;
        self.blocks = (0..self.tokens.len() as u32)
            .step_by(BLOCK)
            .map(|place| {
                while self.articles.get(article + 1).is_some_and(|&next| next <= place) {
                    article += 1;
                }
                article as u32
            })
            .collect();
        let count = |word: u32| first[word as usize + 1] - first[word as usize];
        let letters =
            |word: u32| self.words[word as usize].chars().filter(|c| c.is_alphabetic()).count();
        self.rare = (1..self.words.len() as u32)
            .filter(|&word| count(word) <= 4 && letters(word) >= 4)
            .collect();
        (self.first, self.places) = (first, places);
    }

    /// Whether there is nothing to go by.
    pub(super) fn is_empty(&self) -> bool {
        self.starts[1].is_empty()
    }

    /// Where articles begin.
    pub(super) fn articles(&self) -> &[u32] {
        &self.articles
    }

    /// The words of an article, titles and sentences between ends.
    pub(super) fn words_of(&self, article: usize) -> &[u32] {
        let end = self.articles.get(article + 1).map_or(self.tokens.len(), |&next| next as usize);
        &self.tokens[self.articles[article] as usize..end]
    }

    /// Which article a place is in.
    pub(super) fn article_of(&self, place: u32) -> usize {
        let mut article = self.blocks[place as usize / BLOCK] as usize;
        while self.articles.get(article + 1).is_some_and(|&next| next <= place) {
            article += 1;
        }
        article
    }

    /// How many words the corpus has for one that is this.
    pub(super) fn rarity(&self, word: u32) -> f64 {
        self.tokens.len() as f64 / self.places_of(word).len() as f64
    }

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
        let mut at = subject.place(draws) as usize;
        while self.tokens[at - 1] != END {
            at -= 1;
        }
        at
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

    /// Where a word stands, in order.
    pub(super) fn places_of(&self, word: u32) -> &[u32] {
        &self.places[self.first[word as usize] as usize..self.first[word as usize + 1] as usize]
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

    /// Whether a word is met a few times only.
    pub(super) fn is_rare(&self, word: u32) -> bool {
        self.rare.binary_search(&word).is_ok()
    }

    /// Appends a rare word: one of the corpus or, of this share, two halves of such joined at a
    /// letter they share.
    pub(super) fn rare_word(&self, key: Key, new: f64, out: &mut String) {
        if self.rare.is_empty() {
            return;
        }
        let one = |key: Key| &*self.words[self.rare[key.below(self.rare.len())] as usize];
        let (head, tail) = (one(key.at(0)), one(key.at(1)));
        if key.at(2).chance(new) {
            let middle = head.chars().count() / 2;
            let cut = head.char_indices().skip(middle).find_map(|(i, c)| {
                let j = tail.char_indices().skip(2).find(|&(_, d)| c == d)?.0;
                Some((i, j))
            });
            if let Some((i, j)) = cut {
                out.push_str(&head[..i]);
                out.push_str(&tail[j..]);
                return;
            }
        }
        out.push_str(head);
    }

    /// How a word is spelt.
    pub(super) fn text(&self, word: u32) -> &str {
        &self.words[word as usize]
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
