//! What every helpdesk product owes to the house, asked of each adapter alone, with its strict simulator behind it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use futures_util::TryStreamExt;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio_util::bytes::Bytes;
use trilogue::clock::{Clock, ManualClock};
use trilogue::demo::freshdesk::{FreshdeskOptions, FreshdeskSim, WebhookContent, WebhookSecret};
use trilogue::demo::peer::Audience::{Internal, Public};
use trilogue::demo::peer::{Fault, On, Opening, Person, SimFile, SimulatedHelpdesk, TicketState, Webhook};
use trilogue::demo::zendesk::{WebhookMode, ZendeskOptions, ZendeskSim};
use trilogue::domain::ids::{DeliveryId, SellerId};
use trilogue::domain::tickets::{CommentNumber, HelpdeskKind, Priority, TicketNumber, TicketPresence, TicketStatus};
use trilogue::helpdesk::freshdesk::webhook::SECRET_HEADER;
use trilogue::helpdesk::{
    self, Attempt, AuthorSide, Comment, CommentsRead, Credentials, Delivery, DeliveryKey, FileAnswer, FilePlace, FileSource, Helpdesk,
    HelpdeskError, NewTicket, NudgeKind, Opener, OutboundCommand, OutboundFile, Receipt, Remedy, SellerIdentity, Settings, SpeakAs,
    Standing, TicketMarks, TicketUpdate, VerifyError, Visibility,
};

use crate::attachments::{PDF, PNG};
use crate::harness::SECRET;

/// A simulated account and the adapter that speaks with it.
struct Bench {
    kind: HelpdeskKind,
    clock: Arc<ManualClock>,
    sim: Arc<dyn SimulatedHelpdesk>,
    desk: Arc<dyn Helpdesk>,
    buyer: Person,
}

impl Bench {
    async fn set_up(kind: HelpdeskKind) -> Self {
        let clock = Arc::new(ManualClock::at(Utc.with_ymd_and_hms(2026, 11, 22, 9, 0, 0).unwrap()));
        let url = "http://127.0.0.1:1/webhooks";
        let (sim, credentials): (Arc<dyn SimulatedHelpdesk>, _) = match kind {
            HelpdeskKind::Zendesk => {
                let sim = ZendeskSim::start(ZendeskOptions::new(clock.clone())).await.unwrap();
                sim.connect_webhook_with(url, SECRET, WebhookMode::EventSubscribed);
                sim.connect_webhook_with(url, SECRET, WebhookMode::Trigger);
                (Arc::new(sim), Credentials::ZendeskOauth { token: ZendeskSim::OAUTH_TOKEN.to_owned().into() })
            }
            HelpdeskKind::Freshdesk => {
                let sim = FreshdeskSim::start(FreshdeskOptions::new(clock.clone())).await.unwrap();
                for content in [WebhookContent::Simple, WebhookContent::Advanced, WebhookContent::Flat] {
                    sim.connect_webhook(url, content, WebhookSecret::Header { name: SECRET_HEADER.to_owned(), value: SECRET.to_owned() });
                }
                (Arc::new(sim), Credentials::Freshdesk { api_key: FreshdeskSim::API_KEY.to_owned().into() })
            }
        };
        let desk = connect(&*sim, credentials, &clock);
        let buyer = sim.add_end_user("Marie Dupont", "marie@example.org");
        Self { kind, clock, sim, desk, buyer }
    }

    fn ticket(&self) -> u64 {
        self.sim.open_ticket(&self.buyer, Opening::new("Colis perdu", "Où est mon colis ?"))
    }

    async fn comments(&self, ticket: u64) -> Vec<Comment> {
        self.desk.comments(&number(ticket), &CommentsRead::default()).await.unwrap()
    }

