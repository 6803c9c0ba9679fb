//! Refunds: asked for, granted, paid, told, and never more than was paid.

mod charter;
mod crowd;
mod eyes;
mod life;
mod machines;
mod marks;
mod news;
mod previews;
mod refusals;
mod time;

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::domain::charter::Charter;
use trilogue::domain::money::Money;
use trilogue::domain::parties::Role;
use trilogue::domain::refunds::{AttemptNumber, FailureKind, ProviderNews, ProviderReference, ProviderWord, RefundRules};
use trilogue::workflow::refunds;

use crate::harness::{Db, ORDER, Story, TestApp, on_both_databases};

/// All of a refund that anybody may see of it.
pub(crate) const REFUND: &str = "refund { id revision status basis standing lineId origin originId decider decideBy dueAt askedUnits
    askedAmount { amount currencyCode } askedBy openedAt updatedAt order { reference } seller { externalId } case { id }
    grant { ...grant } proposal { ...grant } decline { reason text declinedBy { party name } }
    attempts { number state failure reference } lateIncrease { days article amount { amount } } availableActions { action from until } }";
pub(crate) const GRANT: &str = "fragment grant on RefundGrant { amount { amount currencyCode } form means fallbackForm grantedAt
    consent { state until text at } items { lineId units parts { item { amount } itemTax { amount } shipping { amount }
    shippingTax { amount } fees { amount } total { amount } } }
    costs { goods { seller operator carrier } delivery { seller operator carrier } } grantedBy { party name } approvedBy { party name } }";

pub(crate) fn eur(amount: &str) -> Value {
    json!({ "amount": amount, "currencyCode": "EUR" })
}

/// Line 1: three times 19.99 with delivery of 5.90, taxes of 20 % in it, 12 % commission. Line 2: one for 10.00.
pub(crate) fn sold(reference: &str, seller: &str) -> Value {
    let commission = json!({ "rate": 1200, "base": "ITEMS", "vatRate": 2000 });
    let first = json!({
        "externalId": "1", "title": "Théière", "quantity": 3, "unitPrice": eur("19.99"),
        "taxRate": 2000, "shipping": { "standard": eur("5.90"), "taxRate": 2000 }, "commission": commission,
    });
    let second = json!({
        "externalId": "2", "title": "Tasse", "quantity": 1, "unitPrice": eur("10.00"), "taxRate": 2000, "commission": commission,
    });
    json!({
        "reference": reference, "sellerExternalId": seller, "buyerEmail": "marie@example.org", "total": eur("75.87"),
        "placedAt": "2026-11-01T10:00:00Z", "lines": [first, second],
    })
}

/// A marketplace with two sellers and an order of each.
pub(crate) struct Shop {
    pub(crate) app: TestApp,
    pub(crate) operator: String,
    pub(crate) second: String,
    pub(crate) vendor: String,
    pub(crate) seller: String,
    pub(crate) other_seller: String,
    pub(crate) order: Value,
    pub(crate) other_order: Value,
}

impl Shop {
    pub(crate) async fn open(db: Db) -> Self {
        Self::open_with(db, RefundRules::default()).await
    }

    pub(crate) async fn open_with(db: Db, refunds: RefundRules) -> Self {
        Box::pin(Self::opened(db, refunds)).await
    }

    async fn opened(db: Db, refunds: RefundRules) -> Self {
        let app = TestApp::start_with(db, Charter { refunds, ..Charter::default() }).await;
        let (operator, second) = (app.token(Role::Operator, None).await, app.token(Role::Operator, None).await);
        let vendor = app.token(Role::Vendor, None).await;
        let sellers = json!([{ "externalId": "alma", "name": "Boutique Alma" }, { "externalId": "brio", "name": "Brio & Fils" }]);
        app.act(&vendor, "sellersUpsert", "sellers { id }", json!({ "sellers": sellers })).await;
        let orders = json!({ "orders": [sold("A-1", "alma"), sold("B-1", "brio")] });
        let stored = app.act(&vendor, "ordersUpsert", "orders { id }", orders).await;
        let seller = app.token(Role::Seller, Some("alma")).await;
        let other_seller = app.token(Role::Seller, Some("brio")).await;
        let (order, other_order) = (stored["orders"][0]["id"].clone(), stored["orders"][1]["id"].clone());
        Self { app, operator, second, vendor, seller, other_seller, order, other_order }
    }

