//! The choice of a media type for the answer, from the `Accept` header (RFC 9110, section 12.5.1).

use std::cmp::Reverse;

use axum::http::{HeaderMap, HeaderValue, header};

/// A media type that the endpoint can answer in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/json`: the status says little, as old clients expect.
    Json,
    /// `application/graphql-response+json`: the status tells request errors from answers.
    GraphqlResponse,
    /// `text/html`: a person with a browser.
    Html,
}

impl Media {
    /// The value of `Content-Type`.
    pub(super) const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
        })
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::GraphqlResponse => "application/graphql-response+json",
            Self::Html => "text/html",
        }
    }
}

/// How well a media range fits: its weight, how exactly it names the type, and how early it comes.
type Fit = (u16, u8, Reverse<usize>);

/// The best of `offers` (the first, where the client has no preference), or none if the client wants none of them.
pub(super) fn negotiate(headers: &HeaderMap, offers: &[Media]) -> Option<Media> {
    let accept: Vec<&str> =
        headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).collect();
    if accept.iter().all(|range| range.trim().is_empty()) {
        return offers.first().copied();
    }
    let fits = offers.iter().rev().filter_map(|media| Some((fit(*media, &accept)?, *media)));
    fits.max_by_key(|(fit, _)| *fit).map(|(_, media)| media)
}

/// The fit of the range that names `media` most exactly, unless that range excludes it.
fn fit(media: Media, accept: &[&str]) -> Option<Fit> {
    let mut best: Option<(u8, Reverse<usize>, u16)> = None;
    for (position, range) in accept.iter().enumerate() {
        let mut parts = range.split(';').map(str::trim);
        let Some(exactness) = parts.next().and_then(|range| exactness(media, range)) else { continue };
        let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q="))).map_or(1000, weight);
        best = best.max(Some((exactness, Reverse(position), weight)));
    }
    let (exactness, position, weight) = best?;
    (weight > 0).then_some((weight, exactness, position))
}

fn exactness(media: Media, range: &str) -> Option<u8> {
    if range.eq_ignore_ascii_case(media.name()) {
        return Some(2);
    }
    // A page is for those who ask for one by name; programs send `*/*` too.
    let wildcard = media != Media::Html;
    match range {
        "application/*" if wildcard => Some(1),
        "*/*" if wildcard => Some(0),
        _ => None,
    }
}

/// A weight in thousandths; what is no weight counts as none.
fn weight(text: &str) -> u16 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    match (whole, format!("{fraction:0<3}").parse::<u16>()) {
        ("1", Ok(0)) => 1000,
        ("0", Ok(thousandths)) if thousandths < 1000 => thousandths,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(accept: &str) -> Option<Media> {
        let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_str(accept).unwrap())]);
        negotiate(&headers, &[Media::Json, Media::GraphqlResponse, Media::Html])
    }

    #[test]
    fn clients_get_what_they_prefer() {
        use Media::{GraphqlResponse, Html, Json};
        for (accept, media) in [
            ("", Some(Json)),
            ("*/*", Some(Json)),
            ("application/*", Some(Json)),
            ("application/json", Some(Json)),
            ("application/graphql-response+json", Some(GraphqlResponse)),
            ("application/graphql-response+json, application/json;q=0.9", Some(GraphqlResponse)),
            ("application/graphql-response+json;q=0.8, application/json;q=0.9", Some(Json)),
            ("application/graphql-response+json, application/json", Some(GraphqlResponse)),
            ("application/json, application/graphql-response+json", Some(Json)),
            ("application/graphql-response+json, */*", Some(GraphqlResponse)),
            ("*/*, application/json;q=0", Some(GraphqlResponse)),
            ("Application/JSON; charset=utf-8; q=0.5, image/png", Some(Json)),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Some(Html)),
            ("text/html;q=0.1, application/json", Some(Json)),
            ("text/plain", None),
            ("application/json;q=0", None),
            ("application/json;q=2", None),
        ] {
            assert_eq!(chosen(accept), media, "{accept}");
        }
    }

    #[test]
    fn no_header_means_no_preference() {
        assert_eq!(negotiate(&HeaderMap::new(), &[Media::Json, Media::GraphqlResponse]), Some(Media::Json));
    }
}
