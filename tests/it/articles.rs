//! Articles of the helpdesk's help centre: those that everybody may read, for operators and sellers, within a bounded time.

use serde_json::{Value, json};
use trilogue::demo::peer::{Fault, On, Readers, SimArticle};
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Db, Story, in_both_products};

const QUERY: &str = "query($case: ID!, $first: Int) { articleSuggestions(caseId: $case, first: $first) { state articles { title url locale excerpt uses } } }";

/// Where the help centre is asked.
fn path(kind: HelpdeskKind) -> &'static str {
    match kind {
        HelpdeskKind::Zendesk => "/api/v2/help_center/articles/search",
        HelpdeskKind::Freshdesk => "/api/v2/search/solutions",
    }
}

fn asked(story: &Story) -> usize {
    story.desk.sim.requests().iter().filter(|request| request.path.starts_with(path(story.desk.kind))).count()
}

/// Somebody looks for articles, and uses one.
pub(crate) async fn used(story: &Story, case: &Value) {
    let url = story.desk.sim.add_article(SimArticle::new("Colis perdu", "<p>Patientez.</p>", Readers::Everybody));
    for token in [&story.operator, &story.seller] {
        suggested(story, token, case).await;
        story.app.act(token, "articleUse", "articleUrl", json!({ "caseId": case, "articleUrl": url })).await;
        story.app.ask(token, "{ articleUses { url uses lastUsedAt } }", json!({})).await;
    }
}

async fn suggested(story: &Story, token: &str, case: &Value) -> Value {
    story.app.ask(token, QUERY, json!({ "case": case })).await["articleSuggestions"].clone()
}

async fn fitting(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let add = |title: &str, html: &str, readers| story.desk.sim.add_article(SimArticle::new(title, html, readers));
    let url = add("Mon colis est perdu", "<p>Ouvrez une <b>enquête</b> &amp; patientez.</p>", Readers::Everybody);
    add("Colis perdu : seuils internes", "<p>Rembourser sans enquête.</p>", Readers::Staff);
    add("Colis perdu, brouillon", "<p>À relire.</p>", Readers::Nobody);
    add("Carte cadeau", "<p>Rien à voir.</p>", Readers::Everybody);
    for number in 0..6 {
        add(&format!("Suivre un colis {number}"), "<p>Suivi.</p>", Readers::Everybody);
    }
    let ticket = story.ticket().await;
    let case = story.case(ticket, "id").await["id"].clone();
    let seen = suggested(&story, &story.seller, &case).await;
    assert_eq!(seen["state"], "ANSWERED", "{seen:#}");
    let articles = seen["articles"].as_array().unwrap();
    assert_eq!(articles.len(), 5, "at most five: {seen:#}");
    assert_eq!(
        (&articles[0]["title"], &articles[0]["url"], &articles[0]["uses"]),
        (&json!("Mon colis est perdu"), &json!(url), &Value::Null)
    );
    assert_eq!(articles[0]["excerpt"], "Ouvrez une enquête & patientez.");
    for hidden in ["internes", "brouillon", "Carte"] {
        assert!(!seen.to_string().contains(hidden), "{hidden}: {seen:#}");
    }
    let operators = suggested(&story, &story.operator, &case).await;
    assert_eq!(operators["articles"][0]["uses"], 0);
    assert!(!operators.to_string().contains("internes"), "what is suggested is for buyers");
    assert_eq!(asked(&story), 1, "the answer is remembered");
    let two = story.app.ask(&story.operator, QUERY, json!({ "case": case, "first": 2 })).await;
    assert_eq!(two["articleSuggestions"]["articles"].as_array().unwrap().len(), 2);
    for token in [&story.other_seller, &story.vendor] {
        assert_eq!(suggested(&story, token, &case).await, Value::Null);
    }

    // Uses are counted once for each case, article and person.
    let used = json!({ "caseId": case, "articleUrl": url });
    for token in [&story.seller, &story.seller, &story.operator] {
        story.app.act(token, "articleUse", "articleUrl", used.clone()).await;
    }
    let second = json!({ "caseId": case, "articleUrl": articles[1]["url"] });
    story.app.act(&story.seller, "articleUse", "articleUrl", second).await;
    assert_eq!(suggested(&story, &story.operator, &case).await["articles"][0]["uses"], 2);
    let list = "{ articleUses { url uses } }";
    let expected = json!([{ "url": url, "uses": 2 }, { "url": articles[1]["url"], "uses": 1 }]);
    assert_eq!(story.app.ask(&story.operator, list, json!({})).await["articleUses"], expected);
    assert_eq!(story.app.ask(&story.seller, list, json!({})).await["articleUses"], json!([]));
    for (token, address, field, code) in [
        (&story.seller, "https://elsewhere.example/hc/fr/articles/1", "articleUrl", "INVALID"),
        (&story.seller, "javascript:alert(1)", "articleUrl", "INVALID"),
        (&story.seller, "", "articleUrl", "LENGTH"),
        (&story.other_seller, url.as_str(), "caseId", "NOT_FOUND"),
    ] {
        let refused = story.app.try_act(token, "articleUse", "articleUrl", json!({ "caseId": case, "articleUrl": address })).await;
        assert_eq!((&refused["userErrors"][0]["field"][0], &refused["userErrors"][0]["code"]), (&json!(field), &json!(code)), "{address}");
    }
    let refused = story.app.try_act(&story.vendor, "articleUse", "articleUrl", used).await;
    assert_eq!(refused["userErrors"][0]["code"], "NOT_ALLOWED");
    assert_eq!(story.app.ask(&story.operator, list, json!({})).await["articleUses"], expected, "nothing was counted");
}

async fn failing(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    story.desk.sim.add_article(SimArticle::new("Mon colis est perdu", "<p>Patientez.</p>", Readers::Everybody));
    let ticket = story.ticket().await;
    let case = story.case(ticket, "id").await["id"].clone();
    for fault in
        [Fault::Status(500), Fault::HtmlError(502), Fault::HangThenDrop, Fault::MalformedJson, Fault::RateLimited { retry_after: 7 }]
    {
        story.desk.sim.faults().next(On::get(path(kind)), fault);
        let seen = suggested(&story, &story.seller, &case).await;
        assert_eq!(seen, json!({ "state": "UNAVAILABLE", "articles": [] }), "{fault:?}");
    }
    story.app.advance(chrono::TimeDelta::seconds(8));
    let before = asked(&story);
    let at_once = (0..4).map(|_| suggested(&story, &story.seller, &case));
    for seen in futures_util::future::join_all(at_once).await {
        assert_eq!((&seen["state"], &seen["articles"][0]["title"]), (&json!("ANSWERED"), &json!("Mon colis est perdu")), "{seen:#}");
    }
    assert_eq!(asked(&story) - before, 1, "who asks the same at the same time waits for one answer");
}

in_both_products! {
    articles_that_everybody_may_read_are_suggested_and_their_use_is_counted => fitting;
    a_help_centre_that_does_not_answer_delays_nobody => failing;
}
