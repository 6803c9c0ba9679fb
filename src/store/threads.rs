//! Threads, and who takes part in them.

use std::sync::PoisonError;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::batch::Write;
use super::codec::{from_text, text};
use super::entity::{participants, thread_cases, threads};
use super::{Result, Sign, Store, Tx, scope};
use crate::domain::ids::{BuyerId, CaseId, ParticipantId, SellerId, ThreadId};
use crate::domain::parties::{Party, Scope};
use crate::domain::threads::{Member, Participant, Right, Thread, ThreadKind};

pub(super) fn thread(row: threads::Model) -> Result<Thread> {
    Ok(Thread {
        id: ThreadId::from_uuid(row.id),
        kind: from_text(&row.kind, "threads", "kind")?,
        subject: row.subject,
        last_number: row.last_number,
        opened_at: row.opened_at,
    })
}

/// Whose place it is.
pub(super) fn member(row: &participants::Model) -> Result<Member> {
    Ok(match from_text(&row.party, "participants", "party")? {
        Party::Buyer => Member::Buyer(BuyerId::from_uuid(row.member_id)),
        Party::Seller => Member::Seller(SellerId::from_uuid(row.member_id)),
        Party::Operator => Member::Operator,
    })
}

pub(super) fn participant(row: &participants::Model) -> Result<Participant> {
    Ok(Participant {
        id: ParticipantId::from_uuid(row.id),
        thread: ThreadId::from_uuid(row.thread_id),
        member: member(row)?,
        right: from_text(&row.rights, "participants", "rights")?,
        visible_from: row.visible_from,
        read_up_to: row.read_up_to,
        joined_at: row.joined_at,
    })
}

const fn member_id(member: Member) -> Uuid {
    match member {
        Member::Buyer(buyer) => buyer.uuid(),
        Member::Seller(seller) => seller.uuid(),
        Member::Operator => Uuid::nil(),
    }
}

impl Store {
    /// The threads of these cases in which the reader takes part, the oldest first.
    pub async fn threads_of_cases(&self, scope: Scope, cases: &[CaseId]) -> Result<Vec<(CaseId, Thread)>> {
        let ids: Vec<_> = cases.iter().map(|id| id.uuid()).collect();
        let link = threads::Entity::belongs_to(thread_cases::Entity)
            .from((threads::Column::MarketplaceId, threads::Column::Id))
            .to((thread_cases::Column::MarketplaceId, thread_cases::Column::ThreadId));
        let rows = thread_cases::Entity::find()
            .select_also(threads::Entity)
            .join(sea_orm::JoinType::InnerJoin, sea_orm::RelationDef::from(link).rev())
            .filter(scope::threads_of_cases(scope, &ids))
            .all(&self.reads)
            .await?;
        let found = rows.into_iter().filter_map(|(link, row)| row.map(|row| Ok((CaseId::from_uuid(link.case_id), thread(row)?))));
        let mut found = found.collect::<Result<Vec<_>>>()?;
        // Put in order here: asked for it, SQLite takes an index that has it, and walks through all there are.
        found.sort_by_key(|(_, thread)| thread.id);
        Ok(found)
    }

