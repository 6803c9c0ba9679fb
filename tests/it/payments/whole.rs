//! The whole way: from the decision to the money, and back to what everybody sees of it.

use trilogue::demo::stripe as peer;
use trilogue::domain::money::BasisPoints;

use super::*;
use crate::harness::on_both_databases;
use crate::refunds::{Shop, eur, fault, sold};

/// A shop with a payment system, and an order that was paid there.
struct Market {
    shop: Shop,
    peer: Peer,
    hook: String,
    secret: String,
}

/// The order, told with how it was paid.
async fn paid(shop: &mut Shop, payment: Option<&str>) {
    let mut order = sold("P-1", "alma");
    order["sale"] = json!({ "paymentReference": payment, "sellerAccount": "acct_9" });
    let stored = shop.app.act(&shop.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [order] })).await;
    shop.order = stored["orders"][0]["id"].clone();
}

impl Market {
    async fn open(db: Db, way: Way) -> Self {
        let mut shop = Shop::open(db).await;
        let (cx, marketplace) = (&shop.app.cx, shop.app.marketplace.id);
        let (peer, hook, secret) = match way {
            Way::Stripe => {
                let sim = StripeSim::start(StripeOptions::new(shop.app.clock.clone(), STRIPE_VERSION)).await.unwrap();
                let made = connect_stripe(cx, marketplace, stripe(&sim, ChargeModel::Destination)).await.unwrap();
                let secret = sim.connect_webhook(&hook(&shop.app, made.id)).secret;
                let again = StripeAccount { news_secret: Some(secret.clone().into()), ..StripeAccount::default() };
                connect_stripe(cx, marketplace, again).await.unwrap();
                (Peer::Stripe(sim), hook(&shop.app, made.id), secret)
            }
            Way::Shop => {
                let address = |url: &str| WebhookAddress { url: url.parse().unwrap(), rotation: Rotation::Keep, account: Account::Same };
                let made = connect_webhook(cx, marketplace, address("http://127.0.0.1:9/")).await.unwrap();
                let key = |secret: &Option<secrecy::SecretString>| bytes(secret.as_ref().unwrap().expose_secret());
                let sim = ShopSim::start(shop.app.clock.clone(), &key(&made.secret), Sending::Manual).await.unwrap();
                connect_webhook(cx, marketplace, address(&sim.url())).await.unwrap();
                (Peer::Shop { sim, report_key: key(&made.report_secret) }, hook(&shop.app, made.id), String::new())
            }
        };
        let payment = match &peer {
            Peer::Stripe(sim) => sim.pay(7587, "EUR", Transfer::Destination).intent,
            Peer::Shop { .. } => "P-77".to_owned(),
        };
        paid(&mut shop, Some(&payment)).await;
        Self { shop, peer, hook, secret }
    }

    /// Asked for by the buyer, granted by the operator.
    async fn granted(&self, grant: Value) -> Value {
        let refund = self.shop.ask_for(&self.shop.vendor, "COMMERCIAL", json!({})).await;
        self.shop.decide(&self.shop.operator, "refundGrant", &refund, grant).await
    }

    async fn submitted(&self, grant: Value) -> Value {
        let refund = self.granted(grant).await;
        self.shop.decide(&self.shop.operator, "refundSubmit", &refund, json!({})).await
    }

    async fn status(&self, refund: &Value) -> (String, Vec<String>) {
        let seen = self.shop.see(&self.shop.operator, &refund["id"]).await;
        let attempts = seen["attempts"].as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect();
        (seen["status"].as_str().unwrap().to_owned(), attempts)
    }

    /// How much was moved for which attempt, in cents.
    fn moved(&self) -> Vec<(String, String)> {
        match &self.peer {
            Peer::Stripe(sim) => {
                let refunds = sim.refunds().into_iter().filter(|refund| refund.status != "failed");
                refunds.map(|refund| (refund.metadata["trilogue_key"].clone(), refund.units.to_string())).collect()
            }
            Peer::Shop { sim, .. } => {
                let refunds = sim.refunds().into_iter().filter(|refund| refund.status != "FAILED");
                let key = |refund: &trilogue::demo::shop::ShopRefund| refund.instruction["idempotencyKey"].as_str().unwrap().to_owned();
                refunds.map(|refund| (key(&refund), refund.amount.replace('.', ""))).collect()
            }
        }
    }

    fn settle(&self, refund: &Value, attempt: usize, well: bool) -> Vec<Webhook> {
        match &self.peer {
            Peer::Stripe(sim) => {
                sim.outbox().take();
                sim.settle(&sim.refunds()[attempt - 1].id, if well { Settled::Succeeded } else { Settled::Failed("declined") });
                sim.outbox().take()
            }
            Peer::Shop { sim, report_key } => {
                let key = format!("refund:{}:{attempt}", refund["id"].as_str().unwrap());
                let (status, code) = if well { ("SUCCEEDED", None) } else { ("FAILED", Some("DECLINED")) };
                sim.report(&key, status, code, &self.hook, report_key);
                sim.outbox().take()
            }
        }
    }

