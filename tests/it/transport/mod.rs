//! The GraphQL transport, tried with a toy schema through real doors.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "the helpers of tests stop like the tests themselves")]

mod audits;
mod bombs;
mod http;
mod server;
mod sockets;
mod sockets_in_time;
mod toy;
