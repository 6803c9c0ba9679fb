//! Who is asked, when and how: after a delivery or the close of a case, reminded of once, never against their will.

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::domain::parties::Role;
use trilogue::domain::ratings::Asking;
use trilogue::domain::tickets::HelpdeskKind;

use super::{SUBMITTED, asking, delivered, invited, line, of_seller, orders, token_of};
use crate::harness::{Db, Desk, Mailbox, ORDER, Story, TestApp, in_both_products, on_both_databases};

/// A story with a mail server.
pub(super) struct Post {
    pub(super) story: Story,
    mailbox: Mailbox,
}

impl Post {
    pub(super) async fn open(db: Db, kind: HelpdeskKind, way: Asking) -> Self {
        let mut app = TestApp::start_with(db, asking(way)).await;
        let mailbox = Mailbox::of(&mut app, "Bazar <bonjour@bazar.example>").await;
        let desk = Desk::connect(&app, kind).await;
        Self { story: Story::around(app, desk).await, mailbox }
    }

    /// The next e-mails, as many as there must be, and no more.
    pub(super) async fn mails(&mut self, count: usize) -> Vec<Value> {
        self.mailbox.mails(&self.story.app, count).await
    }

    /// The token of the link in an e-mail.
    fn link(mail: &Value) -> String {
        let text = mail["text"].as_str().unwrap();
        let url = text.split_whitespace().find(|word| word.contains("/rate/")).unwrap_or_else(|| panic!("no link in {text}"));
        assert!(url.starts_with("https://t.example/rate/"), "{url}");
        token_of(url)
    }
}

/// A case is closed, and its ticket can still be written in.
async fn closed(story: &Story) -> (u64, Value) {
    let ticket = story.ticket().await;
    let id = story.case(ticket, "id").await["id"].clone();
    story.app.act(&story.operator, "caseClose", "case { status }", json!({ "caseId": id })).await;
    story.desk.settle(&story.app).await;
    (ticket, id)
}

