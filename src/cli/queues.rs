//! `trilogue inbox …`, `trilogue outbox …` and `trilogue payments …`: what waits, what failed, and once more.

use clap::Subcommand;
use serde_json::{Value, json};

use super::output::Output;
use super::{marketplace, word};
use crate::domain::ids::{DeliveryId, InboxId};
use crate::store::{InboxRow, OutboxRow, PaymentCall, QueueStatus};
use crate::workflow::Cx;

#[derive(Debug, Subcommand)]
pub(super) enum InboxVerb {
    /// List the newest deliveries.
    List {
        /// The marketplace's short name.
        #[arg(long)]
        marketplace: String,
        /// Only those of one state: pending, running, done, ignored or dead.
        #[arg(long, value_parser = word::<QueueStatus>)]
        status: Option<QueueStatus>,
        /// How many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=1000))]
        limit: u64,
    },
    /// Show one delivery with its body, which holds personal data.
    Show {
        /// The marketplace's short name.
        #[arg(long)]
        marketplace: String,
        /// The delivery's id.
        id: InboxId,
    },
    /// Put a finished delivery back into the queue.
    Replay {
        /// The marketplace's short name.
        #[arg(long)]
        marketplace: String,
        /// The delivery's id.
        id: InboxId,
    },
}

fn inbox_row(row: &InboxRow) -> Value {
    json!({
        "inboxId": row.id, "status": row.status, "ticket": row.ticket, "attempts": row.attempts, "receivedAt": row.received_at,
        "connectionId": row.connection, "reason": row.last_error,
    })
}

/// Runs `trilogue inbox …`.
pub(super) async fn inbox(cx: &Cx, verb: InboxVerb, out: Output) -> anyhow::Result<()> {
    match verb {
        InboxVerb::List { marketplace: slug, status, limit } => {
            let owner = marketplace(cx, &slug).await?;
            let rows: Vec<_> = cx.store.inbox(owner.id, status, limit).await?.iter().map(inbox_row).collect();
            out.rows("inbox", &["receivedAt", "status", "ticket", "attempts", "inboxId", "reason"], &rows, "Nothing has come in.");
        }
        InboxVerb::Show { marketplace: slug, id } => {
            let owner = marketplace(cx, &slug).await?;
            let row = cx.store.inbox_row(owner.id, id).await?.ok_or_else(|| anyhow::anyhow!("there is no delivery {id} in `{slug}`"))?;
            let mut shown = inbox_row(&row);
            shown["key"] = json!(row.key);
            shown["nudge"] = row.nudge.clone();
            shown["finishedAt"] = json!(row.finished_at);
            shown["body"] =
                serde_json::from_slice(&row.body).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&row.body).into_owned()));
            out.both(|| shown.clone(), &format!("{shown:#}"));
        }
        InboxVerb::Replay { marketplace: slug, id } => {
            let owner = marketplace(cx, &slug).await?;
            let row = cx.store.inbox_row(owner.id, id).await?.ok_or_else(|| anyhow::anyhow!("there is no delivery {id} in `{slug}`"))?;
            anyhow::ensure!(row.ticket.is_some(), "{id} names no ticket, so there is nothing to do again");
            anyhow::ensure!(cx.store.replay_inbox(owner.id, id).await?, "{id} is still waiting; there is nothing to replay");
            out.both(|| json!({ "replayed": id }), &format!("{id} is back in the queue; a running server takes it up within a second."));
        }
    }
    Ok(())
}

#[derive(Debug, Subcommand)]
pub(super) enum OutboxVerb {
    /// List the newest deliveries.
    List {
        /// The marketplace's short name.
        #[arg(long)]
        marketplace: String,
        /// Only those of one state: pending, running, done, ignored, parked or dead.
        #[arg(long, value_parser = word::<QueueStatus>)]
        status: Option<QueueStatus>,
        /// How many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=1000))]
        limit: u64,
    },
    /// Send a parked or dead delivery again. Look in the helpdesk first: it may have arrived.
    Replay {
        /// The marketplace's short name.
        #[arg(long)]
        marketplace: String,
        /// The delivery's id.
        id: DeliveryId,
    },
}

