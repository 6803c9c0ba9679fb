//! What is published, replied to, reported, refused, removed, and complained of.

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::domain::parties::Role;
use trilogue::domain::tickets::HelpdeskKind;

use super::{REVIEW, delivered, feed, judgement, line, orders, reviewed, token_of};
use crate::harness::{ORDER, Story, on_both_databases};

async fn read(story: &Story, token: &str, which: &str) -> Vec<Value> {
    let query = format!("{{ reviews(which: {which}, first: 50) {{ nodes {{ {REVIEW} }} }} }}");
    story.app.ask(token, &query, json!({})).await["reviews"]["nodes"].as_array().unwrap().clone()
}

async fn act(story: &Story, token: &str, mutation: &str, input: Value) -> Value {
    story.app.act(token, mutation, &format!("review {{ {REVIEW} }}"), input).await["review"].clone()
}

async fn refused(story: &Story, token: &str, mutation: &str, input: Value) -> Value {
    story.app.refuse(token, mutation, "review { id }", input).await["code"].clone()
}

on_both_databases! {
    async fn product_and_seller_are_rated_from_one_invitation_and_shown_with_what_the_law_wants(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        delivered(&story, "2026-11-20T08:30:00Z").await;
        story.ticket().await;
        let mut with_reward = line(&story, ORDER).await;
        with_reward["reward"] = json!("GIVEN");
        let url = story.app.act(&story.operator, "ratingInvite", "invitation { url }", with_reward).await["invitation"]["url"].clone();
        let token = token_of(url.as_str().unwrap());
        let form = story.app.ask(&story.vendor, "query($t: String!) { ratingForm(token: $t) { state subjects about sellerName reward criteria(subject: PRODUCT) { key label(locale: \"en\") } } }", json!({ "t": token })).await["ratingForm"].clone();
        assert_eq!(form, json!({ "state": "SENT", "subjects": ["PRODUCT", "SELLER"], "about": "Théière", "sellerName": "Boutique Alma", "reward": "GIVEN",
            "criteria": [{ "key": "conformity", "label": "As described" }, { "key": "quality", "label": "Quality" }, { "key": "value_for_money", "label": "Value for money" }] }));
        let input = json!({ "token": token,
            "product": { "grades": [{ "criterion": "quality", "grade": 5 }, { "criterion": "conformity", "grade": 4 }], "text": "Une belle théière.", "quoteConsent": "GIVEN" },
            "seller": { "grades": [{ "criterion": "delivery_time", "grade": 2 }] } });
        let made = story.app.act(&story.buyer_token().await, "ratingSubmit", &format!("reviews {{ {REVIEW} }}"), input).await;
        assert_eq!(made["reviews"].as_array().unwrap().len(), 2);
        let shown = feed(&story, &story.vendor, "(product: \"TH-1\")", REVIEW).await;
        assert_eq!(shown.len(), 1);
        let product = &shown[0];
        assert_eq!((&product["verification"], &product["reward"], &product["state"]), (&json!("VERIFIED_PURCHASE"), &json!("GIVEN"), &json!("PUBLISHED")));
        assert_eq!((&product["authorName"], &product["overall"], &product["experienceOn"]), (&json!("Marie D."), &json!(4.5), &json!("2026-11-20")));
        assert_eq!((product["publishedAt"].is_string(), &product["updatedAt"]), (true, &Value::Null));
        assert_eq!(feed(&story, &story.other_seller, "(quotable: ONLY)", "id").await.len(), 1);
        let author = story.buyer_token().await;
        let own = story.app.ask(&author, "{ reviews(which: OWN) { nodes { id revision text } } }", json!({})).await;
        let mine = own["reviews"]["nodes"].as_array().unwrap().iter().find(|one| one["text"] == "Une belle théière.").unwrap().clone();
        let consent = |revision: &Value| json!({ "reviewId": mine["id"], "revision": revision, "quoteConsent": "WITHHELD" });
        assert_eq!(refused(&story, &story.seller, "reviewQuoteConsentSet", consent(&mine["revision"])).await, "NOT_ALLOWED");
        assert_eq!(refused(&story, &author, "reviewQuoteConsentSet", consent(&json!(99))).await, "WRONG_REVISION");
        story.app.act(&author, "reviewQuoteConsentSet", "review { id }", consent(&mine["revision"])).await;
        assert_eq!(feed(&story, &story.other_seller, "(quotable: ONLY)", "id").await, Vec::<Value>::new(), "as easily taken back as given");
        let still = feed(&story, &story.vendor, "(product: \"TH-1\")", REVIEW).await;
        assert_eq!((&still[0]["text"], &still[0]["updatedAt"]), (&json!("Une belle théière."), &Value::Null), "the words are no others");
        let seller = feed(&story, &story.seller, "(subject: SELLER)", REVIEW).await;
        assert_eq!((&seller[0]["text"], &seller[0]["overall"]), (&json!(""), &json!(2.0)), "grades without words, and a bad one, are published alike");
        let named = story.app.ask(&story.vendor, "{ reviewFeed { order notice(locale: \"fr\") } }", json!({})).await["reviewFeed"].clone();
        assert_eq!(named["order"], "NEWEST");
        assert!(named["notice"].as_str().unwrap().contains("du plus récent"), "{named}");
        assert!(named["notice"].as_str().unwrap().ends_with("Un avis est publié sous 7 jours et conservé 1095 jours."), "{named}");

        let set = async |keep: Value| {
            let charter = json!({ "charter": { "ratings": { "keepDays": keep, "publicationDays": 3 } } });
            story.app.try_act(&story.operator, "charterPublish", "charter { effect ratings { keepDays publicationDays } }", charter).await
        };
        assert_eq!(set(json!(29)).await["userErrors"][0]["field"], json!(["charter", "ratings", "keepDays"]));
        let kept = set(json!(30)).await;
        assert_eq!(kept["charter"], json!({ "effect": "TECHNICAL", "ratings": { "keepDays": 30, "publicationDays": 3 } }), "{kept}");
        story.app.advance(chrono::TimeDelta::days(30));
        assert_eq!(feed(&story, &story.vendor, "", "id").await.len(), 2);
        story.app.advance(chrono::TimeDelta::seconds(1));
        assert_eq!(feed(&story, &story.vendor, "(order: BEST)", "id").await, Vec::<Value>::new(), "shown for as long as readers are told");
        assert_eq!(read(&story, &story.buyer_token().await, "OWN").await.len(), 2, "its author has it still");
    }

    async fn what_may_hold_personal_data_a_person_looks_at_and_its_author_is_told_why_it_is_refused(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let other = story.app.token(Role::Operator, None).await;
        let id = reviewed(&story, ORDER, 1, "Le livreur : 06 12 34 56 78, à éviter !").await["id"].clone();
        assert_eq!(feed(&story, &story.vendor, "", "id").await, Vec::<Value>::new());
        assert_eq!(read(&story, &story.seller, "OWN").await, Vec::<Value>::new(), "the seller knows of none before it is published");
        let waiting = read(&story, &story.operator, "TO_CHECK").await;
        assert_eq!((waiting.len(), &waiting[0]["state"]), (1, &json!("IN_MODERATION")));
        assert_eq!(read(&story, &story.vendor, "TO_CHECK").await, Vec::<Value>::new());
        let judged = json!({ "reviewId": id, "judgement": judgement() });
        for token in [&story.seller, &story.vendor] {
            let code = refused(&story, token, "reviewReject", judged.clone()).await;
            assert!(code == "NOT_ALLOWED", "{code}");
        }
        let mut empty = judged.clone();
        empty["judgement"]["facts"] = json!(" ");
        assert_eq!(refused(&story, &story.operator, "reviewReject", empty).await, "INVALID");
        let rejected = act(&story, &story.operator, "reviewReject", judged).await;
        assert_eq!((&rejected["state"], &rejected["removal"]["reason"]), (&json!("REJECTED"), &json!("PERSONAL_DATA")));
        let own = read(&story, &story.buyer_token().await, "OWN").await;
        assert_eq!(own[0]["removal"]["facts"], "Le numéro du livreur y figure.", "the author reads why");

        let complaint = json!({ "reviewId": id, "text": "C’est mon propre numéro." });
        assert_eq!(refused(&story, &story.seller, "reviewComplain", complaint.clone()).await, "NOT_FOUND");
        act(&story, &story.vendor, "reviewComplain", complaint.clone()).await;
        assert_eq!(refused(&story, &story.vendor, "reviewComplain", complaint).await, "NOT_IN_THIS_STATE");
        assert_eq!(read(&story, &other, "COMPLAINT_OPEN").await.len(), 1);
        let answer = json!({ "reviewId": id, "outcome": "UPHELD", "reasons": "Le numéro est le vôtre." });
        assert_eq!(refused(&story, &story.operator, "reviewComplaintAnswer", answer.clone()).await, "NOT_IN_THIS_STATE", "who decided it");
        let upheld = act(&story, &other, "reviewComplaintAnswer", answer).await;
        assert_eq!((&upheld["state"], &upheld["complaint"]["outcome"]), (&json!("PUBLISHED"), &json!("UPHELD")));
        assert_eq!(upheld["removal"], Value::Null, "nothing is held back any more");
        assert_eq!(feed(&story, &story.vendor, "", "id").await.len(), 1);
    }

    async fn a_seller_replies_once_within_its_time_and_late_ones_are_counted(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Freshdesk).await;
        let names = orders(&story, "alma", 3).await;
        let mut ids = Vec::new();
        for name in &names {
            ids.push(reviewed(&story, name, 4, "Bien.").await["id"].clone());
        }
        let standing = async |token: &str| {
            let query = "{ seller(by: { externalId: \"alma\" }) { reviewReplies { due overdue inTime late } } }";
            story.app.ask(token, query, json!({})).await["seller"]["reviewReplies"].clone()
        };
        assert_eq!(standing(&story.operator).await, json!({ "due": 3, "overdue": 0, "inTime": 0, "late": 0 }));
        assert_eq!(standing(&story.vendor).await, Value::Null);
        let words = |id: &Value, text: &str| json!({ "reviewId": id, "text": text });
        for token in [&story.other_seller, &story.vendor] {
            assert_eq!(refused(&story, token, "reviewReply", words(&ids[0], "Merci !")).await, "NOT_ALLOWED");
        }
        assert_eq!(refused(&story, &story.seller, "reviewReply", words(&ids[0], " ")).await, "LENGTH");
        let replied = act(&story, &story.seller, "reviewReply", words(&ids[0], "Merci !")).await;
        assert_eq!((&replied["reply"]["by"], &replied["replyStanding"]), (&json!("SELLER"), &json!("IN_TIME")));
        story.app.advance(TimeDelta::hours(49));
        assert_eq!(standing(&story.seller).await, json!({ "due": 0, "overdue": 2, "inTime": 1, "late": 0 }));
        act(&story, &story.seller, "reviewReply", words(&ids[1], "Pardon du retard, merci !")).await;
        assert_eq!(standing(&story.operator).await, json!({ "due": 0, "overdue": 1, "inTime": 1, "late": 1 }));
        let again = words(&ids[0], "Un grand merci !");
        assert_eq!(refused(&story, &story.seller, "reviewReply", again.clone()).await, "NOT_IN_THIS_STATE", "replied already");
        let of_revision = |revision: &Value| {
            let mut again = again.clone();
            again["revision"] = revision.clone();
            again
        };
        assert_eq!(refused(&story, &story.seller, "reviewReply", of_revision(&json!(1))).await, "WRONG_REVISION");
        let mut private = of_revision(&replied["revision"]);
        private["text"] = json!("Écrivez à marie@example.org.");
        assert_eq!(refused(&story, &story.seller, "reviewReply", private).await, "INVALID", "everybody reads it");
        let changed = act(&story, &story.seller, "reviewReply", of_revision(&replied["revision"])).await;
        assert_eq!((&changed["reply"]["text"], changed["reply"]["updatedAt"].is_string()), (&json!("Un grand merci !"), true));
        assert_eq!(refused(&story, &story.operator, "reviewReply", words(&ids[0], "Nous aussi !")).await, "NOT_IN_THIS_STATE", "there is one reply");
        act(&story, &story.operator, "reviewReply", words(&ids[2], "À la place du vendeur.")).await;
        assert_eq!(standing(&story.seller).await, json!({ "due": 0, "overdue": 0, "inTime": 1, "late": 1 }), "nothing is asked any more");

        let hidden = json!({ "reviewId": ids[0], "judgement": judgement() });
        assert_eq!(refused(&story, &story.seller, "reviewReplyHide", hidden.clone()).await, "NOT_ALLOWED");
        assert_eq!(act(&story, &story.operator, "reviewReplyHide", hidden).await["reply"], Value::Null);
        assert_eq!(act(&story, &story.operator, "reviewReplyShow", json!({ "reviewId": ids[0] })).await["reply"]["text"], "Un grand merci !");
    }

    async fn a_doubt_is_decided_by_a_person_and_notices_of_others_too(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let id = reviewed(&story, ORDER, 1, "Jamais reçu.").await["id"].clone();
        let report = |reason: &str, text: &str| json!({ "reviewId": id, "reason": reason, "text": text });
        assert_eq!(refused(&story, &story.seller, "reviewReport", report("DOUBT", " ")).await, "LENGTH", "with reasons");
        assert_eq!(refused(&story, &story.other_seller, "reviewReport", report("DOUBT", "Un concurrent.")).await, "NOT_ALLOWED");
        let told = act(&story, &story.seller, "reviewReport", report("DOUBT", "Le colis est signé.")).await;
        assert_eq!(refused(&story, &story.seller, "reviewReport", report("DOUBT", "Encore.")).await, "NOT_IN_THIS_STATE");
        let mut notice = report("ILLEGAL", "Il m’insulte.");
        assert_eq!(refused(&story, &story.vendor, "reviewReport", notice.clone()).await, "NOT_ALLOWED", "somebody must say who they are");
        notice["reporter"] = json!({ "name": "Paul Morel", "email": "paul@example.org" });
        act(&story, &story.vendor, "reviewReport", notice).await;
        assert_eq!(read(&story, &story.operator, "REPORTED").await[0]["reports"].as_array().unwrap().len(), 2);
        assert_eq!(read(&story, &story.seller, "OWN").await[0]["reports"].as_array().unwrap().len(), 1, "its own");
        let decide = |report: &Value, decision: Value| json!({ "reviewId": id, "reportId": report["id"], "decision": decision });
        let keep = decide(&told["reports"][0], json!({ "keep": "Le transporteur confirme la perte." }));
        assert_eq!(refused(&story, &story.seller, "reviewReportDecide", keep.clone()).await, "NOT_ALLOWED");
        let kept = act(&story, &story.operator, "reviewReportDecide", keep.clone()).await;
        assert_eq!((&kept["state"], &kept["reports"][0]["outcome"]), (&json!("PUBLISHED"), &json!("KEPT")));
        assert_eq!(refused(&story, &story.operator, "reviewReportDecide", keep).await, "NOT_IN_THIS_STATE");
        let mut second = report("RULES", "Il me menace.");
        second["reporter"] = json!({ "name": "Lise Roy", "email": "lise@example.org" });
        act(&story, &story.operator, "reviewReport", second).await;
        let removed = act(&story, &story.operator, "reviewReportDecide", decide(&kept["reports"][1], json!({ "remove": judgement() }))).await;
        let outcomes: Vec<_> = removed["reports"].as_array().unwrap().iter().map(|one| &one["outcome"]).collect();
        assert_eq!((&removed["state"], outcomes), (&json!("REMOVED"), vec![&json!("KEPT"), &json!("REMOVED"), &json!("REMOVED")]));
        assert_eq!(feed(&story, &story.vendor, "", "id").await, Vec::<Value>::new());
        assert_eq!(read(&story, &story.seller, "OWN").await[0]["text"], Value::Null, "what was removed is read by its author and the operator");
    }

    async fn a_review_is_written_anew_with_both_dates_and_taken_back(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let made = reviewed(&story, ORDER, 2, "Moyen.").await;
        story.app.advance(TimeDelta::days(3));
        let anew = |revision: &Value, text: &str| json!({ "reviewId": made["id"], "revision": revision, "draft": { "grades": [{ "criterion": "packaging", "grade": 5 }], "text": text } });
        let marie = story.buyer_token().await;
        assert_eq!(refused(&story, &marie, "reviewRewrite", anew(&json!(1), "Mieux.")).await, "WRONG_REVISION");
        assert_eq!(refused(&story, &story.seller, "reviewRewrite", anew(&made["revision"], "Parfait !")).await, "NOT_ALLOWED");
        let held = act(&story, &marie, "reviewRewrite", anew(&made["revision"], "Écrivez-moi à marie@example.org")).await;
        assert_eq!((&held["text"], &held["state"]), (&json!("Moyen."), &json!("PUBLISHED")), "until the new version was checked");
        let updated = act(&story, &marie, "reviewRewrite", anew(&held["revision"], "Mieux.")).await;
        assert_eq!((&updated["text"], &updated["overall"]), (&json!("Mieux."), &json!(5.0)));
        assert!(updated["updatedAt"].as_str().unwrap() > updated["publishedAt"].as_str().unwrap());
        let query = "{ reviews(first: 1) { nodes { versions { text publishedAt } } } }";
        assert_eq!(story.app.ask(&story.operator, query, json!({})).await["reviews"]["nodes"][0]["versions"].as_array().unwrap().len(), 2);
        let back = act(&story, &marie, "reviewWithdraw", json!({ "reviewId": made["id"], "revision": updated["revision"] })).await;
        assert_eq!(back["state"], "WITHDRAWN");
        assert_eq!(feed(&story, &marie, "", "id").await, Vec::<Value>::new());
        let again = story.app.try_act(&story.vendor, "ratingInvite", "invitation { id }", line(&story, ORDER).await).await;
        assert_eq!(again["userErrors"][0]["code"], "INVITATION_USED");
    }

    async fn pages_follow_each_other_in_every_order(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let names = orders(&story, "alma", 7).await;
        for (name, grade) in names.iter().zip([3, 5, 1, 5, 2, 4, 1]) {
            reviewed(&story, name, grade, "").await;
            story.app.advance(TimeDelta::minutes(1));
        }
        for (order, expected) in [("NEWEST", [1, 4, 2, 5, 1, 5, 3]), ("OLDEST", [3, 5, 1, 5, 2, 4, 1]), ("BEST", [5, 5, 4, 3, 2, 1, 1]), ("WORST", [1, 1, 2, 3, 4, 5, 5])] {
            let query = format!("query($after: String, $before: String, $first: Int, $last: Int) {{ reviewFeed(order: {order}) {{ reviews(first: $first, after: $after, last: $last, before: $before) {{ nodes {{ id overall }} pageInfo {{ endCursor startCursor hasNextPage }} }} }} }}");
            let (mut seen, mut after, mut start) = (Vec::new(), Value::Null, Value::Null);
            loop {
                let page = story.app.ask(&story.vendor, &query, json!({ "first": 3, "after": after })).await["reviewFeed"]["reviews"].clone();
                seen.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["overall"].as_f64().unwrap()));
                start = if start.is_null() { page["pageInfo"]["endCursor"].clone() } else { start };
                after = page["pageInfo"]["endCursor"].clone();
                if page["pageInfo"]["hasNextPage"] == false {
                    break;
                }
            }
            assert_eq!(seen, expected.map(f64::from), "{order}");
            let back = story.app.ask(&story.vendor, &query, json!({ "last": 2, "before": start })).await["reviewFeed"]["reviews"]["nodes"].clone();
            let back: Vec<_> = back.as_array().unwrap().iter().map(|node| node["overall"].as_f64().unwrap()).collect();
            assert_eq!(back, expected[..2].iter().copied().map(f64::from).collect::<Vec<_>>(), "{order}, backwards");
        }
        let elsewhere = story.app.another_marketplace("elsewhere").await;
        let stranger = story.app.token_in(&elsewhere, Role::Operator, None).await;
        assert_eq!(feed(&story, &stranger, "", "id").await, Vec::<Value>::new());
    }
}
