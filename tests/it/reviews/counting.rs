//! Scores: what is kept by day agrees with what is told anew from every answer, whatever happened in between.

use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use trilogue::domain::tickets::HelpdeskKind;

use super::{invited, judgement, of_seller, orders, reviewed};
use crate::harness::{Db, Story, on_both_databases, random_stories};

const SCORE: &str = "value count minimum mean weight sum priorMean priorWeight halfLifeDays on satisfiedAtLeast satisfiedAtMost criteria { criterion count mean value distribution }";

async fn seller_id(story: &Story) -> Value {
    story.app.ask(&story.seller, "{ viewer { seller { id } } }", json!({})).await["viewer"]["seller"]["id"].clone()
}

/// The score of today as it is kept, and as it is told anew.
async fn both(story: &Story, of: &str) -> (Value, Value) {
    let now = story.app.cx.now().to_rfc3339();
    let query = format!("{{ kept: score(of: {of}) {{ {SCORE} }} anew: score(of: {of}, at: \"{now}\") {{ {SCORE} }} }}");
    let told = story.app.ask(&story.operator, &query, json!({})).await;
    (told["kept"].clone(), told["anew"].clone())
}

/// What happens to ratings, one after the other.
#[derive(Debug, Clone, Copy)]
enum Turn {
    Rate { grade: i32 },
    Rewrite { which: usize, grade: i32 },
    Withdraw { which: usize },
    Remove { which: usize },
    Wait { days: i64 },
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let turn = prop_oneof![
        4 => (1..=5).prop_map(|grade| Turn::Rate { grade }),
        2 => (0..4_usize, 1..=5).prop_map(|(which, grade)| Turn::Rewrite { which, grade }),
        1 => (0..4_usize).prop_map(|which| Turn::Withdraw { which }),
        1 => (0..4_usize).prop_map(|which| Turn::Remove { which }),
        2 => (1..200_i64).prop_map(|days| Turn::Wait { days }),
    ];
    proptest::collection::vec(turn, 4..14)
}

async fn play(story: &Story, number: usize, turns: &[Turn]) {
    let seller = seller_id(story).await;
    let of = format!("{{ sellerId: {seller} }}");
    let mut reviews: Vec<Value> = Vec::new();
    let mut earlier: Vec<(String, Value)> = Vec::new();
    for (index, turn) in turns.iter().enumerate() {
        let pick = |which: usize| reviews.get(which % reviews.len().max(1)).cloned();
        match *turn {
            Turn::Rate { grade } => {
                let name = format!("R-{number}-{index}");
                story
                    .app
                    .act(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [crate::harness::order(&name, "alma")] }))
                    .await;
                reviews.push(reviewed(story, &name, grade, "").await["id"].clone());
            }
            Turn::Rewrite { which, grade } => {
                let Some(id) = pick(which) else { continue };
                let revision = revision(story, &id).await;
                let draft =
                    json!({ "grades": [{ "criterion": "communication", "grade": grade }, { "criterion": "packaging", "grade": 3 }] });
                story
                    .app
                    .try_act(
                        &story.vendor,
                        "reviewRewrite",
                        "review { id }",
                        json!({ "reviewId": id, "revision": revision, "draft": draft }),
                    )
                    .await;
            }
            Turn::Withdraw { which } => {
                let Some(id) = pick(which) else { continue };
                let revision = revision(story, &id).await;
                story.app.try_act(&story.vendor, "reviewWithdraw", "review { id }", json!({ "reviewId": id, "revision": revision })).await;
            }
            Turn::Remove { which } => {
                let Some(id) = pick(which) else { continue };
                story
                    .app
                    .try_act(&story.operator, "reviewRemove", "review { id }", json!({ "reviewId": id, "judgement": judgement() }))
                    .await;
            }
            Turn::Wait { days } => story.app.advance(TimeDelta::days(days)),
        }
        let (kept, anew) = both(story, &of).await;
        assert_eq!(kept, anew, "after {turn:?}");
        earlier.push((story.app.cx.now().to_rfc3339(), anew));
        story.app.advance(TimeDelta::seconds(1));
    }
    for (at, then) in earlier {
        let again = story.app.ask(&story.operator, &format!("{{ score(of: {of}, at: \"{at}\") {{ {SCORE} }} }}"), json!({})).await;
        assert_eq!(again["score"], then, "what a score was at {at} stays what it was");
    }
}

async fn revision(story: &Story, id: &Value) -> Value {
    let query = "{ reviews(first: 100) { nodes { id revision } } }";
    let all = story.app.ask(&story.operator, query, json!({})).await["reviews"]["nodes"].clone();
    all.as_array().unwrap().iter().find(|one| one["id"] == *id).map_or(json!(0), |one| one["revision"].clone())
}

fn stories(db: Db) {
    let mut runner = TestRunner::new(random_stories(4));
    let number = std::sync::atomic::AtomicUsize::new(0);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runner
        .run(&turns(), |turns| {
            let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            runtime.block_on(async {
                let story = Story::begin(db, HelpdeskKind::Zendesk).await;
                Box::pin(play(&story, number, &turns)).await;
            });
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_is_kept_agrees_with_what_is_told_anew_sqlite() {
    stories(Db::Sqlite);
}

#[test]
fn what_is_kept_agrees_with_what_is_told_anew_postgres() {
    stories(Db::Postgres);
}

on_both_databases! {
    async fn a_score_shows_what_it_was_computed_from(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let names = orders(&story, "alma", 3).await;
        let of = format!("{{ sellerId: {} }}", seller_id(&story).await);
        let none = both(&story, &of).await.0;
        assert_eq!((&none["value"], &none["count"], &none["mean"]), (&Value::Null, &json!(0), &Value::Null));
        for name in &names {
            reviewed(&story, name, 5, "").await;
        }
        let score = both(&story, &of).await.0;
        assert!((score["value"].as_f64().unwrap() - 3.95).abs() < 1e-9, "three fives beside seven of 3.5: {score}");
        assert_eq!((&score["weight"], &score["sum"], &score["criteria"][0]["distribution"]), (&json!(3.0), &json!(15.0), &json!([0, 0, 0, 0, 3])));
        story.app.advance(TimeDelta::days(365));
        let later = both(&story, &of).await.0;
        assert_eq!((&later["weight"], &later["count"]), (&json!(1.5), &json!(3)), "half after the half-life");
        let page = "{ seller(by: { externalId: \"alma\" }) { score { value count } } }";
        assert_eq!(story.app.ask(&story.vendor, page, json!({})).await["seller"]["score"]["count"], 3, "everybody reads it");
        let ahead = format!("{{ score(of: {of}, at: \"2030-01-01T00:00:00Z\") {{ value }} }}");
        let answer = story.app.answer(&story.vendor, &ahead, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
        assert_eq!(story.app.ask(&story.vendor, "{ score(of: { support: WHOLE }) { value } }", json!({})).await["score"], Value::Null);
    }

    async fn many_at_once_are_all_counted(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let names = orders(&story, "alma", 8).await;
        let mut tokens = Vec::new();
        for name in &names {
            tokens.push(invited(&story, name).await);
        }
        let all = tokens.iter().map(|token| story.app.act(&story.vendor, "ratingSubmit", "reviews { id }", of_seller(token, 4, "")));
        futures_util::future::join_all(all).await;
        let (kept, anew) = both(&story, &format!("{{ sellerId: {} }}", seller_id(&story).await)).await;
        assert_eq!((&kept, &kept["count"]), (&anew, &json!(8)));
    }
}
