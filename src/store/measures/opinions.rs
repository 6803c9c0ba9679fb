//! What buyers said of the service in cases: where ratings come into the measures.

use std::collections::HashMap;

use super::super::{Result, Store};
use crate::domain::ids::{CaseId, MarketplaceId};
use crate::domain::kpis::Opinion;
use crate::domain::ratings::{SupportRating, answered};

impl Store {
    /// What buyers said of the service in these cases: the grade of satisfaction and the recommendation, once per case; cases of
    /// which nobody said anything are missing. One bounded statement.
    ///
    /// Whoever stores a rating calls [`Tx::count_cases_again`](super::super::Tx::count_cases_again) in the same unit of work, and CSAT
    /// and NPS follow.
    pub async fn opinions_of_cases(&self, marketplace: MarketplaceId, cases: &[CaseId]) -> Result<HashMap<CaseId, Opinion>> {
        let mut said: HashMap<CaseId, Vec<SupportRating>> = HashMap::new();
        for row in self.all_support_ratings(marketplace, cases).await? {
            said.entry(row.rating.case).or_default().push(row.rating);
        }
        let opinion = |ratings: &[SupportRating]| Opinion {
            satisfaction: answered(ratings, |rating| rating.satisfaction),
            recommendation: answered(ratings, |rating| rating.answers.recommendation),
        };
        Ok(said.into_iter().map(|(case, ratings)| (case, opinion(&ratings))).collect())
    }
}
