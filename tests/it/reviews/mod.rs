//! Ratings, from the invitation to the score: asked once, answered once, published alike, decided with reasons.

mod asking;
mod consequences;
mod counting;
mod deciding;
mod letters;
mod pages;
mod surveys;

use serde_json::{Value, json};
use trilogue::domain::charter::{Charter, RatingRules};
use trilogue::domain::ratings::{Asking, InvitationRules};

use crate::harness::{ORDER, Story};

pub(crate) const REVIEW: &str =
    "id subject product authorName verification reward state text overall experienceOn quoteConsent publishedAt updatedAt
    grades { criterion grade } reply { by text repliedAt updatedAt } replyDueAt replyStanding revision
    removal { reason facts ground redress } complaint { text outcome reasons } reports { id reason text name outcome reasons }";

/// A charter under which buyers are asked.
pub(crate) fn asking(asking: Asking) -> Charter {
    let invitations = InvitationRules { asking, ..InvitationRules::default() };
    Charter { ratings: RatingRules { invitations, ..RatingRules::default() }, ..Charter::default() }
}

/// What is asked about: the story's order.
pub(crate) async fn line(story: &Story, order: &str) -> Value {
    json!({ "about": { "orderLine": { "orderId": story.order_id(order).await, "lineExternalId": "1" } } })
}

/// Hands an invitation out for an order; gives the last part of its address.
pub(crate) async fn invited(story: &Story, order: &str) -> String {
    let handed = story.app.act(&story.vendor, "ratingInvite", "invitation { url }", line(story, order).await).await;
    token_of(handed["invitation"]["url"].as_str().unwrap())
}

pub(crate) fn token_of(url: &str) -> String {
    url.rsplit('/').next().unwrap().to_owned()
}

/// A review of the seller with one grade.
pub(crate) fn of_seller(token: &str, grade: i32, text: &str) -> Value {
    json!({ "token": token, "seller": { "grades": [{ "criterion": "packaging", "grade": grade }], "text": text } })
}

pub(crate) const SUBMITTED: &str =
    "reviews { id state revision } support { id satisfaction recommendation solved grades { criterion label grade } }";

/// Rates the seller for an order; gives the review.
pub(crate) async fn reviewed(story: &Story, order: &str, grade: i32, text: &str) -> Value {
    let token = invited(story, order).await;
    let made = story.app.act(&story.vendor, "ratingSubmit", SUBMITTED, of_seller(&token, grade, text)).await;
    made["reviews"][0].clone()
}

