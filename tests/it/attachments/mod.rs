//! Files that go with messages: sent, posted, had, brought to the helpdesk and from it.

mod bucket;
mod export;
mod helpdesk;
mod posting;
mod upload;

pub(crate) use export::assert_sealed;

use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::harness::{Story, TestApp};

/// A small picture.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89";
/// A small document.
pub(crate) const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n";

/// What a viewer sees of the files of a message.
pub(crate) const FILES: &str = "query($id: ID!) { node(id: $id) { ... on Message { attachments { id name contentType size sha256 state url urlExpiresAt message { id } } } } }";

/// Sends a file.
pub(crate) async fn send(app: &TestApp, token: &str, name: &str, content_type: &str, content: impl Into<reqwest::Body>) -> Response {
    let mut url: url::Url = format!("{}/attachments", app.url).parse().unwrap();
    url.query_pairs_mut().append_pair("filename", name);
    let request = app.http.post(url).bearer_auth(token).header("content-type", content_type).body(content);
    request.send().await.unwrap()
}

/// Sends a file that must be taken, and gives its id.
pub(crate) async fn upload(app: &TestApp, token: &str, name: &str, content_type: &str, content: &[u8]) -> String {
    let answer = send(app, token, name, content_type, content.to_vec()).await;
    assert_eq!(answer.status(), StatusCode::CREATED);
    answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
}

/// Posts words with files, whatever comes of it.
pub(crate) async fn try_post(story: &Story, token: &str, thread: &str, key: &str, files: &[String]) -> Value {
    let input = json!({ "threadId": thread, "text": "Voici.", "attachmentIds": files, "idempotencyKey": key });
    story.app.try_act(token, "messagePost", "message { id attachments { id } }", input).await
}

/// Posts words with files and gives the message's id.
pub(crate) async fn post(story: &Story, token: &str, thread: &str, key: &str, files: &[String]) -> String {
    let payload = try_post(story, token, thread, key, files).await;
    assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
    payload["message"]["id"].as_str().unwrap().to_owned()
}

/// The files of a message as a viewer sees them; none when the viewer does not see the message.
pub(crate) async fn files(app: &TestApp, token: &str, message: &str) -> Option<Vec<Value>> {
    let found = app.ask(token, FILES, json!({ "id": message })).await;
    found["node"]["attachments"].as_array().cloned()
}

/// The path and query of an address of ours, on the server under test.
pub(crate) fn here(app: &TestApp, url: &str) -> String {
    let url: url::Url = url.parse().unwrap();
    format!("{}{}{}", app.url, url.path(), url.query().map(|query| format!("?{query}")).unwrap_or_default())
}

/// How many objects lie in the depot.
pub(crate) fn objects(app: &TestApp) -> usize {
    let mut folders = vec![app.settings.attachments_folder()];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() { folders.push(entry.path()) } else { count += 1 }
        }
    }
    count
}
