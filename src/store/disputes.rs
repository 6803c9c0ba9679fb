//! Disputes between buyers and sellers, and the evidence in them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, JoinType, QueryFilter,
    QueryOrder, QuerySelect, RelationDef,
};
use uuid::Uuid;

use super::attachments::attachment;
use super::codec::{from_json, from_text, json, text};
use super::entity::{attachments, cases, dispute_evidence, disputes, messages, thread_cases};
use super::{Result, Store, StoreError, Tx, scope};
use crate::domain::attachments::{Attachment, AttachmentState};
use crate::domain::disputes::{Dispute, Evidence};
use crate::domain::ids::{AttachmentId, CaseId, DisputeId, EvidenceId, MarketplaceId, OrderId, ReturnId, SellerId, TokenId};
use crate::domain::parties::{Audience, Scope, View};

/// A dispute for which time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueDispute {
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// The dispute.
    pub dispute: DisputeId,
}

/// What a dispute belongs to: what is locked before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisputePlace {
    /// The case.
    pub case: CaseId,
    /// The order.
    pub order: OrderId,
}

fn dispute(row: disputes::Model, evidence: Vec<Evidence>) -> Result<Dispute> {
    let document: Dispute = from_json(row.document, "disputes", "document")?;
    // A case may have gone on in another one since the document was written.
    Ok(Dispute { case: CaseId::from_uuid(row.case_id), evidence, ..document })
}

fn piece(row: dispute_evidence::Model) -> Result<Evidence> {
    Ok(Evidence {
        id: EvidenceId::from_uuid(row.id),
        by: from_text(&row.party, "dispute_evidence", "party")?,
        text: row.text,
        sha256: row.sha256.try_into().map_err(|_| StoreError::Inconsistent { table: "dispute_evidence", column: "sha256" })?,
        attachment: row.attachment_id.map(AttachmentId::from_uuid),
        audience: Audience::from_bits(row.audience),
        at: row.submitted_at,
    })
}

/// The disputes that a reader knows: operator and vendor all, a seller those about its orders, whoever talks in the case;
/// buyers and mediators those of their cases.
fn known(scope: Scope) -> Condition {
    let tenant = Condition::all().add(disputes::Column::MarketplaceId.eq(scope.marketplace.uuid()));
    match scope.view {
        View::Whole | View::Storefront => tenant,
        View::Seller(seller) => tenant.add(disputes::Column::SellerId.eq(seller.uuid())),
        View::Buyer(_) | View::Mediator { .. } => tenant.add(scope::known_case(scope, cases::Column::Id, disputes::Column::CaseId)),
    }
}

/// The evidence that a reader may see of disputes that it knows.
fn shown(scope: Scope) -> Condition {
    Condition::all()
        .add(dispute_evidence::Column::MarketplaceId.eq(scope.marketplace.uuid()))
        .add(scope::meant_for(scope, dispute_evidence::Column::Audience))
}

/// Rows with what was handed in, the oldest first.
async fn with_evidence<C: ConnectionTrait>(db: &C, scope: Scope, mut rows: Vec<disputes::Model>) -> Result<Vec<Dispute>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    rows.sort_unstable_by_key(|row| row.id);
    let find = dispute_evidence::Entity::find()
        .filter(shown(scope))
        .filter(dispute_evidence::Column::DisputeId.is_in(rows.iter().map(|row| row.id)));
    let mut found = find.all(db).await?;
    found.sort_unstable_by_key(|row| row.id);
    let mut pieces: HashMap<Uuid, Vec<Evidence>> = HashMap::new();
    for row in found {
        pieces.entry(row.dispute_id).or_default().push(piece(row)?);
    }
    rows.into_iter().map(|row| (pieces.remove(&row.id).unwrap_or_default(), row)).map(|(pieces, row)| dispute(row, pieces)).collect()
}

/// The dispute that a piece of evidence was handed in in.
fn of_dispute() -> RelationDef {
    RelationDef::from(
        dispute_evidence::Entity::belongs_to(disputes::Entity)
            .from((dispute_evidence::Column::MarketplaceId, dispute_evidence::Column::DisputeId))
            .to((disputes::Column::MarketplaceId, disputes::Column::Id)),
    )
}

