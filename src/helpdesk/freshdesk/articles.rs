//! The solutions. The search takes no language that is documented, and its hits name no address.
//! <https://developers.freshdesk.com/api/#solutions>

use serde_json::Value;

use super::Freshdesk;
use crate::domain::articles::Article;
use crate::helpdesk::HelpdeskError;
use crate::helpdesk::articles::{self, ArticleSearch};
use crate::helpdesk::wire::Call;

/// The status of an article that is published.
const PUBLISHED: u64 = 2;
/// The visibility of a folder whose articles everybody may read.
const FOR_ALL: u64 = 1;

impl Freshdesk {
    pub(super) async fn find_articles(&self, search: &ArticleSearch) -> Result<Vec<Article>, HelpdeskError> {
        let found: Vec<Value> = self.wire.ask(Call::get("api/v2/search/solutions").query("term", &search.words)).await?;
        Ok(found.iter().filter_map(|hit| self.read_article(hit)).collect())
    }

    /// An article that everybody may read. What does not say so is not one.
    fn read_article(&self, hit: &Value) -> Option<Article> {
        let number = |key: &str| hit.get(key).and_then(Value::as_u64);
        if number("status") != Some(PUBLISHED) || number("folder_visibility") != Some(FOR_ALL) {
            return None;
        }
        let text = |key: &str| hit.get(key).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        let words = text("description_text").or_else(|| text("description")).unwrap_or_default();
        let url = self.wire.address(&format!("support/solutions/articles/{}", number("id")?)).to_string();
        Some(articles::article(text("title")?, url, text("language").map(str::to_owned), words))
    }
}
