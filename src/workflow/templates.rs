//! Pre-written replies: written, changed, turned into text.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Cx, Error, Result, refused};
use crate::domain::cases::{Case, CasePhase};
use crate::domain::ids::{CaseId, TemplateId, ThreadId};
use crate::domain::parties::{Actor, Party, Who};
use crate::domain::reasons::ReasonKey;
use crate::domain::refusal::Refusal;
use crate::domain::templates::{
    Eyes, LanguageTag, MOST_LANGUAGES, MOST_TEMPLATES, MOST_VARIABLES, Names, Situation, TEXT_LIMIT, TITLE_LIMIT, Template, TemplateBody,
    TemplateKey, TemplateOwner, TemplateUsers, Unrendered, VALUE_LIMIT, can_be_declared, check, choose, in_use, render, tells_buyer_name,
};
use crate::domain::threads::ThreadKind;
use crate::policy::{self, Permission};
use crate::store::StoreError;

/// What somebody wants a template to be; read, but not checked.
#[derive(Debug, Clone)]
pub struct TemplateDraft {
    /// What people choose it by.
    pub title: String,
    /// Which side reads it.
    pub reader: Party,
    /// Who uses it; none for the usual: who it belongs to.
    pub users: Option<TemplateUsers>,
    /// For this contact reason.
    pub reason: Option<String>,
    /// On this side of the purchase.
    pub phase: Option<CasePhase>,
    /// Its own variables.
    pub variables: Vec<String>,
    /// A language tag and a text each.
    pub texts: Vec<(String, String)>,
}

/// Checks a draft; every fault at once.
fn body(draft: TemplateDraft, owner: TemplateOwner) -> Result<TemplateBody> {
    let mut check = Check::default();
    check.text(&["title"], "The title", &draft.title, TITLE_LIMIT);
    let users = users(&draft, owner, &mut check);
    let reason = match draft.reason.map(|reason| reason.parse::<ReasonKey>()).transpose() {
        Ok(reason) => reason,
        Err(error) => {
            check.fault(&["reason"], Refusal::Invalid { message: format!("{error}.") });
            None
        }
    };
    let variables = variables(draft.variables, &mut check);
    if draft.texts.is_empty() {
        check.fault(&["texts"], Refusal::Invalid { message: "Give a text in one language at least.".into() });
    }
    if draft.texts.len() > MOST_LANGUAGES {
        check.fault(&["texts"], Refusal::TooMany { limit: MOST_LANGUAGES });
    }
    let mut texts = BTreeMap::new();
    let seller_reads = draft.reader == Party::Seller || users != TemplateUsers::Operator;
    for (index, (tag, text)) in draft.texts.into_iter().take(MOST_LANGUAGES).enumerate() {
        let index = index.to_string();
        let tag = match tag.parse::<LanguageTag>() {
            Ok(tag) => tag,
            Err(error) => {
                check.fault(&["texts", &index, "locale"], Refusal::Invalid { message: error.to_string() });
                continue;
            }
        };
        let path = ["texts", index.as_str(), "text"];
        check.text(&path, "The text", &text, TEXT_LIMIT);
        if text.chars().count() <= TEXT_LIMIT {
            check_text(&text, &variables, seller_reads, &path, &mut check);
        }
        if texts.contains_key(&tag) {
            check.fault(&["texts", &index, "locale"], Refusal::Twice { key: tag.to_string() });
        }
        texts.insert(tag, text);
    }
    check.done()?;
    Ok(TemplateBody { title: draft.title, reader: draft.reader, users, reason, phase: draft.phase, variables, texts })
}

fn users(draft: &TemplateDraft, owner: TemplateOwner, check: &mut Check) -> TemplateUsers {
    match (owner, draft.users) {
        (TemplateOwner::Seller(_), None | Some(TemplateUsers::Owner)) => TemplateUsers::Owner,
        (TemplateOwner::Seller(_), Some(_)) => {
            check.fault(&["users"], Refusal::Invalid { message: "A seller's template is for that seller alone.".into() });
            TemplateUsers::Owner
        }
        (_, Some(TemplateUsers::Everybody)) => TemplateUsers::Everybody,
        (_, Some(TemplateUsers::Owner)) => {
            check.fault(
                &["users"],
                Refusal::Invalid { message: "A template of the marketplace is for the operator or for everybody.".into() },
            );
            TemplateUsers::Operator
        }
        (_, None | Some(TemplateUsers::Operator)) => TemplateUsers::Operator,
    }
}

