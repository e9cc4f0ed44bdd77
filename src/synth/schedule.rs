//! Which articles come when: day after day, the same number a day.
//!
//! A day has what open stories still owe, its bulletins, and as many new stories as fill it; what
//! would be too many is not written. A [`Slot`] is an article before it has words. Memory: 40 bytes
//! an article of a day and of what four days still owe; a million articles a day take 10 ns each.
//!
//! ```text
//! day 3: 1,260 articles of stories of the days before, 150 bulletins, 3,590 of new stories
//! ```

use std::collections::VecDeque;

use super::SynthOptions;
use super::draw::{Draws, Key};
use super::story::{DAYS, Story};

pub(super) const DAY: i64 = 86_400;

/// How busy the hours of a day are, from midnight.
pub(super) const HOURS: [u32; 24] =
    [4, 3, 2, 2, 3, 5, 8, 10, 11, 12, 13, 13, 14, 14, 13, 13, 14, 16, 17, 16, 14, 11, 8, 6];

/// An article before it has words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slot {
    /// Since 1970.
    pub(super) seconds: i64,
    /// Number of the story; of a bulletin, of its series.
    pub(super) story: u64,
    /// Which of the story's articles.
    pub(super) number: u32,
    /// How many the story has; 0 for a bulletin.
    pub(super) size: u32,
    /// The day the story began.
    pub(super) began: i64,
}

/// The days of a corpus, one after another, without end.
#[derive(Debug)]
pub(super) struct Schedule<'a> {
    options: &'a SynthOptions,
    hours: [u32; 24],
    day: i64,
    next_story: u64,
    /// What the coming days owe to stories that are open.
    owed: VecDeque<Vec<Slot>>,
}

impl<'a> Schedule<'a> {
    pub(super) fn new(options: &'a SynthOptions, hours: [u32; 24]) -> Self {
        let owed = (0..DAYS).map(|_| Vec::new()).collect();
        Self { options, hours, day: options.first_day, next_story: 0, owed }
    }

    /// The key of a story.
    pub(super) fn key(options: &SynthOptions, story: u64) -> Key {
        Key::new(options.seed).at(1).at(story)
    }

    /// The articles of the next day, in order of time.
    pub(super) fn next_day(&mut self) -> Vec<Slot> {
        let per_day = self.options.per_day as usize;
        let mut today = self.owed.pop_front().unwrap_or_default();
        self.owed.push_back(Vec::new());
        // What was owed most recently is left out where a day is too small for it.
        today.sort_unstable_by_key(|slot| (slot.story, slot.number));
        today.truncate(per_day);
        self.bulletins(per_day, &mut today);
        while today.len() < per_day {
            self.begin(per_day, &mut today);
        }
        today.sort_unstable();
        self.day += 1;
        today
    }

    /// Issues of daily series.
    fn bulletins(&self, per_day: usize, today: &mut Vec<Slot>) {
        let n = (per_day as f64 * self.options.bulletins).round() as usize;
        for series in 0..n.min(per_day - today.len()) as u64 {
            let key = Key::new(self.options.seed).at(2).at(series);
            // An hour of its own, and not the same minute every day.
            let minute = key.at(self.day as u64).below(20) as i64;
            let seconds = self.day * DAY + self.second(key) / 1800 * 1800 + 60 * minute;
            let seconds = seconds.min(self.day * DAY + DAY - 1);
            today.push(Slot { seconds, story: series, number: 0, size: 0, began: self.day });
        }
    }

    /// A new story.
    fn begin(&mut self, per_day: usize, today: &mut Vec<Slot>) {
        let number = self.next_story;
        self.next_story += 1;
        let key = Self::key(self.options, number);
        let story = Story::new(self.options, key, self.day);
        let start = self.day * DAY + self.second(key.at(7));
        let size = story.size(self.options);
        for article in 0..size {
            let seconds = start + story.delay(size, article).0;
            let days = (seconds.div_euclid(DAY) - self.day) as usize;
            let began = self.day;
            let slot = Slot { seconds, story: number, number: article, size, began };
            if days == 0 && today.len() < per_day {
                today.push(slot);
            } else if days > 0
                && let Some(later) = self.owed.get_mut(days - 1)
                && later.len() < per_day
            {
                later.push(slot);
            }
        }
    }

    /// A second of the day, by the hours' weights.
    fn second(&self, key: Key) -> i64 {
        let mut draws = Draws::new(key);
        let all: u32 = self.hours.iter().sum();
        let mut at = draws.below(all.max(1) as usize) as u32;
        let mut hour = 0;
        while hour < 23 && at >= self.hours[hour] {
            at -= self.hours[hour];
            hour += 1;
        }
        hour as i64 * 3600 + draws.below(3600) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_has_as_many_articles_in_order_of_time() {
        let options = SynthOptions { per_day: 700, ..SynthOptions::default() };
        let mut schedule = Schedule::new(&options, HOURS);
        let mut last = i64::MIN;
        for day in 0..10 {
            let slots = schedule.next_day();
            assert_eq!(slots.len(), 700);
            for slot in slots {
                assert!(slot.seconds >= last);
                assert_eq!(slot.seconds.div_euclid(DAY), options.first_day + day);
                assert!((0..=DAYS as i64).contains(&(options.first_day + day - slot.began)));
                last = slot.seconds;
            }
        }
    }

    #[test]
    fn a_day_of_one_article_works() {
        let options = SynthOptions { per_day: 1, ..SynthOptions::default() };
        let mut schedule = Schedule::new(&options, HOURS);
        assert!((0..50).all(|_| schedule.next_day().len() == 1));
    }
}