    /// Sends a mutation of refunds and gives its payload, whatever it says.
    pub(crate) async fn attempt(&self, token: &str, mutation: &str, input: Value) -> Value {
        let input_type = format!("{}Input", mutation[..1].to_uppercase() + &mutation[1..]);
        let query = format!(
            "mutation($input: {input_type}!) {{ {mutation}(input: $input) {{ {REFUND} userErrors {{ field message code }} }} }} {GRANT}"
        );
        self.app.ask(token, &query, json!({ "input": input })).await[mutation].clone()
    }

    /// The same where it must be taken; gives the refund.
    pub(crate) async fn act(&self, token: &str, mutation: &str, input: Value) -> Value {
        let payload = self.attempt(token, mutation, input).await;
        assert_eq!(payload["userErrors"], json!([]), "{mutation}: {payload:#}");
        payload["refund"].clone()
    }

    /// A request on line 1 for so much.
    #[expect(clippy::needless_pass_by_value, reason = "as it is written where it is asked")]
    pub(crate) fn asking(&self, basis: &str, more: Value) -> Value {
        let mut input = json!({ "orderId": self.order, "lineId": "1", "basis": basis });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    }

    pub(crate) async fn ask_for(&self, token: &str, basis: &str, more: Value) -> Value {
        self.act(token, "refundRequest", self.asking(basis, more)).await
    }

    /// Does something to a refund as it stands for who does it.
    pub(crate) async fn decide(&self, token: &str, mutation: &str, refund: &Value, more: Value) -> Value {
        let input = self.read(token, refund, more).await;
        self.act(token, mutation, input).await
    }

    pub(crate) async fn try_decide(&self, token: &str, mutation: &str, refund: &Value, more: Value) -> Value {
        let input = self.read(token, refund, more).await;
        self.attempt(token, mutation, input).await
    }

    async fn read(&self, token: &str, refund: &Value, more: Value) -> Value {
        let revision = self.see(token, &refund["id"]).await["revision"].clone();
        let mut input = json!({ "refundId": refund["id"], "revision": revision });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    }

    /// A refund as somebody sees it; null when they do not.
    pub(crate) async fn see(&self, token: &str, id: &Value) -> Value {
        let inner = REFUND.strip_prefix("refund ").unwrap();
        let query = format!("query($id: ID!) {{ node(id: $id) {{ ... on Refund {inner} }} }} {GRANT}");
        self.app.ask(token, &query, json!({ "id": id })).await["node"].clone()
    }

