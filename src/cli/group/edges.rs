//! The graph of near articles as a file, and cutting it again.
//!
//! A file holds a header (version, floor, kind of score, settings, every article's id in
//! canonical order, which articles are equal) and a row an edge: `id_a, id_b, cosine, score`.
//! In JSON Lines the header is the first line, in Parquet a key-value pair of the file. Some
//! 60 bytes an edge in memory while reading. Cut again at a threshold, the graph gives what the
//! whole run gives at that threshold with `--exact`: edges that such a run would not list
//! are left out.
//!
//! ```text
//! {"khabar_edges":1,"score":"cosine","floor":0.136,"floor_share":0.8,...,"ids":["ص1","ص2"],...}
//! {"id_a":"ص1","id_b":"ص2","cosine":0.41,"score":0.41}
//! ```

use std::io::Write as _;
use std::path::Path;

use anyhow::bail;
use khabar::corpus::{RowMap, column, read_rows};
use khabar::group::{Boilerplate, GroupOptions, RecutOptions, SavedGraph, ScoreKind, recut};
use khabar::output::{AtomicFile, Column, Format, Kind, WriteOptions, row_writer, safe};
use khabar::similarity::{Edge, Pruning};
use khabar::story::{Placement, Story};
use khabar::vectorize::DfLimit;
use khabar::{Article, Error, Published};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// Version of the file; also the header's key in Parquet.
const VERSION: u32 = 1;
const KEY: &str = "khabar_edges";
/// Longest header that a reader of lines takes.
const LONGEST_LINE: usize = 60 << 20;

const COLUMNS: [Column; 4] = [
    Column::new("id_a", Kind::Text),
    Column::new("id_b", Kind::Text),
    Column::new("cosine", Kind::Float),
    Column::new("score", Kind::Float),
];

#[derive(Serialize, Deserialize)]
struct Header {
    khabar_edges: u32,
    score: String,
    floor: f32,
    floor_share: f32,
    /// Not in the first files.
    #[serde(default)]
    threshold: Option<f32>,
    settings: serde_json::Value,
    ids: Vec<String>,
    /// Places in `ids`: an article, and the first one equal to it.
    equal: Vec<(u32, u32)>,
}

/// Fails where the name is not one of an edge file.
pub(crate) fn check_name(path: &Path) -> anyhow::Result<()> {
    if matches!(Format::from_path(path), Ok(Format::Jsonl | Format::Parquet)) {
        return Ok(());
    }
    bail!("--edges: {}: name a file in .parquet or .jsonl (also .jsonl.zst)", path.display());
}

/// Saves a graph.
pub(crate) fn write(path: &Path, graph: &SavedGraph, options: &GroupOptions) -> anyhow::Result<()> {
    let equal = (0..).zip(&graph.head).filter(|&(i, &head)| i != head);
    let header = Header {
        khabar_edges: VERSION,
        score: graph.kind.name().to_owned(),
        floor: graph.floor,
        floor_share: options.floor_share,
        threshold: graph.threshold,
        settings: settings(options),
        ids: graph.ids.clone(),
        equal: equal.map(|(i, &head)| (i, head)).collect(),
    };
    let header = serde_json::to_string(&header)?;
    let format = Format::from_path(path)?;
    let mut file = AtomicFile::create(path)?;
    let mut write_options = WriteOptions::default();
    if format == Format::Parquet {
        write_options.metadata.push((KEY.to_owned(), header));
    } else if header.len() > LONGEST_LINE {
        bail!("--edges: {}: too many articles for JSON Lines; use .parquet", path.display());
    } else {
        writeln!(file, "{header}").map_err(|e| Error::io(path, e))?;
    }
    let mut rows = row_writer(format, file, &COLUMNS, &write_options)?;
    let id = |at: u32| &graph.ids[at as usize];
    for e in &graph.edges {
        rows.write(&[id(e.a).into(), id(e.b).into(), e.cosine.into(), e.score.into()])?;
    }
    Ok(rows.finish()?)
}

/// What shaped the graph, for whoever opens the file.
fn settings(options: &GroupOptions) -> serde_json::Value {
    let (hashing, range) = (&options.hashing, options.hashing.ngram_range);
    serde_json::json!({
        "analyzer": hashing.analyzer.name(),
        "ngram_range": [range.min(), range.max()],
        "n_features": hashing.n_features(),
        "lead": hashing.lead.map(|l| [l.characters, l.times]),
        "tf": format!("{:?}", options.tf).to_lowercase(),
        "min_df": limit(options.blend.min_df),
        "max_df": options.blend.max_df.map(limit),
        "idf_power": options.blend.idf_power,
        "normalize": format!("{:?}", options.normalize),
        "window_seconds": options.window,
        "exact": options.pruning == Pruning::Exact,
        "max_edges": options.max_edges,
        "saved_weights": options.weights.is_some(),
        "boilerplate": if options.boilerplate == Boilerplate::Cut { "cut" } else { "keep" },
    })
}

/// A count as a whole number, a share with a decimal point: as the flags are written.
fn limit(limit: DfLimit) -> serde_json::Value {
    match limit {
        DfLimit::Count(count) => count.into(),
        DfLimit::Share(share) => share.into(),
    }
}

