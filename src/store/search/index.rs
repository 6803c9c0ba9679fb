//! Entries are written in the transaction of what they are about.

use std::collections::hash_map::Entry as MapEntry;
use std::collections::{BTreeSet, HashMap};

use sea_orm::sea_query::{Alias, Expr, ExprTrait, InsertStatement, OnConflict, Query, SimpleExpr, UnionType};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, JoinType, Order, QueryFilter, QuerySelect, RelationDef};
use uuid::Uuid;

use super::{CASES, Findable, MESSAGES, STOREFRONT, gate, language, seq};
use crate::domain::cases::Case;
use crate::domain::ids::{CaseId, MarketplaceId, MessageId, SellerId, ThreadId};
use crate::domain::masking;
use crate::domain::parties::{Audience, Party};
use crate::domain::sentiment::Language;
use crate::domain::threads::ThreadKind;
use crate::store::batch::Write;
use crate::store::codec::{from_text, text};
use crate::store::entity::{buyers, cases, messages, orders, search_entries, sellers, thread_cases, threads};
use crate::store::{Backend, Result, Store, Tx};

/// How many entries are written in one unit of work when all are written anew.
const BATCH: u64 = 500;

/// Where a thing is found.
#[derive(Debug)]
pub(in crate::store) struct Words {
    pub(in crate::store) kind: Findable,
    pub(in crate::store) id: Uuid,
    gates: Vec<String>,
    public: Vec<String>,
    contact: Vec<String>,
}

impl Words {
    /// The row that says it, under this number.
    pub(in crate::store) fn insert(&self, backend: Backend, seq: SimpleExpr) -> InsertStatement {
        let mut insert = Query::insert();
        insert.into_table(Alias::new("search_words"));
        match backend {
            Backend::Sqlite => insert.columns(["rowid", "gate", "words", "contact"]).values_panic([
                seq,
                self.gates.join(" ").into(),
                self.public.join(" ").into(),
                self.contact.join(" ").into(),
            ]),
            Backend::Postgres => {
                let vector = language::tsvector(&self.gates, &self.public, &self.contact);
                insert.columns(["rowid", "words"]).values_panic([seq, Expr::cust_with_values("CAST($1 AS tsvector)", [vector])])
            }
        };
        insert
    }
}

/// A message as the index sees it.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Said<'a> {
    pub(in crate::store) id: Uuid,
    pub(in crate::store) thread: Uuid,
    pub(in crate::store) kind: ThreadKind,
    pub(in crate::store) author: Party,
    pub(in crate::store) audience: Audience,
    pub(in crate::store) text: &'a str,
}

/// The columns of a case that its entry is made of.
#[derive(sea_orm::FromQueryResult)]
struct CaseWords {
    id: Uuid,
    reference: String,
    subject: String,
    buyer_id: Uuid,
    seller_id: Option<Uuid>,
    order_reference: Option<String>,
    seller_name: Option<String>,
    buyer_name: Option<String>,
    buyer_email: Option<String>,
}

impl CaseWords {
    fn entry(&self, marketplace: MarketplaceId, shown_subject: Option<&str>) -> Words {
        let mut gates = vec![gate('m', marketplace.uuid()), CASES.to_owned(), STOREFRONT.to_owned()];
        gates.extend([gate('c', self.id), gate('b', self.buyer_id)]);
        gates.extend(self.seller_id.map(|seller| gate('s', seller)));
        let subject = shown_subject.unwrap_or(&self.subject);
        let public = [Some(subject), Some(&self.reference), self.order_reference.as_deref(), self.seller_name.as_deref()];
        let written = shown_subject.map(|_| self.subject.as_str());
        let contact = [self.buyer_name.as_deref(), self.buyer_email.as_deref(), written];
        Words {
            kind: Findable::Case,
            id: self.id,
            gates,
            public: language::words(public.into_iter().flatten()),
            contact: language::words(contact.into_iter().flatten()),
        }
    }
}

/// What changes where a case is found.
pub(in crate::store) type CaseKeys = (String, Option<Uuid>, Option<Uuid>);

impl Tx {
    /// Makes a new message of a thread that covers these cases findable.
    pub(in crate::store) async fn index_message(&self, said: Said<'_>, cases: &[Case]) -> Result<()> {
        let covered = cases.iter().map(|case| (case.id.uuid(), case.seller.map(SellerId::uuid), case.buyer.uuid()));
        let words = self.entry(said, self.gates_of(said, covered)).await?;
        self.later(Write::Entry(Box::new(words))).await
    }

    /// Makes a message findable by what it says now, and no longer by what it said.
    pub(in crate::store) async fn reindex_message(&self, id: MessageId) -> Result<()> {
        for (row, kind) in self.messages_with_kind(messages::Column::Id.eq(id.uuid())).await? {
            let said = said(&row, kind)?;
            let gates = self.message_gates(said).await?;
            self.replace_entry(self.entry(said, gates).await?).await?;
        }
        Ok(())
    }