/// More orders of the story's buyer with a seller.
pub(crate) async fn orders(story: &Story, seller: &str, count: usize) -> Vec<String> {
    let names: Vec<_> = (0..count).map(|number| format!("{seller}-{number}")).collect();
    let drafts: Vec<_> = names.iter().map(|name| crate::harness::order(name, seller)).collect();
    story.app.act(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": drafts })).await;
    names
}

pub(crate) async fn feed(story: &Story, token: &str, arguments: &str, fields: &str) -> Vec<Value> {
    let query = format!("{{ reviewFeed{arguments} {{ reviews(first: 50) {{ nodes {{ {fields} }} }} }} }}");
    story.app.ask(token, &query, json!({})).await["reviewFeed"]["reviews"]["nodes"].as_array().unwrap().clone()
}

pub(crate) fn judgement() -> Value {
    json!({ "reason": "PERSONAL_DATA", "facts": "Le numéro du livreur y figure.", "ground": { "terms": "Règles des avis, 3" } })
}

/// What is asked, answered, decided and read of ratings in a day.
pub(crate) async fn used(story: &Story) {
    let app = &story.app;
    let names = orders(story, "alma", 5).await;
    let of_product =
        json!({ "token": invited(story, &names[3]).await, "product": { "grades": [{ "criterion": "quality", "grade": 5 }], "text": "" } });
    app.act(&story.vendor, "ratingSubmit", "reviews { id }", of_product).await;
    invited(story, &names[4]).await;
    let good = reviewed(story, &names[0], 5, "").await;
    let bad = reviewed(story, &names[1], 1, "Appelez-moi au 06 12 34 56 78.").await;
    let worse = reviewed(story, &names[2], 2, "Bof.").await;
    app.act(&story.seller, "reviewReply", "review { id }", json!({ "reviewId": good["id"], "text": "Merci !" })).await;
    let report = json!({ "reviewId": worse["id"], "reason": "DOUBT", "text": "Personne n’a commandé cela." });
    let reported = app.act(&story.seller, "reviewReport", "review { reports { id } }", report).await;
    let decision =
        json!({ "reviewId": worse["id"], "reportId": reported["review"]["reports"][0]["id"], "decision": { "keep": "Commande prouvée." } });
    app.act(&story.operator, "reviewReportDecide", "review { id }", decision).await;
    let judged = json!({ "reviewId": bad["id"], "judgement": judgement() });
    app.act(&story.operator, "reviewReject", "review { id }", judged).await;
    app.act(&story.vendor, "reviewComplain", "review { id }", json!({ "reviewId": bad["id"], "text": "C’est mon numéro." })).await;
    app.act(&story.vendor, "reviewWithdraw", "review { id }", json!({ "reviewId": good["id"], "revision": 3 })).await;
    app.ask(&story.seller, "{ viewer { seller { score { value } reviewReplies { due overdue inTime late } } } }", json!({})).await;
    for arguments in [
        "",
        "(order: OLDEST)",
        "(order: BEST)",
        "(order: WORST)",
        "(quotable: ONLY)",
        "(product: \"TH-1\")",
        "(product: \"TH-1\", order: BEST)",
    ] {
        feed(story, &story.vendor, arguments, "id").await;
    }
    let seller = app.ask(&story.seller, "{ viewer { seller { id } } }", json!({})).await["viewer"]["seller"]["id"].clone();
    for arguments in
        [format!("(sellerId: {seller})"), format!("(sellerId: {seller}, order: WORST)"), format!("(sellerId: {seller}, subject: SELLER)")]
    {
        feed(story, &story.vendor, &arguments, "id").await;
    }
    let after = format!(
        "{{ reviewFeed(sellerId: {seller}, order: BEST) {{ reviews(first: 1, after: \"{}\") {{ nodes {{ id }} }} }} }}",
        cursor(story, &seller).await
    );
    app.ask(&story.vendor, &after, json!({})).await;
    for which in ["OWN", "TO_CHECK", "REPORTED", "COMPLAINT_OPEN"] {
        app.ask(&story.operator, &format!("{{ reviews(which: {which}, first: 2) {{ nodes {{ id }} }} }}"), json!({})).await;
    }
    app.ask(&story.seller, "{ reviews(first: 2) { nodes { id } } }", json!({})).await;
    app.ask(&story.buyer_token().await, "{ reviews(first: 2) { nodes { id } } }", json!({})).await;
    let now = app.cx.now().to_rfc3339();
    for of in [format!("{{ sellerId: {seller} }}"), "{ product: \"TH-1\" }".to_owned(), "{ support: WHOLE }".to_owned()] {
        app.ask(
            &story.operator,
            &format!("{{ now: score(of: {of}) {{ value }} then: score(of: {of}, at: \"{now}\") {{ value }} }}"),
            json!({}),
        )
        .await;
    }
    let ticket = story.ticket().await;
    let case = story.case(ticket, "id").await["id"].clone();
    app.act(&story.operator, "caseClose", "case { id }", json!({ "caseId": case })).await;
    let handed = app.act(&story.operator, "ratingInvite", "invitation { url }", json!({ "about": { "caseId": case } })).await;
    let answers = json!({ "token": token_of(handed["invitation"]["url"].as_str().unwrap()), "support": { "grades": [{ "criterion": "outcome", "grade": 4 }] } });
    app.act(&story.vendor, "ratingSubmit", "support { id }", answers).await;
    story.case(ticket, "supportRating { satisfaction }").await;
    app.work().await;
}

async fn cursor(story: &Story, seller: &Value) -> String {
    let query = format!("{{ reviewFeed(sellerId: {seller}, order: BEST) {{ reviews(first: 1) {{ pageInfo {{ endCursor }} }} }} }}");
    story.app.ask(&story.vendor, &query, json!({})).await["reviewFeed"]["reviews"]["pageInfo"]["endCursor"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// The story's order was delivered at that moment.
pub(crate) async fn delivered(story: &Story, at: &str) {
    let parcel =
        json!({ "orderReference": ORDER, "externalId": "P1", "lines": [{ "lineExternalId": "1", "quantity": 2 }], "deliveredAt": at });
    story.app.act(&story.vendor, "shipmentsReport", "shipments { externalId }", json!({ "shipments": [parcel] })).await;
}
