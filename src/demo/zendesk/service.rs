//! Groups of agents, and what requesters answer to surveys.

use serde_json::json;

use super::ZendeskSim;
use super::problem::Problem;
use super::state::State;
use super::webhooks::{Event, TriggerKind};
use crate::demo::peer::{Mood, Refused, TicketState};

/// Which of Zendesk's two surveys the account has; only one can be active.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Surveys {
    /// The legacy one: good or bad, shown on the ticket.
    #[default]
    Legacy,
    /// The newer one, whose answers have a list of their own.
    Responses,
}

/// An answer to a survey.
#[derive(Debug, Clone)]
pub(super) struct Rated {
    pub(super) id: i64,
    pub(super) mood: Mood,
    pub(super) words: String,
}

impl ZendeskSim {
    pub(super) fn put_in_group(&self, ticket: u64, name: &str) -> Result<(), Refused> {
        let mut state = self.desk.state();
        let agent = state.some_agent();
        let group = state.group(name);
        let now = state.now();
        let known = state.live_mut(ticket)?;
        let previous = known.group.replace(group);
        (known.updated_at, known.generated_at) = (now, now);
        let change = json!({"current": group.to_string(), "previous": previous.map(|group| group.to_string())});
        state.announce(ticket, agent, &[Event::new("group_assignment_changed", change)], TriggerKind::Updated);
        drop(state);
        self.furniture.pulse.beat();
        Ok(())
    }

    pub(super) fn answer_survey(&self, ticket: u64, mood: Mood, words: &str) -> Result<(), Refused> {
        let mut state = self.desk.state();
        let legacy = state.options.surveys == Surveys::Legacy;
        if legacy && mood == Mood::Neutral {
            return Err(Refused("the legacy survey knows good and bad only".to_owned()));
        }
        if !matches!(state.live(ticket)?.status, TicketState::Solved | TicketState::Closed) {
            return Err(Refused("only a solved ticket can be rated".to_owned()));
        }
        let (id, now) = (state.ids.long(), state.now());
        let known = state.live_mut(ticket)?;
        known.rated = Some(Rated { id, mood, words: words.to_owned() });
        known.generated_at = now;
        if legacy {
            known.updated_at = now;
        }
        let requester = known.requester;
        let told = json!({"satisfaction_score": {"score": mood.word().to_uppercase()}});
        state.announce(ticket, requester, &[Event::new("csat_received", told)], TriggerKind::None);
        drop(state);
        self.furniture.pulse.beat();
        Ok(())
    }
}

impl Mood {
    /// As Zendesk says it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Happy => "good",
            Self::Neutral => "neutral",
            Self::Unhappy => "bad",
        }
    }
}

impl State {
    fn group(&mut self, name: &str) -> i64 {
        let known = self.groups.iter().find(|(_, known)| known.as_str() == name).map(|(id, _)| *id);
        known.unwrap_or_else(|| {
            let id = self.ids.long();
            self.groups.insert(id, name.to_owned());
            id
        })
    }

    /// `GET /guide/survey_responses`, of administrators.
    pub(super) fn survey_responses(&self, subject: Option<&str>) -> Result<serde_json::Value, Problem> {
        if self.options.surveys == Surveys::Legacy {
            return Err(Problem::InvalidEndpoint);
        }
        let missing = || Problem::BadRequest { error: "BadRequest", description: "filter[subject_zrns] is required".to_owned() };
        let number = subject.and_then(|subject| subject.strip_prefix("zen:ticket:")?.parse::<u64>().ok()).ok_or_else(missing)?;
        let responses = self.tickets.get(&number).and_then(|ticket| Some((ticket, ticket.rated.as_ref()?))).map(|(ticket, rated)| {
            let rating = match rated.mood {
                Mood::Happy => 5,
                Mood::Neutral => 3,
                Mood::Unhappy => 1,
            };
            let comment = json!({"type": "open_ended", "value": rated.words, "skipped": rated.words.is_empty()});
            json!({
                "id": format!("01J{:023}", rated.id), "responder_id": ticket.requester, "subject_zrns": [format!("zen:ticket:{number}")],
                "subjects": [{"id": number.to_string(), "type": "ticket", "zrn": format!("zen:ticket:{number}")}],
                "survey": {"id": "01HSURVEY", "version": 1, "state": "enabled"}, "expires_at": null,
                "answers": [
                    {"type": "rating_scale", "rating": rating, "rating_category": rated.mood.word(), "skipped": false},
                    comment,
                ],
            })
        });
        Ok(json!({"survey_responses": responses.into_iter().collect::<Vec<_>>(), "meta": {"has_more": false}}))
    }
}
