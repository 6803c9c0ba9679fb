//! Evidence: whose eyes it is for, that it stays what it was, and all of it as one file.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use trilogue::domain::tickets::HelpdeskKind;

use super::{House, charter, fault};
use crate::attachments::{self, PNG, here, upload};
use crate::harness::{ORDER, Story, on_both_databases};

const EVIDENCE: &str = "evidence { id by text sha256 audience file { name contentType size url } }";

async fn submit(house: &House, token: &str, dispute: &Value, text: &str, file: Option<&str>, audience: &[&str]) -> Value {
    house.attempt(token, "disputeSubmitEvidence", dispute, json!({ "text": text, "attachmentId": file, "audience": audience })).await
}

async fn bundle(house: &House, token: &str, dispute: &Value, format: &str) -> (u16, String) {
    let query = format!("query($id: ID!) {{ disputeEvidenceLink(disputeId: $id, format: {format}) {{ url expiresAt }} }}");
    let link = house.app.ask(token, &query, json!({ "id": dispute })).await["disputeEvidenceLink"]["url"].clone();
    let answer = house.app.http.get(here(&house.app, link.as_str().unwrap())).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

on_both_databases! {
    async fn evidence_is_for_the_eyes_it_is_meant_for(db: Db) {
        let house = House::open(db).await;
        let dispute = house.opened().await;
        let file = upload(&house.app, &house.seller, "facture.png", "image/png", PNG).await;
        for (token, text, file, audience) in [
            (&house.seller, "La facture", Some(file.as_str()), &["SELLER", "OPERATOR"][..]),
            (&house.buyer, "La photo", None, &["BUYER", "SELLER", "OPERATOR"]),
            (&house.buyer, "Mon adresse", None, &["BUYER", "OPERATOR"]),
            (&house.ana, "Une note de la maison", None, &["OPERATOR"]),
        ] {
            assert_eq!(submit(&house, token, &dispute, text, file, audience).await["userErrors"], json!([]), "{text}");
        }
        let texts = async |token: &str| {
            let seen = house.seen(token, &dispute, EVIDENCE).await["evidence"].as_array().unwrap().clone();
            seen.into_iter().map(|one| one["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(texts(&house.ana).await, ["La facture", "La photo", "Mon adresse", "Une note de la maison"]);
        assert_eq!(texts(&house.seller).await, ["La facture", "La photo"]);
        assert_eq!(texts(&house.buyer).await, ["La photo", "Mon adresse"]);
        let changes = async |token: &str| {
            let query = "{ cases { nodes { timeline(first: 50) { nodes { ... on DisputeChangedEvent { change } } } } } }";
            house.app.ask(token, query, json!({})).await.to_string().matches("EVIDENCE_SUBMITTED").count()
        };
        assert_eq!((changes(&house.ana).await, changes(&house.seller).await, changes(&house.buyer).await), (4, 2, 2));

        let seen = house.seen(&house.seller, &dispute, EVIDENCE).await["evidence"].clone();
        assert_eq!(seen[0]["sha256"], hex::encode(Sha256::digest(PNG)));
        assert_eq!(seen[1]["sha256"], hex::encode(Sha256::digest("La photo")));
        assert_eq!((&seen[0]["audience"], &seen[1]["audience"]), (&json!(["SELLER", "OPERATOR"]), &Value::Null), "whose eyes else is not told");
        assert_eq!((&seen[0]["file"]["name"], &seen[0]["file"]["contentType"]), (&json!("facture.png"), &json!("image/png")));
        let url = here(&house.app, seen[0]["file"]["url"].as_str().unwrap());
        let had = house.app.http.get(&url).send().await.unwrap();
        assert_eq!((had.status().as_u16(), had.bytes().await.unwrap().as_ref()), (200, PNG));
        // Without a link each has what their own token shows.
        let bare = url.split('?').next().unwrap().to_owned();
        for (token, status) in [(&house.seller, 200), (&house.ana, 200), (&house.buyer, 404), (&house.other_seller, 404)] {
            assert_eq!(house.app.http.get(&bare).bearer_auth(token).send().await.unwrap().status().as_u16(), status);
        }
        let theirs = url.replace("viewer=", "viewer=x");
        assert_eq!(house.app.http.get(theirs).send().await.unwrap().status().as_u16(), 404, "a link that was tampered with");
        // The file was handed in: it stays, whatever becomes of uploads that nobody uses, and belongs to no message.
        house.app.advance(TimeDelta::days(3));
        trilogue::workflow::attachments::tidy(&house.app.cx).await.unwrap();
        assert_eq!(house.app.http.get(&bare).bearer_auth(&house.seller).send().await.unwrap().status().as_u16(), 200);
        assert_eq!(house.app.http.get(url).send().await.unwrap().status().as_u16(), 410, "links open for a while");
    }

    async fn what_cannot_be_handed_in_is_refused(db: Db) {
        let house = House::open(db).await;
        let dispute = house.opened().await;
        let all = &["BUYER", "SELLER", "OPERATOR"][..];
        let file = upload(&house.app, &house.seller, "facture.png", "image/png", PNG).await;
        let before = house.seen(&house.ana, &dispute, &format!("revision {EVIDENCE}")).await;
        for (token, text, file, audience, field, code) in [
            (&house.seller, "", None, all, "text", "LENGTH"),
            (&house.seller, "x", Some("att_0192f0c1a2b37c4d8e5f60718293a4b5"), all, "attachmentId", "NOT_FOUND"),
            (&house.ana, "x", Some(file.as_str()), all, "attachmentId", "NOT_FOUND"),
            (&house.buyer, "x", Some(file.as_str()), all, "attachmentId", "NOT_FOUND"),
            (&house.seller, "x", None, &["BUYER", "OPERATOR"][..], "audience", "INVALID"),
            (&house.seller, "x", None, &["SELLER"][..], "audience", "INVALID"),
            (&house.other_seller, "x", None, all, "disputeId", "NOT_FOUND"),
        ] {
            let refused = submit(&house, token, &dispute, text, file, audience).await;
            assert_eq!(fault(&refused), (json!([field]), json!(code)), "{refused:#}");
        }
        assert_eq!(house.seen(&house.ana, &dispute, &format!("revision {EVIDENCE}")).await, before, "nothing was done");
        assert_eq!(submit(&house, &house.seller, &dispute, "La facture", Some(&file), all).await["userErrors"], json!([]));
        let twice = submit(&house, &house.seller, &dispute, "Encore", Some(&file), all).await;
        assert_eq!(fault(&twice).1, "DUPLICATE");
        // It is evidence here, and nowhere else.
        let offer = json!({ "orderId": house.order, "lineId": "2", "reason": "DEFECTIVE", "text": "Cassée.", "wanted": "REFUND" });
        let other = house.app.act(&house.buyer, "disputeOpen", "dispute { id }", offer).await["dispute"]["id"].clone();
        let elsewhere = submit(&house, &house.seller, &other, "La facture", Some(&file), all).await;
        assert_eq!(fault(&elsewhere), (json!(["attachmentId"]), json!("NOT_FOUND")), "evidence of another dispute");
    }

    async fn files_of_the_case_are_evidence_and_those_of_others_are_not(db: Db) {
        let story = Story::begin_with(db, HelpdeskKind::Zendesk, charter()).await;
        let (ticket, thread) = story.ticket_and_thread().await;
        let file = upload(&story.app, &story.seller, "preuve.png", "image/png", PNG).await;
        let message = attachments::post(&story, &story.seller, &thread, "k", std::slice::from_ref(&file)).await;
        assert!(!message.is_empty());
        let case = story.case(ticket, "id order { id }").await;
        let open = json!({ "orderId": case["order"]["id"], "reason": "NOT_RECEIVED", "text": "Rien reçu.", "wanted": "REFUND" });
        let opened = story.app.act(&story.vendor, "disputeOpen", "dispute { id revision case { id } }", open).await["dispute"].clone();
        assert_eq!(opened["case"]["id"], case["id"], "in the case about the order");
        let hand_in = |revision: &Value, file: &str| json!({ "disputeId": opened["id"], "revision": revision, "text": "Le fichier du dossier", "attachmentId": file });
        let done = story.app.act(&story.vendor, "disputeSubmitEvidence", "dispute { revision evidence { by file { name } } }", hand_in(&opened["revision"], &file)).await;
        assert_eq!(done["dispute"]["evidence"], json!([{ "by": "BUYER", "file": { "name": "preuve.png" } }]));
        // A file of the same marketplace, in a case about another order.
        let opening = json!({ "subject": "Autre", "buyerName": "Marie", "buyerEmail": "marie@example.org", "text": "Bonjour", "orderReference": "MK-2002", "idempotencyKey": "o" });
        let other = story.app.act(&story.vendor, "caseOpen", "case { threads { id } }", opening).await["case"]["threads"][0]["id"].clone();
        let foreign = upload(&story.app, &story.other_seller, "autre.png", "image/png", PNG).await;
        attachments::post(&story, &story.other_seller, other.as_str().unwrap(), "k2", std::slice::from_ref(&foreign)).await;
        let refused = story.app.try_act(&story.vendor, "disputeSubmitEvidence", "dispute { id }", hand_in(&done["dispute"]["revision"], &foreign)).await;
        assert_eq!(fault(&refused), (json!(["attachmentId"]), json!("NOT_FOUND")), "evidence of another case");
        // The team reads in the ticket that there is a dispute, and the buyer in public.
        story.desk.settle(&story.app).await;
        let said: Vec<_> = story.desk.sim.comments(ticket).into_iter().map(|comment| format!("{:?} {}", comment.audience, comment.text)).collect();
        let count = |mark: &str, words: &str| said.iter().filter(|text| text.starts_with(mark) && text.contains(words)).count();
        assert_eq!((count("Internal", "Désaccord sur la commande"), count("Public", "est enregistré")), (1, 1), "{ORDER}: {said:#?}");
    }

    async fn all_of_it_goes_into_one_file_with_an_index_of_hashes(db: Db) {
        let house = House::open(db).await;
        let dispute = house.opened().await;
        let file = upload(&house.app, &house.seller, "facture.png", "image/png", PNG).await;
        submit(&house, &house.seller, &dispute, "La facture <b>", Some(&file), &["SELLER", "OPERATOR"]).await;
        submit(&house, &house.buyer, &dispute, "La photo", None, &["BUYER", "SELLER", "OPERATOR"]).await;
        for (token, pieces, files) in [(&house.ana, 2, 1), (&house.seller, 2, 1), (&house.buyer, 1, 0)] {
            let (status, text) = bundle(&house, token, &dispute, "JSON").await;
            assert_eq!(status, 200, "{text}");
            let json: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
            assert_eq!((json["index"].as_array().unwrap().len(), json["files"].as_array().unwrap().len()), (pieces, files));
            for had in json["files"].as_array().unwrap() {
                let bytes = STANDARD.decode(had["base64"].as_str().unwrap()).unwrap();
                let entry = json["index"].as_array().unwrap().iter().find(|one| one["id"] == had["evidence"]).unwrap();
                assert_eq!(entry["sha256"], hex::encode(Sha256::digest(&bytes)));
            }
            let last = text.trim_end().rfind('\n').unwrap() + 1;
            assert_eq!(json["manifest"]["digest"], hex::encode(Sha256::digest(&text.as_bytes()[..last])));
            let (status, page) = bundle(&house, token, &dispute, "HTML").await;
            assert_eq!((status, page.matches("<code>sha256").count(), page.matches("href=").count()), (200, pieces, files), "{page}");
            attachments::assert_sealed(&page);
            assert!(page.contains("<html lang=\"fr\">") && page.contains("Échange direct"));
            assert!(!page.contains("<b>") && !page.to_lowercase().contains("médiation"), "{page}");
            assert_eq!(page.contains("Visible par"), *token == house.ana, "whose eyes else it is for is the operator's to know");
        }
        let query = "query($id: ID!) { disputeEvidenceLink(disputeId: $id, format: HTML) { url } }";
        let link = house.app.ask(&house.ana, query, json!({ "id": dispute })).await["disputeEvidenceLink"]["url"].clone();
        let english = house.app.http.get(format!("{}&lang=en", here(&house.app, link.as_str().unwrap()))).send().await.unwrap();
        let english = english.text().await.unwrap();
        assert!(english.contains("<html lang=\"en\">") && english.contains("Direct contact") && english.contains("Visible to: Seller, Operator"));
        let query = "query($id: ID!) { disputeEvidenceLink(disputeId: $id, format: JSON) { url } }";
        let none = house.app.ask(&house.other_seller, query, json!({ "id": dispute })).await;
        assert_eq!(none["disputeEvidenceLink"], Value::Null);
        let mine = house.app.ask(&house.ana, query, json!({ "id": dispute })).await["disputeEvidenceLink"]["url"].clone();
        let mine = here(&house.app, mine.as_str().unwrap());
        house.app.advance(TimeDelta::minutes(16));
        assert_eq!(house.app.http.get(&mine).send().await.unwrap().status().as_u16(), 410);
        let bare = mine.split('?').next().unwrap();
        assert_eq!(house.app.http.get(bare).send().await.unwrap().status().as_u16(), 401);
        assert_eq!(house.app.http.get(bare).bearer_auth(&house.other_seller).send().await.unwrap().status().as_u16(), 404);
    }
}
