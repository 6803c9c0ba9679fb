//! What requesters answered to Freshdesk's own surveys. <https://developers.freshdesk.com/api/#satisfaction-ratings>

use chrono::{DateTime, Utc};

use super::{Freshdesk, PAGE, api, written};
use crate::domain::ratings::Grade;
use crate::domain::tickets::TicketNumber;
use crate::helpdesk::wire::{Call, in_path};
use crate::helpdesk::{HelpdeskError, SurveyAnswer};

/// The most pages of new answers that are read at once.
const PAGES: usize = 10;

impl Freshdesk {
    pub(super) async fn last_rating(&self, number: &TicketNumber) -> Result<Option<SurveyAnswer>, HelpdeskError> {
        let path = format!("api/v2/tickets/{}/satisfaction_ratings", in_path(number)?);
        let ratings: Vec<api::SatisfactionRating> = self.wire.ask_if_it_may(Call::get(path)).await?;
        let last = ratings.into_iter().filter_map(|rating| Some((rating.updated_at, rating.id, read(rating)?)));
        Ok(last.max_by_key(|(at, id, _)| (*at, *id)).map(|(_, _, answer)| answer))
    }

    /// The tickets whose requesters answered since then. That an answer changes its ticket is promised nowhere.
    pub(super) async fn rated_since(&self, since: DateTime<Utc>) -> Result<Vec<TicketNumber>, HelpdeskError> {
        let mut rated = Vec::new();
        for page in 1..=PAGES {
            let call = Call::get("api/v2/surveys/satisfaction_ratings").query("created_since", &written(since));
            let ratings: Vec<api::SatisfactionRating> = self.wire.ask_if_it_may(call.query("page", &page).query("per_page", &PAGE)).await?;
            rated.extend(ratings.iter().filter_map(|rating| rating.ticket_id));
            if ratings.len() < PAGE {
                break;
            }
        }
        rated.sort_unstable();
        rated.dedup();
        Ok(rated.into_iter().map(|id| TicketNumber(id.to_string())).collect())
    }
}

fn read(rating: api::SatisfactionRating) -> Option<SurveyAnswer> {
    let satisfaction = grade(*rating.ratings?.get("default_question")?)?;
    Some(SurveyAnswer { satisfaction, text: rating.feedback.unwrap_or_default(), at: rating.updated_at.or(rating.created_at) })
}

/// Seven steps from 103 to -103, or the classic survey's three, of which 1 is the happy one.
fn grade(code: i64) -> Option<Grade> {
    let grade = match code {
        103 | 1 => 5,
        101 | 102 => 4,
        100 | 2 => 3,
        -101 => 2,
        -102 | -103 | 3 => 1,
        _ => return None,
    };
    Grade::try_from(grade).ok()
}

#[cfg(test)]
mod tests {
    use super::{Grade, grade};

    #[test]
    fn every_step_of_a_survey_has_a_grade() {
        let told = |code| grade(code).map(Grade::get);
        assert_eq!([103, 102, 101, 100, -101, -102, -103].map(told), [5, 4, 4, 3, 2, 1, 1].map(Some));
        assert_eq!([1, 2, 3].map(told), [5, 3, 1].map(Some), "the classic survey begins with the happy face");
        assert_eq!([0, 4, 104, -100].map(told), [None; 4]);
    }
}
