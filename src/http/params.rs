//! The request parameters of the GraphQL-over-HTTP specification, which the WebSocket protocol shares.

use async_graphql::{Extensions, Request, Variables};
use axum::http::HeaderMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::prepare::{Denied, Prepare};
use crate::graphql::limits::RequestState;

/// One operation, as a client sends it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Params {
    query: String,
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
        serde_json::from_value(Value::Object(object)).map_err(Malformed::Fields)
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
            query: texts.query,
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
        let mut request = Request::new(self.query).variables(self.variables);
        request.operation_name = self.operation_name;
        request.extensions = self.extensions;
        request.data = prepare.prepare(headers, connection_params).await?;
        request.data.insert(state);
        Ok(request)
    }
}

fn json<T: DeserializeOwned + Default>(name: &'static str, text: Option<&str>) -> Result<T, Malformed> {
    text.map_or_else(|| Ok(T::default()), serde_json::from_str).map_err(|error| Malformed::Json(name, error))
}
