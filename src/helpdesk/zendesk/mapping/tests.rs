use serde_json::{Value, json};

use super::*;

#[test]
fn states_are_read_however_they_are_written_and_written_as_they_are_read() {
    let all =
        [TicketStatus::New, TicketStatus::Open, TicketStatus::Pending, TicketStatus::OnHold, TicketStatus::Solved, TicketStatus::Closed];
    for state in all {
        let word = status_word(state);
        assert_eq!([status(word), status(&word.to_uppercase())], [state; 2]);
    }
    assert_eq!(status("awaiting_parts"), TicketStatus::Open, "a custom state");
    for step in [Priority::Low, Priority::Normal, Priority::High, Priority::Urgent] {
        assert_eq!(priority(&priority_word(step).to_uppercase()), Some(step));
    }
    assert_eq!(priority("-"), None);
}

fn ticket_with(status: &str, tags: &[&str]) -> TicketSnapshot {
    let answer = json!({
        "ticket": {
            "id": 8812, "subject": null, "raw_subject": "Lid", "status": status, "priority": "urgent", "requester_id": 900_100, "tags": tags,
            "custom_fields": [
                {"id": 1, "value": "A-77"}, {"id": 2, "value": null}, {"id": 3, "value": ""}, {"id": 4, "value": false},
                {"id": 5, "value": ["x", "y"]}, {"id": 6, "value": 12}, {"id": 7}, {"id": 8, "value": []},
            ],
            "via": {"channel": "email", "source": {}}, "created_at": "2026-11-20T09:15:42Z", "updated_at": "2026-11-20T10:15:42Z",
            "something_new": {}
        },
        "users": [{"id": 5, "name": "Ida", "email": null}, {"id": 900_100, "name": "Anna", "email": "anna@example.com", "role": "end-user", "locale": "fr-CA"}]
    });
    ticket(serde_json::from_value(answer).unwrap(), "https://acme.example/agent/tickets/8812".to_owned())
}

#[test]
fn a_ticket_is_read_whole() {
    let ticket = ticket_with("hold", &[]);
    assert_eq!((ticket.number.0.as_str(), ticket.subject.as_str()), ("8812", "Lid"));
    assert_eq!((ticket.status, ticket.priority, ticket.channel), (TicketStatus::OnHold, Some(Priority::Urgent), Channel::Email));
    let (email, locale) = (Some("anna@example.com".to_owned()), Some("fr-CA".to_owned()));
    let anna = Person { id: "900100".to_owned(), name: "Anna".to_owned(), email, locale };
    assert_eq!(ticket.requester, anna);
    let fields: Vec<_> = ticket.fields.iter().map(|(id, value)| (id.as_str(), value.as_str())).collect();
    assert_eq!(fields, [("1", "A-77"), ("4", "false"), ("5", "x, y"), ("6", "12")]);
}

#[test]
fn what_is_null_is_as_if_it_were_not_there() {
    let bare = json!({"ticket": {"id": 1, "status": "open", "tags": null, "custom_fields": null, "via": null, "requester_id": null,
        "created_at": "2026-11-20T09:15:42Z", "updated_at": "2026-11-20T09:15:42Z"}, "users": null});
    let ticket = ticket(serde_json::from_value(bare).unwrap(), String::new());
    assert_eq!((ticket.channel, ticket.requester.id.as_str(), ticket.subject.as_str()), (Channel::Other, "", ""));
}

#[test]
fn a_ticket_that_is_not_there_any_more_says_so() {
    assert_eq!(ticket_with("open", &["closed_by_merge"]).presence, TicketPresence::Active, "reopened tags mean nothing");
    assert_eq!(ticket_with("closed", &["closed_by_merge"]).presence, TicketPresence::Merged { into: None });
    assert_eq!(ticket_with("closed", &[]).presence, TicketPresence::Active);
    assert_eq!(ticket_with("deleted", &[]).presence, TicketPresence::Deleted);
}

fn comment_with(fields: &Value, users: &Value) -> Comment {
    let mut whole = json!({"id": 1, "author_id": 5, "created_at": "2026-11-20T09:15:42Z"});
    whole.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let users: Vec<api::User> = serde_json::from_value(users.clone()).unwrap();
    comment(serde_json::from_value(whole).unwrap(), &users.into_iter().map(|user| (user.id, user)).collect())
}

#[test]
fn a_comment_s_author_stands_on_the_side_that_the_role_says() {
    let side =
        |author: i64, role: &str| comment_with(&json!({"author_id": author}), &json!([{"id": 5, "name": "Ida", "role": role}])).author;
    assert_eq!(
        (side(5, "agent").side, side(5, "admin").side, side(5, "end-user").side),
        (AuthorSide::Staff, AuthorSide::Staff, AuthorSide::EndUser)
    );
    assert_eq!(side(5, "agent").name, "Ida");
    assert_eq!(side(-1, "admin"), CommentAuthor { id: "-1".to_owned(), name: String::new(), side: AuthorSide::System });
    assert_eq!(side(6, "agent").side, AuthorSide::EndUser, "a user nobody told us about is not staff");
}

#[test]
fn a_comment_is_public_only_if_it_says_so() {
    let visibility = |fields: Value| comment_with(&fields, &json!([])).visibility;
    assert_eq!(visibility(json!({"public": true})), Visibility::Public);
    for not in [json!({"public": false}), json!({"public": null}), json!({})] {
        assert_eq!(visibility(not), Visibility::Internal);
    }
}

#[test]
fn a_flag_against_the_author_is_kept() {
    let trust = |metadata: Value| comment_with(&json!({"metadata": metadata}), &json!([])).trust;
    for plain in [json!(null), json!({}), json!({"flags": []}), json!({"flags": null}), json!({"flags": [4, 18]})] {
        assert_eq!(trust(plain), Trust::Plain);
    }
    for flagged in [json!({"flags": [0]}), json!({"flags": [4, 14]}), json!({"flags": [99], "flags_options": {}})] {
        assert_eq!(trust(flagged), Trust::Flagged);
    }
}

#[test]
fn a_file_may_be_had_unless_the_helpdesk_says_otherwise() {
    let standing = |fields: Value| {
        let mut file = json!({"id": 1, "file_name": "a.png"});
        file.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        comment_with(&json!({"attachments": [file]}), &json!([])).files[0].standing
    };
    for (fields, expected) in [
        (json!({}), Standing::Fine),
        (json!({"malware_scan_result": "malware_not_found"}), Standing::Fine),
        (json!({"malware_scan_result": "failed_to_scan"}), Standing::Fine),
        (json!({"malware_scan_result": "not_scanned"}), Standing::Unchecked),
        (json!({"malware_scan_result": "malware_found"}), Standing::Dangerous),
        (json!({"malware_scan_result": "malware_found", "malware_access_override": true}), Standing::Fine),
        (json!({"malware_scan_result": "malware_found", "malware_access_override": null}), Standing::Dangerous),
        (json!({"deleted": true}), Standing::Removed),
        (json!({"file_name": "redacted.txt"}), Standing::Removed),
    ] {
        assert_eq!(standing(fields.clone()), expected, "{fields}");
    }
    assert!(comment_with(&json!({"attachments": null}), &json!([])).files.is_empty());
}
