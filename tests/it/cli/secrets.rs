//! Where secrets are, and where they are not.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::shell::Shell;
use crate::harness::Db;

const SECRETS: [&str; 6] = [
    "oauth-token-in-the-clear",
    "api-key-in-the-clear",
    "zendesk-secret-in-the-clear",
    "freshdesk-secret-in-the-clear",
    "stripe-key-in-the-clear",
    "stripe-secret-in-the-clear",
];

#[tokio::test]
async fn a_stolen_database_file_opens_nothing() {
    let shell = Shell::new(Db::Sqlite).await;
    shell.says("marketplace create bazar --name Bazar --currency EUR --locale fr --timezone Europe/Paris").await;
    let [oauth, key, zendesk, freshdesk, stripe, reports] = SECRETS;
    let connect = "--marketplace bazar --base-url https://acme.example.org";
    shell.says(&format!("connect zendesk {connect} --oauth-token {oauth} --webhook-secret {zendesk}")).await;
    shell.says(&format!("connect freshdesk {connect} --api-key {key} --webhook-secret {freshdesk}")).await;
    shell.says(&format!("connect stripe --marketplace bazar --secret-key {stripe} --webhook-secret {reports}")).await;
    let shop = shell.json("connect payments --marketplace bazar --url https://shop.example.org/refunds").await;
    let [signs, believes] = ["secret", "reportSecret"].map(|name| shop[name].as_str().unwrap().trim_start_matches("whsec_"));
    let made = shell.json("token create --marketplace bazar --role operator --name sidebar").await;
    let token = made["token"].as_str().unwrap();

    let key_file = shell.folder().join("trilogue.db.key");
    assert_eq!(std::fs::metadata(&key_file).unwrap().permissions().mode() & 0o777, 0o600);
    let secret_key = std::fs::read_to_string(&key_file).unwrap();
    let files = std::fs::read_dir(shell.folder()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| *path != key_file);
    let bytes: Vec<u8> = files.flat_map(|path| std::fs::read(path).unwrap()).collect();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("https://acme.example.org"), "what is no secret is there to be read");
    for secret in SECRETS.into_iter().chain([token, secret_key.trim(), signs, believes]) {
        assert!(!holds(secret), "{secret}");
    }
}

#[tokio::test]
async fn the_settings_file_is_read_and_variables_win() {
    let mut shell = Shell::new(Db::Sqlite).await;
    std::fs::write(shell.folder().join("trilogue.toml"), "database_url = 'sqlite://shop.db'\npublic_url = 'https://file.example.org'\n")
        .unwrap();
    std::fs::write(shell.folder().join("other.toml"), "database_url = 'sqlite://shop.db'\npublic_url = 'https://other.example.org'\n")
        .unwrap();
    shell.says("marketplace create bazar --name Bazar --currency EUR --locale fr --timezone Europe/Paris").await;
    assert!(shell.folder().join("shop.db").is_file() && shell.folder().join("shop.db.key").is_file());

    let connect = "connect freshdesk --marketplace bazar --base-url https://acme.freshdesk.com --api-key k";
    let host = |answer: Value| answer["webhookUrl"].as_str().unwrap().split('/').nth(2).unwrap().to_owned();
    assert_eq!(host(shell.json(connect).await), "file.example.org");
    assert_eq!(host(shell.json(&format!("--config other.toml {connect}")).await), "other.example.org");
    shell.set("TRILOGUE_PUBLIC_URL", "https://variable.example.org");
    assert_eq!(host(shell.json(&format!("--config other.toml {connect}")).await), "variable.example.org");
}

#[tokio::test]
async fn keys_for_payments_are_shown_once_and_no_private_address_is_called() {
    let shell = Shell::new(Db::Sqlite).await;
    shell.says("marketplace create bazar --name Bazar --currency EUR --locale fr --timezone Europe/Paris").await;
    let connect = "connect payments --marketplace bazar --url";
    for address in ["https://169.254.169.254/latest", "https://127.0.0.1/", "https://[::1]/", "http://shop.example.org/"] {
        let sentence = shell.refuses(1, &format!("{connect} {address}")).await;
        assert!(sentence.contains("must"), "{sentence}");
    }
    let first = shell.json(&format!("{connect} https://shop.example.org/refunds")).await;
    let [secret, report] = ["secret", "reportSecret"].map(|name| first[name].as_str().unwrap().to_owned());
    assert!(secret != report && secret.starts_with("whsec_") && report.starts_with("whsec_"));
    let again = shell.json(&format!("{connect} https://shop.example.org/v2/refunds")).await;
    assert_eq!((&again["connectionId"], &again["secret"], &again["reportSecret"]), (&first["connectionId"], &Value::Null, &Value::Null));
    let turned = shell.json(&format!("{connect} https://shop.example.org/v2/refunds --new-keys")).await;
    assert!(turned["secret"] != Value::String(secret) && turned["connectionId"] == first["connectionId"]);

    shell.refuses(1, "connect stripe --marketplace bazar --webhook-secret whsec_x").await;
    let stripe = shell.json("connect stripe --marketplace bazar --secret-key rk_x --charges separate-transfers").await;
    assert_ne!(stripe["connectionId"], first["connectionId"]);
    let doctor = shell.run("doctor --json").await;
    let said = String::from_utf8(doctor.stdout).unwrap();
    assert!(said.contains("its reports cannot be checked") && !said.contains("rk_x"), "{said}");
    let secret = shell.json("connect stripe --marketplace bazar --webhook-secret whsec_x").await;
    assert_eq!(secret["connectionId"], stripe["connectionId"]);
    assert!(String::from_utf8(shell.run("doctor --json").await.stdout).unwrap().contains("its reports can be checked"));
    assert_eq!(shell.json("payments list --marketplace bazar").await["payments"], serde_json::json!([]));
}
