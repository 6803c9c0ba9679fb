//! Contacts. <https://developers.freshdesk.com/api/#contacts>

use super::super::problem::{Fault, Problem};
use super::super::state::State;
use super::form::Reader;
use super::lists::page;
use super::{Answer, body};
use crate::demo::peer::{Call, Reply, Side};

impl State {
    pub(super) fn list_contacts(&self, call: &Call) -> Answer {
        let contacts = self.users.values().filter(|user| user.side == Side::EndUser);
        let wanted = call.query("email");
        let found = contacts.filter(|user| match (wanted, &user.email) {
            (Some(wanted), Some(email)) => email.eq_ignore_ascii_case(wanted),
            (Some(_), None) => false,
            (None, _) => true,
        });
        page(call, &self.base_url, found.map(|user| self.contact_json(user.id)).collect())
    }

    pub(super) fn show_contact(&self, id: i64) -> Answer {
        let contact = self.users.get(&id).filter(|user| user.side == Side::EndUser).ok_or(Problem::NotFound)?;
        Ok(Reply::json(200, self.contact_json(contact.id)))
    }

    pub(super) fn post_contact(&mut self, call: &Call) -> Answer {
        let body = body(call, &["name", "email", "phone", "mobile", "twitter_id", "unique_external_id", "description", "tags"])?;
        let mut reader = Reader::default();
        let name = reader.needed_text(&body, "name");
        let email = reader.text(&body, "email");
        let external_id = reader.text(&body, "unique_external_id");
        if ["email", "phone", "mobile", "twitter_id", "unique_external_id"]
            .iter()
            .all(|key| body.get(*key).is_none_or(serde_json::Value::is_null))
        {
            reader.faults.push(Fault::missing("email"));
        }
        if !reader.faults.is_empty() {
            return Err(Problem::Invalid(reader.faults));
        }
        if let Some(user) = email.as_deref().and_then(|email| self.contact_by_email(email)) {
            return Err(Problem::Duplicate { field: "email", user });
        }
        let twin = self.users.values().find(|user| external_id.is_some() && user.external_id == external_id).map(|user| user.id);
        if let Some(user) = twin {
            return Err(Problem::Duplicate { field: "unique_external_id", user });
        }
        let id = self.add_user(&name, email, Side::EndUser);
        if let Some(user) = self.users.get_mut(&id) {
            user.external_id = external_id;
        }
        Ok(Reply::json(201, self.contact_json(id)).with("Location", format!("{}/api/v2/contacts/{id}", self.base_url)))
    }
}
