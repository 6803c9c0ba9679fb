//! What is decided against sellers: with reasons, told at once, one step after the other, open to complaint before another person.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use trilogue::demo::peer::Opening;
use trilogue::domain::charter::{Charter, Mediator, SellerComplaints};
use trilogue::domain::parties::Role;
use trilogue::domain::pool::{PoolMode, Rules};
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Db, Mailbox, Story, TestApp, on_both_databases};

const FIELDS: &str =
    "sanction { id step facts ground { kind text } detection redress decidedBy decidedAt effectiveAt fixUntil gravity noticeException
    complaintUntil complaint { text answer { outcome reasons by } } lifted { kind reasons by } seller { externalId standing } }";

/// A marketplace with a mail server, three people of the operator, and two sellers.
struct Court {
    app: TestApp,
    mailbox: Mailbox,
    ana: String,
    ben: String,
    vendor: String,
    alma: String,
    brio: String,
    alma_id: Value,
}

fn charter() -> Charter {
    let mediator = |name: &str| Mediator { name: name.to_owned(), url: format!("https://{}.example", name.to_lowercase()), address: None };
    let complaints = SellerComplaints { route: "reclamations@bazar.example".into(), mediators: vec![mediator("CMAP"), mediator("IEAM")] };
    Charter { complaints: Some(complaints), ..Charter::default() }
}

impl Court {
    async fn open(db: Db) -> Self {
        let mut app = TestApp::start_with(db, charter()).await;
        let mailbox = Mailbox::of(&mut app, "Bazar <alerts@bazar.example>").await;
        let (ana, ben) = (app.token(Role::Operator, None).await, app.token(Role::Operator, None).await);
        let vendor = app.token(Role::Vendor, None).await;
        let sellers = json!({ "sellers": [
            { "externalId": "alma", "name": "Boutique Alma", "email": "alma@example.org", "locale": "fr" },
            { "externalId": "brio", "name": "Brio & Fils", "email": "brio@example.org", "locale": "en" } ] });
        let stored = app.act(&vendor, "sellersUpsert", "sellers { id }", sellers).await;
        let (alma, brio) = (app.token(Role::Seller, Some("alma")).await, app.token(Role::Seller, Some("brio")).await);
        let recipients = json!({ "recipients": [{ "email": "staff@example.org", "locale": "en", "kinds": ["REFUND"] }] });
        app.act(&ana, "alertRecipientsSet", "recipients { email }", recipients).await;
        Self { alma_id: stored["sellers"][0]["id"].clone(), app, mailbox, ana, ben, vendor, alma, brio }
    }

    /// A decision against Alma, as it is sent.
    fn draft(&self, step: &str, more: &Value) -> Value {
        let mut draft = json!({ "sellerId": self.alma_id, "step": step, "facts": "Douze commandes sur cent expédiées en retard.",
            "ground": { "terms": "Article 7 : expédier sous 48 heures." } });
        draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        draft
    }

    fn in_days(&self, days: i64) -> DateTime<Utc> {
        self.app.cx.now() + TimeDelta::days(days)
    }

    async fn impose(&self, step: &str, more: Value) -> Value {
        self.app.act(&self.ana, "sanctionImpose", FIELDS, self.draft(step, &more)).await["sanction"].clone()
    }

    /// The field and the code of why it is not decided.
    async fn refused(&self, token: &str, step: &str, more: Value) -> (Value, Value) {
        let fault = self.app.refuse(token, "sanctionImpose", FIELDS, self.draft(step, &more)).await;
        (fault["field"].clone(), fault["code"].clone())
    }

    async fn warned(&self) -> Value {
        self.impose("WARNING", json!({ "fixUntil": self.in_days(14) })).await
    }

    async fn standing(&self, token: &str) -> Value {
        let query = "query($id: ID!) { node(id: $id) { ... on Seller { standing } } }";
        self.app.ask(token, query, json!({ "id": self.alma_id })).await["node"]["standing"].clone()
    }

    /// The next e-mails, as many as there must be, and no more.
    async fn mails(&mut self, count: usize) -> Vec<Value> {
        self.mailbox.mails(&self.app, count).await
    }
}

