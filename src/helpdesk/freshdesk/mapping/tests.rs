use serde_json::json;

use super::*;

#[test]
fn states_and_priorities_have_their_codes() {
    for state in [TicketStatus::Open, TicketStatus::Pending, TicketStatus::OnHold, TicketStatus::Solved, TicketStatus::Closed] {
        assert_eq!(status(status_code(state)), state);
    }
    assert_eq!((status_code(TicketStatus::New), status(6), status(12)), (2, TicketStatus::Pending, TicketStatus::Open));
    for step in [Priority::Low, Priority::Normal, Priority::High, Priority::Urgent] {
        assert_eq!(priority(priority_code(step)), Some(step));
    }
    assert_eq!(priority(0), None);
}

fn raw_ticket(fields: &Value) -> api::Ticket {
    let mut whole = json!({
        "id": 318, "subject": "Lid", "description": "<div>No <b>lid</b></div>", "description_text": " No lid ", "status": 7, "priority": 2,
        "source": 1, "requester_id": 5802, "requester": {"id": 5802, "name": "Anna", "email": "anna@example.com", "phone": null},
        "tags": null, "custom_fields": {"cf_order": "A-77", "cf_gift": null, "cf_count": 3}, "spam": false,
        "created_at": "2026-11-20T09:15:42Z", "updated_at": "2026-11-20T15:45:42+05:30"
    });
    whole.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    serde_json::from_value(whole).unwrap()
}

#[test]
fn a_ticket_is_read_whole() {
    let ticket = ticket(raw_ticket(&json!({})), None, String::new());
    assert_eq!((ticket.status, ticket.priority, ticket.channel), (TicketStatus::OnHold, Some(Priority::Normal), Channel::Email));
    let email = Some("anna@example.com".to_owned());
    assert_eq!(ticket.requester, Person { id: "5802".to_owned(), name: "Anna".to_owned(), email, locale: None });
    let fields: Vec<_> = ticket.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(fields, [("cf_count", "3"), ("cf_order", "A-77")]);
    assert_eq!(ticket.updated_at.to_rfc3339(), "2026-11-20T10:15:42+00:00");
    assert_eq!(ticket.presence, TicketPresence::Active);
}

#[test]
fn spam_and_the_bin_are_answers() {
    let presence = |fields| ticket(raw_ticket(&fields), None, String::new()).presence;
    assert_eq!(presence(json!({"spam": true})), TicketPresence::Spam);
    assert_eq!(presence(json!({"spam": true, "deleted": true})), TicketPresence::Deleted);
    assert_eq!(presence(json!({"deleted": null})), TicketPresence::Active);
}

#[test]
fn the_description_is_the_first_comment() {
    let first = description(&raw_ticket(&json!({})));
    assert_eq!((first.number.0.as_str(), first.text.as_str()), ("ticket-318", "No lid"));
    assert_eq!(first.author, CommentAuthor { id: "5802".to_owned(), name: "Anna".to_owned(), side: AuthorSide::EndUser });
    assert_eq!(first.visibility, Visibility::Public);
    assert_eq!(description(&raw_ticket(&json!({"description_text": null}))).text, "No lid");
    assert_eq!(description(&raw_ticket(&json!({"source": 10}))).author.side, AuthorSide::Staff, "an agent wrote first");
}

fn comment_with(fields: &Value) -> Comment {
    let mut whole = json!({
        "id": 9, "user_id": 61, "body": "<div>Hi</div>", "body_text": "Hi", "incoming": false, "private": false, "source": 0,
        "created_at": "2026-11-20T09:15:42Z"
    });
    whole.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    comment(serde_json::from_value(whole).unwrap(), &raw_ticket(&json!({})))
}

#[test]
fn a_conversation_stands_on_the_side_that_it_came_from() {
    let agent = comment_with(&json!({}));
    assert_eq!(agent.author, CommentAuthor { id: "61".to_owned(), name: String::new(), side: AuthorSide::Staff });
    let requester = comment_with(&json!({"user_id": 5802, "incoming": true}));
    assert_eq!((requester.author.name.as_str(), requester.author.side), ("Anna", AuthorSide::EndUser));
    assert_eq!(comment_with(&json!({"user_id": 7, "incoming": true})).author.side, AuthorSide::EndUser, "somebody in copy");
    assert_eq!(comment_with(&json!({"user_id": null})).author.side, AuthorSide::System);
}

#[test]
fn a_conversation_is_public_only_if_it_says_so() {
    assert_eq!(comment_with(&json!({})).visibility, Visibility::Public);
    for not in [json!({"private": true}), json!({"private": null})] {
        assert_eq!(comment_with(&not).visibility, Visibility::Internal);
    }
}

#[test]
fn only_mail_from_outside_loses_its_history() {
    let mail = "<div>New</div><blockquote>old</blockquote>";
    assert_eq!(comment_with(&json!({"incoming": true, "body": mail, "body_text": "New old"})).text, "New");
    assert_eq!(comment_with(&json!({"incoming": false, "body": mail, "body_text": "New old"})).text, "New old", "an agent's own quotation");
    assert_eq!(comment_with(&json!({"body": mail, "body_text": null})).text, "New\n\nold");
    assert_eq!(
        comment_with(&json!({"incoming": true, "body": mail, "body_text": "New old"})).html.as_deref(),
        Some(mail),
        "it is not lost"
    );
}

#[test]
fn the_state_for_third_parties_is_looked_up() {
    let knows = |fields: Value| knows_third_party(&serde_json::from_value::<Vec<api::TicketField>>(fields).unwrap());
    assert!(knows(json!([{"name": "status", "choices": {"2": ["Open", "Open"], "7": ["Waiting on Third Party", "With the seller"]}}])));
    assert!(!knows(json!([{"name": "status", "choices": {"2": ["Open", "Open"]}}, {"name": "priority", "choices": {"7": 7}}])));
    assert!(!knows(json!([{"name": "type", "choices": ["7"]}, {"name": "status"}])));
}