    fn words(ticket: u64, visibility: Visibility, text: &str) -> OutboundCommand {
        let speak_as = SpeakAs::Seller { id: SellerId::generate(), name: "Boutique Alma".to_owned() };
        OutboundCommand::PostComment {
            ticket: number(ticket),
            visibility,
            speak_as,
            text: text.to_owned(),
            known: Vec::new(),
            files: Vec::new(),
        }
    }

    fn again(&self) -> Attempt {
        Attempt::Again { begun_at: self.clock.now() }
    }
}

fn connect(sim: &dyn SimulatedHelpdesk, credentials: Credentials, clock: &Arc<ManualClock>) -> Arc<dyn Helpdesk> {
    let settings = Settings {
        base_url: sim.base_url().parse().unwrap(),
        credentials,
        webhook_secrets: vec!["the secret of before".to_owned().into(), SECRET.to_owned().into()],
        timestamp_window: None,
        seller_identity: SellerIdentity::Author,
        timeout: Duration::from_millis(1_500),
    };
    helpdesk::connect(settings, helpdesk::http_client().unwrap(), clock.clone())
}

fn number(ticket: u64) -> TicketNumber {
    TicketNumber(ticket.to_string())
}

fn key() -> DeliveryKey {
    DeliveryKey(DeliveryId::generate())
}

fn headers(webhook: &Webhook) -> HeaderMap {
    let pair = |(name, value): &(String, String)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
    webhook.headers.iter().map(pair).collect()
}

async fn deliveries_are_verified_and_read(bench: &Bench) {
    let ticket = bench.ticket();
    bench.sim.comment(ticket, &bench.buyer, "Toujours rien", Public).unwrap();
    let webhooks = bench.sim.take_webhooks();
    assert!(webhooks.len() > 3);
    let mut keys = HashSet::new();
    for webhook in &webhooks {
        let (sent, received_at) = (headers(webhook), bench.clock.now());
        let delivery = Delivery { headers: &sent, query: None, body: webhook.body.as_bytes(), received_at };
        bench.desk.verify(&delivery).unwrap();
        let nudge = bench.desk.read(&delivery).unwrap();
        assert_eq!(nudge.ticket, Some(number(ticket)), "{}", webhook.about);
        assert_eq!(nudge.kind, NudgeKind::TicketChanged, "{}", webhook.about);
        assert!(nudge.event_key.is_some() || nudge.delivery_key.is_some() || nudge.digest.is_some(), "nothing to know it again by");
        assert!(keys.insert((nudge.event_key.clone(), nudge.delivery_key.clone(), nudge.digest.clone())), "two deliveries, one key");
        let later = Delivery { received_at: received_at + TimeDelta::days(3), ..delivery };
        bench.desk.verify(&later).expect("a retry may come late");
        assert_eq!(bench.desk.read(&later).unwrap(), nudge, "a repeated delivery reads the same");

        let nothing = HeaderMap::new();
        assert_eq!(bench.desk.verify(&Delivery { headers: &nothing, ..delivery }), Err(VerifyError::Missing));
        let mut forged = sent.clone();
        for (name, value) in &mut forged {
            if name.as_str().contains("signature") || name.as_str().contains("secret") {
                *value = HeaderValue::from_static("Zm9yZ2VkIGZvcmdlZCBmb3JnZWQgZm9yZ2VkIGZvcmc=");
            }
        }
        assert_eq!(bench.desk.verify(&Delivery { headers: &forged, ..delivery }), Err(VerifyError::Wrong));
        for garbage in [&b"not { json"[..], b"", b"[]", b"null", &[0xff, 0xfe]] {
            assert!(bench.desk.read(&Delivery { body: garbage, ..delivery }).is_err(), "{garbage:?}");
        }
    }
}

