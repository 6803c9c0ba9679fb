//! Tags and fields of a ticket follow where its returns, refunds and disputes stand, where the connection is set to do so.

use serde_json::{Value, json};
use trilogue::demo::peer::Audience;
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::workflow::connections::{ConnectionSettings, MarkTags};

use super::sold;
use crate::harness::{Db, Desk, ORDER, Story, TestApp, in_both_products};

/// A story whose helpdesk is connected with these settings, and whose order says what it cost.
async fn begin(db: Db, kind: HelpdeskKind, change: impl FnOnce(&mut ConnectionSettings)) -> Story {
    let app = TestApp::start(db).await;
    let desk = Desk::connect_with(&app, kind, change).await;
    let story = Story::around(app, desk).await;
    story.app.act(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [sold(ORDER, "alma")] })).await;
    story
}

async fn ask_for(story: &Story, line: &str) -> Value {
    let input = json!({ "orderId": story.order_id(ORDER).await, "lineId": line, "basis": "COMMERCIAL" });
    let asked = story.app.act(&story.vendor, "refundRequest", "refund { id revision }", input).await["refund"].clone();
    story.desk.settle(&story.app).await;
    asked
}

async fn decline(story: &Story, refund: &Value) {
    let input = json!({ "refundId": refund["id"], "revision": refund["revision"], "reason": "OTHER", "text": "Non." });
    story.app.act(&story.seller, "refundDecline", "refund { id }", input).await;
    story.desk.settle(&story.app).await;
}

async fn tags_follow(db: Db, kind: HelpdeskKind) {
    let story = Box::pin(begin(db, kind, |settings| settings.marks.tags = MarkTags::On)).await;
    let ticket = story.ticket().await;
    let tags = || story.desk.sim.ticket(ticket).unwrap().tags;
    let before = tags();

    let refund = ask_for(&story, "1").await;
    assert_eq!(tags(), [before.clone(), vec!["tl_refund_requested".to_owned()]].concat());
    decline(&story, &refund).await;
    assert_eq!(tags(), [before.clone(), vec!["tl_refund_declined".to_owned()]].concat());
    ask_for(&story, "2").await;
    assert_eq!(tags(), [before, vec!["tl_refund_declined".to_owned(), "tl_refund_requested".to_owned()]].concat());
}

async fn nothing_is_marked_unasked(db: Db, kind: HelpdeskKind) {
    let story = Box::pin(begin(db, kind, |_| {})).await;
    let ticket = story.ticket().await;
    let before = story.desk.sim.ticket(ticket).unwrap();
    ask_for(&story, "1").await;
    let after = story.desk.sim.ticket(ticket).unwrap();
    assert_eq!((after.tags, after.fields), (before.tags, before.fields));
}

/// Who asked is told that it was heard; who did not is told when something is decided.
async fn the_buyer_hears_of_what_the_buyer_asked(db: Db, kind: HelpdeskKind) {
    let story = Box::pin(begin(db, kind, |_| {})).await;
    let ticket = story.ticket().await;
    let told = || story.desk.sim.comments(ticket).iter().filter(|comment| comment.audience == Audience::Public).count();
    let before = told();
    let input = json!({ "orderId": story.order_id(ORDER).await, "lineId": "1", "basis": "COMMERCIAL" });
    let asked = story.app.act(&story.operator, "refundRequest", "refund { id revision }", input).await["refund"].clone();
    story.desk.settle(&story.app).await;
    assert_eq!(told(), before, "the operator asked");
    decline(&story, &asked).await;
    assert_eq!(told(), before + 1);
    ask_for(&story, "2").await;
    assert_eq!(told(), before + 2, "the buyer asked, through the shop");
}

in_both_products! {
    the_buyer_hears_of_their_own_request => the_buyer_hears_of_what_the_buyer_asked;
    tags_follow_the_refund => tags_follow;
    without_the_setting_nothing_is_marked => nothing_is_marked_unasked;
}