fn outbox_row(row: &OutboxRow) -> Value {
    json!({
        "deliveryId": row.id, "status": row.status, "command": row.raw_command()["command"], "ticket": row.raw_command()["ticket"],
        "attempts": row.attempts, "createdAt": row.created_at, "reason": row.last_error,
    })
}

/// Runs `trilogue outbox …`.
pub(super) async fn outbox(cx: &Cx, verb: OutboxVerb, out: Output) -> anyhow::Result<()> {
    match verb {
        OutboxVerb::List { marketplace: slug, status, limit } => {
            let owner = marketplace(cx, &slug).await?;
            let rows: Vec<_> = cx.store.outbox(owner.id, status, limit).await?.iter().map(outbox_row).collect();
            out.rows(
                "outbox",
                &["createdAt", "status", "command", "ticket", "attempts", "deliveryId", "reason"],
                &rows,
                "Nothing has gone out.",
            );
        }
        OutboxVerb::Replay { marketplace: slug, id } => {
            let owner = marketplace(cx, &slug).await?;
            anyhow::ensure!(cx.store.replay_outbox(owner.id, id).await?, "there is no parked or dead delivery {id} in `{slug}`");
            out.both(|| json!({ "replayed": id }), &format!("{id} is back in the queue; a running server sends it within a second."));
        }
    }
    Ok(())
}

#[derive(Debug, Subcommand)]
pub(super) enum PaymentsVerb {
    /// List the newest instructions to the payment system, one for each attempt of a refund.
    List {
        /// The marketplace's short name.
        #[arg(long)]
        marketplace: String,
        /// Only those of one state: pending, running, done, ignored (paid by hand) or parked.
        #[arg(long, value_parser = word::<QueueStatus>)]
        status: Option<QueueStatus>,
        /// How many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=1000))]
        limit: u64,
    },
    /// Send a parked instruction again, with the same key. Look at the payment system first; what may have arrived is looked for
    /// before anything is sent.
    Replay {
        /// The marketplace's short name.
        #[arg(long)]
        marketplace: String,
        /// The instruction's id.
        id: DeliveryId,
    },
}

fn payment_row(row: &PaymentCall) -> Value {
    json!({
        "deliveryId": row.id, "key": row.key.to_string(), "status": row.status, "phase": row.phase, "standing": row.standing,
        "amount": row.raw_instruction()["amount"], "attempts": row.attempts, "looks": row.looks, "reference": row.reference,
        "connectionId": row.connection, "begunAt": row.begun_at, "nextAt": row.run_at, "createdAt": row.created_at,
        "code": row.error_code, "reason": row.last_error,
    })
}

/// Runs `trilogue payments …`.
pub(super) async fn payments(cx: &Cx, verb: PaymentsVerb, out: Output) -> anyhow::Result<()> {
    match verb {
        PaymentsVerb::List { marketplace: slug, status, limit } => {
            let owner = marketplace(cx, &slug).await?;
            let rows: Vec<_> = cx.store.payment_calls(owner.id, status, limit).await?.iter().map(payment_row).collect();
            let columns = ["createdAt", "status", "standing", "key", "attempts", "deliveryId", "reason"];
            out.rows("payments", &columns, &rows, "Nothing was instructed.");
        }
        PaymentsVerb::Replay { marketplace: slug, id } => {
            let owner = marketplace(cx, &slug).await?;
            anyhow::ensure!(cx.store.replay_payment_call(owner.id, id).await?, "there is no parked instruction {id} in `{slug}`");
            out.both(|| json!({ "replayed": id }), &format!("{id} is back in the queue; a running server sends it within a second."));
        }
    }
    Ok(())
}
