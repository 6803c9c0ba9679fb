//! The tables as SeaORM sees them, one file each. Nothing outside `store` sees them.

pub(crate) mod alert_cursors;
pub(crate) mod alert_mutes;
pub(crate) mod alert_recipients;
pub(crate) mod api_tokens;
pub(crate) mod buyer_identities;
pub(crate) mod buyers;
pub(crate) mod case_tickets;
pub(crate) mod cases;
pub(crate) mod connections;
pub(crate) mod events;
pub(crate) mod inbox;
pub(crate) mod mail_deliveries;
pub(crate) mod marketplaces;
pub(crate) mod messages;
pub(crate) mod order_lines;
pub(crate) mod orders;
pub(crate) mod outbox;
pub(crate) mod participants;
pub(crate) mod sellers;
pub(crate) mod thread_cases;
pub(crate) mod threads;
pub(crate) mod tickets;
pub(crate) mod timers;
pub(crate) mod webhook_deliveries;
pub(crate) mod webhook_endpoints;
