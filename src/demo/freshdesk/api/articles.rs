//! The solutions. <https://developers.freshdesk.com/api/#solutions>

use serde_json::{Value, json};

use super::super::problem::Fault;
use super::super::state::State;
use super::Answer;
use crate::demo::peer::{Call, Readers, Reply, SimArticle, html};

impl State {
    /// Adds an article; answers where it is read.
    pub(in super::super) fn add_article(&mut self, article: SimArticle) -> String {
        let id = self.ids.long();
        self.articles.push((id, article));
        format!("{}/support/solutions/articles/{id}", self.base_url)
    }

    /// Staff finds all, drafts too.
    pub(super) fn search_solutions(&self, call: &Call) -> Answer {
        let Some(term) = call.query("term").filter(|term| !term.trim().is_empty()) else { return Err(Fault::missing("term").into()) };
        let found: Vec<Value> =
            self.articles.iter().filter(|(_, article)| article.fits(term)).map(|(id, article)| solution(*id, article)).collect();
        Ok(Reply::json(200, json!(found)))
    }
}

fn solution(id: i64, article: &SimArticle) -> Value {
    json!({
        "id": id, "title": article.title, "description": article.html, "description_text": html::to_text(&article.html), "type": 1,
        "status": if article.readers == Readers::Nobody { 1 } else { 2 }, "folder_visibility": if article.readers == Readers::Staff { 3 } else { 1 },
        "category_name": "Général", "folder_name": "FAQ", "hits": 0, "thumbs_up": 0, "thumbs_down": 0, "tags": [],
    })
}
