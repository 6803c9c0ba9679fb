//! What buyers said of the service in cases: where ratings come into the measures.

use std::collections::HashMap;

use super::super::{Result, Store, SupportRow};
use crate::domain::ids::{CaseId, MarketplaceId};
use crate::domain::kpis::Opinion;
use crate::domain::parties::{Scope, View};

impl Store {
    /// What buyers said of the service in these cases: the grade of satisfaction and the recommendation, once per case; cases of
    /// which nobody said anything are missing. One bounded statement.
    ///
    /// Whoever stores a rating calls [`Tx::count_cases_again`](super::super::Tx::count_cases_again) in the same unit of work, and CSAT
    /// and NPS follow.
    pub async fn opinions_of_cases(&self, marketplace: MarketplaceId, cases: &[CaseId]) -> Result<HashMap<CaseId, Opinion>> {
        let rated = self.support_ratings(Scope { marketplace, view: View::Whole }, cases).await?;
        let opinion =
            |row: SupportRow| Opinion { satisfaction: row.rating.satisfaction, recommendation: row.rating.answers.recommendation };
        Ok(rated.into_iter().map(|(case, row)| (case, opinion(row))).collect())
    }
}
