//! Cases as files.

use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};

use super::errors::{Result, failure};
use super::session::Session;
use crate::domain::ids::CaseId;
use crate::workflow::export;

/// How a case is written into a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(name = "CaseExportFormat")]
pub(super) enum ExportFormat {
    /// For programs: one document. Its last line holds the SHA-256 of all lines before it.
    Json,
    /// For people: one page, to be read and printed. With `&lang=fr` or `&lang=en`; else in the marketplace's language.
    Html,
}

/// The address of a case's export.
#[derive(SimpleObject)]
pub(super) struct CaseExportLink {
    /// The address at which a browser gets it without a token, as long as the viewer still sees the case.
    url: String,
    /// Until when it opens.
    expires_at: DateTime<Utc>,
}

/// A link to a case's export, with the viewer's own eyes.
pub(super) async fn link(session: &Session, case: CaseId, format: ExportFormat) -> Result<Option<CaseExportLink>> {
    let file = match format {
        ExportFormat::Json => "export.json",
        ExportFormat::Html => "export.html",
    };
    let link = export::link(session.cx(), session.scope(), case, file).await.map_err(|error| failure(&error))?;
    Ok(link.map(|link| CaseExportLink { url: link.url, expires_at: link.expires_at }))
}
