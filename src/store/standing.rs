//! What is asked of sellers, what they can do, and how they stood when the last day was over.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::codec::{from_json, from_text, json, text};
use super::entity::{badge_changes, seller_capabilities, seller_cursors, seller_nights, sellers, standing_nights, standing_rule_versions};
use super::{Page, PageRequest, PageSide, Result, Store, Tx};
use crate::domain::ids::{BadgeAwardId, MarketplaceId, SellerId};
use crate::domain::parties::{Scope, View, Who};
use crate::domain::scorecards::{Capability, Evidence, MeasureStatus, Medians, Scorecard};
use crate::domain::standing::{BadgeAward, BadgeReview, StandingRules, VisibilityFactor};

/// The rules of a marketplace, and who set them.
#[derive(Debug, Clone, PartialEq)]
pub struct RulesRow {
    /// The rules.
    pub rules: StandingRules,
    /// Who set them; none while they are the usual ones.
    pub set_by: Option<Who>,
    /// The number of the version, from 1; 0 for the usual ones.
    pub revision: i32,
    /// When they were announced; none for the usual ones.
    pub announced_at: Option<DateTime<Utc>>,
    /// From when on they hold; none for the usual ones.
    pub effective_at: Option<DateTime<Utc>>,
}

/// Evidence of what a seller can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapabilityRow {
    /// Whose.
    pub seller: SellerId,
    /// What, and what shows it.
    pub evidence: Evidence,
    /// Who noted it.
    pub noted_by: Who,
}

/// A marketplace whose day is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueNight {
    /// The tenant.
    pub marketplace: MarketplaceId,
}

/// The marketplace at the end of a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Night {
    /// Which day.
    pub day: NaiveDate,
    /// The middles.
    pub medians: Medians,
    /// Of how many sellers.
    pub sellers: i32,
}

/// A seller at the end of a day.
#[derive(Debug, Clone, PartialEq)]
pub struct SellerNight {
    /// Its card.
    pub card: Scorecard,
    /// How visible its offers are to be.
    pub visibility: VisibilityFactor,
    /// The badges that it holds.
    pub badges: Vec<BadgeAward>,
}

/// A badge that came or went.
#[derive(Debug, Clone, PartialEq)]
pub struct BadgeChangeRow {
    /// An id of its own.
    pub id: BadgeAwardId,
    /// What was found, with the numbers.
    pub review: BadgeReview,
    /// When.
    pub at: DateTime<Utc>,
}

fn capability(row: seller_capabilities::Model) -> Result<CapabilityRow> {
    let evidence = Evidence {
        capability: from_text(&row.capability, "seller_capabilities", "capability")?,
        shown_by: row.shown_by,
        on: from_text(&row.day, "seller_capabilities", "day")?,
    };
    let noted_by = from_json(row.noted_by, "seller_capabilities", "noted_by")?;
    Ok(CapabilityRow { seller: SellerId::from_uuid(row.seller_id), evidence, noted_by })
}

fn night(row: standing_nights::Model) -> Result<Night> {
    let day = from_text(&row.day, "standing_nights", "day")?;
    Ok(Night { day, medians: from_json(row.medians, "standing_nights", "medians")?, sellers: row.sellers })
}

fn seller_night(row: seller_nights::Model) -> Result<SellerNight> {
    Ok(SellerNight {
        card: from_json(row.card, "seller_nights", "card")?,
        visibility: from_json(row.visibility, "seller_nights", "visibility")?,
        badges: from_json(row.badges, "seller_nights", "badges")?,
    })
}

/// The worst of a card.
fn worst(card: &Scorecard) -> MeasureStatus {
    card.lines.iter().map(|line| line.status).max().unwrap_or(MeasureStatus::NotEnough)
}

/// Which sellers' numbers a reader knows: the operator all, the marketplace's software all when `storefront` says so, a seller
/// its own.
const fn knows(scope: Scope, seller: SellerId) -> bool {
    match scope.view {
        View::Whole | View::Storefront => true,
        View::Seller(own) => own.uuid().as_u128() == seller.uuid().as_u128(),
        View::Buyer(_) | View::Mediator { .. } => false,
    }
}

impl Store {
    /// What a marketplace asks of its sellers now.
    pub async fn standing_rules(&self, marketplace: MarketplaceId) -> Result<RulesRow> {
        let held = versions(marketplace).filter(standing_rule_versions::Column::EffectiveAt.lte(self.clock.now()));
        rules(held.one(&self.reads).await?)
    }

