//! One article against its neighbours: lookups instead of merges.
//!
//! The article's columns, opening and words are laid out in tables once; each neighbour's opening
//! and words are then looked up there. A neighbour costs some 500 lookups, some
//! microseconds; a thread's tables take 4 bytes a column of the rows.

use super::evidence::RAREST;
use super::seen::Seen;
use super::views::{HEAVY, LEAD, Lead, NUMBER, TITLE, WORDS};

/// What one article's opening says of another article.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Found {
    pub(super) lead: f32,
    pub(super) title: f32,
}

/// What two articles have in common beside the cosine of their rows.
#[derive(Debug, Clone, Default)]
pub(super) struct Common {
    /// Cosine of the openings, and of the titles.
    pub(super) lead: f32,
    pub(super) title: f32,
    pub(super) words: Shared,
}

/// What the words of two articles have in common.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared {
    pub(super) dot: f32,
    pub(super) squares: [f32; 2],
    pub(super) heavy: [u32; 2],
    /// Smaller weights of common words, the largest first.
    pub(super) rarest: [f32; RAREST],
    pub(super) all: u32,
    pub(super) lead: u32,
    pub(super) title: u32,
    pub(super) numbers: f32,
    pub(super) lead_numbers: u32,
}

impl Shared {
    fn add(&mut self, x: f32, y: f32, x_flags: u8, y_flags: u8) {
        let both = x_flags & y_flags;
        let is = |flag: u8| u32::from(both & flag != 0);
        self.dot += x * y;
        self.squares[0] += x * x;
        self.squares[1] += y * y;
        self.heavy[0] += u32::from(x_flags & HEAVY != 0);
        self.heavy[1] += u32::from(y_flags & HEAVY != 0);
        self.all += 1;
        self.lead += is(LEAD);
        self.title += is(TITLE);
        self.lead_numbers += is(NUMBER) & is(LEAD);
        let least = x.min(y);
        if both & NUMBER != 0 {
            self.numbers += least;
        }
        if least > self.rarest[RAREST - 1] {
            let at = self.rarest.partition_point(|&r| r >= least);
            self.rarest[at..].rotate_right(1);
            self.rarest[at] = least;
        }
    }
}

/// One article laid out so that its neighbours are looked up in it, one after the other.
pub(super) struct Centre {
    /// Columns of its row.
    row: Bitmap,
    /// Values of its opening, and which columns the title has.
    lead: Vec<f32>,
    title: Bitmap,
    /// Length of the title's part of the opening, squared.
    title_square: f32,
    words: WordTable,
    node: usize,
}

impl Centre {
    pub(super) fn new(n_columns: usize) -> Self {
        Self {
            row: Bitmap::new(n_columns),
            lead: vec![0.0; n_columns],
            title: Bitmap::new(n_columns),
            title_square: 0.0,
            words: WordTable::new(),
            node: 0,
        }
    }

    /// Lays out article `node`.
    pub(super) fn enter(&mut self, seen: &Seen<'_>, node: usize) {
        self.node = node;
        self.row.mark(seen.row(node).indices);
        let lead = seen.lead(node);
        self.title_square = lead.title_square();
        for (column, value, in_title) in lead.iter() {
            self.lead[column as usize] = value;
            if in_title > 0.0 {
                self.title.mark(&[column]);
            }
        }
        for (at, word) in seen.view(node).words.iter().enumerate() {
            self.words.insert(word.key, at as u16);
        }
    }

    /// Clears what [`Self::enter`] laid out.
    pub(super) fn leave(&mut self, seen: &Seen<'_>, node: usize) {
        self.row.clear(seen.row(node).indices);
        for (column, ..) in seen.lead(node).iter() {
            self.lead[column as usize] = 0.0;
            self.title.clear(&[column]);
        }
        self.words.clear();
    }

    /// What of another's opening this article has.
    pub(super) fn found(&self, other: &Lead) -> Found {
        let (mut lead, mut title, mut whole) = (0.0f32, 0.0f32, 0.0f32);
        for (column, value, in_title) in other.iter() {
            let square = value * value;
            let own = square * in_title;
            let here = self.row.of(column);
            lead += square * here;
            title += own * here;
            whole += own;
        }
        Found { lead, title: if whole > 0.0 { title / whole } else { 0.0 } }
    }

    /// What this article has in common with another.
    pub(super) fn common(&self, seen: &Seen<'_>, node: usize) -> Common {
        let other = seen.lead(node);
        let (mut lead, mut title) = (0.0f32, 0.0f32);
        for (column, value, in_title) in other.iter() {
            let product = value * self.lead[column as usize];
            lead += product;
            title += product * in_title * self.title.of(column);
        }
        let squares = self.title_square * other.title_square();
        let mut words = Shared::default();
        let mine = &seen.view(self.node).words;
        for word in &seen.view(node).words {
            if let Some(at) = self.words.get(word.key) {
                let own = &mine[at];
                words.add(own.weight(), word.weight(), own.flags, word.flags);
            }
        }
        Common { lead, title: if squares > 0.0 { title / squares.sqrt() } else { 0.0 }, words }
    }
}

/// Slots of a table of words: four times as many as words, so that a search is short.
const SLOTS: usize = (4 * WORDS).next_power_of_two();

/// Where each word of an article is, by key.
struct WordTable {
    /// Keys, and their places from 1 on; 0 is an empty slot.
    slots: Box<[(u32, u16); SLOTS]>,
}

impl WordTable {
    fn new() -> Self {
        Self { slots: Box::new([(0, 0); SLOTS]) }
    }

    /// The slot of a key, or the empty one where it would be.
    fn slot(&self, key: u32) -> usize {
        let mut at = (key >> (32 - SLOTS.ilog2())) as usize;
        while self.slots[at].1 != 0 && self.slots[at].0 != key {
            at = (at + 1) % SLOTS;
        }
        at
    }

    fn insert(&mut self, key: u32, place: u16) {
        let at = self.slot(key);
        self.slots[at] = (key, place + 1);
    }

    fn get(&self, key: u32) -> Option<usize> {
        usize::from(self.slots[self.slot(key)].1).checked_sub(1)
    }

    fn clear(&mut self) {
        self.slots.fill((0, 0));
    }
}

/// Which columns a row has.
struct Bitmap {
    words: Vec<u64>,
}

impl Bitmap {
    fn new(n_columns: usize) -> Self {
        Self { words: vec![0; n_columns.div_ceil(64)] }
    }

    fn mark(&mut self, columns: &[u32]) {
        for &column in columns {
            self.words[column as usize / 64] |= 1 << (column % 64);
        }
    }

    fn clear(&mut self, columns: &[u32]) {
        for &column in columns {
            self.words[column as usize / 64] = 0;
        }
    }

    /// 1 where the column is marked, else 0.
    fn of(&self, column: u32) -> f32 {
        (self.words[column as usize / 64] >> (column % 64) & 1) as f32
    }
}