async fn after_closing_in_the_ticket(db: Db, kind: HelpdeskKind) {
    let mut post = Post::open(db, kind, Asking::Helpdesk).await;
    let (ticket, id) = closed(&post.story).await;
    let said = |post: &Post| {
        post.story.desk.sim.mails_to("marie@example.org").into_iter().filter(|mail| mail.text.contains("/rate/")).collect::<Vec<_>>()
    };
    assert_eq!(said(&post).len(), 0, "not at once");
    post.story.app.advance(TimeDelta::hours(24));
    post.story.desk.settle(&post.story.app).await;
    let by_ticket = said(&post);
    let token = match by_ticket.as_slice() {
        [one] => token_of(one.text.split_whitespace().find(|word| word.contains("/rate/")).unwrap()),
        // A ticket that is closed for good is written in by nobody: then it is an e-mail.
        [] => Post::link(&post.mails(1).await[0]),
        more => panic!("{}", more.len()),
    };
    let story = &post.story;
    let fields = "threads { kind messages(first: 20) { nodes { text } } }";
    let seen = story
        .app
        .ask(&story.seller, &format!("query($id: ID!) {{ node(id: $id) {{ ... on Case {{ {fields} }} }} }}"), json!({ "id": id }))
        .await;
    assert!(!seen.to_string().contains("/rate/"), "with the link the seller could rate itself");
    let answers = json!({ "token": token, "support": { "grades": [{ "criterion": "outcome", "grade": 4 }, { "criterion": "speed", "grade": 2 }],
        "text": "Un peu long.", "solved": "YES", "recommendation": 9 } });
    let made = story.app.act(&story.vendor, "ratingSubmit", SUBMITTED, answers.clone()).await["support"].clone();
    assert_eq!((&made["satisfaction"], &made["recommendation"], &made["solved"]), (&json!(4), &json!(9), &json!("YES")));
    let again = story.app.refuse(&story.vendor, "ratingSubmit", SUBMITTED, answers).await;
    assert_eq!((&again["field"], &again["code"]), (&json!(["token"]), &json!("INVITATION_USED")));
    let rated = "supportRating { source satisfaction solved recommendation text grades { criterion grade } } timeline(first: 50) { nodes { __typename ... on SupportRatedEvent { source satisfaction } } }";
    let case = story.case(ticket, rated).await;
    assert_eq!((&case["supportRating"]["source"], &case["supportRating"]["text"]), (&json!("INVITATION"), &json!("Un peu long.")));
    let told: Vec<_> =
        case["timeline"]["nodes"].as_array().unwrap().iter().filter(|item| item["__typename"] == "SupportRatedEvent").collect();
    assert_eq!(told, [&json!({ "__typename": "SupportRatedEvent", "source": "INVITATION", "satisfaction": 4 })]);
    let seller = story
        .app
        .ask(
            &story.seller,
            "query($id: ID!) { node(id: $id) { ... on Case { supportRating { id } timeline(first: 50) { nodes { __typename } } } } }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(seller["node"]["supportRating"], Value::Null);
    assert!(!seller.to_string().contains("SupportRated"), "{seller}");
}

in_both_products! {
    after_the_close_of_a_case_in_its_ticket => after_closing_in_the_ticket;
}

on_both_databases! {
    async fn after_a_delivery_by_e_mail_with_one_reminder_until_it_expires(db: Db) {
        let mut post = Post::open(db, HelpdeskKind::Zendesk, Asking::Email).await;
        delivered(&post.story, "2026-11-22T08:30:00Z").await;
        delivered(&post.story, "2026-11-22T08:30:00Z").await;
        assert_eq!(post.mails(0).await.len(), 0, "the goods are tried first");
        post.story.app.advance(TimeDelta::days(7));
        let mail = post.mails(1).await.remove(0);
        assert_eq!(mail["to"][0], "marie@example.org");
        assert!(mail["text"].as_str().unwrap().contains("Théière"), "{mail}");
        assert!(mail["headers"]["list-unsubscribe"].is_string(), "nobody is asked against their will");
        let token = Post::link(&mail);
        post.story.app.advance(TimeDelta::days(7));
        let reminder = post.mails(1).await.remove(0);
        assert_eq!(Post::link(&reminder), token, "the same invitation");
        assert!(reminder["headers"]["subject"].as_str().unwrap().contains("Rappel"), "{reminder}");
        post.story.app.advance(TimeDelta::days(30));
        assert_eq!(post.mails(0).await.len(), 0, "once is enough");
        post.story.app.advance(TimeDelta::days(30));
        let late = post.story.app.refuse(&post.story.vendor, "ratingSubmit", SUBMITTED, of_seller(&token, 5, "")).await;
        assert_eq!((&late["field"], &late["code"]), (&json!(["token"]), &json!("INVITATION_EXPIRED")));
        post.story.app.work().await;
        let late = post.story.app.refuse(&post.story.vendor, "ratingSubmit", SUBMITTED, of_seller(&token, 5, "")).await;
        assert_eq!(late["code"], "INVITATION_EXPIRED", "also when somebody has written it down");
    }

    async fn nothing_is_asked_that_was_answered_meanwhile_or_is_long_past(db: Db) {
        let mut post = Post::open(db, HelpdeskKind::Zendesk, Asking::Email).await;
        delivered(&post.story, "2026-11-22T08:30:00Z").await;
        post.story.app.advance(TimeDelta::days(7));
        let token = Post::link(&post.mails(1).await[0]);
        // The mail server does not take the reminder at once, and the buyer answers.
        post.mailbox.answers(450, 1).await;
        post.story.app.advance(TimeDelta::days(7));
        post.story.app.work().await;
        assert_eq!(post.mailbox.refused().await, "marie@example.org");
        post.story.app.act(&post.story.vendor, "ratingSubmit", SUBMITTED, of_seller(&token, 5, "")).await;
        post.story.app.advance(TimeDelta::hours(1));
        assert_eq!(post.mails(0).await.len(), 0, "who has answered is not reminded");

        let story = &post.story;
        let names = orders(story, "brio", 2).await;
        let parcel = |order: &str, at: &str| json!({ "orderReference": order, "externalId": order, "lines": [{ "lineExternalId": "1", "quantity": 2 }], "deliveredAt": at });
        let parcels = json!({ "shipments": [parcel(&names[0], "2026-11-21T08:00:00Z"), parcel(&names[1], "2026-11-23T08:00:00Z")] });
        story.app.act(&story.vendor, "shipmentsReport", "shipments { externalId }", parcels).await;
        story.app.advance(TimeDelta::hours(1));
        assert_eq!(post.mails(1).await.len(), 1, "nobody is asked about what was told weeks too late");
    }

    async fn who_gets_something_for_it_is_marked_and_who_said_no_is_not_asked(db: Db) {
        let story = Story::begin_with(db, HelpdeskKind::Zendesk, asking(Asking::Off)).await;
        let first = story.app.act(&story.vendor, "ratingInvite", "invitation { id url }", line(&story, ORDER).await).await;
        let mut rewarded = line(&story, ORDER).await;
        rewarded["reward"] = json!("GIVEN");
        let second = story.app.act(&story.vendor, "ratingInvite", "invitation { id url }", rewarded).await;
        assert_eq!(first["invitation"], second["invitation"]);
        let token = token_of(first["invitation"]["url"].as_str().unwrap());
        let made = story.app.act(&story.vendor, "ratingSubmit", "reviews { id reward }", of_seller(&token, 5, "")).await;
        assert_eq!(made["reviews"][0]["reward"], "GIVEN");

        let names = orders(&story, "alma", 2).await;
        let token = super::invited(&story, &names[0]).await;
        let http = crate::harness::client().build().unwrap();
        http.post(format!("{}/rate/{token}", story.app.url)).body("act=stop").send().await.unwrap();
        let refused = story.app.refuse(&story.vendor, "ratingInvite", "invitation { id }", line(&story, &names[1]).await).await;
        assert_eq!(refused["code"], "INVITATION_EXPIRED", "nor about anything else, by anybody");
    }

    async fn where_there_is_no_way_to_ask_a_link_can_be_handed_out(db: Db) {
        let story = Story::begin_with(db, HelpdeskKind::Freshdesk, asking(Asking::Email)).await;
        let (_, case) = closed(&story).await;
        story.app.advance(TimeDelta::hours(25));
        story.app.work().await;
        let invite = json!({ "about": { "caseId": case } });
        let handed = story.app.act(&story.operator, "ratingInvite", "invitation { url state }", invite).await;
        assert_eq!(handed["invitation"]["state"], "SENT", "without a mail server nobody could be asked");
        let token = token_of(handed["invitation"]["url"].as_str().unwrap());
        let answers = json!({ "token": token, "support": { "grades": [{ "criterion": "outcome", "grade": 4 }] } });
        story.app.act(&story.vendor, "ratingSubmit", SUBMITTED, answers).await;
    }

    async fn who_does_not_want_to_be_asked_is_not(db: Db) {
        let mut post = Post::open(db, HelpdeskKind::Freshdesk, Asking::Email).await;
        delivered(&post.story, "2026-11-22T08:30:00Z").await;
        post.story.app.advance(TimeDelta::days(7));
        let token = Post::link(&post.mails(1).await[0]);
        let http = crate::harness::client().build().unwrap();
        let page = http.post(format!("{}/rate/{token}", post.story.app.url)).header("accept-language", "en").body("act=stop").send().await.unwrap();
        assert_eq!(page.status(), 200);
        assert!(page.text().await.unwrap().contains("no more invitations"));
        let over = post.story.app.refuse(&post.story.vendor, "ratingSubmit", SUBMITTED, of_seller(&token, 5, "")).await;
        assert_eq!(over["code"], "INVITATION_EXPIRED");
        let story = &post.story;
        let names = orders(story, "brio", 1).await;
        let parcel = json!({ "orderReference": names[0], "externalId": "P9", "lines": [{ "lineExternalId": "1", "quantity": 2 }], "deliveredAt": story.app.cx.now() });
        story.app.act(&story.vendor, "shipmentsReport", "shipments { externalId }", json!({ "shipments": [parcel] })).await;
        story.app.advance(TimeDelta::days(8));
        assert_eq!(post.mails(0).await.len(), 0, "nor about anything else");
    }

    async fn what_is_handed_out_is_the_same_for_whoever_asks_again(db: Db) {
        let story = Story::begin_with(db, HelpdeskKind::Zendesk, asking(Asking::Off)).await;
        let fields = "invitation { id url qrSvgUrl qrPngUrl state sentAt }";
        let all = futures_util::future::join_all((0..5).map(|_| async {
            story.app.act(&story.vendor, "ratingInvite", fields, line(&story, ORDER).await).await["invitation"].clone()
        }));
        let all = all.await;
        assert!(all.iter().all(|one| one["id"] == all[0]["id"]), "{all:#?}");
        assert_eq!(all[0]["state"], "SENT");
        for (kind, magic) in [("qrSvgUrl", &b"<?xml"[..]), ("qrPngUrl", &b"\x89PNG"[..])] {
            let path = all[0][kind].as_str().unwrap().split_once("/rate/").unwrap().1.to_owned();
            let answer = crate::harness::client().build().unwrap().get(format!("{}/rate/{path}", story.app.url)).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            assert!(answer.bytes().await.unwrap().starts_with(magic), "{kind}");
        }
        for token in [&story.seller, &story.buyer_token().await] {
            assert_eq!(story.app.refuse(token, "ratingInvite", fields, line(&story, ORDER).await).await["code"], "NOT_ALLOWED");
        }
        let mut unknown = line(&story, ORDER).await;
        unknown["about"]["orderLine"]["lineExternalId"] = json!("7");
        assert_eq!(story.app.refuse(&story.vendor, "ratingInvite", fields, unknown).await["code"], "NOT_FOUND");
        let ticket = story.ticket().await;
        let open = json!({ "about": { "caseId": story.case(ticket, "id").await["id"] } });
        assert_eq!(story.app.refuse(&story.operator, "ratingInvite", fields, open).await["code"], "NOT_IN_THIS_STATE");
    }

    async fn bad_answers_are_refused_with_their_place_and_use_nothing_up(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let token = invited(&story, ORDER).await;
        let grade = |criterion: &str, grade: i32| json!({ "grades": [{ "criterion": criterion, "grade": grade }] });
        let ahead = "2027-01-01";
        for (more, path, code) in [
            (json!({ "seller": grade("packaging", 6) }), json!(["seller", "grades", "0", "grade"]), "INVALID"),
            (json!({ "seller": grade("packaging", 0) }), json!(["seller", "grades", "0", "grade"]), "INVALID"),
            (json!({ "seller": grade("quality", 3) }), json!(["seller", "grades"]), "INVALID"),
            (json!({ "product": grade("no such thing", 3) }), json!(["product", "grades", "0", "criterion"]), "INVALID"),
            (json!({ "product": { "grades": [] } }), json!(["product", "grades"]), "INVALID"),
            (json!({}), json!(["token"]), "INVALID"),
            (json!({ "support": grade("speed", 3) }), json!(["token"]), "INVALID"),
            (json!({ "seller": grade("packaging", 3), "experienceOn": ahead }), json!(["experienceOn"]), "INVALID"),
            (json!({ "seller": { "grades": [{ "criterion": "packaging", "grade": 3 }], "text": "x".repeat(5001) } }), json!(["seller", "text"]), "LENGTH"),
        ] {
            let mut input = json!({ "token": token });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let fault = story.app.refuse(&story.vendor, "ratingSubmit", SUBMITTED, input).await;
            assert_eq!((&fault["field"], &fault["code"]), (&path, &json!(code)), "{more}: {fault}");
        }
        for wrong in ["", "nothing", &token.replace('.', "-"), &format!("{token}0")] {
            let fault = story.app.refuse(&story.vendor, "ratingSubmit", SUBMITTED, of_seller(wrong, 5, "")).await;
            assert_eq!(fault["code"], "INVITATION_FORGED", "{wrong}");
        }
        let elsewhere = story.app.another_marketplace("elsewhere").await;
        let stranger = story.app.token_in(&elsewhere, Role::Vendor, None).await;
        assert_eq!(story.app.refuse(&stranger, "ratingSubmit", SUBMITTED, of_seller(&token, 1, "")).await["code"], "INVITATION_FORGED");

        // Somebody else's order.
        let mut other = crate::harness::order("MK-7", "alma");
        other["buyerEmail"] = json!("paul@example.org");
        story.app.act(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [other] })).await;
        let his = invited(&story, "MK-7").await;
        let marie = story.buyer_token().await;
        assert_eq!(story.app.refuse(&marie, "ratingSubmit", SUBMITTED, of_seller(&his, 1, "")).await["code"], "NOT_ALLOWED");
        for token in [&story.seller, &story.operator] {
            assert_eq!(story.app.refuse(token, "ratingSubmit", SUBMITTED, of_seller(&his, 5, "")).await["code"], "NOT_ALLOWED");
        }
        let tries = (0..4).map(|grade| story.app.try_act(&marie, "ratingSubmit", SUBMITTED, of_seller(&token, grade + 1, "")));
        let done = futures_util::future::join_all(tries).await;
        let good: Vec<_> = done.iter().filter(|one| one["userErrors"] == json!([])).collect();
        assert_eq!(good.len(), 1, "of several at once one is taken: {done:#?}");
        assert!(done.iter().filter(|one| one["userErrors"] != json!([])).all(|one| one["userErrors"][0]["code"] == "INVITATION_USED"));
    }
}