    /// What it has announced to ask of them, the last of it; none when nothing is announced.
    pub async fn announced_standing_rules(&self, marketplace: MarketplaceId) -> Result<Option<RulesRow>> {
        let coming = versions(marketplace).filter(standing_rule_versions::Column::EffectiveAt.gt(self.clock.now()));
        let found = coming.one(&self.reads).await?;
        found.map(|row| rules(Some(row))).transpose()
    }

    /// What is shown that sellers can do, by seller, of those that the reader knows.
    pub async fn capabilities_of(&self, scope: Scope, of: &[SellerId]) -> Result<HashMap<SellerId, Vec<CapabilityRow>>> {
        let known: Vec<_> = of.iter().filter(|seller| knows(scope, **seller)).map(|seller| seller.uuid()).collect();
        let find = seller_capabilities::Entity::find()
            .filter(seller_capabilities::Column::MarketplaceId.eq(scope.marketplace.uuid()))
            .filter(seller_capabilities::Column::SellerId.is_in(known));
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for row in find.all(&self.reads).await? {
            let row = capability(row)?;
            found.entry(row.seller).or_default().push(row);
        }
        for rows in found.values_mut() {
            rows.sort_by_key(|row| row.evidence.capability);
        }
        Ok(found)
    }

    /// The marketplaces whose day is over, the longest over first.
    pub async fn due_nights(&self, now: DateTime<Utc>, limit: u64) -> Result<Vec<DueNight>> {
        let due = seller_cursors::Entity::find()
            .select_only()
            .column(seller_cursors::Column::MarketplaceId)
            .filter(seller_cursors::Column::NightAt.lte(now))
            .order_by_asc(seller_cursors::Column::NightAt)
            .limit(limit);
        let rows = due.into_tuple::<Uuid>().all(&self.reads).await?;
        Ok(rows.into_iter().map(|id| DueNight { marketplace: MarketplaceId::from_uuid(id) }).collect())
    }

