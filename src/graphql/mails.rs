//! Whom of the operator's staff e-mails tell what happened.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::enums::AlertKind;
use super::errors::{Result, UserError, split, store};
use super::session::session;
use crate::store::RecipientRow;
use crate::workflow::mails::{self, RecipientRequest};

/// An address.
#[derive(SimpleObject)]
#[graphql(name = "AlertRecipient")]
pub(super) struct RecipientObject {
    /// The address.
    email: String,
    /// Its language, a BCP 47 tag; null for the marketplace's.
    locale: Option<String>,
    /// What it is told; empty for everything. Its reader may have unsubscribed from some of it.
    kinds: Vec<AlertKind>,
}

impl From<RecipientRow> for RecipientObject {
    fn from(row: RecipientRow) -> Self {
        Self { email: row.email, locale: row.locale, kinds: row.kinds.into_iter().filter_map(AlertKind::of).collect() }
    }
}

/// An address to tell.
#[derive(InputObject)]
pub(super) struct AlertRecipientInput {
    /// The e-mail address.
    email: String,
    /// Its language, a BCP 47 tag; null for the marketplace's. E-mails are written in French or English.
    locale: Option<String>,
    /// What it is told, each once; empty for everything.
    #[graphql(default)]
    kinds: Vec<AlertKind>,
}

/// The addresses to tell.
#[derive(InputObject)]
pub(super) struct AlertRecipientsSetInput {
    /// At most 20, each once. They replace those of before.
    recipients: Vec<AlertRecipientInput>,
}

/// What came of it.
#[derive(SimpleObject)]
pub(super) struct AlertRecipientsSetPayload {
    /// The addresses as they are now; null when nothing was done.
    recipients: Option<Vec<RecipientObject>>,
    /// What is wrong with the input; when there is anything, nothing was done.
    user_errors: Vec<UserError>,
}

/// The queries of this file.
#[derive(Default)]
pub(super) struct MailQueries;

#[Object]
impl MailQueries {
    /// The addresses of the operator's staff that e-mails tell what happened. Empty for viewers other than the operator.
    async fn alert_recipients(&self, ctx: &Context<'_>) -> Result<Vec<RecipientObject>> {
        let session = session(ctx)?;
        let rows = match mails::recipients(session.cx(), session.actor()).await {
            Err(crate::workflow::Error::Store(error)) => return Err(store(&error)),
            rows => rows.unwrap_or_default(),
        };
        Ok(rows.into_iter().map(RecipientObject::from).collect())
    }
}

/// The mutations of this file.
#[derive(Default)]
pub(super) struct MailMutations;

#[Object]
impl MailMutations {
    /// Says whom of the operator's staff e-mails tell what happened. Sellers are told at the address that
    /// `sellersUpsert` gave. For operators. Safe to repeat.
    async fn alert_recipients_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The addresses.")] input: AlertRecipientsSetInput,
    ) -> Option<Result<AlertRecipientsSetPayload>> {
        let run = async {
            let session = session(ctx)?;
            let request = |one: AlertRecipientInput| RecipientRequest {
                email: one.email,
                locale: one.locale,
                kinds: one.kinds.into_iter().map(Into::into).collect(),
            };
            let wanted = input.recipients.into_iter().map(request).collect();
            let (rows, user_errors) = split(mails::set_recipients(session.cx(), session.actor(), wanted).await)?;
            let recipients = rows.map(|rows| rows.into_iter().map(RecipientObject::from).collect());
            Ok(AlertRecipientsSetPayload { recipients, user_errors })
        };
        Some(run.await)
    }
}
