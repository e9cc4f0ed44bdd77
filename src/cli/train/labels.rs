//! Which label each article is learned with: topics as given, or as a file of labels says.
//!
//! A file of labels has a line a topic: as the input has it, the label to learn it as, and
//! where there is one the label's id in a taxonomy, apart by tabs. Several topics may become
//! one label; a topic without a label is left out. Lines that begin with `#` say nothing. A
//! few bytes an article.
//!
//! ```text
//! sports -> sport -> medtop:15000000     (tabs in place of arrows)
//! رياضة -> sport
//! ads
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::bail;
use khabar::Article;
use khabar::output::safe;
use khabar::topic::Labels;

use crate::cli::talk::{Talk, counted};

/// Labels that are shown in a message.
const SHOWN: usize = 8;

/// What topics become.
#[derive(Debug, Default)]
pub(crate) struct LabelMap {
    /// Label by topic; none where articles of the topic are left out.
    labels: BTreeMap<String, Option<String>>,
    ids: BTreeMap<String, String>,
}

impl LabelMap {
    /// Reads a file of labels.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|e| khabar::Error::io(path, e))?;
        let name = path.to_string_lossy();
        let name = safe(&name);
        let mut map = Self::default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        for (line, content) in text.lines().enumerate() {
            let line = line + 1;
            if content.starts_with('#') || content.trim().is_empty() {
                continue;
            }
            let mut parts = content.split('\t').map(str::trim);
            let topic = parts.next().unwrap_or_default();
            let label = parts.next().unwrap_or_default();
            let id = parts.next().unwrap_or_default();
            if topic.is_empty() || parts.next().is_some() {
                bail!("{name}:{line}: not topic, label and id apart by tabs; mend the line");
            }
            let to = (!label.is_empty()).then(|| label.to_owned());
            if map.labels.insert(topic.to_owned(), to).is_some() {
                bail!("{name}:{line}: {} stands here a second time; keep one line", safe(topic));
            }
            if id.is_empty() {
                continue;
            }
            let known = map.ids.entry(label.to_owned()).or_insert_with(|| id.to_owned());
            if known != id {
                bail!("{name}:{line}: {} has two ids; give it one", safe(label));
            }
        }
        if map.labels.is_empty() {
            bail!("{name}: no labels; write a line a topic: topic, tab, label, tab, id");
        }
        Ok(map)
    }

    /// The labels of an article, in the order of its topics.
    fn of<'a>(&'a self, article: &'a Article) -> impl Iterator<Item = &'a str> {
        article.topics.iter().filter_map(|topic| match self.labels.get(topic) {
            Some(label) => label.as_deref(),
            None => Some(topic.as_str()).filter(|topic| !topic.trim().is_empty()),
        })
    }

    /// The id of a label; empty where it has none.
    pub(crate) fn id(&self, label: &str) -> String {
        self.ids.get(label).cloned().unwrap_or_default()
    }

    /// Topics of the map that no article has.
    fn unused(&self, articles: &[&Article]) -> Vec<&str> {
        let used: BTreeSet<&str> =
            articles.iter().flat_map(|a| &a.topics).map(String::as_str).collect();
        self.labels.keys().map(String::as_str).filter(|topic| !used.contains(topic)).collect()
    }
}

/// How labels are taken.
pub(crate) struct Rules<'a> {
    pub(crate) map: &'a LabelMap,
    pub(crate) multi: bool,
    /// Labels of fewer articles are left out.
    pub(crate) min_articles: usize,
    /// Into how many folds articles will go; 0 for none.
    pub(crate) folds: u32,
    /// The input as the user named it.
    pub(crate) input: String,
}

/// Articles and their labels.
pub(crate) struct Labelled<'a> {
    pub(crate) articles: Vec<&'a Article>,
    /// Names in the order of their bytes.
    pub(crate) names: Vec<String>,
    /// One list an article; single labels alone.
    pub(crate) rows: Vec<Vec<u32>>,
}

impl Labelled<'_> {
    /// As the trainer wants them.
    pub(crate) fn labels(&self, multi: bool) -> khabar::Result<Labels> {
        if multi {
            return Labels::lists(self.rows.iter().cloned(), self.names.len());
        }
        Labels::single(self.rows.iter().flatten().copied().collect(), self.names.len())
    }

    /// How many articles each label has.
    pub(crate) fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.names.len()];
        self.rows.iter().flatten().for_each(|&label| counts[label as usize] += 1);
        counts
    }
}

/// The labels of one article, by name: one, or all of them once.
fn of_article<'a>(article: &'a Article, rules: &'a Rules<'_>) -> Vec<&'a str> {
    let mut labels: Vec<&str> =
        rules.map.of(article).take(if rules.multi { usize::MAX } else { 1 }).collect();
    labels.sort_unstable();
    labels.dedup();
    labels
}