fn variables(names: Vec<String>, check: &mut Check) -> BTreeSet<String> {
    if names.len() > MOST_VARIABLES {
        check.fault(&["variables"], Refusal::TooMany { limit: MOST_VARIABLES });
    }
    let mut declared = BTreeSet::new();
    for (index, name) in names.into_iter().take(MOST_VARIABLES).enumerate() {
        let index = index.to_string();
        if !can_be_declared(&name) {
            let message =
                "A variable is named by 1 to 40 lower-case letters, digits and underscores; those of every case cannot be declared.";
            check.fault(&["variables", &index], Refusal::Invalid { message: message.into() });
        } else if !declared.insert(name.clone()) {
            check.fault(&["variables", &index], Refusal::Twice { key: name });
        }
    }
    declared
}

fn check_text(text: &str, variables: &BTreeSet<String>, seller_reads: bool, path: &[&str], faults: &mut Check) {
    if let Err(broken) = check(text, variables) {
        faults.fault(path, Refusal::Invalid { message: broken.to_string() });
    } else if seller_reads && tells_buyer_name(text) {
        let message = "A seller may write or read this, so it cannot use `buyer.name`; `buyer.alias` can be used.";
        faults.fault(path, Refusal::Invalid { message: message.into() });
    }
}

/// Whose templates the actor writes.
fn home(actor: &Actor) -> Result<TemplateOwner> {
    policy::require(&actor.who, Permission::UseTemplates)?;
    policy::template_owner(&actor.who).ok_or_else(|| Refusal::NotAllowed.into())
}

/// Writes a new template: the operator for the marketplace, a seller for itself.
pub async fn create(cx: &Cx, actor: &Actor, key: &str, draft: TemplateDraft) -> Result<Template> {
    let owner = home(actor)?;
    let key: TemplateKey = key.parse().map_err(|error| refused(&["key"], Refusal::Invalid { message: format!("{error}") }))?;
    let body = body(draft, owner)?;

    let tx = cx.store.begin(actor.marketplace).await?;
    if tx.count_templates(owner).await? >= MOST_TEMPLATES as u64 {
        return Err(Refusal::TooMany { limit: MOST_TEMPLATES }.into());
    }
    match tx.insert_template(owner, key.clone(), body).await {
        Err(StoreError::Conflict { .. }) => {
            Err(refused(&["key"], Refusal::Invalid { message: format!("There is a template `{key}` already; change that one.") }))
        }
        made => {
            let made = made?;
            tx.commit().await?;
            Ok(made)
        }
    }
}

/// A template as somebody has read it.
#[derive(Debug, Clone, Copy)]
pub struct TemplateRead {
    /// Which.
    pub id: TemplateId,
    /// At which revision.
    pub revision: i32,
}

/// The template if it is the actor's to change, and still as it was read.
async fn own(tx: &crate::store::Tx, actor: &Actor, read: TemplateRead) -> Result<Template> {
    let owner = home(actor)?;
    if crate::domain::templates::built_in().iter().any(|template| template.id == read.id) {
        let message = "This template comes with Trilogue; create one with the same key to replace it.";
        return Err(refused(&["id"], Refusal::Invalid { message: message.into() }));
    }
    let found = tx.template(actor.scope(), read.id).await?;
    let found = found.ok_or_else(|| refused(&["id"], Refusal::NotFound { what: "Template" }))?;
    if found.owner != owner {
        return Err(refused(&["id"], Refusal::NotAllowed));
    }
    if found.revision != read.revision {
        return Err(refused(&["revision"], Refusal::WrongRevision { current: found.revision }));
    }
    Ok(found)
}

