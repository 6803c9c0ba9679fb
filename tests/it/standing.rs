//! What follows from the cards: badges that come and go, visibility with its inputs, what measures propose, and who decides.

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::domain::charter::{Charter, Mediator, SellerComplaints};
use trilogue::domain::parties::Role;

use crate::harness::{Node, TestApp, on_both_databases};
use crate::scorecards::{Street, sell};

const PROPOSALS: &str = "nodes { id step state on madeAt sanctionId dismissedFor dismissedBy seller { externalId standing } measures { measure value bad volume status } }";

async fn proposals(street: &Street, token: &str, arguments: &str) -> Vec<Value> {
    let query = format!("{{ sanctionProposals(first: 20{arguments}) {{ {PROPOSALS} }} }}");
    street.app.ask(token, &query, json!({})).await["sanctionProposals"]["nodes"].as_array().unwrap().clone()
}

async fn badges(street: &Street, token: &str, seller: &str) -> (Value, Value) {
    let fields = "badges { key since } badgeChanges(first: 9) { nodes { key kind on conditions { measure bound value volume met } } }";
    let seen = street.of(token, seller, fields).await;
    (seen["badges"].clone(), seen["badgeChanges"]["nodes"].clone())
}

async fn set(street: &Street, input: Value) -> Value {
    street.app.act(&street.operator, "standingRulesSet", "rules { revision fixDays badges { key } }", input).await["rules"].clone()
}

fn prompt() -> Value {
    json!([{ "key": "prompt", "labels": [{ "locale": "fr", "label": "Ponctuel" }], "conditions": [{ "measure": "LATE_SHIPMENTS", "bound": 5.0 }] }])
}