impl Store {
    /// Disputes by id, those that the reader knows, with the evidence that it may see.
    pub async fn disputes_by_id(&self, scope: Scope, ids: &[DisputeId]) -> Result<Vec<Dispute>> {
        let find = disputes::Entity::find().filter(known(scope)).filter(disputes::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        with_evidence(&self.reads, scope, find.all(&self.reads).await?).await
    }

    /// The disputes of these cases, as the reader knows them, the oldest first.
    pub async fn disputes_of_cases(&self, scope: Scope, ids: &[CaseId]) -> Result<Vec<Dispute>> {
        let find = disputes::Entity::find().filter(known(scope)).filter(disputes::Column::CaseId.is_in(ids.iter().map(|id| id.uuid())));
        with_evidence(&self.reads, scope, find.all(&self.reads).await?).await
    }

    /// The disputes about these orders, as the reader knows them, the oldest first.
    pub async fn disputes_of_orders(&self, scope: Scope, ids: &[OrderId]) -> Result<Vec<Dispute>> {
        let find = disputes::Entity::find().filter(known(scope)).filter(disputes::Column::OrderId.is_in(ids.iter().map(|id| id.uuid())));
        with_evidence(&self.reads, scope, find.all(&self.reads).await?).await
    }

    /// The files of these pieces of evidence, of those that the reader may see.
    pub async fn evidence_files(&self, scope: Scope, ids: &[EvidenceId]) -> Result<HashMap<EvidenceId, Attachment>> {
        let pieces = dispute_evidence::Entity::find()
            .select_only()
            .columns([dispute_evidence::Column::Id, dispute_evidence::Column::AttachmentId])
            .join(JoinType::InnerJoin, of_dispute())
            .filter(known(scope))
            .filter(shown(scope))
            .filter(dispute_evidence::Column::Id.is_in(ids.iter().map(|id| id.uuid())))
            .filter(dispute_evidence::Column::AttachmentId.is_not_null());
        let pieces = pieces.into_tuple::<(Uuid, Uuid)>().all(&self.reads).await?;
        if pieces.is_empty() {
            return Ok(HashMap::new());
        }
        let find = attachments::Entity::find()
            .filter(attachments::Column::MarketplaceId.eq(scope.marketplace.uuid()))
            .filter(attachments::Column::Id.is_in(pieces.iter().map(|(_, file)| *file)));
        let files =
            find.all(&self.reads).await?.into_iter().map(|row| Ok((row.id, attachment(row)?))).collect::<Result<HashMap<_, _>>>()?;
        let file = |(piece, file): (Uuid, Uuid)| Some((EvidenceId::from_uuid(piece), files.get(&file)?.clone()));
        Ok(pieces.into_iter().filter_map(file).collect())
    }

    /// The disputes for which time has come, the longest due first.
    pub async fn due_disputes(&self, now: DateTime<Utc>, limit: u64) -> Result<Vec<DueDispute>> {
        use disputes::Column::{Id, MarketplaceId as Tenant, WakesAt};
        let due = disputes::Entity::find().select_only().columns([Tenant, Id]).filter(WakesAt.lte(now)).order_by_asc(WakesAt).limit(limit);
        let rows = due.into_tuple::<(Uuid, Uuid)>().all(&self.reads).await?;
        let due = |(marketplace, dispute)| DueDispute {
            marketplace: MarketplaceId::from_uuid(marketplace),
            dispute: DisputeId::from_uuid(dispute),
        };
        Ok(rows.into_iter().map(due).collect())
    }
}

impl Tx {
    fn everything(&self) -> Scope {
        Scope { marketplace: self.marketplace, view: View::Whole }
    }

    /// What a dispute that the actor knows belongs to. Not locked: it is read to know what to lock first.
    pub async fn dispute_place(&self, scope: Scope, id: DisputeId) -> Result<Option<DisputePlace>> {
        use disputes::Column::{CaseId as Case, OrderId as Order};
        let find = disputes::Entity::find()
            .select_only()
            .columns([Case, Order])
            .filter(known(scope))
            .filter(disputes::Column::Id.eq(id.uuid()))
            .into_tuple::<(Uuid, Uuid)>();
        let place = |(case, order)| DisputePlace { case: CaseId::from_uuid(case), order: OrderId::from_uuid(order) };
        Ok(find.one(self.db().await?).await?.map(place))
    }

    /// A dispute with all its evidence, under lock. Its case and its order are locked before it.
    pub async fn lock_dispute(&self, id: DisputeId) -> Result<Option<Dispute>> {
        let find = disputes::Entity::find().filter(known(self.everything())).filter(disputes::Column::Id.eq(id.uuid())).lock_exclusive();
        let rows = find.all(self.db().await?).await?;
        Ok(with_evidence(self.db().await?, self.everything(), rows).await?.pop())
    }

    /// All disputes about an order, the oldest first. The order is locked, and so are they.
    pub async fn disputes_of_order(&self, order: OrderId) -> Result<Vec<Dispute>> {
        let find = disputes::Entity::find().filter(known(self.everything())).filter(disputes::Column::OrderId.eq(order.uuid()));
        let rows = find.all(self.db().await?).await?;
        with_evidence(self.db().await?, self.everything(), rows).await
    }