fn says(mail: &Value, to: &str, words: &[&str]) {
    assert_eq!(mail["to"][0], to);
    assert_eq!(mail["headers"]["list-unsubscribe"], Value::Null, "nobody stops it");
    for part in ["text", "html"] {
        let text = mail[part].as_str().unwrap().replace("&amp;", "&");
        for word in words {
            assert!(text.contains(word), "{word} in {text}");
        }
    }
}

/// Questions from before a sale go to sellers.
fn pooling() -> Charter {
    Charter { pool: Rules { mode: PoolMode::On, ..Rules::default() }, ..Charter::default() }
}

/// What is decided, complained of and read in a day.
pub(crate) async fn used(story: &Story) {
    let query = "{ viewer { seller { id standing } } }";
    let seller = story.app.ask(&story.seller, query, json!({})).await["viewer"]["seller"]["id"].clone();
    let draft = json!({ "sellerId": seller, "step": "WARNING", "facts": "Late.", "ground": { "law": "Article 1." }, "redress": "Here.",
        "fixUntil": story.app.cx.now() + TimeDelta::days(9) });
    let made = story.app.act(&story.operator, "sanctionImpose", "sanction { id }", draft).await["sanction"]["id"].clone();
    story.app.act(&story.seller, "sanctionComplain", "sanction { id }", json!({ "sanctionId": made, "text": "No." })).await;
    for token in [&story.operator, &story.seller] {
        for arguments in ["first: 1", "first: 1, which: COMPLAINT_OPEN", &format!("first: 1, sellerId: {seller}")] {
            story.app.ask(token, &format!("{{ sanctions({arguments}) {{ nodes {{ id }} }} }}"), json!({})).await;
        }
    }
    story.app.act(&story.operator, "sanctionLift", "sanction { id }", json!({ "sanctionId": made, "reasons": "It was us." })).await;
}

