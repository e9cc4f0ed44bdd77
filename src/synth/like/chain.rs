//! The words of a corpus, as they stood, and where each stands.
//!
//! 8 bytes a word of the corpus once all is taken in, some 100 before.
//!
//! ```text
//! المشروع -> places 17, 209, 4,411: before it الوزير، هذا، تمويل, behind it السكني، بدأ، في
//! ```

use rustc_hash::FxHashMap;

use super::super::draw::Key;

/// Ends a sentence, begins an article; no word has this number.
pub(super) const END: u32 = 0;
/// Words between two whose article is noted.
const BLOCK: usize = 256;
/// Bytes of a name at most: longer words are no names, and slow to splice.
const NAME: usize = 100;
/// Words of the corpus that are kept.
pub(super) const MOST: usize = 12_000_000;

/// The words of a corpus.
#[derive(Debug, Default)]
pub(super) struct Chain {
    words: Vec<Box<str>>,
    numbers: FxHashMap<Box<str>, u32>,
    /// The corpus, sentence after sentence.
    pub(super) tokens: Vec<u32>,
    /// Where sentences begin: of titles, of texts.
    pub(super) starts: [Vec<u32>; 2],
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
            .filter(|&word| self.text(word).len() <= NAME && count(word) <= 4 && letters(word) >= 4)
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

    /// Where a word stands, in order.
    pub(super) fn places_of(&self, word: u32) -> &[u32] {
        &self.places[self.first[word as usize] as usize..self.first[word as usize + 1] as usize]
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

    #[test]
    fn a_name_is_met_seldom_and_is_neither_short_nor_endless() {
        let mut chain = Chain::default();
        let long = "س".repeat(NAME);
        chain.article("", &format!("قال الزبيدي من دار {long} e{}", "\u{301}".repeat(NAME)));
        for _ in 0..5 {
            chain.article("", "قال الوزير");
        }
        chain.finish();
        let names: Vec<&str> = chain.rare.iter().map(|&word| chain.text(word)).collect();
        assert_eq!(names, ["الزبيدي"]);
    }
}
