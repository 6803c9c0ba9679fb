//! Files in a bucket: the calls that S3 takes, from a server that takes no others.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;
use tokio::net::TcpListener;
use trilogue::files::{Bucket, Files, FilesError};

type Objects = Arc<Mutex<BTreeMap<String, Bytes>>>;

/// Keeps objects by path; parts of one that is not whole under the path, a space and their number.
async fn answer(State(objects): State<Objects>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let signed = parts.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !signed.starts_with("AWS4-HMAC-SHA256 Credential=key/") {
        return StatusCode::FORBIDDEN.into_response();
    }
    let (path, query) = (parts.uri.path().to_owned(), parts.uri.query().unwrap_or_default().to_owned());
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let mut objects = objects.lock().unwrap();
    let number = query.split('&').find_map(|part| part.strip_prefix("partNumber="));
    match (parts.method, number) {
        (Method::POST, None) if query.starts_with("uploads") => {
            "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>".into_response()
        }
        (Method::PUT, Some(number)) => {
            objects.insert(format!("{path} {number:0>3}"), body);
            [("etag", format!("\"{number}\""))].into_response()
        }
        (Method::POST, None) => {
            let prefix = format!("{path} ");
            let whole = objects.iter().filter(|(key, _)| key.starts_with(&prefix)).flat_map(|(_, part)| part.to_vec()).collect::<Vec<_>>();
            objects.retain(|key, _| !key.starts_with(&prefix));
            objects.insert(path, whole.into());
            "<CompleteMultipartUploadResult><ETag>\"1\"</ETag></CompleteMultipartUploadResult>".into_response()
        }
        (Method::PUT, None) => {
            objects.insert(path, body);
            [("etag", "\"1\"")].into_response()
        }
        (Method::GET, None) => match objects.get(&path) {
            Some(found) => ([("etag", "\"1\""), ("last-modified", "Sun, 22 Nov 2026 09:00:00 GMT")], found.clone()).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        (Method::DELETE, None) => {
            objects.retain(|key, _| key.split(' ').next() != Some(&path));
            StatusCode::NO_CONTENT.into_response()
        }
        _ => StatusCode::NOT_IMPLEMENTED.into_response(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_keeps_files_as_a_folder_does() {
    // As at the start of a server: the bucket's client takes the cryptography that is there.
    drop(crate::harness::client());
    let objects = Objects::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer).with_state(Arc::clone(&objects));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let files = Files::in_bucket(&Bucket {
        name: "files".to_owned(),
        endpoint: Some(endpoint),
        region: "eu-west-3".to_owned(),
        access_key: Some("key".to_owned()),
        secret_key: Some("secret".to_owned().into()),
    })
    .unwrap();
    for size in [1, 11_000_000] {
        let (key, content) = (Files::new_key(), vec![7_u8; size]);
        let mut writing = files.write(&key);
        for piece in content.chunks(1_000_000) {
            writing.add(piece).await.unwrap();
        }
        writing.finish().await.unwrap();
        assert_eq!(objects.lock().unwrap().keys().collect::<Vec<_>>(), [&format!("/files/{key}")], "whole, and nothing beside it");
        assert_eq!(files.read_whole(&key).await.unwrap(), content);
        let pieces: Vec<_> = files.read(&key).await.unwrap().try_collect().await.unwrap();
        assert_eq!(pieces.concat(), content);
        for _ in 0..2 {
            files.remove(&key).await.unwrap();
        }
        assert!(matches!(files.read_whole(&key).await, Err(FilesError::NotFound)));
    }
}