    async fn post(&self, webhook: &Webhook) -> u16 {
        let mut request = self.shop.app.http.post(&self.hook).body(webhook.body.clone());
        for (name, value) in &webhook.headers {
            request = request.header(name, value);
        }
        request.send().await.unwrap().status().as_u16()
    }
}

async fn at_once(db: Db, way: Way) {
    let market = Market::open(db, way).await;
    let refund = market.submitted(json!({ "form": "FULL" })).await;
    assert_eq!((&refund["status"], market.moved().len()), (&json!("SUBMITTED"), 0), "{way:?}");
    market.shop.app.work().await;
    let once = vec![(format!("refund:{}:1", refund["id"].as_str().unwrap()), "6587".to_owned())];
    assert_eq!((market.status(&refund).await, market.moved()), (("SUCCEEDED".to_owned(), vec!["SUCCEEDED".to_owned()]), once), "{way:?}");
    if let Peer::Stripe(sim) = &market.peer {
        assert_eq!(sim.refunds()[0].flags, [true, true], "the seller bears all of it, and gets the whole commission back");
    }
    assert!(market.shop.told().await.last().unwrap().contains("a été effectué"));
}

/// Worked on, reported by a signed call; said again, forged, or late it changes nothing.
async fn by_report(db: Db, way: Way) {
    let market = Market::open(db, way).await;
    match &market.peer {
        Peer::Stripe(sim) => sim.settle_new(Settlement::Later),
        Peer::Shop { sim, .. } => sim.behave(Manner::Later),
    }
    let refund = market.submitted(json!({ "form": "FULL" })).await;
    market.shop.app.work().await;
    assert_eq!(market.status(&refund).await, ("PENDING".to_owned(), vec!["PENDING".to_owned()]), "{way:?}");
    let before = market.shop.everything().await;
    let report = market.settle(&refund, 1, true).pop().unwrap();
    let mut forged = report.clone();
    forged.body = report.body.replace("succeeded", "failed").replace("SUCCEEDED", "FAILED");
    assert_eq!(market.post(&forged).await, 401);
    market.shop.app.work().await;
    assert_eq!(market.shop.everything().await, before, "{way:?}: a forged report changes nothing");
    assert_eq!(market.post(&report).await, 200);
    market.shop.app.work().await;
    assert_eq!(market.status(&refund).await.0, "SUCCEEDED");
    let after = market.shop.everything().await;
    for _ in 0..2 {
        assert_eq!(market.post(&report).await, 200);
        market.shop.app.work().await;
        assert_eq!(market.shop.everything().await, after, "{way:?}: a repeated report changes nothing");
    }
    assert_eq!(market.moved().len(), 1);
    // Banks send money back.
    let back = market.settle(&refund, 1, false).pop().unwrap();
    assert_eq!(market.post(&back).await, 200);
    market.shop.app.work().await;
    assert_eq!(market.status(&refund).await, ("REVERSED".to_owned(), vec!["REVERSED".to_owned()]), "{way:?}");
}

/// What has failed is tried again under another key, and moves once.
async fn tried_again(db: Db, way: Way) {
    let market = Market::open(db, way).await;
    match &market.peer {
        Peer::Stripe(sim) => sim.settle_new(Settlement::Later),
        Peer::Shop { sim, .. } => sim.behave(Manner::Later),
    }
    let refund = market.submitted(json!({ "form": "FULL" })).await;
    market.shop.app.work().await;
    for report in market.settle(&refund, 1, false) {
        assert_eq!(market.post(&report).await, 200);
    }
    market.shop.app.work().await;
    assert_eq!(market.status(&refund).await, ("FAILED".to_owned(), vec!["FAILED".to_owned()]));
    market.shop.decide(&market.shop.operator, "refundRetry", &refund, json!({})).await;
    match &market.peer {
        Peer::Stripe(sim) => sim.settle_new(Settlement::AtOnce),
        Peer::Shop { sim, .. } => sim.behave(Manner::AtOnce),
    }
    market.shop.app.work().await;
    assert_eq!(market.status(&refund).await, ("SUCCEEDED".to_owned(), vec!["FAILED".to_owned(), "SUCCEEDED".to_owned()]), "{way:?}");
    assert_eq!(market.moved(), [(format!("refund:{}:2", refund["id"].as_str().unwrap()), "6587".to_owned())]);
}

