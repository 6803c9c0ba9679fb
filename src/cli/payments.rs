//! `trilogue connect stripe …` and `trilogue connect payments …`.

use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use url::Url;

use super::output::Output;
use super::{marketplace, word};
use crate::config::Settings;
use crate::domain::ids::ConnectionId;
use crate::workflow::Cx;
use crate::workflow::payments::{Account, ChargeModel, Rotation, StripeAccount, WebhookAddress, connect_stripe, connect_webhook};

#[derive(Debug, Args)]
pub(super) struct StripeArguments {
    /// The marketplace's short name.
    #[arg(long)]
    marketplace: String,
    /// The secret key, best a restricted one that may write refunds and nothing else: `rk_live_…`.
    #[arg(long, value_name = "KEY")]
    secret_key: Option<SecretString>,
    /// The signing secret of the webhook endpoint: `whsec_…`. The one before it stays good beside it.
    #[arg(long, value_name = "SECRET")]
    webhook_secret: Option<SecretString>,
    /// On whose account buyers pay: destination, separate-transfers or direct; destination when not given.
    #[arg(long, value_name = "HOW", value_parser = word::<ChargeModel>)]
    charges: Option<ChargeModel>,
    /// The key is of another account than before. What was begun on the old one is still followed there.
    #[arg(long, requires = "secret_key")]
    new_account: bool,
    /// Where Stripe is, for trials with a stand-in.
    #[arg(long, value_name = "URL", hide = true, value_parser = address)]
    base_url: Option<Url>,
}

#[derive(Debug, Args)]
pub(super) struct PaymentsArguments {
    /// The marketplace's short name.
    #[arg(long)]
    marketplace: String,
    /// Where the software listens: a public address, `https`.
    #[arg(long, value_name = "URL", value_parser = address)]
    url: Url,
    /// Make new keys. Those of before are good beside them.
    #[arg(long)]
    new_keys: bool,
    /// It is other software, which does not know the refunds of the one before.
    #[arg(long)]
    new_account: bool,
}

fn address(text: &str) -> Result<Url, &'static str> {
    text.parse().map_err(|_| "it is not an address such as https://shop.example.com/refunds")
}

const fn account(new: bool) -> Account {
    if new { Account::New } else { Account::Same }
}

fn hook(settings: &Settings, id: ConnectionId) -> String {
    format!("{}/hooks/payments/{id}", settings.public_url())
}

/// Runs `trilogue connect stripe`.
pub(super) async fn stripe(cx: &Cx, settings: &Settings, arguments: StripeArguments, out: Output) -> anyhow::Result<()> {
    let owner = marketplace(cx, &arguments.marketplace).await?;
    let new = StripeAccount {
        base_url: arguments.base_url,
        secret_key: arguments.secret_key,
        news_secret: arguments.webhook_secret,
        charges: arguments.charges,
        account: account(arguments.new_account),
    };
    let made = connect_stripe(cx, owner.id, new).await?;
    let hook = hook(settings, made.id);
    let text = format!(
        "Connected.\n\nIn Stripe's Dashboard, make a webhook endpoint of the API version {} at\n  {hook}\n\
         with the events refund.created, refund.updated, refund.failed and charge.refund.updated; with direct charges, for the events\n\
         of connected accounts. Then give its signing secret:\n  trilogue connect stripe --marketplace {} --webhook-secret whsec_…\n\n\
         Then run `trilogue doctor`.",
        crate::workflow::payments::STRIPE_VERSION,
        arguments.marketplace
    );
    out.both(|| json!({ "connectionId": made.id, "way": "STRIPE", "hookUrl": hook }), &text);
    Ok(())
}

/// Runs `trilogue connect payments`.
pub(super) async fn own_software(cx: &Cx, settings: &Settings, arguments: PaymentsArguments, out: Output) -> anyhow::Result<()> {
    let owner = marketplace(cx, &arguments.marketplace).await?;
    let rotation = if arguments.new_keys { Rotation::New } else { Rotation::Keep };
    let new = WebhookAddress { url: arguments.url, rotation, account: account(arguments.new_account) };
    let made = connect_webhook(cx, owner.id, new).await?;
    let hook = hook(settings, made.id);
    let shown = |secret: &Option<SecretString>| secret.as_ref().map(|secret| secret.expose_secret().to_owned());
    let (secret, report_secret) = (shown(&made.secret), shown(&made.report_secret));
    let keys = match (&secret, &report_secret) {
        (Some(secret), Some(report)) => format!(
            "Its instructions are signed with\n  {secret}\nand reports by signed calls, to\n  {hook}\nare to be signed with\n  {report}\n\
             Keep both now: they are not shown again."
        ),
        _ => "Its keys are those of before.".to_owned(),
    };
    let text = format!(
        "Connected.\n\n{keys}\n\nWhat comes off later is reported by the mutation refundReportSettlement, or by such a call.\n\
         examples/refund-backend is a whole such software.\n\nThen run `trilogue doctor`."
    );
    let told = || json!({ "connectionId": made.id, "way": "WEBHOOK", "hookUrl": hook, "secret": secret, "reportSecret": report_secret });
    out.both(told, &text);
    Ok(())
}
