//! E-mails that go out: who gets them, who wants none, and the queue, in the order of the timeline for each receiver.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::codec::{from_json, from_text, json, text};
use super::entity::{alert_cursors, alert_mutes, alert_recipients, mail_deliveries, marketplaces};
use super::queue::{Claim, Queue, QueueDepth, QueueStatus, Settlement};
use super::{Result, Store, StoreError, Tx};
use crate::domain::ids::{
    AlertRecipientId, CaseId, DefectId, EventId, InvitationId, MailId, MarketplaceId, MessageId, RatingId, SanctionId, SanctionProposalId,
};
use crate::domain::kpis::Days;
use crate::domain::mails::{MailKind, Receiver};
use crate::domain::ratings::{Call, ReviewNews};
use crate::domain::standing::SanctionNews;

/// An address of the operator's staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientRow {
    /// Its id.
    pub id: AlertRecipientId,
    /// The address.
    pub email: String,
    /// Its language, a BCP 47 tag; none for the marketplace's.
    pub locale: Option<String>,
    /// What it is told; empty for everything.
    pub kinds: Vec<MailKind>,
}

/// An e-mail that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// To whom.
    pub receiver: Receiver,
    /// Of which kind.
    pub kind: MailKind,
    /// What makes it the same as another one to the same receiver.
    pub once_key: String,
    /// The event.
    pub event: EventId,
    /// The event's position.
    pub position: i64,
    /// The event's case.
    pub case: CaseId,
    /// When it happened.
    pub at: DateTime<Utc>,
}

/// What an e-mail tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailAbout {
    /// Something that happened in a case.
    Event {
        /// The event.
        event: EventId,
        /// Its case.
        case: CaseId,
    },
    /// A product that comes back too often.
    Defect(DefectId),
    /// What the house says to a buyer in a case.
    Message(MessageId),
    /// An order, to its buyer: the notices that name this e-mail.
    Notice,
    /// An invitation to rate.
    Invitation {
        /// Which.
        invitation: InvitationId,
        /// The first time, or the reminder.
        call: Call,
    },
    /// A review.
    Review {
        /// Which.
        review: RatingId,
        /// What is told of it.
        news: ReviewNews,
    },
    /// Something that was decided against a seller.
    Sanction {
        /// Which.
        sanction: SanctionId,
        /// What is told of it.
        news: SanctionNews,
    },
    /// What measures propose against a seller.
    Proposal(SanctionProposalId),
    /// The figures of these days.
    Report(Days),
}

/// An e-mail on its way.
#[derive(Debug, Clone)]
pub struct MailRow {
    /// Its id.
    pub id: MailId,
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// To whom.
    pub receiver: Receiver,
    /// Of which kind.
    pub kind: MailKind,
    /// What it tells of.
    pub about: MailAbout,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Where it stands.
    pub status: QueueStatus,
    /// How often it was tried.
    pub attempts: i32,
    /// Why it failed last.
    pub last_error: Option<String>,
}

/// What an e-mail tells of that no event tells: its key says so.
fn about(kind: MailKind, key: &str) -> Result<MailAbout> {
    let damaged = StoreError::Inconsistent { table: "mail_deliveries", column: "once_key" };
    let read = match kind {
        MailKind::Sanction => {
            let decided = || SanctionNews::of_key(key).ok().map(|(sanction, news)| MailAbout::Sanction { sanction, news });
            key.parse().ok().map(MailAbout::Proposal).or_else(decided)
        }
        MailKind::Report => Days::of_key(key).map(MailAbout::Report),
        MailKind::Defect => key.parse().ok().map(MailAbout::Defect),
        MailKind::DefectNotice => key.parse().ok().map(MailAbout::Message),
        MailKind::RatingInvitation => Call::of_key(key).map(|(invitation, call)| MailAbout::Invitation { invitation, call }),
        MailKind::Review | MailKind::ReviewDecision => ReviewNews::of_key(key).map(|(review, news)| MailAbout::Review { review, news }),
        _ => Some(MailAbout::Notice),
    };
    read.ok_or(damaged)
}

impl TryFrom<mail_deliveries::Model> for MailRow {
    type Error = StoreError;

    fn try_from(row: mail_deliveries::Model) -> Result<Self> {
        let kind = from_text(&row.kind, "mail_deliveries", "kind")?;
        Ok(Self {
            id: MailId::from_uuid(row.id),
            marketplace: MarketplaceId::from_uuid(row.marketplace_id),
            receiver: from_text(&row.receiver, "mail_deliveries", "receiver")?,
            kind,
            about: match (row.event_id, row.case_id) {
                (Some(event), Some(case)) => MailAbout::Event { event: EventId::from_uuid(event), case: CaseId::from_uuid(case) },
                _ => about(kind, &row.once_key)?,
            },
            at: row.happened_at,
            status: from_text(&row.status, "mail_deliveries", "status")?,
            attempts: row.attempts,
            last_error: row.last_error,
        })
    }
}

