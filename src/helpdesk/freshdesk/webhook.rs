//! Webhooks of Freshdesk's automation rules: what proves the sender, and which ticket they are about.
//!
//! Freshdesk signs nothing and fixes no schema: the administrator designs the body, so only the ticket's number is
//! taken from it. <https://support.freshdesk.com/support/solutions/articles/132589-using-webhooks-in-automation-rules>

use reqwest::header::AUTHORIZATION;
use secrecy::SecretString;
use subtle::Choice;

use crate::helpdesk::{Delivery, Nudge, NudgeKind, ReadError, VerifyError, inbound};

#[cfg(test)]
mod tests;

/// The custom header in which a rule sends us our secret.
pub const SECRET_HEADER: &str = "X-Trilogue-Secret";

/// Parameters of the URL that may carry the secret. Discouraged: addresses end up in access logs.
const SECRET_PARAMETERS: [&str; 2] = ["key", "secret"];

/// Checks that any of the places where a rule can put a secret holds ours.
pub(super) fn verify(delivery: &Delivery<'_>, secrets: &[SecretString]) -> Result<(), VerifyError> {
    let offered = offered(delivery);
    if offered.is_empty() {
        return Err(VerifyError::Missing);
    }
    let fits = |secret: &str| offered.iter().fold(Choice::from(0), |fits, offer| fits | inbound::same_secret(offer, secret.as_bytes()));
    if inbound::any_fits(secrets, fits) { Ok(()) } else { Err(VerifyError::Wrong) }
}

fn offered(delivery: &Delivery<'_>) -> Vec<Vec<u8>> {
    let header = delivery.headers.get(SECRET_HEADER).map(|value| value.as_bytes().to_vec());
    let basic = delivery.headers.get(AUTHORIZATION).and_then(|value| password(value.to_str().ok()?));
    let parameters = url::form_urlencoded::parse(delivery.query.unwrap_or_default().as_bytes())
        .filter(|(name, _)| SECRET_PARAMETERS.contains(&name.as_ref()))
        .map(|(_, value)| value.into_owned().into_bytes());
    header.into_iter().chain(basic).chain(parameters).collect()
}

fn password(authorization: &str) -> Option<Vec<u8>> {
    let (scheme, credentials) = authorization.split_once(' ')?;
    let pair = scheme.eq_ignore_ascii_case("basic").then(|| inbound::from_base64(credentials))??;
    let colon = pair.iter().position(|byte| *byte == b':')?;
    Some(pair[colon + 1..].to_vec())
}

/// Reads the body of a rule's webhook: Simple or Advanced content, wrapped or flat, JSON or a form.
pub(super) fn read(delivery: &Delivery<'_>) -> Result<Nudge, ReadError> {
    let body = inbound::body(delivery)?;
    let content = body.get("freshdesk_webhook").unwrap_or(&body);
    let ticket = inbound::ticket_in(content).ok_or(ReadError::NoTicket)?;
    let kind = content["triggered_event"].as_str().map_or(NudgeKind::TicketChanged, kind);
    Ok(Nudge { ticket: Some(ticket), event_key: None, delivery_key: None, digest: Some(inbound::digest(delivery.body)), kind })
}

/// Reads `{ticket_action:created}`, `{status:{from:2,to:3}}` and the like, which is not JSON. What is not known says
/// that something changed, and as it is only a hint, so does what cannot be read.
fn kind(triggered_event: &str) -> NudgeKind {
    let inner = triggered_event.trim().trim_start_matches('{').trim_end_matches('}');
    let (property, change) = inner.split_once(':').unwrap_or((inner, ""));
    let change = change.trim().to_ascii_lowercase();
    match property.trim() {
        "ticket_action" if change.contains("delete") => NudgeKind::TicketDeleted,
        "ticket_action" if change.contains("spam") => NudgeKind::TicketSpam,
        _ => NudgeKind::TicketChanged,
    }
}
