//! Figures of a team: the group of agents that a ticket was assigned to.

use serde_json::{Value, json};
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::workflow::measures;

use crate::harness::{Db, Story, in_both_products};

const NOVEMBER: &str = "from: \"2026-11-01\", to: \"2026-11-30\"";

/// How many cases per hundred orders, of these.
async fn rate(story: &Story, token: &str, more: &str) -> Value {
    let query = format!("{{ measures({NOVEMBER}{more}) {{ kpis(which: {{ kind: CONTACT_RATE }}) {{ value target status }} }} }}");
    story.app.ask(token, &query, json!({})).await["measures"]["kpis"][0].clone()
}

async fn teams(story: &Story) -> Vec<(String, String)> {
    let found = story.app.ask(&story.operator, "{ teams { id name connectionId } }", json!({})).await["teams"].clone();
    let pair = |team: &Value| (team["name"].as_str().unwrap().to_owned(), team["id"].as_str().unwrap().to_owned());
    found.as_array().unwrap().iter().map(pair).collect()
}

async fn of_a_team(db: Db, kind: HelpdeskKind) {
    let story = Story::begin(db, kind).await;
    let (first, second) = (
        story.ticket().await,
        story.desk.sim.open_ticket(&story.buyer, trilogue::demo::peer::Opening::new("Facture", "Où est ma facture ?")),
    );
    story.desk.settle(&story.app).await;
    assert_eq!(teams(&story).await, []);

    story.desk.sim.assign_group(first, "Niveau 2").unwrap();
    story.desk.sim.assign_group(second, "Niveau 1").unwrap();
    story.desk.settle(&story.app).await;
    let known = teams(&story).await;
    assert_eq!(known.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["Niveau 1", "Niveau 2"]);
    let of = |place: usize| format!(", teamId: \"{}\"", known[place].1);
    let target = json!({ "kpi": { "kind": "CONTACT_RATE" }, "teamId": known[1].1, "value": 60.0 });
    let settings = json!({ "targets": [target], "minimumSample": 1, "hour": { "amount": "0.00", "currencyCode": "EUR" }, "revision": 0 });
    story.app.act(&story.operator, "measureSettingsSet", "settings { targets { teamId } }", settings).await;
    story.app.work().await;
    // Two orders in the story.
    assert_eq!(rate(&story, &story.operator, &of(1)).await, json!({ "value": 50.0, "target": 60.0, "status": "MET" }));
    assert_eq!(rate(&story, &story.operator, &of(0)).await, json!({ "value": 50.0, "target": null, "status": "NO_TARGET" }));
    assert_eq!(rate(&story, &story.operator, "").await["value"], 100.0);
    let alma = story.app.ask(&story.operator, "{ seller(by: { externalId: \"alma\" }) { id } }", json!({})).await["seller"]["id"].clone();
    assert_eq!(rate(&story, &story.operator, &format!("{}, sellerId: {alma}", of(0))).await["value"], 0.0, "that one was about no seller");

    story.desk.sim.assign_group(second, "Niveau 2").unwrap();
    story.desk.settle(&story.app).await;
    assert_eq!(rate(&story, &story.operator, &of(1)).await["value"], 100.0, "it went to the others");
    assert_eq!(rate(&story, &story.operator, &of(0)).await["value"], 0.0);
    let differences = measures::check(&story.app.cx, story.app.marketplace.id).await.unwrap();
    assert!(differences.is_empty(), "{differences:#?}");

    let file = format!("{{ measures({NOVEMBER}{}) {{ file(file: FIGURES) {{ url }} }} }}", of(1));
    let link = story.app.ask(&story.operator, &file, json!({})).await["measures"]["file"]["url"].as_str().unwrap().to_owned();
    let path = link.find("/measures/").map(|at| &link[at..]).unwrap();
    let lines =
        crate::harness::client().build().unwrap().get(format!("{}{path}", story.app.url)).send().await.unwrap().text().await.unwrap();
    assert!(lines.contains("CONTACT_RATE,,100,PER_HUNDRED_ORDERS,2,60,MISSED"), "{lines}");

    for token in [&story.seller, &story.vendor] {
        let hidden = story.app.ask(token, &format!("{{ teams {{ id }} measures({NOVEMBER}) {{ from }} }}"), json!({})).await;
        assert_eq!(hidden["teams"], Value::Null);
    }
}

in_both_products! {
    figures_of_a_team_follow_its_tickets => of_a_team;
}
