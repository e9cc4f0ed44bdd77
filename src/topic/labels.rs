//! Which topics each article has, as numbers: one a row, or a list a row.
//!
//! A flat list of label numbers and where each row's begin: 4 bytes a label and 8 a row.
//!
//! ```
//! use khabar::topic::Labels;
//! let names = ["سياسة", "رياضة"];
//! let one_each = Labels::single(vec![0, 1, 1], names.len())?;
//! assert_eq!(one_each.of(2), [1]);
//! let lists = Labels::lists([vec![0, 1], vec![]], names.len())?;
//! assert!(lists.is_multi() && lists.of(1).is_empty());
//! assert!(Labels::single(vec![2], names.len()).is_err());
//! # Ok::<(), khabar::Error>(())
//! ```

use crate::{Error, Result};

/// Labels of rows: numbers below `n_labels`, ascending and unique within a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    ids: Vec<u32>,
    /// Row `i` is `ids[starts[i]..starts[i + 1]]`.
    starts: Vec<usize>,
    n_labels: usize,
    multi: bool,
}

impl Labels {
    /// One label a row.
    ///
    /// # Errors
    /// [`Error::Parameter`] where a number is not below `n_labels`.
    pub fn single(ids: Vec<u32>, n_labels: usize) -> Result<Self> {
        check(&ids, n_labels)?;
        let starts = (0..=ids.len()).collect();
        Ok(Self { ids, starts, n_labels, multi: false })
    }

    /// Any number of labels a row, none included; sorted here, repeats dropped.
    ///
    /// # Errors
    /// [`Error::Parameter`] where a number is not below `n_labels`.
    pub fn lists(rows: impl IntoIterator<Item = Vec<u32>>, n_labels: usize) -> Result<Self> {
        let (mut ids, mut starts) = (Vec::new(), vec![0]);
        for mut row in rows {
            row.sort_unstable();
            row.dedup();
            ids.extend(row);
            starts.push(ids.len());
        }
        check(&ids, n_labels)?;
        Ok(Self { ids, starts, n_labels, multi: true })
    }

    /// With these rows once more, after all others.
    pub(super) fn with_again(&self, rows: impl Iterator<Item = usize>) -> Self {
        let mut all = self.clone();
        for row in rows {
            all.ids.extend(self.of(row));
            all.starts.push(all.ids.len());
        }
        all
    }

    /// The labels of row `i`, ascending.
    ///
    /// # Panics
    /// Where `i >= len`.
    #[must_use]
    pub fn of(&self, i: usize) -> &[u32] {
        &self.ids[self.starts[i]..self.starts[i + 1]]
    }

    /// Whether row `i` has `label`.
    ///
    /// # Panics
    /// Where `i >= len`.
    #[must_use]
    pub fn has(&self, i: usize, label: usize) -> bool {
        self.of(i).iter().any(|&l| l as usize == label)
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of labels there are, also those no row has.
    #[must_use]
    pub fn n_labels(&self) -> usize {
        self.n_labels
    }

    /// Whether rows are lists.
    #[must_use]
    pub fn is_multi(&self) -> bool {
        self.multi
    }

    /// How many of `rows` have each label.
    ///
    /// # Panics
    /// Where a row is not below `len`.
    #[must_use]
    pub fn counts(&self, rows: &[u32]) -> Vec<u32> {
        let mut counts = vec![0; self.n_labels];
        for &row in rows {
            for &label in self.of(row as usize) {
                counts[label as usize] += 1;
            }
        }
        counts
    }
}

fn check(ids: &[u32], n_labels: usize) -> Result<()> {
    match ids.iter().find(|&&id| id as usize >= n_labels) {
        Some(id) => Err(Error::parameter(
            "labels",
            format!("label {id} of {n_labels}"),
            "number labels from 0 and state how many there are",
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_counted_once() {
        let labels = Labels::lists([vec![2, 0, 2], vec![], vec![2]], 3).unwrap();
        assert_eq!(labels.of(0), [0, 2]);
        assert_eq!(labels.counts(&[0, 1, 2]), [1, 0, 2]);
        assert_eq!(labels.counts(&[2, 2]), [0, 0, 2]);
        assert!(labels.has(0, 2) && !labels.has(1, 2));
        assert!(Labels::lists([vec![3]], 3).is_err());
    }
}
