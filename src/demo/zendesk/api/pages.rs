//! Cursor and offset pages. <https://developer.zendesk.com/api-reference/introduction/pagination/>

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::Problem;
use crate::demo::peer::Call;

const LARGEST_PAGE: usize = 100;

/// Whether the call pages by cursor.
pub(super) fn by_cursor(call: &Call) -> bool {
    call.query.iter().any(|(key, _)| key.starts_with("page["))
}

/// The answer's list under `key`, with what the caller needs to go on. The items come in their order, with their ids.
pub(super) fn page(call: &Call, base_url: &str, key: &str, items: Vec<(i64, Value)>) -> Result<Value, Problem> {
    if by_cursor(call) { cursor_page(call, base_url, key, items) } else { offset_page(call, base_url, key, items) }
}

fn cursor_page(call: &Call, base_url: &str, key: &str, items: Vec<(i64, Value)>) -> Result<Value, Problem> {
    let size = match call.query("page[size]") {
        None => LARGEST_PAGE,
        Some(size) => size.parse().ok().filter(|size| (1..=LARGEST_PAGE).contains(size)).ok_or_else(|| bad("page[size]"))?,
    };
    let start = match call.query("page[after]") {
        None => 0,
        Some(cursor) => {
            let after = decode(cursor).ok_or_else(|| bad("page[after]"))?;
            items.iter().position(|(id, _)| *id == after).ok_or_else(|| bad("page[after]"))? + 1
        }
    };
    let has_more = items.len() > start + size;
    let shown: Vec<_> = items.into_iter().skip(start).take(size).collect();
    let after = shown.last().map(|(id, _)| encode(*id)).or_else(|| call.query("page[after]").map(str::to_owned));
    let before = shown.first().map(|(id, _)| encode(*id));
    // `next` is there even when nothing follows: `has_more` alone tells.
    let next = after.as_deref().map(|cursor| link(call, base_url, "page[after]", cursor));
    Ok(json!({
        key: shown.into_iter().map(|(_, item)| item).collect::<Vec<_>>(),
        "meta": {"has_more": has_more, "after_cursor": after, "before_cursor": before},
        "links": {"next": next, "prev": null},
    }))
}

fn offset_page(call: &Call, base_url: &str, key: &str, items: Vec<(i64, Value)>) -> Result<Value, Problem> {
    let page: usize = call.query("page").map_or(Ok(1), str::parse).map_err(|_| bad("page"))?;
    let size = call.query("per_page").map_or(Ok(LARGEST_PAGE), str::parse).map_err(|_| bad("per_page"))?.clamp(1, LARGEST_PAGE);
    if page * size > 10_000 {
        let description = "Offset pages end at 10,000 records".to_owned();
        return Err(Problem::BadRequest { error: "InvalidPaginationDepth", description });
    }
    let count = items.len();
    let start = page.saturating_sub(1) * size;
    let shown: Vec<_> = items.into_iter().skip(start).take(size).map(|(_, item)| item).collect();
    let next = (count > start + size).then(|| link(call, base_url, "page", &(page + 1).to_string()));
    let previous = (page > 1).then(|| link(call, base_url, "page", &(page - 1).to_string()));
    Ok(json!({key: shown, "count": count, "next_page": next, "previous_page": previous}))
}

fn link(call: &Call, base_url: &str, name: &str, value: &str) -> String {
    let kept = call.query.iter().filter(|(key, _)| key != name).map(|(key, value)| (key.as_str(), value.as_str()));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).append_pair(name, value).finish();
    format!("{base_url}{}?{query}", call.path)
}

fn encode(id: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("after/{id}"))
}

fn decode(cursor: &str) -> Option<i64> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    text.strip_prefix("after/")?.parse().ok()
}

fn bad(parameter: &str) -> Problem {
    Problem::BadRequest { error: "InvalidPaginationParameter", description: format!("{parameter} is not valid") }
}
