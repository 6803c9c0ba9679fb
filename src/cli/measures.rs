//! `trilogue measures …`.

use clap::Subcommand;
use serde_json::json;

use super::output::Output;
use crate::domain::kpis::KpiTally;
use crate::workflow::Cx;
use crate::workflow::measures::{self, Counting, Difference};

#[derive(Debug, Subcommand)]
pub(super) enum MeasuresVerb {
    /// Count everything anew from the state. Figures lack what was not reached yet until it is done; the server may go on meanwhile.
    Recompute {
        /// The marketplace's short name.
        #[arg(long)]
        marketplace: String,
        /// Change nothing: only say where what was counted differs from the state.
        #[arg(long)]
        check: bool,
    },
}

/// How many differences are told.
const MOST: usize = 100;

/// Runs `trilogue measures …`.
pub(super) async fn measures(cx: &Cx, verb: MeasuresVerb, out: Output) -> anyhow::Result<()> {
    let MeasuresVerb::Recompute { marketplace, check } = verb;
    let marketplace = super::marketplace(cx, &marketplace).await?;
    if !check {
        measures::recompute(cx, marketplace.id).await?;
        // Others may count as well; whoever comes later finds less to do.
        while measures::count(cx, marketplace.id).await? != Counting::Nothing {}
    }
    let differences = measures::check(cx, marketplace.id).await?;
    let rows: Vec<_> = differences.iter().take(MOST).map(told).collect();
    out.rows("differences", &["where", "counted", "found"], &rows, "What was counted is what the state says.");
    anyhow::ensure!(differences.is_empty(), "{} counts differ from the state", differences.len());
    Ok(())
}

fn told(difference: &Difference) -> serde_json::Value {
    match difference {
        Difference::Row { row, counted, found } => json!({ "where": row.key(), "counted": written(counted), "found": written(found) }),
        Difference::Returns { returns, counted, found } => {
            json!({ "where": format!("{returns:?}"), "counted": counted.to_string(), "found": found.to_string() })
        }
    }
}

/// Counts as they are kept.
fn written(tally: &KpiTally) -> String {
    serde_json::to_string(tally).unwrap_or_default()
}
