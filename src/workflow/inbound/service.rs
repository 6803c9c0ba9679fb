//! What a ticket says of the service: which group of agents has it, and how the buyer answered the helpdesk's survey.

use super::super::ratings::read_survey;
use super::{Desk, Reading, Result};
use crate::domain::cases::Case;
use crate::domain::ids::TicketId;
use crate::domain::tickets::TicketStatus;
use crate::helpdesk::{Helpdesk, NudgeKind, SurveyAnswer, TicketSnapshot};

/// What the buyer answered to the helpdesk's survey. Where the ticket does not tell, it is asked for when a webhook says so, and
/// whenever a ticket that is over has changed: in between nobody waits for it.
pub(super) async fn survey_answer(helpdesk: &dyn Helpdesk, snapshot: &TicketSnapshot, nudge: &NudgeKind) -> Result<Option<SurveyAnswer>> {
    let over = matches!(snapshot.status, TicketStatus::Solved | TicketStatus::Closed);
    Ok(match (&snapshot.survey, nudge) {
        (Some(answer), _) => Some(answer.clone()),
        (None, NudgeKind::TicketRated) => helpdesk.survey_answer(&snapshot.number).await?,
        (None, NudgeKind::CommentsRewritten) if over => helpdesk.survey_answer(&snapshot.number).await?,
        _ => None,
    })
}

impl Desk<'_> {
    /// The group that the ticket is assigned to is the team of its case.
    pub(super) async fn follow_group(&mut self, case: &mut Case, snapshot: &TicketSnapshot) -> Result<()> {
        let team = match &snapshot.group {
            Some(group) => Some(self.tx.team(self.connected.id, &group.number, &group.name).await?),
            None => None,
        };
        if case.team == team {
            return Ok(());
        }
        case.team = team;
        self.tx.save_case(case).await?;
        // No event tells of it.
        Ok(self.tx.count_cases_again(&[case.id]).await?)
    }

    /// The survey is about a case that the ticket tells, open or not.
    pub(super) async fn follow_survey(&mut self, ticket: TicketId, reading: &Reading) -> Result<()> {
        let Some(answer) = &reading.survey else { return Ok(()) };
        let cases = self.tx.lock_cases_of_ticket(ticket).await?;
        let who = self.helpdesk();
        read_survey(&mut self.tx, &self.marketplace, &who, &cases, answer).await
    }
}
