//! The request parameters of the GraphQL-over-HTTP specification, which the WebSocket protocol shares.

use async_graphql::{Data, Extensions, Request, Variables};
use axum::http::HeaderMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::prepare::{Denied, ListedOnly, Prepare};
use crate::graphql::limits::RequestState;

/// One operation, as a client sends it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Params {
    query: Option<String>,
    operation_name: Option<String>,
    #[serde(default)]
    variables: Variables,
    #[serde(default)]
    extensions: Extensions,
}

/// What is wrong with the parameters, in words for the client.
#[derive(Debug, thiserror::Error)]
pub(super) enum Malformed {
    #[error("The body must be a JSON object with the operation; batches are not accepted: {0}.")]
    Body(serde_json::Error),
    #[error("The parameters of the request are wrong: {0}.")]
    Fields(serde_json::Error),
    #[error("The query string of the URL cannot be read.")]
    Url,
    #[error("The parameter \"{0}\" must be a JSON object: {1}.")]
    Json(&'static str, serde_json::Error),
}

impl Params {
    /// Reads the body of a POST.
    pub(super) fn from_body(body: &[u8]) -> Result<Self, Malformed> {
        Self::from_object(serde_json::from_slice(body).map_err(Malformed::Body)?)
    }

    /// Reads a JSON object. Not straight from text, as serde would take an array for a struct, too.
    pub(super) fn from_object(object: Map<String, Value>) -> Result<Self, Malformed> {
        let params: Self = serde_json::from_value(Value::Object(object)).map_err(Malformed::Fields)?;
        if params.query.is_none() && params.digest().is_none() {
            return Err(Malformed::Fields(serde::de::Error::missing_field("query")));
        }
        Ok(params)
    }

    /// The SHA-256 by which a client names an operation that it does not write out, as Apollo's clients do.
    fn digest(&self) -> Option<&str> {
        match self.extensions.0.get("persistedQuery")? {
            async_graphql::Value::Object(named) => match named.get("sha256Hash")? {
                async_graphql::Value::String(digest) => Some(digest),
                _ => None,
            },
            _ => None,
        }
    }

    /// The operation: as it is written out, or as it is listed.
    fn operation<P: Prepare>(&self, prepare: &P, data: &Data) -> Result<String, Denied> {
        match (self.query.as_deref().filter(|query| !query.is_empty()), self.digest()) {
            (Some(query), None) if !ListedOnly::is_in(data) => Ok(query.to_owned()),
            // Who writes it out as well shows what the digest is of; only what is on the list counts.
            (_, Some(digest)) => prepare.document(digest).ok_or(Denied::Unlisted),
            (Some(_), None) => Err(Denied::Unlisted),
            // As good as any other text that is no operation.
            (None, None) => Ok(String::new()),
        }
    }

    /// Reads the parameters from the URL of a GET.
    pub(super) fn from_url(uri: &axum::http::Uri) -> Result<Self, Malformed> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Texts {
            query: String,
            operation_name: Option<String>,
            variables: Option<String>,
            extensions: Option<String>,
        }
        let axum::extract::Query(texts) = axum::extract::Query::<Texts>::try_from_uri(uri).map_err(|_| Malformed::Url)?;
        Ok(Self {
            query: Some(texts.query),
            operation_name: texts.operation_name,
            variables: json("variables", texts.variables.as_deref())?,
            extensions: json("extensions", texts.extensions.as_deref())?,
        })
    }

    /// The request for the engine, with all that resolvers need.
    pub(super) async fn into_request<P: Prepare>(
        self,
        prepare: &P,
        headers: &HeaderMap,
        connection_params: Option<&Value>,
        state: RequestState,
    ) -> Result<Request, Denied> {
        let data = prepare.prepare(headers, connection_params).await?;
        let mut request = Request::new(self.operation(prepare, &data)?).variables(self.variables);
        request.operation_name = self.operation_name;
        request.extensions = self.extensions;
        request.data = data;
        request.data.insert(state);
        Ok(request)
    }
}

fn json<T: DeserializeOwned + Default>(name: &'static str, text: Option<&str>) -> Result<T, Malformed> {
    text.map_or_else(|| Ok(T::default()), serde_json::from_str).map_err(|error| Malformed::Json(name, error))
}
