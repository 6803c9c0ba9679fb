//! The GraphQL transport, tried with a toy schema through real doors.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what tests share stops as the tests themselves do")]

mod audits;
mod bombs;
mod http;
mod server;
mod sockets;
mod sockets_in_time;
mod toy;