    /// Makes the messages of a thread behind this number findable where they stand now: they came from another thread, or
    /// the thread covers one case more.
    pub(in crate::store) async fn reindex_thread(&self, thread: ThreadId, behind: i64) -> Result<()> {
        let moved = messages::Column::ThreadId.eq(thread.uuid()).and(messages::Column::Number.gt(behind));
        let mut gates: HashMap<i16, Vec<String>> = HashMap::new();
        for (row, kind) in self.messages_with_kind(moved).await? {
            let said = said(&row, kind)?;
            let known = match gates.entry(row.audience) {
                MapEntry::Occupied(known) => known.get().clone(),
                MapEntry::Vacant(place) => place.insert(self.message_gates(said).await?).clone(),
            };
            self.replace_entry(self.entry(said, known).await?).await?;
        }
        Ok(())
    }

    /// Makes a new case findable.
    pub(in crate::store) async fn index_case(&self, case: CaseId) -> Result<()> {
        for words in self.case_words(cases::Column::Id.eq(case.uuid())).await? {
            self.insert_entry(self.case_entry(&words).await?).await?;
        }
        Ok(())
    }

    /// What of a case is in the index, before it is saved.
    pub(in crate::store) async fn case_keys(&self, case: CaseId) -> Result<Option<CaseKeys>> {
        let find = cases::Entity::find_by_id((self.marketplace.uuid(), case.uuid())).select_only().columns([
            cases::Column::Subject,
            cases::Column::SellerId,
            cases::Column::OrderId,
        ]);
        Ok(find.into_tuple().one(self.db().await?).await?)
    }

