//! A marketplace, its helpdesks, its sellers and orders.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::Rng;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::cli::demo::api::Api;
use crate::cli::demo::house::House;
use crate::cli::demo::scene::{Desk, Scene};
use crate::cli::demo::stage;
use crate::cli::demo::voice::{Ink, Voice};
use crate::cli::demo::witness::Witness;
use crate::demo::freshdesk::{FreshdeskSim, WebhookContent, WebhookSecret};
use crate::demo::peer::SimulatedHelpdesk;
use crate::demo::zendesk::{WebhookMode, ZendeskSim};
use crate::domain::charter::{Charter, Marketplace};
use crate::domain::ids::MarketplaceId;
use crate::domain::parties::Role;
use crate::domain::tickets::HelpdeskKind;
use crate::helpdesk::{Credentials, freshdesk};
use crate::workflow::connections::{self, ConnectionSettings, NewConnection};
use crate::workflow::tenants::{self, NewMarketplace, TokenRequest};

/// Order, seller, buyer's address, what was bought, its price.
const ORDERS: [[&str; 5]; 5] = [
    ["MK-1001", "alma", "marie@example.org", "Cast-iron teapot", "59.80"],
    ["MK-2002", "brio", "julien@example.org", "Lampe de bureau", "89.00"],
    ["MK-1003", "alma", "chloe@example.org", "Set of six cups", "34.50"],
    ["MK-2004", "brio", "tom@example.org", "Oak stool", "120.00"],
    ["MK-1005", "alma", "ines@example.org", "Matcha whisk", "18.90"],
];

/// Sets the scene.
pub(in crate::cli::demo) async fn set<'a>(house: &'a House, voice: &'a mut Voice) -> anyhow::Result<Scene<'a>> {
    voice.chapter("A marketplace and its two helpdesks").await?;
    voice.line(Ink::Title, "Trilogue", &format!("serves {} from {}", house.url, house.folder().display())).await?;
    let marketplace = create_marketplace(house).await?;
    voice.line(Ink::Title, "bazar", "is a marketplace in which the seller answers first").await?;
    connect_zendesk(house, marketplace.id).await?;
    let said = format!("at {}, connected; it signs its webhooks", house.zendesk.base_url());
    voice.line(Ink::Title, "Zendesk", &said).await?;
    connect_freshdesk(house, marketplace.id).await?;
    let said = format!("at {}, connected; its webhooks carry a secret", house.freshdesk.base_url());
    voice.line(Ink::Title, "Freshdesk", &said).await?;

    let operator = client(house, marketplace.id, Role::Operator, None).await?;
    let vendor = client(house, marketplace.id, Role::Vendor, None).await?;
    let watch = Witness::subscribe(&operator).await?;
    let sellers = json!({ "sellers": [
        { "externalId": "alma", "name": "Boutique Alma", "locale": "en" },
        { "externalId": "brio", "name": "Maison Brio", "locale": "fr" },
    ]});
    let stored = vendor.act("sellersUpsert", "sellers { name }", sellers).await?;
    voice.line(Ink::Vendor, "vendor", &format!("sellersUpsert: {}", listed(&stored["sellers"], "name"))).await?;
    let orders = json!({ "orders": ORDERS.map(|order| order_input(order, house)) });
    let stored = vendor.act("ordersUpsert", "orders { reference }", orders).await?;
    voice.line(Ink::Vendor, "vendor", &format!("ordersUpsert: {}", listed(&stored["orders"], "reference"))).await?;
    let alma = client(house, marketplace.id, Role::Seller, Some("alma")).await?;
    let brio = client(house, marketplace.id, Role::Seller, Some("brio")).await?;
    Ok(Scene {
        house,
        voice,
        zendesk: Desk::new("Zendesk", &house.zendesk),
        freshdesk: Desk::new("Freshdesk", &house.freshdesk),
        operator,
        vendor,
        alma,
        brio,
        watch,
    })
}

async fn create_marketplace(house: &House) -> anyhow::Result<Marketplace> {
    let new = NewMarketplace {
        slug: "bazar".to_owned(),
        name: "Bazar".to_owned(),
        currency: "EUR".parse()?,
        locale: "en".to_owned(),
        timezone: chrono_tz::Europe::Paris,
        charter: Charter::default(),
    };
    Ok(tenants::create_marketplace(&house.cx, new).await?)
}

async fn connect_zendesk(house: &House, marketplace: MarketplaceId) -> anyhow::Result<()> {
    let (sim, secret) = (&house.zendesk, random_secret());
    let credentials = Credentials::ZendeskOauth { token: ZendeskSim::OAUTH_TOKEN.to_owned().into() };
    let url = register(house, marketplace, sim.base_url(), credentials, HelpdeskKind::Zendesk, &secret).await?;
    sim.connect_webhook_with(&url, secret.expose_secret(), WebhookMode::EventSubscribed);
    Ok(())
}

async fn connect_freshdesk(house: &House, marketplace: MarketplaceId) -> anyhow::Result<()> {
    let (sim, secret) = (&house.freshdesk, random_secret());
    let credentials = Credentials::Freshdesk { api_key: FreshdeskSim::API_KEY.to_owned().into() };
    let url = register(house, marketplace, sim.base_url(), credentials, HelpdeskKind::Freshdesk, &secret).await?;
    let header = WebhookSecret::Header { name: freshdesk::webhook::SECRET_HEADER.to_owned(), value: secret.expose_secret().to_owned() };
    sim.connect_webhook(&url, WebhookContent::Advanced, header);
    Ok(())
}

/// Connects the marketplace to an account. Answers where its webhooks must go.
async fn register(
    house: &House,
    marketplace: MarketplaceId,
    base_url: &str,
    credentials: Credentials,
    kind: HelpdeskKind,
    secret: &SecretString,
) -> anyhow::Result<String> {
    let apps = if kind == HelpdeskKind::Zendesk { vec![stage::app()] } else { Vec::new() };
    // The pages stand in for the helpdesks', which are no more than their interfaces here.
    let settings = ConnectionSettings { apps, frame_ancestors: vec![house.url.clone()], ..ConnectionSettings::default() };
    let new = NewConnection { base_url: base_url.parse()?, credentials, webhook_secret: secret.clone(), identity_secret: None, settings };
    let row = connections::connect(&house.cx, marketplace, new).await?;
    Ok(format!("{}/webhooks/{}/{}", house.url, kind.slug(), row.id))
}

fn random_secret() -> SecretString {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    SecretString::from(STANDARD.encode(bytes))
}

async fn client(house: &House, marketplace: MarketplaceId, role: Role, seller: Option<&str>) -> anyhow::Result<Api> {
    let request = TokenRequest { role, seller: seller.map(str::to_owned), name: "demo".to_owned() };
    let (_, token) = tenants::create_token(&house.cx, marketplace, request).await?;
    Ok(Api { http: house.http.clone(), server: house.url.clone(), token: token.expose_secret().to_owned() })
}

fn order_input([reference, seller, buyer, title, price]: [&str; 5], house: &House) -> Value {
    let price = json!({ "amount": price, "currencyCode": "EUR" });
    json!({
        "reference": reference, "sellerExternalId": seller, "buyerEmail": buyer, "total": price,
        "placedAt": house.cx.now() - chrono::TimeDelta::days(9),
        "lines": [{ "externalId": "1", "title": title, "quantity": 1, "unitPrice": price }],
    })
}

fn listed(rows: &Value, field: &str) -> String {
    let texts: Vec<_> = rows.as_array().into_iter().flatten().filter_map(|row| row[field].as_str()).collect();
    texts.join(", ")
}
