//! The HTTP door.

mod accept;
pub mod graphql;
mod params;
pub mod prepare;
pub mod websocket;
