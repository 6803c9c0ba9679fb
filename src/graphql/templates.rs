//! Templates: found, written, turned into text.

use async_graphql::{Context, Enum, InputObject, Object, OneofObject, SimpleObject};
use chrono::{DateTime, Utc};

use super::enums::{CasePhase, Party};
use super::errors::{Result, UserError, split};
use super::orders::SellerObject;
use super::paging::{PageOf, Paging, connection};
use super::session::{Session, session};
use crate::domain::cases::Case;
use crate::domain::ids::{CaseId, SellerId, TemplateId, ThreadId};
use crate::domain::parties::View;
use crate::domain::reasons::ReasonKey;
use crate::domain::templates::{Need, Template, TemplateKey, TemplateOwner, suggested};
use crate::store::Page;
use crate::workflow::templates::{self, Rendering, TemplateDraft, TemplateName, TemplateRead};

/// A template.
pub(super) struct TemplateObject(pub(super) Template);

#[Object(name = "Template")]
/// A pre-written reply: plain text with `{{ variables }}` and `{% if %}`, in one language or several.
impl TemplateObject {
    /// The global id.
    pub(super) async fn id(&self) -> TemplateId {
        self.0.id
    }

    /// The short name: `acknowledgement`. Of several with the same key a viewer uses its own, else the marketplace's, else
    /// the one that comes with Trilogue.
    async fn key(&self) -> &str {
        self.0.key.as_str()
    }

    /// What people choose it by.
    async fn title(&self) -> &str {
        &self.0.body.title
    }

    /// Which side reads what comes of it.
    async fn reader(&self) -> Party {
        self.0.body.reader.into()
    }

    /// Who uses it.
    async fn users(&self) -> TemplateUsers {
        self.0.body.users.into()
    }

    /// Whose it is.
    async fn origin(&self) -> TemplateOrigin {
        match self.0.owner {
            TemplateOwner::BuiltIn => TemplateOrigin::BuiltIn,
            TemplateOwner::Marketplace => TemplateOrigin::Marketplace,
            TemplateOwner::Seller(_) => TemplateOrigin::Seller,
        }
    }

    /// The seller whose it is; null for all others.
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<SellerObject>> {
        let TemplateOwner::Seller(seller) = self.0.owner else { return None };
        let load = async { session(ctx)?.loaders().seller(seller).await };
        load.await.map(|found| found.map(SellerObject)).transpose()
    }

    /// For which contact reason, by its key; null for any.
    async fn reason(&self) -> Option<&str> {
        self.0.body.reason.as_ref().map(crate::domain::reasons::ReasonKey::as_str)
    }

    /// On which side of the purchase; null for any.
    async fn phase(&self) -> Option<CasePhase> {
        self.0.body.phase.map(Into::into)
    }

    /// The variables beyond those of every case: who renders it gives them a value.
    async fn variables(&self) -> Vec<&str> {
        self.0.body.variables.iter().map(String::as_str).collect()
    }

    /// Its text in each language, by tag.
    async fn texts(&self) -> Vec<TemplateText> {
        self.0.body.texts.iter().map(|(tag, text)| TemplateText { locale: tag.to_string(), text: text.clone() }).collect()
    }

    /// How often it was changed, from 1. A change names the revision that it is based on.
    async fn revision(&self) -> i32 {
        self.0.revision
    }

    /// When it last changed; null for one that comes with Trilogue.
    async fn updated_at(&self) -> Option<DateTime<Utc>> {
        self.0.updated_at
    }
}

/// A template's text in one language.
#[derive(SimpleObject)]
pub(super) struct TemplateText {
    /// The language, a BCP 47 tag: `fr`, `en-GB`.
    locale: String,
    /// The text, with its variables.
    text: String,
}

/// Whose a template is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(super) enum TemplateOrigin {
    /// It comes with Trilogue, and is replaced by one of the marketplace's under the same key.
    BuiltIn,
    /// The marketplace's; the operator writes it.
    Marketplace,
    /// A seller's own.
    Seller,
}

