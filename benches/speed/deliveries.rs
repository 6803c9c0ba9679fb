//! Deliveries as Zendesk makes them: signed, each with an event and an invocation of its own.

use serde_json::json;
use trilogue::domain::ids::{ConnectionId, EventId};
use trilogue::helpdesk::zendesk::webhook::{INVOCATION_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, signature};

use crate::house::SECRET;
use crate::load::Requests;

const SIGNED_AT: &str = "2026-11-22T09:00:00Z";

/// One delivery.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) ticket: u64,
    pub(crate) event: String,
    pub(crate) invocation: String,
    pub(crate) body: Vec<u8>,
}

/// The `index`-th delivery about one of the tickets.
pub(crate) fn make(index: usize, tickets: &[u64]) -> Made {
    let ticket = tickets[index % tickets.len()];
    let event = EventId::generate().uuid().to_string();
    // 26 digits, which no JSON number of ours holds, as in the real ones.
    let sequence = format!("7{index:025}");
    let words = "Bonjour, je n'ai toujours pas reçu ma commande et le suivi ne bouge plus depuis lundi. Pouvez-vous me dire \
                 où se trouve le colis, et s'il faut que je prévienne le transporteur moi-même ? Merci d'avance, Marie Dupont";
    let detail = json!({
        "actor_id": "8447388090494", "assignee_id": "8447388090495", "brand_id": "8447346621310", "created_at": "2026-11-20T10:00:00Z",
        "custom_status": "4839261", "description": words, "external_id": null, "form_id": "8646151517822", "group_id": "8447320466430",
        "id": ticket.to_string(), "is_public": true, "organization_id": "8447346622462", "priority": "NORMAL",
        "requester_id": "8447388090496", "status": "OPEN", "subject": "Colis perdu, commande MK-1001", "submitter_id": "8447388090496",
        "tags": ["colis", "retard", "marketplace"], "type": "QUESTION", "updated_at": SIGNED_AT, "via": { "channel": "mail" },
    });
    let comment = json!({
        "id": (4_899_202_000 + index).to_string(), "is_public": true, "body": words,
        "author": { "id": "8447388090496", "is_staff": false, "name": "Marie Dupont" },
    });
    let body = format!(
        r#"{{"account_id":22129848,"detail":{detail},"event":{{"comment":{comment},"meta":{{"sequence":{{"id":{sequence},"position":1}}}}}},"id":"{event}","subject":"zen:ticket:{ticket}","time":"{SIGNED_AT}","type":"zen:event-type:ticket.comment_added","zendesk_event_version":"2022-11-06"}}"#
    );
    Made { ticket, event, invocation: format!("01HZ{index:022}"), body: body.into_bytes() }
}

/// So many deliveries, signed and ready to be sent.
pub(crate) fn sign(count: usize, connection: ConnectionId, tickets: &[u64]) -> Requests {
    let path = format!("/webhooks/zendesk/{connection}");
    let mut requests = Requests::default();
    for index in 0..count {
        let made = make(index, tickets);
        let headers = format!(
            "user-agent: Zendesk Webhook\r\nx-zendesk-account-id: 22129848\r\nx-zendesk-webhook-id: 01HZ0000000000000000000000\r\n\
             {INVOCATION_HEADER}: {}\r\n{SIGNATURE_HEADER}: {}\r\n{TIMESTAMP_HEADER}: {SIGNED_AT}\r\n",
            made.invocation,
            signature(SECRET, SIGNED_AT, &made.body),
        );
        requests.push(&path, &headers, &made.body);
    }
    requests
}