async fn tickets_are_read(bench: &Bench) {
    let ticket = bench.ticket();
    let snapshot = bench.desk.ticket(&number(ticket)).await.unwrap();
    assert_eq!((snapshot.number, snapshot.subject.as_str(), snapshot.presence), (number(ticket), "Colis perdu", TicketPresence::Active));
    assert_eq!((snapshot.requester.name.as_str(), snapshot.requester.email.as_deref()), ("Marie Dupont", Some("marie@example.org")));
    assert!(snapshot.url.starts_with(bench.sim.base_url()));
    for (state, status) in [
        (TicketState::Open, TicketStatus::Open),
        (TicketState::Pending, TicketStatus::Pending),
        (TicketState::OnHold, TicketStatus::OnHold),
        (TicketState::Solved, TicketStatus::Solved),
    ] {
        bench.sim.set_state(ticket, state).unwrap();
        assert_eq!(bench.desk.ticket(&number(ticket)).await.unwrap().status, status);
    }
    for unknown in ["999999", "0", "", "../users/me", "1;2", "１"] {
        assert_eq!(bench.desk.ticket(&TicketNumber(unknown.to_owned())).await, Err(HelpdeskError::NotFound), "{unknown}");
    }
    assert_eq!(bench.desk.comments(&number(999_999), &CommentsRead::default()).await, Err(HelpdeskError::NotFound));
    let words = Bench::words(999_999, Visibility::Public, "Bonjour");
    assert_eq!(bench.desk.perform(&words, &key(), Attempt::First).await, Err(HelpdeskError::NotFound));
}

async fn comments_come_page_by_page(bench: &Bench) {
    let ticket = bench.ticket();
    let agent = bench.sim.add_agent("Ana Agent");
    for count in 0..250 {
        bench.clock.advance(TimeDelta::seconds(i64::from(count % 3 == 0)));
        let (author, audience) = if count % 5 == 0 { (&agent, Internal) } else { (&bench.buyer, Public) };
        bench.sim.comment(ticket, author, &format!("Mot {count:03}"), audience).unwrap();
    }
    let all = bench.comments(ticket).await;
    assert_eq!(all.len(), 251);
    assert_eq!(
        (all[0].text.as_str(), all[0].author.side, all[0].visibility),
        ("Où est mon colis ?", AuthorSide::EndUser, Visibility::Public)
    );
    assert!(all[1..].is_sorted_by_key(|comment| comment.text.clone()), "oldest first");
    assert_eq!(all.iter().map(|comment| &comment.number).collect::<HashSet<_>>().len(), 251, "each once");
    assert_eq!(all.iter().filter(|comment| comment.visibility == Visibility::Internal).count(), 50);
    for already in [1, 2, 99, 100, 101, 102, 200, 201, 250, 251] {
        let read = CommentsRead { count: u32::try_from(already).unwrap(), last: Some(all[already - 1].number.clone()) };
        let rest = bench.desk.comments(&number(ticket), &read).await.unwrap();
        assert_eq!(rest, all[already..], "after {already}");
    }
    // The newest one read is not there any more: then all come, and the reader knows them by their numbers.
    let read = CommentsRead { count: 240, last: Some(CommentNumber("1".to_owned())) };
    let rest = bench.desk.comments(&number(ticket), &read).await.unwrap();
    assert!(rest.len() >= 250 && rest.ends_with(&all[1..]), "{}", rest.len());
}

async fn commands_are_done_once(bench: &Bench) {
    for visibility in [Visibility::Public, Visibility::Internal] {
        let (ticket, key) = (bench.ticket(), key());
        let words = Bench::words(ticket, visibility, "Il part <b>demain</b>.\n{{ticket.requester.email}}");
        let first = bench.desk.perform(&words, &key, Attempt::First).await.unwrap();
        for _ in 0..2 {
            assert_eq!(bench.desk.perform(&words, &key, bench.again()).await.unwrap(), first, "the same comment is found again");
        }
        let comments = bench.comments(ticket).await;
        assert_eq!(comments.len(), 2, "one comment, whatever was tried");
        assert_eq!(first, Receipt::Comment { number: comments[1].number.clone() });
        assert_eq!(comments[1].visibility, visibility);
        assert!(comments[1].text.contains("<b>demain</b>") && !comments[1].text.contains("marie@example.org"), "{}", comments[1].text);
        let mails = bench.sim.mails_to("marie@example.org").into_iter().filter(|mail| mail.ticket == ticket).count();
        assert_eq!(mails, usize::from(visibility == Visibility::Public));
    }
    let ticket = bench.ticket();
    let key = key();
    let words = Bench::words(ticket, Visibility::Public, "Jamais arrivé");
    assert!(matches!(bench.desk.perform(&words, &key, bench.again()).await, Ok(Receipt::Comment { .. })), "looked, not there, sent");
    assert_eq!(bench.comments(ticket).await.len(), 2);
}