on_both_databases! {
    async fn a_granted_refund_is_paid_and_told(db: Db) {
        for way in WAYS {
            at_once(db, way).await;
        }
    }

    async fn a_report_settles_it_and_comes_once(db: Db) {
        for way in WAYS {
            by_report(db, way).await;
        }
    }

    async fn what_failed_goes_again_under_another_key(db: Db) {
        for way in WAYS {
            tried_again(db, way).await;
        }
    }

    async fn what_stripe_cannot_carry_out_is_refused_before_it_is_decided(db: Db) {
        let mut market = Market::open(db, Way::Stripe).await;
        let order = market.shop.other_order.clone();
        let paid_order = std::mem::replace(&mut market.shop.order, order);
        // Nobody told how this one was paid.
        let refund = market.granted(json!({ "form": "FULL" })).await;
        let refused = market.shop.try_decide(&market.shop.operator, "refundSubmit", &refund, json!({})).await;
        assert_eq!(fault(&refused).1, "INVALID", "{refused:#}");
        assert_eq!(market.status(&refund).await, ("GRANTED".to_owned(), vec![]));
        market.shop.order = paid_order;
        assert!(market.shop.app.cx.store.payment_calls(market.shop.app.marketplace.id, None, 10).await.unwrap().is_empty());
        // A transfer by hand is nothing for Stripe, and nobody has to know a payment for it.
        let refund = market.submitted(json!({ "form": "FULL", "means": "BANK_TRANSFER" })).await;
        market.shop.app.work().await;
        assert_eq!(market.status(&refund).await.0, "SUBMITTED");
        let Peer::Stripe(sim) = &market.peer else { unreachable!() };
        assert!(sim.journal().all().is_empty());
        let key = format!("refund:{}:1", refund["id"].as_str().unwrap());
        let report = json!({ "idempotencyKey": key, "reference": "SEPA-7", "status": "SUCCEEDED", "amount": eur("65.87") });
        let before = market.shop.everything().await;
        let mut other = report.clone();
        other["amount"] = json!({ "amount": "65.87", "currencyCode": "USD" });
        let refused = market.shop.app.try_act(&market.shop.vendor, "refundReportSettlement", "refundId", other).await;
        assert_eq!(fault(&refused), (json!(["amount", "currencyCode"]), json!("INVALID")));
        assert_eq!(market.shop.everything().await, before);
        for _ in 0..2 {
            let heard = market.shop.app.act(&market.shop.vendor, "refundReportSettlement", "refundId", report.clone()).await;
            assert_eq!(heard["refundId"], refund["id"]);
            assert_eq!(market.status(&refund).await, ("SUCCEEDED".to_owned(), vec!["SUCCEEDED".to_owned()]));
        }
    }

    async fn costs_of_the_operator_stay_with_the_operator(db: Db) {
        let market = Market::open(db, Way::Stripe).await;
        let costs = json!({ "goods": { "operator": BasisPoints::WHOLE.get() } });
        let refund = market.submitted(json!({ "form": "PARTIAL", "costs": costs })).await;
        market.shop.app.work().await;
        assert_eq!(market.status(&refund).await.0, "SUCCEEDED");
        let Peer::Stripe(sim) = &market.peer else { unreachable!() };
        assert_eq!(sim.refunds()[0].flags, [false, true]);
        // A report that nobody waits for any more, signed as it should be, for another amount: not booked, and shown.
        let mut event: Value = serde_json::from_str(&sim.outbox().take()[0].body).unwrap();
        (event["id"], event["data"]["object"]["amount"]) = (json!("evt_other"), json!(1));
        let (body, at) = (event.to_string(), market.shop.app.cx.now().timestamp().to_string());
        let signature = format!("t={at},v1={}", peer::signature(&market.secret, &at, &body));
        let before = market.shop.everything().await;
        let sent = market.shop.app.http.post(&market.hook).header("Stripe-Signature", signature).body(body).send().await.unwrap();
        assert_eq!(sent.status().as_u16(), 200);
        market.shop.app.work().await;
        assert_eq!(market.shop.everything().await, before, "it has succeeded already, with the right amount");
    }

    async fn without_a_payment_system_it_waits_for_one_and_the_operator_knows(db: Db) {
        let mut shop = Shop::open(db).await;
        let sim = StripeSim::start(StripeOptions::new(shop.app.clock.clone(), STRIPE_VERSION)).await.unwrap();
        paid(&mut shop, Some(&sim.pay(7587, "EUR", Transfer::Destination).intent)).await;
        let refund = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({})).await;
        shop.decide(&shop.operator, "refundGrant", &refund, json!({ "form": "FULL" })).await;
        shop.decide(&shop.operator, "refundSubmit", &refund, json!({})).await;
        let stopped = "{ cases(first: 9) { nodes { timeline(first: 100) { nodes { ... on DeliveryStoppedEvent { reason } } } } } }";
        let told = async |token: &str| shop.app.ask(token, stopped, json!({})).await.to_string().matches("no payment system").count();
        shop.app.work().await;
        assert_eq!((told(&shop.operator).await, told(&shop.seller).await), (1, 0));
        connect_stripe(&shop.app.cx, shop.app.marketplace.id, stripe(&sim, ChargeModel::Destination)).await.unwrap();
        shop.app.work().await;
        assert_eq!(shop.see(&shop.operator, &refund["id"]).await["status"], "SUCCEEDED");
        assert_eq!((sim.refunds().len(), told(&shop.operator).await), (1, 1));
    }
}
