//! One request's viewer and what belongs to it. Built by the HTTP door, once per request or socket.

use std::sync::Arc;

use async_graphql::Context;
use tokio::sync::OnceCell;

use super::errors::{Result, store};
use super::loaders::Loaders;
use super::rounds::Rounds;
use crate::domain::charter::Marketplace;
use crate::domain::parties::{Actor, Scope};
use crate::workflow::Cx;

/// Who asks, and the loaders that see what they see. Loaders are never shared between viewers.
#[derive(Debug)]
pub struct Session {
    cx: Cx,
    actor: Actor,
    loaders: Loaders,
    rounds: Rounds,
    marketplace: OnceCell<Arc<Marketplace>>,
}

impl Session {
    /// A session of this actor.
    pub fn new(cx: Cx, actor: Actor) -> Self {
        let rounds = Rounds::default();
        let loaders = Loaders::new(cx.store.clone(), actor.scope(), &rounds);
        Self { cx, actor, loaders, rounds, marketplace: OnceCell::new() }
    }

    pub(super) const fn cx(&self) -> &Cx {
        &self.cx
    }

    pub(super) const fn actor(&self) -> &Actor {
        &self.actor
    }

    pub(super) const fn scope(&self) -> Scope {
        self.actor.scope()
    }

    pub(super) const fn loaders(&self) -> &Loaders {
        &self.loaders
    }

    /// What lets the loaders' loads run.
    pub(super) const fn rounds(&self) -> &Rounds {
        &self.rounds
    }

    /// The viewer's marketplace, read once.
    pub(super) async fn marketplace(&self) -> Result<Arc<Marketplace>> {
        let read = async {
            let found = self.cx.store.marketplace(self.actor.marketplace).await.map_err(|error| store(&error))?;
            found.map(Arc::new).ok_or_else(|| super::errors::coded(super::code::ErrorCode::NotFound, "Not found."))
        };
        self.marketplace.get_or_try_init(|| read).await.cloned()
    }
}

/// The session of a field.
pub(super) fn session<'a>(ctx: &Context<'a>) -> Result<&'a Session> {
    ctx.data::<Session>().inspect_err(|_| tracing::error!("a request has no session"))
}
