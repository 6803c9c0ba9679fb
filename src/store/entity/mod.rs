//! The tables as SeaORM sees them, one file each. Nothing outside `store` sees them.

pub(crate) mod api_tokens;
pub(crate) mod attachments;
pub(crate) mod buyer_identities;
pub(crate) mod buyers;
pub(crate) mod case_tickets;
pub(crate) mod cases;
pub(crate) mod charter_acceptances;
pub(crate) mod charter_versions;
pub(crate) mod connections;
pub(crate) mod events;
pub(crate) mod inbox;
pub(crate) mod marketplaces;
pub(crate) mod messages;
pub(crate) mod order_lines;
pub(crate) mod orders;
pub(crate) mod outbox;
pub(crate) mod participants;
pub(crate) mod saved_searches;
pub(crate) mod search_entries;
pub(crate) mod sellers;
pub(crate) mod templates;
pub(crate) mod thread_cases;
pub(crate) mod threads;
pub(crate) mod tickets;
