//! The report that goes out by itself: when it is due, to whom, and with the numbers of the live query.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use trilogue::domain::charter::Charter;
use trilogue::domain::parties::Role;

use super::Shop;
use crate::harness::{Db, Mailbox, TestApp, on_both_databases};

/// A shop with a mail server, whose staff reads French and English.
struct Office {
    shop: Shop,
    mailbox: Mailbox,
}

impl Office {
    async fn open(db: Db) -> Self {
        let mut app = TestApp::start_with(db, Charter::default()).await;
        let mailbox = Mailbox::of(&mut app, "Bazar <alerts@bazar.example>").await;
        let shop = Shop::around(app).await;
        let recipients = json!({ "recipients": [
            { "email": "chef@example.org", "locale": "fr", "kinds": ["REPORT"] },
            { "email": "desk@example.org", "kinds": ["ESCALATED"] } ] });
        shop.app.act(&shop.operator, "alertRecipientsSet", "recipients { email }", recipients).await;
        Self { shop, mailbox }
    }

    async fn every(&self, report: &str, revision: i32) {
        let target = json!({ "kpi": { "kind": "CONTACT_RATE" }, "value": 10.0 });
        let input = json!({ "targets": [target], "minimumSample": 1, "hour": { "amount": "30.00", "currencyCode": "EUR" },
            "report": report, "revision": revision });
        let set = self.shop.app.act(&self.shop.operator, "measureSettingsSet", "settings { report }", input).await;
        assert_eq!(set["settings"]["report"], report);
    }

    /// The time becomes this one, and all work is done.
    async fn at(&self, time: &str) {
        let app = &self.shop.app;
        let at: DateTime<Utc> = time.parse().unwrap();
        app.advance(at - app.cx.now());
        app.work().await;
    }

    /// The next e-mails, as many as there must be, and no more.
    async fn mails(&mut self, count: usize) -> Vec<Value> {
        self.mailbox.mails(&self.shop.app, count).await
    }
}

on_both_databases! {
    /// The clock shows Sunday, 22 November 2026; the marketplace is in Paris.
    async fn a_week_is_told_on_monday_with_the_numbers_of_the_live_query(db: Db) {
        let mut office = Office::open(db).await;
        for (number, day) in [(1, "2026-11-17"), (2, "2026-11-18"), (3, "2026-11-22"), (4, "2026-11-10")] {
            office.shop.order(&format!("MK-{number}"), "alma", "marie", day).await;
        }
        let case = office.shop.case("1", "marie", json!({ "orderReference": "MK-1", "reason": "where_is_my_order" })).await;
        office.shop.wait(TimeDelta::hours(2));
        office.shop.write(&office.shop.seller, &case, "Demain.").await;
        office.every("WEEK", 0).await;
        office.at("2026-11-23T04:59:00Z").await;
        office.mails(0).await;
        office.at("2026-11-23T05:00:01Z").await;
        let mail = office.mails(1).await.remove(0);
        assert_eq!(mail["to"], json!(["chef@example.org"]), "{mail}");
        let text = mail["text"].as_str().unwrap();
        assert!(mail["headers"]["subject"].as_str().unwrap().contains("Service client du 16\u{a0}novembre 2026 au 22\u{a0}novembre 2026"), "{mail}");

        let days = "from: \"2026-11-16\", to: \"2026-11-22\"";
        let (rate, orders) = office.shop.figure(days, "CONTACT_RATE").await;
        let written = format!("Dossiers\u{a0}: {:.1} pour 100 commandes (sur {orders}) — objectif 10,0 pour 100 commandes, manqué", rate.as_f64().unwrap());
        assert!(text.contains(&written.replace("33.3", "33,3")), "{written} in {text}");
        let (mean, replies) = office.shop.figure(days, "FIRST_REPLY_MEAN").await;
        assert_eq!((mean, replies), (json!(2.0), json!(1)));
        assert!(text.contains("Première réponse (moyenne, toutes heures)\u{a0}: 2,0\u{a0}h (sur 1)"), "{text}");
        let (missed, rest) = (text.find("Objectifs manqués").unwrap(), text.find("Tous les autres chiffres").unwrap());
        assert!((missed..rest).contains(&text.find("Dossiers\u{a0}:").unwrap()), "what went wrong comes first: {text}");

        office.at("2026-11-24T12:00:00Z").await;
        office.shop.app.restart().await;
        office.at("2026-11-29T12:00:00Z").await;
        office.mails(0).await;
        office.at("2026-11-30T05:30:00Z").await;
        let next = office.mails(1).await.remove(0);
        assert!(next["headers"]["subject"].as_str().unwrap().contains("29\u{a0}novembre"), "{next}");

        // A month instead, after a week that nobody was there.
        office.every("MONTH", 1).await;
        office.at("2026-12-08T05:30:00Z").await;
        let month = office.mails(1).await.remove(0);
        assert!(month["headers"]["subject"].as_str().unwrap().contains("du 1er\u{a0}novembre 2026 au 30\u{a0}novembre 2026"), "{month}");
        office.every("NEVER", 2).await;
        office.at("2027-01-02T05:30:00Z").await;
        office.mails(0).await;
    }

    async fn whoever_does_not_want_it_stops_it(db: Db) {
        let mut office = Office::open(db).await;
        office.every("WEEK", 0).await;
        office.at("2026-11-23T05:30:00Z").await;
        let mail = office.mails(1).await.remove(0);
        let text = mail["text"].as_str().unwrap();
        let link = text.split_whitespace().find(|word| word.contains("/unsubscribe/")).unwrap_or_else(|| panic!("{text}"));
        let url = link.replace("https://t.example", &office.shop.app.url);
        let http = crate::harness::client().build().unwrap();
        assert!(http.post(&url).body("action=unsubscribe").header("content-type", "application/x-www-form-urlencoded").send().await.unwrap().status().is_success());
        office.at("2026-11-30T05:30:00Z").await;
        office.mails(0).await;

        let vendor = office.shop.app.token(Role::Vendor, None).await;
        let input = json!({ "targets": [], "hour": { "amount": "0.00", "currencyCode": "EUR" }, "report": "MONTH", "revision": 1 });
        assert_eq!(office.shop.app.refuse(&vendor, "measureSettingsSet", "settings { report }", input).await["code"], "NOT_ALLOWED");
    }
}
