//! Records as REST shows them: ids are numbers, enums in small letters.

use serde_json::{Value, json};

use super::super::state::{Comment, State, Ticket, channel_word, opt, priority_word, stamp, status_word};
use super::super::{CustomStatuses, Surveys};
use crate::demo::peer::{Audience, Origin, Presence, Reply};

impl State {
    pub(super) fn ticket_json(&self, ticket: &Ticket) -> Value {
        let fields: Vec<_> = self.fields.iter().map(|field| json!({"id": field.id, "value": ticket.fields.get(&field.id)})).collect();
        let status = if ticket.presence == Presence::Live { status_word(ticket.status) } else { "deleted" };
        let mut json = json!({
            "url": format!("{}/api/v2/tickets/{}.json", self.base_url, ticket.id),
            "id": ticket.id, "external_id": ticket.external_id, "via": self.via_json(ticket),
            "created_at": stamp(ticket.created_at), "updated_at": stamp(ticket.updated_at),
            "generated_timestamp": ticket.generated_at.timestamp(),
            "type": ticket.kind, "subject": ticket.subject, "raw_subject": ticket.subject, "description": ticket.description,
            "priority": opt(ticket.priority.map(priority_word)), "status": status, "recipient": null,
            "requester_id": ticket.requester, "submitter_id": ticket.submitter, "assignee_id": ticket.assignee,
            "organization_id": null, "group_id": ticket.group, "collaborator_ids": [], "follower_ids": [], "email_cc_ids": [],
            "forum_topic_id": null, "problem_id": null, "has_incidents": false,
            "is_public": ticket.comments.iter().any(|comment| comment.audience == Audience::Public),
            "due_at": null, "tags": ticket.tags, "custom_fields": fields, "fields": fields,
            "satisfaction_rating": self.satisfaction_json(ticket), "sharing_agreement_ids": [], "followup_ids": [],
            "brand_id": 8_447_346_621_310_u64, "ticket_form_id": 8_646_151_517_822_u64, "allow_channelback": false,
            "allow_attachments": true, "from_messaging_channel": ticket.origin == Origin::Chat,
        });
        if self.options.custom_statuses == CustomStatuses::On {
            json["custom_status_id"] = json!(ticket.custom_status);
        }
        json
    }

    fn satisfaction_json(&self, ticket: &Ticket) -> Value {
        match &ticket.rated {
            Some(rated) if self.options.surveys == Surveys::Legacy => {
                json!({"id": rated.id, "score": rated.mood.word(), "comment": rated.words})
            }
            _ => json!({"score": "unoffered"}),
        }
    }

    fn via_json(&self, ticket: &Ticket) -> Value {
        let requester = self.person(ticket.requester);
        let (from, rel) = match (ticket.follow_up_of, ticket.origin) {
            (Some(earlier), _) => (json!({"ticket_id": earlier, "subject": ticket.subject}), json!("follow_up")),
            (None, Origin::Mail) => (json!({"address": requester.email, "name": requester.name}), Value::Null),
            (None, _) => (json!({}), Value::Null),
        };
        json!({"channel": channel_word(ticket.origin), "source": {"from": from, "to": {}, "rel": rel}})
    }

    pub(super) fn comment_json(&self, comment: &Comment, custom: &Value, with_inline: bool) -> Value {
        let mut metadata = json!({"system": {}, "custom": if custom.is_object() { custom.clone() } else { json!({}) }});
        if comment.flagged {
            metadata["flags"] = json!([2]);
            metadata["flags_options"] = json!({"2": {"trusted": false}});
            metadata["trusted"] = json!(false);
        }
        json!({
            "id": comment.id, "type": "Comment", "author_id": comment.author, "body": comment.text, "html_body": comment.html,
            "plain_body": comment.text, "public": comment.audience == Audience::Public, "attachments": self.files_json(comment, with_inline), "audit_id": comment.audit,
            "via": {"channel": channel_word(comment.origin), "source": {"from": {}, "to": {}, "rel": null}},
            "created_at": stamp(comment.created_at), "metadata": metadata,
        })
    }

    pub(super) fn user_json(&self, id: i64) -> Value {
        let Some(user) = self.users.get(&id) else { return Value::Null };
        json!({
            "id": user.id, "url": format!("{}/api/v2/users/{}.json", self.base_url, user.id), "name": user.name, "email": user.email,
            "external_id": user.external_id, "role": user.role.word(), "created_at": stamp(user.created_at),
            "updated_at": stamp(user.created_at), "active": true, "verified": true, "suspended": false, "shared": false,
            "locale": "en-US", "time_zone": "Etc/UTC", "phone": null, "organization_id": null, "tags": [], "user_fields": {},
        })
    }

    pub(super) fn list_fields(&self) -> Reply {
        let field = |id: i64, title: &str, kind: &str| json!({"id": id, "title": title, "raw_title": title, "type": kind, "active": true});
        let mut fields = vec![field(1, "Subject", "subject"), field(2, "Description", "description"), field(3, "Status", "status")];
        fields.extend(self.fields.iter().map(|known| field(known.id, &known.title, "text")));
        Reply::json(200, json!({"ticket_fields": fields, "count": fields.len(), "next_page": null, "previous_page": null}))
    }

    pub(super) fn list_custom_statuses(&self) -> super::Answer {
        if self.options.custom_statuses == CustomStatuses::Off {
            return Err(super::Problem::InvalidEndpoint);
        }
        let statuses = self.custom_statuses.iter().map(|(id, label, category)| {
            let default = self.default_custom_status(*category) == *id;
            json!({"id": id, "agent_label": label, "end_user_label": label, "status_category": status_word(*category), "active": true, "default": default})
        });
        Ok(Reply::json(200, json!({"custom_statuses": statuses.collect::<Vec<_>>()})))
    }
}
