//! What scores are made of: the log of what counts, only ever added to, and the grades that count now, by day.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::super::codec::{from_json, json};
use super::super::entity::{charter_versions, score_days, score_events};
use super::super::{Result, Store, StoreError, Tx};
use crate::domain::charter::Charter;
use crate::domain::ids::{MarketplaceId, RatingId};
use crate::domain::scores::{CriteriaHistory, GradeTally, ScoreAbout, ScoreEvent};

fn event(row: score_events::Model) -> Result<ScoreEvent> {
    from_json(row.body, "score_events", "body")
}

fn histories(charters: Vec<serde_json::Value>) -> Result<CriteriaHistory> {
    let criteria = |charter| from_json::<Charter>(charter, "charter_versions", "charter").map(|charter| charter.ratings.criteria);
    charters.into_iter().map(criteria).collect()
}

fn charters(marketplace: MarketplaceId) -> sea_orm::Select<charter_versions::Entity> {
    charter_versions::Entity::find()
        .select_only()
        .column(charter_versions::Column::Charter)
        .filter(charter_versions::Column::MarketplaceId.eq(marketplace.uuid()))
        .order_by_asc(charter_versions::Column::Number)
}

impl Store {
    /// The grades that count now, of each that has any.
    pub async fn score_tallies(&self, marketplace: MarketplaceId, of: &[ScoreAbout]) -> Result<HashMap<ScoreAbout, GradeTally>> {
        let find = score_days::Entity::find()
            .filter(score_days::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(score_days::Column::About.is_in(of.iter().map(ToString::to_string)));
        let mut found: HashMap<ScoreAbout, GradeTally> = HashMap::new();
        for row in find.all(&self.reads).await? {
            let damaged = |_| StoreError::Inconsistent { table: "score_days", column: "about" };
            let tally: GradeTally = from_json(row.body, "score_days", "body")?;
            found.entry(row.about.parse().map_err(damaged)?).or_default().merge(&tally);
        }
        Ok(found)
    }

    /// All that happened until `at` to what counts in a score.
    pub async fn score_events(&self, marketplace: MarketplaceId, of: &ScoreAbout, at: DateTime<Utc>) -> Result<Vec<ScoreEvent>> {
        let find = score_events::Entity::find()
            .filter(score_events::Column::MarketplaceId.eq(marketplace.uuid()))
            .filter(score_events::Column::About.eq(of.to_string()))
            .filter(score_events::Column::At.lte(at))
            .order_by_asc(score_events::Column::At);
        find.all(&self.reads).await?.into_iter().map(event).collect()
    }

    /// Every version of a marketplace's criteria.
    pub async fn criteria_history(&self, marketplace: MarketplaceId) -> Result<CriteriaHistory> {
        histories(charters(marketplace).into_tuple().all(&self.reads).await?)
    }
}

impl Tx {
    /// Every version of the marketplace's criteria.
    pub async fn criteria_history(&self) -> Result<CriteriaHistory> {
        histories(charters(self.marketplace).into_tuple().all(self.db().await?).await?)
    }

    /// What happened to whether a rating counts, the first first.
    pub async fn score_events_of(&self, rating: RatingId) -> Result<Vec<ScoreEvent>> {
        let find = score_events::Entity::find()
            .filter(score_events::Column::MarketplaceId.eq(self.marketplace.uuid()))
            .filter(score_events::Column::RatingId.eq(rating.uuid()))
            .order_by_asc(score_events::Column::Revision);
        find.all(self.db().await?).await?.into_iter().map(event).collect()
    }

    /// Adds to the log.
    pub async fn add_score_event(&self, about: &ScoreAbout, event: &ScoreEvent) -> Result<()> {
        let row = score_events::Model {
            marketplace_id: self.marketplace.uuid(),
            rating_id: event.rating.uuid(),
            revision: event.revision,
            about: about.to_string(),
            at: event.at,
            body: json(event),
        };
        score_events::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(self.db().await?).await?;
        Ok(())
    }

    /// Takes grades out of the days and puts others in. Days are locked in their order.
    pub async fn move_grades(&self, about: &ScoreAbout, before: &GradeTally, after: &GradeTally) -> Result<()> {
        let days: BTreeSet<NaiveDate> = before.by_day().chain(after.by_day()).map(|(day, _)| day).collect();
        for day in days {
            let mut tally = self.lock_grades(about, day).await?;
            let of_day = |tally: &GradeTally| tally.by_day().find(|(one, _)| *one == day).map(|(_, grades)| grades).unwrap_or_default();
            let damaged = |_| StoreError::Inconsistent { table: "score_days", column: "body" };
            tally.less(&of_day(before)).map_err(damaged)?;
            tally.merge(&of_day(after));
            score_days::Entity::update_many()
                .set(score_days::ActiveModel { body: Set(json(&tally)), ..Default::default() })
                .filter(score_days::Column::MarketplaceId.eq(self.marketplace.uuid()))
                .filter(score_days::Column::About.eq(about.to_string()))
                .filter(score_days::Column::Day.eq(day.to_string()))
                .exec(self.db().await?)
                .await?;
        }
        Ok(())
    }

    async fn lock_grades(&self, about: &ScoreAbout, day: NaiveDate) -> Result<GradeTally> {
        use score_days::Column::{About, Day, MarketplaceId as Tenant};
        let row = score_days::Model {
            marketplace_id: self.marketplace.uuid(),
            about: about.to_string(),
            day: day.to_string(),
            body: json(GradeTally::default()),
        };
        let once = OnConflict::columns([Tenant, About, Day]).do_nothing().to_owned();
        score_days::Entity::insert(row.into_active_model().reset_all()).on_conflict(once).exec_without_returning(self.db().await?).await?;
        let key = (self.marketplace.uuid(), about.to_string(), day.to_string());
        let found = score_days::Entity::find_by_id(key).lock_exclusive().one(self.db().await?).await?;
        found.map_or_else(|| Ok(GradeTally::default()), |row| from_json(row.body, "score_days", "body"))
    }
}