/// Who uses a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "crate::domain::templates::TemplateUsers")]
pub(super) enum TemplateUsers {
    /// The operator alone.
    Operator,
    /// The operator, and every seller.
    Everybody,
    /// The seller it belongs to.
    Owner,
}

/// Which templates to list. Conditions are joined by "and".
#[derive(InputObject, Default)]
pub(super) struct TemplateFilterInput {
    /// Read by this side.
    reader: Option<Party>,
    /// For this contact reason, or for any reason.
    reason: Option<String>,
    /// For this side of the purchase, or for any.
    phase: Option<CasePhase>,
    /// Written by this seller, and no others. For operators; sellers have theirs in the list anyway.
    seller_id: Option<SellerId>,
}

impl TemplateFilterInput {
    fn admits(&self, template: &Template) -> bool {
        let body = &template.body;
        self.reader.is_none_or(|reader| Party::from(body.reader) == reader)
            && self.reason.as_ref().is_none_or(|reason| body.reason.as_ref().is_none_or(|own| own.as_str() == reason))
            && self.phase.is_none_or(|phase| body.phase.is_none_or(|own| CasePhase::from(own) == phase))
    }
}

/// The names of a template; exactly one.
#[derive(OneofObject)]
pub(super) enum TemplateByInput {
    /// The global id.
    Id(TemplateId),
    /// The key; of several templates the one that the viewer uses.
    Key(String),
}

impl From<TemplateByInput> for TemplateName {
    fn from(by: TemplateByInput) -> Self {
        match by {
            TemplateByInput::Id(id) => Self::Id(id),
            TemplateByInput::Key(key) => Self::Key(key),
        }
    }
}

/// A text in one language.
#[derive(InputObject)]
pub(super) struct TemplateTextInput {
    /// The language, a BCP 47 tag: `fr`, `en-GB`.
    locale: String,
    /// The text, 1 to 10,000 characters.
    text: String,
}

/// A template to write.
#[derive(InputObject)]
pub(super) struct TemplateCreateInput {
    /// The short name: 1 to 40 lower-case letters, digits and underscores. Unique among the viewer's templates.
    key: String,
    /// What people choose it by, 1 to 200 characters.
    title: String,
    /// Which side reads it.
    reader: Party,
    /// Who uses it; null for the viewer's own side. Operators can offer one to `EVERYBODY`.
    users: Option<TemplateUsers>,
    /// For this contact reason, by its key; null for any.
    reason: Option<String>,
    /// On this side of the purchase; null for any.
    phase: Option<CasePhase>,
    /// The variables beyond those of every case, at most 30: who renders it gives them a value.
    #[graphql(default)]
    variables: Vec<String>,
    /// Its texts, one for each language, at most 20.
    texts: Vec<TemplateTextInput>,
}

/// A template to change. All of it is replaced, but for key and owner.
#[derive(InputObject)]
pub(super) struct TemplateUpdateInput {
    /// The template.
    id: TemplateId,
    /// The revision that the change is based on; at another one it is refused (`WRONG_REVISION`).
    revision: i32,
    /// What people choose it by, 1 to 200 characters.
    title: String,
    /// Which side reads it.
    reader: Party,
    /// Who uses it; null for the viewer's own side.
    users: Option<TemplateUsers>,
    /// For this contact reason, by its key; null for any.
    reason: Option<String>,
    /// On this side of the purchase; null for any.
    phase: Option<CasePhase>,
    /// The variables beyond those of every case, at most 30.
    #[graphql(default)]
    variables: Vec<String>,
    /// Its texts, one for each language, at most 20.
    texts: Vec<TemplateTextInput>,
}

/// A template to remove.
#[derive(InputObject)]
pub(super) struct TemplateDeleteInput {
    /// The template.
    id: TemplateId,
    /// The revision that was read; at another one it is refused (`WRONG_REVISION`).
    revision: i32,
}

