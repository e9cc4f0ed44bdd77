//! Some articles of a corpus that are about the same.
//!
//! Real news has beats: an article has a few that tell its story, and dozens that are a little like
//! it, on the same war or league. A [`Subject`] is an article of the corpus and those that have
//! words of it which tell articles from one another; what is written on it is made of their words.
//! So two stories on one subject are about as near as two strangers of the corpus are. 8 bytes a
//! word of the subject.
//!
//! ```text
//! الدوري، الهلال، ركلة، الشوط -> 12 more articles, 3,900 words: the league, that week and others
//! ```

use super::super::draw::{Draws, Key};
use super::chain::{Chain, END};

/// Words an article is told from others by: how often the corpus has them at least, how many words
/// of it there are at least for one of these, and how many they are.
const FEWEST: usize = 6;
const SELDOM: f64 = 300.0;
const WORDS: usize = 30;
/// Places of such a word that are looked at.
const PLACES: usize = 256;
/// How many such words another article has at least, and how many other articles.
const SHARED: usize = 4;
const ARTICLES: usize = 12;
/// Words of an article that are taken.
const LENGTH: usize = 600;

/// Some articles that are about the same; may be empty.
#[derive(Debug, Default)]
pub(in super::super) struct Subject {
    /// Where they begin in the corpus.
    articles: Vec<u32>,
    /// Their words and where they stand, in order.
    places: Vec<(u32, u32)>,
}

impl Subject {
    /// An article of the corpus, drawn evenly, so that each subject is written on as much as in the
    /// corpus, and the articles most like it.
    pub(super) fn of(chain: &Chain, key: Key) -> Self {
        let n = chain.articles().len();
        if n == 0 {
            return Self::default();
        }
        let first = key.below(n);
        let mut articles = alike(chain, first, key);
        articles.push(first);
        articles.sort_unstable();
        let begin = |article: usize| chain.articles()[article];
        let mut places: Vec<(u32, u32)> = articles
            .iter()
            .flat_map(|&article| {
                chain.words_of(article).iter().copied().zip(begin(article)..).take(LENGTH)
            })
            .filter(|&(word, _)| word != END)
            .collect();
        places.sort_unstable_by_key(|&(word, place)| together(word, place));
        Self { articles: articles.into_iter().map(begin).collect(), places }
    }

    /// Whether there is nothing to go by.
    pub(super) const fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Where one of the articles begins.
    pub(super) fn article(&self, draws: &mut Draws) -> u32 {
        self.articles[draws.below(self.articles.len())]
    }

    /// Where one of the words stands.
    pub(super) fn place(&self, draws: &mut Draws) -> u32 {
        self.places[draws.below(self.places.len())].1
    }

    /// A word and where it stands, again and again.
    pub(super) fn places_of(&self, word: u32) -> &[(u32, u32)] {
        let first = self.places.partition_point(|place| place.0 < word);
        let many = self.places[first..].partition_point(|place| place.0 == word);
        &self.places[first..first + many]
    }
}

/// The articles that have most of the words which tell this one from others.
fn alike(chain: &Chain, article: usize, key: Key) -> Vec<usize> {
    let mut draws = Draws::new(key);
    let mut met: Vec<u64> = Vec::new();
    for word in telling(chain, article) {
        let places = chain.places_of(word);
        let step = places.len().div_ceil(PLACES);
        let places = places.iter().skip(draws.below(step)).step_by(step);
        met.extend(places.map(|&place| together(chain.article_of(place) as u32, word)));
    }
    met.sort_unstable();
    met.dedup();
    let mut alike: Vec<(usize, u64, usize)> = met
        .chunk_by(|a, b| a >> 32 == b >> 32)
        .map(|words| (words.len(), (words[0] >> 32) as usize))
        .filter(|&(shared, other)| shared >= SHARED && other != article)
        .map(|(shared, other)| (shared, key.at(other as u64).number(), other))
        .collect();
    alike.sort_unstable_by(|a, b| b.cmp(a));
    alike.truncate(ARTICLES);
    alike.into_iter().map(|(_, _, article)| article).collect()
}

/// Two numbers as one, in the same order: it sorts much faster than a pair.
const fn together(first: u32, second: u32) -> u64 {
    (first as u64) << 32 | second as u64
}

/// The words that tell an article from others: often in it, neither rare nor frequent elsewhere.
fn telling(chain: &Chain, article: usize) -> Vec<u32> {
    let mut words = chain.words_of(article).to_vec();
    words.sort_unstable();
    let mut scored: Vec<(f64, u32)> = words
        .chunk_by(|a, b| a == b)
        .filter(|run| run[0] != END && chain.places_of(run[0]).len() >= FEWEST)
        .map(|run| (run.len() as f64, chain.rarity(run[0]), run[0]))
        .filter(|&(_, rarity, word)| {
            rarity >= SELDOM && chain.text(word).chars().any(char::is_alphabetic)
        })
        .map(|(times, rarity, word)| (times * libm::log(rarity), word))
        .collect();
    scored.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    scored.truncate(WORDS);
    scored.into_iter().map(|(_, word)| word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_of_articles_about_the_same() {
        // Three subjects, each with words of its own, in words that all have.
        let subjects = [
            "الزيتون الحصاد المعصرة الفلاحين",
            "الميناء السفن الرصيف الحاويات",
            "الدوري الهداف الملعب الشوط",
        ];
        let mut chain = Chain::default();
        let mut draws = Draws::new(Key::new(1));
        for i in 0..300 {
            let mut text = String::new();
            for sentence in 0..10 {
                let padding: Vec<String> =
                    (0..30).map(|_| format!("كلام{}", draws.below(9_000))).collect();
                let own = subjects[i % 3].split(' ').nth(sentence % 4).unwrap_or("");
                text += &format!("قال مصدر {own} في {}. ", padding.join(" "));
            }
            chain.article("عنوان", &text);
        }
        chain.finish();
        for i in 0..60 {
            let subject = Subject::of(&chain, Key::new(i));
            assert_eq!(subject.articles.len(), ARTICLES + 1);
            let about = |&begin: &u32| chain.article_of(begin) % 3;
            let first = about(&subject.articles[0]);
            assert!(subject.articles.iter().all(|begin| about(begin) == first), "{subject:?}");
            let owned = subjects[first].split(' ');
            for &(word, place) in &subject.places {
                assert!(subject.places_of(word).contains(&(word, place)));
                assert!(chain.places_of(word).contains(&place));
            }
            let texts: Vec<&str> = subject.places.iter().map(|p| chain.text(p.0)).collect();
            assert!(owned.into_iter().all(|word| texts.contains(&word)));
        }
        assert!(Subject::of(&Chain::default(), Key::new(1)).is_empty());
    }
}