    /// Threads by id, those in which the reader takes part.
    pub async fn threads_by_id(&self, scope: Scope, ids: &[ThreadId]) -> Result<Vec<Thread>> {
        let find = threads::Entity::find()
            .filter(scope::threads(scope, threads::Column::MarketplaceId, threads::Column::Id))
            .filter(threads::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        find.all(&self.reads).await?.into_iter().map(thread).collect()
    }

    /// The cases that these threads cover, of those the reader knows.
    pub async fn cases_of_threads(&self, scope: Scope, ids: &[ThreadId]) -> Result<Vec<(ThreadId, CaseId)>> {
        use super::entity::cases;
        let rows = thread_cases::Entity::find()
            .filter(scope::threads(scope, thread_cases::Column::MarketplaceId, thread_cases::Column::ThreadId))
            .filter(thread_cases::Column::ThreadId.is_in(ids.iter().map(|id| id.uuid())))
            .filter(scope::known_case(scope, cases::Column::Id, thread_cases::Column::CaseId))
            .all(&self.reads)
            .await?;
        let mut links: Vec<_> = rows.into_iter().map(|row| (ThreadId::from_uuid(row.thread_id), CaseId::from_uuid(row.case_id))).collect();
        links.sort_unstable();
        Ok(links)
    }

    /// Who takes part in these threads, in the order in which they came in.
    pub async fn participants(&self, scope: Scope, ids: &[ThreadId]) -> Result<Vec<Participant>> {
        let find = participants::Entity::find()
            .filter(scope::threads(scope, participants::Column::MarketplaceId, participants::Column::ThreadId))
            .filter(participants::Column::ThreadId.is_in(ids.iter().map(|id| id.uuid())));
        let mut found = find.all(&self.reads).await?.iter().map(participant).collect::<Result<Vec<_>>>()?;
        found.sort_by_key(|participant| participant.id);
        Ok(found)
    }

    /// Participants by id, of threads in which the reader takes part.
    pub async fn participants_by_id(&self, scope: Scope, ids: &[ParticipantId]) -> Result<Vec<Participant>> {
        let find = participants::Entity::find()
            .filter(scope::threads(scope, participants::Column::MarketplaceId, participants::Column::ThreadId))
            .filter(participants::Column::Id.is_in(ids.iter().map(|id| id.uuid())));
        find.all(&self.reads).await?.iter().map(participant).collect()
    }
}

impl Tx {
    /// Stores a new thread on these cases, with the places of those who take part.
    pub async fn insert_thread(
        &self,
        kind: ThreadKind,
        subject: Option<String>,
        cases: &[CaseId],
        members: &[(Member, Right)],
    ) -> Result<Thread> {
        let now = self.store.clock.now();
        let row = threads::Model {
            marketplace_id: self.marketplace.uuid(),
            id: ThreadId::generate().uuid(),
            kind: text(kind),
            subject,
            last_number: 0,
            opened_at: now,
        };
        threads::Entity::insert(row.clone().into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        let links = cases.iter().map(|case| {
            let link = thread_cases::Model { marketplace_id: self.marketplace.uuid(), case_id: case.uuid(), thread_id: row.id };
            link.into_active_model().reset_all()
        });
        thread_cases::Entity::insert_many(links).exec_without_returning(self.db().await?).await?;
        let id = ThreadId::from_uuid(row.id);
        for (member, right) in members {
            self.insert_participant(id, *member, *right, 1).await?;
        }
        thread(row)
    }

    /// The cases that a thread covers.
    pub async fn cases_of_thread(&self, thread: ThreadId) -> Result<Vec<CaseId>> {
        let find = thread_cases::Entity::find()
            .select_only()
            .column(thread_cases::Column::CaseId)
            .filter(thread_cases::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(thread_cases::Column::ThreadId.eq(thread.uuid()));
        Ok(find.into_tuple::<Uuid>().all(self.db().await?).await?.into_iter().map(CaseId::from_uuid).collect())
    }

    /// Lets a thread cover one case more; a thread that covers it already stays as it is.
    pub async fn link_thread(&self, case: CaseId, thread: ThreadId) -> Result<()> {
        let link = thread_cases::Model { marketplace_id: self.marketplace.uuid(), case_id: case.uuid(), thread_id: thread.uuid() };
        let insert = thread_cases::Entity::insert(link.into_active_model().reset_all());
        let on_conflict = sea_orm::sea_query::OnConflict::new().do_nothing().to_owned();
        insert.on_conflict(on_conflict).exec_without_returning(self.db().await?).await?;
        self.reindex_thread(thread, 0).await
    }

    /// The thread of this kind on the case, the oldest.
    pub async fn thread_of_case(&self, case: CaseId, kind: ThreadKind) -> Result<Option<Thread>> {
        let mine = thread_cases::Entity::find()
            .select_only()
            .column(thread_cases::Column::ThreadId)
            .filter(thread_cases::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(thread_cases::Column::CaseId.eq(case.uuid()))
            .into_query();
        let find = threads::Entity::find()
            .filter(threads::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(threads::Column::Kind.eq(text(kind)))
            .filter(threads::Column::Id.in_subquery(mine))
            .order_by_asc(threads::Column::Id);
        find.one(self.db().await?).await?.map(thread).transpose()
    }

    /// The threads of a case, the oldest first.
    pub async fn threads_of_case(&self, case: CaseId) -> Result<Vec<Thread>> {
        let mine = thread_cases::Entity::find()
            .select_only()
            .column(thread_cases::Column::ThreadId)
            .filter(thread_cases::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(thread_cases::Column::CaseId.eq(case.uuid()))
            .into_query();
        let find = threads::Entity::find()
            .filter(threads::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(threads::Column::Id.in_subquery(mine))
            .order_by_asc(threads::Column::Id);
        find.all(self.db().await?).await?.into_iter().map(thread).collect()
    }

    /// A thread, if the actor takes part in it.
    pub async fn thread(&self, scope: Scope, id: ThreadId) -> Result<Option<Thread>> {
        let find = threads::Entity::find()
            .filter(scope::threads(scope, threads::Column::MarketplaceId, threads::Column::Id))
            .filter(threads::Column::Id.eq(id.uuid()));
        find.one(self.db().await?).await?.map(thread).transpose()
    }

    /// Changes the kind of a thread: a thread between seller and buyer becomes one of three.
    pub async fn set_thread_kind(&self, id: ThreadId, kind: ThreadKind) -> Result<()> {
        threads::Entity::update_many()
            .set(threads::ActiveModel { kind: Set(text(kind)), ..Default::default() })
            .filter(threads::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(threads::Column::Id.eq(id.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }

    /// Who takes part in a thread.
    pub async fn participants(&self, id: ThreadId) -> Result<Vec<Participant>> {
        let find = participants::Entity::find()
            .filter(participants::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(participants::Column::ThreadId.eq(id.uuid()))
            .order_by_asc(participants::Column::Id);
        find.all(self.db().await?).await?.iter().map(participant).collect()
    }

    /// Gives somebody a place in a thread, from this message on.
    pub async fn insert_participant(&self, thread: ThreadId, member: Member, right: Right, visible_from: i64) -> Result<Participant> {
        let row = participants::Model {
            marketplace_id: self.marketplace.uuid(),
            thread_id: thread.uuid(),
            id: ParticipantId::generate().uuid(),
            party: text(member.party()),
            member_id: member_id(member),
            rights: text(right),
            visible_from,
            read_up_to: visible_from - 1,
            joined_at: self.store.clock.now(),
        };
        self.known.forget_places();
        participants::Entity::insert(row.clone().into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        participant(&row)
    }

    /// Changes what a participant may do and see.
    pub async fn save_participant(&self, participant: &Participant) -> Result<()> {
        self.known.forget_places();
        participants::Entity::update_many()
            .set(participants::ActiveModel {
                rights: Set(text(participant.right)),
                visible_from: Set(participant.visible_from),
                ..Default::default()
            })
            .filter(participants::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(participants::Column::ThreadId.eq(participant.thread.uuid()))
            .filter(participants::Column::Id.eq(participant.id.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }

    /// Remembers that a participant has read up to this message. Reading is never undone, and touches nothing else: it
    /// holds no lock, and somebody may be changing the participant's rights at the same time.
    pub async fn mark_read(&self, participant: &Participant, number: i64) -> Result<()> {
        if participant.read_up_to >= number {
            return Ok(());
        }
        let update = participants::Entity::update_many()
            .set(participants::ActiveModel { read_up_to: Set(number), ..Default::default() })
            .filter(participants::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(participants::Column::ThreadId.eq(participant.thread.uuid()))
            .filter(participants::Column::Id.eq(participant.id.uuid()))
            .filter(participants::Column::ReadUpTo.lt(number));
        self.later(Write::Update(("participants", participant.id.uuid()), update.into_query())).await?;
        self.signs.lock().unwrap_or_else(PoisonError::into_inner).push((participant.thread, participant.id, Sign::Read));
        Ok(())
    }

    /// Takes somebody's place in the threads of a case away.
    pub async fn remove_participants(&self, threads: &[ThreadId], member: Member) -> Result<()> {
        self.known.forget_places();
        participants::Entity::delete_many()
            .filter(participants::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(participants::Column::ThreadId.is_in(threads.iter().map(|id| id.uuid())))
            .filter(participants::Column::Party.eq(text(member.party())))
            .filter(participants::Column::MemberId.eq(member_id(member)))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }
}
