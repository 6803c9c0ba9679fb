//! `GraphiQL`, self-contained: the page loads nothing from anywhere but this server and may talk to nobody else.
//!
//! `web/` holds the source, `dist/` what `web/build.sh` made of it.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

/// `'self'` covers `ws:` and `wss:` to this server too (CSP level 3), so a token typed into the page can go nowhere else.
const CONTENT_SECURITY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const HARDENING: [(HeaderName, &str); 3] =
    [(CONTENT_SECURITY_POLICY, CONTENT_SECURITY), (X_CONTENT_TYPE_OPTIONS, "nosniff"), (REFERRER_POLICY, "no-referrer")];

/// A file of the page, as it is sent.
struct Asset {
    name: &'static str,
    content_type: &'static str,
    packing: Packing,
    bytes: &'static [u8],
    etag: String,
}

#[derive(Clone, Copy)]
enum Packing {
    Plain,
    /// Sent as it lies there: there is no browser that runs the page and cannot unpack gzip.
    Gzip,
}

static ASSETS: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    [
        Asset::new("graphiql.js", "text/javascript; charset=utf-8", Packing::Gzip, include_bytes!("dist/graphiql.js.gz")),
        Asset::new("graphiql.css", "text/css; charset=utf-8", Packing::Gzip, include_bytes!("dist/graphiql.css.gz")),
        Asset::new("THIRD-PARTY.txt", "text/plain; charset=utf-8", Packing::Plain, include_bytes!("dist/THIRD-PARTY.txt")),
    ]
});

impl Asset {
    fn new(name: &'static str, content_type: &'static str, packing: Packing, bytes: &'static [u8]) -> Self {
        let etag = format!("\"{}\"", hex::encode(&Sha256::digest(bytes)[..16]));
        Self { name, content_type, packing, bytes, etag }
    }

    /// The file, or 304 when the browser still has this very one.
    fn respond(&self, request: &HeaderMap) -> Response {
        // The names stay when the content changes, so a browser asks each time and is mostly told to use what it has.
        let caching = [(ETAG, self.etag.as_str()), (CACHE_CONTROL, "no-cache")];
        // Contained, because proxies weaken the tag (`W/"…"`) and browsers may list several.
        let known = request.get(IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
        if known.is_some_and(|tags| tags.contains(&self.etag)) {
            return (StatusCode::NOT_MODIFIED, caching).into_response();
        }
        let mut response = (HARDENING, caching, [(CONTENT_TYPE, self.content_type)], self.bytes).into_response();
        if let Packing::Gzip = self.packing {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }
}

/// The page itself, for `GET` on the GraphQL endpoint by a browser. It must be served one level above [`routes`]'
/// `/graphiql/…`, as `/graphql` or `/graphiql` are.
pub fn page() -> Response {
    let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-cache")];
    (HARDENING, headers, include_str!("index.html")).into_response()
}

/// `GET /graphiql/{file}`: the script, the style and the licence notices of the page.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/graphiql/{file}", get(file))
}

async fn file(Path(name): Path<String>, request: HeaderMap) -> Response {
    match ASSETS.iter().find(|asset| asset.name == name) {
        Some(asset) => asset.respond(&request),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use tower::ServiceExt;

    use super::*;

    async fn fetch(path: &str, known: Option<&str>) -> Response {
        let request = Request::get(path).header(IF_NONE_MATCH, known.unwrap_or_default());
        routes::<()>().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn every_file_that_the_page_names_is_served() {
        let page = to_bytes(page().into_body(), usize::MAX).await.unwrap();
        let page = str::from_utf8(&page).unwrap();
        let named: Vec<_> = page.split('"').filter(|word| word.starts_with("graphiql/")).collect();
        assert_eq!(named.len(), 2);
        for file in named {
            assert_eq!(fetch(&format!("/{file}"), None).await.status(), StatusCode::OK, "{file}");
        }
    }

    #[tokio::test]
    async fn an_unchanged_file_is_not_sent_again() {
        let first = fetch("/graphiql/graphiql.css", None).await;
        let etag = first.headers()[ETAG].to_str().unwrap();
        let again = fetch("/graphiql/graphiql.css", Some(etag)).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        let weakened = fetch("/graphiql/graphiql.css", Some(&format!("W/{etag}"))).await;
        assert_eq!(weakened.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(fetch("/graphiql/graphiql.css", Some("\"other\"")).await.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn other_names_are_not_found() {
        assert_eq!(fetch("/graphiql/mod.rs", None).await.status(), StatusCode::NOT_FOUND);
    }
}
