//! Articles of the helpdesk's own help centre that fit a case, and how often they were of use.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use url::Url;

use super::{Check, Cx, Result, refused};
use crate::domain::articles::{Article, MOST, keywords};
use crate::domain::ids::{CaseId, ConnectionId};
use crate::domain::parties::{Actor, View, Who};
use crate::domain::refusal::Refusal;
use crate::helpdesk::{ArticleSearch, HelpdeskError};
use crate::policy::{self, Permission};
use crate::store::{ConnectionRow, UsedArticle};

/// The longest address of an article, in characters.
pub const URL_LIMIT: usize = 500;
/// How long the answer of a help centre is remembered.
const KEPT: Duration = Duration::from_mins(10);
/// How many answers are remembered.
const MOST_KEPT: u64 = 2_000;
/// Nobody waits longer for a help centre.
const PATIENCE: Duration = Duration::from_secs(3);
/// How many articles the list of the most used has.
const MOST_USED: u64 = 100;

/// What help centres answered lately. Who asks the same at the same time waits for one answer.
#[derive(Debug, Clone)]
pub struct Articles(Cache<(ConnectionId, ArticleSearch), Arc<Vec<Article>>>);

impl Default for Articles {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST_KEPT).time_to_live(KEPT).build())
    }
}

/// Whether a help centre could be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Centre {
    /// It answered.
    Answered,
    /// It did not answer, or not in time, or asks to be left alone for a moment.
    Unavailable,
    /// No helpdesk is connected.
    NotConnected,
}

/// Articles that fit a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestions {
    /// Whether the help centre could be asked.
    pub centre: Centre,
    /// The articles, the best first.
    pub articles: Vec<Article>,
    /// How often each address was of use in the marketplace; for the operator.
    pub uses: Option<HashMap<String, i64>>,
}

/// Articles that everybody may read and that fit a case: at most five. None when there is no such case for the actor, or
/// suggestions are not for them.
pub async fn suggest(cx: &Cx, actor: &Actor, case: CaseId) -> Result<Option<Suggestions>> {
    if !policy::has(&actor.who, Permission::UseTemplates) {
        return Ok(None);
    }
    let Some(case) = cx.store.cases_by_id(actor.scope(), &[case]).await?.pop() else { return Ok(None) };
    let Some(row) = connection(cx, actor, case.id).await? else {
        return Ok(Some(Suggestions { centre: Centre::NotConnected, articles: Vec::new(), uses: None }));
    };
    let words = cx.store.buyer_words(actor.scope(), case.id).await?;
    let first = words.first().map_or("", String::as_str);
    let (centre, found) = match keywords(&case.subject, first) {
        Some(words_to_find) => {
            let marketplace = cx.marketplace(actor.marketplace).await?.locale;
            let own = case.language_or(&marketplace).to_owned();
            // The marketplace says more exactly which French.
            let locale = if marketplace.split('-').next() == Some(own.as_str()) { marketplace } else { own };
            let search = ArticleSearch { words: words_to_find, locale: Some(locale) };
            ask(cx, &row, search).await
        }
        None => (Centre::Answered, Arc::default()),
    };
    let articles: Vec<_> = found.iter().filter(|article| is_theirs(&article.url, &row)).take(MOST).cloned().collect();
    let uses = match actor.scope().view {
        View::Whole => {
            let urls: Vec<_> = articles.iter().map(|article| article.url.clone()).collect();
            Some(cx.store.uses_of_articles(actor.marketplace, &urls).await?)
        }
        _ => None,
    };
    Ok(Some(Suggestions { centre, articles, uses }))
}