    /// The marketplace at the end of the last of its days up to one.
    pub async fn night_before(&self, marketplace: MarketplaceId, day: NaiveDate) -> Result<Option<Night>> {
        let find = standing_nights::Entity::find()
            .filter(standing_nights::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(standing_nights::Column::Day.lte(text(day)))
            .order_by_desc(standing_nights::Column::Day);
        find.one(&self.reads).await?.map(night).transpose()
    }

    /// Sellers at the end of the last day, of those that the reader knows.
    pub async fn seller_nights_of(&self, scope: Scope, of: &[SellerId]) -> Result<HashMap<SellerId, SellerNight>> {
        let known: Vec<_> = of.iter().filter(|seller| knows(scope, **seller)).map(|seller| seller.uuid()).collect();
        let find = seller_nights::Entity::find()
            .filter(seller_nights::Column::MarketplaceId.eq(scope.marketplace.uuid()))
            .filter(seller_nights::Column::SellerId.is_in(known));
        find.all(&self.reads).await?.into_iter().map(|row| Ok((SellerId::from_uuid(row.seller_id), seller_night(row)?))).collect()
    }

    /// A page of the cards of the last night, by seller. For the operator; others find nothing.
    pub async fn seller_nights(
        &self,
        scope: Scope,
        which: Option<MeasureStatus>,
        request: &PageRequest<SellerId>,
    ) -> Result<Page<SellerNight>> {
        use seller_nights::Column::{MarketplaceId, SellerId as Seller, Worst};
        if scope.view != View::Whole {
            return Ok(Page::of(request, Vec::new()));
        }
        let mut find = seller_nights::Entity::find().filter(MarketplaceId.eq(scope.marketplace.uuid()));
        if let Some(worst) = which {
            find = find.filter(Worst.eq(text(worst)));
        }
        let forwards = request.side == PageSide::First;
        if let Some(from) = request.from {
            find = find.filter(if forwards { Seller.gt(from.uuid()) } else { Seller.lt(from.uuid()) });
        }
        let find = if forwards { find.order_by_asc(Seller) } else { find.order_by_desc(Seller) };
        let rows = find.limit(request.size + 1).all(&self.reads).await?;
        Ok(Page::of(request, rows.into_iter().map(seller_night).collect::<Result<_>>()?))
    }

    /// The next sellers of a marketplace after one, by their ids.
    pub async fn sellers_after(&self, marketplace: MarketplaceId, after: Option<SellerId>, limit: u64) -> Result<Vec<SellerId>> {
        let mut find =
            sellers::Entity::find().select_only().column(sellers::Column::Id).filter(sellers::Column::MarketplaceId.eq(marketplace.uuid()));
        if let Some(after) = after {
            find = find.filter(sellers::Column::Id.gt(after.uuid()));
        }
        let found = find.order_by_asc(sellers::Column::Id).limit(limit).into_tuple::<Uuid>().all(&self.reads).await?;
        Ok(found.into_iter().map(SellerId::from_uuid).collect())
    }

    /// A page of the badges that came to a seller and went, the newest first, for those who know it.
    pub async fn badge_changes(&self, scope: Scope, seller: SellerId, request: &PageRequest<BadgeAwardId>) -> Result<Page<BadgeChangeRow>> {
        use badge_changes::Column::{Id, MarketplaceId, SellerId as Seller};
        if !knows(scope, seller) {
            return Ok(Page::of(request, Vec::new()));
        }
        let mut find = badge_changes::Entity::find().filter(MarketplaceId.eq(scope.marketplace.uuid())).filter(Seller.eq(seller.uuid()));
        let backwards = request.side == PageSide::First;
        if let Some(from) = request.from {
            find = find.filter(if backwards { Id.lt(from.uuid()) } else { Id.gt(from.uuid()) });
        }
        let find = if backwards { find.order_by_desc(Id) } else { find.order_by_asc(Id) };
        let read = |row: badge_changes::Model| {
            let review = from_json(row.review, "badge_changes", "review")?;
            Ok(BadgeChangeRow { id: BadgeAwardId::from_uuid(row.id), review, at: row.created_at })
        };
        let rows = find.limit(request.size + 1).all(&self.reads).await?;
        Ok(Page::of(request, rows.into_iter().map(read).collect::<Result<_>>()?))
    }
}

/// The versions of a marketplace's rules, the newest first.
fn versions(marketplace: MarketplaceId) -> Select<standing_rule_versions::Entity> {
    standing_rule_versions::Entity::find()
        .filter(standing_rule_versions::Column::MarketplaceId.eq(marketplace.uuid()))
        .order_by_desc(standing_rule_versions::Column::Revision)
}

fn rules(found: Option<standing_rule_versions::Model>) -> Result<RulesRow> {
    let Some(row) = found else {
        return Ok(RulesRow { rules: StandingRules::default(), set_by: None, revision: 0, announced_at: None, effective_at: None });
    };
    Ok(RulesRow {
        rules: from_json(row.rules, "standing_rule_versions", "rules")?,
        set_by: Some(from_json(row.set_by, "standing_rule_versions", "set_by")?),
        revision: row.revision,
        announced_at: Some(row.announced_at),
        effective_at: Some(row.effective_at),
    })
}

impl Tx {
    /// The newest version of what the marketplace asks of its sellers, announced or in force. Under lock once there is one.
    pub async fn lock_standing_rules(&self) -> Result<RulesRow> {
        rules(versions(self.marketplace).lock_exclusive().one(self.db().await?).await?)
    }

