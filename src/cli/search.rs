//! `trilogue search …`.

use clap::Subcommand;
use serde_json::json;

use super::output::Output;
use crate::workflow::Cx;

#[derive(Debug, Subcommand)]
pub(super) enum SearchVerb {
    /// Make everything findable anew: once after an update from a version without search. The server may go on meanwhile.
    Rebuild {
        /// The marketplace's short name; all of them when not given.
        #[arg(long)]
        marketplace: Option<String>,
    },
}

/// Runs `trilogue search …`.
pub(super) async fn search(cx: &Cx, verb: SearchVerb, out: Output) -> anyhow::Result<()> {
    let SearchVerb::Rebuild { marketplace } = verb;
    let marketplaces = match marketplace {
        Some(slug) => vec![super::marketplace(cx, &slug).await?],
        None => cx.store.marketplaces().await?,
    };
    let mut rows = Vec::new();
    for marketplace in marketplaces {
        let entries = cx.store.rebuild_search(marketplace.id).await?;
        rows.push(json!({ "marketplace": marketplace.slug, "entries": entries }));
    }
    out.rows("search", &["marketplace", "entries"], &rows, "There is no marketplace.");
    Ok(())
}
