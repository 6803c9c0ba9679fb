//! What of the interface there is: `POST /v1/refunds`, `GET /v1/refunds`, `GET /v1/refunds/{id}`.

use std::collections::BTreeMap;

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::json;
use url::form_urlencoded;

use super::problem::Problem;
use super::state::{Asked, Crash, State, Stored};
use crate::demo::peer::{Call, Reply};

/// How long a first answer is kept. <https://docs.stripe.com/api/idempotent_requests>
const KEY_LIFE: TimeDelta = TimeDelta::hours(24);

impl State {
    pub(super) fn answer(&mut self, call: &Call) -> Reply {
        self.route(call).unwrap_or_else(|problem| problem.reply())
    }

    fn route(&mut self, call: &Call) -> Result<Reply, Problem> {
        if call.header("authorization") != Some(&format!("Bearer {}", self.options.secret_key)) {
            return Err(Problem::unauthenticated());
        }
        if call.header("stripe-version") != Some(&self.options.version) {
            return Err(Problem::bad_request("Stripe-Version is not pinned to the version of this account"));
        }
        let account = call.header("stripe-account").map(str::to_owned);
        match (&call.method, call.path.as_str()) {
            (&Method::POST, "/v1/refunds") => self.post(call, account.as_deref()),
            (&Method::GET, "/v1/refunds") => self.list(call, account.as_deref()),
            (&Method::GET, path) => {
                let id = path.strip_prefix("/v1/refunds/").ok_or_else(Problem::unknown_place)?;
                let refund = self.refunds.iter().find(|refund| refund.id == id && refund.account == account);
                refund.map(|refund| Reply::json(200, refund.json())).ok_or_else(|| Problem::missing("id", "refund"))
            }
            _ => Err(Problem::unknown_place()),
        }
    }

    fn post(&mut self, call: &Call, account: Option<&str>) -> Result<Reply, Problem> {
        if !call.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded")) {
            return Err(Problem::bad_request("The body must be application/x-www-form-urlencoded"));
        }
        let key = call.header("idempotency-key").filter(|key| (1..=255).contains(&key.len()));
        let key = (account.map(str::to_owned), key.ok_or_else(|| Problem::bad_request("Idempotency-Key is missing"))?.to_owned());
        let now = self.options.clock.now();
        if let Some(stored) = self.keys.get(&key).filter(|stored| now - stored.at < KEY_LIFE) {
            if stored.body != call.body {
                return Err(Problem::key_reused());
            }
            return Ok(stored.reply.clone().with("Idempotent-Replayed", "true"));
        }
        // Neither is kept under the key.
        let asked = asked(&call.body)?;
        if self.locked > 0 {
            self.locked -= 1;
            return Err(Problem::locked());
        }
        let reply = self.execute(asked, account);
        self.keys.insert(key, Stored { body: call.body.clone(), reply: reply.clone(), at: now });
        Ok(reply)
    }

    fn execute(&mut self, asked: Asked, account: Option<&str>) -> Reply {
        match self.crashes.pop_front() {
            None => match self.refund(asked, account) {
                Ok(refund) => Reply::json(200, refund),
                Err(problem) => problem.reply(),
            },
            Some(Crash::BeforeWork) => Problem::internal().reply(),
            Some(Crash::AfterWork) => {
                // What came of it is not said.
                let _ = self.refund(asked, account);
                Problem::internal().reply()
            }
        }
    }

    /// Newest first, as all of Stripe's lists.
    fn list(&self, call: &Call, account: Option<&str>) -> Result<Reply, Problem> {
        if let Some((name, _)) =
            call.query.iter().find(|(name, _)| !["charge", "payment_intent", "limit", "starting_after"].contains(&name.as_str()))
        {
            return Err(Problem::invalid("parameter_unknown", name, format!("Received unknown parameter: {name}")));
        }
        let limit = call.query("limit").map_or(Ok(10), str::parse::<usize>).ok().filter(|limit| (1..=100).contains(limit));
        let limit = limit.ok_or_else(|| Problem::invalid("parameter_invalid_integer", "limit", "Invalid integer"))?;
        let mut found: Vec<_> = self
            .refunds
            .iter()
            .rev()
            .filter(|refund| refund.account.as_deref() == account)
            .filter(|refund| call.query("charge").is_none_or(|charge| refund.charge == charge))
            .filter(|refund| call.query("payment_intent").is_none_or(|intent| refund.intent == intent))
            .collect();
        if let Some(after) = call.query("starting_after") {
            let place = found.iter().position(|refund| refund.id == after).ok_or_else(|| Problem::missing("starting_after", "refund"))?;
            found.drain(..=place);
        }
        let data: Vec<_> = found.iter().take(limit).map(|refund| refund.json()).collect();
        Ok(Reply::json(200, json!({ "object": "list", "url": "/v1/refunds", "has_more": found.len() > limit, "data": data })))
    }
}

/// Checks the parameters, each of them.
fn asked(body: &[u8]) -> Result<Asked, Problem> {
    let mut asked = Asked { metadata: BTreeMap::new(), ..Asked::default() };
    for (name, value) in form_urlencoded::parse(body).into_owned() {
        if value.is_empty() {
            return Err(Problem::invalid("parameter_invalid_empty", &name, "You passed an empty string"));
        }
        let flag = || match value.as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Problem::invalid("", &name, "Invalid boolean")),
        };
        match name.as_str() {
            "payment_intent" => asked.intent = Some(value),
            "charge" => asked.charge = Some(value),
            "amount" => {
                let plain = value.bytes().all(|byte| byte.is_ascii_digit());
                let units = value.parse::<i64>().ok().filter(|units| plain && *units > 0);
                asked.amount = Some(units.ok_or_else(|| Problem::invalid("parameter_invalid_integer", "amount", "Invalid integer"))?);
            }
            "reason" if ["duplicate", "fraudulent", "requested_by_customer"].contains(&value.as_str()) => asked.reason = Some(value),
            "reason" => return Err(Problem::invalid("", "reason", "Invalid reason")),
            "reverse_transfer" => asked.reverse_transfer = flag()?,
            "refund_application_fee" => asked.refund_fee = flag()?,
            other => {
                let field = other.strip_prefix("metadata[").and_then(|rest| rest.strip_suffix(']'));
                let unknown = || Problem::invalid("parameter_unknown", other, format!("Received unknown parameter: {other}"));
                let field = field.ok_or_else(unknown)?;
                if field.is_empty() || field.chars().count() > 40 || field.contains(['[', ']']) || value.chars().count() > 500 {
                    return Err(Problem::invalid("", "metadata", "Metadata keys have 40 characters at most, values 500"));
                }
                if asked.metadata.insert(field.to_owned(), value).is_some() {
                    return Err(Problem::invalid("", "metadata", "The same key twice"));
                }
            }
        }
    }
    if asked.metadata.len() > 50 {
        return Err(Problem::invalid("", "metadata", "Metadata can have up to 50 keys"));
    }
    if asked.intent.is_some() == asked.charge.is_some() {
        return Err(Problem::invalid(
            "parameter_missing",
            "charge",
            "One of the following params should be provided: payment_intent or charge",
        ));
    }
    Ok(asked)
}
