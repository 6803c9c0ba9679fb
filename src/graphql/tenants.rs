//! The viewer, and the marketplace they are in.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc, Weekday};

use super::charter::CharterObject;
use super::enums::{ConversationMode, DayOfWeek, HelpdeskKind, Party, Role};
use super::errors::{Result, store};
use super::masking::MaskingObject;
use super::orders::SellerObject;
use super::paging::{PageOf, Paging, connection};
use super::scalars::CurrencyCode;
use super::session::session;
use crate::domain::calendar::{BusinessCalendar, Hours, Place};
use crate::domain::charter::{CharterVersion, Marketplace};
use crate::domain::hands::StaffId;
use crate::domain::ids::{ConnectionId, MarketplaceId};
use crate::domain::parties::{Actor, Who};
use crate::policy::{self, Permission};

/// Who is asking.
pub(super) struct Viewer(pub(super) Actor);

#[Object]
/// Who is asking, by the access token of the request.
impl Viewer {
    /// What the token stands for; it decides what exists.
    async fn role(&self) -> Role {
        match self.0.who {
            Who::Seller { .. } => Role::Seller,
            Who::Vendor { .. } => Role::Vendor,
            Who::Mediator { .. } => Role::Mediator,
            Who::Buyer { .. } => Role::Buyer,
            _ => Role::Operator,
        }
    }

    /// The side of a case that the viewer stands on; null for the marketplace's software and mediators, who stand outside.
    async fn party(&self) -> Option<Party> {
        self.0.party().map(Party::from)
    }

    /// The name that the token was given.
    async fn name(&self) -> &str {
        match &self.0.who {
            Who::Operator { name, .. }
            | Who::Seller { name, .. }
            | Who::Vendor { name, .. }
            | Who::Agent { name, .. }
            | Who::Mediator { name, .. } => name,
            Who::Buyer { .. } | Who::Helpdesk { .. } | Who::System => "",
        }
    }

    /// Which person of the operator's staff it is, as `Dispute.mediators` names them: who conciliated may not decide. It is as good as
    /// the tokens are personal. Null for viewers other than the operator.
    async fn staff_id(&self) -> Option<String> {
        StaffId::of(&self.0.who).map(|staff| staff.as_str().to_owned())
    }

    /// The seller whose token it is; null for the other roles.
    async fn seller(&self, ctx: &Context<'_>) -> Option<Result<SellerObject>> {
        let Who::Seller { seller, .. } = self.0.who else { return None };
        let load = async { session(ctx)?.loaders().seller(seller).await };
        load.await.map(|found| found.map(SellerObject)).transpose()
    }

    /// Until when the token is good; null when nobody knows yet.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        match self.0.who {
            Who::Mediator { until, .. } => Some(until),
            _ => None,
        }
    }

    /// The marketplace that the token belongs to.
    async fn marketplace(&self, ctx: &Context<'_>) -> Result<MarketplaceObject> {
        session(ctx)?.marketplace().await.map(MarketplaceObject)
    }
}

/// A marketplace.
pub(super) struct MarketplaceObject(pub(super) Arc<Marketplace>);

#[Object(name = "Marketplace")]
/// A marketplace: everything else belongs to exactly one.
impl MarketplaceObject {
    /// The global id.
    pub(super) async fn id(&self) -> MarketplaceId {
        self.0.id
    }

    /// The short name in commands and addresses.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// The name as people say it.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The currency it reports in.
    async fn currency_code(&self) -> CurrencyCode {
        CurrencyCode(self.0.currency.code().to_owned())
    }

    /// The language it writes in when nothing better is known: a BCP 47 tag such as `fr`.
    async fn locale(&self) -> &str {
        &self.0.locale
    }

    /// The time zone of its working day: an IANA name such as `Europe/Paris`.
    async fn timezone(&self) -> &str {
        self.0.timezone.name()
    }

    /// Who talks with the buyer in a new case.
    async fn conversation_mode(&self) -> ConversationMode {
        self.0.charter.conversation_mode.into()
    }

    /// How many hours a seller has for the first answer before the case goes to the operator by itself.
    async fn seller_reply_hours(&self) -> i32 {
        self.0.charter.targets.seller.first_reply_hours.into()
    }

    /// When somebody is there, and the hours of deadlines count; null when every hour of day and night does.
    async fn business_hours(&self) -> Option<BusinessHours> {
        self.0.charter.business_hours.clone().map(BusinessHours)
    }

