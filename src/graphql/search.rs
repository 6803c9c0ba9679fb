//! What is found by its words, as the viewer may see it.

use async_graphql::{Enum, InputObject, Object, SimpleObject, Union};
use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;

use super::case_filter::within_years;
use super::cases::CaseObject;
use super::errors::{Result, bad_input, store};
use super::paging::{CursorKey, PageOf, Paging, connection, foreign_cursor};
use super::session::{Session, session};
use super::threads::MessageObject;
use crate::domain::cases::Case;
use crate::domain::ids::{CaseId, MessageId, SellerId};
use crate::domain::parties::{Party, View};
use crate::domain::search::{SearchQuery, Snippet};
use crate::domain::threads::Message;
use crate::policy::{self, Permission};
use crate::store::{self, Found, Page};

/// What kind of thing can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "store::Findable")]
pub(super) enum SearchKind {
    /// Cases: by subject, reference, order reference and seller; for operators by the buyer's name and address.
    Case,
    /// Messages, by their text.
    Message,
}

/// Where to look. Conditions are joined by "and".
#[derive(InputObject, Default)]
pub(super) struct SearchFilterInput {
    /// Only things of this kind; null for all.
    kind: Option<SearchKind>,
    /// Only what is said in cases of this seller.
    seller_id: Option<SellerId>,
    /// Only in this case.
    case_id: Option<CaseId>,
    /// Only what was opened or sent at this time or later.
    from: Option<DateTime<Utc>>,
    /// Only what was opened or sent before this time.
    before: Option<DateTime<Utc>>,
}

impl From<SearchFilterInput> for store::SearchFilter {
    fn from(input: SearchFilterInput) -> Self {
        Self {
            kind: input.kind.map(Into::into),
            seller: input.seller_id,
            case: input.case_id,
            from: input.from.map(within_years),
            before: input.before.map(within_years),
        }
    }
}

/// What was found.
#[derive(Union)]
pub(super) enum SearchResult {
    /// A case.
    Case(CaseObject),
    /// A message.
    Message(MessageObject),
}

/// Where the words were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum SearchField {
    /// In the subject of a case.
    Subject,
    /// In the short name of a case.
    Reference,
    /// In the reference of its order.
    OrderReference,
    /// In the name of its seller.
    SellerName,
    /// In the name of its buyer. For operators.
    BuyerName,
    /// In the e-mail address of its buyer. For operators.
    BuyerEmail,
    /// In the text of a message.
    Text,
}

/// A part of a text, in UTF-16 code units, as JavaScript counts.
#[derive(SimpleObject)]
pub(super) struct TextRange {
    /// Where it begins.
    start: usize,
    /// Where it ends: the first unit that is not part of it.
    end: usize,
}

/// Where the words were found, and what stands there.
#[derive(SimpleObject)]
pub(super) struct SearchMatch {
    /// The field that has the most of the words.
    field: SearchField,
    /// The part of it that has the first of the words, on one line, at most about 160 characters. An ellipsis stands for
    /// what is left out.
    snippet: String,
    /// What was found in the snippet, in order.
    highlights: Vec<TextRange>,
}

/// A thing that was found.
enum Thing {
    Case(Case),
    Message(Message),
}

/// Something that was found.
pub(super) struct SearchHit {
    thing: Thing,
    query: SearchQuery,
}

#[Object]
/// Something that was found. Not a node; its cursor goes on from here.
impl SearchHit {
    /// What it is.
    async fn node(&self) -> SearchResult {
        match &self.thing {
            Thing::Case(case) => SearchResult::Case(CaseObject(case.clone())),
            Thing::Message(message) => SearchResult::Message(MessageObject(message.clone())),
        }
    }

    /// The case that it is, or is said in: of several the first that the viewer knows.
    async fn case(&self, ctx: &async_graphql::Context<'_>) -> Option<Result<CaseObject>> {
        let find = async {
            match &self.thing {
                Thing::Case(case) => Ok(Some(case.clone())),
                Thing::Message(message) => {
                    let loaders = session(ctx)?.loaders();
                    match loaders.cases_of(message.thread).await?.first() {
                        Some(case) => loaders.case(*case).await,
                        None => Ok(None),
                    }
                }
            }
        };
        find.await.map(|found| found.map(CaseObject)).transpose()
    }