    /// Everything that is written down about an order: what must not change when something is refused.
    pub(crate) async fn everything(&self) -> Value {
        let inner = REFUND.strip_prefix("refund ").unwrap();
        let query = format!(
            "query($ids: [String!]!) {{ cases(first: 50) {{ nodes {{ id reference status threads {{ kind messages(first: 50) {{ nodes {{ text author }} }} }}
                timeline(first: 100) {{ nodes {{ __typename at }} }} }} }}
                a: order(by: {{ reference: \"A-1\" }}) {{ refunds {inner} }} b: order(by: {{ reference: \"B-1\" }}) {{ refunds {inner} }} }} {GRANT}"
        );
        self.app.ask(&self.operator, &query.replace("query($ids: [String!]!)", "query"), json!({})).await
    }

    /// The payment system says something about an attempt.
    pub(crate) async fn hear(&self, refund: &Value, attempt: u32, word: ProviderWord) {
        let reference = Some(ProviderReference::new(&format!("re_{attempt}")));
        let news = ProviderNews { attempt: AttemptNumber::from_number(attempt), reference, word };
        let id = refund["id"].as_str().unwrap().parse().unwrap();
        Box::pin(refunds::hear(&self.app.cx, self.app.marketplace.id, id, news)).await.unwrap();
    }

    /// What the buyer was told, the oldest first.
    pub(crate) async fn told(&self) -> Vec<String> {
        let query = "{ cases(first: 50) { nodes { threads { kind messages(first: 50) { nodes { text } } } } } }";
        let seen = self.app.ask(&self.operator, query, json!({})).await;
        let threads = seen["cases"]["nodes"].as_array().unwrap().iter().flat_map(|case| case["threads"].as_array().unwrap());
        let messages = threads.flat_map(|thread| thread["messages"]["nodes"].as_array().unwrap());
        messages.map(|message| message["text"].as_str().unwrap().to_owned()).collect()
    }

    pub(crate) fn pass(&self, time: TimeDelta) {
        self.app.advance(time);
    }
}

pub(crate) fn fault(payload: &Value) -> (Value, Value) {
    (payload["userErrors"][0]["field"].clone(), payload["userErrors"][0]["code"].clone())
}

pub(crate) fn succeeded(minor: i64) -> ProviderWord {
    ProviderWord::Succeeded { amount: Money { minor, currency: "EUR".parse().unwrap() } }
}

pub(crate) const fn failed() -> ProviderWord {
    ProviderWord::Failed { kind: FailureKind::Declined }
}

/// What the actions are, without their times.
pub(crate) fn actions(refund: &Value) -> Vec<&str> {
    refund["availableActions"].as_array().unwrap().iter().map(|action| action["action"].as_str().unwrap()).collect()
}

/// What is commonly done with a refund, once, with everything that is looked at on the way.
pub(crate) async fn a_life(story: &Story) {
    let order = story.order_id(ORDER).await;
    let asking = json!({ "orderId": order, "lineId": "1", "basis": "WITHDRAWAL" });
    let quote = "query($input: RefundQuoteInput!) { refundQuote(input: $input) { quote { amount { amount } openRefund { id } } } }";
    let seen = "query($by: OrderByInput!) { order(by: $by) { refunds { id case { id refunds { id } } lateIncrease { days } } } }";
    let mut keyed = asking.clone();
    keyed["idempotencyKey"] = json!("once");
    let asked = story.app.act(&story.seller, "refundRequest", "refund { id }", keyed).await["refund"]["id"].clone();
    for (mutation, revision, more) in [
        ("refundEstablish", 1, json!({ "startedAt": "2026-11-01T10:00:00Z" })),
        ("refundGrant", 2, json!({ "form": "FULL" })),
        ("refundSubmit", 3, json!({})),
    ] {
        let mut input = json!({ "refundId": asked, "revision": revision });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        story.app.act(&story.operator, mutation, "refund { id }", input).await;
    }
    for token in [&story.operator, &story.seller, &story.vendor, &story.buyer_token().await] {
        story.app.ask(token, seen, json!({ "by": { "reference": ORDER } })).await;
        story.app.ask(token, "query($id: ID!) { node(id: $id) { id } }", json!({ "id": asked })).await;
        story.app.answer(token, quote, json!({ "input": asking })).await;
        let preview =
            "query($input: RefundGrantQuoteInput!) { refundGrantQuote(input: $input) { quote { refund { id } lines { lineId } } } }";
        story.app.answer(token, preview, json!({ "input": { "orderId": order } })).await;
    }
    story.app.advance(TimeDelta::days(6));
    story.app.work().await;
}

