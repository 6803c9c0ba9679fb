//! GraphQL over HTTP, as any client speaks it.

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};

/// A client with one token.
#[derive(Debug, Clone)]
pub(super) struct Api {
    pub(super) http: reqwest::Client,
    /// The server, without a slash at the end.
    pub(super) server: String,
    pub(super) token: String,
}

impl Api {
    /// Sends an operation and gives its data.
    pub(super) async fn ask(&self, query: &str, variables: Value) -> anyhow::Result<Value> {
        let request = self.http.post(format!("{}/graphql", self.server)).bearer_auth(&self.token);
        let response = request.json(&json!({ "query": query, "variables": variables })).send().await.context("GraphQL does not answer")?;
        let mut answer: Value = response.json().await.context("GraphQL answers something else than JSON")?;
        if let Some(errors) = answer.get("errors") {
            bail!("GraphQL refuses: {errors}");
        }
        Ok(answer["data"].take())
    }

    /// Sends a mutation with the one argument `input` and gives its payload; it must be accepted.
    pub(super) async fn act(&self, mutation: &str, fields: &str, input: Value) -> anyhow::Result<Value> {
        let input_type = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let query =
            format!("mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ {fields} userErrors {{ field message }} }} }}");
        let payload = self.ask(&query, json!({ "input": input })).await?[mutation].take();
        ensure!(payload["userErrors"] == json!([]), "{mutation} refuses: {}", payload["userErrors"]);
        Ok(payload)
    }

    /// Says something in a thread. Answers the message's id.
    pub(super) async fn post(&self, thread: &str, text: &str) -> anyhow::Result<String> {
        let input = json!({ "threadId": thread, "text": text, "idempotencyKey": text });
        text_of(&self.act("messagePost", "message { id }", input).await?["message"]["id"])
    }

    /// What `/metrics` says about a series, 0 when it is not there yet.
    pub(super) async fn metric(&self, series: &str) -> anyhow::Result<f64> {
        let page = self.http.get(format!("{}/metrics", self.server)).send().await?.text().await?;
        let value = page.lines().find_map(|line| line.strip_prefix(series)?.trim().parse().ok());
        Ok(value.unwrap_or_default())
    }
}

/// A text that must be there.
pub(super) fn text_of(value: &Value) -> anyhow::Result<String> {
    value.as_str().map(str::to_owned).context("GraphQL leaves out a text")
}
