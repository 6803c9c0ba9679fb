//! The ways in which Freshdesk refuses. <https://developers.freshdesk.com/api/#error>

use serde_json::{Value, json};

use crate::demo::peer::{Refused, Reply};

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) field: String,
    pub(super) message: String,
    pub(super) code: &'static str,
}

impl Fault {
    pub(super) fn unknown(field: &str) -> Self {
        Self { field: field.to_owned(), message: "Unexpected/invalid field in request".to_owned(), code: "invalid_field" }
    }

    pub(super) fn missing(field: &str) -> Self {
        Self { field: field.to_owned(), message: "It should not be blank as this is a mandatory field".to_owned(), code: "missing_field" }
    }

    pub(super) fn mistyped(field: &str, expected: &str) -> Self {
        Self { field: field.to_owned(), message: format!("Value set should be of type {expected}"), code: "datatype_mismatch" }
    }

    pub(super) fn not_one_of(field: &str, choices: &[String]) -> Self {
        let message = format!("It should be one of these values: '{}'", choices.join(","));
        Self { field: field.to_owned(), message, code: "invalid_value" }
    }

    pub(super) fn invalid(field: &str, message: &str) -> Self {
        Self { field: field.to_owned(), message: message.to_owned(), code: "invalid_value" }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    /// 400, with everything that is wrong.
    Invalid(Vec<Fault>),
    /// 409 for an address that another contact has.
    Duplicate {
        field: &'static str,
        user: i64,
    },
    InvalidJson,
    InvalidCredentials,
    AccessDenied,
    /// 404; no body is documented.
    NotFound,
    /// 405: a method that the path does not take, or a ticket in the bin or spam.
    NotAllowed,
    NotAcceptable,
    UnsupportedMediaType,
    TooMany {
        retry_after: i64,
    },
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self::Invalid(vec![fault])
    }
}

impl Problem {
    pub(super) fn reply(&self) -> Reply {
        let coded = |code: &str, message: &str| json!({"code": code, "message": message});
        match self {
            Self::Invalid(faults) => {
                let errors: Vec<Value> =
                    faults.iter().map(|fault| json!({"field": fault.field, "message": fault.message, "code": fault.code})).collect();
                Reply::json(400, json!({"description": "Validation failed", "errors": errors}))
            }
            Self::Duplicate { field, user } => {
                let info = json!({"user_id": user});
                let error =
                    json!({"field": field, "additional_info": info, "message": "It should be a unique value", "code": "duplicate_value"});
                Reply::json(409, json!({"description": "Validation failed", "errors": [error]}))
            }
            Self::InvalidJson => Reply::json(400, coded("invalid_json", "Request body has invalid json format")),
            Self::InvalidCredentials => Reply::json(401, coded("invalid_credentials", "You have to be logged in to perform this action.")),
            Self::AccessDenied => Reply::json(403, coded("access_denied", "You are not authorized to perform this action.")),
            Self::NotFound => Reply::nothing(404),
            Self::NotAllowed => Reply::nothing(405),
            Self::NotAcceptable => Reply::nothing(406),
            Self::UnsupportedMediaType => Reply::nothing(415),
            // Seen without a body in the vendor's own sample.
            Self::TooMany { retry_after } => Reply::nothing(429).with("Retry-After", retry_after),
        }
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self(format!("{problem:?}"))
    }
}
