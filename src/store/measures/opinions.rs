//! What buyers said of the service in cases: where ratings come into the measures.

use std::collections::HashMap;

use super::super::{Result, Store};
use crate::domain::ids::{CaseId, MarketplaceId};
use crate::domain::kpis::Opinion;

impl Store {
    /// What buyers said of the service in these cases: the overall grade and the recommendation, once per case; cases of which
    /// nobody said anything are missing. One bounded statement.
    ///
    /// Ratings of cases are read here and nowhere else. Whoever stores one calls
    /// [`Tx::count_again`](super::super::Tx::count_again) with [`Subject::Case`](super::Subject::Case) in the same unit of work,
    /// and CSAT and NPS follow. Nobody stores any yet.
    #[expect(clippy::unused_async, reason = "it reads as soon as there is something to read")]
    pub async fn opinions_of_cases(&self, _marketplace: MarketplaceId, _cases: &[CaseId]) -> Result<HashMap<CaseId, Opinion>> {
        Ok(HashMap::new())
    }
}
