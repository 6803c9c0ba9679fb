//! The door for reports: who is believed, what is kept, and that nothing happens twice.

use trilogue::demo::{shop, stripe as peer};

use super::*;
use crate::harness::on_both_databases;

const DONE: (QueueStatus, Standing) = (QueueStatus::Done, Standing::Succeeded);
const WORKED_ON: (QueueStatus, Standing) = (QueueStatus::Pending, Standing::Pending);

/// A refund that is worked on, and the true report that it has come off.
async fn reported(db: Db, way: Way, well: bool) -> (Till, IdempotencyKey, Webhook) {
    let till = Till::open(db, way).await;
    till.take_time();
    let key = till.submit("12.50", &till.pay()).await;
    till.work().await;
    till.reports();
    assert_eq!(till.stands(key).await, WORKED_ON, "{way:?}");
    till.come_off(key, well);
    let mut reports = till.reports();
    let report = reports.pop().unwrap();
    (till, key, report)
}

async fn heard_once(db: Db, way: Way, well: bool) {
    let (till, key, report) = reported(db, way, well).await;
    for round in 0..3 {
        assert_eq!(till.post(&report).await, (200, String::new()), "{way:?}");
        let news = till.news().await;
        assert_eq!(news.len(), 1, "{way:?}: a repeated report is no second one");
        till.work().await;
        let news = till.news().await;
        assert_eq!((news[0].status, news[0].attempts), (QueueStatus::Done, 1), "{way:?} {round}");
        let expected = if well { Standing::Succeeded } else { Standing::Failed };
        assert_eq!(till.stands(key).await, (QueueStatus::Done, expected), "{way:?}");
    }
    assert_eq!(till.moved().len(), 1.min(till.moved().len()));
    till.story.app.advance(TimeDelta::days(2));
    let ((), statements) = till.story.app.statements(till.work()).await;
    assert!(!statements.iter().any(|sql| sql.contains("payment_calls SET \"standing\"")), "nobody asks about what is over");
}

/// A success that fails afterwards is a reversal.
async fn comes_back(db: Db) {
    let (till, key, report) = reported(db, Way::Stripe, true).await;
    till.post(&report).await;
    till.work().await;
    assert_eq!(till.stands(key).await, DONE);
    till.come_off(key, false);
    for report in till.reports() {
        assert_eq!(till.post(&report).await.0, 200);
    }
    till.work().await;
    assert_eq!(till.stands(key).await, (QueueStatus::Done, Standing::Reversed));
}

/// Signs a body as the payment system would, with a secret of somebody's choice.
fn signed(way: Way, secret: &[u8], till: &Till, id: &str, body: &str) -> Vec<(String, String)> {
    let at = till.story.app.cx.now().timestamp().to_string();
    match way {
        Way::Stripe => {
            let signature = peer::signature(std::str::from_utf8(secret).unwrap(), &at, body);
            vec![("Stripe-Signature".to_owned(), format!("t={at},v1={signature}"))]
        }
        Way::Shop => {
            let signature = shop::signature(secret, id, &at, body);
            let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            vec![header("webhook-id", id), header("webhook-timestamp", &at), header("webhook-signature", &signature)]
        }
    }
}

/// The same report, under other headers.
fn under(report: &Webhook, headers: Vec<(String, String)>) -> Webhook {
    let mut other = report.clone();
    other.headers = headers;
    other
}

async fn forged(db: Db, way: Way) {
    let (till, key, report) = reported(db, way, true).await;
    let mut tampered = report.clone();
    tampered.body = report.body.replace("12", "13");
    let unsigned = under(&report, Vec::new());
    let id = "report-forged";
    let wrong = under(&report, signed(way, b"whsec_of_somebody_else", &till, id, &report.body));
    for forged in [&tampered, &unsigned, &wrong] {
        assert_eq!(till.post(forged).await, (401, String::new()), "{way:?}: refused, without a reason");
    }
    // What we signed ourselves is no report, and an old report is none either.
    let old = report.clone();
    till.story.app.advance(TimeDelta::minutes(6));
    assert_eq!(till.post(&old).await, (401, String::new()));
    let unknown = till.hook.replace(&till.connection.to_string(), &ConnectionId::generate().to_string());
    for (hook, status) in [(unknown.as_str(), 404), (&till.hook.replace("con_", "cas_"), 404)] {
        assert_eq!(till.post_to(hook, &report.headers, report.body.clone()).await.0, status);
    }
    // It is refused by its length, perhaps before all of it is sent.
    let flood = till.story.app.http.post(&till.hook).body(vec![b'x'; 256 * 1024 + 1]).send().await;
    assert!(flood.map_or_else(|error| error.is_request(), |answer| answer.status().as_u16() == 413), "{way:?}");
    assert_eq!(till.post_to(&till.hook, &[], vec![b'x'; 256 * 1024]).await.0, 401);
    till.work().await;
    assert!(till.news().await.is_empty(), "{way:?}: nothing of it was stored");
    assert_eq!(till.stands(key).await, WORKED_ON, "{way:?}");
}

