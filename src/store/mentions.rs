//! What is said elsewhere: known once each, read by the operator alone.

use std::collections::HashMap;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::codec::{from_text, text};
use super::entity::mentions;
use super::{Page, PageRequest, PageSide, Result, Store, StoreError, Tx};
use crate::domain::ids::{CaseId, MentionId, OrderId};
use crate::domain::mentions::{Mention, MentionRating, MentionTone, Said};
use crate::domain::parties::{Scope, View};

/// Which mentions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MentionFilter {
    /// Those that sound so; none for all.
    pub tone: Option<MentionTone>,
    /// Those that this case knows of; none for all.
    pub case: Option<CaseId>,
}

fn mention(row: mentions::Model) -> Result<Mention> {
    let damaged = |column| StoreError::Inconsistent { table: "mentions", column };
    let rating = match (row.rating, row.rating_worst, row.rating_best) {
        (Some(value), Some(worst), Some(best)) => Some(MentionRating::new(value, worst, best).map_err(|_| damaged("rating"))?),
        _ => None,
    };
    Ok(Mention {
        id: MentionId::from_uuid(row.id),
        said: Said {
            source: row.source,
            external_id: row.external_id,
            url: row.url.parse().map_err(|_| damaged("url"))?,
            author: row.author,
            text: row.text,
            rating,
            order_reference: row.order_reference,
            published_at: row.published_at,
        },
        tone: from_text(&row.tone, "mentions", "tone")?,
        order: row.order_id.map(OrderId::from_uuid),
        case: row.case_id.map(CaseId::from_uuid),
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

impl Store {
    /// A page of what is said elsewhere, the newest first. For the operator; others find nothing.
    pub async fn mentions(&self, scope: Scope, filter: MentionFilter, request: &PageRequest<MentionId>) -> Result<Page<Mention>> {
        use mentions::Column::{CaseId, Id, MarketplaceId, Tone};
        if scope.view != View::Whole {
            return Ok(Page::of(request, Vec::new()));
        }
        let mut find = mentions::Entity::find().filter(MarketplaceId.eq(scope.marketplace.uuid()));
        if let Some(tone) = filter.tone {
            find = find.filter(Tone.eq(text(tone)));
        }
        if let Some(case) = filter.case {
            find = find.filter(CaseId.eq(case.uuid()));
        }
        let backwards = request.side == PageSide::First;
        if let Some(from) = request.from {
            find = find.filter(if backwards { Id.lt(from.uuid()) } else { Id.gt(from.uuid()) });
        }
        let find = if backwards { find.order_by_desc(Id) } else { find.order_by_asc(Id) };
        let rows = find.limit(request.size + 1).all(&self.reads).await?;
        Ok(Page::of(request, rows.into_iter().map(mention).collect::<Result<_>>()?))
    }
}

impl Tx {
    /// Writes what nobody told before, and gives all of them by their digests as they are known, under lock: also those that
    /// somebody else has just told.
    pub async fn claim_mentions(&self, told: &[Mention]) -> Result<HashMap<[u8; 32], Mention>> {
        use mentions::Column::{Digest, MarketplaceId};
        let rows = told.iter().map(|mention| self.mention_row(mention).into_active_model().reset_all());
        let once = OnConflict::columns([MarketplaceId, Digest]).do_nothing().to_owned();
        mentions::Entity::insert_many(rows).on_conflict(once).exec_without_returning(self.db().await?).await?;
        let find = mentions::Entity::find()
            .filter(MarketplaceId.eq(self.marketplace.uuid()))
            .filter(Digest.is_in(told.iter().map(|mention| mention.said.digest().to_vec())))
            .order_by_asc(Digest);
        let rows = find.lock_exclusive().all(self.db().await?).await?;
        rows.into_iter().map(mention).map(|found| found.map(|found| (found.said.digest(), found))).collect()
    }

    /// Stores one as it is now.
    pub async fn save_mention(&self, mention: &Mention) -> Result<()> {
        mentions::Entity::update(self.mention_row(mention).into_active_model().reset_all()).exec(self.db().await?).await?;
        Ok(())
    }

    fn mention_row(&self, mention: &Mention) -> mentions::Model {
        let said = &mention.said;
        mentions::Model {
            marketplace_id: self.marketplace.uuid(),
            id: mention.id.uuid(),
            digest: said.digest().to_vec(),
            source: said.source.clone(),
            external_id: said.external_id.clone(),
            url: said.url.to_string(),
            author: said.author.clone(),
            text: said.text.clone(),
            rating: said.rating.map(MentionRating::value),
            rating_worst: said.rating.map(MentionRating::worst),
            rating_best: said.rating.map(MentionRating::best),
            tone: text(mention.tone),
            order_reference: said.order_reference.clone(),
            order_id: mention.order.map(OrderId::uuid),
            case_id: mention.case.map(CaseId::uuid),
            published_at: said.published_at,
            created_at: mention.created_at,
            updated_at: mention.updated_at,
        }
    }
}
