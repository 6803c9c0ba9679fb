//! What buyers were told without having asked.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::codec::{from_text, text};
use super::entity::{cases, mail_deliveries, messages, notices, orders};
use super::mails::MailRow;
use super::queue::{QueueStatus, Settlement};
use super::{Page, PageRequest, PageSide, Result, Store, Tx};
use crate::domain::cases::{Case, CaseStatus};
use crate::domain::ids::{BuyerId, CaseId, MailId, MarketplaceId, MessageId, NoticeId, OrderId, SellerId, ShipmentId};
use crate::domain::mails::{MailKind, Receiver};
use crate::domain::notices::{Notice, NoticeKind, NoticeState, NoticeWay, Withheld};
use crate::domain::parties::{Scope, View};
use crate::domain::threads::MessageDelivery;

/// Which notices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticeFilter {
    /// Those about this order; none for all.
    pub order_reference: Option<String>,
}

/// A notice that is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotice {
    /// The order.
    pub order: OrderId,
    /// The marketplace's id of the line.
    pub line: String,
    /// Who sells.
    pub seller: SellerId,
    /// The parcel.
    pub shipment: ShipmentId,
    /// What happened.
    pub kind: NoticeKind,
    /// The day that is promised now, or was.
    pub day: NaiveDate,
    /// The moment.
    pub promised_at: DateTime<Utc>,
}

/// The day in the key of a notice. That a promise passed is told once.
fn key_day(kind: NoticeKind, day: NaiveDate) -> i32 {
    match kind {
        NoticeKind::Moved => day.num_days_from_ce() - NaiveDate::default().num_days_from_ce(),
        NoticeKind::Passed => 0,
    }
}

/// The notices that a reader knows: the operator all, a seller those of its orders, others none.
fn visible(scope: Scope) -> Option<Condition> {
    let tenant = Condition::all().add(notices::Column::MarketplaceId.eq(scope.marketplace.uuid()));
    match scope.view {
        View::Whole => Some(tenant),
        View::Seller(seller) => Some(tenant.add(notices::Column::SellerId.eq(seller.uuid()))),
        View::Storefront | View::Buyer(_) | View::Mediator { .. } => None,
    }
}

const fn state_of(delivery: MessageDelivery) -> NoticeState {
    match delivery {
        MessageDelivery::Pending => NoticeState::Pending,
        MessageDelivery::Failed => NoticeState::Failed,
        MessageDelivery::Uncertain => NoticeState::Uncertain,
        // Without a ticket the thread is where the buyer reads.
        MessageDelivery::None | MessageDelivery::Delivered => NoticeState::Delivered,
    }
}

fn notice(row: notices::Model, deliveries: &HashMap<Uuid, MessageDelivery>) -> Result<Notice> {
    let mail_outcome: Option<NoticeState> = row.mail_outcome.map(|word| from_text(&word, "notices", "mail_outcome")).transpose()?;
    let way = from_text(&row.way, "notices", "way")?;
    let state = match way {
        NoticeWay::None => NoticeState::Withheld,
        NoticeWay::Email => mail_outcome.unwrap_or(NoticeState::Pending),
        NoticeWay::Case | NoticeWay::Helpdesk => {
            row.message_id.and_then(|message| deliveries.get(&message)).map_or(NoticeState::Delivered, |delivery| state_of(*delivery))
        }
    };
    let withheld: Option<Withheld> = row.withheld.map(|word| from_text(&word, "notices", "withheld")).transpose()?;
    Ok(Notice {
        id: NoticeId::from_uuid(row.id),
        order: OrderId::from_uuid(row.order_id),
        line: row.line_external_id,
        shipment: ShipmentId::from_uuid(row.shipment_id),
        kind: from_text(&row.kind, "notices", "kind")?,
        promised_at: row.promised_at,
        way,
        // One that was stopped after it was written has its reason in its outcome.
        withheld: withheld.or((state == NoticeState::Withheld).then_some(Withheld::OptedOut)),
        state,
        case: row.case_id.map(CaseId::from_uuid),
        message: row.message_id.map(MessageId::from_uuid),
        mail: row.mail_id.map(MailId::from_uuid),
        at: row.created_at,
    })
}

