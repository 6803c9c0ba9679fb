//! `trilogue marketplace …` and `trilogue token …`.

use std::sync::Arc;

use anyhow::Context;
use clap::{Args, Subcommand};
use secrecy::ExposeSecret;
use serde_json::json;

use super::output::Output;
use super::word;
use crate::domain::calendar::BusinessCalendar;
use crate::domain::charter::{Charter, ConversationMode, PrivateMirror, TicketSync};
use crate::domain::ids::TokenId;
use crate::domain::masking::{Kind, LinkHost, Masking, MaskingMode, NotAHost};
use crate::domain::money::Currency;
use crate::domain::orders::OrderPattern;
use crate::domain::parties::{Actor, Role};
use crate::workflow::Cx;
use crate::workflow::charter::{self, Change};
use crate::workflow::tenants::{self, NewMarketplace, TokenRequest};

#[derive(Debug, Subcommand)]
pub(super) enum MarketplaceVerb {
    /// Create a marketplace.
    Create {
        /// Its short name: lower-case letters, digits, hyphens.
        slug: String,
        /// Its name as people say it.
        #[arg(long)]
        name: String,
        /// The currency it reports in, ISO 4217.
        #[arg(long)]
        currency: Currency,
        /// The language it writes in when nothing better is known, such as fr or en-GB.
        #[arg(long)]
        locale: String,
        /// The time zone of its working day, such as Europe/Paris.
        #[arg(long, value_parser = timezone)]
        timezone: chrono_tz::Tz,
        #[command(flatten)]
        rules: Rules,
    },
    /// Change the rules of a marketplace.
    Set {
        /// Its short name.
        slug: String,
        #[command(flatten)]
        rules: Rules,
    },
    /// List the marketplaces.
    List,
}

/// The rules that can be set.
#[derive(Debug, Args)]
pub(super) struct Rules {
    /// How an order reference looks in free text: a regular expression whose first group is the reference.
    #[arg(long, value_name = "REGEX")]
    order_pattern: Option<OrderPattern>,
    /// Who talks with the buyer in a new case: seller-first, tripartite or operator-only.
    #[arg(long, value_name = "MODE", value_parser = word::<ConversationMode>)]
    conversation_mode: Option<ConversationMode>,
    /// In which direction state and priority follow the ticket: both-ways, from-helpdesk, to-helpdesk or off.
    #[arg(long, value_name = "DIRECTION", value_parser = word::<TicketSync>)]
    ticket_sync: Option<TicketSync>,
    /// Whether private operator-seller talk is copied into the ticket: off or internal-notes.
    #[arg(long, value_name = "MIRROR", value_parser = word::<PrivateMirror>)]
    private_mirror: Option<PrivateMirror>,
    /// How many hours a seller has for each answer.
    #[arg(long, value_name = "HOURS")]
    seller_reply_hours: Option<u16>,
    /// When those hours count: a file such as examples/business-hours.json, or `always` for day and night.
    #[arg(long, value_name = "FILE", value_parser = opening)]
    business_hours: Option<Opening>,
    /// Whether contact details are hidden between buyer and seller: on or off.
    #[arg(long, value_name = "SWITCH", value_parser = masking)]
    masking: Option<MaskingMode>,
    /// Which details are hidden, parted by commas: email, phone, link, payment.
    #[arg(long, value_name = "KINDS", value_delimiter = ',', value_parser = word::<Kind>)]
    masking_kinds: Option<Vec<Kind>>,
    /// Hosts whose links stay, with their subdomains, parted by commas; `none` for no host.
    #[arg(long, value_name = "HOSTS", value_delimiter = ',', value_parser = host)]
    masking_allow: Option<Vec<Host>>,
}

/// A host whose links stay, or none.
#[derive(Debug, Clone)]
struct Host(Option<LinkHost>);

fn host(name: &str) -> Result<Host, NotAHost> {
    if name == "none" { Ok(Host(None)) } else { LinkHost::parse(name).map(|host| Host(Some(host))) }
}

fn masking(text: &str) -> Result<MaskingMode, &'static str> {
    match text {
        "on" => Ok(MaskingMode::Mask),
        "off" => Ok(MaskingMode::Off),
        _ => Err("it must be `on` or `off`"),
    }
}

/// When a marketplace's hours count.
#[derive(Debug, Clone)]
enum Opening {
    Always,
    At(Arc<BusinessCalendar>),
}

/// Reads business hours from the file that is named.
fn opening(name: &str) -> anyhow::Result<Opening> {
    if name == "always" {
        return Ok(Opening::Always);
    }
    let text = std::fs::read_to_string(name).with_context(|| format!("{name} cannot be read"))?;
    Ok(Opening::At(Arc::new(serde_json::from_str(&text).context("these are no business hours")?)))
}

impl Rules {
    fn applied_to(&self, charter: &Charter) -> Charter {
        let mut targets = charter.targets.clone();
        if let Some(hours) = self.seller_reply_hours {
            (targets.seller.first_reply_hours, targets.seller.next_reply_hours) = (hours, hours);
        }
        Charter {
            conversation_mode: self.conversation_mode.unwrap_or(charter.conversation_mode),
            ticket_sync: self.ticket_sync.unwrap_or(charter.ticket_sync),
            private_mirror: self.private_mirror.unwrap_or(charter.private_mirror),
            order_pattern: self.order_pattern.clone().or_else(|| charter.order_pattern.clone()),
            targets,
            business_hours: match &self.business_hours {
                None => charter.business_hours.clone(),
                Some(Opening::Always) => None,
                Some(Opening::At(calendar)) => Some(Arc::clone(calendar)),
            },
            masking: Masking {
                mode: self.masking.unwrap_or(charter.masking.mode),
                kinds: self.masking_kinds.clone().map_or(charter.masking.kinds.clone(), |kinds| kinds.into_iter().collect()),
                allowed_hosts: self
                    .masking_allow
                    .clone()
                    .map_or(charter.masking.allowed_hosts.clone(), |hosts| hosts.into_iter().filter_map(|Host(host)| host).collect()),
            },
            ..charter.clone()
        }
    }
}

