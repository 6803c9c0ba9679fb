use axum::http::Method;
use chrono::TimeDelta;
use serde_json::Value;

use super::*;
use crate::clock::ManualClock;
use crate::demo::peer::testing::{Answered, Client, clock};

const VERSION: &str = "2025-09-30.clover";

struct Bench {
    clock: Arc<ManualClock>,
    stripe: StripeSim,
    client: Client,
}

async fn bench() -> Bench {
    let clock = clock();
    let stripe = StripeSim::start(StripeOptions::new(clock.clone(), VERSION)).await.unwrap();
    let client = Client::new(stripe.base_url(), Some(format!("Bearer {}", StripeSim::SECRET_KEY)));
    Bench { clock, stripe, client }
}

impl Bench {
    async fn post(&self, key: &str, body: &str) -> Answered {
        let request = self.client.request(Method::POST, "/v1/refunds").header("stripe-version", VERSION).header("idempotency-key", key);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body.to_owned());
        self.client.send(request).await.unwrap()
    }
}

fn code(answered: &Answered) -> (u16, &str) {
    (answered.status, answered.json["error"]["code"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn what_is_not_said_properly_is_refused() {
    let bench = bench().await;
    let Payment { intent, charge } = bench.stripe.pay(1000, "EUR", Transfer::None);
    for (body, expected) in [
        ("amount=1".to_owned(), "parameter_missing"),
        (format!("payment_intent={intent}&charge={charge}&amount=1"), "parameter_missing"),
        (format!("payment_intent={intent}&amount=1&currency=eur"), "parameter_unknown"),
        (format!("payment_intent={intent}&amount=1&metadata=x"), "parameter_unknown"),
        (format!("payment_intent={intent}&amount="), "parameter_invalid_empty"),
        (format!("payment_intent={intent}&amount=10.00"), "parameter_invalid_integer"),
        (format!("payment_intent={intent}&amount=0"), "parameter_invalid_integer"),
        (format!("payment_intent={intent}&amount=-5"), "parameter_invalid_integer"),
        (format!("payment_intent={intent}&amount=1001"), "amount_too_large"),
        (format!("payment_intent={intent}&amount=1&reason=whim"), ""),
        (format!("payment_intent={intent}&amount=1&reverse_transfer=yes"), ""),
        (format!("payment_intent={intent}&amount=1&reverse_transfer=true"), ""),
        (format!("payment_intent={intent}&amount=1&refund_application_fee=true"), ""),
        (format!("payment_intent={intent}&amount=1&metadata[{}]=x", "k".repeat(41)), ""),
        (format!("payment_intent={intent}&amount=1&metadata[k]={}", "v".repeat(501)), ""),
    ] {
        assert_eq!(code(&bench.post(&body, &body).await), (400, expected), "{body}");
    }
    assert_eq!(code(&bench.post("k", "payment_intent=pi_none&amount=1").await), (404, "resource_missing"));
    let bare = bench.client.request(Method::POST, "/v1/refunds");
    assert_eq!(bench.client.send(bare.header("stripe-version", "2020-08-27")).await.unwrap().status, 400);
    let keyless = bench.client.request(Method::POST, "/v1/refunds").header("stripe-version", VERSION);
    let keyless = keyless.header("content-type", "application/x-www-form-urlencoded").body(format!("charge={charge}"));
    assert_eq!(bench.client.send(keyless).await.unwrap().status, 400);
    let stranger = Client::new(bench.stripe.base_url(), Some("Bearer other".to_owned()));
    assert_eq!(stranger.get("/v1/refunds").await.status, 401);
    assert_eq!(bench.stripe.refunds(), []);
}

#[tokio::test]
async fn a_key_repeats_its_first_answer_a_500_too_until_it_is_forgotten() {
    let bench = bench().await;
    let Payment { charge, .. } = bench.stripe.pay(1000, "EUR", Transfer::None);
    let body = format!("charge={charge}&amount=400");
    let first = bench.post("a", &body).await;
    let again = bench.post("a", &body).await;
    assert_eq!((first.status, first.header("idempotent-replayed")), (200, None));
    assert_eq!((again.json["id"].clone(), again.header("idempotent-replayed")), (first.json["id"].clone(), Some("true")));
    let other = bench.post("a", &format!("charge={charge}&amount=401")).await;
    assert_eq!((other.status, other.json["error"]["type"].as_str()), (400, Some("idempotency_error")));

    bench.stripe.crash_next(Crash::AfterWork);
    assert_eq!((bench.post("b", &body).await.status, bench.post("b", &body).await.status), (500, 500));
    assert_eq!(bench.stripe.refunds().len(), 2);
    bench.clock.advance(TimeDelta::hours(24));
    assert_eq!(code(&bench.post("b", &body).await), (400, "amount_too_large"), "the key protects no more");

    bench.stripe.lock_next();
    let rest = format!("charge={charge}&amount=200");
    assert_eq!(code(&bench.post("c", &rest).await), (429, "lock_timeout"));
    assert_eq!(bench.post("c", &rest).await.status, 200, "a lock is not kept under the key");
    assert_eq!(code(&bench.post("d", &rest).await), (400, "charge_already_refunded"));
}

#[tokio::test]
async fn amounts_are_in_units_of_its_own() {
    let bench = bench().await;
    for (currency, paid, wrong, right) in [("JPY", 500, 50_000, 500), ("ISK", 50_000, 501, 500), ("KWD", 5120, 5124, 5120)] {
        let Payment { charge, .. } = bench.stripe.pay(paid, currency, Transfer::None);
        let refused = bench.post(&format!("{currency} wrong"), &format!("charge={charge}&amount={wrong}")).await;
        let taken = bench.post(currency, &format!("charge={charge}&amount={right}")).await;
        assert_eq!((refused.status, taken.status), (400, 200), "{currency}");
    }
}

#[tokio::test]
async fn a_list_goes_page_by_page_from_the_newest() {
    let bench = bench().await;
    let payment = bench.stripe.pay(1000, "EUR", Transfer::None);
    let made: Vec<_> = (1..=3).map(|units| bench.stripe.refund_by_hand(&payment, units).unwrap()).collect();
    let page = |after: String| {
        let path = format!("/v1/refunds?payment_intent={}&limit=2{after}", payment.intent);
        let request = bench.client.request(Method::GET, &path).header("stripe-version", VERSION);
        async { bench.client.send(request).await.unwrap().json }
    };
    let ids =
        |page: &Value| page["data"].as_array().unwrap().iter().map(|refund| refund["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let first = page(String::new()).await;
    assert_eq!((ids(&first), first["has_more"].as_bool()), (vec![made[2].clone(), made[1].clone()], Some(true)));
    let second = page(format!("&starting_after={}", made[1])).await;
    assert_eq!((ids(&second), second["has_more"].as_bool()), (vec![made[0].clone()], Some(false)));
}
