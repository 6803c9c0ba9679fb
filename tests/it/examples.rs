//! The programs in `examples/`, run as their README says.

use std::process::Output;

use tokio::process::Command;
use trilogue::demo::peer::Opening;
use trilogue::domain::parties::Role;
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Desk, TestApp, on_both_databases};

async fn node(app: &TestApp, token: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new("node");
    command.args(arguments).current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/examples"));
    command.env("TRILOGUE_URL", format!("{}/graphql", app.url)).env("TRILOGUE_TOKEN", token);
    command.output().await.unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

on_both_databases! {
    async fn a_vendor_and_a_seller_get_along_with_the_examples(db: Db) {
        let app = TestApp::start(db).await;
        let desk = Desk::connect(&app, HelpdeskKind::Zendesk).await;
        let vendor = app.token(Role::Vendor, None).await;
        for _ in 0..2 {
            let output = node(&app, &vendor, &["vendor/upsert.mjs", "vendor/catalogue.json"]).await;
            assert!(output.status.success() && said(&output).contains("2 sellers and 1 orders"), "{}", said(&output));
        }
        let buyer = desk.sim.add_end_user("Marie Dupont", "marie@example.org");
        let ticket = desk.sim.open_ticket(&buyer, Opening::new("Order MK-1001", "Where is my teapot?"));
        desk.settle(&app).await;

        let seller = app.token(Role::Seller, Some("alma")).await;
        let listed = said(&node(&app, &seller, &["seller/answer.mjs"]).await);
        assert!(listed.starts_with("C-1001") && listed.contains("Marie D.: Where is my teapot?"), "{listed}");
        for _ in 0..2 {
            let output = node(&app, &seller, &["seller/answer.mjs", "C-1001", "Sent today."]).await;
            assert!(output.status.success(), "{}", said(&output));
        }
        desk.settle(&app).await;
        let answers = desk.sim.comments(ticket).into_iter().filter(|comment| comment.text.contains("Sent today.")).count();
        assert_eq!(answers, 1);

        let refused = node(&app, &seller, &["vendor/upsert.mjs", "vendor/catalogue.json"]).await;
        assert!(!refused.status.success() && said(&refused).contains("Your access does not allow this."), "{}", said(&refused));
        let stranger = node(&app, "trl_sl_wrong", &["seller/answer.mjs"]).await;
        assert!(!stranger.status.success() && said(&stranger).contains("UNAUTHENTICATED"), "{}", said(&stranger));
    }
}