    /// Where the words were found.
    #[graphql(name = "match")]
    async fn place(&self, ctx: &async_graphql::Context<'_>) -> Result<SearchMatch> {
        let session = session(ctx)?;
        let view = session.scope().view;
        let (field, found) = match &self.thing {
            Thing::Message(message) => (SearchField::Text, snippet(view, Some(message.author), &message.text, &self.query)),
            Thing::Case(case) => {
                let mut best = (SearchField::Subject, case.subject.clone(), self.query.fits(&case.subject));
                for (field, text) in other_fields(session, case).await? {
                    let fits = self.query.fits(&text);
                    if fits > best.2 {
                        best = (field, text, fits);
                    }
                }
                (best.0, snippet(view, None, &best.1, &self.query))
            }
        };
        let highlights = found.highlights.into_iter().map(|place| TextRange { start: place.start, end: place.end }).collect();
        Ok(SearchMatch { field, snippet: found.text, highlights })
    }
}

/// What is shown of a text to a viewer: the one way of every snippet. `author` is the side whose words they are; what is
/// hidden from a viewer in words of that side is to be hidden here, before anything is cut out.
fn snippet(_view: View, _author: Option<Party>, text: &str, query: &SearchQuery) -> Snippet {
    query.snippet(text)
}

/// What a case is found by besides its subject, as far as the viewer may know.
async fn other_fields(session: &Session, case: &Case) -> Result<Vec<(SearchField, String)>> {
    let loaders = session.loaders();
    let order = async {
        match case.order {
            Some(order) => loaders.order(order).await,
            None => Ok(None),
        }
    };
    let seller = async {
        match case.seller {
            Some(seller) => loaders.seller(seller).await,
            None => Ok(None),
        }
    };
    let buyer = async {
        let known = policy::has(&session.actor().who, Permission::SeeBuyerContact);
        if known { loaders.buyer(case.buyer).await } else { Ok(None) }
    };
    let (order, seller, buyer) = futures_util::try_join!(order, seller, buyer)?;
    let (name, email) = buyer.map(|buyer| (buyer.name, buyer.email)).unzip();
    let fields = [
        (SearchField::Reference, Some(case.reference.clone())),
        (SearchField::OrderReference, order.map(|order| order.reference)),
        (SearchField::SellerName, seller.map(|seller| seller.name)),
        (SearchField::BuyerName, name),
        (SearchField::BuyerEmail, email.flatten()),
    ];
    Ok(fields.into_iter().filter_map(|(field, text)| Some((field, text?))).collect())
}

impl CursorKey for Found {
    fn write(&self) -> String {
        match self {
            Self::Case(id) => id.to_string(),
            Self::Message(id) => id.to_string(),
        }
    }

    fn read(text: &str) -> Option<Self> {
        text.parse::<CaseId>().map(Self::Case).or_else(|_| text.parse::<MessageId>().map(Self::Message)).ok()
    }
}

async fn load(session: &Session, found: Found) -> Result<Option<Thing>> {
    Ok(match found {
        Found::Case(id) => session.loaders().case(id).await?.map(Thing::Case),
        Found::Message(id) => session.loaders().message(id).await?.map(Thing::Message),
    })
}

/// What somebody typed, or why it cannot be looked for.
pub(super) fn read(text: &str) -> Result<SearchQuery> {
    SearchQuery::parse(text).map_err(|why| bad_input(why.to_string()))
}

/// Finds, the newest first.
pub(super) async fn search(
    session: &Session,
    query: &str,
    filter: Option<SearchFilterInput>,
    first: Option<i32>,
    after: Option<String>,
) -> Result<PageOf<SearchHit>> {
    let query = read(query)?;
    let request = Paging { first, after, last: None, before: None }.request()?;
    if let Some(from) = request.from {
        load(session, from).await?.ok_or_else(foreign_cursor)?;
    }
    let found = session.cx().store.search(session.scope(), &query, &filter.unwrap_or_default().into(), &request).await;
    let page = found.map_err(|error| store(&error))?;
    let things = try_join_all(page.items.iter().map(|found| load(session, *found))).await?;
    // What went out of sight in between is left out.
    let items: Vec<_> = page.items.into_iter().zip(things).filter_map(|(found, thing)| Some((found, thing?))).collect();
    let page = Page { items, more: page.more, began_at_cursor: page.began_at_cursor, side: page.side };
    Ok(connection(page, |(found, _)| *found, |(_, thing)| SearchHit { thing, query: query.clone() }))
}
