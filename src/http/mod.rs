//! The HTTP door.

pub mod graphiql;