    /// Stores a new dispute about an order of this seller. A second open one about the same line is a [`StoreError::Conflict`].
    pub async fn insert_dispute(&self, new: &Dispute, seller: SellerId) -> Result<()> {
        let row = disputes::Model {
            marketplace_id: self.marketplace.uuid(),
            id: new.id.uuid(),
            case_id: new.case.uuid(),
            order_id: new.order.uuid(),
            order_line: new.order_line.as_ref().map(ToString::to_string),
            seller_id: seller.uuid(),
            return_id: new.return_id.map(ReturnId::uuid),
            stage: text(new.stage),
            revision: new.revision,
            document: json(new),
            wakes_at: new.wakes_at(),
            opened_at: new.opened_at,
            updated_at: new.updated_at,
        };
        disputes::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Stores a dispute after a move that was made on this revision of it, with the evidence that came by it. A revision that
    /// stands no longer is a [`StoreError::Conflict`].
    pub async fn save_dispute(&self, after: &Dispute, before: &Dispute) -> Result<()> {
        let change = disputes::ActiveModel {
            stage: Set(text(after.stage)),
            revision: Set(after.revision),
            document: Set(json(after)),
            wakes_at: Set(after.wakes_at()),
            updated_at: Set(after.updated_at),
            ..Default::default()
        };
        let done = disputes::Entity::update_many()
            .set(change)
            .filter(disputes::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(disputes::Column::Id.eq(after.id.uuid()))
            .filter(disputes::Column::Revision.eq(before.revision))
            .exec(self.db().await?)
            .await?;
        if done.rows_affected != 1 {
            return Err(StoreError::Conflict { constraint: "disputes.revision".to_owned() });
        }
        self.insert_evidence(after, before.evidence.len()).await
    }

    /// Stores what was handed in since there were so many pieces.
    async fn insert_evidence(&self, dispute: &Dispute, known: usize) -> Result<()> {
        let rows: Vec<_> = dispute
            .evidence
            .iter()
            .skip(known)
            .map(|piece| {
                dispute_evidence::Model {
                    marketplace_id: self.marketplace.uuid(),
                    id: piece.id.uuid(),
                    dispute_id: dispute.id.uuid(),
                    party: text(piece.by),
                    text: piece.text.clone(),
                    sha256: piece.sha256.to_vec(),
                    attachment_id: piece.attachment.map(AttachmentId::uuid),
                    audience: piece.audience.bits(),
                    submitted_at: piece.at,
                }
                .into_active_model()
                .reset_all()
            })
            .collect();
        if !rows.is_empty() {
            dispute_evidence::Entity::insert_many(rows).exec_without_returning(self.db().await?).await?;
        }
        Ok(())
    }

    /// Disputes of a case that goes on in another one.
    pub async fn move_disputes(&self, from: CaseId, into: CaseId) -> Result<()> {
        disputes::Entity::update_many()
            .set(disputes::ActiveModel { case_id: Set(into.uuid()), ..Default::default() })
            .filter(disputes::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(disputes::Column::CaseId.eq(from.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }

    /// The language in which a seller is written to, if it has said so.
    pub async fn seller_locale(&self, seller: SellerId) -> Result<Option<String>> {
        Ok(self.seller(seller).await?.and_then(|row| row.locale))
    }

    /// Takes an uploader's own file, that no message has, as evidence: it stays. False when there is no such file.
    pub async fn keep_as_evidence(&self, id: AttachmentId, uploader: TokenId, dispute: DisputeId) -> Result<bool> {
        let change = attachments::ActiveModel { dispute_id: Set(Some(dispute.uuid())), ..Default::default() };
        let done = attachments::Entity::update_many()
            .set(change)
            .filter(attachments::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(attachments::Column::Id.eq(id.uuid()))
            .filter(attachments::Column::UploaderId.eq(uploader.uuid()))
            .filter(attachments::Column::MessageId.is_null())
            .filter(Condition::any().add(attachments::Column::DisputeId.is_null()).add(attachments::Column::DisputeId.eq(dispute.uuid())))
            .filter(attachments::Column::State.eq(text(AttachmentState::Ready)))
            .exec(self.db().await?)
            .await?;
        Ok(done.rows_affected == 1)
    }

    /// A file of a message of the case that the actor sees.
    pub async fn attachment_in_case(&self, scope: Scope, id: AttachmentId, case: CaseId) -> Result<Option<Attachment>> {
        let of_message = attachments::Entity::belongs_to(messages::Entity)
            .from((attachments::Column::MarketplaceId, attachments::Column::MessageId))
            .to((messages::Column::MarketplaceId, messages::Column::Id));
        let in_case = messages::Entity::belongs_to(thread_cases::Entity)
            .from((messages::Column::MarketplaceId, messages::Column::ThreadId))
            .to((thread_cases::Column::MarketplaceId, thread_cases::Column::ThreadId));
        let find = attachments::Entity::find()
            .join(JoinType::InnerJoin, of_message.into())
            .join(JoinType::InnerJoin, in_case.into())
            .filter(scope::messages(scope))
            .filter(attachments::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(attachments::Column::Id.eq(id.uuid()))
            .filter(attachments::Column::State.eq(text(AttachmentState::Ready)))
            .filter(thread_cases::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(thread_cases::Column::CaseId.eq(case.uuid()));
        find.one(self.db().await?).await?.map(attachment).transpose()
    }
}
