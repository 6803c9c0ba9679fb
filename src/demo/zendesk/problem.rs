//! The ways in which Zendesk refuses, each in its own shape.

use serde_json::{Value, json};

use crate::demo::peer::{Refused, Reply};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    Unauthenticated,
    Forbidden,
    /// The record is not there.
    NotFound,
    /// The path is not there, or not in this plan.
    InvalidEndpoint,
    /// 422: a field does not please.
    Invalid {
        field: &'static str,
        description: String,
    },
    /// 422 with another error word than `RecordInvalid`.
    Unprocessable {
        error: &'static str,
        description: String,
    },
    /// 400.
    BadRequest {
        error: &'static str,
        description: String,
    },
    /// 400 for an attribute that is not what it should be.
    InvalidAttribute(String),
    UpdateConflict,
    TooMany {
        retry_after: i64,
    },
}

impl Problem {
    pub(super) fn invalid(field: &'static str, description: impl Into<String>) -> Self {
        Self::Invalid { field, description: description.into() }
    }

    pub(super) fn reply(&self) -> Reply {
        let (status, body) = match self {
            Self::Unauthenticated => (401, json!({"error": "Couldn't authenticate you"})),
            Self::Forbidden => {
                let message = "You do not have access to this page. Please contact the account owner of this help desk for further help.";
                (403, json!({"error": {"title": "Forbidden", "message": message}}))
            }
            Self::NotFound => (404, simple("RecordNotFound", "Not found")),
            Self::InvalidEndpoint => (404, simple("InvalidEndpoint", "Not found")),
            Self::Invalid { field, description } => {
                let details = json!({*field: [{"description": description}]});
                (422, json!({"error": "RecordInvalid", "description": "Record validation errors", "details": details}))
            }
            Self::Unprocessable { error, description } => (422, simple(error, description)),
            Self::BadRequest { error, description } => (400, simple(error, description)),
            Self::InvalidAttribute(message) => (400, json!({"error": {"title": "Invalid attribute", "message": message}})),
            Self::UpdateConflict => (409, simple("UpdateConflict", "Safe Update prevented the update due to outdated ticket data")),
            Self::TooMany { retry_after } => {
                let body = simple("APIRateLimitExceeded", "Number of allowed API requests per minute exceeded");
                return Reply::json(429, body).with("Retry-After", retry_after);
            }
        };
        Reply::json(status, body)
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self(match problem {
            Problem::Invalid { description, .. } | Problem::Unprocessable { description, .. } => description,
            other => format!("{other:?}"),
        })
    }
}

fn simple(error: &str, description: &str) -> Value {
    json!({"error": error, "description": description})
}