impl Store {
    async fn with_states(&self, marketplace: MarketplaceId, rows: Vec<notices::Model>) -> Result<Vec<Notice>> {
        let carried: Vec<_> = rows.iter().filter_map(|row| row.message_id).collect();
        let mut deliveries = HashMap::new();
        if !carried.is_empty() {
            let find = messages::Entity::find()
                .select_only()
                .columns([messages::Column::Id, messages::Column::Delivery])
                .filter(messages::Column::MarketplaceId.eq(marketplace.uuid()))
                .filter(messages::Column::Id.is_in(carried));
            for (id, delivery) in find.into_tuple::<(Uuid, String)>().all(&self.reads).await? {
                deliveries.insert(id, from_text(&delivery, "messages", "delivery")?);
            }
        }
        rows.into_iter().map(|row| notice(row, &deliveries)).collect()
    }

    /// A page of the notices that the reader knows, the newest first.
    pub async fn notices(&self, scope: Scope, filter: &NoticeFilter, request: &PageRequest<NoticeId>) -> Result<Page<Notice>> {
        let Some(mut condition) = visible(scope) else { return Ok(Page::of(request, Vec::new())) };
        if let Some(reference) = &filter.order_reference {
            let order = orders::Entity::find()
                .select_only()
                .column(orders::Column::Id)
                .filter(orders::Column::MarketplaceId.eq(scope.marketplace.uuid()))
                .filter(orders::Column::Reference.eq(reference))
                .into_tuple::<Uuid>();
            let Some(order) = order.one(&self.reads).await? else { return Ok(Page::of(request, Vec::new())) };
            condition = condition.add(notices::Column::OrderId.eq(order));
        }
        let backwards = request.side == PageSide::First;
        if let Some(from) = request.from {
            let column = notices::Column::Id;
            condition = condition.add(if backwards { column.lt(from.uuid()) } else { column.gt(from.uuid()) });
        }
        let find = notices::Entity::find().filter(condition);
        let find = if backwards { find.order_by_desc(notices::Column::Id) } else { find.order_by_asc(notices::Column::Id) };
        let rows = find.limit(request.size + 1).all(&self.reads).await?;
        Ok(Page::of(request, self.with_states(scope.marketplace, rows).await?))
    }

    /// The notices that one e-mail tells.
    pub async fn notices_of_mail(&self, marketplace: MarketplaceId, mail: MailId) -> Result<Vec<Notice>> {
        let find = notices::Entity::find()
            .filter(notices::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(notices::Column::MailId.eq(mail.uuid()));
        let mut rows = find.all(&self.reads).await?;
        rows.sort_unstable_by_key(|row| row.id);
        self.with_states(marketplace, rows).await
    }

    /// Writes down what became of the notices that an e-mail told.
    pub(super) async fn settle_notices(&self, row: &MailRow, settlement: &Settlement) -> Result<()> {
        let outcome = match settlement {
            Settlement::Done => NoticeState::Delivered,
            Settlement::Ignored(_) => NoticeState::Withheld,
            Settlement::Parked(_) => NoticeState::Uncertain,
            Settlement::Dead(_) => NoticeState::Failed,
            Settlement::Retry { .. } | Settlement::Defer { .. } => return Ok(()),
        };
        notices::Entity::update_many()
            .set(notices::ActiveModel { mail_outcome: Set(Some(text(outcome))), ..Default::default() })
            .filter(notices::Column::MarketplaceId.eq(row.marketplace.uuid()))
            .filter(notices::Column::MailId.eq(row.id.uuid()))
            .exec(&self.writes)
            .await?;
        Ok(())
    }
}

impl Tx {
    /// Writes notices that nobody wrote before; gives the ids and lines of those. They go no way yet.
    pub async fn claim_notices(&self, wanted: &[NewNotice]) -> Result<Vec<(NoticeId, String)>> {
        use notices::Column::{Day, Kind, LineExternalId, MarketplaceId, OrderId as Order};
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.store.clock.now();
        let new: Vec<_> = wanted.iter().map(|new| (NoticeId::generate(), new)).collect();
        let row = |(id, new): &(NoticeId, &NewNotice)| {
            notices::Model {
                marketplace_id: self.marketplace.uuid(),
                id: id.uuid(),
                order_id: new.order.uuid(),
                line_external_id: new.line.clone(),
                seller_id: new.seller.uuid(),
                shipment_id: new.shipment.uuid(),
                kind: text(new.kind),
                day: key_day(new.kind, new.day),
                promised_at: new.promised_at,
                way: text(NoticeWay::None),
                withheld: None,
                mail_outcome: None,
                case_id: None,
                message_id: None,
                mail_id: None,
                created_at: now,
            }
            .into_active_model()
            .reset_all()
        };
        let once = OnConflict::columns([MarketplaceId, Order, LineExternalId, Kind, Day]).do_nothing().to_owned();
        notices::Entity::insert_many(new.iter().map(row)).on_conflict(once).exec_without_returning(self.db().await?).await?;
        let find = notices::Entity::find()
            .select_only()
            .columns([notices::Column::Id, LineExternalId])
            .filter(MarketplaceId.eq(self.marketplace.uuid()))
            .filter(notices::Column::Id.is_in(new.iter().map(|(id, _)| id.uuid())))
            .order_by_asc(notices::Column::Id);
        let found = find.into_tuple::<(Uuid, String)>().all(self.db().await?).await?;
        Ok(found.into_iter().map(|(id, line)| (NoticeId::from_uuid(id), line)).collect())
    }

