//! The command line. Every command takes `--json`, for scripts.

mod connect;
#[cfg(feature = "demo")]
mod demo;
mod doctor;
mod measures;
mod output;
mod payments;
mod queues;
mod search;
mod serve;
mod tenants;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use serde::de::DeserializeOwned;

use crate::app;
use crate::clock::SystemClock;
use crate::config::{LogFormat, Settings};
use crate::domain::charter::Marketplace;
use crate::graphql;
use crate::telemetry;
use crate::workflow::Cx;
use output::Output;

/// Buyer, seller and operator in one case, on top of Zendesk or Freshdesk.
#[derive(Debug, Parser)]
#[command(name = "trilogue", version, about, propagate_version = true)]
pub struct Command {
    /// The settings file; `trilogue.toml` in this folder when not given.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON, for scripts.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Serve webhooks and GraphQL, and do the work of the queues.
    Serve,
    /// Create the tables, or bring them up to date.
    Migrate,
    /// Print the GraphQL schema.
    Schema,
    /// Check settings, database and connections, and say what to fix.
    Doctor,
    /// Marketplaces: the tenants.
    #[command(subcommand)]
    Marketplace(tenants::MarketplaceVerb),
    /// Connect a marketplace to a helpdesk or a payment system, or change the connection.
    #[command(subcommand)]
    Connect(Box<connect::ConnectVerb>),
    /// Tokens that open the API.
    #[command(subcommand)]
    Token(tenants::TokenVerb),
    /// Webhooks that came in.
    #[command(subcommand)]
    Inbox(queues::InboxVerb),
    /// Deliveries that go out.
    #[command(subcommand)]
    Outbox(queues::OutboxVerb),
    /// Instructions to the payment system.
    #[command(subcommand)]
    Payments(queues::PaymentsVerb),
    /// What is found by its words.
    #[command(subcommand)]
    Search(search::SearchVerb),
    /// The figures that the operator steers by.
    #[command(subcommand)]
    Measures(measures::MeasuresVerb),
    /// Watch Trilogue do its main job with simulated helpdesks. Needs no network and no other program.
    #[cfg(feature = "demo")]
    Demo,
}

impl Command {
    /// Reads the arguments. Those that cannot be understood are told about here, and the exit code is given instead; so
    /// is the help.
    pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, ExitCode> {
        let arguments: Vec<_> = arguments.into_iter().collect();
        Self::try_parse_from(&arguments).map_err(|error| {
            if error.use_stderr() && arguments.iter().any(|argument| argument == "--json") {
                let text = error.render().to_string();
                let sentence = text.trim_start_matches("error: ").split("\n\n").next().unwrap_or_default();
                let sentence = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
                Output::new(true).failure(&anyhow::anyhow!(sentence));
            } else {
                // Nowhere to say it is no reason to fail otherwise.
                drop(error.print());
            }
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
        })
    }
}

/// Runs a command and says how it went: 0 done, 1 not done, 2 not understood.
pub async fn run(command: Command) -> ExitCode {
    let out = Output::new(command.json);
    // Boxed, as the futures of all commands together are large.
    match Box::pin(dispatch(command, out)).await {
        Ok(code) => code,
        Err(error) => {
            out.failure(&error);
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(command: Command, out: Output) -> anyhow::Result<ExitCode> {
    #[cfg(feature = "demo")]
    if matches!(command.verb, Verb::Demo) {
        return demo::tell().await.map(|()| ExitCode::SUCCESS);
    }
    if matches!(command.verb, Verb::Schema) {
        let sdl = graphql::sdl();
        out.both(|| serde_json::json!({ "sdl": sdl }), sdl.trim_end());
        return Ok(ExitCode::SUCCESS);
    }
    let settings = Settings::load(command.config.as_deref())?;
    // A short command speaks for itself; its log is for what goes wrong, and not for how slow the database is.
    let (filter, format) = match command.verb {
        Verb::Serve => (settings.log.as_str(), settings.log_format),
        _ => ("warn,sqlx=error", LogFormat::Text),
    };
    telemetry::start_log(filter, format);
    match command.verb {
        Verb::Serve => serve::serve(&settings).await?,
        Verb::Doctor => return doctor::examine(&settings, out).await,
        Verb::Migrate => {
            context(&settings).await?;
            out.both(|| serde_json::json!({ "migrated": true }), "The tables are up to date.");
        }
        Verb::Marketplace(verb) => tenants::marketplace(&context(&settings).await?, verb, out).await?,
        Verb::Token(verb) => tenants::token(&context(&settings).await?, verb, out).await?,
        Verb::Connect(verb) => connect::connect(&context(&settings).await?, &settings, *verb, out).await?,
        Verb::Inbox(verb) => queues::inbox(&context(&settings).await?, verb, out).await?,
        Verb::Outbox(verb) => queues::outbox(&context(&settings).await?, verb, out).await?,
        Verb::Payments(verb) => queues::payments(&context(&settings).await?, verb, out).await?,
        Verb::Search(verb) => search::search(&context(&settings).await?, verb, out).await?,
        Verb::Measures(verb) => measures::measures(&context(&settings).await?, verb, out).await?,
        Verb::Schema => {}
        #[cfg(feature = "demo")]
        Verb::Demo => {}
    }
    Ok(ExitCode::SUCCESS)
}

async fn context(settings: &Settings) -> anyhow::Result<Cx> {
    app::context(settings, Arc::new(SystemClock)).await
}

/// The marketplace with this short name.
async fn marketplace(cx: &Cx, slug: &str) -> anyhow::Result<Marketplace> {
    let found = cx.store.marketplace_by_slug(slug).await?;
    found.ok_or_else(|| anyhow::anyhow!("there is no marketplace `{slug}`; create it with `trilogue marketplace create {slug} …`"))
}

/// Reads a word of a closed set as people type it: `seller-first` for `SELLER_FIRST`.
fn word<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let name = text.trim().replace('-', "_").to_uppercase();
    serde_json::from_value(serde_json::Value::String(name)).map_err(|error| {
        // Serde names the set in its own spelling.
        let said = error.to_string().to_lowercase().replace('_', "-");
        said.split_once("expected ").map_or_else(|| said.clone(), |(_, words)| format!("it must be {words}"))
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_are_well_formed() {
        Command::command().debug_assert();
    }

    #[test]
    fn a_word_that_is_none_of_the_set_is_answered_with_the_set() {
        use crate::domain::charter::ConversationMode;
        assert_eq!(word("seller-first"), Ok(ConversationMode::SellerFirst));
        assert_eq!(word("Operator_Only"), Ok(ConversationMode::OperatorOnly));
        let error = word::<ConversationMode>("both").unwrap_err();
        assert_eq!(error, "it must be one of `seller-first`, `tripartite`, `operator-only`");
    }
}