/// Reads a graph, and the part of the threshold its floor was.
pub(crate) fn read(path: &Path) -> anyhow::Result<(SavedGraph, f32)> {
    let name = safe(&path.to_string_lossy()).into_owned();
    let wrong = |what: &str| Error::format(&*name, what, "make it again with khabar group --edges");
    let mut rows = read_rows(path)?;
    let in_parquet = rows.metadata().iter().find(|(key, _)| key == KEY).map(|(_, v)| v.clone());
    let header: Result<Header, _> = match in_parquet {
        Some(json) => serde_json::from_str(&json),
        None => match rows.next().transpose()? {
            Some(row) => serde_json::from_value(row.into()),
            None => return Err(wrong("the file is empty").into()),
        },
    };
    let header = header.map_err(|_| wrong("the file has no header of a khabar graph"))?;
    let kind = [ScoreKind::Cosine, ScoreKind::Story].into_iter().find(|k| k.name() == header.score);
    let Some(kind) = kind.filter(|_| header.khabar_edges == VERSION) else {
        return Err(wrong("the file was made by another version of khabar").into());
    };
    let right_number = |x: f32| x.is_finite() && (0.0..=1.001).contains(&x);
    let numbers = [Some(header.floor), Some(header.floor_share), header.threshold];
    if !numbers.into_iter().flatten().all(right_number) {
        return Err(wrong("the floor or the threshold is none").into());
    }
    let mut head: Vec<u32> = (0..header.ids.len() as u32).collect();
    for &(at, first) in &header.equal {
        if first >= at || head.get(first as usize) != Some(&first) || at as usize >= head.len() {
            return Err(wrong("the list of equal articles is broken").into());
        }
        head[at as usize] = first;
    }
    let place: FxHashMap<&str, u32> = header.ids.iter().map(String::as_str).zip(0..).collect();
    if place.len() != header.ids.len() {
        return Err(wrong("an id stands there twice").into());
    }
    let edge = |row: &RowMap| -> Option<Edge> {
        let at = |name| place.get(column(row, &[name])?.as_ref()).copied();
        let number = |name| {
            let number = row.get(name)?.as_f64()? as f32;
            right_number(number).then_some(number)
        };
        let edge = Edge {
            a: at("id_a")?,
            b: at("id_b")?,
            cosine: number("cosine")?,
            score: number("score")?,
        };
        (edge.a != edge.b).then_some(edge)
    };
    let mut edges = Vec::new();
    for row in rows {
        edges.push(edge(&row?).ok_or_else(|| wrong("a row is no edge between its articles"))?);
    }
    let Header { ids, floor, floor_share, threshold, .. } = header;
    Ok((SavedGraph { ids, head, edges, floor, kind, threshold }, floor_share))
}

/// How a saved graph is cut again.
pub(crate) struct Recut {
    pub(crate) options: RecutOptions,
    /// Edges from this part of the threshold on count.
    pub(crate) share: f32,
}

/// A graph cut again, in the order of the input, or of the file where none was given.
pub(crate) struct Found {
    pub(crate) stories: Vec<Story>,
    pub(crate) placements: Vec<Placement>,
    stand_ins: Vec<Article>,
}

impl Found {
    /// The articles that the rows are about: `given`, or what stands for them.
    pub(crate) fn articles<'a>(&'a self, given: &'a [Article]) -> Vec<&'a Article> {
        if given.is_empty() { self.stand_ins.iter().collect() } else { given.iter().collect() }
    }
}

impl Recut {
    /// Cuts; `articles` are those the graph was made from, in any order, or none.
    pub(crate) fn of(&self, saved: SavedGraph, articles: &[Article]) -> anyhow::Result<Found> {
        let stand_ins = if articles.is_empty() { stand_ins(&saved.ids) } else { Vec::new() };
        let order: Vec<u32> = if articles.is_empty() {
            (0..saved.ids.len() as u32).collect()
        } else {
            matched(&saved.ids, articles)?
        };
        let given = if articles.is_empty() { &stand_ins } else { articles };
        let sorted: Vec<&Article> = order.iter().map(|&at| &given[at as usize]).collect();
        let saved = saved.listed_at(self.options.threshold, self.share);
        let cut = recut(&saved, &sorted, &self.options)?;
        let (mut stories, placed) = (cut.stories, cut.placements);
        // From places in the file to places in the input; the largest story first.
        for story in &mut stories {
            story.representative = order[story.representative as usize];
            story.members.iter_mut().for_each(|member| *member = order[*member as usize]);
        }
        stories.sort_by_key(|story| std::cmp::Reverse(story.members.len()));
        let mut placements = placed.clone();
        for (place, &at) in placed.into_iter().zip(&order) {
            let nearest = place.nearest.map(|near| order[near as usize]);
            placements[at as usize] = Placement { nearest, ..place };
        }
        for (number, story) in (0..).zip(&stories) {
            for &member in &story.members {
                placements[member as usize].story = number;
            }
        }
        Ok(Found { stories, placements, stand_ins })
    }
}

/// Articles of which only the id and the order in time are known: stories get the names they
/// had.
fn stand_ins(ids: &[String]) -> Vec<Article> {
    let articles = ids.iter().zip(0..).map(|(id, seconds)| Article {
        id: id.clone(),
        published: Some(Published { seconds, original: String::new() }),
        ..Article::default()
    });
    articles.collect()
}

/// For each saved id the article that has it; both must hold the same ids.
fn matched(ids: &[String], articles: &[Article]) -> anyhow::Result<Vec<u32>> {
    let places: FxHashMap<&str, u32> = articles.iter().map(|a| a.id.as_str()).zip(0..).collect();
    let order: Vec<u32> = ids.iter().filter_map(|id| places.get(id.as_str()).copied()).collect();
    if order.len() == ids.len() && order.len() == articles.len() {
        return Ok(order);
    }
    bail!(
        "the input is not what the graph was made from: {} of its {} articles are in the graph, \
         which has {}; name that input, or none",
        order.len(),
        articles.len(),
        ids.len()
    );
}
