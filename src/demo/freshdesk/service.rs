//! Groups of agents, and what requesters answer to surveys.

use serde_json::{Value, json};

use super::FreshdeskSim;
use super::problem::{Fault, Problem};
use super::state::{State, stamp};
use crate::demo::peer::{Call, Mood, Refused, Reply};
use chrono::{DateTime, Utc};

/// An answer to a survey. It leaves its ticket as it is: the vendor does not say that it changes it.
#[derive(Debug, Clone)]
pub(super) struct Rated {
    pub(super) id: i64,
    pub(super) ticket: u64,
    pub(super) mood: Mood,
    pub(super) words: String,
    pub(super) at: DateTime<Utc>,
}

impl FreshdeskSim {
    pub(super) fn put_in_group(&self, ticket: u64, name: &str) -> Result<(), Refused> {
        let mut state = self.desk.state();
        let known = state.groups.iter().find(|(_, known)| known.as_str() == name).map(|(id, _)| *id);
        let group = known.unwrap_or_else(|| state.ids.long());
        state.groups.insert(group, name.to_owned());
        drop(state);
        self.change(ticket, super::actions::Change { group: Some(group), ..Default::default() })
    }

    pub(super) fn answer_survey(&self, ticket: u64, mood: Mood, words: &str) -> Result<(), Refused> {
        let mut state = self.desk.state();
        state.ticket(ticket)?;
        let (id, at) = (state.ids.long(), state.now());
        state.ratings.push(Rated { id, ticket, mood, words: words.to_owned(), at });
        drop(state);
        self.furniture.pulse.beat();
        Ok(())
    }
}

impl State {
    fn rating_json(&self, rated: &Rated) -> Value {
        let code = match rated.mood {
            Mood::Happy => 103,
            Mood::Neutral => 100,
            Mood::Unhappy => -103,
        };
        let requester = self.tickets.get(&rated.ticket).map(|ticket| ticket.requester);
        json!({
            "id": rated.id, "survey_id": 1, "user_id": requester, "agent_id": null, "group_id": null, "ticket_id": rated.ticket,
            "feedback": rated.words, "ratings": {"default_question": code}, "created_at": stamp(rated.at), "updated_at": stamp(rated.at),
        })
    }

    pub(super) fn ratings_of(&self, ticket: u64) -> Result<Reply, Problem> {
        self.ticket(ticket)?;
        let found = self.ratings.iter().filter(|rated| rated.ticket == ticket);
        Ok(Reply::json(200, found.map(|rated| self.rating_json(rated)).collect::<Value>()))
    }

    /// The answers since a moment, all pages in one order.
    pub(super) fn ratings_since(&self, call: &Call) -> Result<Vec<Value>, Problem> {
        let since: Option<DateTime<Utc>> = match call.query("created_since") {
            None => None,
            Some(text) => Some(text.parse().map_err(|_| Fault::mistyped("created_since", "date in ISO 8601"))?),
        };
        let found = self.ratings.iter().filter(|rated| since.is_none_or(|since| rated.at.timestamp() >= since.timestamp()));
        Ok(found.map(|rated| self.rating_json(rated)).collect())
    }

    pub(super) fn show_group(&self, id: i64) -> Result<Reply, Problem> {
        let name = self.groups.get(&id).ok_or(Problem::NotFound)?;
        Ok(Reply::json(200, json!({"id": id, "name": name, "description": null, "agent_ids": [], "group_type": "support_agent_group"})))
    }
}
