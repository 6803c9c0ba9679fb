//! Nobody plays here: who and what the story has brought about is written down for the pages.

use anyhow::Context;
use serde_json::json;

use crate::cli::demo::scene::{Case, Scene};
use crate::cli::demo::stage::Cast;
use crate::demo::peer::SimulatedHelpdesk;
use crate::domain::ids::ConnectionId;
use crate::domain::tickets::HelpdeskKind;

const CASES: &str = "{ cases(first: 50, orderBy: OPENED_DESC) { nodes { tickets { connectionId externalId } } } }";

/// Lets visitors in.
pub(in crate::cli::demo) async fn enter(scene: &mut Scene<'_>, marie: &Case) -> anyhow::Result<()> {
    let house = scene.house;
    let connections = house.cx.store.connections(None).await?;
    let connection = |kind| connections.iter().find(|row| row.kind == kind).map(|row| row.id).context("a helpdesk is not connected");
    let cases = scene.operator.ask(CASES, json!({})).await?;
    let (zendesk, freshdesk) = (connection(HelpdeskKind::Zendesk)?, connection(HelpdeskKind::Freshdesk)?);
    let of = |connection: ConnectionId| {
        let tickets =
            cases["cases"]["nodes"].as_array().into_iter().flatten().flat_map(|case| case["tickets"].as_array().into_iter().flatten());
        let own = tickets.filter(|ticket| ticket["connectionId"] == connection.to_string());
        own.filter_map(|ticket| ticket["externalId"].as_str()?.parse().ok()).collect::<Vec<u64>>()
    };
    let mut zendesk_tickets = of(zendesk);
    // The one that the story was about comes first.
    zendesk_tickets.sort_by_key(|ticket| *ticket != marie.ticket);
    let cast = Cast {
        zendesk,
        freshdesk,
        zendesk_agent: house.zendesk.add_agent("Ana Ruiz"),
        freshdesk_agent: house.freshdesk.add_agent("Ana Ruiz"),
        zendesk_tickets,
        freshdesk_tickets: of(freshdesk),
        sellers: vec![("Boutique Alma", scene.alma.token.clone()), ("Maison Brio", scene.brio.token.clone())],
    };
    // It is told once.
    drop(house.cast.set(cast));
    Ok(())
}
