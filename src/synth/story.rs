//! A story: what all its articles know.
//!
//! Everything follows from its key: names, places, figures, themes (see `tell`), how many
//! articles it has and when they come. So a story that is open costs a few bytes, and each of its
//! articles can be written alone.
//!
//! ```text
//! story 17: politics, event 2 (a vote), 6 articles after 0, 1.2, 3.4, 4.0, 26 and 51 hours
//! ```

use super::SynthOptions;
use super::draw::{Draws, Key};
use super::language::TOPICS;

/// The last article comes so many days after the first at most.
pub(super) const DAYS: usize = 4;
const HOUR: f64 = 3600.0;

/// Shares of the topics, in thousandths, in the order of `TOPICS`.
const SHARES: [u64; 7] = [300, 200, 190, 90, 90, 80, 50];

/// What decides about a story and all its articles.
#[derive(Debug, Clone, Copy)]
pub(super) struct Story {
    pub(super) key: Key,
    /// Place among the languages that are written.
    pub(super) lang: usize,
    /// Place in [`TOPICS`].
    pub(super) topic: usize,
    /// What happens: chooses titles and leads.
    pub(super) event: usize,
    /// The day it happens, from Saturday.
    pub(super) weekday: usize,
}

impl Story {
    pub(super) fn new(options: &SynthOptions, key: Key, day: i64) -> Self {
        let mut at = key.at(1).below(SHARES.iter().sum::<u64>() as usize) as u64;
        let mut topic = 0;
        while topic + 1 < TOPICS.len() && at >= SHARES[topic] {
            at -= SHARES[topic];
            topic += 1;
        }
        // 1970-01-01 was a Thursday, the sixth day from Saturday.
        let weekday = (day + 5).rem_euclid(7) as usize;
        let event = key.at(3).below(1 << 20);
        Self { key, lang: lang_of(options, key.at(2)), topic, event, weekday }
    }

    /// How many articles it has.
    pub(super) fn size(&self, options: &SynthOptions) -> u32 {
        let u = 1.0 - self.key.at(4).unit();
        let most = f64::from(options.per_day / 20).clamp(2.0, 500.0);
        libm::pow(u, -1.0 / (options.story_law - 1.0)).min(most) as u32
    }

    /// Seconds from the first article to this one, and the day of the story it tells of: 0 for
    /// the event itself, 1 to 3 for what followed.
    pub(super) fn delay(&self, size: u32, number: u32) -> (i64, usize) {
        if number == 0 {
            return (0, 0);
        }
        let mut draws = Draws::new(self.key.at(5).at(u64::from(number)));
        if size < 4 || number < 2 || draws.chance(0.75) {
            return ((0.1 * HOUR + draws.wait(4.0 * HOUR).min(20.0 * HOUR)) as i64, 0);
        }
        let wave = [1, 1, 1, 2, 2, 3][draws.below(6)];
        let hours = (24.0 * wave as f64 + 4.0 * draws.normal()).clamp(20.0, 76.0);
        ((hours * HOUR) as i64, wave)
    }

    /// The article whose text this one reprints, itself where it has a text of its own.
    pub(super) fn original(&self, options: &SynthOptions, size: u32, number: u32) -> u32 {
        let place = self.key.at(6).at(u64::from(number));
        if number == 0 || !place.chance(options.copies) {
            return number;
        }
        let (_, wave) = self.delay(size, number);
        // Mostly the wire's text, which is the first.
        let from = if place.at(1).chance(0.6) { 0 } else { place.at(2).below(number as usize) };
        let earlier = (0..number).cycle().skip(from).take(number as usize);
        let same_day = earlier.filter(|&n| self.delay(size, n).1 == wave);
        same_day.take(1).next().map_or(number, |n| self.original(options, size, n))
    }
}

/// Which of the languages, by their shares.
pub(super) fn lang_of(options: &SynthOptions, key: Key) -> usize {
    let all: f64 = options.langs.iter().map(|l| l.1).sum();
    let mut at = key.unit() * all;
    for (i, (_, share)) in options.langs.iter().enumerate() {
        at -= share;
        if at < 0.0 {
            return i;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_follow_the_power_law() {
        let options = SynthOptions { story_law: 2.2, ..SynthOptions::default() };
        let n = 50_000u64;
        let at_least = |s: u32| {
            let far = (0..n).map(|i| Story::new(&options, Key::new(i), 0));
            far.filter(|story| story.size(&options) >= s).count() as f64 / n as f64
        };
        for s in [2u32, 5, 20] {
            let law = libm::pow(f64::from(s), -1.2);
            assert!((at_least(s) - law).abs() < 0.1 * law, "{s}: {} and {law}", at_least(s));
        }
    }

    #[test]
    fn copies_are_of_earlier_texts_of_the_same_day_of_the_story() {
        let options = SynthOptions { copies: 0.8, ..SynthOptions::default() };
        for i in 0..300 {
            let story = Story::new(&options, Key::new(i), 0);
            for number in 0..20 {
                let original = story.original(&options, 20, number);
                assert!(original <= number);
                assert_eq!(original, story.original(&options, 20, original));
                assert_eq!(story.delay(20, original).1, story.delay(20, number).1);
            }
        }
    }
}