/// Bytes that are there.
#[derive(Debug)]
struct Ready(&'static [u8]);

#[async_trait::async_trait]
impl FileSource for Ready {
    async fn read(&self) -> Result<Bytes, HelpdeskError> {
        Ok(Bytes::from_static(self.0))
    }
}

fn outbound(name: &str, content_type: &str, content: &'static [u8]) -> OutboundFile {
    OutboundFile {
        name: name.to_owned(),
        content_type: content_type.to_owned(),
        size: content.len() as u64,
        source: Arc::new(Ready(content)),
    }
}

fn with_files(command: OutboundCommand, new: Vec<OutboundFile>) -> OutboundCommand {
    match command {
        OutboundCommand::PostComment { ticket, visibility, speak_as, text, known, .. } => {
            OutboundCommand::PostComment { ticket, visibility, speak_as, text, known, files: new }
        }
        other => other,
    }
}

async fn content(bench: &Bench, ticket: u64, comment: &CommentNumber, file: &str) -> Result<Vec<u8>, HelpdeskError> {
    let place = FilePlace { ticket: number(ticket), comment: comment.clone(), file: file.to_owned() };
    match bench.desk.file(&place).await? {
        FileAnswer::Open { pieces, .. } => Ok(pieces.try_collect::<Vec<_>>().await?.concat()),
        FileAnswer::Closed(standing) => panic!("{standing:?}"),
    }
}

async fn files_go_and_come_whole(bench: &Bench) {
    for visibility in [Visibility::Public, Visibility::Internal] {
        let (ticket, key) = (bench.ticket(), key());
        let sent = vec![outbound("Été \"1\".png", "image/png", PNG), outbound("a.pdf", "application/pdf", PDF)];
        let words = with_files(Bench::words(ticket, visibility, "Voici {{x}}."), sent);
        let first = bench.desk.perform(&words, &key, Attempt::First).await.unwrap();
        assert_eq!(bench.desk.perform(&words, &key, bench.again()).await.unwrap(), first, "with files, too, it is found again");
        let comments = bench.comments(ticket).await;
        assert_eq!((comments.len(), comments[1].visibility), (2, visibility));
        let there: Vec<_> = comments[1].files.iter().map(|file| (file.content_type.as_str(), file.size)).collect();
        assert_eq!(there, [("image/png", Some(PNG.len() as u64)), ("application/pdf", Some(PDF.len() as u64))]);
        assert_eq!(comments[1].files[1].name, "a.pdf");
        assert_eq!(content(bench, ticket, &comments[1].number, &comments[1].files[0].id).await.unwrap(), PNG);
        assert_eq!(content(bench, ticket, &comments[1].number, &comments[1].files[1].id).await.unwrap(), PDF);
        assert_eq!(comments[1].files.len(), bench.sim.files(ticket, comments[1].number.0.parse().unwrap()).len());
    }
}

async fn files_are_not_looked_for_elsewhere(bench: &Bench) {
    let ticket = bench.ticket();
    let secret = bench.sim.requests().len();
    for address in [
        "http://127.0.0.1:9/x",
        "https://evil.example/x",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https://zendesk.com.evil.example/",
        "https://[::1]/x",
        "//evil.example/x",
        "not an address",
        "https://s3.amazonaws.com/evil/x",
        "http://acme.zendesk.com/x",
    ] {
        let file = SimFile { address: Some(address.to_owned()), ..SimFile::new("a.png", "image/png", PNG) };
        bench.sim.comment_with_files(ticket, &bench.buyer, "Voici", Public, vec![file]).unwrap();
        let last = bench.comments(ticket).await.pop().unwrap();
        let refused = content(bench, ticket, &last.number, &last.files[0].id).await.unwrap_err();
        assert!(matches!(refused, HelpdeskError::Unsendable { .. }), "{address}: {refused:?}");
    }
    assert!(bench.sim.requests().len() > secret);
    let open =
        bench.sim.requests().iter().filter(|request| request.path.contains("zdusercontent") || request.path.contains("/data/")).count();
    assert_eq!(open, 0);
    let last = bench.comments(ticket).await.pop().unwrap();
    for wrong in ["1", "../users/me", ""] {
        let place = FilePlace { ticket: number(ticket), comment: last.number.clone(), file: wrong.to_owned() };
        let answer = bench.desk.file(&place).await;
        assert!(matches!(answer, Err(HelpdeskError::NotFound) | Ok(FileAnswer::Closed(Standing::Removed))), "{wrong}");
    }
}

async fn states_are_changed_on_condition(bench: &Bench) {
    let ticket = bench.ticket();
    let seen = bench.desk.ticket(&number(ticket)).await.unwrap();
    let update = |status, unless_changed_since| OutboundCommand::UpdateTicket {
        ticket: number(ticket),
        update: TicketUpdate { status: Some(status), priority: Some(Priority::High), unless_changed_since },
    };
    let done = bench.desk.perform(&update(TicketStatus::OnHold, Some(seen.updated_at)), &key(), Attempt::First).await.unwrap();
    assert_eq!(done, Receipt::State { status: TicketStatus::OnHold, priority: Some(Priority::High) });
    let again = bench.desk.perform(&update(TicketStatus::OnHold, Some(seen.updated_at)), &key(), bench.again()).await.unwrap();
    assert_eq!(again, done, "it is so already");
    bench.clock.advance(TimeDelta::seconds(5));
    bench.sim.set_state(ticket, TicketState::Pending).unwrap();
    let late = bench.desk.perform(&update(TicketStatus::Solved, Some(seen.updated_at)), &key(), Attempt::First).await;
    assert_eq!(late, Err(HelpdeskError::Conflict));
    assert_eq!(late.unwrap_err().remedy(), Remedy::ReadAgain);
    assert_eq!(bench.sim.ticket(ticket).unwrap().state, TicketState::Pending, "untouched");

    let vip = TicketMarks { tags: vec!["vip".to_owned()], ..TicketMarks::default() };
    bench.desk.perform(&OutboundCommand::MarkTicket { ticket: number(ticket), marks: vip }, &key(), Attempt::First).await.unwrap();
    for (tag, without) in [("tl_refund_granted", "tl_refund_requested"), ("tl_refund_succeeded", "tl_refund_granted")] {
        let marks = TicketMarks { tags: vec![tag.to_owned()], without: vec![without.to_owned()], fields: Vec::new() };
        let command = OutboundCommand::MarkTicket { ticket: number(ticket), marks };
        for _ in 0..2 {
            bench.desk.perform(&command, &key(), Attempt::First).await.unwrap();
        }
        assert_eq!(bench.sim.ticket(ticket).unwrap().tags, ["vip", tag]);
    }
}

async fn tickets_are_opened_once(bench: &Bench) {
    let new = OutboundCommand::OpenTicket(NewTicket {
        subject: "Théière {{ticket.id}}".to_owned(),
        requester_name: "Marie Dupont".to_owned(),
        requester_email: "marie@example.org".to_owned(),
        text: "Elle est cassée.".to_owned(),
        reference: "C-1001".to_owned(),
        opener: Opener::Buyer,
    });
    let key = key();
    let first = bench.desk.perform(&new, &key, Attempt::First).await.unwrap();
    let again = bench.desk.perform(&new, &key, bench.again()).await.unwrap();
    assert_eq!(first, again, "the same ticket is found again, and its first comment");
    let Receipt::Ticket { number, comment } = first else { panic!("{first:?}") };
    let comments = bench.desk.comments(&number, &CommentsRead::default()).await.unwrap();
    assert_eq!((comments.len(), Some(comments[0].number.clone())), (1, comment));
    assert_eq!(bench.desk.ticket(&number).await.unwrap().requester.email.as_deref(), Some("marie@example.org"));
}

/// What the operator writes first is the operator's, mailed once, and waits for the buyer.
async fn the_operator_can_write_first(bench: &Bench) {
    let new = OutboundCommand::OpenTicket(NewTicket {
        subject: "Votre commande {{ticket.id}}".to_owned(),
        requester_name: "Luc".to_owned(),
        requester_email: "luc@example.org".to_owned(),
        text: "Elle a du retard.".to_owned(),
        reference: "C-1002".to_owned(),
        opener: Opener::Operator,
    });
    let key = key();
    let first = bench.desk.perform(&new, &key, Attempt::First).await.unwrap();
    assert_eq!(bench.desk.perform(&new, &key, bench.again()).await.unwrap(), first);
    let Receipt::Ticket { number, comment } = first else { panic!("{first:?}") };
    let comments = bench.desk.comments(&number, &CommentsRead::default()).await.unwrap();
    assert_eq!((comments.len(), Some(comments[0].number.clone()), comments[0].author.side), (1, comment, AuthorSide::Staff));
    let ticket = bench.desk.ticket(&number).await.unwrap();
    assert_eq!((ticket.requester.email.as_deref(), ticket.status), (Some("luc@example.org"), TicketStatus::Pending));
    assert_eq!(bench.sim.mails_to("luc@example.org").len(), 1);
}

/// The remedy after a fault on a read, on a first send, and after it the outcome of looking again.
async fn faults_have_their_remedies(bench: &Bench) {
    let wait = Remedy::Wait(Duration::from_secs(7));
    for (fault, on_read, on_write) in [
        (Fault::RateLimited { retry_after: 7 }, wait, wait),
        (Fault::Status(401), Remedy::Retry, Remedy::Retry),
        (Fault::Status(500), Remedy::Retry, Remedy::Retry),
        (Fault::HtmlError(502), Remedy::Retry, Remedy::Retry),
        (Fault::ResetBeforeApply, Remedy::Retry, Remedy::Retry),
        (Fault::ApplyThenReset, Remedy::Retry, Remedy::Retry),
        (Fault::MalformedJson, Remedy::Retry, Remedy::Retry),
        (Fault::Status(404), Remedy::GiveUp, Remedy::GiveUp),
        (Fault::Status(409), Remedy::ReadAgain, Remedy::ReadAgain),
        (Fault::Status(422), Remedy::GiveUp, Remedy::GiveUp),
        (Fault::Status(302), Remedy::Retry, Remedy::Retry),
    ] {
        let ticket = bench.ticket();
        bench.sim.faults().next(On::get(&format!("/api/v2/tickets/{ticket}")), fault);
        let read = bench.desk.ticket(&number(ticket)).await.unwrap_err();
        assert_eq!(read.remedy(), on_read, "{fault:?}: {read}");
        if let Fault::RateLimited { .. } = fault {
            let calls = bench.sim.requests().len();
            assert!(matches!(bench.desk.account().await, Err(HelpdeskError::RateLimited { .. })), "the whole account is left alone");
            assert_eq!(bench.sim.requests().len(), calls, "not even asked");
            bench.clock.advance(TimeDelta::seconds(7));
        }
        let path = match bench.kind {
            HelpdeskKind::Zendesk => On::put(&format!("/api/v2/tickets/{ticket}.json")),
            HelpdeskKind::Freshdesk => On::post(&format!("/api/v2/tickets/{ticket}/reply")),
        };
        bench.sim.faults().next(path, fault);
        let (words, key) = (Bench::words(ticket, Visibility::Public, "Il part demain."), key());
        let sent = bench.desk.perform(&words, &key, Attempt::First).await.unwrap_err();
        assert_eq!(sent.remedy(), on_write, "{fault:?}: {sent}");
        assert!(!sent.to_string().contains("demain") && !sent.to_string().contains("marie"), "{sent}");
        bench.clock.advance(TimeDelta::seconds(7));
        bench.desk.perform(&words, &key, bench.again()).await.unwrap();
        assert_eq!(bench.comments(ticket).await.len(), 2, "{fault:?}: once in the end");
    }
    let stranger = match bench.kind {
        HelpdeskKind::Zendesk => Credentials::ZendeskOauth { token: "revoked".to_owned().into() },
        HelpdeskKind::Freshdesk => Credentials::Freshdesk { api_key: "revoked".to_owned().into() },
    };
    let stranger = connect(&*bench.sim, stranger, &bench.clock);
    assert!(matches!(stranger.account().await, Err(HelpdeskError::Unauthorized { .. })));
    assert!(bench.desk.account().await.unwrap().user == bench.sim.integration_user().id.to_string());
}

async fn changes_are_found(bench: &Bench) {
    let (one, two, three) = (bench.ticket(), bench.ticket(), bench.ticket());
    bench.clock.advance(TimeDelta::minutes(10));
    let since: DateTime<Utc> = bench.clock.now() - TimeDelta::minutes(20);
    let found = all_changes(bench, since, None).await;
    assert_eq!(found.0, HashSet::from([number(one), number(two), number(three)]));
    bench.sim.set_state(two, TicketState::Solved).unwrap();
    bench.sim.delete(three).unwrap();
    bench.clock.advance(TimeDelta::minutes(2));
    let found = all_changes(bench, since, found.1).await;
    assert!(found.0.contains(&number(two)), "{found:?}");
    assert!(found.0.contains(&number(three)), "a ticket in the bin changed too: {found:?}");
    bench.sim.restore(three).unwrap();
    bench.sim.mark_spam(one).unwrap();
    bench.clock.advance(TimeDelta::minutes(2));
    let found = all_changes(bench, since, found.1).await;
    assert!(found.0.contains(&number(three)) && found.0.contains(&number(one)), "{found:?}");
}

async fn all_changes(bench: &Bench, since: DateTime<Utc>, mut cursor: Option<String>) -> (HashSet<TicketNumber>, Option<String>) {
    let mut found = HashSet::new();
    for _ in 0..20 {
        let changes = bench.desk.changes(since, cursor.as_deref()).await.unwrap();
        found.extend(changes.tickets);
        cursor = changes.cursor;
        if !changes.more {
            return (found, cursor);
        }
    }
    panic!("the changes do not end");
}

macro_rules! conformance {
    ($($name:ident => $body:path;)+) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            for kind in HelpdeskKind::ALL {
                $body(&Bench::set_up(kind).await).await;
            }
        }
    )+};
}

conformance! {
    bad_proof_is_refused_and_repeats_read_the_same => deliveries_are_verified_and_read;
    a_ticket_is_shown_as_it_is => tickets_are_read;
    comments_are_paged_without_loss => comments_come_page_by_page;
    files_go_and_come_as_they_are => files_go_and_come_whole;
    a_file_s_address_is_not_followed_to_strangers => files_are_not_looked_for_elsewhere;
    performed_twice_is_done_once => commands_are_done_once;
    a_change_is_conditional => states_are_changed_on_condition;
    a_ticket_is_opened_once => tickets_are_opened_once;
    the_operators_first_words_are_sent_once => the_operator_can_write_first;
    every_fault_has_its_remedy => faults_have_their_remedies;
    what_changed_is_found => changes_are_found;
}
