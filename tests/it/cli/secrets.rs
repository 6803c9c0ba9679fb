//! Where secrets are, and where they are not.

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::shell::Shell;
use crate::harness::Db;

const SECRETS: [&str; 4] =
    ["oauth-token-in-the-clear", "api-key-in-the-clear", "zendesk-secret-in-the-clear", "freshdesk-secret-in-the-clear"];

#[tokio::test]
async fn a_stolen_database_file_opens_nothing() {
    let shell = Shell::new(Db::Sqlite).await;
    shell.says("marketplace create bazar --name Bazar --currency EUR --locale fr --timezone Europe/Paris").await;
    let [oauth, key, zendesk, freshdesk] = SECRETS;
    let connect = "--marketplace bazar --base-url https://acme.example.org";
    shell.says(&format!("connect zendesk {connect} --oauth-token {oauth} --webhook-secret {zendesk}")).await;
    shell.says(&format!("connect freshdesk {connect} --api-key {key} --webhook-secret {freshdesk}")).await;
    let made = shell.json("token create --marketplace bazar --role operator --name sidebar").await;
    let token = made["token"].as_str().unwrap();

    let key_file = shell.folder().join("trilogue.db.key");
    assert_eq!(std::fs::metadata(&key_file).unwrap().permissions().mode() & 0o777, 0o600);
    let secret_key = std::fs::read_to_string(&key_file).unwrap();
    let files = std::fs::read_dir(shell.folder()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| *path != key_file);
    let bytes: Vec<u8> = files.flat_map(|path| std::fs::read(path).unwrap()).collect();
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("https://acme.example.org"), "what is no secret is there to be read");
    for secret in SECRETS.into_iter().chain([token, secret_key.trim()]) {
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
