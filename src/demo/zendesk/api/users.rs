//! Users.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::super::state::{Role, State};
use super::{Answer, Problem, body_object, ids, text_of};
use crate::demo::peer::{Call, Reply};

impl State {
    /// Bad credentials are answered too: by somebody without an id.
    pub(super) fn me(&self, who: Option<i64>) -> Reply {
        let anonymous = json!({"id": null, "name": "Anonymous user", "email": "invalid@example.com", "role": "end-user", "active": false});
        Reply::json(200, json!({"user": who.map_or(anonymous, |id| self.user_json(id))}))
    }

    pub(super) fn show_user(&self, id: i64) -> Answer {
        if !self.users.contains_key(&id) {
            return Err(Problem::NotFound);
        }
        Ok(Reply::json(200, json!({"user": self.user_json(id)})))
    }

    pub(super) fn show_users(&self, call: &Call) -> Answer {
        Ok(Reply::json(200, json!({"users": self.users_json(ids(call)?.into_iter())})))
    }

    /// Each once; those that nobody knows are left out.
    pub(super) fn users_json(&self, ids: impl Iterator<Item = i64>) -> Value {
        let known: BTreeSet<i64> = ids.filter(|id| self.users.contains_key(id)).collect();
        known.into_iter().map(|id| self.user_json(id)).collect()
    }

    pub(super) fn search_users(&self, call: &Call) -> Reply {
        let by_external_id = call.query("external_id").and_then(|id| self.user_by_external_id(id));
        let address = call.query("query").map(|query| query.trim_start_matches("email:").trim_matches('"'));
        let found = by_external_id.or_else(|| address.and_then(|email| self.user_by_email(email)));
        let users: Vec<Value> = found.into_iter().map(|id| self.user_json(id)).collect();
        Reply::json(200, json!({"users": users, "count": users.len(), "next_page": null, "previous_page": null}))
    }

    /// 200 for a known user, 201 for a new one.
    pub(super) fn upsert_user(&mut self, call: &Call) -> Answer {
        let asked = body_object(call, "user")?;
        let text = |key: &str| asked.get(key).and_then(text_of).filter(|text| !text.is_empty());
        let (name, email, external_id) = (text("name"), text("email"), text("external_id"));
        let Some(key) = external_id.clone().or_else(|| email.clone()) else {
            return Err(Problem::invalid("base", "An email or external_id is needed"));
        };
        self.admit_upsert(&key.to_lowercase())?;
        if email.as_deref().is_some_and(|email| !email.contains('@')) {
            return Err(Problem::invalid("email", "Email: is not properly formatted"));
        }
        let known = external_id.as_deref().and_then(|id| self.user_by_external_id(id));
        let known = known.or_else(|| email.as_deref().and_then(|email| self.user_by_email(email)));
        let (status, id) = if let Some(id) = known {
            if let Some(user) = self.users.get_mut(&id) {
                user.name = name.unwrap_or_else(|| user.name.clone());
                user.email = email.or_else(|| user.email.clone());
                user.external_id = external_id.or_else(|| user.external_id.clone());
            }
            (200, id)
        } else {
            let name = name.ok_or_else(|| Problem::invalid("name", "Name: is too short (minimum is 1 character)"))?;
            (201, self.add_user(&name, email, external_id, Role::EndUser))
        };
        let reply = Reply::json(status, json!({"user": self.user_json(id)}));
        Ok(reply.with("Location", format!("{}/api/v2/users/{id}.json", self.base_url)))
    }

    fn admit_upsert(&mut self, user: &str) -> Result<(), Problem> {
        let (limits, now) = (self.options.limits, self.now());
        let one = self.windows.admit(&format!("user-upsert/{user}"), limits.upserts_of_one_user, TimeDelta::minutes(1), 1, now);
        let all = self.windows.admit("user-upsert", limits.user_upserts_per_second, TimeDelta::seconds(1), 1, now);
        for gate in [one, all] {
            if !gate.admitted {
                return Err(Problem::TooMany { retry_after: gate.resets_in });
            }
        }
        Ok(())
    }
}
