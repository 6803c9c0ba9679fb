//! What was said of the support, by an invitation of ours or to the helpdesk: one of each case counts.

use super::super::Result;
use super::super::measures::ask_for;
use super::scores::Books;
use crate::domain::cases::Case;
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
    let known = books.tx.lock_support_ratings(&[new.rating.case]).await?;
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

/// Takes in what the buyer answered to the helpdesk's own survey, of the case that it is about: those of the ticket, in the order of
/// their opening. Read again without a change, nothing happens.
pub(in crate::workflow) async fn read_survey(
    tx: &mut Tx,
    marketplace: &Marketplace,
    who: &Who,
    cases: &[Case],
    answer: &SurveyAnswer,
) -> Result<()> {
    let Some(case) = asked_about(tx, cases, answer).await? else { return Ok(()) };
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
        text: kept(answer),
        revision: 1,
    };
    if keep_support(&Books::open(tx, marketplace).await?, row.clone()).await? {
        tell(tx, who, &row);
    }
    Ok(())
}

/// Which of a ticket's cases an answer is about: the one that was open last when it was given. A helpdesk that does not say when tells
/// the same answer until there is another, so that what is known of an earlier case is that case's.
async fn asked_about(tx: &Tx, cases: &[Case], answer: &SurveyAnswer) -> Result<Option<CaseId>> {
    let Some((newest, earlier)) = cases.split_last() else { return Ok(None) };
    if let Some(at) = answer.at {
        let then = cases.iter().rev().find(|case| case.opened_at <= at);
        return Ok(then.or(cases.first()).map(|case| case.id));
    }
    if earlier.is_empty() {
        return Ok(Some(newest.id));
    }
    let ids: Vec<_> = cases.iter().map(|case| case.id).collect();
    let known = tx.lock_support_ratings(&ids).await?;
    let of = |case: CaseId| known.iter().find(|row| row.rating.case == case && row.rating.source == SupportSource::Helpdesk);
    let told_before = earlier.iter().rev().find_map(|case| of(case.id));
    let same = told_before.is_some_and(|row| row.rating.satisfaction == Some(answer.satisfaction) && row.text == kept(answer));
    Ok(if same && of(newest.id).is_none() { None } else { Some(newest.id) })
}

fn kept(answer: &SurveyAnswer) -> String {
    answer.text.trim().chars().take(LONGEST_WORDS).collect()
}