fn recipient(row: alert_recipients::Model) -> Result<RecipientRow> {
    Ok(RecipientRow {
        id: AlertRecipientId::from_uuid(row.id),
        email: row.email,
        locale: row.locale,
        kinds: from_json(row.kinds, "alert_recipients", "kinds")?,
    })
}

/// How many rows one statement inserts.
const CHUNK: usize = 500;

impl Store {
    /// The marketplaces whose timeline nobody tells yet.
    pub async fn never_told(&self) -> Result<Vec<MarketplaceId>> {
        let told = Query::select()
            .expr(Expr::val(1))
            .from(alert_cursors::Entity)
            .and_where(
                Expr::col((alert_cursors::Entity, alert_cursors::Column::MarketplaceId))
                    .equals((marketplaces::Entity, marketplaces::Column::Id)),
            )
            .take();
        let find = marketplaces::Entity::find().select_only().column(marketplaces::Column::Id).filter(Expr::exists(told).not());
        Ok(find.into_tuple::<Uuid>().all(&self.reads).await?.into_iter().map(MarketplaceId::from_uuid).collect())
    }

    /// The operator's addresses, by address.
    pub async fn recipients(&self, marketplace: MarketplaceId) -> Result<Vec<RecipientRow>> {
        let find = alert_recipients::Entity::find()
            .filter(alert_recipients::Column::MarketplaceId.eq(marketplace.uuid()))
            .order_by_asc(alert_recipients::Column::Email);
        find.all(&self.reads).await?.into_iter().map(recipient).collect()
    }

    /// Whether a receiver wants no e-mails of a kind.
    pub async fn is_muted(&self, marketplace: MarketplaceId, receiver: Receiver, kind: MailKind) -> Result<bool> {
        let key = (marketplace.uuid(), text(receiver), text(kind));
        Ok(alert_mutes::Entity::find_by_id(key).one(&self.reads).await?.is_some())
    }

    /// Remembers that a receiver wants no e-mails of a kind.
    pub async fn mute(&self, marketplace: MarketplaceId, receiver: Receiver, kind: MailKind) -> Result<()> {
        use alert_mutes::Column;
        let row = alert_mutes::Model {
            marketplace_id: marketplace.uuid(),
            receiver: text(receiver),
            kind: text(kind),
            created_at: self.clock.now(),
        };
        let once = OnConflict::columns([Column::MarketplaceId, Column::Receiver, Column::Kind]).do_nothing().to_owned();
        alert_mutes::Entity::insert(row.into_active_model().reset_all()).on_conflict(once).exec_without_returning(&self.writes).await?;
        Ok(())
    }

    /// Forgets that.
    pub async fn unmute(&self, marketplace: MarketplaceId, receiver: Receiver, kind: MailKind) -> Result<()> {
        alert_mutes::Entity::delete_by_id((marketplace.uuid(), text(receiver), text(kind))).exec(&self.writes).await?;
        Ok(())
    }

    /// Takes the next e-mails of receivers that nobody else is writing to.
    pub async fn claim_mails(&self, claim: Claim) -> Result<Vec<MailRow>> {
        let tx = self.begin_raw().await?;
        Queue::Mails.sweep(&tx, claim.now).await?;
        let claimed = mail_deliveries::Entity::find().from_raw_sql(Queue::Mails.claim(&tx, claim)).all(&tx).await;
        let rows = match claimed.map_err(StoreError::from) {
            // Another process took the same lane in the same moment.
            Err(StoreError::Conflict { .. }) => return Ok(Vec::new()),
            rows => rows?,
        };
        tx.commit().await?;
        rows.into_iter().map(MailRow::try_from).collect()
    }

    /// Writes down what became of an e-mail.
    pub async fn settle_mail(&self, row: &MailRow, settlement: &Settlement) -> Result<()> {
        if row.about == MailAbout::Notice {
            self.settle_notices(row, settlement).await?;
        }
        Queue::Mails.settle(&self.writes, row.marketplace.uuid(), row.id.uuid(), settlement, self.clock.now()).await
    }

    /// How much waits.
    pub async fn mails_depth(&self) -> Result<QueueDepth> {
        Queue::Mails.depth(&self.reads).await
    }

    /// When the next waiting e-mail is due.
    pub async fn mails_next_due(&self) -> Result<Option<DateTime<Utc>>> {
        Queue::Mails.next_due(&self.reads).await
    }

