//! The help centre, whose calls are counted by themselves.
//! <https://developer.zendesk.com/api-reference/help_center/help-center-api/search/#search-articles>

use serde_json::{Value, json};

use super::super::state::State;
use super::{Answer, Problem};
use crate::demo::peer::{Call, Readers, Reply, SimArticle};

impl State {
    /// Adds an article; answers where it is read.
    pub(in super::super) fn add_article(&mut self, article: SimArticle) -> String {
        let id = self.ids.long();
        let url = self.article_url(id, &article);
        self.articles.push((id, article));
        url
    }

    fn article_url(&self, id: i64, article: &SimArticle) -> String {
        format!("{}/hc/{}/articles/{id}", self.base_url, article.locale)
    }

    /// One of four parameters is needed. Staff finds what it may read, drafts too.
    pub(super) fn search_articles(&self, call: &Call) -> Answer {
        let bad = |description: &str| Problem::BadRequest { error: "InvalidParameter", description: description.to_owned() };
        let asked =
            ["query", "category", "section", "label_names"].iter().any(|key| call.query(key).is_some_and(|value| !value.is_empty()));
        if !asked {
            return Err(bad("At least one of query, category, section or label_names is required"));
        }
        let locale = call.query("locale");
        if locale.is_some_and(|locale| !["fr", "en-us"].contains(&locale)) {
            return Err(bad("The locale is not enabled"));
        }
        let query = call.query("query").unwrap_or_default();
        let fitting =
            self.articles.iter().filter(|(_, article)| article.fits(query) && locale.is_none_or(|locale| article.locale == locale));
        let results: Vec<Value> = fitting.map(|(id, article)| self.article_json(*id, article)).collect();
        let count = results.len();
        Ok(Reply::json(200, json!({"count": count, "next_page": null, "page": 1, "page_count": 1, "per_page": 25, "results": results})))
    }

    fn article_json(&self, id: i64, article: &SimArticle) -> Value {
        let segment = (article.readers == Readers::Staff).then_some(360_000_001);
        json!({
            "id": id, "title": article.title, "body": article.html, "snippet": article.html, "locale": article.locale, "source_locale": article.locale,
            "html_url": self.article_url(id, article), "draft": article.readers == Readers::Nobody, "outdated": false, "promoted": false,
            "user_segment_id": segment, "user_segment_ids": segment.into_iter().collect::<Vec<_>>(), "label_names": [], "result_type": "article",
        })
    }
}
