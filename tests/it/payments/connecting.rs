//! Connections: what is shown once, what is refused, and what a replaced one is still good for.

use super::*;
use crate::harness::on_both_databases;

fn address(url: &str, rotation: Rotation, account: Account) -> WebhookAddress {
    WebhookAddress { url: url.parse().unwrap(), rotation, account }
}

on_both_databases! {
    async fn a_replaced_connection_is_still_heard_and_new_refunds_go_elsewhere(db: Db) {
        let till = Till::open(db, Way::Shop).await;
        let (app, Peer::Shop { sim, report_key }) = (&till.story.app, &till.peer) else { unreachable!() };
        till.take_time();
        let key = till.submit("12.50", &till.pay()).await;
        till.work().await;
        let stripe = StripeSim::start(StripeOptions::new(app.clock.clone(), STRIPE_VERSION)).await.unwrap();
        let made = connect_stripe(&app.cx, app.marketplace.id, super::stripe(&stripe, ChargeModel::Destination)).await.unwrap();
        assert_ne!(made.id, till.connection);
        app.advance(TimeDelta::hours(1));
        till.work().await;
        assert_eq!(till.call(key).await.looks, 1, "it is looked for where it was sent");
        assert!(stripe.journal().all().is_empty());
        sim.report(&key.to_string(), "SUCCEEDED", None, &till.hook, report_key);
        assert_eq!(till.post(&till.reports()[0]).await.0, 200);
        till.work().await;
        assert_eq!(till.stands(key).await, (QueueStatus::Done, Standing::Succeeded));
        let rows = app.cx.store.payment_connections(Some(app.marketplace.id)).await.unwrap();
        assert_eq!(rows.iter().filter(|row| row.state == trilogue::store::PaymentConnectionState::Active).count(), 1);
    }

    async fn keys_are_shown_when_they_are_made_and_turn_without_a_gap(db: Db) {
        let till = Till::open(db, Way::Shop).await;
        let (app, Peer::Shop { sim, report_key }) = (&till.story.app, &till.peer) else { unreachable!() };
        let turned = connect_webhook(&app.cx, app.marketplace.id, address(&sim.url(), Rotation::New, Account::Same)).await.unwrap();
        assert_eq!(turned.id, till.connection);
        let new_key = bytes(turned.report_secret.unwrap().expose_secret());
        app.advance(TimeDelta::seconds(11));
        till.take_time();
        // The software knows the old key yet, and is believed by it, and by the new one.
        for key in [report_key.as_slice(), &new_key] {
            let refund = till.submit("1.00", &till.pay()).await;
            till.work().await;
            sim.report(&refund.to_string(), "SUCCEEDED", None, &till.hook, key);
            assert_eq!(till.post(&till.reports()[0]).await.0, 200);
            till.work().await;
            assert_eq!(till.stands(refund).await.1, Standing::Succeeded);
        }
        let elsewhere = connect_webhook(&app.cx, app.marketplace.id, address(&sim.url(), Rotation::Keep, Account::New)).await.unwrap();
        assert!(elsewhere.id != till.connection && elsewhere.secret.is_some(), "other software has other keys");
    }

    async fn what_makes_no_connection_is_refused(db: Db) {
        let app = TestApp::start(db).await;
        for url in ["ftp://shop.example.com/", "http://user@shop.example.com/", "https://shop.example.com/#x"] {
            let refused = connect_webhook(&app.cx, app.marketplace.id, address(url, Rotation::Keep, Account::Same)).await;
            assert!(matches!(refused, Err(trilogue::workflow::Error::Refused { .. })), "{url}");
        }
        let nothing = StripeAccount { news_secret: Some("whsec_x".into()), ..StripeAccount::default() };
        assert!(connect_stripe(&app.cx, app.marketplace.id, nothing).await.is_err(), "no secret key");
        let plain = StripeAccount { base_url: Some("http://api.stripe.com".parse().unwrap()), secret_key: Some("k".into()), ..StripeAccount::default() };
        assert!(connect_stripe(&app.cx, app.marketplace.id, plain).await.is_err(), "in the clear");
        let blank = StripeAccount { secret_key: Some("  ".into()), ..StripeAccount::default() };
        assert!(connect_stripe(&app.cx, app.marketplace.id, blank).await.is_err());
        assert!(app.cx.store.payment_connections(None).await.unwrap().is_empty());
    }
}