/// Replaces what a template says, if nobody else did since it was read.
pub async fn update(cx: &Cx, actor: &Actor, read: TemplateRead, draft: TemplateDraft) -> Result<Template> {
    let body = body(draft, home(actor)?)?;
    let tx = cx.store.begin(actor.marketplace).await?;
    let found = own(&tx, actor, read).await?;
    let changed = tx.change_template(&found, body).await?;
    let changed = changed.ok_or_else(|| overtaken(&found))?;
    tx.commit().await?;
    Ok(changed)
}

/// Removes a template, if nobody changed it since it was read. One that comes with Trilogue shows again under the key.
pub async fn delete(cx: &Cx, actor: &Actor, read: TemplateRead) -> Result<TemplateId> {
    let tx = cx.store.begin(actor.marketplace).await?;
    let found = own(&tx, actor, read).await?;
    if tx.remove_template(&found).await? == 0 {
        return Err(overtaken(&found));
    }
    tx.commit().await?;
    Ok(found.id)
}

/// Somebody was faster, between our look and our write.
fn overtaken(found: &Template) -> Error {
    refused(&["revision"], Refusal::WrongRevision { current: found.revision + 1 })
}

/// One of a template's names.
#[derive(Debug, Clone)]
pub enum TemplateName {
    /// Its id.
    Id(TemplateId),
    /// Its key; of several the one in use.
    Key(String),
}

/// The templates that an actor uses, by key.
pub async fn used_by(cx: &Cx, actor: &Actor) -> Result<Vec<Template>> {
    let Some((eyes, owners)) = Eyes::of(actor.scope().view) else { return Ok(Vec::new()) };
    Ok(in_use(cx.store.templates(actor.scope(), &owners).await?, eyes))
}

/// One template by one of its names, if the actor uses it or, as the operator, may look at it.
pub async fn find(cx: &Cx, actor: &Actor, name: &TemplateName) -> Result<Option<Template>> {
    let Some((eyes, _)) = Eyes::of(actor.scope().view) else { return Ok(None) };
    match name {
        TemplateName::Key(key) => Ok(used_by(cx, actor).await?.into_iter().find(|template| template.key.as_str() == key)),
        TemplateName::Id(id) => {
            let shipped = in_use(Vec::new(), eyes).into_iter().find(|template| template.id == *id);
            match shipped {
                Some(template) => Ok(Some(template)),
                None => Ok(cx.store.templates_by_id(actor.scope(), &[*id]).await?.pop()),
            }
        }
    }
}

/// A text to make of a template.
#[derive(Debug, Clone)]
pub struct Rendering {
    /// Of which.
    pub template: TemplateName,
    /// About which case.
    pub case: CaseId,
    /// For which thread; none for the one with the template's reader.
    pub thread: Option<ThreadId>,
    /// In which language; none for the reader's.
    pub locale: Option<String>,
    /// Values of the template's own variables.
    pub variables: Vec<(String, String)>,
}

/// A text, ready to be posted or changed by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// The language of the template's text.
    pub locale: LanguageTag,
}