    /// The rules in force, or one version of them. Null when there is no such version.
    async fn charter(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which version; null for the one in force.")] version: Option<i32>,
    ) -> Option<Result<CharterObject>> {
        let load = async {
            let version = version.map_or(self.0.charter_version, CharterVersion);
            let found = session(ctx)?.cx().store.charter(self.0.id, version).await.map_err(|error| store(&error))?;
            Ok(found.map(|found| CharterObject(found, self.0.locale.clone())))
        };
        load.await.transpose()
    }

    /// All versions of the rules, the newest first: one may be announced and not in force yet.
    #[graphql(complexity = "super::page_cost(first, last) * child_complexity + 1")]
    async fn charters(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, at most 100, after `after` or from the start.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
        #[graphql(desc = "How many items, at most 100, before `before` or from the end.")] last: Option<i32>,
        #[graphql(desc = "The `startCursor` of the page after.")] before: Option<String>,
    ) -> Result<PageOf<CharterObject>> {
        let request = Paging { first, after, last, before }.request()?;
        let page = session(ctx)?.cx().store.charters(self.0.id, &request).await.map_err(|error| store(&error))?;
        Ok(connection(page, |found| found.version, |found| CharterObject(found, self.0.locale.clone())))
    }

    /// What buyer and seller do not read of each other's words.
    async fn masking(&self) -> MaskingObject {
        MaskingObject(self.0.charter.masking.clone())
    }

    /// The helpdesks it is connected to. Empty for viewers other than the operator.
    async fn connections(&self, ctx: &Context<'_>) -> Result<Vec<HelpdeskConnection>> {
        let session = session(ctx)?;
        if !policy::has(&session.actor().who, Permission::SeeTickets) {
            return Ok(Vec::new());
        }
        let rows = session.cx().store.connections(Some(self.0.id)).await.map_err(|error| store(&error))?;
        Ok(rows.into_iter().map(|row| HelpdeskConnection { id: row.id, helpdesk: row.kind.into(), base_url: row.base_url }).collect())
    }
}

/// Business hours.
pub(super) struct BusinessHours(pub(super) Arc<BusinessCalendar>);

#[Object]
/// When somebody is there to answer, and what counts towards a deadline.
impl BusinessHours {
    /// The time zone of the opening times: an IANA name such as `Europe/Paris`.
    async fn timezone(&self) -> &str {
        self.0.timezone().name()
    }

    /// The openings of every week, Monday first; a day without one is closed.
    async fn week(&self) -> Vec<WeeklyOpening> {
        let openings = |day| self.0.week().on(day).iter().map(move |hours| WeeklyOpening::new(day, *hours));
        std::iter::successors(Some(Weekday::Mon), |day| Some(day.succ())).take(7).flat_map(openings).collect()
    }

    /// Whose public holidays are kept: an ISO 3166-1 country code; null when none are.
    async fn holiday_country(&self) -> Option<&str> {
        self.0.holidays().map(|place| place.country().code())
    }

    /// The region in that country, where the law differs: the end of its ISO 3166-2 code.
    async fn holiday_region(&self) -> Option<&str> {
        self.0.holidays().and_then(Place::region).map(|region| region.code)
    }

    /// The next moment at which it is open: now, when it is. Null when it cannot be told.
    async fn next_opening(&self, ctx: &Context<'_>) -> Option<Result<DateTime<Utc>>> {
        let now = match session(ctx) {
            Ok(session) => session.cx().now(),
            Err(error) => return Some(Err(error)),
        };
        self.0.next_opening(now).ok().map(Ok)
    }
}

/// One opening of every week.
#[derive(SimpleObject)]
pub(super) struct WeeklyOpening {
    /// On which day.
    day: DayOfWeek,
    /// From when, local time: `09:00`.
    opens: String,
    /// Until when, local time: `18:00`; `24:00` is the end of the day.
    closes: String,
}

impl WeeklyOpening {
    fn new(day: Weekday, hours: Hours) -> Self {
        Self { day: day.into(), opens: hours.opens().to_string(), closes: hours.closes().to_string() }
    }
}

/// A connection to one helpdesk account.
#[derive(SimpleObject)]
pub(super) struct HelpdeskConnection {
    /// The id, as in the webhook's address. Not a node.
    id: ConnectionId,
    /// The product.
    helpdesk: HelpdeskKind,
    /// Where the account is.
    base_url: String,
}
