//! What rows and tables are written of.

use khabar::Article;
use khabar::story::{Placement, Role, Story};

/// Stories and where each article stands, in the order rows are written in.
pub(crate) struct Grouped<'a> {
    pub(crate) articles: Vec<&'a Article>,
    /// The largest first.
    pub(crate) stories: &'a [Story],
    pub(crate) placements: &'a [Placement],
    /// `None`: not known.
    pub(crate) shared: Option<&'a Vec<Vec<String>>>,
    /// Nothing of the articles is known but their ids: the graph was saved, the input not given.
    pub(crate) ids_only: bool,
}

impl<'a> Grouped<'a> {
    pub(super) fn id(&self, at: u32) -> &'a str {
        &self.articles[at as usize].id
    }
}

pub(crate) fn role(role: Role) -> &'static str {
    match role {
        Role::Representative => "representative",
        Role::Copy => "copy",
        Role::Member => "member",
        Role::Single => "single",
    }
}
