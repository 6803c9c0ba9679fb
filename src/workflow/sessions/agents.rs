//! Agents as the helpdesk knows them now.

use super::NotLetIn;
use crate::helpdesk::{Agent, AgentKey, HelpdeskError};
use crate::workflow::connections::Connected;

/// The agent that the helpdesk knows by this; [`NotLetIn::NoAgent`] for everybody else.
pub(super) async fn known(connection: &Connected, key: AgentKey<'_>) -> Result<Agent, NotLetIn> {
    match connection.helpdesk.agent(key).await {
        Ok(Some(agent)) => Ok(agent),
        Ok(None) | Err(HelpdeskError::NotFound) => Err(NotLetIn::NoAgent),
        // Freshdesk shows its agents to administrators' keys alone.
        Err(error @ HelpdeskError::Unauthorized { .. }) => {
            tracing::error!(%error, connection = %connection.id, "agents cannot be looked up, so nobody signs in");
            Err(NotLetIn::NoSuchDoor)
        }
        Err(error) => Err(error.into()),
    }
}