/// A stranger's refund, made on an account of theirs, does not reach ours.
async fn of_another_marketplace(db: Db) {
    let (till, key, _) = reported(db, Way::Shop, true).await;
    let (app, Peer::Shop { report_key, .. }) = (&till.story.app, &till.peer) else { unreachable!() };
    let other = app.another_marketplace("souk").await;
    let address = WebhookAddress { url: "http://127.0.0.1:9/".parse().unwrap(), rotation: Rotation::Keep, account: Account::Same };
    let theirs = connect_webhook(&app.cx, other.id, address).await.unwrap();
    let their_key = bytes(theirs.report_secret.unwrap().expose_secret());
    let data =
        json!({ "idempotencyKey": key.to_string(), "reference": "RF-1", "status": "SUCCEEDED", "amount": "12.50", "currency": "EUR" });
    let body = json!({ "version": 1, "type": "refund.settled", "timestamp": app.cx.now(), "data": data }).to_string();
    let hook = till.hook.replace(&till.connection.to_string(), &theirs.id.to_string());
    let headers = signed(Way::Shop, &their_key, &till, "r-1", &body);
    assert_eq!(till.post_to(&till.hook, &headers, body.clone()).await.0, 401, "their key opens their door only");
    assert_eq!(till.post_to(&hook, &signed(Way::Shop, report_key, &till, "r-1", &body), body.clone()).await.0, 401);
    assert_eq!(till.post_to(&hook, &headers, body).await.0, 200);
    till.work().await;
    let news = app.cx.store.payment_news(other.id, 10).await.unwrap();
    assert_eq!((news.len(), news[0].status), (1, QueueStatus::Ignored));
    assert_eq!(till.stands(key).await, WORKED_ON, "it was about nothing of theirs");
    assert!(till.news().await.is_empty());
}

/// With direct charges a seller can write our key on a refund of their own account.
async fn of_another_account(db: Db) {
    let till = Till::open_with(db, Way::Stripe, ChargeModel::Direct).await;
    let Peer::Stripe(sim) = &till.peer else { unreachable!() };
    till.take_time();
    let key = till.submit("12.50", &sim.pay_to("acct_9", 4000, "EUR").intent).await;
    till.work().await;
    assert_eq!(till.stands(key).await, WORKED_ON);
    let created = till.reports().pop().unwrap();
    let secret = sim.connect_webhook(&till.hook).secret;
    connect_stripe(
        &till.story.app.cx,
        till.story.app.marketplace.id,
        StripeAccount { news_secret: Some(secret.clone().into()), ..StripeAccount::default() },
    )
    .await
    .unwrap();
    till.story.app.advance(TimeDelta::seconds(11));
    let mut event: Value = serde_json::from_str(&created.body).unwrap();
    event["type"] = "refund.updated".into();
    event["data"]["object"]["status"] = "succeeded".into();
    for (number, account, standing) in [(1, "acct_evil", Standing::Pending), (2, "acct_9", Standing::Succeeded)] {
        (event["id"], event["account"]) = (format!("evt_{number}").into(), account.into());
        let body = event.to_string();
        let headers = signed(Way::Stripe, secret.as_bytes(), &till, "", &body);
        assert_eq!(till.post_to(&till.hook, &headers, body).await.0, 200);
        till.work().await;
        assert_eq!(till.stands(key).await.1, standing, "{account}");
    }
    assert_eq!(till.alerts().await.len(), 1, "the operator is told of the one that was not believed");
}

/// What is signed and makes no sense is kept, once, and answered 200; what is about nothing of ours is not even stored.
async fn unreadable(db: Db) {
    let (till, key, report) = reported(db, Way::Stripe, true).await;
    let Peer::Stripe(sim) = &till.peer else { unreachable!() };
    let secret = sim.connect_webhook(&till.hook).secret;
    connect_stripe(
        &till.story.app.cx,
        till.story.app.marketplace.id,
        StripeAccount { news_secret: Some(secret.clone().into()), ..StripeAccount::default() },
    )
    .await
    .unwrap();
    till.story.app.advance(TimeDelta::seconds(11));
    for _ in 0..2 {
        let body = r#"{"type":"refund.updated","id":7}"#;
        assert_eq!(till.post_to(&till.hook, &signed(Way::Stripe, secret.as_bytes(), &till, "", body), body).await.0, 200);
    }
    let nothing = report.body.replace("refund.updated", "charge.refunded");
    assert_eq!(till.post_to(&till.hook, &signed(Way::Stripe, secret.as_bytes(), &till, "", &nothing), nothing.clone()).await.0, 200);
    // A refund that somebody made by hand at the payment system has no key of ours.
    let by_hand = sim.pay(500, "EUR", Transfer::None);
    sim.refund_by_hand(&by_hand, 500).unwrap();
    let last = till.reports().into_iter().rfind(|webhook| webhook.body.contains("refund.created")).unwrap();
    assert_eq!(till.post(&last).await.0, 200);
    till.work().await;
    let mut news = till.news().await.into_iter().map(|row| row.status).collect::<Vec<_>>();
    news.sort_by_key(|status| format!("{status:?}"));
    assert_eq!(news, [QueueStatus::Dead, QueueStatus::Ignored]);
    assert_eq!(till.stands(key).await, WORKED_ON);
    // The secret of before is still good beside the new one.
    let fresh = under(&report, signed(Way::Stripe, secret.as_bytes(), &till, "", &report.body));
    assert_eq!(till.post(&fresh).await.0, 200);
    till.work().await;
    assert_eq!(till.stands(key).await, DONE);
}

on_both_databases! {
    async fn a_report_is_heard_once_however_often_it_comes(db: Db) {
        for way in WAYS {
            heard_once(db, way, true).await;
            heard_once(db, way, false).await;
        }
    }

    async fn money_that_comes_back_is_a_reversal(db: Db) {
        comes_back(db).await;
    }

    async fn a_forged_report_changes_nothing(db: Db) {
        for way in WAYS {
            forged(db, way).await;
        }
    }

    async fn a_report_of_another_marketplace_changes_nothing(db: Db) {
        of_another_marketplace(db).await;
    }

    async fn a_report_from_another_account_changes_nothing(db: Db) {
        of_another_account(db).await;
    }

    async fn what_cannot_be_read_is_kept_and_answered(db: Db) {
        unreadable(db).await;
    }
}
