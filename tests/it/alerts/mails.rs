//! E-mails, through a mail server of others: who gets which, in which language, what refused ones become, and how
//! their readers stop them.

use std::sync::Arc;

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::app;
use trilogue::clock::SharedClock;
use trilogue::jobs;
use trilogue::store::QueueStatus;

use super::Market;
use crate::harness::{Db, Node, on_both_databases};

/// A marketplace whose e-mails go to a mail server of the test.
struct Office {
    market: Market,
    mailbox: Node,
}

impl Office {
    async fn open(db: Db) -> Self {
        let mut market = Market::open(db).await;
        let mut mailbox = Node::audit("mailbox.mjs").await;
        let url = mailbox.heard().await["url"].as_str().unwrap().to_owned();
        market.app.settings.smtp_url = Some(url.into());
        market.app.settings.smtp_from = Some("Bazar <alerts@bazar.example>".to_owned());
        market.app.settings.public_url = Some("https://t.example".parse().unwrap());
        market.app.restart().await;
        market.app.work().await;
        Self { market, mailbox }
    }

    async fn staff(&self, recipients: Value) {
        self.market.app.act(&self.market.operator, "alertRecipientsSet", "recipients { email }", json!({ "recipients": recipients })).await;
    }

    /// The next e-mails, as many as there must be, and no more: to whom, and its subject.
    async fn mails(&mut self, count: usize) -> Vec<Value> {
        self.market.app.work().await;
        let mut mails = Vec::new();
        for _ in 0..count {
            mails.push(self.mailbox.heard().await);
        }
        assert_eq!(self.waiting().await, 0, "more wait than were sent");
        // What is sent beyond the count would be the next thing that it says.
        self.answer(0, 0).await;
        mails
    }

    /// Answers the next e-mails with this code.
    async fn answer(&mut self, code: u16, times: u16) {
        self.mailbox.say(&json!({ "code": code, "times": times }).to_string()).await;
        assert_eq!(self.mailbox.heard().await, json!({ "ready": true }));
    }

    async fn waiting(&self) -> u64 {
        self.market.app.cx.store.mails_depth().await.unwrap().unfinished
    }
}

fn told(mails: &[Value]) -> Vec<(&str, &str)> {
    let mut told: Vec<_> =
        mails.iter().map(|mail| (mail["to"][0].as_str().unwrap(), mail["headers"]["subject"].as_str().unwrap())).collect();
    told.sort_unstable();
    told
}

/// The path of a link in an e-mail.
fn stop(mail: &Value) -> String {
    let link = mail["headers"]["list-unsubscribe"].as_str().unwrap().trim_matches(['<', '>']);
    assert!(mail["text"].as_str().unwrap().contains(link) && mail["html"].as_str().unwrap().contains(link), "{mail:#}");
    link.strip_prefix("https://t.example").unwrap().to_owned()
}

