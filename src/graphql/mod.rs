//! The GraphQL door.

mod admission;
pub mod code;
pub mod limits;
