//! A chain of words: what follows what in a real corpus, and sentences of that kind.
//!
//! The words of the corpus are kept as they stood, and where each word stands. From a word the
//! chain goes to any place of it and on to what stands there next, preferring places that have
//! the same word before: so three words in a row are mostly those of the corpus. It never goes
//! on at the place it is at, unless the word has only one, and not more than twice in a row:
//! sentences of the corpus do not come out again. 8 bytes a word of the corpus, some 100 ns a word
//! written.
//!
//! ```text
//! وقال مصدر في الوزارة | في الوزارة ان المشروع | المشروع الذي يمتد ...
//! ```

use rustc_hash::FxHashMap;

use super::super::draw::{Draws, Key};

/// Ends a sentence; no word has this number.
const END: u32 = 0;
/// Words of a sentence at most.
const LONGEST: usize = 60;
/// Places that are tried for one that has the same word before.
const TRIES: usize = 6;
/// Steps in a row that may go on where they are.
const FORCED: usize = 2;
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
    /// Places by word: `places[first[w]..first[w + 1]]`.
    first: Vec<u32>,
    places: Vec<u32>,
    /// Words that are met a few times only: names, mostly.
    rare: Vec<u32>,
}

impl Chain {
    /// Takes a title (`kind` 0) or a text (1).
    pub(super) fn add(&mut self, text: &str, kind: usize) {
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

    /// The words of a sentence: which one, its key decides.
    pub(super) fn sentence(&self, kind: usize, key: Key, out: &mut Vec<u32>) {
        out.clear();
        let starts =
            if self.starts[kind].is_empty() { &self.starts[1] } else { &self.starts[kind] };
        let mut draws = Draws::new(key);
        let mut at = starts[draws.below(starts.len())] as usize;
        let mut before = END;
        let mut forced = 0;
        while out.len() < LONGEST {
            let word = self.tokens[at];
            if word == END {
                break;
            }
            out.push(word);
            let next = self.another_place(word, before, at, &mut draws);
            forced = if next == at { forced + 1 } else { 0 };
            at = if forced > FORCED {
                forced = 0;
                self.places[draws.below(self.places.len())] as usize
            } else {
                next + 1
            };
            before = word;
        }
    }

    /// Another place of the word, if it can be behind the same word.
    fn another_place(&self, word: u32, before: u32, at: usize, draws: &mut Draws) -> usize {
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

    fn places_of(&self, word: u32) -> &[u32] {
        &self.places[self.first[word as usize] as usize..self.first[word as usize + 1] as usize]
    }

    /// A word that can stand after `before` as well.
    pub(super) fn instead(&self, before: Option<u32>, draws: &mut Draws) -> u32 {
        let places = match before {
            Some(word) => self.places_of(word),
            None => return self.tokens[self.starts[1][draws.below(self.starts[1].len())] as usize],
        };
        let place = places[draws.below(places.len())] as usize;
        self.tokens.get(place + 1).copied().unwrap_or(END)
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

    fn chain() -> Chain {
        let mut chain = Chain::default();
        for i in 0..200 {
            chain.add(&format!("قال الوزير إن المشروع رقم {i} بدأ اليوم في مدينة جديدة قرب الساحل. وقال الخبير إن السد رقم {i} بدأ أمس في قرية قديمة قرب النهر."), 1);
        }
        chain.finish();
        chain
    }

    #[test]
    fn sentences_are_of_the_words_of_the_corpus_and_end() {
        let chain = chain();
        let mut words = Vec::new();
        for i in 0..200 {
            chain.sentence(1, Key::new(i), &mut words);
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
        // Four hundred sentences of twelve words, drawn from sixty.
        let mut draws = Draws::new(Key::new(7));
        let mut chain = Chain::default();
        let mut sentences = Vec::new();
        for _ in 0..400 {
            let words: Vec<String> = (0..12).map(|_| format!("خبر{}", draws.below(60))).collect();
            chain.add(&words.join(" "), 1);
            sentences.push(words.join(" "));
        }
        chain.finish();
        let corpus = sentences.join("\n");
        let (mut words, mut long) = (Vec::new(), 0);
        for i in 0..300 {
            chain.sentence(1, Key::new(i), &mut words);
            let said: Vec<&str> = words.iter().map(|&w| chain.text(w)).collect();
            long += usize::from(said.len() >= 8);
            assert!(said.len() < 8 || !corpus.contains(&said.join(" ")), "{said:?}");
        }
        assert!(long > 100, "{long} sentences of eight words and more");
    }
}