on_both_databases! {
    async fn the_ladder_is_climbed_one_step_after_the_other_and_each_is_told(db: Db) {
        let mut court = Court::open(db).await;
        assert_eq!(court.standing(&court.alma).await, "ACTIVE");
        assert_eq!(court.refused(&court.ana, "SUSPENDED", json!({})).await, (json!(["step"]), json!("NOT_IN_THIS_STATE")), "not warned");
        let warning = court.warned().await;
        assert_eq!((&warning["redress"], &warning["ground"]["kind"]), (&json!("reclamations@bazar.example"), &json!("TERMS")), "as the charter says");
        assert_eq!(warning["seller"], json!({ "externalId": "alma", "standing": "WARNED" }));
        let mails = court.mails(1).await;
        says(&mails[0], "alma@example.org", &["Boutique Alma", "Douze commandes", "Article 7", "reclamations@bazar.example", "CMAP", "gratuitement"]);
        assert_eq!(mails[0]["headers"]["subject"], "[Bazar] Décision vous concernant\u{a0}: avertissement");

        assert_eq!(court.refused(&court.ana, "RESTRICTED_VISIBILITY", json!({})).await.0, json!(["step"]), "there is time to put it right");
        court.app.advance(TimeDelta::days(14));
        court.impose("RESTRICTED_VISIBILITY", json!({})).await;
        assert_eq!(court.standing(&court.vendor).await, "RESTRICTED");
        assert_eq!(court.refused(&court.ana, "RESTRICTED_VISIBILITY", json!({})).await.0, json!(["step"]), "in force already");
        assert_eq!(court.refused(&court.ana, "TERMINATED", json!({})).await.0, json!(["step"]), "not suspended");
        court.impose("SUSPENDED", json!({ "effectiveAt": court.in_days(1) })).await;
        assert_eq!(court.standing(&court.alma).await, "RESTRICTED", "not yet");
        court.app.advance(TimeDelta::days(1));
        assert_eq!(court.standing(&court.alma).await, "SUSPENDED");

        assert_eq!(court.refused(&court.ana, "TERMINATED", json!({ "effectiveAt": court.in_days(29) })).await, (json!(["effectiveAt"]), json!("INVALID")));
        let over = court.impose("TERMINATED", json!({})).await;
        let effective: DateTime<Utc> = over["effectiveAt"].as_str().unwrap().parse().unwrap();
        assert!(effective >= court.in_days(30) && effective < court.in_days(32), "{effective}");
        assert_eq!(court.standing(&court.alma).await, "SUSPENDED");
        court.app.advance(TimeDelta::days(32));
        assert_eq!(court.standing(&court.ana).await, "TERMINATED");
        assert_eq!(court.mails(3).await.len(), 3, "each is told once");
    }

    async fn an_end_that_is_announced_falls_with_its_suspension(db: Db) {
        let mut court = Court::open(db).await;
        let repeated = court.refused(&court.ana, "TERMINATED", json!({ "noticeException": "REPEATED_INFRINGEMENT" })).await;
        assert_eq!(repeated, (json!(["noticeException"]), json!("NOT_IN_THIS_STATE")), "nothing was decided before");
        let suspension = court.impose("SUSPENDED", json!({ "gravity": "COUNTERFEIT" })).await["id"].clone();
        let end = court.impose("TERMINATED", json!({})).await["id"].clone();
        court.mails(2).await;
        let complaint = json!({ "sanctionId": suspension, "text": "Nos factures le prouvent." });
        court.app.act(&court.alma, "sanctionComplain", FIELDS, complaint).await;
        court.mails(1).await;
        let answer = json!({ "sanctionId": suspension, "outcome": "UPHELD", "reasons": "Les factures sont authentiques." });
        court.app.act(&court.ben, "sanctionComplaintAnswer", FIELDS, answer).await;
        let mails = court.mails(2).await;
        assert!(mails.iter().all(|mail| mail["to"][0] == "alma@example.org"), "{mails:#?}");
        assert!(mails.iter().any(|mail| mail["text"].as_str().unwrap().contains("La suspension sur laquelle elle reposait a été levée.")), "{mails:#?}");
        let query = "query($id: ID!) { sanctions(first: 5, sellerId: $id) { nodes { id lifted { kind } } } }";
        let seen = court.app.ask(&court.ana, query, json!({ "id": court.alma_id })).await;
        assert_eq!(seen["sanctions"]["nodes"], json!([
            { "id": end, "lifted": { "kind": "SUSPENSION_LIFTED" } }, { "id": suspension, "lifted": { "kind": "COMPLAINT_UPHELD" } }]));
        court.app.advance(TimeDelta::days(60));
        assert_eq!(court.standing(&court.ana).await, "ACTIVE");
    }

    async fn a_complaint_is_answered_by_another_person_and_what_was_wrong_is_lifted_at_once(db: Db) {
        let mut court = Court::open(db).await;
        let id = court.impose("SUSPENDED", json!({ "gravity": "COUNTERFEIT", "ground": { "law": "Art. L716-9 CPI" } })).await["id"].clone();
        court.mails(1).await;
        let complaint = json!({ "sanctionId": id, "text": "Nos factures le prouvent." });
        assert_eq!(court.app.refuse(&court.brio, "sanctionComplain", FIELDS, complaint.clone()).await["code"], "NOT_FOUND");
        assert_eq!(court.app.refuse(&court.ana, "sanctionComplain", FIELDS, complaint.clone()).await["code"], "NOT_ALLOWED");
        let empty = json!({ "sanctionId": id, "text": " " });
        assert_eq!(court.app.refuse(&court.alma, "sanctionComplain", FIELDS, empty).await["code"], "LENGTH");
        let told = court.app.act(&court.alma, "sanctionComplain", FIELDS, complaint.clone()).await["sanction"].clone();
        assert_eq!((&told["complaint"]["text"], &told["decidedBy"]), (&json!("Nos factures le prouvent."), &Value::Null), "sellers read no names");
        assert_eq!(court.app.refuse(&court.alma, "sanctionComplain", FIELDS, complaint).await["code"], "NOT_IN_THIS_STATE");
        says(&court.mails(1).await[0], "staff@example.org", &["Boutique Alma", "suspension"]);
        let waiting = "{ sanctions(first: 5, which: COMPLAINT_OPEN) { nodes { id } } }";
        assert_eq!(court.app.ask(&court.ben, waiting, json!({})).await["sanctions"]["nodes"], json!([{ "id": id }]));

        let answer = json!({ "sanctionId": id, "outcome": "UPHELD", "reasons": "Les factures sont authentiques." });
        assert_eq!(court.app.refuse(&court.ana, "sanctionComplaintAnswer", FIELDS, answer.clone()).await["code"], "NOT_IN_THIS_STATE", "who decided");
        let none = json!({ "sanctionId": id, "outcome": "UPHELD", "reasons": "" });
        assert_eq!(court.app.refuse(&court.ben, "sanctionComplaintAnswer", FIELDS, none).await["code"], "LENGTH");
        let upheld = court.app.act(&court.ben, "sanctionComplaintAnswer", FIELDS, answer.clone()).await["sanction"].clone();
        assert_eq!((&upheld["lifted"]["kind"], &upheld["seller"]["standing"]), (&json!("COMPLAINT_UPHELD"), &json!("ACTIVE")));
        assert!(upheld["complaint"]["answer"]["by"].is_string() && upheld["lifted"]["by"].is_string(), "{upheld}");
        assert_eq!(court.app.refuse(&court.ben, "sanctionComplaintAnswer", FIELDS, answer).await["code"], "NOT_IN_THIS_STATE");
        says(&court.mails(1).await[0], "alma@example.org", &["fondée", "Les factures sont authentiques."]);
        assert_eq!(court.app.ask(&court.ben, waiting, json!({})).await["sanctions"]["nodes"], json!([]));
        court.impose("SUSPENDED", json!({ "gravity": "FRAUD" })).await;
        assert_eq!(court.standing(&court.ana).await, "SUSPENDED", "what was lifted is no bar");
    }

    async fn a_person_takes_it_back_and_time_to_complain_is_six_months(db: Db) {
        let mut court = Court::open(db).await;
        let id = court.warned().await["id"].clone();
        let lift = json!({ "sanctionId": id, "reasons": "C’était une panne de notre côté." });
        for (token, code) in [(&court.alma, "NOT_ALLOWED"), (&court.vendor, "NOT_ALLOWED")] {
            assert_eq!(court.app.refuse(token, "sanctionLift", FIELDS, lift.clone()).await["code"], code);
        }
        let lifted = court.app.act(&court.ana, "sanctionLift", FIELDS, lift.clone()).await["sanction"].clone();
        assert_eq!((&lifted["lifted"]["kind"], &lifted["seller"]["standing"]), (&json!("RECONSIDERED"), &json!("ACTIVE")));
        assert_eq!(court.app.refuse(&court.ana, "sanctionLift", FIELDS, lift).await["code"], "NOT_IN_THIS_STATE");
        let mails = court.mails(2).await;
        says(&mails[1], "alma@example.org", &["panne de notre côté"]);

        let id = court.warned().await["id"].clone();
        court.app.advance(TimeDelta::days(190));
        let late = court.app.refuse(&court.alma, "sanctionComplain", FIELDS, json!({ "sanctionId": id, "text": "Trop tard ?" })).await;
        assert_eq!(late["code"], "NOT_IN_THIS_STATE");
    }

    async fn nothing_is_decided_without_reasons_or_by_others(db: Db) {
        let court = Court::open(db).await;
        let fix = court.in_days(9);
        for token in [&court.alma, &court.vendor] {
            assert_eq!(court.refused(token, "WARNING", json!({ "fixUntil": fix })).await.1, "NOT_ALLOWED");
        }
        for (more, field, code) in [
            (json!({ "facts": " ", "fixUntil": fix }), "facts", "INVALID"),
            (json!({ "redress": "", "fixUntil": fix }), "redress", "INVALID"),
            (json!({}), "fixUntil", "INVALID"),
            (json!({ "fixUntil": court.in_days(0) }), "fixUntil", "INVALID"),
            (json!({ "effectiveAt": court.in_days(-1), "fixUntil": fix }), "effectiveAt", "INVALID"),
        ] {
            assert_eq!(court.refused(&court.ana, "WARNING", more.clone()).await, (json!([field]), json!(code)), "{more}");
        }
        let elsewhere = court.app.another_marketplace("elsewhere").await;
        let stranger = court.app.token_in(&elsewhere, Role::Operator, None).await;
        assert_eq!(court.refused(&stranger, "WARNING", json!({ "fixUntil": fix, "redress": "x" })).await, (json!(["sellerId"]), json!("NOT_FOUND")));
        assert_eq!(court.app.ask(&court.ana, "{ sanctions(first: 1) { nodes { id } } }", json!({})).await["sanctions"]["nodes"], json!([]));
    }

    async fn the_operator_and_the_seller_itself_read_it(db: Db) {
        let court = Court::open(db).await;
        for _ in 0..3 {
            court.warned().await;
        }
        let known = async |token: &str| {
            let seen = court.app.ask(token, "{ sanctions(first: 10) { nodes { id facts } } }", json!({})).await;
            seen["sanctions"]["nodes"].as_array().unwrap().len()
        };
        let elsewhere = court.app.another_marketplace("elsewhere").await;
        let stranger = court.app.token_in(&elsewhere, Role::Operator, None).await;
        let seen = [known(&court.ana).await, known(&court.alma).await, known(&court.brio).await, known(&court.vendor).await, known(&stranger).await];
        assert_eq!(seen, [3, 3, 0, 0, 0]);
        let query = format!("{{ sanctions(first: 10, sellerId: {}) {{ nodes {{ id }} }} }}", court.alma_id);
        assert_eq!(court.app.ask(&court.brio, &query, json!({})).await["sanctions"]["nodes"], json!([]));
        assert_eq!([court.standing(&court.vendor).await, court.standing(&court.brio).await], [json!("WARNED"), Value::Null]);
        let page = "query($after: String) { sanctions(first: 2, after: $after) { nodes { decidedAt } pageInfo { hasNextPage endCursor } } }";
        let first = court.app.ask(&court.alma, page, json!({})).await["sanctions"].clone();
        assert_eq!((first["nodes"].as_array().unwrap().len(), &first["pageInfo"]["hasNextPage"]), (2, &json!(true)));
        let last = court.app.ask(&court.alma, page, json!({ "after": first["pageInfo"]["endCursor"] })).await["sanctions"].clone();
        assert_eq!((last["nodes"].as_array().unwrap().len(), &last["pageInfo"]["hasNextPage"]), (1, &json!(false)));
    }

    async fn of_several_who_decide_at_once_one_does(db: Db) {
        let court = Court::open(db).await;
        let tries = (0..6).map(|number| {
            let token = if number % 2 == 0 { &court.ana } else { &court.ben };
            court.app.try_act(token, "sanctionImpose", FIELDS, court.draft("SUSPENDED", &json!({ "gravity": "SAFETY" })))
        });
        let done = futures_util::future::join_all(tries).await;
        assert_eq!(done.iter().filter(|payload| payload["sanction"].is_object()).count(), 1, "{done:#?}");
    }

    async fn who_cannot_sell_is_offered_no_questions(db: Db) {
        let story = Story::begin_with(db, HelpdeskKind::Zendesk, pooling()).await;
        let asked = story.desk.sim.open_ticket(&story.buyer, Opening::new("Théière", "Existe-t-elle en bleu ?"));
        story.desk.settle(&story.app).await;
        let seller = story.app.ask(&story.seller, "{ viewer { seller { id } } }", json!({})).await["viewer"]["seller"]["id"].clone();
        let draft = json!({ "sellerId": seller, "step": "SUSPENDED", "facts": "Fraud.", "ground": { "law": "Article 1." }, "redress": "Here.", "gravity": "FRAUD" });
        story.app.act(&story.operator, "sanctionImpose", "sanction { id }", draft).await;
        let offer = json!({ "caseId": story.case(asked, "id").await["id"], "question": "En bleu ?", "sellerIds": [seller], "idempotencyKey": "1" });
        let fault = story.app.refuse(&story.operator, "poolOffer", "question { id }", offer).await;
        assert_eq!((&fault["field"], &fault["code"]), (&json!(["sellerIds", "0"]), &json!("NOT_IN_THIS_STATE")));
    }
}
