use serde_json::{Value, json};

use super::*;
use crate::domain::ids::{DeliveryId, SellerId};
use crate::domain::tickets::{CommentNumber, Priority, TicketStatus};
use crate::helpdesk::peer::{Answer, Asked, Peer, at, freshdesk_key, http, noon};
use crate::helpdesk::{NewTicket, Opener, SpeakAs, TicketMarks, TicketUpdate, Visibility};

async fn desk(script: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> (Peer, Freshdesk) {
    let peer = Peer::start(script).await;
    let desk = Freshdesk::new(peer.settings(freshdesk_key()), http(), noon());
    (peer, desk)
}

fn number() -> TicketNumber {
    TicketNumber("318".to_owned())
}

fn key() -> DeliveryKey {
    DeliveryKey(DeliveryId::generate())
}

fn again() -> Attempt {
    Attempt::Again { begun_at: at("2026-11-22T11:50:00Z") }
}

fn ticket(fields: &Value) -> Value {
    let mut whole = json!({
        "id": 318, "subject": "Lid", "description": "<div>No lid</div>", "description_text": "No lid", "status": 2, "priority": 3, "source": 1,
        "requester_id": 5802, "requester": {"id": 5802, "name": "Anna", "email": "anna@example.com"}, "tags": ["Kitchen"],
        "created_at": "2026-11-20T09:15:42Z", "updated_at": "2026-11-22T11:00:00Z"
    });
    whole.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    whole
}

fn conversation(id: usize) -> Value {
    json!({"id": id, "user_id": 5802, "body": "<p>x</p>", "body_text": "x", "incoming": true, "private": false, "source": 0,
        "created_at": "2026-11-20T10:00:00Z"})
}

fn parameter(asked: &Asked, name: &str) -> Option<String> {
    url::form_urlencoded::parse(asked.query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// The ticket, with conversations of these ids.
fn with_conversations(asked: &Asked, ids: &[usize]) -> Answer {
    if asked.line.ends_with("/conversations") {
        let page: usize = parameter(asked, "page").unwrap().parse().unwrap();
        let conversations: Vec<_> = ids.iter().skip((page - 1) * PAGE).take(PAGE).map(|id| conversation(*id)).collect();
        return Answer::json(200, &json!(conversations));
    }
    Answer::json(200, &ticket(&json!({})))
}

async fn numbers_after(ids: Vec<usize>, count: u32, last: Option<&str>) -> (Vec<String>, Vec<String>) {
    let (peer, desk) = desk(move |asked| with_conversations(asked, &ids)).await;
    let read = CommentsRead { count, last: last.map(|last| CommentNumber(last.to_owned())) };
    let comments = desk.comments(&number(), &read).await.unwrap();
    let pages = peer.asked().iter().filter_map(|asked| parameter(asked, "page")).collect();
    (comments.into_iter().map(|comment| comment.number.0).collect(), pages)
}

#[tokio::test]
async fn an_account_is_the_agent_of_the_key() {
    let (peer, desk) = desk(|_| Answer::json(200, &json!({"id": 61, "contact": {"name": "Bridge", "email": "b@acme.example"}}))).await;
    assert_eq!(desk.account().await, Ok(Account { user: "61".to_owned(), name: "Bridge".to_owned() }));
    assert_eq!(peer.lines(), ["GET /api/v2/agents/me"]);
}

#[tokio::test]
async fn a_ticket_is_read_with_its_requester() {
    let (peer, desk) = desk(|_| Answer::json(200, &ticket(&json!({"spam": true})))).await;
    let snapshot = desk.ticket(&number()).await.unwrap();
    assert!(snapshot.url.ends_with("/a/tickets/318"), "{}", snapshot.url);
    assert_eq!(snapshot.presence, crate::domain::tickets::TicketPresence::Spam);
    assert_eq!((peer.lines()[0].as_str(), peer.asked()[0].query.as_str()), ("GET /api/v2/tickets/318", "include=requester"));
    let (_peer, gone) = self::desk(|_| Answer::text(404, "")).await;
    assert_eq!(gone.ticket(&number()).await, Err(HelpdeskError::NotFound));
}

#[tokio::test]
async fn the_first_reading_begins_with_the_description_and_goes_to_the_last_page() {
    let (numbers, pages) = numbers_after((1..=201).collect(), 0, None).await;
    assert_eq!((numbers.len(), numbers[0].as_str(), numbers[201].as_str()), (202, "ticket-318", "201"));
    assert_eq!(pages, ["1", "2", "3"]);
}

#[tokio::test]
async fn reading_on_begins_at_the_page_that_was_reached() {
    let (numbers, pages) = numbers_after((1..=203).collect(), 202, Some("201")).await;
    assert_eq!((numbers, pages), (vec!["202".to_owned(), "203".to_owned()], vec!["3".to_owned()]));
    let (numbers, _) = numbers_after((1..=200).collect(), 201, Some("200")).await;
    assert!(numbers.is_empty());
    let (numbers, _) = numbers_after(vec![1, 2], 1, Some("ticket-318")).await;
    assert_eq!(numbers, ["1", "2"]);
}

#[tokio::test]
async fn deleted_conversations_shift_the_pages_and_nothing_is_missed() {
    let shifted = (1..=210).filter(|id| *id > 20).collect();
    let (numbers, pages) = numbers_after(shifted, 202, Some("201")).await;
    assert_eq!(numbers, (202..=210).map(|id| id.to_string()).collect::<Vec<_>>());
    assert_eq!(pages, ["3", "2"]);
    let (numbers, _) = numbers_after(vec![1, 3], 3, Some("2")).await;
    assert_eq!(numbers, ["1", "3"], "the last one known is gone itself");
}

fn comment(text: &str, visibility: Visibility, known: &[&str]) -> OutboundCommand {
    let known = known.iter().map(|number| CommentNumber((*number).to_owned())).collect();
    OutboundCommand::PostComment {
        ticket: number(),
        visibility,
        speak_as: SpeakAs::Operator,
        text: text.to_owned(),
        known,
        files: Vec::new(),
    }
}

fn receipt(number: &str) -> Receipt {
    Receipt::Comment { number: CommentNumber(number.to_owned()) }
}

#[tokio::test]
async fn public_words_are_a_reply_and_internal_ones_a_private_note() {
    let (peer, desk) = desk(|_| Answer::json(201, &json!({"id": 900, "created_at": "2026-11-22T12:00:00Z"}))).await;
    let key = key();
    let body = format!("<div data-trilogue-delivery=\"{key}\"><p>{{\u{200d}{{x}}\u{200d}}}</p></div>");
    assert_eq!(Helpdesk::perform(&desk, &comment("{{x}}", Visibility::Public, &[]), &key, Attempt::First).await, Ok(receipt("900")));
    assert_eq!(Helpdesk::perform(&desk, &comment("{{x}}", Visibility::Internal, &[]), &key, Attempt::First).await, Ok(receipt("900")));
    assert_eq!(peer.lines(), ["POST /api/v2/tickets/318/reply", "POST /api/v2/tickets/318/notes"]);
    assert_eq!(peer.asked()[0].body, json!({"body": body}));
    assert_eq!(peer.asked()[1].body, json!({"body": body, "private": true, "incoming": false}));
}

#[tokio::test]
async fn a_seller_is_named_in_the_text() {
    let (peer, desk) = desk(|_| Answer::json(201, &json!({"id": 900}))).await;
    let speak_as = SpeakAs::Seller { id: SellerId::generate(), name: "Kettles".to_owned() };
    let command = OutboundCommand::PostComment {
        ticket: number(),
        visibility: Visibility::Internal,
        speak_as,
        text: "Hi".to_owned(),
        known: vec![],
        files: vec![],
    };
    Helpdesk::perform(&desk, &command, &key(), Attempt::First).await.unwrap();
    let body = peer.asked()[0].body["body"].as_str().unwrap().to_owned();
    assert!(body.contains("<p><strong>Kettles</strong> (seller):</p><p>Hi</p>"), "{body}");
}

#[tokio::test]
async fn a_lost_answer_is_uncertain_and_a_spam_ticket_refuses() {
    let (_peer, desk) = desk(|_| Answer::text(502, "<html>")).await;
    let command = comment("Hi", Visibility::Public, &[]);
    let error = Helpdesk::perform(&desk, &command, &key(), Attempt::First).await.unwrap_err();
    assert!(matches!(error, HelpdeskError::Uncertain { .. }), "{error:?}");
    let (_peer, desk) = self::desk(|_| Answer::text(405, "")).await;
    let error = Helpdesk::perform(&desk, &command, &key(), Attempt::First).await;
    assert_eq!(error, Err(HelpdeskError::Refused { status: 405, code: String::new() }));
}

/// What our own agent wrote, as id, HTML, time of 22 November; and whether it is private.
type Written = (u64, String, &'static str, bool);

async fn look_through(written: Vec<Written>, key: &DeliveryKey, known: &[&str]) -> (Result<Receipt, HelpdeskError>, usize) {
    let (peer, desk) = desk(move |asked| match asked.line.as_str() {
        "GET /api/v2/agents/me" => Answer::json(200, &json!({"id": 61})),
        "GET /api/v2/tickets/318/conversations" => {
            let own = written.iter().map(|(id, body, time, private)| {
                json!({"id": id, "user_id": 61, "body": body, "private": private, "created_at": format!("2026-11-22T{time}Z")})
            });
            let foreign =
                json!({"id": 1, "user_id": 5802, "body": "<p>On its way</p>", "private": false, "created_at": "2026-11-22T11:51:00Z"});
            Answer::json(200, &json!(own.chain([foreign]).collect::<Vec<_>>()))
        }
        _ => Answer::json(201, &json!({"id": 900})),
    })
    .await;
    let outcome = Helpdesk::perform(&desk, &comment("On its  {{way}}", Visibility::Public, known), key, again()).await;
    let posts = peer.lines().iter().filter(|line| line.starts_with("POST")).count();
    (outcome, posts)
}

fn own(id: u64, body: &str, time: &'static str) -> Written {
    (id, body.to_owned(), time, false)
}

#[tokio::test]
async fn an_earlier_attempt_is_known_by_its_mark() {
    let key = key();
    let marked = own(7, &format!("<div data-trilogue-delivery=\"{key}\">rewritten</div>"), "11:50:01");
    assert_eq!(look_through(vec![own(6, "<p>else</p>", "11:50:00"), marked], &key, &[]).await, (Ok(receipt("7")), 0));
}

#[tokio::test]
async fn an_earlier_attempt_is_known_by_its_words_when_the_mark_was_dropped() {
    let outcome = look_through(vec![own(7, "<div>On its {\u{200d}{way}\u{200d}}<br></div>", "11:48:30")], &key(), &[]).await;
    assert_eq!(outcome, (Ok(receipt("7")), 0));
}

#[tokio::test]
async fn an_earlier_attempt_that_left_no_trace_is_repeated() {
    let other = format!("<div data-trilogue-delivery=\"{}\"><p>On its {{{{way}}}}</p></div>", key());
    for (written, known) in [
        (vec![], vec![]),
        (vec![own(5, "<p>On its {{way}}</p>", "11:47:59")], vec![]),
        (vec![own(6, "<p>On its {{way}}</p>", "11:51:00")], vec!["6"]),
        (vec![own(7, &other, "11:51:00")], vec![]),
    ] {
        assert_eq!(look_through(written.clone(), &key(), &known).await, (Ok(receipt("900")), 1), "{written:?}");
    }
}

#[tokio::test]
async fn other_words_of_ours_leave_it_to_a_person() {
    let private_twin = (7, "<p>On its {{way}}</p>".to_owned(), "11:51:00", true);
    for doubtful in [own(7, "<p>Something else</p>", "11:51:00"), private_twin] {
        let (outcome, posts) = look_through(vec![doubtful], &key(), &[]).await;
        assert!(matches!(outcome, Err(HelpdeskError::Undecidable { .. })), "{outcome:?}");
        assert_eq!(posts, 0);
    }
}

#[tokio::test]
async fn a_ticket_too_long_to_look_through_is_left_to_a_person() {
    let (peer, desk) = desk(|asked| match asked.line.as_str() {
        "GET /api/v2/agents/me" => Answer::json(200, &json!({"id": 61})),
        _ => Answer::json(200, &Value::from(vec![conversation(1); PAGE])),
    })
    .await;
    let outcome = Helpdesk::perform(&desk, &comment("Hi", Visibility::Public, &[]), &key(), again()).await;
    assert!(matches!(outcome, Err(HelpdeskError::Undecidable { .. })), "{outcome:?}");
    assert_eq!(peer.lines().len(), 1 + CONVERSATION_PAGES);
}

fn update(status: TicketStatus, unless_changed_since: Option<&str>) -> OutboundCommand {
    let update =
        TicketUpdate { status: Some(status), priority: Some(Priority::Urgent), unless_changed_since: unless_changed_since.map(at) };
    OutboundCommand::UpdateTicket { ticket: number(), update }
}

#[tokio::test]
async fn the_state_for_third_parties_is_used_where_the_account_has_it() {
    for (choices, code) in [(json!({"2": ["Open", "Open"], "7": ["Waiting", "Waiting"]}), 7), (json!({"2": ["Open", "Open"]}), 2)] {
        let (peer, desk) = desk(move |asked| match asked.line.as_str() {
            "GET /api/v2/ticket_fields" => Answer::json(200, &json!([{"name": "status", "choices": choices}])),
            _ => Answer::json(200, &ticket(&json!({"status": code, "priority": 4}))),
        })
        .await;
        let status = if code == 7 { TicketStatus::OnHold } else { TicketStatus::Open };
        let reached = Receipt::State { status, priority: Some(Priority::Urgent) };
        for _ in 0..2 {
            assert_eq!(Helpdesk::perform(&desk, &update(TicketStatus::OnHold, None), &key(), Attempt::First).await, Ok(reached.clone()));
        }
        assert_eq!(peer.lines(), ["GET /api/v2/ticket_fields", "PUT /api/v2/tickets/318", "PUT /api/v2/tickets/318"]);
        assert_eq!(peer.asked()[2].body, json!({"status": code, "priority": 4}));
    }
}

#[tokio::test]
async fn an_update_gives_way_to_somebody_else_s() {
    let (peer, desk) = desk(|_| Answer::json(200, &ticket(&json!({})))).await;
    let outdated = update(TicketStatus::Solved, Some("2026-11-22T10:59:59Z"));
    assert_eq!(Helpdesk::perform(&desk, &outdated, &key(), Attempt::First).await, Err(HelpdeskError::Conflict));
    assert_eq!(peer.lines(), ["GET /api/v2/tickets/318"]);
    let current = update(TicketStatus::Solved, Some("2026-11-22T11:00:00Z"));
    let receipt = Helpdesk::perform(&desk, &current, &key(), Attempt::First).await;
    assert!(matches!(receipt, Ok(Receipt::State { .. })), "{receipt:?}");
    assert_eq!(peer.asked()[2].body, json!({"status": 4, "priority": 4}));
}

#[tokio::test]
async fn an_update_that_arrived_earlier_is_not_a_conflict_with_itself() {
    let (peer, desk) = desk(|_| Answer::json(200, &ticket(&json!({"status": 4, "priority": 4})))).await;
    let command = update(TicketStatus::Solved, Some("2026-11-22T10:00:00Z"));
    let solved = Receipt::State { status: TicketStatus::Solved, priority: Some(Priority::Urgent) };
    assert_eq!(Helpdesk::perform(&desk, &command, &key(), again()).await, Ok(solved));
    assert_eq!(peer.lines(), ["GET /api/v2/tickets/318"]);
}

#[tokio::test]
async fn tags_and_fields_are_merged_with_the_ticket_s_own() {
    let (peer, desk) = desk(|_| Answer::json(200, &ticket(&json!({"custom_fields": {"cf_return": "approved", "cf_refund": null}})))).await;
    let marks = |tags: &[&str], without: &[&str], fields: &[(&str, Option<&str>)]| TicketMarks {
        tags: tags.iter().map(ToString::to_string).collect(),
        without: without.iter().map(ToString::to_string).collect(),
        fields: fields.iter().map(|(name, word)| ((*name).to_owned(), word.map(str::to_owned))).collect(),
    };
    for (marks, sent) in [
        (marks(&["kitchen", "KITCHEN"], &["absent"], &[("cf_return", Some("approved")), ("cf_refund", None)]), None),
        (marks(&["tl_dispute_mediation"], &[], &[]), Some(json!({"tags": ["Kitchen", "tl_dispute_mediation"]}))),
        (marks(&[], &["KITCHEN"], &[("cf_return", None)]), Some(json!({"tags": [], "custom_fields": {"cf_return": null}}))),
    ] {
        let command = OutboundCommand::MarkTicket { ticket: number(), marks };
        let before = peer.lines().len();
        assert_eq!(Helpdesk::perform(&desk, &command, &key(), Attempt::First).await, Ok(Receipt::Done));
        assert_eq!(peer.lines().len() - before, 1 + usize::from(sent.is_some()));
        if let Some(sent) = sent {
            assert_eq!(peer.asked().last().unwrap().body, sent);
        }
    }
}

const REFERENCE: &str = "cas_0192f0a1b2c3d4e5f60718293a4b5c6d";
const TAG: &str = "0192f0a1b2c3d4e5f60718293a4b5c6d";

fn opening() -> OutboundCommand {
    OutboundCommand::OpenTicket(NewTicket {
        subject: "Lid".to_owned(),
        requester_name: "Anna".to_owned(),
        requester_email: "anna+1@example.com".to_owned(),
        text: "No lid".to_owned(),
        reference: REFERENCE.to_owned(),
        opener: Opener::Buyer,
    })
}

async fn open_again(listed: Answer) -> (Result<Receipt, HelpdeskError>, Vec<String>) {
    let listed = std::sync::Mutex::new(Some(listed));
    let (peer, desk) = desk(move |asked| match asked.line.as_str() {
        "GET /api/v2/tickets" => {
            assert_eq!(asked.query, "email=anna%2B1%40example.com&updated_since=2026-11-22T11%3A48%3A00Z&per_page=100");
            listed.lock().unwrap().take().unwrap()
        }
        _ => Answer::json(201, &json!({"id": 319})),
    })
    .await;
    let outcome = Helpdesk::perform(&desk, &opening(), &key(), again()).await;
    if let Some(asked) = peer.asked().iter().find(|asked| asked.line == "POST /api/v2/tickets") {
        assert_eq!((&asked.body["tags"], &asked.body["email"]), (&json!([TAG]), &json!("anna+1@example.com")));
    }
    (outcome, peer.lines())
}

fn opened(id: &str) -> Receipt {
    Receipt::Ticket { number: TicketNumber(id.to_owned()), comment: Some(CommentNumber(format!("ticket-{id}"))) }
}

#[tokio::test]
async fn a_ticket_is_opened_once() {
    let ours = ticket(&json!({"id": 320, "tags": [TAG.to_uppercase()], "created_at": "2026-11-22T11:50:01Z"}));
    let (outcome, lines) = open_again(Answer::json(200, &json!([ours]))).await;
    assert_eq!((outcome, lines.len()), (Ok(opened("320")), 1));
    let older = ticket(&json!({"id": 2}));
    let unlike = ticket(&json!({"id": 3, "subject": "Another", "created_at": "2026-11-22T11:50:01Z"}));
    let (outcome, lines) = open_again(Answer::json(200, &json!([older, unlike]))).await;
    assert_eq!((outcome, lines.len()), (Ok(opened("319")), 2));
}

#[tokio::test]
async fn an_unknown_requester_has_no_ticket_yet() {
    let unknown = json!({"description": "Validation failed", "errors": [{"field": "email", "message": "…", "code": "invalid_value"}]});
    let (outcome, lines) = open_again(Answer::json(400, &unknown)).await;
    assert_eq!((outcome, lines.len()), (Ok(opened("319")), 2));
    let (outcome, lines) = open_again(Answer::json(400, &json!({"errors": [{"field": "updated_since", "code": "invalid_value"}]}))).await;
    assert!(outcome.is_err(), "any other refusal proves nothing");
    assert_eq!(lines.len(), 1);
}

#[tokio::test]
async fn a_ticket_alike_without_our_reference_is_left_to_a_person() {
    let alike = ticket(&json!({"id": 4, "tags": [], "created_at": "2026-11-22T11:50:01Z"}));
    let (outcome, lines) = open_again(Answer::json(200, &json!([alike]))).await;
    assert!(matches!(outcome, Err(HelpdeskError::Undecidable { .. })), "{outcome:?}");
    assert_eq!(lines.len(), 1);
}

fn changed(count: usize, updated_at: impl Fn(usize) -> String) -> Value {
    (0..count).map(|at| ticket(&json!({"id": at + 1, "updated_at": updated_at(at)}))).collect()
}

async fn changes(page: Value, cursor: Option<&str>) -> (Changes, Asked) {
    let (peer, desk) = desk(move |_| Answer::json(200, &page)).await;
    let changes = desk.changes(at("2026-11-22T10:00:00Z"), cursor).await.unwrap();
    (changes, peer.asked().remove(0))
}

#[tokio::test]
async fn changes_are_listed_from_the_time_that_the_last_page_reached() {
    let (first, asked) = changes(changed(100, |at| format!("2026-11-22T10:{:02}:30Z", at / 2)), None).await;
    assert_eq!(asked.query, "updated_since=2026-11-22T10%3A00%3A00Z&order_by=updated_at&order_type=asc&per_page=100&page=1");
    assert_eq!((first.tickets.len(), first.cursor.as_deref(), first.more), (100, Some("2026-11-22T10:49:29Z|1"), true));
    let (last, asked) = changes(changed(3, |_| "2026-11-22T11:00:00Z".to_owned()), first.cursor.as_deref()).await;
    assert_eq!(parameter(&asked, "updated_since").as_deref(), Some("2026-11-22T10:49:29Z"));
    assert_eq!((last.cursor.as_deref(), last.more), (Some("2026-11-22T10:59:00Z|1"), false), "with an overlap for the next time");
}

#[tokio::test]
async fn what_was_thrown_away_is_asked_for_by_itself() {
    let (peer, desk) = desk(|asked| match parameter(asked, "filter").as_deref() {
        None if asked.line.ends_with("/tickets") => Answer::json(200, &json!([ticket(&json!({"id": 1}))])),
        Some("deleted") => Answer::json(200, &json!([ticket(&json!({"id": 2}))])),
        _ => Answer::json(400, &json!({"description": "Validation failed", "errors": []})),
    })
    .await;
    let changes = desk.changes(at("2026-11-22T10:00:00Z"), None).await.unwrap();
    assert_eq!(changes.tickets, [TicketNumber("1".to_owned()), TicketNumber("2".to_owned())], "a list that is refused is empty");
    assert_eq!(changes.rated, [], "as is one of answers to surveys");
    let asked: Vec<_> =
        peer.asked().iter().filter_map(|asked| parameter(asked, "updated_since").or(parameter(asked, "created_since"))).collect();
    assert_eq!(asked, ["2026-11-22T10:00:00Z"; 4], "over the same stretch of time");
}

#[tokio::test]
async fn many_changes_of_one_second_are_paged_and_nothing_ever_moves_back() {
    let (page, _) = changes(changed(100, |_| "2026-11-22T10:00:00Z".to_owned()), Some("2026-11-22T10:00:00Z|1")).await;
    assert_eq!((page.cursor.as_deref(), page.more), (Some("2026-11-22T10:00:00Z|2"), true));
    let (page, _) = changes(changed(100, |_| "2026-11-22T10:00:00Z".to_owned()), Some("2026-11-22T10:00:00Z|300")).await;
    assert_eq!((page.cursor.as_deref(), page.more), (Some("2026-11-22T10:00:01Z|1"), true), "beyond page 300 there is nothing");
    let (page, _) = changes(json!([]), Some("2026-11-22T10:00:00Z|2")).await;
    assert_eq!((page.cursor.as_deref(), page.more), (Some("2026-11-22T10:00:00Z|1"), false));
}

#[tokio::test]
async fn a_cursor_that_is_none_of_ours_starts_over() {
    for odd in ["", "x|1", "2026-11-22T10:30:00Z", "2026-11-22T10:30:00Z|0", "2026-11-22T10:30:00Z|301"] {
        let (_, asked) = changes(json!([]), Some(odd)).await;
        assert_eq!(parameter(&asked, "updated_since").as_deref(), Some("2026-11-22T10:00:00Z"), "{odd}");
    }
}

#[test]
fn files_lie_on_the_vendor_s_hosts_only() {
    for known in [
        "https://acme.freshdesk.com/x",
        "https://attachment.freshdesk.com/inline/attachment?token=x",
        "https://s3.amazonaws.com/cdn.freshdesk.com/data/x",
        "https://s3.eu-central-1.amazonaws.com/euc-cdn.freshdesk.com/data/x",
    ] {
        assert!(is_freshdesk_s(&known.parse().unwrap()), "{known}");
    }
    for strange in [
        "https://s3.amazonaws.com/evil/cdn.freshdesk.com",
        "https://evil.s3.amazonaws.com/x",
        "https://freshdesk.com.evil.example/x",
        "https://s3.amazonaws.com.evil.example/cdn.freshdesk.com/x",
        "https://127.0.0.1/cdn.freshdesk.com/x",
    ] {
        assert!(!is_freshdesk_s(&strange.parse().unwrap()), "{strange}");
    }
}