    /// Makes a case findable as it is now. When its seller changed, so did whose its messages are.
    pub(in crate::store) async fn reindex_case(&self, case: CaseId, before: Option<CaseKeys>) -> Result<()> {
        let now = self.case_keys(case).await?;
        for words in self.case_words(cases::Column::Id.eq(case.uuid())).await? {
            self.replace_entry(self.case_entry(&words).await?).await?;
        }
        if before.map(|(_, seller, _)| seller) == now.map(|(_, seller, _)| seller) {
            return Ok(());
        }
        let of_case = Query::select()
            .column(thread_cases::Column::ThreadId)
            .from(thread_cases::Entity)
            .and_where(thread_cases::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .and_where(thread_cases::Column::CaseId.eq(case.uuid()))
            .take();
        for (row, kind) in self.messages_with_kind(messages::Column::ThreadId.in_subquery(of_case)).await? {
            let said = said(&row, kind)?;
            let gates = self.message_gates(said).await?;
            self.replace_entry(self.entry(said, gates).await?).await?;
        }
        Ok(())
    }

    /// Makes the cases of sellers findable by the names that they have now.
    pub(in crate::store) async fn reindex_sellers(&self, renamed: &[Uuid]) -> Result<()> {
        for words in self.case_words(cases::Column::SellerId.is_in(renamed.iter().copied())).await? {
            self.replace_entry(self.case_entry(&words).await?).await?;
        }
        Ok(())
    }

    async fn case_words(&self, which: sea_orm::sea_query::SimpleExpr) -> Result<Vec<CaseWords>> {
        let order = cases::Entity::belongs_to(orders::Entity)
            .from((cases::Column::MarketplaceId, cases::Column::OrderId))
            .to((orders::Column::MarketplaceId, orders::Column::Id));
        let seller = cases::Entity::belongs_to(sellers::Entity)
            .from((cases::Column::MarketplaceId, cases::Column::SellerId))
            .to((sellers::Column::MarketplaceId, sellers::Column::Id));
        let buyer = cases::Entity::belongs_to(buyers::Entity)
            .from((cases::Column::MarketplaceId, cases::Column::BuyerId))
            .to((buyers::Column::MarketplaceId, buyers::Column::Id));
        let find = cases::Entity::find()
            .select_only()
            .columns([cases::Column::Id, cases::Column::Reference, cases::Column::Subject, cases::Column::BuyerId, cases::Column::SellerId])
            .column_as(orders::Column::Reference, "order_reference")
            .column_as(sellers::Column::Name, "seller_name")
            .column_as(buyers::Column::Name, "buyer_name")
            .column_as(buyers::Column::Email, "buyer_email")
            .join(JoinType::LeftJoin, RelationDef::from(order))
            .join(JoinType::LeftJoin, RelationDef::from(seller))
            .join(JoinType::LeftJoin, RelationDef::from(buyer))
            .filter(cases::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(which);
        Ok(find.into_model::<CaseWords>().all(self.db().await?).await?)
    }

    async fn messages_with_kind(&self, which: sea_orm::sea_query::SimpleExpr) -> Result<Vec<(messages::Model, ThreadKind)>> {
        let thread = messages::Entity::belongs_to(threads::Entity)
            .from((messages::Column::MarketplaceId, messages::Column::ThreadId))
            .to((threads::Column::MarketplaceId, threads::Column::Id));
        let found = messages::Entity::find()
            .select_also(threads::Entity)
            .join(JoinType::InnerJoin, RelationDef::from(thread))
            .filter(messages::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(which)
            .all(self.db().await?)
            .await?;
        let known = found.into_iter().filter_map(|(message, thread)| Some((message, thread?)));
        known.map(|(message, thread)| Ok((message, from_text(&thread.kind, "threads", "kind")?))).collect()
    }

    /// What a message is found by: everybody by what buyer and seller read of each other, the operator by what was written.
    async fn entry(&self, said: Said<'_>, gates: Vec<String>) -> Result<Words> {
        let (public, contact) = match self.masked(said).await? {
            None => (language::words([said.text]), Vec::new()),
            Some(shown) => (language::words([shown.as_str()]), language::words([said.text])),
        };
        Ok(Words { kind: Findable::Message, id: said.id, gates, public, contact })
    }

    /// What the other side of buyer and seller reads of words, when that is not all.
    async fn masked(&self, said: Said<'_>) -> Result<Option<String>> {
        let reader = match said.author {
            Party::Buyer => Party::Seller,
            Party::Seller => Party::Buyer,
            Party::Operator => return Ok(None),
        };
        if said.kind.reaches_buyer() { self.hidden_in(said.text, said.author, reader).await } else { Ok(None) }
    }

    async fn hidden_in(&self, text: &str, author: Party, reader: Party) -> Result<Option<String>> {
        // Most words hold nothing to hide, whatever the marketplace hides.
        if masking::find(text, &masking::Policy::new(Language::En)).is_empty() {
            return Ok(None);
        }
        let shown = self.own_marketplace().await?.words_for(text, author, reader);
        Ok(Some(shown).filter(|shown| shown != text))
    }

    /// What a case is found by. Its subject is the buyer's words.
    async fn case_entry(&self, words: &CaseWords) -> Result<Words> {
        let shown = self.hidden_in(&words.subject, Party::Buyer, Party::Seller).await?;
        Ok(words.entry(self.marketplace, shown.as_deref()))
    }

    /// Whose a message is: of its thread's cases, their sellers and, where they can read along, their buyers.
    async fn message_gates(&self, said: Said<'_>) -> Result<Vec<String>> {
        let link = thread_cases::Entity::belongs_to(cases::Entity)
            .from((thread_cases::Column::MarketplaceId, thread_cases::Column::CaseId))
            .to((cases::Column::MarketplaceId, cases::Column::Id));
        let of_thread = thread_cases::Entity::find()
            .select_only()
            .columns([thread_cases::Column::CaseId])
            .column(cases::Column::SellerId)
            .column(cases::Column::BuyerId)
            .join(JoinType::InnerJoin, RelationDef::from(link))
            .filter(thread_cases::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(thread_cases::Column::ThreadId.eq(said.thread))
            .into_tuple::<(Uuid, Option<Uuid>, Uuid)>()
            .all(self.db().await?)
            .await?;
        Ok(self.gates_of(said, of_thread))
    }

    fn gates_of(&self, said: Said<'_>, cases: impl IntoIterator<Item = (Uuid, Option<Uuid>, Uuid)>) -> Vec<String> {
        let mut gates = BTreeSet::from([gate('m', self.marketplace.uuid()), MESSAGES.to_owned()]);
        for (case, seller, buyer) in cases {
            gates.insert(gate('c', case));
            gates.extend(seller.map(|seller| gate('s', seller)));
            if said.kind.reaches_buyer() {
                gates.insert(gate('b', buyer));
            }
        }
        if said.kind.reaches_buyer() && said.audience.contains(Party::Buyer) {
            gates.insert(STOREFRONT.to_owned());
        }
        gates.into_iter().collect()
    }

    /// Adds an entry, unless there is one.
    async fn insert_entry(&self, entry: Words) -> Result<()> {
        let mut insert = Query::insert();
        insert
            .into_table(search_entries::Entity)
            .columns([search_entries::Column::MarketplaceId, search_entries::Column::Id, search_entries::Column::Kind])
            .values_panic([self.marketplace.uuid().into(), entry.id.into(), entry.kind.into()])
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .returning_col(search_entries::Column::Seq);
        match self.db().await?.query_one(&insert).await? {
            Some(row) => self.insert_words(seq(&row)?, &entry).await,
            None => Ok(()),
        }
    }

    /// Writes an entry anew, at the place in the order that it has.
    async fn replace_entry(&self, entry: Words) -> Result<()> {
        let find = search_entries::Entity::find()
            .select_only()
            .column(search_entries::Column::Seq)
            .filter(search_entries::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(search_entries::Column::Id.eq(entry.id));
        let Some(seq) = find.into_tuple::<i64>().one(self.db().await?).await? else { return self.insert_entry(entry).await };
        let mut delete = Query::delete();
        delete.from_table(Alias::new("search_words")).and_where(Expr::col(Alias::new("rowid")).eq(seq));
        self.db().await?.execute(&delete).await?;
        self.insert_words(seq, &entry).await
    }

    async fn insert_words(&self, seq: i64, entry: &Words) -> Result<()> {
        self.db().await?.execute(&entry.insert(self.store.backend, seq.into())).await?;
        Ok(())
    }
}

fn said(row: &messages::Model, kind: ThreadKind) -> Result<Said<'_>> {
    let author = from_text(&row.author, "messages", "author")?;
    Ok(Said { id: row.id, thread: row.thread_id, kind, author, audience: Audience::from_bits(row.audience), text: &row.body })
}

impl Store {
    /// Forgets where the words of a marketplace are found and finds them anew, in portions. What is written meanwhile
    /// is found too. Gives the number of entries.
    pub async fn rebuild_search(&self, marketplace: MarketplaceId) -> Result<u64> {
        let tx = self.begin(marketplace).await?;
        tx.forget_entries().await?;
        tx.commit().await?;
        let (mut after, mut count) = (Uuid::nil(), 0);
        loop {
            let tx = self.begin(marketplace).await?;
            let things = tx.things_after(after).await?;
            for entry in tx.entries_of(&things).await? {
                tx.insert_entry(entry).await?;
            }
            tx.commit().await?;
            count += things.len() as u64;
            match things.last() {
                Some((last, _)) => after = *last,
                None => return Ok(count),
            }
        }
    }
}

impl Tx {
    async fn forget_entries(&self) -> Result<()> {
        let own = search_entries::Column::MarketplaceId.eq(self.marketplace.uuid());
        let seqs = Query::select().column(search_entries::Column::Seq).from(search_entries::Entity).and_where(own.clone()).take();
        let mut delete = Query::delete();
        delete.from_table(Alias::new("search_words")).and_where(Expr::col(Alias::new("rowid")).in_subquery(seqs));
        self.db().await?.execute(&delete).await?;
        search_entries::Entity::delete_many().filter(own).exec(self.db().await?).await?;
        Ok(())
    }

    /// What these cases and messages are found by, in their order.
    async fn entries_of(&self, things: &[(Uuid, Findable)]) -> Result<Vec<Words>> {
        let of = |kind| things.iter().filter(move |(_, other)| *other == kind).map(|(id, _)| *id).collect::<Vec<_>>();
        let cases = self.case_words(cases::Column::Id.is_in(of(Findable::Case))).await?;
        let mut entries = Vec::new();
        for words in &cases {
            entries.push(self.case_entry(words).await?);
        }
        let mut gates: HashMap<(Uuid, i16), Vec<String>> = HashMap::new();
        for (row, kind) in self.messages_with_kind(messages::Column::Id.is_in(of(Findable::Message))).await? {
            let said = said(&row, kind)?;
            // The messages of a thread come together, mostly.
            let known = match gates.entry((row.thread_id, row.audience)) {
                MapEntry::Occupied(known) => known.get().clone(),
                MapEntry::Vacant(place) => place.insert(self.message_gates(said).await?).clone(),
            };
            entries.push(self.entry(said, known).await?);
        }
        entries.sort_unstable_by_key(|entry| entry.id);
        Ok(entries)
    }

    /// The next cases and messages, in the order in which they came: ids sort by creation.
    async fn things_after(&self, after: Uuid) -> Result<Vec<(Uuid, Findable)>> {
        let id = Alias::new("id");
        let mut all = Query::select();
        all.column(cases::Column::Id)
            .expr_as(Expr::val(text(Findable::Case)), Alias::new("kind"))
            .from(cases::Entity)
            .and_where(cases::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .and_where(cases::Column::Id.gt(after));
        let said = Query::select()
            .column(messages::Column::Id)
            .expr_as(Expr::val(text(Findable::Message)), Alias::new("kind"))
            .from(messages::Entity)
            .and_where(messages::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .and_where(messages::Column::Id.gt(after))
            .take();
        all.union(UnionType::All, said).order_by(id, Order::Asc).limit(BATCH);
        let rows = self.db().await?.query_all(&all).await?;
        rows.iter()
            .map(|row| Ok((row.try_get("", "id")?, from_text(&row.try_get::<String>("", "kind")?, "search_entries", "kind")?)))
            .collect()
    }
}