/// Runs `trilogue marketplace …`.
pub(super) async fn marketplace(cx: &Cx, verb: MarketplaceVerb, out: Output) -> anyhow::Result<()> {
    match verb {
        MarketplaceVerb::Create { slug, name, currency, locale, timezone, rules } => {
            let new = NewMarketplace { slug, name, currency, locale, timezone, charter: rules.applied_to(&Charter::default()) };
            let made = tenants::create_marketplace(cx, new).await?;
            let text = format!(
                "Created marketplace `{}` ({}).\n\nNext, connect its helpdesk:\n  trilogue connect zendesk --marketplace {} …\n  trilogue connect freshdesk --marketplace {} …",
                made.slug, made.id, made.slug, made.slug
            );
            out.both(|| json!({ "marketplaceId": made.id, "slug": made.slug }), &text);
        }
        MarketplaceVerb::Set { slug, rules } => {
            let found = super::marketplace(cx, &slug).await?;
            let change = Change { edit: &|charter| rules.applied_to(charter), summary: String::new(), effective_at: None };
            let newest = charter::publish(cx, &Actor::system(found.id), change).await?;
            let text = match newest.effective_at {
                _ if newest.announced_at != cx.now() && newest.version == found.charter_version => {
                    format!("Marketplace `{slug}` has these rules already.")
                }
                from if from <= cx.now() => format!("Changed marketplace `{slug}`: version {} of its charter.", newest.version),
                from => format!("Announced to the sellers of `{slug}`: version {} of its charter, in force from {from}.", newest.version),
            };
            let json = || json!({ "marketplaceId": found.id, "slug": slug, "charter": *newest.charter, "charterVersion": newest.version, "effectiveAt": newest.effective_at });
            out.both(json, &text);
        }
        MarketplaceVerb::List => {
            let rows: Vec<_> = cx.store.marketplaces().await?.into_iter().map(|one| {
                json!({ "slug": one.slug, "name": one.name, "currency": one.currency.code(), "locale": one.locale, "timezone": one.timezone.name(), "marketplaceId": one.id })
            }).collect();
            out.rows(
                "marketplaces",
                &["slug", "name", "currency", "locale", "timezone", "marketplaceId"],
                &rows,
                "There is no marketplace yet.",
            );
        }
    }
    Ok(())
}

fn timezone(name: &str) -> Result<chrono_tz::Tz, &'static str> {
    name.parse().map_err(|_| "it is not a time zone of the IANA database, such as Europe/Paris")
}

#[derive(Debug, Subcommand)]
pub(super) enum TokenVerb {
    /// Make a token and print it, this once.
    Create {
        /// The marketplace's short name.
        #[arg(long)]
        marketplace: String,
        /// What it stands for: operator, seller or vendor.
        #[arg(long, value_parser = word::<Role>)]
        role: Role,
        /// The seller, by the marketplace's own id; for the role seller.
        #[arg(long, value_name = "EXTERNAL_ID")]
        seller: Option<String>,
        /// What to call it, so that it is known when it must be revoked.
        #[arg(long)]
        name: String,
    },
    /// List the tokens; not their text, which nobody has.
    List {
        /// The marketplace's short name.
        #[arg(long)]
        marketplace: String,
    },
    /// Make a token worthless.
    Revoke {
        /// The marketplace's short name.
        #[arg(long)]
        marketplace: String,
        /// The token's id, as `token list` shows it.
        id: TokenId,
    },
}

/// Runs `trilogue token …`.
pub(super) async fn token(cx: &Cx, verb: TokenVerb, out: Output) -> anyhow::Result<()> {
    match verb {
        TokenVerb::Create { marketplace, role, seller, name } => {
            let owner = super::marketplace(cx, &marketplace).await?;
            let (row, token) = tenants::create_token(cx, owner.id, TokenRequest { role, seller, name }).await?;
            let json = || json!({ "token": token.expose_secret(), "tokenId": row.id, "role": row.role, "sellerId": row.seller });
            out.both(json, &format!("{}\n\nKeep it: it is not shown again. Its id is {}.", token.expose_secret(), row.id));
        }
        TokenVerb::List { marketplace } => {
            let owner = super::marketplace(cx, &marketplace).await?;
            let rows: Vec<_> = cx.store.tokens(owner.id).await?.into_iter().map(|row| {
                json!({ "tokenId": row.id, "role": row.role, "name": row.name, "sellerId": row.seller, "createdAt": row.created_at, "revokedAt": row.revoked_at })
            }).collect();
            out.rows("tokens", &["role", "name", "createdAt", "revokedAt", "tokenId", "sellerId"], &rows, "There is no token yet.");
        }
        TokenVerb::Revoke { marketplace, id } => {
            let owner = super::marketplace(cx, &marketplace).await?;
            anyhow::ensure!(cx.store.revoke_token(owner.id, id).await?, "there is no valid token {id} in `{marketplace}`");
            out.both(|| json!({ "revoked": id }), &format!("Revoked {id}."));
        }
    }
    Ok(())
}
