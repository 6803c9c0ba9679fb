//! The pages on which buyers rate, as a browser without scripts meets them.

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::domain::ratings::Asking;
use trilogue::domain::tickets::HelpdeskKind;

use super::{REVIEW, asking, delivered, feed, invited, judgement, orders, reviewed, token_of};
use crate::harness::{ORDER, Story, on_both_databases};

struct Browser {
    http: reqwest::Client,
    path: String,
}

impl Browser {
    fn at(story: &Story, token: &str) -> Self {
        Self { http: crate::harness::client().build().unwrap(), path: format!("{}/rate/{token}", story.app.url) }
    }

    async fn look(&self, language: &str) -> (u16, String) {
        let answer = self.http.get(&self.path).header("accept-language", language).send().await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert_eq!(answer.headers()["referrer-policy"], "no-referrer", "the link is a secret");
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn send(&self, body: &str) -> (u16, String) {
        let post = self.http.post(&self.path).header("accept-language", "en").header("content-type", "application/x-www-form-urlencoded");
        let answer = post.body(body.to_owned()).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

fn says(page: &(u16, String), status: u16, words: &[&str]) {
    assert_eq!(page.0, status, "{}", page.1);
    for word in words {
        assert!(page.1.contains(word), "{word} in {}", page.1);
    }
    assert!(!page.1.contains("<script"), "nothing runs in it");
}

on_both_databases! {
    async fn a_buyer_answers_once_and_sees_what_becomes_of_it(db: Db) {
        let story = Story::begin_with(db, HelpdeskKind::Zendesk, asking(Asking::Off)).await;
        delivered(&story, "2026-11-20T08:30:00Z").await;
        let browser = Browser::at(&story, &invited(&story, ORDER).await);
        let french = browser.look("fr-FR,fr;q=0.9").await;
        says(&french, 200, &["<html lang=\"fr\">", "Théière", "Boutique Alma", "Conforme à la description", "Sans avis", "Ne plus me solliciter"]);
        says(&browser.look("en-GB").await, 200, &["<html lang=\"en\">", "As described", "Value for money", "be it good or bad"]);
        says(&browser.send("act=submit").await, 422, &["role=\"alert\"", "Answer at least one question."]);
        let kept = browser.send("act=submit&seller-text=%3Cb%3EBien%3C%2Fb%3E&consent=yes").await;
        says(&kept, 422, &["Give at least one grade", "&lt;b&gt;Bien&lt;/b&gt;</textarea>", "value=\"yes\" checked"]);
        says(&browser.send("act=submit&product.quality=9").await, 422, &["Nothing was sent yet"]);
        let sent = browser.send("act=submit&product.quality=4&product.conformity=&seller.packaging=2&seller-text=Appelez%20le%00%2006%2012%2034%2056%2078&consent=yes").await;
        says(&sent, 200, &["Thank you", "Published.", "A person checks it"]);
        let shown = feed(&story, &story.vendor, "(product: \"TH-1\")", REVIEW).await;
        assert_eq!((&shown[0]["grades"], &shown[0]["quoteConsent"]), (&json!([{ "criterion": "quality", "grade": 4 }]), &json!("GIVEN")));
        says(&browser.look("en").await, 200, &["This invitation was used", "What you wrote", "Take it back"]);
        says(&browser.send("act=submit&product.quality=5").await, 409, &["This invitation was used"]);

        let held = story.app.ask(&story.operator, "{ reviews(which: TO_CHECK, first: 1) { nodes { id } } }", json!({})).await["reviews"]["nodes"][0]["id"].clone();
        story.app.act(&story.operator, "reviewReject", "review { id }", json!({ "reviewId": held, "judgement": judgement() })).await;
        says(&browser.look("en").await, 200, &["Not published.", "Why: somebody’s personal data", "Le numéro du livreur y figure.", "Complain of this decision"]);
        let id = held.as_str().unwrap();
        says(&browser.send(&format!("act=complain&review={id}&words=")).await, 422, &["This is too long", "What you wrote"]);
        says(&browser.send(&format!("act=complain&review={id}&words=C%27est+le+mien")).await, 200, &["Your complaint has arrived", "waits for its answer"]);
        let product = shown[0]["id"].as_str().unwrap();
        says(&browser.send(&format!("act=take-back&review={product}&revision=1")).await, 422, &["not possible any more"]);
        let revision = &shown[0]["revision"];
        says(&browser.send(&format!("act=take-back&review={product}&revision={revision}")).await, 200, &["You took your review back.", "You took it back."]);
        assert_eq!(feed(&story, &story.vendor, "", "id").await, Vec::<Value>::new());
    }

    async fn what_is_forged_expired_or_of_another_is_said_so(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Freshdesk).await;
        let token = invited(&story, ORDER).await;
        says(&Browser::at(&story, &format!("{token}0")).look("fr").await, 404, &["Cette invitation n’existe pas"]);
        says(&Browser::at(&story, "x").look("en").await, 404, &["There is no such invitation"]);
        says(&Browser::at(&story, "x").send("act=submit").await, 404, &["There is no such invitation"]);
        let browser = Browser::at(&story, &token);
        says(&browser.send("").await, 404, &["There is no such invitation"]);
        assert_eq!(browser.send(&"x".repeat(300 * 1024)).await.0, 413, "the form has a limit");
        for picture in ["qr.gif", "qr"] {
            assert_eq!(browser.http.get(format!("{}/{picture}", browser.path)).send().await.unwrap().status(), 404);
        }
        // Somebody else's review cannot be taken back from here.
        let names = orders(&story, "alma", 1).await;
        let theirs = reviewed(&story, &names[0], 5, "").await;
        let mut other = crate::harness::order("MK-7", "alma");
        other["buyerEmail"] = json!("paul@example.org");
        story.app.act(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [other] })).await;
        let paul = Browser::at(&story, &invited(&story, "MK-7").await);
        let body = format!("act=take-back&review={}&revision={}", theirs["id"].as_str().unwrap(), theirs["revision"]);
        says(&paul.send(&body).await, 422, &["not possible any more"]);
        assert_eq!(feed(&story, &story.vendor, "", "id").await.len(), 1);
        story.app.advance(TimeDelta::days(60));
        says(&browser.look("en").await, 410, &["This invitation has expired"]);
        says(&browser.send("act=submit&seller.packaging=5").await, 409, &["This invitation has expired"]);
    }

    async fn the_support_is_rated_with_its_two_other_questions(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let ticket = story.ticket().await;
        let id = story.case(ticket, "id").await["id"].clone();
        story.app.act(&story.operator, "caseClose", "case { status }", json!({ "caseId": id })).await;
        let handed = story.app.act(&story.operator, "ratingInvite", "invitation { url }", json!({ "about": { "caseId": id } })).await;
        let browser = Browser::at(&story, &token_of(handed["invitation"]["url"].as_str().unwrap()));
        says(&browser.look("fr").await, 200, &["Avons-nous bien répondu", "Votre demande est-elle résolue", "Nous recommanderiez-vous", "Courtoisie"]);
        says(&browser.send("act=submit&recommendation=11").await, 422, &["Nothing was sent yet"]);
        says(&browser.send("act=submit&recommendation=0&solved=no").await, 200, &["Thank you"]);
        let rated = story.case(ticket, "supportRating { satisfaction recommendation solved grades { grade } }").await;
        assert_eq!(rated["supportRating"], json!({ "satisfaction": null, "recommendation": 0, "solved": "NO", "grades": [] }), "a question without an answer has no grade");
    }
}
