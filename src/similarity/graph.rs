//! The sparse similarity graph: which articles are near one another, and how near.
//!
//! Undirected, no self-loops, rows ascending by neighbour, each edge stored on both sides.
//! 12 bytes a stored neighbour: the node, its cosine, its score.
//!
//! ```
//! use khabar::similarity::{Edge, Graph};
//! let g = Graph::from_edges(3, vec![Edge { a: 2, b: 0, cosine: 0.5, score: 0.5 }], 0.1);
//! assert_eq!(g.neighbours(0).next().unwrap().node, 2);
//! assert_eq!(g.neighbours(1).count(), 0);
//! ```

/// One edge between two articles (row numbers). `a < b` once it is in a [`Graph`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// One article.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// Cosine of the full vectors, 0 to 1.
    pub cosine: f32,
    /// What the threshold cuts: the cosine itself, or a same-story probability.
    pub score: f32,
}

/// A neighbour of a node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// The neighbouring article (row number).
    pub node: u32,
    /// Cosine of the full vectors, 0 to 1.
    pub cosine: f32,
    /// What the threshold cuts.
    pub score: f32,
}

/// An undirected weighted graph over `n` articles.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    offsets: Vec<u64>,
    neighbours: Vec<Neighbour>,
    floor: f32,
}

impl Graph {
    /// Builds the graph of `n` nodes from edges in any order and direction.
    ///
    /// Of repeated edges the first after sorting by (a, b) stays; loops are dropped.
    /// `floor` is the smallest score a pair had to reach to be listed: what is absent is
    /// known to be below it. O(E log E).
    ///
    /// # Panics
    /// Where an edge names a node `>= n`.
    #[must_use]
    pub fn from_edges(n: usize, mut edges: Vec<Edge>, floor: f32) -> Self {
        for e in &mut edges {
            if e.a > e.b {
                std::mem::swap(&mut e.a, &mut e.b);
            }
        }
        edges.retain(|e| e.a != e.b);
        edges.sort_by_key(|e| (e.a, e.b));
        edges.dedup_by_key(|e| (e.a, e.b));
        let mut offsets = vec![0u64; n + 1];
        for e in &edges {
            offsets[e.a as usize + 1] += 1;
            offsets[e.b as usize + 1] += 1;
        }
        for i in 0..n {
            offsets[i + 1] += offsets[i];
        }
        let blank = Neighbour { node: 0, cosine: 0.0, score: 0.0 };
        let mut neighbours = vec![blank; edges.len() * 2];
        let mut next = offsets.clone();
        let mut put = |at: u32, node: u32, e: &Edge| {
            let slot = &mut next[at as usize];
            neighbours[*slot as usize] = Neighbour { node, cosine: e.cosine, score: e.score };
            *slot += 1;
        };
        // Smaller neighbours first (b's side in order of a), then larger ones: rows ascend.
        for e in &edges {
            put(e.b, e.a, e);
        }
        for e in &edges {
            put(e.a, e.b, e);
        }
        Self { offsets, neighbours, floor }
    }

    /// Number of nodes.
    #[must_use]
    pub fn n_nodes(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Number of edges, each counted once.
    #[must_use]
    pub fn n_edges(&self) -> usize {
        self.neighbours.len() / 2
    }

    /// The score below which pairs were not listed.
    #[must_use]
    pub fn floor(&self) -> f32 {
        self.floor
    }

    /// The neighbours of `node` in ascending order of their number.
    ///
    /// # Panics
    /// Where `node >= n_nodes`.
    pub fn neighbours(&self, node: usize) -> impl ExactSizeIterator<Item = Neighbour> + '_ {
        self.neighbours[self.offsets[node] as usize..self.offsets[node + 1] as usize]
            .iter()
            .copied()
    }

    /// Every edge once, `a < b`, sorted by (a, b).
    pub fn edges(&self) -> impl Iterator<Item = Edge> + '_ {
        (0..self.n_nodes()).flat_map(move |a| {
            self.neighbours(a).filter(move |n| (n.node as usize) > a).map(move |n| Edge {
                a: a as u32,
                b: n.node,
                cosine: n.cosine,
                score: n.score,
            })
        })
    }

    /// The edge between two nodes, where there is one. O(log degree).
    #[must_use]
    pub fn edge(&self, a: usize, b: usize) -> Option<Neighbour> {
        let at = self.position(a, b)?;
        Some(self.neighbours[self.offsets[a] as usize + at])
    }

    /// Where `b` stands among the neighbours of `a`. O(log degree).
    pub(crate) fn position(&self, a: usize, b: usize) -> Option<usize> {
        let row = &self.neighbours[self.offsets[a] as usize..self.offsets[a + 1] as usize];
        row.binary_search_by_key(&(b as u32), |n| n.node).ok()
    }

    /// The same graph with another score a pair: `score(edge number, edge)`, edges numbered as
    /// [`Graph::edges`] gives them. Pairs below `floor` are dropped.
    pub(crate) fn rescored(&self, floor: f32, mut score: impl FnMut(usize, Edge) -> f32) -> Self {
        let edges = self.edges().enumerate().map(|(i, e)| Edge { score: score(i, e), ..e });
        Self::from_edges(self.n_nodes(), edges.filter(|e| e.score >= floor).collect(), floor)
    }
}