macro_rules! draft {
    ($input:ident) => {
        TemplateDraft {
            title: $input.title,
            reader: $input.reader.into(),
            users: $input.users.map(Into::into),
            reason: $input.reason,
            phase: $input.phase.map(Into::into),
            variables: $input.variables,
            texts: $input.texts.into_iter().map(|text| (text.locale, text.text)).collect(),
        }
    };
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct TemplateCreatePayload {
    /// The new template; null when there is none.
    template: Option<TemplateObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct TemplateUpdatePayload {
    /// The template as it is now; null when nothing was done.
    template: Option<TemplateObject>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct TemplateDeletePayload {
    /// The id of the template that is gone; null when nothing was done.
    deleted_id: Option<TemplateId>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// A variable's value.
#[derive(InputObject)]
pub(super) struct TemplateVariableInput {
    /// The variable, one that the template declares.
    name: String,
    /// Its value, 1 to 1,000 characters.
    value: String,
}

/// A text to make of a template.
#[derive(InputObject)]
pub(super) struct TemplateRenderInput {
    /// Of which template.
    template: TemplateByInput,
    /// About which case.
    case_id: CaseId,
    /// For which thread of the case; null for the one in which its reader is.
    thread_id: Option<ThreadId>,
    /// In which language, a BCP 47 tag; null for the reader's.
    locale: Option<String>,
    /// Values of the variables that the template declares, at most 30.
    #[graphql(default)]
    variables: Vec<TemplateVariableInput>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct TemplateRenderPayload {
    /// The text, to be posted or changed by hand; null when there are errors.
    text: Option<String>,
    /// The language of the text that was taken. The order: the tag that was asked for, the reader's language (a seller's own, a
    /// buyer's as it shows in their words), the marketplace's, English, any; of each the exact tag, then the language alone,
    /// then another tag of it.
    locale: Option<String>,
    /// What is wrong. A variable without a value is named in `field`: `["variables", "order.total"]`.
    user_errors: Vec<UserError>,
}

/// The templates that fit a case, the best first.
pub(super) async fn suggested_for(session: &Session, case: &Case, first: i32) -> Result<Vec<TemplateObject>> {
    let most = usize::try_from(first.clamp(0, super::paging::MOST)).unwrap_or_default();
    let marketplace = session.marketplace().await?;
    // The reason of a case of which none is known says nothing.
    let known = Some(&case.reason).filter(|key| **key != ReasonKey::default());
    let need = Need { reason: known, phase: case.phase, language: &marketplace.locale };
    let found = session.loaders().templates_in_use().await?;
    Ok(suggested(found, &need).into_iter().take(most).map(TemplateObject).collect())
}

/// A page of a list that is short enough to be read whole: an owner has 200 templates at most.
fn page(mut all: Vec<Template>, request: &crate::store::PageRequest<TemplateKey>) -> Page<Template> {
    use crate::store::PageSide;
    let most = usize::try_from(request.size).unwrap_or(usize::MAX).saturating_add(1);
    if let Some(from) = &request.from {
        all.retain(|template| match request.side {
            PageSide::First => template.key > *from,
            PageSide::Last => template.key < *from,
        });
    }
    if request.side == PageSide::Last {
        all.reverse();
    }
    all.truncate(most);
    Page::of(request, all)
}

/// The queries of this file.
#[derive(Default)]
pub(super) struct TemplateQueries;

#[Object]
impl TemplateQueries {
    /// The templates that the viewer uses, by key. For operators and sellers; empty for others.
    #[graphql(complexity = "super::page_cost(first, last) * child_complexity + 1")]
    async fn templates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which; null for all.")] filter: Option<TemplateFilterInput>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after.")] before: Option<String>,
    ) -> Result<PageOf<TemplateObject>> {
        let session = session(ctx)?;
        let request = Paging { first, after, last, before }.request()?;
        let filter = filter.unwrap_or_default();
        let mut found = match (filter.seller_id, session.scope().view) {
            (Some(seller), View::Whole) => {
                let owners = [TemplateOwner::Seller(seller)];
                session.cx().store.templates(session.scope(), &owners).await.map_err(|error| super::errors::store(&error))?
            }
            (Some(seller), _) => {
                let mut own = session.loaders().templates_in_use().await?;
                own.retain(|template| template.owner == TemplateOwner::Seller(seller));
                own
            }
            (None, _) => session.loaders().templates_in_use().await?,
        };
        found.retain(|template| filter.admits(template));
        found.sort_by(|one, other| one.key.cmp(&other.key));
        Ok(connection(page(found, &request), |template| template.key.clone(), TemplateObject))
    }

    /// One template by exactly one of its names. Null when there is none, or not for this viewer.
    async fn template(&self, ctx: &Context<'_>, #[graphql(desc = "Its name.")] by: TemplateByInput) -> Option<Result<TemplateObject>> {
        let find = async { find(session(ctx)?, by.into()).await };
        find.await.transpose()
    }

    /// Makes a text of a template, for a case. Nothing is posted and nothing changes. A variable without a value is an error
    /// that names it, never a hole in the text.
    async fn template_render(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which template, about what.")] input: TemplateRenderInput,
    ) -> Option<Result<TemplateRenderPayload>> {
        let run = async {
            let session = session(ctx)?;
            let request = Rendering {
                template: input.template.into(),
                case: input.case_id,
                thread: input.thread_id,
                locale: input.locale,
                variables: input.variables.into_iter().map(|variable| (variable.name, variable.value)).collect(),
            };
            let (rendered, user_errors) = split(templates::render_for(session.cx(), session.actor(), request).await)?;
            let (text, locale) = rendered.map(|rendered| (rendered.text, rendered.locale.to_string())).unzip();
            Ok(TemplateRenderPayload { text, locale, user_errors })
        };
        Some(run.await)
    }
}

/// Finds one template as the viewer sees it.
pub(super) async fn find(session: &Session, name: TemplateName) -> Result<Option<TemplateObject>> {
    let (found, _) = split(templates::find(session.cx(), session.actor(), &name).await)?;
    Ok(found.flatten().map(TemplateObject))
}

/// The mutations of this file.
#[derive(Default)]
pub(super) struct TemplateMutations;

#[Object]
impl TemplateMutations {
    /// Writes a template: an operator for the marketplace, a seller for itself. A key of one that comes with Trilogue
    /// replaces that one.
    async fn template_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The template to write.")] input: TemplateCreateInput,
    ) -> Option<Result<TemplateCreatePayload>> {
        let run = async {
            let session = session(ctx)?;
            let key = input.key;
            let (template, user_errors) = split(templates::create(session.cx(), session.actor(), &key, draft!(input)).await)?;
            Ok(TemplateCreatePayload { template: template.map(TemplateObject), user_errors })
        };
        Some(run.await)
    }

    /// Replaces what a template says, if nobody changed it since it was read.
    async fn template_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The template, and what it says from now on.")] input: TemplateUpdateInput,
    ) -> Option<Result<TemplateUpdatePayload>> {
        let run = async {
            let session = session(ctx)?;
            let read = TemplateRead { id: input.id, revision: input.revision };
            let (template, user_errors) = split(templates::update(session.cx(), session.actor(), read, draft!(input)).await)?;
            Ok(TemplateUpdatePayload { template: template.map(TemplateObject), user_errors })
        };
        Some(run.await)
    }

    /// Removes a template, if nobody changed it since it was read.
    async fn template_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The template to remove.")] input: TemplateDeleteInput,
    ) -> Option<Result<TemplateDeletePayload>> {
        let run = async {
            let session = session(ctx)?;
            let read = TemplateRead { id: input.id, revision: input.revision };
            let (deleted_id, user_errors) = split(templates::delete(session.cx(), session.actor(), read).await)?;
            Ok(TemplateDeletePayload { deleted_id, user_errors })
        };
        Some(run.await)
    }
}
