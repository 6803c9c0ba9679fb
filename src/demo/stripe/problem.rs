//! The ways in which Stripe refuses. <https://docs.stripe.com/api/errors>

use serde_json::json;

use crate::demo::peer::Reply;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) status: u16,
    kind: &'static str,
    code: Option<&'static str>,
    param: Option<String>,
    message: String,
}

impl Problem {
    fn new(status: u16, kind: &'static str, code: Option<&'static str>, message: impl Into<String>) -> Self {
        Self { status, kind, code, param: None, message: message.into() }
    }

    pub(super) fn invalid(code: &'static str, param: &str, message: impl Into<String>) -> Self {
        let code = Some(code).filter(|code| !code.is_empty());
        Self { param: Some(param.to_owned()), ..Self::new(400, "invalid_request_error", code, message) }
    }

    pub(super) fn bad_request(message: &str) -> Self {
        Self::new(400, "invalid_request_error", None, message)
    }

    pub(super) fn unauthenticated() -> Self {
        Self::new(401, "invalid_request_error", None, "Invalid API Key provided: rk_test_****")
    }

    pub(super) fn missing(param: &str, what: &str) -> Self {
        let code = Some("resource_missing");
        Self { param: Some(param.to_owned()), ..Self::new(404, "invalid_request_error", code, format!("No such {what}")) }
    }

    pub(super) fn unknown_place() -> Self {
        Self::new(404, "invalid_request_error", None, "Unrecognized request URL")
    }

    pub(super) fn key_reused() -> Self {
        let message = "Keys for idempotent requests can only be used with the same parameters they were first used with.";
        Self::new(400, "idempotency_error", None, message)
    }

    pub(super) fn rate_limited() -> Self {
        Self::new(429, "invalid_request_error", Some("rate_limit"), "Too many requests hit the API too quickly.")
    }

    pub(super) fn locked() -> Self {
        let message = "This object cannot be accessed right now because another API request or Stripe process is currently accessing it.";
        Self::new(429, "invalid_request_error", Some("lock_timeout"), message)
    }

    pub(super) fn internal() -> Self {
        Self::new(500, "api_error", None, "An unknown error occurred")
    }

    pub(super) fn reply(&self) -> Reply {
        let mut error = json!({ "type": self.kind, "message": self.message });
        if let Some(code) = self.code {
            error["code"] = code.into();
        }
        if let Some(param) = &self.param {
            error["param"] = param.as_str().into();
        }
        Reply::json(self.status, json!({ "error": error }))
    }
}
