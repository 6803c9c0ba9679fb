//! The same rows, computed by `tests/audits/scores.py` in another language and in the plainest way.

use std::collections::BTreeMap;

use serde_json::Value;

use super::*;
use crate::domain::defects::{DefectRules, ProductKey, ProductTally};
use crate::domain::returns::ReasonKind;

fn fixture() -> Value {
    serde_json::from_str(include_str!("../../../../tests/fixtures/scores.json")).unwrap()
}

fn small(value: &Value) -> u32 {
    u32::try_from(value.as_u64().unwrap()).unwrap()
}

/// Rows are `[day, channel, reason, complaint, avoidable, reply, replies, aftermath, handling, satisfaction, recommendation]`.
fn read_case(row: &Value) -> CaseFacts {
    let aftermath = serde_json::from_value::<Option<Aftermath>>(row[7].clone()).unwrap();
    let end = |aftermath| CaseEnd::Resolved(Resolution { replies: small(&row[6]), aftermath });
    CaseFacts {
        opened_on: day(row[0].as_u64().unwrap()),
        slice: Slice {
            channel: Some(serde_json::from_value(row[1].clone()).unwrap()),
            reason: Some(row[2].as_str().unwrap().parse().unwrap()),
            ..Slice::default()
        },
        family: if row[3] == 1 { Family::Complaint } else { Family::Information },
        avoidable: if row[4] == 1 { Avoidable::Yes } else { Avoidable::No },
        first_reply: serde_json::from_value(row[5].clone()).unwrap(),
        first_reply_business: None,
        end: aftermath.map_or(CaseEnd::Open, end),
        handling_seconds: small(&row[8]),
        operator_replies: 0,
        satisfaction: serde_json::from_value(row[9].clone()).unwrap(),
        recommendation: serde_json::from_value(row[10].clone()).unwrap(),
    }
}

/// The rows as they would be kept: counts by day and slice.
fn kept(fixture: &Value) -> BTreeMap<(NaiveDate, Slice), KpiTally> {
    let mut rows = BTreeMap::<_, KpiTally>::new();
    for case in fixture["cases"].as_array().unwrap().iter().map(read_case) {
        rows.entry((case.opened_on, case.slice.clone())).or_default().add_case(&case);
    }
    let mut last = BTreeMap::new();
    // Rows are `[day, product, reason, ending]`, by day.
    for row in fixture["disputes"].as_array().unwrap() {
        let opened_on = day(row[0].as_u64().unwrap());
        let earlier = last.insert((row[1].as_u64(), row[2].as_u64()), opened_on);
        let ending = serde_json::from_value(row[3].clone()).unwrap();
        let facts = DisputeFacts { recurrence: Recurrence::of(earlier, opened_on, 90), ending };
        rows.entry((opened_on, Slice::default())).or_default().add_dispute(facts);
    }
    rows.entry((day(0), Slice::default())).or_default().orders = fixture["orders"].as_u64().unwrap();
    rows
}

/// Rows are `[had an order before, has one in the window, had a case before]`.
fn cohort(fixture: &Value) -> Cohort {
    let mut cohort = Cohort::default();
    for row in fixture["buyers"].as_array().unwrap() {
        let buyer = BuyerId::generate();
        for (set, flag) in [&mut cohort.before, &mut cohort.again, &mut cohort.with_case].into_iter().zip(row.as_array().unwrap()) {
            set.extend((flag == 1).then_some(buyer));
        }
    }
    cohort
}

#[test]
fn another_language_comes_to_the_same_figures() {
    let fixture = fixture();
    let rows = kept(&fixture);
    let period = Period { tally: KpiTally::merged(rows.values()), retention: cohort(&fixture).retention() };
    let theirs = &fixture["expected"]["kpis"];
    let reply = |figure| Kpi::FirstReply(figure, TimeBasis::Calendar);
    let tail = ReplyFigure::Percentile(Percent::try_from(90).unwrap());
    for (kpi, name, error) in [
        (Kpi::Csat, "csat", 1e-9),
        (Kpi::Nps, "nps", 1e-9),
        (reply(ReplyFigure::Mean), "replyMean", 1e-9),
        (reply(ReplyFigure::Median), "replyMedian", RELATIVE_ERROR),
        (reply(tail), "replyP90", RELATIVE_ERROR),
        (Kpi::FirstContactResolution, "firstContact", 1e-9),
        (Kpi::ReopenRate, "reopened", 1e-9),
        (Kpi::ComplaintRate, "complaints", 1e-9),
        (Kpi::ContactRate, "contacts", 1e-9),
        (Kpi::AvoidableRate, "avoidable", 1e-9),
        (Kpi::DisputeRecurrence, "recurrence", 1e-9),
        (Kpi::DisputeResolution, "resolution", 1e-9),
        (Kpi::Retention(None), "retention", 1e-9),
        (Kpi::Retention(Some(Served::HadCase)), "retentionHadCase", 1e-9),
        (Kpi::Retention(Some(Served::HadNone)), "retentionHadNone", 1e-9),
    ] {
        let (ours, theirs) = (value(&period, kpi).unwrap(), theirs[name].as_f64().unwrap());
        assert!((ours - theirs).abs() <= theirs.abs() * error, "{name}: {ours}, but {theirs}");
    }
    let rates = contact_rates(rows.iter().map(|((_, slice), tally)| (slice, tally)), period.tally.orders);
    assert!(rates.is_sorted_by(|one, other| one.cases >= other.cases));
    let theirs = theirs["rates"].as_object().unwrap();
    assert_eq!(rates.len(), theirs.len());
    for rate in rates {
        let channel = serde_json::to_value(rate.channel).unwrap();
        let name = format!("{} {}", channel.as_str().unwrap(), rate.reason.unwrap());
        let row = &theirs[&name];
        assert_eq!((rate.cases, rate.avoidable), (row[0].as_u64().unwrap(), row[1].as_u64().unwrap()), "{name}");
        assert!((rate.per_hundred.value.unwrap() - row[2].as_f64().unwrap()).abs() < 1e-9, "{name}");
    }
}

#[test]
fn another_language_finds_the_same_defects() {
    let fixture = fixture();
    let reasons = [ReasonKind::Defective, ReasonKind::Broken, ReasonKind::NotAsDescribed, ReasonKind::ChangedMind];
    let seller = SellerId::generate();
    let mut category = BTreeMap::new();
    for (number, row) in fixture["products"].as_array().unwrap().iter().enumerate() {
        let returned = reasons.into_iter().zip(row[1].as_array().unwrap().iter().map(|count| count.as_u64().unwrap()));
        let tally = ProductTally { sold: row[0].as_u64().unwrap(), returned: returned.collect() };
        category.insert(ProductKey { seller, product: number.to_string() }, tally);
    }
    let ours = DefectRules::default().find(&category);
    let theirs = fixture["expected"]["defects"].as_array().unwrap();
    assert_eq!((ours.len(), theirs.is_empty()), (theirs.len(), false));
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert_eq!(ours.product.product, theirs["product"].to_string());
        assert_eq!(serde_json::to_value(ours.reason).unwrap(), theirs["reason"]);
        assert!((ours.interval.low - theirs["low"].as_f64().unwrap()).abs() < 1e-9);
    }
}
