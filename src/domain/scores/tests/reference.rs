//! The same rows, computed by `tests/audits/scores.py` in another language and in the plainest way.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use super::*;
use crate::domain::ratings::{CriteriaVersion, Criterion, Weight};

fn fixture() -> Value {
    serde_json::from_str(include_str!("../../../../tests/fixtures/scores.json")).unwrap()
}

fn criteria(fixture: &Value) -> Criteria {
    let mut seller: Vec<Criterion> = Criteria::default().seller;
    for one in &mut seller {
        one.weight = Weight(u16::try_from(fixture["weights"][one.key.as_str()].as_u64().unwrap()).unwrap());
    }
    Criteria { version: CriteriaVersion(2), seller, ..Criteria::default() }
}

/// The events of a seller. Its rows are `[seller, rating, revision, day, kind, grades]`.
fn events(fixture: &Value, seller: u64, criteria: &Criteria, epoch: NaiveDate) -> Vec<ScoreEvent> {
    let mut ids = BTreeMap::new();
    let exclusion = Exclusion {
        dispute: DisputeId::generate(),
        fault: Fault::Buyer,
        by: serde_json::from_str("\"token:ana\"").unwrap(),
        reasons: "The buyer was at fault.".into(),
    };
    // The order of the grades in a row is that of the usual criteria.
    let keys: Vec<_> = Criteria::default().seller.into_iter().map(|one| one.key).collect();
    let rows = fixture["events"].as_array().unwrap().iter().filter(|row| row[0] == seller);
    rows.map(|row| {
        let given_on = epoch + Days::new(row[3].as_u64().unwrap());
        let change = match row[4].as_str().unwrap() {
            "COUNTS" => {
                let given = keys.iter().zip(row[5].as_array().unwrap()).filter(|(_, grade)| !grade.is_null());
                let given = given.map(|(key, grade)| (key.clone(), Grade::try_from(grade.as_i64().unwrap()).unwrap()));
                ScoreChange::Counts { answers: Answers::new(criteria, Subject::Seller, given.collect()).unwrap(), given_on }
            }
            "STOPS" => ScoreChange::Stops { why: StopReason::Withdrawn },
            "EXCLUDED" => ScoreChange::Excluded(exclusion.clone()),
            _ => ScoreChange::Included,
        };
        let rating = *ids.entry(row[1].as_u64().unwrap()).or_insert_with(RatingId::generate);
        let at = given_on.and_hms_opt(9, 0, 0).unwrap().and_utc();
        ScoreEvent { rating, revision: i32::try_from(row[2].as_i64().unwrap()).unwrap(), at, change }
    })
    .collect()
}

fn same(ours: Option<f64>, theirs: &Value, what: &str) {
    match (ours, theirs.as_f64()) {
        // Ours rounds each rating to a millionth of a grade.
        (Some(ours), Some(theirs)) => assert!((ours - theirs).abs() < 1e-6, "{what}: {ours}, but {theirs}"),
        (ours, theirs) => assert_eq!(ours, theirs, "{what}"),
    }
}

#[test]
fn the_rows_and_their_figures_are_what_the_other_language_makes() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/audits/scores.py");
    let check = Command::new("python3").args([script, "--check"]).output().expect("python3, which scripts/setup installs");
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
}

#[test]
fn another_language_comes_to_the_same_scores() {
    let fixture = fixture();
    let epoch: NaiveDate = fixture["epoch"].as_str().unwrap().parse().unwrap();
    let criteria = criteria(&fixture);
    let history: CriteriaHistory = [criteria.clone()].into_iter().collect();
    let expected = fixture["expected"]["scores"].as_array().unwrap();
    assert_eq!(expected.len(), 12);
    for theirs in expected {
        let events = events(&fixture, theirs["seller"].as_u64().unwrap(), &criteria, epoch);
        let on = epoch + Days::new(theirs["day"].as_u64().unwrap());
        let log = ScoreLog::replay(&events, on.and_hms_opt(23, 0, 0).unwrap().and_utc(), &history).unwrap();
        let ours = ScoreRules::default().score(log.tally(), on);
        let what = format!("seller {} on day {}", theirs["seller"], theirs["day"]);
        assert_eq!(ours.count, theirs["count"].as_u64().unwrap(), "{what}");
        same(ours.mean(), &theirs["mean"], &what);
        same(Some(ours.bayesian()), &theirs["bayesian"], &what);
        let bounds = ours.satisfied_share();
        same(bounds.map(|bounds| bounds.low), &theirs["satisfied"][0], &what);
        same(bounds.map(|bounds| bounds.high), &theirs["satisfied"][1], &what);
        for (key, theirs) in theirs["criteria"].as_object().unwrap() {
            let ours = ours.criteria.get(&key.parse().unwrap()).copied().unwrap_or_default();
            assert_eq!(ours.count(), theirs["count"].as_u64().unwrap(), "{what}, {key}");
            same(ours.mean(), &theirs["mean"], &what);
            same(Some(ours.bayesian(TRUSTPILOT)), &theirs["bayesian"], &what);
        }
    }
}
