//! The pages for machines: whether it lives, whether it is ready, its counters.

use std::collections::HashMap;

use trilogue::store::QueueStatus::{Dead, Pending};

use super::{Door, event};
use crate::harness::on_both_databases;

async fn the_pages_of_the_house(door: &Door) {
    door.expect("one for the counters", door.zendesk(event("p1", "ticket.created", 1)), 200, Some(Pending)).await;
    door.expect("one that is dead", door.zendesk("no JSON"), 200, Some(Dead)).await;
    let pages: HashMap<&str, (u16, String, String)> = {
        let get = async |path: &'static str| {
            let response = door.app.http.get(format!("{}{path}", door.app.url)).send().await.unwrap();
            let content = response.headers()["content-type"].to_str().unwrap().to_owned();
            (path, (response.status().as_u16(), content, response.text().await.unwrap()))
        };
        HashMap::from([get("/healthz").await, get("/readyz").await, get("/metrics").await])
    };
    assert_eq!((pages["/healthz"].0, pages["/healthz"].2.as_str()), (200, "ok\n"));
    assert_eq!((pages["/readyz"].0, pages["/readyz"].2.as_str()), (200, "ready\n"));
    let (status, content, metrics) = &pages["/metrics"];
    assert_eq!((*status, content.as_str()), (200, "text/plain; version=0.0.4; charset=utf-8"));
    for name in [
        r#"trilogue_webhooks_total{outcome="stored"}"#,
        r#"trilogue_webhooks_total{outcome="unreadable"}"#,
        r#"trilogue_queue_depth{queue="inbox",state="unfinished"}"#,
        r#"trilogue_queue_depth{queue="inbox",state="dead"}"#,
        r#"trilogue_queue_depth{queue="outbox",state="parked"}"#,
        "trilogue_inbox_committing",
        "trilogue_inbox_batch_size",
    ] {
        assert!(metrics.contains(name), "{name} is missing in\n{metrics}");
    }
    assert!(!metrics.contains("acme"), "no names in metrics");
}

on_both_databases! {
    async fn pages_for_machines(db: Db) {
        the_pages_of_the_house(&Door::open(db).await).await;
    }
}
