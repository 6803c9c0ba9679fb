//! Every command, for people and for scripts, on both databases.

use serde_json::json;

use super::shell::Shell;
use crate::harness::{Db, on_both_databases};

const CREATE: &str = "marketplace create bazar --name Bazar --currency EUR --locale fr --timezone Europe/Paris";
const ZENDESK: &str = "connect zendesk --marketplace bazar --base-url https://acme.zendesk.com --webhook-secret s3cret";
const FRESHDESK: &str = "connect freshdesk --marketplace bazar --base-url https://acme.freshdesk.com --api-key k3y";

on_both_databases! {
    async fn tables_are_made_as_often_as_asked(db: Db) {
        let shell = Shell::new(db).await;
        assert_eq!(shell.json("migrate").await, json!({ "migrated": true }));
        assert_eq!(shell.says("migrate").await, "The tables are up to date.\n");
    }

    async fn marketplaces_are_created_changed_and_listed(db: Db) {
        let shell = Shell::new(db).await;
        assert_eq!(shell.says("marketplace list").await, "There is no marketplace yet.\n");
        let made = shell.says(CREATE).await;
        assert!(made.contains("`bazar`") && made.contains("trilogue connect zendesk --marketplace bazar"), "{made}");
        let other = shell.json("marketplace create souk --name Souk --currency TND --locale ar --timezone Africa/Tunis --seller-reply-hours 24").await;
        assert_eq!(other["slug"], "souk");

        let changed = shell.json("marketplace set bazar --conversation-mode tripartite --order-pattern (B-\\d+)").await;
        assert_eq!(changed["charter"]["conversationMode"], "TRIPARTITE");
        assert_eq!(changed["charter"]["orderPattern"], "(B-\\d+)");
        assert_eq!(changed["charter"]["targets"]["seller"]["firstReplyHours"], 48, "what was not named stays");
        assert_eq!(changed["charterVersion"], 2);
        assert_eq!(shell.says("marketplace set bazar --private-mirror internal-notes").await, "Changed marketplace `bazar`: version 3 of its charter.\n");
        assert_eq!(shell.says("marketplace set bazar").await, "Marketplace `bazar` has these rules already.\n");
        let kept = shell.json("marketplace set bazar").await;
        assert_eq!((&kept["charter"]["conversationMode"], &kept["charter"]["privateMirror"]), (&json!("TRIPARTITE"), &json!("INTERNAL_NOTES")));

        let hours = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/business-hours.json");
        let set = shell.json(&format!("marketplace set bazar --business-hours {hours}")).await;
        assert_eq!(set["charter"]["businessHours"]["timezone"], "Europe/Paris");
        assert_eq!(shell.says("marketplace set bazar --seller-reply-hours 24").await, "Changed marketplace `bazar`: version 5 of its charter.\n");
        assert_eq!(shell.json("marketplace set bazar").await["charter"]["businessHours"]["holidays"]["country"], "FR", "they stay");
        assert_eq!(shell.json("marketplace set bazar --business-hours always").await["charter"]["businessHours"], json!(null));

        let masking = shell.json("marketplace set bazar --masking off --masking-kinds phone,email --masking-allow bazar.example").await;
        let expected = json!({ "mode": "OFF", "kinds": ["EMAIL", "PHONE"], "allowedHosts": ["bazar.example"] });
        assert_eq!(masking["charter"]["masking"], expected);
        let on = shell.json("marketplace set bazar --masking on --masking-allow none").await;
        assert_eq!(on["charter"]["masking"], json!({ "mode": "MASK", "kinds": ["EMAIL", "PHONE"], "allowedHosts": [] }));

        let listed = shell.json("marketplace list").await;
        let slugs: Vec<_> = listed["marketplaces"].as_array().unwrap().iter().map(|row| row["slug"].as_str().unwrap()).collect();
        assert_eq!(slugs, ["bazar", "souk"]);
        assert_eq!(listed["marketplaces"][1]["marketplaceId"], other["marketplaceId"]);
        let table = shell.says("marketplace list").await;
        let lines: Vec<_> = table.lines().collect();
        assert!(lines[0].starts_with("slug   name   currency  locale  timezone"), "{table}");
        assert!(lines[2].starts_with("souk   Souk   TND       ar      Africa/Tunis"), "{table}");
    }

    async fn everything_is_made_findable_anew(db: Db) {
        let shell = Shell::new(db).await;
        assert_eq!(shell.says("search rebuild").await, "There is no marketplace.\n");
        shell.says(CREATE).await;
        for line in ["search rebuild", "search rebuild --marketplace bazar"] {
            assert_eq!(shell.json(line).await, json!({ "search": [{ "marketplace": "bazar", "entries": 0 }] }));
        }
    }

    async fn helpdesks_are_connected_and_connected_anew(db: Db) {
        let shell = Shell::new(db).await.with("TRILOGUE_PUBLIC_URL", "https://trilogue.example.org/");
        shell.says(CREATE).await;
        let zendesk = shell.json(&format!("{ZENDESK} --oauth-token t0ken")).await;
        let id = zendesk["connectionId"].as_str().unwrap();
        assert_eq!(zendesk["webhookUrl"], format!("https://trilogue.example.org/webhooks/zendesk/{id}"));
        assert_eq!(zendesk["webhookHeaders"], json!({}), "Zendesk signs");
        let again = shell.json(&format!("{ZENDESK} --email agent@acme.org --api-token t0ken")).await;
        assert_eq!(again["connectionId"], zendesk["connectionId"]);
        let told = shell.says(&format!("{ZENDESK} --oauth-token t0ken")).await;
        assert!(told.contains(zendesk["webhookUrl"].as_str().unwrap()) && told.contains("{{ticket.id}}"), "{told}");

        let freshdesk = shell.json(&format!("{FRESHDESK} --webhook-secret s3cret")).await;
        assert_eq!(freshdesk["webhookHeaders"], json!({ "X-Trilogue-Secret": "s3cret" }));
        let secret = |answer: &serde_json::Value| answer["webhookHeaders"]["X-Trilogue-Secret"].as_str().unwrap().to_owned();
        let (one, other) = (shell.json(FRESHDESK).await, shell.json(FRESHDESK).await);
        assert_eq!(one["connectionId"], freshdesk["connectionId"]);
        assert!(secret(&one).len() >= 32 && secret(&one) != secret(&other), "a secret is made when none is given");
        let told = shell.says(FRESHDESK).await;
        assert!(told.contains("/webhooks/freshdesk/") && told.contains(r#"{"X-Trilogue-Secret":""#), "{told}");
    }

    async fn tokens_are_made_listed_and_revoked(db: Db) {
        let shell = Shell::new(db).await;
        shell.says(CREATE).await;
        assert_eq!(shell.says("token list --marketplace bazar").await, "There is no token yet.\n");
        let seller = shell.json("token create --marketplace bazar --role seller --seller alma --name Alma").await;
        assert!(seller["token"].as_str().unwrap().starts_with("trl_sl_") && seller["sellerId"].is_string());
        let told = shell.says("token create --marketplace bazar --role operator --name sidebar").await;
        assert!(told.starts_with("trl_op_") && told.contains("not shown again"), "{told}");
        shell.json("token create --marketplace bazar --role vendor --name shop").await;

        let id = seller["tokenId"].as_str().unwrap();
        assert_eq!(shell.says(&format!("token revoke --marketplace bazar {id}")).await, format!("Revoked {id}.\n"));
        let listed = shell.json("token list --marketplace bazar").await;
        let rows = listed["tokens"].as_array().unwrap();
        let seen: Vec<_> = rows.iter().map(|row| (row["role"].as_str().unwrap(), row["revokedAt"].is_string())).collect();
        assert_eq!(seen, [("SELLER", true), ("OPERATOR", false), ("VENDOR", false)]);
        assert!(!listed.to_string().contains("trl_"), "a token's text is nowhere kept");
        let vendor = rows[2]["tokenId"].as_str().unwrap();
        assert_eq!(shell.json(&format!("token revoke --marketplace bazar {vendor}")).await, json!({ "revoked": vendor }));
    }

    async fn empty_queues_say_so(db: Db) {
        let shell = Shell::new(db).await;
        shell.says(CREATE).await;
        assert_eq!(shell.says("inbox list --marketplace bazar").await, "Nothing has come in.\n");
        assert_eq!(shell.says("outbox list --marketplace bazar --status dead").await, "Nothing has gone out.\n");
        assert_eq!(shell.json("inbox list --marketplace bazar").await, json!({ "inbox": [] }));
        assert_eq!(shell.json("outbox list --marketplace bazar --limit 1000").await, json!({ "outbox": [] }));
    }
}

#[tokio::test]
async fn the_schema_is_printed_without_a_database() {
    let shell = Shell::new(Db::Sqlite).await.with("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing");
    assert_eq!(shell.says("schema").await, trilogue::graphql::sdl());
    assert_eq!(shell.json("schema").await["sdl"], trilogue::graphql::sdl());
    assert_eq!(std::fs::read_dir(shell.folder()).unwrap().count(), 0);
}

#[tokio::test]
async fn every_command_explains_itself() {
    let shell = Shell::new(Db::Sqlite).await;
    let mut lines = vec![String::new()];
    let mut leaves = Vec::new();
    while let Some(line) = lines.pop() {
        let help = shell.says(&format!("{line} --help")).await;
        let commands = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap_or_default();
        let names: Vec<_> =
            commands.lines().filter_map(|command| command.split_whitespace().next()).filter(|name| *name != "help").collect();
        assert!(help.contains("--json"), "{line}: {help}");
        if names.is_empty() {
            leaves.push(line.trim().to_owned());
        }
        lines.extend(names.iter().map(|name| format!("{line} {name}")));
    }
    leaves.sort();
    let known = "connect freshdesk, connect payments, connect stripe, connect zendesk, demo, doctor, inbox list, inbox replay, inbox show, marketplace create, \
                 marketplace list, marketplace set, measures recompute, migrate, outbox list, outbox replay, payments list, payments replay, \
                 schema, search rebuild, serve, token create, token list, token revoke";
    assert_eq!(leaves.join(", "), known);
    let version = format!("trilogue {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(shell.says("--version").await, version);
}
