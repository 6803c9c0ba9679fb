//! What was said of the support, by an invitation of ours or to the helpdesk: one of each case counts.

use super::super::Result;
use super::super::measures::ask_for;
use super::scores::Books;
use crate::domain::charter::Marketplace;
use crate::domain::ids::{CaseId, RatingId};
use crate::domain::kpis::{Improvement, ImprovementAbout, ImprovementOrigin};
use crate::domain::mails::Language;
use crate::domain::parties::Who;
use crate::domain::ratings::{SupportAnswers, SupportRating, SupportSource, one_per_case};
use crate::domain::scores::{ScoreAbout, ScoreChange};
use crate::domain::timeline::{EventKind, NewEvent};
use crate::helpdesk::SurveyAnswer;
use crate::store::{SupportRow, Tx};

/// Keeps what was said of the support of a case beside what was said before, and settles which counts. Gives whether it changed
/// anything.
pub(super) async fn keep_support(books: &Books<'_>, mut new: SupportRow) -> Result<bool> {
    let known = books.tx.lock_support_ratings(new.rating.case).await?;
    let (same, others): (Vec<_>, Vec<_>) = known.into_iter().partition(|row| row.rating.source == new.rating.source);
    if let Some(before) = same.first() {
        if before.rating.satisfaction == new.rating.satisfaction && before.text == new.text && before.grades == new.grades {
            return Ok(false);
        }
        new.rating.id = before.rating.id;
        new.revision = before.revision + 1;
    }
    let rows: Vec<_> = others.iter().chain([&new]).collect();
    let counting = one_per_case(rows.iter().map(|row| row.rating.clone()));
    let Some(counts) = counting.get(&new.rating.case) else { return Ok(false) };
    books.tx.save_support_ratings(&rows, counts).await?;
    books.tx.count_cases_again(&[new.rating.case]).await?;
    if Improvement::is_asked_by(new.rating.satisfaction, new.grades.as_ref(), &new.text) {
        let about = ImprovementAbout::customer_service(Language::best([books.marketplace.locale.as_str()]));
        ask_for(books.tx, about, ImprovementOrigin::Case(new.rating.case), &new.text).await?;
    }
    // Ours always counts before the helpdesk's, which has no grades by criterion.
    if let Some(answers) = new.grades.clone() {
        let given_on = books.day(new.rating.at);
        books.write(&ScoreAbout::Support, new.rating.id, vec![ScoreChange::Counts { answers, given_on }]).await?;
    }
    Ok(true)
}

/// Tells the case of it.
pub(super) fn tell(tx: &mut Tx, who: &Who, row: &SupportRow) {
    let what = EventKind::SupportRated { source: row.rating.source, satisfaction: row.rating.satisfaction };
    tx.record(row.rating.case, who, NewEvent::for_operator(what));
}

/// The longest words about the support, in characters. Of a helpdesk's survey the rest stays there.
pub(super) const LONGEST_WORDS: usize = 5000;

/// Takes in what the buyer answered to the helpdesk's own survey. Read again without a change, nothing happens.
pub(in crate::workflow) async fn read_survey(
    tx: &mut Tx,
    marketplace: &Marketplace,
    who: &Who,
    case: CaseId,
    answer: &SurveyAnswer,
) -> Result<()> {
    let row = SupportRow {
        rating: SupportRating {
            id: RatingId::generate(),
            case,
            source: SupportSource::Helpdesk,
            satisfaction: Some(answer.satisfaction),
            answers: SupportAnswers::default(),
            at: answer.at.unwrap_or_else(|| tx.now()),
        },
        grades: None,
        text: answer.text.trim().chars().take(LONGEST_WORDS).collect(),
        revision: 1,
    };
    if keep_support(&Books::open(tx, marketplace).await?, row.clone()).await? {
        tell(tx, who, &row);
    }
    Ok(())
}
