//! A partition of the articles: each article in exactly one cluster.
//!
//! Clusters are numbered by their smallest row, so two equal partitions have equal labels
//! whatever made them. 4 bytes an article; [`Partition::members`] takes 4 more, all
//! operations are linear.
//!
//! ```
//! use khabar::story::Partition;
//! let p = Partition::from_labels(&[7, 3, 7, 9]);
//! assert_eq!(p.labels(), [0, 1, 0, 2]);
//! assert_eq!(p.sizes(), [2, 1, 1]);
//! assert_eq!(p.members().of(0), [0, 2]);
//! ```

use rustc_hash::FxHashMap;

/// Which cluster each row is in; clusters are numbered by their smallest row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Partition {
    labels: Vec<u32>,
    n_clusters: usize,
}

/// The rows of every cluster, cluster after cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    offsets: Vec<u32>,
    rows: Vec<u32>,
}

impl Partition {
    /// Builds a partition from labels of any kind: equal numbers are one cluster.
    #[must_use]
    pub fn from_labels(labels: &[u32]) -> Self {
        let mut numbers: FxHashMap<u32, u32> = FxHashMap::default();
        let labels = labels
            .iter()
            .map(|&label| {
                let next = numbers.len() as u32;
                *numbers.entry(label).or_insert(next)
            })
            .collect();
        Self { labels, n_clusters: numbers.len() }
    }

    /// Builds a partition from each row's root: the smallest row of its cluster.
    pub(crate) fn from_roots(mut roots: Vec<u32>) -> Self {
        let mut n_clusters = 0;
        for row in 0..roots.len() {
            let root = roots[row] as usize;
            debug_assert!(root <= row, "a root is the smallest row of its cluster");
            // Rows before this one hold labels already, and the root is among them.
            roots[row] = if root == row {
                n_clusters += 1;
                n_clusters - 1
            } else {
                roots[root]
            };
        }
        Self { labels: roots, n_clusters: n_clusters as usize }
    }

    /// The cluster of every row.
    #[must_use]
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// The cluster of one row.
    ///
    /// # Panics
    /// Where `row >= n_rows`.
    #[must_use]
    pub fn label(&self, row: usize) -> u32 {
        self.labels[row]
    }

    /// Number of rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.labels.len()
    }

    /// Number of clusters, single rows included.
    #[must_use]
    pub fn n_clusters(&self) -> usize {
        self.n_clusters
    }

    /// Number of rows in every cluster.
    #[must_use]
    pub fn sizes(&self) -> Vec<u32> {
        let mut sizes = vec![0; self.n_clusters];
        for &label in &self.labels {
            sizes[label as usize] += 1;
        }
        sizes
    }

    /// The rows of every cluster, ascending.
    #[must_use]
    pub fn members(&self) -> Groups {
        let mut offsets = vec![0u32; self.n_clusters + 1];
        for &label in &self.labels {
            offsets[label as usize + 1] += 1;
        }
        for i in 0..self.n_clusters {
            offsets[i + 1] += offsets[i];
        }
        let mut next = offsets.clone();
        let mut rows = vec![0; self.labels.len()];
        for (row, &label) in self.labels.iter().enumerate() {
            let slot = &mut next[label as usize];
            rows[*slot as usize] = row as u32;
            *slot += 1;
        }
        Groups { offsets, rows }
    }
}

impl Groups {
    /// Number of clusters.
    #[must_use]
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there are no clusters.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows of one cluster, ascending.
    ///
    /// # Panics
    /// Where `cluster >= len`.
    #[must_use]
    pub fn of(&self, cluster: usize) -> &[u32] {
        &self.rows[self.offsets[cluster] as usize..self.offsets[cluster + 1] as usize]
    }

    /// The rows of every cluster in turn.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u32]> + '_ {
        (0..self.len()).map(|cluster| self.of(cluster))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_are_numbered_by_their_smallest_row() {
        let cases: [(&[u32], &[u32], usize); 4] = [
            (&[], &[], 0),
            (&[u32::MAX], &[0], 1),
            (&[5, 5, 5], &[0, 0, 0], 1),
            (&[2, 1, 2, 0, 1], &[0, 1, 0, 2, 1], 3),
        ];
        for (labels, expected, n) in cases {
            let p = Partition::from_labels(labels);
            assert_eq!(p.labels(), expected);
            assert_eq!(p.n_clusters(), n);
        }
    }

    #[test]
    fn roots_and_labels_make_the_same_partition() {
        let roots = vec![0, 1, 0, 3, 1, 3];
        assert_eq!(Partition::from_roots(roots.clone()), Partition::from_labels(&roots));
    }

    #[test]
    fn members_hold_every_row_once_in_its_cluster() {
        let p = Partition::from_labels(&[4, 2, 4, 4, 1]);
        let groups = p.members();
        let lists: Vec<&[u32]> = groups.iter().collect();
        assert_eq!(lists, [&[0, 2, 3][..], &[1], &[4]]);
        assert_eq!(p.sizes(), [3, 1, 1]);
        assert!(Partition::default().members().is_empty());
    }
}
