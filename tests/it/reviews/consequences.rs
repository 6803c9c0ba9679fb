//! What comes of ratings: the seller's card, and what buyers ask to be done better.

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::demo::peer::Mood;
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::jobs;

use super::{SUBMITTED, invited, of_seller, orders, reviewed, token_of};
use crate::harness::{Story, on_both_databases};

/// A measure of the seller's own card: value, volume and how many are bad.
async fn measure(story: &Story, name: &str) -> (Value, Value, Value) {
    story.app.work().await;
    let query = "{ viewer { seller { scorecard { measures { measure value volume bad } } } } }";
    let card = story.app.ask(&story.seller, query, json!({})).await["viewer"]["seller"]["scorecard"].clone();
    let found = card["measures"].as_array().unwrap().iter().find(|one| one["measure"] == name).unwrap();
    (found["value"].clone(), found["volume"].clone(), found["bad"].clone())
}

const IMPROVEMENTS: &str = "{ improvements(first: 20) { nodes { id plan state seller { externalId } product process reviewId caseId
    kpi { kind } before { value sample } revision } } }";

async fn improvements(story: &Story) -> Vec<Value> {
    story.app.ask(&story.operator, IMPROVEMENTS, json!({})).await["improvements"]["nodes"].as_array().unwrap().clone()
}

on_both_databases! {
    async fn reviews_and_replies_are_on_the_card(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        assert_eq!(measure(&story, "RATING").await, (Value::Null, json!(0), Value::Null));
        assert_eq!(measure(&story, "LATE_REVIEW_REPLIES").await, (Value::Null, json!(0), json!(0)));
        let names = orders(&story, "alma", 4).await;
        let mut given = Vec::new();
        for (name, grade) in names.iter().zip([5, 5, 4, 2]) {
            given.push(reviewed(&story, name, grade, "").await);
        }
        let score = story.app.ask(&story.seller, "{ viewer { seller { score { value count } } } }", json!({})).await["viewer"]["seller"]["score"].clone();
        assert_eq!(measure(&story, "RATING").await, (score["value"].clone(), json!(4), Value::Null), "as the score tells it");

        story.app.act(&story.seller, "reviewReply", "review { id }", json!({ "reviewId": given[0]["id"], "text": "Merci !" })).await;
        assert_eq!(measure(&story, "LATE_REVIEW_REPLIES").await, (json!(0.0), json!(1), json!(0)), "of the others the time still runs");
        story.app.advance(TimeDelta::days(3));
        assert_eq!(measure(&story, "LATE_REVIEW_REPLIES").await, (json!(75.0), json!(4), json!(3)));
        story.app.act(&story.seller, "reviewReply", "review { id }", json!({ "reviewId": given[3]["id"], "text": "Désolés." })).await;
        assert_eq!(measure(&story, "LATE_REVIEW_REPLIES").await, (json!(75.0), json!(4), json!(3)), "late is late");
        story.app.advance(TimeDelta::days(100));
        assert_eq!(measure(&story, "LATE_REVIEW_REPLIES").await, (Value::Null, json!(0), json!(0)), "outside the window");
        assert_eq!(measure(&story, "RATING").await.1, json!(0));
    }

    async fn a_buyer_who_says_why_asks_for_something_better(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Freshdesk).await;
        let names = orders(&story, "alma", 4).await;
        reviewed(&story, &names[0], 5, "Parfait").await;
        reviewed(&story, &names[1], 1, "").await;
        assert_eq!(improvements(&story).await, Vec::<Value>::new());
        let bad = reviewed(&story, &names[2], 2, "Le carton était ouvert.").await;
        let found = improvements(&story).await;
        let wanted = json!({ "id": found[0]["id"], "plan": "Le carton était ouvert.", "state": "PROPOSED", "seller": { "externalId": "alma" },
            "product": null, "process": null, "reviewId": bad["id"], "caseId": null, "kpi": { "kind": "CSAT" },
            "before": { "value": null, "sample": 0 }, "revision": 1 });
        assert_eq!(found, [wanted]);
        let draft = json!({ "grades": [{ "criterion": "packaging", "grade": 1 }], "text": "Toujours ouvert." });
        let rewrite = json!({ "reviewId": bad["id"], "draft": draft, "revision": bad["revision"] });
        story.app.act(&story.vendor, "reviewRewrite", "review { id }", rewrite).await;
        assert_eq!(improvements(&story).await.len(), 1, "said again it is no second one");
        let product = json!({ "token": invited(&story, &names[3]).await, "product": { "grades": [{ "criterion": "quality", "grade": 1 }], "text": "Cassée" } });
        story.app.act(&story.vendor, "ratingSubmit", SUBMITTED, product).await;
        assert_eq!(improvements(&story).await[0]["product"], "TH-1");
        // What holds somebody's data waits for a person, and asks for nothing yet.
        let names = orders(&story, "alma", 5).await;
        let token = invited(&story, &names[4]).await;
        story.app.act(&story.vendor, "ratingSubmit", SUBMITTED, of_seller(&token, 1, "Appelez-moi au 06 12 34 56 78.")).await;
        assert_eq!(improvements(&story).await.len(), 2);

        let ticket = story.ticket().await;
        let case = story.case(ticket, "id").await["id"].clone();
        story.app.act(&story.operator, "caseResolve", "case { id }", json!({ "caseId": case })).await;
        story.desk.settle(&story.app).await;
        story.desk.sim.rate(ticket, Mood::Unhappy, "Personne ne répond").unwrap();
        story.app.advance(TimeDelta::minutes(6));
        jobs::reconcile_now(&story.app.cx).await;
        story.desk.settle(&story.app).await;
        let found = improvements(&story).await;
        assert_eq!((&found[0]["caseId"], &found[0]["process"], &found[0]["plan"]), (&case, &json!("Service client"), &json!("Personne ne répond")));
        let invite = story.app.act(&story.operator, "ratingInvite", "invitation { url }", json!({ "about": { "caseId": case } })).await;
        let answers = json!({ "token": token_of(invite["invitation"]["url"].as_str().unwrap()),
            "support": { "grades": [{ "criterion": "outcome", "grade": 1 }], "text": "Trop lent" } });
        story.app.act(&story.vendor, "ratingSubmit", SUBMITTED, answers).await;
        assert_eq!(improvements(&story).await.len(), 3, "one of a case");

        story.app.work().await;
        let due = story.app.cx.now().date_naive() + TimeDelta::days(9);
        let planned = json!({ "improvementId": found[0]["id"], "dueOn": due, "revision": 1 });
        story.app.act(&story.operator, "improvementTakeOn", "improvement { id }", planned).await;
        assert_eq!(improvements(&story).await[0]["before"], json!({ "value": 0.0, "sample": 1 }), "the figure of the month before");
    }
}
