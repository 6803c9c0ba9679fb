//! The e-mails about reviews: to the seller who has to reply, to authors with the reasons of what was decided, to whoever reported.

use serde_json::{Value, json};
use trilogue::domain::parties::Role;
use trilogue::domain::ratings::Asking;
use trilogue::domain::tickets::HelpdeskKind;

use super::asking::Post;
use super::{judgement, orders, reviewed};
use crate::harness::on_both_databases;

/// To whom an e-mail went, what it is called, and what it says.
fn read(mail: &Value) -> (&str, &str, &str) {
    (mail["to"][0].as_str().unwrap(), mail["headers"]["subject"].as_str().unwrap(), mail["text"].as_str().unwrap())
}

fn says(mail: &Value, to: &str, subject: &str, words: &[&str]) {
    let (receiver, title, text) = read(mail);
    assert_eq!(receiver, to, "{mail}");
    assert!(title.contains(subject), "{title}");
    for word in words {
        assert!(text.contains(word), "{word} in {text}");
    }
}

on_both_databases! {
    async fn everybody_is_told_what_concerns_them_with_its_reasons(db: Db) {
        let mut post = Post::open(db, HelpdeskKind::Zendesk, Asking::Off).await;
        let seller = json!({ "sellers": [{ "externalId": "alma", "name": "Boutique Alma", "email": "alma@example.org", "locale": "fr" }] });
        post.story.app.act(&post.story.vendor, "sellersUpsert", "sellers { id }", seller).await;
        let names = orders(&post.story, "alma", 2).await;

        let good = reviewed(&post.story, &names[0], 5, "Parfait, merci").await;
        let mail = post.mails(1).await.remove(0);
        says(&mail, "alma@example.org", "Nouvel avis publié", &["Merci d’y répondre avant le mardi 24", "/unsubscribe/"]);
        assert!(!mail["text"].as_str().unwrap().contains("Parfait"), "an e-mail says nothing of what was said");

        let report = json!({ "reviewId": good["id"], "reason": "DOUBT", "text": "Personne n’a commandé cela." });
        let reported = post.story.app.act(&post.story.seller, "reviewReport", "review { reports { id } }", report).await;
        let decision = json!({ "reviewId": good["id"], "reportId": reported["review"]["reports"][0]["id"], "decision": { "keep": "Commande prouvée." } });
        post.story.app.act(&post.story.operator, "reviewReportDecide", "review { id }", decision).await;
        says(&post.mails(1).await[0], "alma@example.org", "Suite donnée à votre signalement", &["L’avis reste publié. Commande prouvée."]);

        let mut notice = json!({ "reviewId": good["id"], "reason": "ILLEGAL", "text": "Diffamatoire." });
        notice["reporter"] = json!({ "name": "Paul Morel", "email": "paul@example.net" });
        let reported = post.story.app.act(&post.story.operator, "reviewReport", "review { reports { id } }", notice).await;
        let reports = &reported["review"]["reports"];
        let decision = json!({ "reviewId": good["id"], "reportId": reports[1]["id"], "decision": { "keep": "Une opinion." } });
        post.story.app.act(&post.story.operator, "reviewReportDecide", "review { id }", decision).await;
        let mail = post.mails(1).await.remove(0);
        says(&mail, "paul@example.net", "Suite donnée à votre signalement", &["L’avis reste publié. Une opinion.", "car vous avez signalé un avis chez Bazar"]);
        assert!(!mail["text"].as_str().unwrap().contains("/unsubscribe/"), "{mail}");

        let bad = reviewed(&post.story, &names[1], 1, "Appelez-moi au 06 12 34 56 78.").await;
        post.mails(0).await;
        let judged = json!({ "reviewId": bad["id"], "judgement": judgement() });
        post.story.app.act(&post.story.operator, "reviewReject", "review { id }", judged).await;
        let mail = post.mails(1).await.remove(0);
        let reasons = ["Motif : données personnelles", "Le numéro du livreur y figure.", "Règles des avis, 3", "La décision a été prise par une personne."];
        says(&mail, "marie@example.org", "Votre avis n’a pas été publié", &reasons);
        assert!(!mail["text"].as_str().unwrap().contains("/unsubscribe/"), "nobody stops what the law wants told: {mail}");

        let complaint = json!({ "reviewId": bad["id"], "text": "C’est mon numéro." });
        post.story.app.act(&post.story.vendor, "reviewComplain", "review { id }", complaint).await;
        let other = post.story.app.token(Role::Operator, None).await;
        let answer = json!({ "reviewId": bad["id"], "outcome": "UPHELD", "reasons": "Le numéro est le vôtre." });
        post.story.app.act(&other, "reviewComplaintAnswer", "review { id }", answer).await;
        let mails = post.mails(2).await;
        let of = |to: &str| mails.iter().find(|mail| mail["to"][0] == to).unwrap_or_else(|| panic!("{mails:#?}"));
        says(of("marie@example.org"), "marie@example.org", "Réponse à votre réclamation", &["l’avis est publié", "Le numéro est le vôtre."]);
        says(of("alma@example.org"), "alma@example.org", "Nouvel avis publié", &["Merci d’y répondre"]);
    }
}
