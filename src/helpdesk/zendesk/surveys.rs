//! What requesters answered to Zendesk's own surveys. The legacy one shows on the ticket itself, the newer one has a list of its own,
//! and only one of the two is active in an account.
//! <https://developer.zendesk.com/api-reference/ticketing/ticket-management/csat_survey_responses/>

use super::{Zendesk, api};
use crate::domain::ratings::Grade;
use crate::domain::tickets::TicketNumber;
use crate::helpdesk::wire::{Call, in_path};
use crate::helpdesk::{HelpdeskError, SurveyAnswer};

impl Zendesk {
    pub(super) async fn last_response(&self, number: &TicketNumber) -> Result<Option<SurveyAnswer>, HelpdeskError> {
        let subject = format!("zen:ticket:{}", in_path(number)?);
        let call = Call::get("api/v2/guide/survey_responses").query("filter[subject_zrns]", &subject);
        let api::SurveyResponses { survey_responses } = self.wire.ask_if_it_may(call).await?;
        // Ids grow with time, for those that say no time.
        let last = survey_responses.into_iter().filter(|one| graded(one).is_some()).max_by(|one, other| {
            let when = |response: &api::SurveyResponse| response.updated_at.or(response.created_at);
            (when(one), &one.id).cmp(&(when(other), &other.id))
        });
        Ok(last.and_then(read))
    }
}

fn graded(response: &api::SurveyResponse) -> Option<Grade> {
    let rated = |answer: &api::SurveyQuestion| answer.kind.as_deref() == Some("rating_scale") && answer.skipped != Some(true);
    response.answers.iter().filter(|answer| rated(answer)).find_map(|answer| match answer.rating_category.as_deref() {
        Some("good") => Some(Grade::BEST),
        Some("neutral") => Some(Grade::MIDDLE),
        Some("bad") => Some(Grade::WORST),
        _ => None,
    })
}

fn read(response: api::SurveyResponse) -> Option<SurveyAnswer> {
    let satisfaction = graded(&response)?;
    let words = response.answers.into_iter().filter(|answer| answer.kind.as_deref() == Some("open_ended"));
    let text = words.filter_map(|answer| answer.value).collect::<Vec<_>>().join("\n");
    Some(SurveyAnswer { satisfaction, text, at: response.updated_at.or(response.created_at) })
}

/// What a ticket says of the legacy survey: until somebody answers, that it was offered or not.
/// <https://developer.zendesk.com/api-reference/ticketing/ticket-management/satisfaction_ratings/>
pub(super) fn on_ticket(rating: api::Satisfaction) -> Option<SurveyAnswer> {
    let satisfaction = match rating.score.as_deref()? {
        "good" | "good_with_comment" => Grade::BEST,
        "bad" | "bad_with_comment" => Grade::WORST,
        _ => return None,
    };
    Some(SurveyAnswer { satisfaction, text: rating.comment.unwrap_or_default(), at: None })
}
