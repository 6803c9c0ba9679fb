//! The codes by which programs tell one top-level error from another.

use async_graphql::{ErrorExtensionValues, ServerError};

/// The closed set of `extensions.code` values of top-level errors. What a person can mend is in `userErrors` instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// An argument, a variable or a request parameter has the wrong form.
    BadUserInput,
    /// No credentials, or credentials that are not (or no longer) good.
    Unauthenticated,
    /// The viewer is known and may not do this.
    Forbidden,
    /// There is no such thing, or the viewer may not know that there is.
    NotFound,
    /// The thing has changed in the meantime.
    Conflict,
    /// Too much at once: wait, then send again.
    RateLimited,
    /// The answer took too long.
    RequestTimeout,
    /// Something that is needed to answer is away for the moment.
    ServiceUnavailable,
    /// A fault of ours.
    InternalServerError,
    /// The document is not GraphQL.
    GraphqlParseFailed,
    /// The document does not fit the schema, or exceeds a limit.
    GraphqlValidationFailed,
}

impl ErrorCode {
    /// The code as clients see it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::Conflict => "CONFLICT",
            Self::RateLimited => "RATE_LIMITED",
            Self::RequestTimeout => "REQUEST_TIMEOUT",
            Self::ServiceUnavailable => "SERVICE_UNAVAILABLE",
            Self::InternalServerError => "INTERNAL_SERVER_ERROR",
            Self::GraphqlParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED",
        }
    }

    /// An error of this code that belongs to no field.
    pub fn error(self, message: impl Into<String>) -> ServerError {
        self.mark(ServerError::new(message, None))
    }

    /// The same error, with this code.
    #[must_use]
    pub fn mark(self, mut error: ServerError) -> ServerError {
        error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("code", self.as_str());
        error
    }
}
