//! The help centre's articles.
//! <https://developer.zendesk.com/api-reference/help_center/help-center-api/search/#search-articles>

use serde_json::Value;

use super::{Zendesk, api};
use crate::domain::articles::Article;
use crate::helpdesk::HelpdeskError;
use crate::helpdesk::articles::{self, ArticleSearch};
use crate::helpdesk::wire::Call;

/// More than are suggested, as those that not everybody may read fall out.
const PAGE: usize = 25;

impl Zendesk {
    pub(super) async fn find_articles(&self, search: &ArticleSearch) -> Result<Vec<Article>, HelpdeskError> {
        let call = || Call::get("api/v2/help_center/articles/search.json").query("query", &search.words).query("per_page", &PAGE);
        let found = match &search.locale {
            // Locales are in small letters there.
            Some(locale) => match self.wire.ask(call().query("locale", &locale.to_lowercase())).await {
                // The help centre does not have this one.
                Err(HelpdeskError::Refused { .. } | HelpdeskError::NotFound) => self.wire.ask(call()).await,
                found => found,
            },
            None => self.wire.ask(call()).await,
        };
        let api::Articles { results } = found?;
        Ok(results.iter().filter_map(read).collect())
    }
}

/// An article that everybody may read: published, and for no segment of users alone. What does not say so is not.
fn read(hit: &Value) -> Option<Article> {
    let for_all = hit.get("user_segment_id").is_some_and(Value::is_null)
        && hit.get("user_segment_ids").and_then(Value::as_array).is_none_or(Vec::is_empty);
    if hit.get("draft") != Some(&Value::Bool(false)) || !for_all {
        return None;
    }
    let text = |key: &str| hit.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let words = text("snippet").or_else(|| text("body")).unwrap_or_default();
    Some(articles::article(text("title")?, text("html_url")?.to_owned(), text("locale").map(str::to_owned), words))
}