    async fn send_notices(&self, ids: &[NoticeId], change: notices::ActiveModel) -> Result<()> {
        notices::Entity::update_many()
            .set(change)
            .filter(notices::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(notices::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }

    /// Says that notices go no way, and why.
    pub async fn withhold_notices(&self, ids: &[NoticeId], why: Withheld) -> Result<()> {
        self.send_notices(ids, notices::ActiveModel { withheld: Set(Some(text(why))), ..Default::default() }).await
    }

    /// Says that notices are one message of a case.
    pub async fn notices_in_case(&self, ids: &[NoticeId], way: NoticeWay, case: CaseId, message: MessageId) -> Result<()> {
        let (way, case_id, message_id) = (Set(text(way)), Set(Some(case.uuid())), Set(Some(message.uuid())));
        self.send_notices(ids, notices::ActiveModel { way, case_id, message_id, ..Default::default() }).await
    }

    /// Makes notices one e-mail to their buyer.
    pub async fn mail_notices(&self, ids: &[NoticeId], buyer: BuyerId) -> Result<()> {
        let (mail, now, receiver) = (MailId::generate(), self.store.clock.now(), Receiver::Buyer(buyer));
        let row = mail_deliveries::Model {
            marketplace_id: self.marketplace.uuid(),
            id: mail.uuid(),
            lane: receiver.to_string(),
            // A buyer is told of nothing else, so the ids are the order.
            position: 0,
            status: text(QueueStatus::Pending),
            run_at: now,
            attempts: 0,
            lease_until: None,
            last_error: None,
            created_at: now,
            finished_at: None,
            receiver: text(receiver),
            kind: text(MailKind::DeliveryNotice),
            once_key: ids.first().map(ToString::to_string).unwrap_or_default(),
            event_id: None,
            case_id: None,
            happened_at: now,
        };
        mail_deliveries::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        let (way, mail_id) = (Set(text(NoticeWay::Email)), Set(Some(mail.uuid())));
        self.send_notices(ids, notices::ActiveModel { way, mail_id, ..Default::default() }).await
    }

    /// The newest case about an order that waits for somebody, under lock: the buyer's own, where the buyer is known, about one
    /// of these lines or the order as a whole.
    pub async fn case_awaiting(&self, order: OrderId, buyer: Option<BuyerId>, lines: &[String]) -> Result<Option<Case>> {
        let over = [CaseStatus::Resolved, CaseStatus::Closed].map(text);
        let mut find = cases::Entity::find()
            .select_only()
            .columns([cases::Column::Id, cases::Column::OrderLine])
            .filter(cases::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(cases::Column::OrderId.eq(order.uuid()))
            .filter(cases::Column::Status.is_not_in(over))
            .filter(Condition::any().add(cases::Column::OrderLine.is_null()).add(cases::Column::OrderLine.is_in(lines)));
        if let Some(buyer) = buyer {
            find = find.filter(cases::Column::BuyerId.eq(buyer.uuid()));
        }
        let mut found = find.into_tuple::<(Uuid, Option<String>)>().all(self.db().await?).await?;
        found.sort_unstable_by_key(|(id, _)| std::cmp::Reverse(*id));
        let best = found.iter().find(|(_, line)| line.is_some()).or(found.first());
        let Some((id, _)) = best else { return Ok(None) };
        let case = self.lock_case(Scope { marketplace: self.marketplace, view: View::Whole }, CaseId::from_uuid(*id)).await?;
        Ok(case.filter(|case| case.status.turn().is_some()))
    }
}
