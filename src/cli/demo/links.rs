//! Where to look: `GraphiQL` with a token and a query for each role.
//!
//! Such a link is long, because token and query stand in its fragment, and a terminal breaks it. So a lobby on a port of
//! its own forwards from short addresses.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use tokio_util::task::AbortOnDropHandle;
use url::form_urlencoded;

use super::house::listen;
use super::scene::{Case, Scene};
use super::voice::Ink;
use crate::demo::freshdesk::FreshdeskSim;
use crate::demo::peer::SimulatedHelpdesk;
use crate::demo::zendesk::ZendeskSim;

/// One way in.
struct Link {
    name: &'static str,
    ink: Ink,
    role: &'static str,
    about: String,
    target: String,
}

/// Shows the links, and forwards them until the handle is dropped.
pub(super) async fn show(scene: &mut Scene<'_>, case: &Case) -> anyhow::Result<AbortOnDropHandle<()>> {
    scene.settle().await?;
    scene.catch_up().await?;
    let links = Arc::new(links(scene, case));
    let listener = listen(8081).await?;
    let lobby = format!("http://{}", listener.local_addr()?);
    let router = Router::new().route("/", get(list)).route("/{name}", get(forward)).with_state(Arc::clone(&links));
    let serving = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the links lead nowhere any more");
        }
    });

    scene.voice.headline("Look around").await?;
    show_pages(scene).await?;
    scene.voice.tell("Each address opens GraphiQL with a token and a query in place: press ▶.").await?;
    scene.voice.gap()?;
    for link in links.iter() {
        scene.voice.verbatim(link.ink, link.role, &format!("{:<30} {}", format!("{lobby}/{}", link.name), link.about))?;
    }
    scene.voice.gap()?;
    scene.voice.tell(&format!("Any other client: POST {}/graphql, Authorization: Bearer", scene.house.url)).await?;
    scene.voice.gap()?;
    let tokens =
        [(Ink::Operator, "operator", &scene.operator), (Ink::Seller, "seller", &scene.alma), (Ink::Vendor, "vendor", &scene.vendor)];
    for (ink, role, api) in tokens {
        scene.voice.verbatim(ink, role, &api.token)?;
    }
    scene.voice.gap()?;
    show_machines(scene)?;
    scene.voice.tell("Buyers write on, now and then. What you do in GraphiQL shows here as well.").await?;
    Ok(AbortOnDropHandle::new(serving))
}

/// The sidebar in its helpdesks, or how to get it.
async fn show_pages(scene: &mut Scene<'_>) -> anyhow::Result<()> {
    if !scene.house.has_pages {
        scene
            .voice
            .tell("The sidebar is not built: that needs Node 20 or newer. Then: cd examples/apps && npm ci && npm run build")
            .await?;
        return Ok(scene.voice.gap()?);
    }
    scene.voice.tell("The sidebar beside a ticket, as an agent; and the seller's side of it:").await?;
    scene.voice.gap()?;
    for (name, page) in [("Zendesk", "demo-zendesk"), ("Freshdesk", "demo-freshdesk")] {
        scene.voice.verbatim(Ink::Operator, name, &format!("{}/app/{page}.html", scene.house.url))?;
    }
    scene.voice.verbatim(Ink::Seller, "seller", &format!("{}/app/seller.html", scene.house.url))?;
    Ok(scene.voice.gap()?)
}

fn show_machines(scene: &mut Scene<'_>) -> anyhow::Result<()> {
    let (house, voice) = (scene.house, &mut *scene.voice);
    voice.verbatim(Ink::Title, "metrics", &format!("{}/metrics", house.url))?;
    voice.verbatim(Ink::Title, "readiness", &format!("{}/readyz", house.url))?;
    voice.verbatim(Ink::Title, "Zendesk", &format!("{}  bearer {}", house.zendesk.base_url(), ZendeskSim::OAUTH_TOKEN))?;
    voice.verbatim(Ink::Title, "Freshdesk", &format!("{}  user {}", house.freshdesk.base_url(), FreshdeskSim::API_KEY))?;
    voice.verbatim(Ink::Title, "stop", "Ctrl-C")?;
    voice.gap()?;
    Ok(())
}