async fn ask(cx: &Cx, row: &ConnectionRow, search: ArticleSearch) -> (Centre, Arc<Vec<Article>>) {
    let connected = match cx.connections.get(row.id).await {
        Ok(connected) => connected,
        Err(error) => {
            tracing::warn!(connection.id = %row.id, %error, "a help centre cannot be asked");
            return (Centre::Unavailable, Arc::default());
        }
    };
    let key = (row.id, search.clone());
    let fetch = async { connected.helpdesk.articles(&search).await.map(Arc::new) };
    let answer = tokio::time::timeout(PATIENCE, cx.articles.0.try_get_with(key, fetch)).await;
    match answer {
        Ok(Ok(found)) => (Centre::Answered, found),
        Ok(Err(error)) => {
            let error: &HelpdeskError = &error;
            tracing::info!(connection.id = %row.id, %error, "a help centre did not answer");
            (Centre::Unavailable, Arc::default())
        }
        Err(_) => (Centre::Unavailable, Arc::default()),
    }
}

/// The connection of the case's ticket, or else the marketplace's first.
async fn connection(cx: &Cx, actor: &Actor, case: CaseId) -> Result<Option<ConnectionRow>> {
    let mut all = cx.store.connections(Some(actor.marketplace)).await?;
    let whole = Actor::system(actor.marketplace).scope();
    let tickets = cx.store.tickets_of_cases(whole, &[case]).await?;
    let own = tickets.first().and_then(|(_, ticket)| all.iter().position(|row| row.id == ticket.connection));
    Ok(if all.is_empty() { None } else { Some(all.swap_remove(own.unwrap_or(0))) })
}

/// Whether an address is one of a connection's help centre: on the helpdesk's own host or the one that was named, and private
/// on its way, as the connection itself.
fn is_theirs(address: &str, row: &ConnectionRow) -> bool {
    let (Ok(url), Ok(base)) = (Url::parse(address), Url::parse(&row.base_url)) else { return false };
    let named = row.settings.get("helpCentreHost").and_then(serde_json::Value::as_str);
    let at_home = url.host_str() == base.host_str() && url.port_or_known_default() == base.port_or_known_default();
    let secure = url.scheme() == "https" || at_home && url.scheme() == base.scheme();
    let elsewhere = named.is_some() && url.host_str() == named && url.port().is_none();
    secure && (at_home || elsewhere) && url.username().is_empty() && url.password().is_none()
}

/// Writes down that an article was of use to a person in a case: once, however often it is said. Gives how often it was of
/// use in the marketplace.
pub async fn use_article(cx: &Cx, actor: &Actor, case: CaseId, address: &str) -> Result<i64> {
    policy::require(&actor.who, Permission::UseTemplates)?;
    let mut check = Check::default();
    check.text(&["articleUrl"], "The address", address, URL_LIMIT);
    check.done()?;
    if cx.store.cases_by_id(actor.scope(), &[case]).await?.is_empty() {
        return Err(refused(&["caseId"], Refusal::NotFound { what: "Case" }));
    }
    let rows = cx.store.connections(Some(actor.marketplace)).await?;
    if !rows.iter().any(|row| is_theirs(address, row)) {
        let message = "This is not an address of the helpdesk's help centre.".into();
        return Err(refused(&["articleUrl"], Refusal::Invalid { message }));
    }
    let tx = cx.store.begin(actor.marketplace).await?;
    let uses = tx.use_article(case, address, &person(&actor.who)).await?;
    tx.commit().await?;
    Ok(uses)
}

/// Who somebody is, as far as we can tell people apart.
fn person(who: &Who) -> String {
    match who {
        Who::Operator { token, .. } | Who::Seller { token, .. } | Who::Vendor { token, .. } => token.to_string(),
        Who::Agent { connection, name } => format!("{connection}/{name}"),
        Who::Buyer { buyer } => buyer.to_string(),
        Who::Mediator { mediator, .. } => mediator.to_string(),
        Who::Helpdesk { connection } => connection.to_string(),
        Who::System => "system".to_owned(),
    }
}

/// The articles that were of use most often, for the operator; nothing for others.
pub async fn most_used(cx: &Cx, actor: &Actor) -> Result<Vec<UsedArticle>> {
    if actor.scope().view != View::Whole {
        return Ok(Vec::new());
    }
    Ok(cx.store.most_used_articles(actor.marketplace, MOST_USED).await?)
}