on_both_databases! {
    async fn a_badge_comes_and_goes_with_the_numbers(db: Db) {
        let street = Street::open(db, 3).await;
        set(&street, json!({ "badges": prompt() })).await;
        street.night().await;
        let (held, changes) = badges(&street, &street.vendor, "s1").await;
        assert_eq!(held, json!([{ "key": "prompt", "since": "2026-11-22" }]));
        let read = json!([{ "measure": "LATE_SHIPMENTS", "bound": 5.0, "value": 100.0 / 30.0, "volume": 30, "met": "YES" }]);
        assert_eq!(changes, json!([{ "key": "prompt", "kind": "AWARDED", "on": "2026-11-22", "conditions": read }]));
        assert_eq!(badges(&street, &street.operator, "s2").await, (json!([]), json!([])), "6.7 per cent, and never had it");
        assert_eq!(street.app.ask(&street.seller("s2").await, "{ seller(by: { externalId: \"s1\" }) { badges { key } } }", json!({})).await["seller"], Value::Null);

        street.app.work().await;
        street.night().await;
        assert_eq!(badges(&street, &street.vendor, "s1").await.1.as_array().unwrap().len(), 1, "kept, which is no news");
        let id = street.of(&street.operator, "s1", "id").await["id"].clone();
        let draft = json!({ "sellerId": id, "step": "RESTRICTED_VISIBILITY", "facts": "Faux.", "ground": { "law": "Article 1." }, "redress": "Ici.", "gravity": "COUNTERFEIT" });
        let sanction = street.app.act(&street.operator, "sanctionImpose", "sanction { id }", draft).await["sanction"]["id"].clone();
        assert_eq!(badges(&street, &street.vendor, "s1").await.0, json!([]), "who is restricted shows no badge from then on");
        street.app.act(&street.operator, "sanctionLift", "sanction { id }", json!({ "sanctionId": sanction, "reasons": "Une erreur." })).await;
        assert_eq!(badges(&street, &street.vendor, "s1").await.0, held);
        sell(&street.app, &street.vendor, "s1", 30, 9).await;
        street.night().await;
        let (held, changes) = badges(&street, &street.seller("s1").await, "s1").await;
        assert_eq!((held, &changes[0]["kind"], &changes[0]["conditions"][0]["met"], &changes[0]["conditions"][0]["value"]), (json!([]), &json!("LOST"), &json!("NO"), &json!(30.0)));
        sell(&street.app, &street.vendor, "s1", 30, 0).await;
        street.night().await;
        assert_eq!(badges(&street, &street.vendor, "s1").await.1[0]["kind"], "AWARDED", "again");
        set(&street, json!({ "badges": [] })).await;
        street.night().await;
        let (held, changes) = badges(&street, &street.vendor, "s1").await;
        assert_eq!((held, &changes[0]["kind"], &changes[0]["conditions"]), (json!([]), &json!("LOST"), &json!([])), "no longer given");
    }

    async fn a_night_is_done_once_a_day(db: Db) {
        let street = Street::open(db, 2).await;
        set(&street, json!({ "badges": prompt() })).await;
        street.night().await;
        let due = trilogue::store::DueNight { marketplace: street.app.marketplace.id };
        sell(&street.app, &street.vendor, "s1", 30, 30).await;
        for _ in 0..2 {
            Box::pin(trilogue::workflow::standing::night(&street.app.cx, due)).await.unwrap();
        }
        let (held, changes) = badges(&street, &street.vendor, "s1").await;
        assert_eq!((held[0]["key"].clone(), changes.as_array().unwrap().len()), (json!("prompt"), 1), "as the day was when it was over");
        // Two replicas end the same day at once.
        street.app.advance(TimeDelta::days(1));
        let (left, right) = (street.app.cx.clone(), street.app.cx.clone());
        let both = futures_util::future::join(
            Box::pin(trilogue::workflow::standing::night(&left, due)),
            Box::pin(trilogue::workflow::standing::night(&right, due)),
        );
        let both = both.await;
        assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
        assert_eq!(badges(&street, &street.vendor, "s1").await.1.as_array().unwrap().len(), 2, "lost once");
        assert_eq!(proposals(&street, &street.operator, "").await.len(), 1, "proposed once");
    }

    async fn visibility_is_shown_with_its_inputs_and_follows_the_standing(db: Db) {
        let street = Street::open(db, 4).await;
        let factor = async |token: &str, seller: &str| {
            street.of(token, seller, "visibilityFactor { factor on standing inputs { measure weight value worth } }").await["visibilityFactor"].clone()
        };
        assert_eq!(factor(&street.vendor, "s3").await, Value::Null, "no day is over");
        street.night().await;
        let seen = factor(&street.vendor, "s3").await;
        // 10 % late and no incident, with equal weights; rating and replies are not known.
        assert_eq!(seen, json!({ "factor": 0.95, "on": "2026-11-22", "standing": "ACTIVE", "inputs": [
            { "measure": "RATING", "weight": 4, "value": null, "worth": null },
            { "measure": "REPLY_TIME", "weight": 2, "value": null, "worth": null },
            { "measure": "LATE_SHIPMENTS", "weight": 2, "value": 10.0, "worth": 0.9 },
            { "measure": "INCIDENTS", "weight": 2, "value": 0.0, "worth": 1.0 }] }));
        assert_eq!(factor(&street.seller("s3").await, "s3").await, seen);
        sell(&street.app, &street.vendor, "s2", 30, 3).await;
        street.night().await;
        assert_eq!(factor(&street.vendor, "s2").await["factor"], 0.95, "equal inputs, equal factors");
        let id = street.of(&street.operator, "s3", "id").await["id"].clone();
        let draft = json!({ "sellerId": id, "step": "SUSPENDED", "facts": "Faux.", "ground": { "law": "Article 1." }, "redress": "Ici.", "gravity": "COUNTERFEIT" });
        let sanction = street.app.act(&street.operator, "sanctionImpose", "sanction { id }", draft).await["sanction"]["id"].clone();
        let seen = factor(&street.vendor, "s3").await;
        assert_eq!((&seen["factor"], &seen["standing"]), (&json!(0.0), &json!("SUSPENDED")), "what was decided today holds today");
        street.night().await;
        assert_eq!(factor(&street.vendor, "s3").await["factor"], 0.0);
        let lift = json!({ "sanctionId": sanction, "reasons": "Le produit est authentique." });
        street.app.act(&street.operator, "sanctionLift", "sanction { id }", lift).await;
        let seen = factor(&street.vendor, "s3").await;
        assert_eq!((&seen["factor"], &seen["standing"]), (&json!(0.95), &json!("ACTIVE")), "and what was given back today too");
    }

    async fn what_measures_propose_a_person_decides(db: Db) {
        let street = Street::open(db, 5).await;
        street.night().await;
        let open = proposals(&street, &street.operator, "").await;
        let found: Vec<_> = open.iter().map(|one| (one["seller"]["externalId"].as_str().unwrap(), one["step"].as_str().unwrap())).collect();
        assert_eq!(found.len(), 2, "{open:#?}");
        assert!(found.contains(&("s3", "WARNING")) && found.contains(&("s4", "WARNING")), "a warning first, however bad: {found:?}");
        for other in [&street.vendor, &street.seller("s4").await] {
            assert_eq!(proposals(&street, other, "").await, [] as [Value; 0]);
        }
        assert!(open.iter().all(|one| one["seller"]["standing"] == "ACTIVE"), "nothing follows by itself");
        street.night().await;
        assert_eq!(proposals(&street, &street.operator, "").await.len(), 2, "proposed once");

        let of = |seller: &str| open.iter().find(|one| one["seller"]["externalId"] == seller).unwrap().clone();
        let dismiss = json!({ "proposalId": of("s3")["id"], "reasons": "Une grève des postes." });
        assert_eq!(street.app.refuse(&street.seller("s3").await, "sanctionProposalDismiss", "proposal { id }", dismiss.clone()).await["code"], "NOT_ALLOWED");
        let done = street.app.act(&street.operator, "sanctionProposalDismiss", "proposal { state dismissedFor }", dismiss.clone()).await["proposal"].clone();
        assert_eq!(done, json!({ "state": "DISMISSED", "dismissedFor": "Une grève des postes." }));
        assert_eq!(street.app.refuse(&street.operator, "sanctionProposalDismiss", "proposal { id }", dismiss).await["code"], "NOT_IN_THIS_STATE");

        let id = street.of(&street.operator, "s4", "id").await["id"].clone();
        let warning = |proposal: &Value| json!({ "sellerId": id, "step": "WARNING", "facts": "En retard.", "ground": { "terms": "Article 7." }, "redress": "Ici.",
            "detection": "BY_RULE", "fixUntil": street.app.cx.now() + TimeDelta::days(14), "proposalId": proposal });
        let foreign = street.app.refuse(&street.operator, "sanctionImpose", "sanction { id }", warning(&of("s3")["id"])).await;
        assert_eq!((&foreign["field"], &foreign["code"]), (&json!(["proposalId"]), &json!("NOT_FOUND")), "another seller's");
        let sanction = street.app.act(&street.operator, "sanctionImpose", "sanction { id measures }", warning(&of("s4")["id"])).await["sanction"].clone();
        assert_eq!(sanction["measures"], json!(["LATE_SHIPMENTS"]));
        let again = street.app.refuse(&street.operator, "sanctionImpose", "sanction { id }", warning(&of("s4")["id"])).await;
        assert_eq!((&again["field"], &again["code"]), (&json!(["proposalId"]), &json!("NOT_IN_THIS_STATE")));
        street.night().await;
        assert_eq!(proposals(&street, &street.operator, "").await, [] as [Value; 0], "both are decided");
        let taken = proposals(&street, &street.operator, &format!(", sellerId: {id}")).await;
        assert_eq!((&taken[0]["state"], &taken[0]["sanctionId"]), (&json!("TAKEN"), &sanction["id"]));

        // The time to put it right is over, and nothing is right: more is proposed, and only proposed.
        for _ in 0..14 {
            street.night().await;
        }
        let more = proposals(&street, &street.operator, "").await;
        assert!(more.iter().any(|one| one["seller"]["externalId"] == "s4" && one["step"] == "RESTRICTED_VISIBILITY" && one["seller"]["standing"] == "WARNED"), "{more:#?}");
        assert!(more.iter().any(|one| one["seller"]["externalId"] == "s3" && one["step"] == "WARNING"), "the rest is over: {more:#?}");
    }

    async fn what_a_person_took_back_no_rule_imposes_again(db: Db) {
        let mediators = ["CMAP", "IEAM"].map(|name| Mediator { name: name.into(), url: format!("https://{name}.example"), address: None });
        let complaints = SellerComplaints { route: "reclamations@bazar.example".into(), mediators: mediators.into() };
        let app = TestApp::start_with(db, Charter { complaints: Some(complaints), ..Charter::default() }).await;
        let (operator, vendor) = (app.token(Role::Operator, None).await, app.token(Role::Vendor, None).await);
        let street = Street { app, operator, vendor };
        street.app.act(&street.vendor, "sellersUpsert", "sellers { id }", json!({ "sellers": [{ "externalId": "s0", "name": "Alma" }] })).await;
        set(&street, json!({ "warnings": "AUTOMATIC", "clause": "Article 7 : expédier à temps." })).await;
        sell(&street.app, &street.vendor, "s0", 30, 6).await;
        street.night().await;
        let sanctions = async || {
            let query = "{ sanctions(first: 5) { nodes { id seller { standing } } } }";
            street.app.ask(&street.operator, query, json!({})).await["sanctions"]["nodes"].as_array().unwrap().clone()
        };
        let warned = sanctions().await;
        assert_eq!((warned.len(), &warned[0]["seller"]["standing"]), (1, &json!("WARNED")));
        let lift = json!({ "sanctionId": warned[0]["id"], "reasons": "Une grève des transporteurs." });
        street.app.act(&street.operator, "sanctionLift", "sanction { id }", lift).await;
        for _ in 0..3 {
            street.night().await;
        }
        let after = sanctions().await;
        assert_eq!((after.len(), &after[0]["seller"]["standing"]), (1, &json!("ACTIVE")), "the same numbers are no news to who has decided");
        assert_eq!(proposals(&street, &street.operator, "").await, Vec::<Value>::new(), "nor is anybody asked");
    }

    async fn a_rule_that_may_warns_and_gives_back_when_the_measures_are_back(db: Db) {
        let complaints = SellerComplaints { route: "reclamations@bazar.example".into(),
            mediators: ["CMAP", "IEAM"].map(|name| Mediator { name: name.into(), url: format!("https://{name}.example"), address: None }).into() };
        let mut app = TestApp::start_with(db, Charter { complaints: Some(complaints), ..Charter::default() }).await;
        let mut mailbox = Node::audit("mailbox.mjs").await;
        app.settings.smtp_url = Some(mailbox.heard().await["url"].as_str().unwrap().to_owned().into());
        app.settings.smtp_from = Some("Bazar <alerts@bazar.example>".to_owned());
        app.settings.public_url = Some("https://t.example".parse().unwrap());
        app.restart().await;
        let (operator, vendor) = (app.token(Role::Operator, None).await, app.token(Role::Vendor, None).await);
        let sellers = json!([{ "externalId": "s0", "name": "Alma", "email": "alma@example.org", "locale": "fr" }, { "externalId": "s1", "name": "Brio", "email": "brio@example.org" }]);
        app.act(&vendor, "sellersUpsert", "sellers { id }", json!({ "sellers": sellers })).await;
        let recipients = json!({ "recipients": [{ "email": "staff@example.org", "locale": "en", "kinds": ["REFUND"] }] });
        app.act(&operator, "alertRecipientsSet", "recipients { email }", recipients).await;
        let street = Street { app, operator, vendor };
        sell(&street.app, &street.vendor, "s0", 30, 6).await;
        street.night().await;
        let told = mailbox.heard().await;
        assert_eq!(told["to"][0], "staff@example.org");
        let text = told["text"].as_str().unwrap();
        assert!(text.contains("Alma") && text.contains("20.0 (6 of 30)") && text.contains("limit 10.0"), "{text}");

        let no_clause = street.app.refuse(&street.operator, "standingRulesSet", "rules { revision }", json!({ "warnings": "AUTOMATIC" })).await;
        assert_eq!(no_clause["field"], json!(["clause"]));
        set(&street, json!({ "warnings": "AUTOMATIC", "clause": "Article 7 : expédier à temps." })).await;
        sell(&street.app, &street.vendor, "s1", 30, 6).await;
        street.night().await;
        let warned = mailbox.heard().await;
        assert_eq!(warned["to"][0], "brio@example.org");
        assert!(warned["text"].as_str().unwrap().contains("Article 7"), "{warned:#}");
        let seen = street.app.ask(&street.operator, "{ sanctions(first: 5) { nodes { step measures detection decidedBy seller { externalId standing } lifted { kind } } } }", json!({})).await;
        let sanctions = seen["sanctions"]["nodes"].as_array().unwrap();
        assert_eq!(sanctions.len(), 1, "what waits for a person waits on: {sanctions:#?}");
        assert_eq!((&sanctions[0]["detection"], &sanctions[0]["decidedBy"], &sanctions[0]["seller"]["standing"]), (&json!("BY_RULE"), &Value::Null, &json!("WARNED")));

        // A full window later there is enough volume, and nothing late in it.
        for _ in 0..31 {
            street.night().await;
        }
        let orders: Vec<_> = (0..30).map(|number| crate::harness::order(&format!("new-{number}"), "s1")).collect();
        street.app.act(&street.vendor, "ordersUpsert", "orders { id }", json!({ "orders": orders })).await;
        let at = street.app.cx.now() - TimeDelta::days(2);
        let parcels: Vec<_> = (0..30).map(|number| json!({ "orderReference": format!("new-{number}"), "externalId": "P", "promisedAt": at, "deliveredAt": at,
            "reportedAt": street.app.cx.now(), "lines": [{ "lineExternalId": "1", "quantity": 2 }] })).collect();
        street.app.act(&street.vendor, "shipmentsReport", "shipments { externalId }", json!({ "shipments": parcels })).await;
        street.night().await;
        let seen = street.app.ask(&street.operator, "{ sanctions(first: 5) { nodes { seller { externalId standing } lifted { kind } } } }", json!({})).await;
        assert_eq!(seen["sanctions"]["nodes"], json!([{ "seller": { "externalId": "s1", "standing": "ACTIVE" }, "lifted": { "kind": "RECOVERED" } }]));
    }

    async fn the_operator_says_what_is_asked_and_sellers_read_it(db: Db) {
        let street = Street::open(db, 1).await;
        let own = street.seller("s0").await;
        let rules = "{ standingRules { revision announcedAt fixDays warnings clause weeklyHours lunchDays evidenceDays checklist
            measures { measure alert limit windowDays minimumVolume } badges { key labels { locale label } conditions { measure bound } }
            visibility { slowestReplyHours unknownPercent restrictedPercent weights { measure weight } } } }";
        let usual = street.app.ask(&own, rules, json!({})).await["standingRules"].clone();
        assert_eq!((&usual["revision"], &usual["fixDays"], &usual["warnings"], usual["measures"].as_array().unwrap().len()), (&json!(0), &json!(14), &json!("PROPOSED"), 9));
        let late = json!({ "measure": "LATE_SHIPMENTS", "alert": 1.0, "limit": 2.0, "windowDays": 30, "minimumVolume": 5 });
        let change = json!({ "measures": [late], "badges": [], "checklist": ["PHONE"], "evidenceDays": 90, "fixDays": 7,
            "visibility": { "weights": [{ "measure": "LATE_SHIPMENTS", "weight": 1 }], "slowestReplyHours": 24, "unknownPercent": 40, "restrictedPercent": 10 } });
        for token in [&own, &street.vendor] {
            assert_eq!(street.app.refuse(token, "standingRulesSet", "rules { revision }", change.clone()).await["code"], "NOT_ALLOWED");
        }
        assert_eq!(set(&street, change.clone()).await["revision"], 1);
        assert_eq!(set(&street, change).await["revision"], 1, "what changes nothing is no news");
        let still = street.app.ask(&own, rules, json!({})).await["standingRules"].clone();
        assert_eq!((&still["revision"], &still["measures"]), (&json!(0), &usual["measures"]), "it is announced");
        let coming = "{ standingRules { announced { revision announcedAt effectiveAt fixDays } } }";
        let announced = street.app.ask(&own, coming, json!({})).await["standingRules"]["announced"].clone();
        let notice = street.app.cx.now() + TimeDelta::days(15);
        assert_eq!((&announced["fixDays"], &announced["effectiveAt"]), (&json!(7), &json!(notice.to_rfc3339())), "fifteen days before");
        let soon = json!({ "fixDays": 9, "effectiveAt": notice - TimeDelta::seconds(1) });
        let soon = street.app.refuse(&street.operator, "standingRulesSet", "rules { revision }", soon).await;
        assert_eq!((&soon["field"], &soon["code"]), (&json!(["effectiveAt"]), &json!("INVALID")));
        // What concerns the operator alone needs no notice, and waits for what was announced before it.
        let own_affair = street.app.act(&street.operator, "standingRulesSet", "rules { effectiveAt }", json!({ "clause": "Article 7." })).await;
        assert_eq!(own_affair["rules"]["effectiveAt"], json!(notice.to_rfc3339()));
        street.app.advance(TimeDelta::days(15) - TimeDelta::seconds(1));
        assert_eq!(street.app.ask(&own, rules, json!({})).await["standingRules"]["revision"], 0);
        street.app.advance(TimeDelta::seconds(1));
        assert_eq!(street.app.ask(&own, coming, json!({})).await["standingRules"]["announced"], Value::Null);
        let now = street.app.ask(&street.vendor, rules, json!({})).await["standingRules"].clone();
        assert_eq!((&now["measures"], &now["visibility"]["unknownPercent"], &now["evidenceDays"], &now["weeklyHours"]), (&json!([late]), &json!(40), &json!(90), &usual["weeklyHours"]));
        let wrong = [
            (json!({ "measures": [{ "measure": "RATING", "alert": 3.0, "limit": 4.0, "windowDays": 30, "minimumVolume": 10 }] }), json!(["measures", "0"])),
            (json!({ "measures": [late, late] }), json!(["measures", "1"])),
            (json!({ "measures": [{ "measure": "LATE_SHIPMENTS", "alert": 1.0, "limit": 2.0, "windowDays": 0, "minimumVolume": 5 }] }), json!(["measures", "0"])),
            (json!({ "badges": [{ "key": "Bad Key", "labels": [{ "locale": "en", "label": "x" }], "conditions": [] }] }), json!(["badges", "0", "key"])),
            (json!({ "badges": [{ "key": "ok", "labels": [{ "locale": "en", "label": "x" }], "conditions": [{ "measure": "RATING", "bound": 4.0 }] }] }), json!(["badges", "0"])),
            (json!({ "badges": [{ "key": "ok", "labels": [{ "locale": "en", "label": "x" }, { "locale": "en", "label": "y" }], "conditions": [{ "measure": "LATE_SHIPMENTS", "bound": 4.0 }] }] }), json!(["badges", "0", "labels"])),
            (json!({ "visibility": { "weights": [], "slowestReplyHours": 24, "unknownPercent": 40, "restrictedPercent": 10 } }), json!(["visibility"])),
            (json!({ "visibility": { "weights": [], "slowestReplyHours": 24, "unknownPercent": 101, "restrictedPercent": 10 } }), json!(["visibility", "unknownPercent"])),
            (json!({ "fixDays": 0 }), json!(["fixDays"])),
        ];
        for (input, field) in wrong {
            let fault = street.app.refuse(&street.operator, "standingRulesSet", "rules { revision }", input.clone()).await;
            assert_eq!((&fault["field"], &fault["code"]), (&field, &json!("INVALID")), "{input}");
        }
        assert_eq!(street.app.ask(&own, rules, json!({})).await["standingRules"], now, "nothing was set");
    }
}
