//! What the charter says about ratings: criteria with versions, and the rules of asking, replying and scoring.

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::domain::tickets::HelpdeskKind;

use crate::harness::{Story, on_both_databases};

const FIELDS: &str = "charter { version effect ratings { criteriaVersion productCriteria { key weight fr: label(locale: \"fr-FR\") en: label(locale: \"en\") }
    sellerCriteria { key } supportCriteria { key } daysAfterDelivery hoursAfterClosing reminderDays expiryDays surveyedBy replyHours
    priorMean priorWeight halfLifeDays minimumRatings } }";

async fn publish(story: &Story, token: &str, ratings: &Value) -> Value {
    story.app.try_act(token, "charterPublish", FIELDS, json!({ "charter": { "ratings": ratings } })).await
}

fn criterion(key: &str) -> Value {
    json!({ "key": key, "weight": 2, "labels": [{ "locale": "fr", "label": "Solidité" }] })
}

async fn read(story: &Story, token: &str, version: Option<i32>) -> Value {
    let query = format!("query($version: Int) {{ marketplace {{ {} }} }}", FIELDS.replacen("charter", "charter(version: $version)", 1));
    story.app.ask(token, &query, json!({ "version": version })).await["marketplace"]["charter"]["ratings"].clone()
}

on_both_databases! {
    async fn criteria_have_versions_and_what_binds_is_announced(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let usual = read(&story, &story.seller, None).await;
        assert_eq!(usual["productCriteria"][0], json!({ "key": "conformity", "weight": 1, "fr": "Conforme à la description", "en": "As described" }));
        assert_eq!((&usual["criteriaVersion"], &usual["replyHours"], &usual["surveyedBy"]), (&json!(1), &json!(48), &json!("TRILOGUE")));
        assert_eq!((&usual["priorMean"], &usual["priorWeight"], &usual["halfLifeDays"]), (&json!(3.5), &json!(7.0), &json!(365)));

        let asked = publish(&story, &story.operator, &json!({ "reminderDays": null, "expiryDays": 30, "surveyedBy": "HELPDESK" })).await;
        assert_eq!(asked["charter"]["effect"], "TECHNICAL", "when buyers are asked binds no party");
        let now = read(&story, &story.seller, None).await;
        assert_eq!((&now["reminderDays"], &now["expiryDays"], &now["surveyedBy"]), (&Value::Null, &json!(30), &json!("HELPDESK")));

        let change = json!({ "productCriteria": [criterion("solidity")], "replyHours": 24, "priorMean": 3.0, "halfLifeDays": null, "minimumRatings": 5 });
        let changed = publish(&story, &story.operator, &change).await["charter"].clone();
        assert_eq!((&changed["effect"], &changed["ratings"]["criteriaVersion"]), (&json!("BINDING"), &json!(2)));
        let again = publish(&story, &story.operator, &change).await["charter"].clone();
        assert_eq!(again, changed, "what changes nothing is no new version");
        assert_eq!(read(&story, &story.seller, None).await, now, "it waits for its notice");
        story.app.advance(TimeDelta::days(15));
        let then = read(&story, &story.seller, None).await;
        assert_eq!(then["productCriteria"], json!([{ "key": "solidity", "weight": 2, "fr": "Solidité", "en": "Solidité" }]));
        assert_eq!((&then["replyHours"], &then["halfLifeDays"], &then["minimumRatings"]), (&json!(24), &Value::Null, &json!(5)));
        assert_eq!(then["sellerCriteria"], usual["sellerCriteria"], "what was left out stays");
        assert_eq!(read(&story, &story.seller, Some(1)).await, usual, "a version never changes");

        let scored = publish(&story, &story.operator, &json!({ "priorWeight": 3.0 })).await["charter"].clone();
        assert_eq!((&scored["effect"], &scored["ratings"]["criteriaVersion"]), (&json!("BINDING"), &json!(2)), "the questions are the same");
    }

    async fn bad_rules_are_refused_with_their_place(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Freshdesk).await;
        let many: Vec<_> = (0..11).map(|number| criterion(&format!("c{number}"))).collect();
        for (rules, field) in [
            (json!({ "productCriteria": [] }), json!(["productCriteria"])),
            (json!({ "sellerCriteria": many }), json!(["sellerCriteria"])),
            (json!({ "supportCriteria": [criterion("a"), criterion("a")] }), json!(["supportCriteria"])),
            (json!({ "supportCriteria": [{ "key": "a", "weight": 0, "labels": [{ "locale": "en", "label": "A" }] }] }), json!(["supportCriteria"])),
            (json!({ "sellerCriteria": [{ "key": "a", "labels": [] }] }), json!(["sellerCriteria"])),
            (json!({ "sellerCriteria": [criterion("a"), criterion("No key")] }), json!(["sellerCriteria", "1", "key"])),
            (json!({ "productCriteria": [{ "key": "a", "weight": -1, "labels": [] }] }), json!(["productCriteria", "0", "weight"])),
            (json!({ "daysAfterDelivery": 91 }), json!(["daysAfterDelivery"])),
            (json!({ "hoursAfterClosing": 2161 }), json!(["hoursAfterClosing"])),
            (json!({ "reminderDays": 60 }), json!(["reminderDays"])),
            (json!({ "reminderDays": null, "expiryDays": 0 }), json!(["expiryDays"])),
            (json!({ "replyHours": 0 }), json!(["replyHours"])),
            (json!({ "replyHours": 721 }), json!(["replyHours"])),
            (json!({ "priorMean": 5.1 }), json!(["priorMean"])),
            (json!({ "priorWeight": -1.0 }), json!(["priorWeight"])),
            (json!({ "halfLifeDays": 0 }), json!(["halfLifeDays"])),
            (json!({ "minimumRatings": -3 }), json!(["minimumRatings"])),
        ] {
            let refused = publish(&story, &story.operator, &rules).await;
            let path: Vec<_> = [json!("charter"), json!("ratings")].into_iter().chain(field.as_array().unwrap().clone()).collect();
            assert_eq!((&refused["charter"], &refused["userErrors"][0]["field"]), (&Value::Null, &json!(path)), "{rules}: {refused}");
            assert_eq!(refused["userErrors"][0]["code"], "INVALID", "{rules}");
        }
        for token in [&story.seller, &story.vendor] {
            let refused = publish(&story, token, &json!({ "replyHours": 24 })).await;
            assert_eq!(refused["userErrors"][0]["code"], "NOT_ALLOWED");
        }
        assert_eq!(read(&story, &story.operator, None).await["replyHours"], 48);
    }
}