    /// Stores a version of what the marketplace asks of its sellers. One that two announce at once is a
    /// [`super::StoreError::Conflict`] for the second.
    pub async fn insert_standing_rules(&self, row: &RulesRow, by: &Who) -> Result<()> {
        let model = standing_rule_versions::Model {
            marketplace_id: self.marketplace.uuid(),
            revision: row.revision,
            rules: json(&row.rules),
            set_by: json(by),
            announced_at: row.announced_at.unwrap_or_else(|| self.now()),
            effective_at: row.effective_at.unwrap_or_else(|| self.now()),
        };
        standing_rule_versions::Entity::insert(model.into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// What shows that a seller can do something, and who noted it.
    pub async fn capability(&self, seller: SellerId, of: Capability) -> Result<Option<CapabilityRow>> {
        let find = seller_capabilities::Entity::find_by_id((self.marketplace.uuid(), seller.uuid(), text(of)));
        find.one(self.db().await?).await?.map(capability).transpose()
    }

    /// Notes that a seller can do something, or no longer what shows it.
    pub async fn note_capability(&self, row: &CapabilityRow) -> Result<()> {
        use seller_capabilities::Column::{Capability, Day, MarketplaceId, NotedBy, SellerId, ShownBy, UpdatedAt};
        let model = seller_capabilities::Model {
            marketplace_id: self.marketplace.uuid(),
            seller_id: row.seller.uuid(),
            capability: text(row.evidence.capability),
            shown_by: row.evidence.shown_by.clone(),
            day: text(row.evidence.on),
            noted_by: json(&row.noted_by),
            updated_at: self.now(),
        };
        let known =
            OnConflict::columns([MarketplaceId, SellerId, Capability]).update_columns([ShownBy, Day, NotedBy, UpdatedAt]).to_owned();
        let insert = seller_capabilities::Entity::insert(model.into_active_model().reset_all()).on_conflict(known);
        insert.exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Forgets that a seller can do something.
    pub async fn forget_capability(&self, seller: SellerId, capability: Capability) -> Result<()> {
        seller_capabilities::Entity::delete_many()
            .filter(seller_capabilities::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(seller_capabilities::Column::SellerId.eq(seller.uuid()))
            .filter(seller_capabilities::Column::Capability.eq(text(capability)))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }

    /// Writes what the marketplace was at the end of a day, and when it is looked at next. Done again, it stays as it was.
    pub async fn end_night(&self, night: &Night, next: DateTime<Utc>) -> Result<()> {
        let row = standing_nights::Model {
            marketplace_id: self.marketplace.uuid(),
            day: text(night.day),
            medians: json(&night.medians),
            sellers: night.sellers,
            created_at: self.now(),
        };
        let once = OnConflict::columns([standing_nights::Column::MarketplaceId, standing_nights::Column::Day]).do_nothing().to_owned();
        let insert = standing_nights::Entity::insert(row.into_active_model().reset_all()).on_conflict(once);
        insert.exec_without_returning(self.db().await?).await?;
        seller_cursors::Entity::update_many()
            .col_expr(seller_cursors::Column::NightAt, Expr::value(next))
            .filter(seller_cursors::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .exec(self.db().await?)
            .await?;
        Ok(())
    }

    /// How a seller stood at the end of the last day, under the lock of the seller.
    pub async fn seller_night(&self, seller: SellerId) -> Result<Option<SellerNight>> {
        let find = seller_nights::Entity::find_by_id((self.marketplace.uuid(), seller.uuid()));
        find.one(self.db().await?).await?.map(seller_night).transpose()
    }

    /// Stores how a seller stood at the end of a day.
    pub async fn save_seller_night(&self, night: &SellerNight) -> Result<()> {
        use seller_nights::Column::{Badges, Card, Day, MarketplaceId, SellerId, UpdatedAt, Visibility, Worst};
        let row = seller_nights::Model {
            marketplace_id: self.marketplace.uuid(),
            seller_id: night.card.seller.uuid(),
            day: text(night.card.on),
            worst: text(worst(&night.card)),
            card: json(&night.card),
            visibility: json(&night.visibility),
            badges: json(&night.badges),
            updated_at: self.now(),
        };
        let known =
            OnConflict::columns([MarketplaceId, SellerId]).update_columns([Day, Worst, Card, Visibility, Badges, UpdatedAt]).to_owned();
        let insert = seller_nights::Entity::insert(row.into_active_model().reset_all()).on_conflict(known);
        insert.exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Writes down that badges came or went.
    pub async fn insert_badge_changes(&self, changes: &[BadgeChangeRow]) -> Result<()> {
        use crate::domain::standing::BadgeChange;
        if changes.is_empty() {
            return Ok(());
        }
        let rows = changes.iter().map(|one| {
            let model = badge_changes::Model {
                marketplace_id: self.marketplace.uuid(),
                id: one.id.uuid(),
                seller_id: one.review.seller.uuid(),
                badge: one.review.badge.to_string(),
                change: if matches!(one.review.change, BadgeChange::Awarded(_)) { "AWARDED" } else { "LOST" }.to_owned(),
                review: json(&one.review),
                created_at: one.at,
            };
            model.into_active_model().reset_all()
        });
        badge_changes::Entity::insert_many(rows).exec_without_returning(self.db().await?).await?;
        Ok(())
    }
}
