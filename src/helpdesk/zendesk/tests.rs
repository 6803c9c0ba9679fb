use serde_json::{Value, json};

use super::*;
use crate::domain::ids::DeliveryId;
use crate::domain::tickets::{Priority, TicketStatus};
use crate::helpdesk::peer::{Answer, Asked, Peer, at, http, noon, zendesk_token};
use crate::helpdesk::{NewTicket, Opener, SpeakAs, TicketMarks, TicketUpdate, Visibility};

async fn desk(script: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> (Peer, Zendesk) {
    let peer = Peer::start(script).await;
    let desk = Zendesk::new(peer.settings(zendesk_token()), http(), noon());
    (peer, desk)
}

fn number() -> TicketNumber {
    TicketNumber("42".to_owned())
}

fn key() -> DeliveryKey {
    DeliveryKey(DeliveryId::generate())
}

fn again() -> Attempt {
    Attempt::Again { begun_at: at("2026-11-22T11:50:00Z") }
}

fn comment_by(speak_as: SpeakAs, visibility: Visibility) -> OutboundCommand {
    OutboundCommand::PostComment {
        ticket: number(),
        visibility,
        speak_as,
        text: "Use {{code}} <b>".to_owned(),
        known: Vec::new(),
        files: Vec::new(),
    }
}

fn seller(name: &str) -> SpeakAs {
    SpeakAs::Seller { id: SellerId::generate(), name: name.to_owned() }
}

fn posted(number: i64) -> Answer {
    let events =
        json!([{"id": 9, "type": "Notification"}, {"id": number, "type": "Comment", "public": true}, {"id": 12, "type": "Comment"}]);
    Answer::json(200, &json!({"ticket": {"id": 42}, "audit": {"id": 8, "events": events}}))
}

fn receipt(number: &str) -> Receipt {
    Receipt::Comment { number: CommentNumber(number.to_owned()) }
}

#[tokio::test]
async fn nobody_is_not_an_account() {
    let (_peer, desk) = desk(|_| Answer::json(200, &json!({"user": {"id": null, "name": "Anonymous user"}}))).await;
    assert_eq!(desk.account().await, Err(HelpdeskError::Unauthorized { status: 401 }));
}

#[tokio::test]
async fn an_account_is_who_we_are() {
    let (peer, desk) = desk(|_| Answer::json(200, &json!({"user": {"id": 7, "name": "Bridge", "role": "admin"}}))).await;
    assert_eq!(desk.account().await, Ok(Account { user: "7".to_owned(), name: "Bridge".to_owned() }));
    assert_eq!(peer.lines(), ["GET /api/v2/users/me.json"]);
}

#[tokio::test]
async fn a_ticket_has_an_address_for_agents() {
    let ticket =
        json!({"ticket": {"id": 42, "status": "open", "created_at": "2026-11-20T09:15:42Z", "updated_at": "2026-11-20T09:15:42Z"}});
    let (peer, desk) = desk(move |_| Answer::json(200, &ticket)).await;
    let snapshot = desk.ticket(&number()).await.unwrap();
    assert!(snapshot.url.starts_with("http://127.0.0.1:") && snapshot.url.ends_with("/agent/tickets/42"), "{}", snapshot.url);
    assert_eq!(peer.asked()[0].query, "include=users%2Cgroups");
}

#[tokio::test]
async fn a_ticket_that_is_gone_is_not_found() {
    let (_peer, desk) = desk(|_| Answer::json(404, &json!({"error": "RecordNotFound", "description": "Not found"}))).await;
    assert_eq!(desk.ticket(&number()).await, Err(HelpdeskError::NotFound));
    assert_eq!(desk.ticket(&TicketNumber("../users/me".to_owned())).await, Err(HelpdeskError::NotFound));
}

/// Comments 7 to 1, newest first, three to a page; 5 and 4 are of the same second.
fn seven_comments(asked: &Asked) -> Answer {
    let seconds = [0, 1, 2, 3, 4, 4, 6, 7];
    let from = if asked.query.contains("after%5D=c1") {
        4
    } else if asked.query.contains("after%5D=c2") {
        1
    } else {
        7
    };
    let comments: Vec<Value> = (1..=from).rev().take(3).map(|id| comment(id, seconds[id])).collect();
    let meta = match from {
        7 => json!({"has_more": true, "after_cursor": "c1"}),
        4 => json!({"has_more": true, "after_cursor": "c2"}),
        _ => json!({"has_more": false, "after_cursor": "c3"}),
    };
    let users = json!([{"id": 5, "name": "Ida", "role": "agent"}]);
    Answer::json(200, &json!({"comments": comments, "users": users, "meta": meta, "links": {"next": "https://acme.example/more"}}))
}

fn comment(id: usize, second: u32) -> Value {
    json!({"id": id, "author_id": 5, "public": true, "plain_body": format!("words {id}"), "created_at": format!("2026-11-20T09:15:{second:02}Z")})
}

async fn numbers_after(last: Option<&str>) -> (Vec<String>, usize) {
    let (peer, desk) = desk(seven_comments).await;
    let read = CommentsRead { count: 3, last: last.map(|last| CommentNumber(last.to_owned())) };
    let comments = desk.comments(&number(), &read).await.unwrap();
    (comments.into_iter().map(|comment| comment.number.0).collect(), peer.lines().len())
}

#[tokio::test]
async fn comments_are_read_to_the_last_page_by_its_own_word_and_given_oldest_first() {
    assert_eq!(numbers_after(None).await, (["1", "2", "3", "4", "5", "6", "7"].map(str::to_owned).to_vec(), 3));
}

#[tokio::test]
async fn reading_on_stops_behind_the_last_comment_known() {
    assert_eq!(numbers_after(Some("6")).await, (vec!["7".to_owned()], 1));
    assert_eq!(numbers_after(Some("7")).await, (vec![], 1));
    assert_eq!(numbers_after(Some("3")).await, (["4", "5", "6", "7"].map(str::to_owned).to_vec(), 2));
}

#[tokio::test]
async fn a_comment_of_the_same_second_as_the_last_known_is_told_by_its_number() {
    assert_eq!(numbers_after(Some("4")).await.0, ["5", "6", "7"]);
    assert_eq!(numbers_after(Some("5")).await.0, ["6", "7"]);
}

#[tokio::test]
async fn everything_is_read_when_the_last_comment_known_is_gone() {
    assert_eq!(numbers_after(Some("99")).await.0.len(), 7);
}

#[tokio::test]
async fn endless_pages_end() {
    let page = json!({"comments": [comment(1, 1)], "meta": {"has_more": true, "after_cursor": "same"}});
    let (peer, desk) = desk(move |_| Answer::json(200, &page)).await;
    desk.comments(&number(), &CommentsRead::default()).await.unwrap();
    assert_eq!(peer.lines().len(), COMMENT_PAGES);
}

#[tokio::test]
async fn the_operator_s_words_go_out_neutralised_and_with_their_visibility() {
    let (peer, desk) = desk(|_| posted(11)).await;
    let key = key();
    for (visibility, public) in [(Visibility::Public, true), (Visibility::Internal, false)] {
        assert_eq!(Helpdesk::perform(&desk, &comment_by(SpeakAs::Operator, visibility), &key, Attempt::First).await, Ok(receipt("11")));
        let asked = peer.asked().pop().unwrap();
        assert_eq!(asked.line, "PUT /api/v2/tickets/42.json");
        let comment = json!({"html_body": "<p>Use {\u{200d}{code}\u{200d}} &lt;b&gt;</p>", "public": public});
        assert_eq!(asked.body, json!({"ticket": {"comment": comment, "metadata": {"trilogue_delivery": key.to_string()}}}));
    }
}

fn with_users(asked: &Asked, users: impl Fn() -> Answer) -> Answer {
    if asked.line.ends_with("/users/create_or_update.json") { users() } else { posted(11) }
}

#[tokio::test]
async fn a_seller_has_a_user_that_is_made_once() {
    let user = || Answer::json(201, &json!({"user": {"id": 77, "name": "Kettles"}}));
    let (peer, desk) = desk(move |asked| with_users(asked, user)).await;
    let speak_as = seller("Kettles");
    let command = comment_by(speak_as.clone(), Visibility::Public);
    for _ in 0..2 {
        Helpdesk::perform(&desk, &command, &key(), Attempt::First).await.unwrap();
    }
    let asked = peer.asked();
    let lines: Vec<_> = asked.iter().map(|asked| asked.line.as_str()).collect();
    assert_eq!(lines, ["POST /api/v2/users/create_or_update.json", "PUT /api/v2/tickets/42.json", "PUT /api/v2/tickets/42.json"]);
    let SpeakAs::Seller { id, .. } = speak_as else { unreachable!() };
    let user = json!({"name": "Kettles", "external_id": format!("trilogue:{id}"), "role": "end-user", "skip_verify_email": true});
    assert_eq!(asked[0].body, json!({"user": user}));
    assert_eq!(asked[2].body["ticket"]["comment"]["author_id"], 77);

    let renamed = comment_by(SpeakAs::Seller { id, name: "Kettles & Co".to_owned() }, Visibility::Public);
    Helpdesk::perform(&desk, &renamed, &key(), Attempt::First).await.unwrap();
    assert_eq!(peer.asked()[3].body["user"]["name"], "Kettles & Co");
}

#[tokio::test]
async fn a_seller_without_a_user_is_named_in_the_text() {
    for status in [403, 404, 422] {
        let (peer, desk) = desk(move |asked| with_users(asked, || Answer::text(status, ""))).await;
        Helpdesk::perform(&desk, &comment_by(seller("Kettles"), Visibility::Public), &key(), Attempt::First).await.unwrap();
        let comment = &peer.asked()[1].body["ticket"]["comment"];
        assert_eq!(comment["html_body"], "<p><strong>Kettles</strong> (seller):</p><p>Use {\u{200d}{code}\u{200d}} &lt;b&gt;</p>");
        assert_eq!(comment.get("author_id"), None);
    }
}

#[tokio::test]
async fn a_private_note_is_never_an_end_user_s() {
    let (peer, desk) = desk(|_| posted(11)).await;
    Helpdesk::perform(&desk, &comment_by(seller("Kettles"), Visibility::Internal), &key(), Attempt::First).await.unwrap();
    assert_eq!(peer.lines(), ["PUT /api/v2/tickets/42.json"]);
    let comment = &peer.asked()[0].body["ticket"]["comment"];
    assert_eq!((&comment["public"], comment.get("author_id")), (&json!(false), None));
}

#[tokio::test]
async fn attribution_asks_for_no_user() {
    let peer = Peer::start(|_| posted(11)).await;
    let settings = Settings { seller_identity: SellerIdentity::Attribution, ..peer.settings(zendesk_token()) };
    let desk = Zendesk::new(settings, http(), noon());
    Helpdesk::perform(&desk, &comment_by(seller("Kettles"), Visibility::Public), &key(), Attempt::First).await.unwrap();
    assert_eq!(peer.lines(), ["PUT /api/v2/tickets/42.json"]);
}

#[tokio::test]
async fn a_seller_s_user_that_cannot_be_made_now_leaves_nothing_uncertain() {
    let (_peer, busy) = desk(|asked| with_users(asked, || Answer::text(429, "").with("retry-after", &20))).await;
    let command = comment_by(seller("Kettles"), Visibility::Public);
    let error = Helpdesk::perform(&busy, &command, &key(), Attempt::First).await.unwrap_err();
    assert!(matches!(error, HelpdeskError::RateLimited { .. }), "{error:?}");
    let (_peer, down) = desk(|asked| with_users(asked, || Answer::text(500, ""))).await;
    let error = Helpdesk::perform(&down, &command, &key(), Attempt::First).await.unwrap_err();
    assert!(matches!(error, HelpdeskError::Unavailable { .. }), "{error:?}");
}

#[tokio::test]
async fn what_cannot_be_written_is_refused_before_it_is_sent() {
    let (peer, desk) = desk(|_| posted(11)).await;
    for text in ["<".repeat(20_000), " ".to_owned()] {
        let command = OutboundCommand::PostComment {
            ticket: number(),
            visibility: Visibility::Public,
            speak_as: SpeakAs::Operator,
            text,
            known: vec![],
            files: vec![],
        };
        let error = Helpdesk::perform(&desk, &command, &key(), Attempt::First).await.unwrap_err();
        assert!(matches!(error, HelpdeskError::Unsendable { .. }), "{error:?}");
    }
    assert!(peer.lines().is_empty());
}

#[tokio::test]
async fn a_closed_ticket_refuses_and_a_silent_success_is_uncertain() {
    let closed = json!({"error": "RecordInvalid", "details": {"status": [{"description": "Status: closed prevents ticket update"}]}});
    let (_peer, desk) = desk(move |_| Answer::json(422, &closed)).await;
    let command = comment_by(SpeakAs::Operator, Visibility::Public);
    let refused = HelpdeskError::Refused { status: 422, code: "RecordInvalid (status)".to_owned() };
    assert_eq!(Helpdesk::perform(&desk, &command, &key(), Attempt::First).await, Err(refused));
    let (_peer, desk) = self::desk(|_| Answer::json(200, &json!({"ticket": {"id": 42}, "audit": {"id": 8, "events": []}}))).await;
    let error = Helpdesk::perform(&desk, &command, &key(), Attempt::First).await.unwrap_err();
    assert!(matches!(error, HelpdeskError::Uncertain { .. }), "{error:?}");
}

/// Audits of the given keys and times, in pages of two.
fn audits(asked: &Asked, all: &[(&str, &str)]) -> Answer {
    if asked.line.starts_with("PUT") {
        return posted(11);
    }
    let page = asked.query.split("after%5D=").nth(1).map_or(0, |page| page.parse().unwrap());
    let audits: Vec<_> = all
        .iter()
        .skip(page * 2)
        .take(2)
        .map(|(key, created_at)| {
            let events = json!([{"id": "odd", "type": "Notification"}, {"id": 500 + page, "type": "Comment"}]);
            json!({"id": 1, "created_at": created_at, "metadata": {"system": {}, "custom": {"trilogue_delivery": key}}, "events": events})
        })
        .collect();
    let meta = json!({"has_more": all.len() > page * 2 + 2, "after_cursor": (page + 1).to_string()});
    Answer::json(200, &json!({"audits": audits, "meta": meta}))
}

async fn look_through(all: Vec<(String, &'static str)>, key: &DeliveryKey) -> (Result<Receipt, HelpdeskError>, Vec<String>) {
    let (peer, desk) = desk(move |asked| {
        let all: Vec<_> = all.iter().map(|(key, at)| (key.as_str(), *at)).collect();
        audits(asked, &all)
    })
    .await;
    let outcome = Helpdesk::perform(&desk, &comment_by(SpeakAs::Operator, Visibility::Public), key, again()).await;
    (outcome, peer.lines())
}

const LOOK: &str = "GET /api/v2/tickets/42/audits.json";
const POST: &str = "PUT /api/v2/tickets/42.json";

#[tokio::test]
async fn an_earlier_attempt_that_arrived_is_found_and_not_repeated() {
    let (key, other) = (key(), key().to_string());
    let ascending =
        vec![(other.clone(), "2026-11-01T00:00:00Z"), (other, "2026-11-02T00:00:00Z"), (key.to_string(), "2026-11-22T11:50:01Z")];
    assert_eq!(look_through(ascending, &key).await, (Ok(receipt("501")), vec![LOOK.to_owned(); 2]), "whatever the order");
}

#[tokio::test]
async fn an_earlier_attempt_that_did_not_arrive_is_repeated_after_a_look() {
    let (key, other) = (key(), key().to_string());
    let descending = ["2026-11-22T11:55:00Z", "2026-11-22T11:40:00Z", "2026-11-21T00:00:00Z"].map(|at| (other.clone(), at)).to_vec();
    assert_eq!(
        look_through(descending, &key).await,
        (Ok(receipt("11")), vec![LOOK.to_owned(), POST.to_owned()]),
        "old enough after a page"
    );
    let within_leeway = ["2026-11-22T11:55:00Z", "2026-11-22T11:46:00Z", "2026-11-21T00:00:00Z"].map(|at| (other.clone(), at)).to_vec();
    assert_eq!(look_through(within_leeway, &key).await.1.len(), 3);
    assert_eq!(look_through(vec![], &key).await.1, [LOOK, POST]);
}

#[tokio::test]
async fn without_a_look_nothing_is_repeated() {
    let (peer, desk) = desk(|_| Answer::text(503, "")).await;
    let error = Helpdesk::perform(&desk, &comment_by(SpeakAs::Operator, Visibility::Public), &key(), again()).await.unwrap_err();
    assert!(matches!(error, HelpdeskError::Unavailable { .. }), "{error:?}");
    assert_eq!(peer.lines(), [LOOK]);
}

fn update(status: TicketStatus, unless_changed_since: Option<&str>) -> OutboundCommand {
    let update = TicketUpdate { status: Some(status), priority: Some(Priority::High), unless_changed_since: unless_changed_since.map(at) };
    OutboundCommand::UpdateTicket { ticket: number(), update }
}

const ON_HOLD: Receipt = Receipt::State { status: TicketStatus::OnHold, priority: Some(Priority::High) };

fn on_hold() -> Value {
    json!({"ticket": {"id": 42, "status": "hold", "priority": "high",
        "created_at": "2026-11-20T09:15:42Z", "updated_at": "2026-11-22T11:50:01Z"}})
}

#[tokio::test]
async fn an_update_is_conditional_when_it_is_asked_to_be() {
    let (peer, desk) = desk(|_| Answer::json(200, &on_hold())).await;
    let command = update(TicketStatus::OnHold, Some("2026-11-20T09:15:42Z"));
    assert_eq!(Helpdesk::perform(&desk, &command, &key(), Attempt::First).await, Ok(ON_HOLD));
    let change = json!({"status": "hold", "priority": "high", "safe_update": true, "updated_stamp": "2026-11-20T09:15:42Z"});
    assert_eq!(peer.asked()[0].body, json!({"ticket": change}));
    Helpdesk::perform(&desk, &update(TicketStatus::Open, None), &key(), Attempt::First).await.unwrap();
    assert_eq!(
        peer.asked()[1].body,
        json!({"ticket": {"status": "open", "priority": "high"}}),
        "an unconditional one does not name the key"
    );
    let conflict = self::desk(|_| Answer::json(409, &json!({"error": "UpdateConflict"}))).await.1;
    assert_eq!(Helpdesk::perform(&conflict, &command, &key(), Attempt::First).await, Err(HelpdeskError::Conflict));
}

#[tokio::test]
async fn an_update_that_arrived_earlier_is_not_a_conflict_with_itself() {
    let (peer, desk) = desk(|_| Answer::json(200, &on_hold())).await;
    let command = update(TicketStatus::OnHold, Some("2026-11-20T09:15:42Z"));
    assert_eq!(Helpdesk::perform(&desk, &command, &key(), again()).await, Ok(ON_HOLD));
    assert_eq!(peer.lines(), ["GET /api/v2/tickets/42.json"]);
}

#[tokio::test]
async fn tags_and_fields_are_changed_one_by_one_and_nothing_is_asked_for_none() {
    let (peer, desk) = desk(|_| Answer::json(200, &json!({"tags": ["vip", "tl_return_requested"], "ticket": {"id": 42}}))).await;
    let marks = |tags: &[&str], without: &[&str], fields: &[(&str, Option<&str>)]| TicketMarks {
        tags: tags.iter().map(ToString::to_string).collect(),
        without: without.iter().map(ToString::to_string).collect(),
        fields: fields.iter().map(|(id, word)| ((*id).to_owned(), word.map(str::to_owned))).collect(),
    };
    for (marks, lines) in [
        (marks(&[], &[], &[]), vec![]),
        (marks(&["VIP"], &["gone"], &[]), vec!["GET /api/v2/tickets/42/tags.json"]),
        (
            marks(&["tl_return_approved"], &["tl_return_requested", "tl_return_closed"], &[("77", Some("approved")), ("78", None)]),
            vec![
                "GET /api/v2/tickets/42/tags.json",
                "DELETE /api/v2/tickets/42/tags.json",
                "PUT /api/v2/tickets/42/tags.json",
                "PUT /api/v2/tickets/42.json",
            ],
        ),
    ] {
        let before = peer.lines().len();
        let command = OutboundCommand::MarkTicket { ticket: number(), marks };
        assert_eq!(Helpdesk::perform(&desk, &command, &key(), Attempt::First).await, Ok(Receipt::Done));
        assert_eq!(peer.lines()[before..], lines);
    }
    let asked = peer.asked();
    let bodies: Vec<_> = asked.iter().rev().take(3).map(|asked| asked.body.clone()).collect();
    assert_eq!(
        bodies,
        [
            json!({"ticket": {"custom_fields": [{"id": 77, "value": "approved"}, {"id": 78, "value": null}]}}),
            json!({"tags": ["tl_return_approved"]}),
            json!({"tags": ["tl_return_requested"]}),
        ]
    );
    let command = OutboundCommand::MarkTicket { ticket: number(), marks: marks(&[], &[], &[("cf_x", None)]) };
    let outcome = Helpdesk::perform(&desk, &command, &key(), Attempt::First).await;
    assert!(matches!(outcome, Err(HelpdeskError::Unsendable { .. })), "{outcome:?}");
}

fn opening() -> OutboundCommand {
    OutboundCommand::OpenTicket(NewTicket {
        subject: "Lid {{x}}".to_owned(),
        requester_name: "Anna".to_owned(),
        requester_email: "anna@example.com".to_owned(),
        text: "No lid".to_owned(),
        reference: "T-77".to_owned(),
        opener: Opener::Buyer,
    })
}

fn tickets(asked: &Asked, listed: &Value) -> Answer {
    match asked.line.as_str() {
        "GET /api/v2/tickets.json" => Answer::json(200, &json!({"tickets": listed})),
        _ => Answer::json(201, &json!({"ticket": {"id": 43}, "audit": {"events": [{"id": 12, "type": "Comment"}]}})),
    }
}

#[tokio::test]
async fn a_ticket_is_opened_once() {
    let (peer, desk) = desk(|asked| tickets(asked, &json!([{"id": 1, "external_id": "T-7"}, {"id": 2, "external_id": null}]))).await;
    let key = key();
    let opened = Receipt::Ticket { number: TicketNumber("43".to_owned()), comment: Some(CommentNumber("12".to_owned())) };
    assert_eq!(Helpdesk::perform(&desk, &opening(), &key, again()).await, Ok(opened));
    let asked = peer.asked();
    assert_eq!((asked[0].line.as_str(), asked[0].query.as_str()), ("GET /api/v2/tickets.json", "external_id=T-77"));
    assert_eq!(asked[1].headers["idempotency-key"], key.to_string().as_str());
    let ticket = &asked[1].body["ticket"];
    assert_eq!(ticket["requester"], json!({"name": "Anna", "email": "anna@example.com"}));
    assert_eq!(ticket["comment"], json!({"html_body": "<p>No lid</p>", "public": true}));
    assert_eq!((&ticket["external_id"], &ticket["subject"]), (&json!("T-77"), &json!("Lid {\u{200d}{x}\u{200d}}")));

    let mark = key.to_string();
    let (peer, desk) = self::desk(move |asked| match asked.line.as_str() {
        "GET /api/v2/tickets/41/audits.json" => audits(asked, &[(&mark, "2026-11-22T11:50:00Z")]),
        _ => tickets(asked, &json!([{"id": 41, "external_id": "T-77"}])),
    })
    .await;
    let Ok(Receipt::Ticket { number, comment }) = Helpdesk::perform(&desk, &opening(), &key, again()).await else { panic!() };
    assert_eq!(number.0, "41");
    assert!(comment.is_some(), "its first words are ours, and known as such when they come back");
    assert_eq!(peer.lines(), ["GET /api/v2/tickets.json", "GET /api/v2/tickets/41/audits.json"]);
}

#[tokio::test]
async fn a_ticket_that_is_being_opened_is_looked_for_later() {
    let (_peer, desk) = desk(|_| Answer::json(409, &json!({"error": "IdempotentRequestInProgress"}))).await;
    let error = Helpdesk::perform(&desk, &opening(), &key(), Attempt::First).await.unwrap_err();
    assert!(matches!(error, HelpdeskError::Uncertain { .. }), "{error:?}");
}

#[tokio::test]
async fn changes_are_asked_for_by_time_once_and_then_by_cursor() {
    let page = json!({"tickets": [{"id": 9}, {"id": 3}, {"id": 9}], "after_cursor": "abc", "end_of_stream": false});
    let (peer, desk) = desk(move |_| Answer::json(200, &page)).await;
    let changes = desk.changes(at("2026-11-22T11:59:30Z"), None).await.unwrap();
    assert_eq!(changes.tickets, [TicketNumber("3".to_owned()), TicketNumber("9".to_owned())]);
    assert_eq!((changes.cursor.as_deref(), changes.more), (Some("abc"), true));
    desk.changes(at("2026-11-22T11:59:30Z"), Some("abc")).await.unwrap();
    let queries: Vec<_> = peer.asked().into_iter().map(|asked| asked.query).collect();
    let a_minute_ago = at("2026-11-22T11:58:59Z").timestamp();
    assert_eq!(queries, [format!("per_page=250&start_time={a_minute_ago}"), "per_page=250&cursor=abc".to_owned()]);
}

#[tokio::test]
async fn the_end_of_the_stream_keeps_its_cursor() {
    let (_peer, desk) = desk(|_| Answer::json(200, &json!({"tickets": [], "after_cursor": null, "end_of_stream": true}))).await;
    let changes = desk.changes(at("2026-11-22T00:00:00Z"), Some("abc")).await.unwrap();
    assert_eq!(changes, Changes { tickets: vec![], rated: vec![], cursor: Some("abc".to_owned()), more: false });
}
