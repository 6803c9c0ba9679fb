//! Articles of the helpdesk's own help centre.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::errors::{Result, UserError, bad_input, failure, split};
use super::session::session;
use crate::domain::ids::CaseId;
use crate::workflow::articles;

/// So many articles are suggested at most.
const MOST: i32 = 5;

/// Whether the help centre could be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::workflow::articles::Centre")]
enum HelpCentreState {
    /// It answered.
    Answered,
    /// It did not answer, or not in time, or asks to be left alone for a moment. Ask again later.
    Unavailable,
    /// No helpdesk is connected.
    NotConnected,
}

/// Articles that fit a case.
#[derive(SimpleObject)]
pub(super) struct ArticleSuggestions {
    /// Whether the help centre could be asked.
    state: HelpCentreState,
    /// The articles, the best first; empty when none fits, or it could not be asked.
    articles: Vec<ArticleSuggestion>,
}

/// An article of the helpdesk's help centre that everybody may read.
#[derive(SimpleObject)]
pub(super) struct ArticleSuggestion {
    /// Its title.
    title: String,
    /// Where it is read: a web address on the helpdesk's host.
    url: String,
    /// Its language, as the help centre names it; null when it does not say.
    locale: Option<String>,
    /// How it begins, or the part that fits, as plain text.
    excerpt: String,
    /// How often it was of use in the marketplace; null for viewers other than the operator.
    uses: Option<i64>,
}

/// An article that was of use.
#[derive(SimpleObject)]
pub(super) struct ArticleUse {
    /// Where it is read.
    url: String,
    /// How often: once for each case and person.
    uses: i64,
    /// When it was last.
    last_used_at: DateTime<Utc>,
}

/// The queries of this file.
#[derive(Default)]
pub(super) struct ArticleQueries;

#[Object]
impl ArticleQueries {
    /// Articles of the helpdesk's help centre that fit a case, by the words of its subject and of the buyer: published ones
    /// that everybody may read. For operators and sellers; null for others, and when there is no such case for the viewer.
    /// Answers are remembered for some minutes.
    async fn article_suggestions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case.")] case_id: CaseId,
        #[graphql(desc = "How many, 1 to 5; 5 when nothing is said.")] first: Option<i32>,
    ) -> Option<Result<ArticleSuggestions>> {
        let run = async {
            let session = session(ctx)?;
            let first = usize::try_from(first.unwrap_or(MOST)).ok().filter(|first| (1..=5).contains(first));
            let first = first.ok_or_else(|| bad_input("`first` must be between 1 and 5"))?;
            let found = Box::pin(articles::suggest(session.cx(), session.actor(), case_id)).await.map_err(|error| failure(&error))?;
            Ok(found.map(|found| {
                let uses = |url: &str| found.uses.as_ref().map(|uses| uses.get(url).copied().unwrap_or(0));
                let suggestion = |article: &crate::domain::articles::Article| ArticleSuggestion {
                    title: article.title.clone(),
                    url: article.url.clone(),
                    locale: article.locale.clone(),
                    excerpt: article.excerpt.clone(),
                    uses: uses(&article.url),
                };
                ArticleSuggestions { state: found.centre.into(), articles: found.articles.iter().take(first).map(suggestion).collect() }
            }))
        };
        run.await.transpose()
    }

    /// The articles that were of use most often, at most 100. For operators; empty for others.
    async fn article_uses(&self, ctx: &Context<'_>) -> Result<Vec<ArticleUse>> {
        let session = session(ctx)?;
        let used = articles::most_used(session.cx(), session.actor()).await.map_err(|error| failure(&error))?;
        Ok(used.into_iter().map(|used| ArticleUse { url: used.url, uses: used.uses, last_used_at: used.last_used_at }).collect())
    }
}

/// An article that was of use.
#[derive(InputObject)]
pub(super) struct ArticleUseInput {
    /// The case in which.
    case_id: CaseId,
    /// Where the article is read, at most 500 characters: an address of the helpdesk's help centre.
    article_url: String,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct ArticleUsePayload {
    /// The address; null when nothing was done.
    article_url: Option<String>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// The mutations of this file.
#[derive(Default)]
pub(super) struct ArticleMutations;

#[Object]
impl ArticleMutations {
    /// Says that an article was of use: somebody put it into an answer. Counted once for each case, article and person. For
    /// operators and sellers. Safe to repeat.
    async fn article_use(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The article, and where.")] input: ArticleUseInput,
    ) -> Option<Result<ArticleUsePayload>> {
        let run = async {
            let session = session(ctx)?;
            let (done, user_errors) = split(articles::use_article(session.cx(), session.actor(), input.case_id, &input.article_url).await)?;
            Ok(ArticleUsePayload { article_url: done.map(|_| input.article_url), user_errors })
        };
        Some(run.await)
    }
}