/// What is learned from: articles with labels, and the labels there are.
pub(crate) fn to_learn<'a>(
    articles: &[&'a Article],
    rules: &Rules<'_>,
    talk: &Talk,
) -> anyhow::Result<Labelled<'a>> {
    let input = safe(&rules.input).into_owned();
    let unused = rules.map.unused(articles);
    if !unused.is_empty() {
        talk.warn(&format!("--label-map: no article has {}", listed(&unused)));
    }
    let several = articles.iter().filter(|a| rules.map.of(a).nth(1).is_some()).count();
    if several > 0 && !rules.multi {
        talk.warn(&format!(
            "{input}: {} several topics, of which the first counts; --multi-label learns all",
            counted(several, "article has", "articles have")
        ));
    }
    let mut counts = BTreeMap::<String, usize>::new();
    let mut bare = 0;
    for article in articles {
        let labels = of_article(article, rules);
        bare += usize::from(labels.is_empty());
        for label in labels {
            *counts.entry(label.to_owned()).or_default() += 1;
        }
    }
    if counts.is_empty() {
        bail!(
            "{input}: no article has a topic; name the field with --field topic=..., or give \
             labelled articles"
        );
    }
    if bare > 0 {
        let articles = counted(bare, "article", "articles");
        talk.warn(&format!("{input}: {articles} without a topic left out"));
    }
    let rare: Vec<&str> = counts
        .iter()
        .filter(|&(_, &n)| n < rules.min_articles)
        .map(|(name, _)| name.as_str())
        .collect();
    if !rare.is_empty() {
        let labels = counted(rare.len(), "topic", "topics");
        talk.note(&format!("{labels} of fewer than {} articles left out", rules.min_articles));
    }
    counts.retain(|_, &mut n| n >= rules.min_articles);
    if counts.len() < 2 {
        let only = counts.keys().next().map_or_else(
            || format!("no topic has {} articles", rules.min_articles),
            |only| format!("all articles are {}", safe(only)),
        );
        bail!("{input}: {only}; a topic model needs articles of at least two topics");
    }
    let remedy = "give more articles of it, leave such topics out with --min-articles, or make \
                  them another topic with --label-map";
    let few: Vec<&str> =
        counts.iter().filter(|&(_, &n)| n < 2).map(|(name, _)| name.as_str()).collect();
    if !few.is_empty() {
        bail!("{input}: only one article is {}; {remedy}", listed(&few));
    }
    let least = counts.iter().min_by_key(|&(_, &n)| n);
    if let Some((name, &n)) = least
        && n < rules.folds as usize
    {
        bail!(
            "--folds: {} folds, but {input} has {n} articles of {}; give at most {n} folds, or {remedy}",
            rules.folds,
            safe(name)
        );
    }
    let names: Vec<String> = counts.into_keys().collect();
    let mut found = Labelled { articles: Vec::new(), names, rows: Vec::new() };
    for &article in articles {
        let labels = of_article(article, rules);
        let row: Vec<u32> = labels
            .iter()
            .filter_map(|&label| found.names.binary_search_by(|name| name.as_str().cmp(label)).ok())
            .map(|i| i as u32)
            .collect();
        // Without any topic it is not labelled; with rare ones alone it is of no other.
        if !row.is_empty() || (rules.multi && !labels.is_empty()) {
            found.articles.push(article);
            found.rows.push(row);
        }
    }
    Ok(found)
}

/// What is measured on: articles with labels, by name; unknown ones too.
pub(crate) fn to_measure<'a>(
    articles: &[&'a Article],
    rules: &Rules<'_>,
    talk: &Talk,
) -> anyhow::Result<Vec<(&'a Article, Vec<String>)>> {
    let with: Vec<(&Article, Vec<String>)> = articles
        .iter()
        .map(|&a| (a, of_article(a, rules).into_iter().map(str::to_owned).collect::<Vec<_>>()))
        .filter(|(_, labels)| !labels.is_empty())
        .collect();
    let input = safe(&rules.input);
    if with.is_empty() {
        bail!("{input}: no article to validate on has a topic; give labelled articles");
    }
    let bare = articles.len() - with.len();
    if bare > 0 {
        let articles = counted(bare, "article", "articles");
        talk.warn(&format!("{input}: {articles} to validate on without a topic left out"));
    }
    Ok(with)
}

/// The first of many names.
pub(crate) fn listed(names: &[&str]) -> String {
    let shown: Vec<_> = names.iter().take(SHOWN).map(|name| safe(name).into_owned()).collect();
    shown.join(", ") + if names.len() > SHOWN { ", ..." } else { "" }
}