on_both_databases! {
    async fn each_side_is_told_what_the_other_did_in_its_language(db: Db) {
        let mut office = Office::open(db).await;
        office.staff(json!([{ "email": "Chef@Bazar.example", "locale": "en" }, { "email": "urgences@bazar.example", "kinds": ["ESCALATED"] }])).await;
        let alma = office.market.case("MK-1", "1").await;
        let brio = office.market.case("MK-2", "2").await;
        let mails = office.mails(4).await;
        assert_eq!(
            told(&mails),
            [
                ("alma@example.org", "[Bazar] C-1001 : nouveau dossier"),
                ("brio@example.org", "[Bazar] C-1002: new case"),
                ("chef@bazar.example", "[Bazar] C-1001: new case"),
                ("chef@bazar.example", "[Bazar] C-1002: new case"),
            ]
        );
        for mail in &mails {
            assert_eq!((&mail["from"], &mail["headers"]["from"]), (&json!("alerts@bazar.example"), &json!("Bazar <alerts@bazar.example>")));
            assert_eq!(mail["headers"]["list-unsubscribe-post"], "List-Unsubscribe=One-Click");
            assert!(mail["headers"]["message-id"].as_str().unwrap().starts_with("<evt_") && mail["headers"]["message-id"].as_str().unwrap().ends_with("@bazar.example>"));
            for secret in ["colis", "Marie", "marie", "Question"] {
                assert!(!mail.to_string().contains(secret), "{secret} in {mail:#}");
            }
        }
        let french = mails.iter().find(|mail| mail["to"][0] == "alma@example.org").unwrap();
        assert!(french["text"].as_str().unwrap().starts_with("Un nouveau dossier a été ouvert.\n\nDossier : C-1001\nOuvrir : https://t.example\n"), "{french:#}");
        assert!(french["html"].as_str().unwrap().contains("Un nouveau dossier a été ouvert."));

        // Between operator and one seller: the other one hears nothing, and nobody hears of what their own side said.
        let private = office.market.private(&alma).await;
        office.market.post(&office.market.operator, &private, "Entre nous").await;
        assert_eq!(told(&office.mails(1).await), [("alma@example.org", "[Bazar] C-1001 : nouveau message")]);
        office.market.post(&office.market.alma, &private, "Bien reçu").await;
        assert_eq!(told(&office.mails(1).await), [("chef@bazar.example", "[Bazar] C-1001: new message")]);
        // What operator and buyer say is not for the seller.
        let input = json!({ "caseIds": [alma], "kind": "OPERATOR_BUYER" });
        let with_buyer = office.market.app.act(&office.market.operator, "threadOpen", "thread { id }", input).await;
        office.market.post(&office.market.operator, with_buyer["thread"]["id"].as_str().unwrap(), "Sans le vendeur").await;
        assert_eq!(office.mails(0).await.len(), 0);

        office.market.app.act(&office.market.alma, "caseEscalate", "case { id }", json!({ "caseId": alma, "reason": "FRAUD", "note": "Secret" })).await;
        assert_eq!(
            told(&office.mails(2).await),
            [("chef@bazar.example", "[Bazar] C-1001: escalated"), ("urgences@bazar.example", "[Bazar] C-1001 : escaladé")]
        );
        office.market.app.act(&office.market.operator, "caseResolve", "case { id }", json!({ "caseId": brio })).await;
        assert_eq!(told(&office.mails(1).await), [("brio@example.org", "[Bazar] C-1002: resolved")]);
        // Silence: the seller missed the deadline, the staff has the case.
        office.market.case("MK-2", "3").await;
        office.mails(2).await;
        office.market.app.advance(TimeDelta::hours(49));
        assert_eq!(
            told(&office.mails(4).await),
            [
                ("brio@example.org", "[Bazar] C-1003: time to answer has run out"),
                ("chef@bazar.example", "[Bazar] C-1001: time to answer has run out"),
                ("chef@bazar.example", "[Bazar] C-1003: escalated"),
                ("urgences@bazar.example", "[Bazar] C-1003 : escaladé"),
            ]
        );
    }

    async fn each_side_is_told_of_refunds_returns_and_disputes_once(db: Db) {
        let mut office = Office::open(db).await;
        office.staff(json!([{ "email": "chef@bazar.example" }, { "email": "litiges@bazar.example", "locale": "en", "kinds": ["DISPUTE"] }])).await;
        office.market.app.act(&office.market.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [crate::refunds::sold("MK-1", "alma")] })).await;
        let case = office.market.case("MK-1", "1").await;
        office.mails(2).await;
        let order = office.market.app.ask(&office.market.vendor, "{ order(by: { reference: \"MK-1\" }) { id } }", json!({})).await["order"]["id"].clone();

        // The seller has the first word about a refund; the staff hears when it is silent.
        let asking = json!({ "orderId": order, "lineId": "1", "basis": "COMMERCIAL", "caseId": case });
        office.market.app.act(&office.market.vendor, "refundRequest", "refund { id }", asking.clone()).await;
        office.market.app.act(&office.market.vendor, "refundRequest", "refund { id }", asking).await;
        assert_eq!(told(&office.mails(1).await), [("alma@example.org", "[Bazar] C-1001 : du nouveau sur un remboursement")]);

        // A dispute: the other party hears of it, and the staff where it needs them.
        let open = |line, reason| json!({ "orderId": order, "lineId": line, "reason": reason, "text": "Elle fuit.", "wanted": "REFUND" });
        office.market.app.act(&office.market.vendor, "disputeOpen", "dispute { id }", open("2", "DEFECTIVE")).await;
        let mails = office.mails(1).await;
        assert_eq!(told(&mails), [("alma@example.org", "[Bazar] C-1001 : du nouveau sur un désaccord")]);
        assert!(!mails[0].to_string().contains("fuit"), "e-mails say nothing of what was said");
        office.market.app.act(&office.market.vendor, "disputeOpen", "dispute { id }", open("1", "SAFETY")).await;
        assert_eq!(
            told(&office.mails(3).await),
            [
                ("alma@example.org", "[Bazar] C-1001 : du nouveau sur un désaccord"),
                ("chef@bazar.example", "[Bazar] C-1001 : du nouveau sur un désaccord"),
                ("litiges@bazar.example", "[Bazar] C-1001: news of a dispute"),
            ]
        );
    }

    async fn what_cannot_be_sent_now_is_sent_later_and_what_never_can_be_is_given_up(db: Db) {
        let mut office = Office::open(db).await;
        let store = |office: &Office| office.market.app.cx.store.clone();
        for code in [421, 450, 451] {
            office.answer(code, 1).await;
            office.market.case("MK-1", &code.to_string()).await;
            office.market.app.work().await;
            assert_eq!(office.mailbox.heard().await, json!({ "refused": "alma@example.org", "code": code }));
            let row = store(&office).mails(office.market.app.marketplace.id, 1).await.unwrap().remove(0);
            assert_eq!((row.status, row.last_error.as_deref()), (QueueStatus::Pending, Some(format!("the mail server answered {code}").as_str())));
            office.market.app.advance(TimeDelta::seconds(10));
            assert_eq!(office.mails(1).await.len(), 1);
        }
        office.answer(550, 1).await;
        office.market.case("MK-1", "550").await;
        office.market.app.work().await;
        assert_eq!(office.mailbox.heard().await["code"], 550);
        let row = store(&office).mails(office.market.app.marketplace.id, 1).await.unwrap().remove(0);
        assert_eq!((row.status, row.last_error.as_deref()), (QueueStatus::Dead, Some("the mail server answered 550")));
        // And it holds up nothing.
        office.market.case("MK-1", "next").await;
        assert_eq!(office.mails(1).await.len(), 1);
    }

    async fn a_reader_stops_one_kind_with_one_click_and_begins_it_again(db: Db) {
        let mut office = Office::open(db).await;
        let case = office.market.case("MK-1", "1").await;
        let mail = office.mails(1).await.remove(0);
        let (http, base) = (office.market.app.http.clone(), office.market.app.url.clone());
        let url = format!("{base}{}", stop(&mail));
        let shown = http.get(&url).send().await.unwrap();
        assert_eq!(shown.status(), 200);
        let policy = shown.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
        let page = shown.text().await.unwrap();
        assert!(page.contains("<html lang=\"fr\">") && page.contains("Bazar vous envoie des e-mails sur les nouveaux dossiers."), "{page}");
        assert!(page.contains("method=\"post\"") && !page.contains("<script") && !page.contains("alma@"), "{page}");
        // Looking changed nothing.
        office.market.case("MK-1", "2").await;
        assert_eq!(office.mails(1).await.len(), 1);

        let one_click = http.post(&url).header("content-type", "application/x-www-form-urlencoded").body("List-Unsubscribe=One-Click");
        for _ in 0..2 {
            let done = one_click.try_clone().unwrap().send().await.unwrap();
            assert_eq!(done.status(), 200);
            assert!(done.text().await.unwrap().contains("Bazar ne vous envoie plus d’e-mails sur les nouveaux dossiers."));
        }
        office.market.case("MK-1", "3").await;
        assert_eq!(office.mails(0).await.len(), 0);
        // Other kinds still come, and other receivers get theirs.
        let private = office.market.private(&case).await;
        office.market.post(&office.market.operator, &private, "Bonjour").await;
        office.market.case("MK-2", "4").await;
        assert_eq!(told(&office.mails(2).await).len(), 2);

        let again = http.post(&url).header("content-type", "application/x-www-form-urlencoded").body("action=subscribe").send().await.unwrap();
        assert!(again.text().await.unwrap().contains("Bazar vous envoie des e-mails sur les nouveaux dossiers."));
        office.market.case("MK-1", "5").await;
        assert_eq!(told(&office.mails(1).await)[0].0, "alma@example.org");

        // A link that was bent in any part leads nowhere, and changes nothing.
        let whole = stop(&mail);
        let parts: Vec<_> = whole.split('/').collect();
        for (number, other) in [(2, format!("mkt_{}", "0".repeat(32))), (3, format!("sel_{}", "0".repeat(32))), (4, "NEW_MESSAGE".to_owned()), (4, "X".to_owned()), (5, "AAAA".to_owned())] {
            let mut bent = parts.clone();
            bent[number] = &other;
            let url = format!("{base}{}", bent.join("/"));
            assert_eq!(http.get(&url).send().await.unwrap().status(), 404, "{url}");
            assert_eq!(http.post(&url).body("").send().await.unwrap().status(), 404, "{url}");
        }
    }

    async fn two_replicas_send_each_once(db: Db) {
        let mut office = Office::open(db).await;
        office.staff(json!([{ "email": "chef@bazar.example" }])).await;
        let second = app::context(&office.market.app.settings, Arc::clone(&office.market.app.clock) as SharedClock).await.unwrap();
        for round in 0..4 {
            office.market.case("MK-1", &round.to_string()).await;
            let workers = [&office.market.app.cx, &second].map(|cx| {
                let cx = cx.clone();
                tokio::spawn(async move { jobs::run_due(&cx).await })
            });
            for worker in workers {
                worker.await.unwrap();
            }
        }
        let mails = office.mails(8).await;
        let mut ids: Vec<_> = mails.iter().map(|mail| mail["headers"]["message-id"].as_str().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 8);
        for (number, mail) in mails.iter().filter(|mail| mail["to"][0] == "chef@bazar.example").enumerate() {
            assert!(mail["headers"]["subject"].as_str().unwrap().contains(&format!("C-{}", 1001 + number)), "in order");
        }
        second.store.close().await;
    }

    async fn the_staffs_addresses_are_the_operators_business(db: Db) {
        let office = Office::open(db).await;
        let market = &office.market;
        let recipients = |list: Value| json!({ "recipients": list });
        let good = json!([{ "email": "a@bazar.example", "locale": "fr" }, { "email": "b@bazar.example", "kinds": ["RESOLVED"] }]);
        let fields = "recipients { email locale kinds }";
        let stored = market.app.act(&market.operator, "alertRecipientsSet", fields, recipients(good)).await["recipients"].clone();
        assert_eq!(stored, json!([{ "email": "a@bazar.example", "locale": "fr", "kinds": [] }, { "email": "b@bazar.example", "locale": null, "kinds": ["RESOLVED"] }]));
        let listed = "{ alertRecipients { email locale kinds } }";
        assert_eq!(market.app.ask(&market.operator, listed, json!({})).await["alertRecipients"], stored);
        for token in [&market.vendor, &market.alma] {
            assert_eq!(market.app.ask(token, listed, json!({})).await["alertRecipients"], json!([]));
            let refused = market.app.try_act(token, "alertRecipientsSet", fields, recipients(json!([]))).await;
            assert_eq!(refused["userErrors"][0]["code"], "NOT_ALLOWED");
        }
        let many: Vec<_> = (0..21).map(|number| json!({ "email": format!("{number}@bazar.example") })).collect();
        for (list, code, path) in [
            (json!([{ "email": "nobody" }]), "INVALID", json!(["recipients", "0", "email"])),
            (json!([{ "email": "a@b.example" }, { "email": "A@b.example" }]), "DUPLICATE", json!(["recipients", "1", "email"])),
            (json!([{ "email": "a@b.example", "locale": "français" }]), "INVALID", json!(["recipients", "0", "locale"])),
            (json!([{ "email": "a@b.example", "kinds": ["RESOLVED", "RESOLVED"] }]), "DUPLICATE", json!(["recipients", "0", "kinds"])),
            (json!(many), "TOO_MANY", json!(["recipients"])),
        ] {
            let refused = market.app.try_act(&market.operator, "alertRecipientsSet", fields, recipients(list)).await;
            assert_eq!((&refused["userErrors"][0]["code"], &refused["userErrors"][0]["field"]), (&json!(code), &path), "{refused:#}");
        }
        assert_eq!(market.app.ask(&market.operator, listed, json!({})).await["alertRecipients"], stored);
    }
}