fn links(scene: &Scene<'_>, case: &Case) -> Vec<Link> {
    let graphiql = format!("{}/graphql", scene.house.url);
    let link = |name, (ink, role), token: &str, about: String, query: String| {
        let fragment = form_urlencoded::Serializer::new(String::new()).append_pair("token", token).append_pair("query", &query).finish();
        Link { name, ink, role, about, target: format!("{graphiql}#{fragment}") }
    };
    let (operator, seller, vendor) = ((Ink::Operator, "operator"), (Ink::Seller, "seller"), (Ink::Vendor, "vendor"));
    let sidebar = SIDEBAR.replace("TICKET", &case.ticket.to_string());
    let reply = REPLY.replace("THREAD", &case.thread);
    vec![
        link("sidebar", operator, &scene.operator.token, format!("ticket {} as an agent sees it", case.ticket), sidebar),
        link("live", operator, &scene.operator.token, "the timeline, live: a subscription".to_owned(), LIVE.to_owned()),
        link("seller", seller, &scene.alma.token, "Alma's cases and messages".to_owned(), CASES.to_owned()),
        link("reply", seller, &scene.alma.token, format!("write to the buyer of {}", case.reference), reply),
        link("vendor", vendor, &scene.vendor.token, "store a seller and an order".to_owned(), UPSERT.to_owned()),
    ]
}

async fn forward(State(links): State<Arc<Vec<Link>>>, Path(name): Path<String>) -> Response {
    match links.iter().find(|link| link.name == name) {
        Some(link) => Redirect::to(&link.target).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn list(State(links): State<Arc<Vec<Link>>>) -> Html<String> {
    let items = links.iter().map(|link| format!("<li><a href=\"/{}\">{}: {}</a>\n", link.name, link.role, link.about));
    Html(std::iter::once(PAGE.to_owned()).chain(items).collect())
}

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<link rel="icon" href="data:,">
<title>Trilogue demo</title>
<style>:root { color-scheme: light dark } body { font: 1rem/1.7 system-ui; margin: 3rem }</style>
<h1>Trilogue demo</h1>
<ul>
"#;

const SIDEBAR: &str = r#"# What an agent's sidebar shows beside the ticket.
query Sidebar {
  case(by: {
    ticket: { helpdesk: ZENDESK, externalId: "TICKET" }
  }) {
    reference
    status
    owner
    awaiting { party dueAt }
    buyer { displayName email }
    seller { name }
    order {
      reference
      total { amount currencyCode }
      lines { title quantity }
    }
    threads {
      kind
      messages(last: 20) {
        nodes { author authorName text delivery }
      }
    }
    availableActions
  }
}
"#;

const LIVE: &str = r"# What happens, as it happens. Let it run.
subscription Live {
  timelineItemAdded {
    __typename
    at
    actor { kind party name }
    case { reference status }
    ... on MessagePostedEvent {
      message { author authorName text audience }
    }
    ... on MessageDeliveredEvent {
      message { author authorName text audience }
    }
    ... on CaseEscalatedEvent { reason note }
  }
}
";

const CASES: &str = r"# A seller sees its own cases, and little of a buyer.
query MyCases {
  viewer { role seller { name } }
  cases(first: 10) {
    nodes {
      reference
      subject
      status
      awaiting { party dueAt }
      buyer { displayName email }
      threads {
        id
        kind
        unreadCount
        messages(last: 10) {
          nodes { author authorName text delivery }
        }
      }
    }
  }
}
";

const REPLY: &str = r#"# Goes into the ticket, once: run it again and see.
mutation Reply {
  messagePost(input: {
    threadId: "THREAD"
    text: "Your parcel has left the house."
    idempotencyKey: "from-graphiql"
  }) {
    message { id text delivery }
    userErrors { field message code }
  }
}
"#;

const UPSERT: &str = r#"# What the marketplace's software sends.
mutation Tell {
  sellersUpsert(input: {
    sellers: [{ externalId: "cora", name: "Atelier Cora", locale: "fr" }]
  }) {
    sellers { id name }
    userErrors { field message }
  }
  ordersUpsert(input: {
    orders: [{
      reference: "MK-3001"
      sellerExternalId: "cora"
      buyerEmail: "marie@example.org"
      total: { amount: "42.00", currencyCode: "EUR" }
      placedAt: "2026-01-15T10:00:00Z"
      lines: [{
        externalId: "1"
        title: "Linen apron"
        quantity: 1
        unitPrice: { amount: "42.00", currencyCode: "EUR" }
      }]
    }]
  }) {
    orders { id reference seller { name } }
    userErrors { field message }
  }
}
"#;