    /// The newest e-mails of a marketplace.
    pub async fn mails(&self, marketplace: MarketplaceId, limit: u64) -> Result<Vec<MailRow>> {
        let find = mail_deliveries::Entity::find().filter(mail_deliveries::Column::MarketplaceId.eq(marketplace.uuid()));
        find.order_by_desc(mail_deliveries::Column::Id).limit(limit).all(&self.reads).await?.into_iter().map(MailRow::try_from).collect()
    }
}

impl Tx {
    /// Whether a receiver wants nothing of a kind.
    pub async fn is_muted(&self, receiver: Receiver, kind: MailKind) -> Result<bool> {
        let key = (self.marketplace.uuid(), text(receiver), text(kind));
        Ok(alert_mutes::Entity::find_by_id(key).one(self.db().await?).await?.is_some())
    }

    /// Replaces the operator's addresses. One that stays keeps its id, and with it what it wants no e-mails about.
    pub async fn set_recipients(&self, wanted: &[RecipientRow]) -> Result<Vec<RecipientRow>> {
        let find = alert_recipients::Entity::find().filter(alert_recipients::Column::MarketplaceId.eq(self.marketplace.uuid()));
        let known: Vec<_> = find.all(self.db().await?).await?.into_iter().map(recipient).collect::<Result<_>>()?;
        let kept = |row: &RecipientRow| known.iter().find(|other| other.email == row.email).map_or(row.id, |other| other.id);
        let stored: Vec<_> = wanted.iter().map(|row| RecipientRow { id: kept(row), ..row.clone() }).collect();
        alert_recipients::Entity::delete_many()
            .filter(alert_recipients::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .exec(self.db().await?)
            .await?;
        let now = self.store.clock.now();
        let rows = stored.iter().map(|row| {
            alert_recipients::Model {
                marketplace_id: self.marketplace.uuid(),
                id: row.id.uuid(),
                email: row.email.clone(),
                locale: row.locale.clone(),
                kinds: json(&row.kinds),
                created_at: now,
            }
            .into_active_model()
            .reset_all()
        });
        if !stored.is_empty() {
            alert_recipients::Entity::insert_many(rows).exec_without_returning(self.db().await?).await?;
        }
        Ok(stored)
    }

    /// Writes e-mails to be sent; what a receiver gets already is not written again.
    pub async fn insert_mails(&self, mails: &[NewMail]) -> Result<()> {
        use mail_deliveries::Column;
        let now = self.store.clock.now();
        let row = |new: &NewMail| {
            mail_deliveries::Model {
                marketplace_id: self.marketplace.uuid(),
                id: MailId::generate().uuid(),
                lane: new.receiver.to_string(),
                position: new.position,
                status: text(QueueStatus::Pending),
                run_at: now,
                attempts: 0,
                lease_until: None,
                last_error: None,
                created_at: now,
                finished_at: None,
                receiver: text(new.receiver),
                kind: text(new.kind),
                once_key: new.once_key.clone(),
                event_id: Some(new.event.uuid()),
                case_id: Some(new.case.uuid()),
                happened_at: new.at,
            }
            .into_active_model()
            .reset_all()
        };
        for chunk in mails.chunks(CHUNK) {
            let once = OnConflict::columns([Column::MarketplaceId, Column::Receiver, Column::OnceKey]).do_nothing().to_owned();
            mail_deliveries::Entity::insert_many(chunk.iter().map(row)).on_conflict(once).exec_without_returning(self.db().await?).await?;
        }
        Ok(())
    }

    /// Writes e-mails that tell of something outside the timeline, which `key` names; nobody is told the same twice.
    pub async fn mail_news(&self, kind: MailKind, key: &str, receivers: &[Receiver], at: DateTime<Utc>) -> Result<()> {
        use mail_deliveries::Column;
        if receivers.is_empty() {
            return Ok(());
        }
        let model = |receiver: &Receiver| {
            mail_deliveries::Model {
                marketplace_id: self.marketplace.uuid(),
                id: MailId::generate().uuid(),
                lane: receiver.to_string(),
                // It belongs to no place in the timeline, and waits for nothing of it.
                position: 0,
                status: text(QueueStatus::Pending),
                run_at: self.now(),
                attempts: 0,
                lease_until: None,
                last_error: None,
                created_at: self.now(),
                finished_at: None,
                receiver: text(*receiver),
                kind: text(kind),
                once_key: key.to_owned(),
                event_id: None,
                case_id: None,
                happened_at: at,
            }
            .into_active_model()
            .reset_all()
        };
        let once = OnConflict::columns([Column::MarketplaceId, Column::Receiver, Column::OnceKey]).do_nothing().to_owned();
        let insert = mail_deliveries::Entity::insert_many(receivers.iter().map(model)).on_conflict(once);
        insert.exec_without_returning(self.db().await?).await?;
        Ok(())
    }
}