on_both_databases! {
    async fn what_is_refunded_is_never_more_than_was_paid(db: Db) {
        let shop = Shop::open(db).await;
        // One unit, then a price reduction, then the rest: together the line, to the cent.
        let mut sum = 0;
        for (more, minor) in [(json!({ "units": 1 }), 2196), (json!({ "amount": eur("10.00") }), 1000), (json!({}), 3391)] {
            let refund = shop.ask_for(&shop.vendor, "COMMERCIAL", more).await;
            let granted = shop.decide(&shop.seller, "refundGrant", &refund, json!({ "form": "PARTIAL" })).await;
            let amount = granted["grant"]["amount"]["amount"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
            assert_eq!(amount, minor, "{granted:#}");
            shop.decide(&shop.operator, "refundSubmit", &refund, json!({})).await;
            shop.hear(&refund, 1, succeeded(minor)).await;
            assert_eq!(shop.see(&shop.vendor, &refund["id"]).await["status"], "SUCCEEDED");
            sum += minor;
        }
        assert_eq!(sum, 6587);
        let refused = shop.attempt(&shop.vendor, "refundRequest", shop.asking("COMMERCIAL", json!({}))).await;
        assert_eq!(fault(&refused), (json!(["lineId"]), json!("ABOVE_MAXIMUM")));
        // A refund that came back counts no more.
        let first = shop.app.ask(&shop.operator, "{ order(by: { reference: \"A-1\" }) { refunds { id } } }", json!({})).await;
        let first = first["order"]["refunds"][0].clone();
        shop.hear(&first, 1, ProviderWord::Reversed).await;
        let again = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({ "units": 1 })).await;
        let granted = shop.decide(&shop.operator, "refundGrant", &again, json!({ "form": "FULL" })).await;
        assert_eq!(granted["grant"]["amount"]["amount"], "21.96");
    }

    async fn a_grant_is_itemised_and_its_cost_is_shared(db: Db) {
        let shop = Shop::open(db).await;
        let refund = shop.ask_for(&shop.seller, "COMMERCIAL", json!({})).await;
        let items = json!([
            { "lineId": "1", "units": 1, "amount": eur("24.00"), "parts": { "item": "16.66", "itemTax": "3.33", "shipping": "3.34", "shippingTax": "0.67" } },
            { "lineId": "2", "amount": eur("5.00") },
        ]);
        let costs = json!({ "goods": { "seller": 6000, "operator": 4000 }, "delivery": { "carrier": 10000 } });
        let grant = json!({ "form": "PARTIAL", "items": items, "costs": costs });
        let granted = shop.decide(&shop.operator, "refundGrant", &refund, grant).await;
        let grant = &granted["grant"];
        assert_eq!(grant["amount"], eur("29.00"));
        assert_eq!(grant["items"][0]["parts"], json!({
            "item": { "amount": "16.66" }, "itemTax": { "amount": "3.33" }, "shipping": { "amount": "3.34" }, "shippingTax": { "amount": "0.67" },
            "fees": { "amount": "0.00" }, "total": { "amount": "24.00" },
        }));
        assert_eq!(grant["items"][1]["parts"]["item"]["amount"], "4.16");
        assert_eq!(grant["items"][1]["parts"]["itemTax"]["amount"], "0.84");
        assert_eq!(grant["costs"], json!({
            "goods": { "seller": 6000, "operator": 4000, "carrier": 0 }, "delivery": { "seller": 0, "operator": 0, "carrier": 10000 },
        }));
        assert_eq!((&grant["means"], &grant["fallbackForm"]), (&json!("ORIGINAL_PAYMENT"), &json!("PARTIAL")));
        assert_eq!(grant["grantedBy"], json!({ "party": "OPERATOR", "name": "Operator of the test" }));
        // What it holds of the other line cannot be given again.
        let mut input = shop.asking("COMMERCIAL", json!({}));
        input["lineId"] = json!("2");
        let other = shop.act(&shop.vendor, "refundRequest", input).await;
        let granted = shop.decide(&shop.operator, "refundGrant", &other, json!({ "form": "FULL" })).await;
        assert_eq!(granted["grant"]["amount"], eur("5.00"));
    }

    async fn above_the_limit_another_person_approves(db: Db) {
        let limit = |minor| Some(Money { minor, currency: "EUR".parse().unwrap() });
        let rules = RefundRules { seller_limit: limit(3000), second_approver_above: limit(5000), ..RefundRules::default() };
        let shop = Shop::open_with(db, rules).await;
        let refund = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({})).await;
        let refused = shop.try_decide(&shop.seller, "refundGrant", &refund, json!({ "form": "FULL" })).await;
        assert_eq!(fault(&refused), (json!(["refundId"]), json!("ABOVE_LIMIT")));
        let proposed = shop.decide(&shop.operator, "refundGrant", &refund, json!({ "form": "FULL" })).await;
        assert_eq!((&proposed["status"], &proposed["proposal"]["amount"], &proposed["grant"]), (&json!("REQUESTED"), &eur("65.87"), &Value::Null));
        assert!(!actions(&proposed).contains(&"APPROVE"));
        let refused = shop.try_decide(&shop.operator, "refundApprove", &refund, json!({})).await;
        assert_eq!(fault(&refused), (json!(["refundId"]), json!("NOT_ALLOWED")));
        let refused = shop.try_decide(&shop.seller, "refundApprove", &refund, json!({})).await;
        assert_eq!(fault(&refused).1, "NOT_ALLOWED");
        assert!(actions(&shop.see(&shop.second, &refund["id"]).await).contains(&"APPROVE"));
        let approved = shop.decide(&shop.second, "refundApprove", &refund, json!({})).await;
        assert_eq!((&approved["status"], &approved["proposal"]), (&json!("GRANTED"), &Value::Null));
        assert_eq!(approved["grant"]["approvedBy"]["party"], "OPERATOR");
        assert_eq!(shop.told().await.len(), 2, "that it was asked for, and that it is granted");
    }

    async fn the_buyer_takes_credit_only_by_express_consent(db: Db) {
        let shop = Shop::open(db).await;
        let refund = shop.ask_for(&shop.vendor, "WITHDRAWAL", json!({})).await;
        let granted = shop.decide(&shop.seller, "refundGrant", &refund, json!({ "form": "STORE_CREDIT" })).await;
        assert_eq!(granted["grant"]["consent"]["state"], "AWAITED");
        let refused = shop.try_decide(&shop.operator, "refundSubmit", &refund, json!({})).await;
        assert_eq!(fault(&refused), (json!(["refundId"]), json!("NOT_IN_THIS_STATE")));
        for token in [&shop.operator, &shop.seller] {
            let refused = shop.try_decide(token, "refundConsent", &refund, json!({ "text": "Oui" })).await;
            assert_eq!(fault(&refused).1, "NOT_ALLOWED");
        }
        let seen = shop.see(&shop.vendor, &refund["id"]).await;
        assert_eq!(actions(&seen), ["CONSENT", "REFUSE_CONSENT"]);
        assert_eq!(seen["availableActions"][0]["until"], "2026-11-27T09:00:00+00:00");
        let text = "J’accepte un avoir de 65,87 € à la place du remboursement.";
        let agreed = shop.decide(&shop.vendor, "refundConsent", &refund, json!({ "text": text })).await;
        assert_eq!((&agreed["grant"]["consent"]["state"], &agreed["grant"]["consent"]["text"]), (&json!("GIVEN"), &json!(text)));
        // There is no payment system for credit: given out is paid.
        let paid = shop.decide(&shop.operator, "refundSubmit", &refund, json!({})).await;
        assert_eq!((&paid["status"], &paid["attempts"][0]["state"]), (&json!("SUCCEEDED"), &json!("SUCCEEDED")));
        let told = shop.told().await;
        assert!(told[1].contains("65,87\u{a0}€") && told[1].contains("avoir") && told[1].contains("vendredi 27\u{a0}novembre"), "{told:#?}");
        assert!(told.last().unwrap().contains("a été effectué"), "{told:#?}");
    }
}