/// Makes a text of a template. Says only what its reader, and who asks, may know. Changes nothing.
pub async fn render_for(cx: &Cx, actor: &Actor, request: Rendering) -> Result<Rendered> {
    policy::require(&actor.who, Permission::UseTemplates)?;
    let found = find(cx, actor, &request.template).await?;
    let template = found.ok_or_else(|| refused(&["template"], Refusal::NotFound { what: "Template" }))?;
    let given = values(&template, request.variables)?;
    let asked = request.locale.map(|tag| tag.parse::<LanguageTag>()).transpose();
    let asked = asked.map_err(|error| refused(&["locale"], Refusal::Invalid { message: error.to_string() }))?;
    let scope = actor.scope();
    let case = cx.store.cases_by_id(scope, &[request.case]).await?.pop();
    let case = case.ok_or_else(|| refused(&["caseId"], Refusal::NotFound { what: "Case" }))?;
    let marketplace = cx.marketplace(actor.marketplace).await?;
    let names = names(cx, actor, &case, request.thread, template.body.reader).await?;

    let buyer = cx.store.buyers_by_id(scope, &[case.buyer]).await?.pop();
    let seller = cx.store.sellers_by_id(scope, case.seller.as_slice()).await?.pop();
    let order = cx.store.orders_by_id(scope, case.order.as_slice()).await?.pop();
    let reads = match template.body.reader {
        Party::Buyer => case.language.as_ref().map(|tag| tag.as_str().to_owned()),
        Party::Seller => seller.as_ref().and_then(|seller| seller.locale.clone()),
        Party::Operator => None,
    };
    let wishes: Vec<_> =
        [asked.as_ref().map(LanguageTag::as_str), reads.as_deref(), Some(marketplace.locale.as_str())].into_iter().flatten().collect();
    let (locale, source) = choose(&template.body.texts, &wishes).ok_or(Error::NotFound)?;
    let sender = match &actor.who {
        Who::Seller { .. } => seller.as_ref().map(|seller| seller.name.as_str()).unwrap_or_default(),
        Who::Operator { name, .. } | Who::Agent { name, .. } => name,
        // A rule speaks for the house.
        Who::System => &marketplace.name,
        _ => "",
    };
    let situation = Situation {
        marketplace: &marketplace,
        case: &case,
        buyer: buyer.as_ref(),
        seller: seller.as_ref(),
        order: order.as_ref(),
        sender,
        names,
    };
    let text = render(source, &situation.variables(locale).with(given)).map_err(unrendered)?;
    Ok(Rendered { text, locale: locale.clone() })
}

/// What is missing, one fault for each, so that a form can ask for it.
fn unrendered(fault: Unrendered) -> Error {
    let mut check = Check::default();
    match fault {
        Unrendered::Missing { names } => {
            for name in names {
                let message = Unrendered::Missing { names: vec![name.clone()] }.to_string();
                check.fault(&["variables", &name], Refusal::Invalid { message });
            }
        }
        other => check.fault(&["template"], Refusal::Invalid { message: other.to_string() }),
    }
    Error::Refused { faults: check.0 }
}

/// The given values, if each is of a variable that the template declares.
fn values(template: &Template, given: Vec<(String, String)>) -> Result<BTreeMap<String, String>> {
    let mut check = Check::default();
    if given.len() > MOST_VARIABLES {
        check.fault(&["variables"], Refusal::TooMany { limit: MOST_VARIABLES });
    }
    let mut values = BTreeMap::new();
    for (index, (name, value)) in given.into_iter().take(MOST_VARIABLES).enumerate() {
        let index = index.to_string();
        if !template.body.variables.contains(&name) {
            let name: String = name.chars().take(64).collect();
            let message = format!("The template declares no variable `{name}`.");
            check.fault(&["variables", &index, "name"], Refusal::Invalid { message });
        } else if values.contains_key(&name) {
            check.fault(&["variables", &index, "name"], Refusal::Twice { key: name.clone() });
        }
        check.text(&["variables", &index, "value"], "The value", &value, VALUE_LIMIT);
        values.insert(name, value);
    }
    check.done()?;
    Ok(values)
}

/// How the buyer may be called: by the full name only where no seller writes or reads it.
async fn names(cx: &Cx, actor: &Actor, case: &Case, thread: Option<ThreadId>, reader: Party) -> Result<Names> {
    let scope = actor.scope();
    let seller_reads = match thread {
        None => reader == Party::Seller || (reader == Party::Buyer && case.buyer_thread_kind() != ThreadKind::OperatorBuyer),
        Some(thread) => {
            let of_case = cx.store.cases_of_threads(scope, &[thread]).await?.iter().any(|(_, id)| *id == case.id);
            if !of_case {
                return Err(refused(&["threadId"], Refusal::NotFound { what: "Thread" }));
            }
            let participants = cx.store.participants(scope, &[thread]).await?;
            reader == Party::Seller || participants.iter().any(|participant| participant.member.party() == Party::Seller)
        }
    };
    let full = !seller_reads && policy::has(&actor.who, Permission::SeeBuyerContact);
    Ok(if full { Names::Full } else { Names::Alias })
}
