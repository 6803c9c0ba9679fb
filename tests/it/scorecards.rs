//! How sellers serve their buyers: counted as it happens, the same when all is counted anew, and shown to whom it concerns.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};
use trilogue::domain::ids::SellerId;
use trilogue::domain::parties::Role;
use trilogue::domain::refunds::ProviderWord;
use trilogue::domain::scorecards::SellerTally;
use trilogue::domain::tickets::HelpdeskKind;
use trilogue::workflow::scorecards::{self, Counted, Recount};

use crate::harness::{Db, ORDER, Story, TestApp, on_both_databases, order};

const CARD: &str =
    "on comparedOn worst measures { measure from to value volume bad low high marketplaceMedian alert limit minimumVolume status }
    readiness { percent missing evidence { capability shownBy byOperator } } coverage { basis hours lunchDays status } seller { externalId }";

/// The thread of a ticket's case in which the buyer reads along with the seller.
async fn with_buyer(story: &Story, ticket: u64) -> String {
    let case = story.case(ticket, "threads { id kind }").await;
    let threads = case["threads"].as_array().unwrap();
    let found = threads.iter().find(|thread| matches!(thread["kind"].as_str(), Some("SELLER_BUYER" | "TRIPARTITE")));
    found.unwrap_or_else(|| panic!("{case:#}"))["id"].as_str().unwrap().to_owned()
}

/// A seller's card as somebody sees it; null when they do not.
async fn card(app: &TestApp, token: &str, seller: &str, arguments: &str) -> Value {
    let query = format!("{{ seller(by: {{ externalId: \"{seller}\" }}) {{ scorecard{arguments} {{ {CARD} }} }} }}");
    app.ask(token, &query, json!({})).await["seller"]["scorecard"].clone()
}

/// A measure of a card: how many of how many.
fn measure<'a>(card: &'a Value, name: &str) -> &'a Value {
    card["measures"].as_array().unwrap().iter().find(|one| one["measure"] == name).unwrap_or_else(|| panic!("no {name}: {card:#}"))
}

fn bad(card: &Value, name: &str) -> (u64, u64) {
    let found = measure(card, name);
    (found["bad"].as_u64().unwrap(), found["volume"].as_u64().unwrap())
}

/// What is kept must be what is found when everything is counted anew.
pub(crate) async fn assert_counted(app: &TestApp) -> BTreeMap<(SellerId, NaiveDate), SellerTally> {
    let Recount { days: whole, products } = Box::pin(scorecards::recount(&app.cx, app.marketplace.id)).await.unwrap();
    for day in products.keys().map(|(day, _)| *day).collect::<BTreeSet<_>>() {
        let kept = app.cx.store.products_of_day(app.marketplace.id, day).await.unwrap();
        let kept: BTreeMap<_, _> =
            kept.into_iter().filter(|(_, (_, tally))| tally.sold > 0).map(|(key, (_, tally))| ((day, key), tally)).collect();
        let found: BTreeMap<_, _> =
            products.iter().filter(|((on, _), _)| *on == day).map(|(key, tally)| (key.clone(), tally.clone())).collect();
        assert_eq!(kept, found);
    }
    let sellers: Vec<_> = app.cx.store.sellers_after(app.marketplace.id, None, 1000).await.unwrap();
    let (from, to) = (NaiveDate::from_ymd_opt(2020, 1, 1).unwrap(), NaiveDate::from_ymd_opt(2030, 1, 1).unwrap());
    let kept = app.cx.store.seller_days(app.marketplace.id, &sellers, from, to).await.unwrap();
    let kept = kept.into_iter().flat_map(|(seller, days)| days.into_iter().map(move |(day, tally)| ((seller, day), tally)));
    let kept: BTreeMap<_, _> = kept.filter(|(_, tally)| *tally != SellerTally::default()).collect();
    assert_eq!(kept, whole);
    whole
}

/// Orders of a seller, of which the first so many came late.
pub(crate) async fn sell(app: &TestApp, vendor: &str, seller: &str, count: usize, late: usize) {
    let orders: Vec<_> = (0..count).map(|number| order(&format!("{seller}-{number}"), seller)).collect();
    app.act(vendor, "ordersUpsert", "orders { id }", json!({ "orders": orders })).await;
    let parcel = |number: usize| {
        let delivered = if number < late { "2026-11-21T10:00:00Z" } else { "2026-11-19T10:00:00Z" };
        json!({ "orderReference": format!("{seller}-{number}"), "externalId": "P", "promisedAt": "2026-11-20T10:00:00Z", "deliveredAt": delivered,
            "reportedAt": "2026-11-22T08:00:00Z", "lines": [{ "lineExternalId": "1", "quantity": 2 }] })
    };
    let parcels: Vec<_> = (0..count).map(parcel).collect();
    app.act(vendor, "shipmentsReport", "shipments { externalId }", json!({ "shipments": parcels })).await;
}

/// A marketplace with so many sellers: each sold thirty times, and as many parcels as its number says came late.
pub(crate) struct Street {
    pub(crate) app: TestApp,
    pub(crate) operator: String,
    pub(crate) vendor: String,
}

impl Street {
    pub(crate) async fn open(db: Db, sellers: usize) -> Self {
        let app = TestApp::start(db).await;
        let (operator, vendor) = (app.token(Role::Operator, None).await, app.token(Role::Vendor, None).await);
        let input: Vec<_> =
            (0..sellers).map(|number| json!({ "externalId": format!("s{number}"), "name": format!("Shop {number}") })).collect();
        app.act(&vendor, "sellersUpsert", "sellers { id }", json!({ "sellers": input })).await;
        for number in 0..sellers {
            sell(&app, &vendor, &format!("s{number}"), 30, number).await;
        }
        Self { app, operator, vendor }
    }

    /// The day is over, and all that follows is done.
    pub(crate) async fn night(&self) {
        self.app.advance(TimeDelta::days(1));
        self.app.work().await;
    }

    pub(crate) async fn seller(&self, name: &str) -> String {
        self.app.token(Role::Seller, Some(name)).await
    }

    pub(crate) async fn of(&self, token: &str, seller: &str, fields: &str) -> Value {
        let query = format!("{{ seller(by: {{ externalId: \"{seller}\" }}) {{ {fields} }} }}");
        self.app.ask(token, &query, json!({})).await["seller"].clone()
    }
}

/// What is commonly looked at and set in a day.
pub(crate) async fn used(story: &Story) {
    sell(&story.app, &story.vendor, "alma", 30, 6).await;
    let badge = json!([{ "key": "calm", "labels": [{ "locale": "en", "label": "Calm" }], "conditions": [{ "measure": "LATE_SHIPMENTS", "bound": 90.0 }] }]);
    story.app.act(&story.operator, "standingRulesSet", "rules { revision }", json!({ "badges": badge })).await;
    story.app.advance(TimeDelta::days(1));
    story.app.work().await;
    for arguments in ["", ", sellerId: $id"] {
        let seller = story.app.ask(&story.seller, "{ viewer { seller { id } } }", json!({})).await["viewer"]["seller"]["id"].clone();
        let (head, variables) = if arguments.is_empty() { ("query", json!({})) } else { ("query($id: ID)", json!({ "id": seller })) };
        let query = format!("{head} {{ sanctionProposals(first: 1{arguments}) {{ nodes {{ id }} }} }}");
        let found = story.app.ask(&story.operator, &query, variables).await["sanctionProposals"]["nodes"][0]["id"].clone();
        if arguments.is_empty() {
            let dismiss = json!({ "proposalId": found, "reasons": "Une grève." });
            story.app.act(&story.operator, "sanctionProposalDismiss", "proposal { state }", dismiss).await;
        }
    }
    let seller = story.app.ask(&story.seller, "{ viewer { seller { id } } }", json!({})).await["viewer"]["seller"]["id"].clone();
    let note = json!({ "sellerId": seller, "capability": "PHONE", "shownBy": "+33 1 23 45 67 89" });
    story.app.act(&story.seller, "sellerCapabilityNote", "seller { id }", note).await;
    let hours =
        json!({ "businessHours": { "timezone": "Europe/Paris", "week": [{ "day": "MONDAY", "opens": "09:00", "closes": "18:00" }] } });
    story.app.act(&story.seller, "sellerSetHours", "seller { id }", hours).await;
    let back = json!({ "sellerId": seller, "capability": "REFUNDS", "shownBy": null });
    story.app.act(&story.operator, "sellerCapabilityNote", "seller { id }", back).await;
    story.app.act(&story.operator, "standingRulesSet", "rules { revision }", json!({ "fixDays": 21 })).await;
    for token in [&story.operator, &story.seller, &story.vendor] {
        let query = format!(
            "query($id: ID!) {{ standingRules {{ revision measures {{ measure }} announced {{ revision }} }} sellerScorecards(first: 5) {{ nodes {{ {CARD} }} }}
            worst: sellerScorecards(first: 5, worst: ALERT) {{ nodes {{ on }} }}
            node(id: $id) {{ ... on Seller {{ scorecard {{ {CARD} }} badges {{ key }} visibilityFactor {{ factor inputs {{ worth }} }}
            badgeChanges(first: 1) {{ nodes {{ key conditions {{ met }} }} }} }} }} }}"
        );
        story.app.ask(token, &query, json!({ "id": seller })).await;
    }
}

on_both_databases! {
    async fn answers_deadlines_and_escalations_are_counted_as_they_happen(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        let first = story.ticket().await;
        story.app.advance(TimeDelta::hours(3));
        let thread = with_buyer(&story, first).await;
        story.post(&story.seller, &thread, "Il arrive demain.").await;
        story.app.advance(TimeDelta::minutes(5));
        story.post(&story.seller, &thread, "Vraiment.").await;
        story.desk.settle(&story.app).await;
        let seen = card(&story.app, &story.seller, "alma", "").await;
        let reply = measure(&seen, "REPLY_TIME");
        assert_eq!((&reply["volume"], &reply["status"]), (&json!(1), &json!("NOT_ENOUGH")), "the second word answers nothing: {reply}");
        assert!((reply["value"].as_f64().unwrap() - 3.0).abs() < 0.03, "{reply}");
        assert_eq!((bad(&seen, "DEADLINE_BREACHES"), bad(&seen, "ESCALATIONS")), ((0, 1), (0, 1)));

        // The seller is silent, the case goes to the operator, and the seller answers after all.
        let second = story.desk.sim.open_ticket(&story.buyer, trilogue::demo::peer::Opening::new(&format!("Encore {ORDER}"), "Alors ?"));
        story.desk.settle(&story.app).await;
        story.app.advance(TimeDelta::hours(49));
        story.desk.settle(&story.app).await;
        let seen = card(&story.app, &story.operator, "alma", "").await;
        assert_eq!((bad(&seen, "DEADLINE_BREACHES"), bad(&seen, "ESCALATIONS")), ((1, 2), (1, 2)));
        story.app.advance(TimeDelta::hours(1));
        story.post(&story.seller, &with_buyer(&story, second).await, "Pardon.").await;
        story.app.work().await;
        let seen = card(&story.app, &story.operator, "alma", "").await;
        assert_eq!(measure(&seen, "REPLY_TIME")["volume"], 2, "who answers late has answered late");
        // A private word to the operator answers no buyer.
        let private = json!({ "caseIds": [story.case(second, "id").await["id"]], "kind": "OPERATOR_SELLER" });
        let private = story.app.act(&story.operator, "threadOpen", "thread { id }", private).await["thread"]["id"].as_str().unwrap().to_owned();
        story.post(&story.seller, &private, "Entre nous.").await;
        story.app.work().await;
        assert_eq!(measure(&card(&story.app, &story.operator, "alma", "").await, "REPLY_TIME")["volume"], 2);
        assert_counted(&story.app).await;
    }

    async fn what_is_kept_is_what_is_found_when_all_is_counted_anew(db: Db) {
        let story = Story::begin(db, HelpdeskKind::Zendesk).await;
        story.ticket().await;
        Box::pin(crate::refunds::a_life(&story)).await;
        crate::plans::parcels(&story).await;
        story.app.act(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [order("MK-7", "alma")] })).await;
        crate::disputes::errands(&story).await;
        Box::pin(crate::returns::used(&story)).await;
        story.app.advance(TimeDelta::days(3));
        story.desk.settle(&story.app).await;
        assert!(!assert_counted(&story.app).await.is_empty());
        // An order that is told again, of another day.
        let mut again = order(ORDER, "alma");
        again["placedAt"] = json!("2026-11-03T10:00:00Z");
        story.app.act(&story.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [again] })).await;
        story.app.work().await;
        let days = assert_counted(&story.app).await;
        let moved = NaiveDate::from_ymd_opt(2026, 11, 3).unwrap();
        assert_eq!(days.iter().filter(|((_, day), _)| *day == moved).map(|(_, tally)| tally.returns.of).sum::<u64>(), 1, "{days:#?}");
    }

    async fn a_refund_at_the_sellers_cost_counts_while_it_is_paid(db: Db) {
        let shop = crate::refunds::Shop::open(db).await;
        let refunds = async || {
            shop.app.work().await;
            bad(&card(&shop.app, &shop.operator, "alma", "").await, "REFUNDS")
        };
        assert_eq!(refunds().await, (0, 1));
        let refund = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({ "units": 1 })).await;
        shop.decide(&shop.seller, "refundGrant", &refund, json!({ "form": "PARTIAL" })).await;
        shop.decide(&shop.operator, "refundSubmit", &refund, json!({})).await;
        assert_eq!(refunds().await, (0, 1), "nothing has moved");
        shop.hear(&refund, 1, crate::refunds::succeeded(2196)).await;
        assert_eq!(refunds().await, (1, 1));
        shop.hear(&refund, 1, ProviderWord::Reversed).await;
        assert_eq!(refunds().await, (0, 1), "it came back");
        let costs = json!({ "goods": { "operator": 10000 }, "delivery": { "carrier": 10000 } });
        let other = shop.ask_for(&shop.vendor, "COMMERCIAL", json!({ "units": 1 })).await;
        shop.decide(&shop.operator, "refundGrant", &other, json!({ "form": "PARTIAL", "costs": costs })).await;
        shop.decide(&shop.operator, "refundSubmit", &other, json!({})).await;
        shop.hear(&other, 1, crate::refunds::succeeded(2196)).await;
        assert_eq!(refunds().await, (0, 1), "the operator bears it");
        assert_counted(&shop.app).await;
    }

    async fn what_comes_back_counts_for_the_day_of_the_order(db: Db) {
        let shop = crate::returns::Shop::open(db).await;
        let id = shop.request(1, "a").await;
        shop.step(&shop.seller, "returnApprove", &id, json!({})).await;
        shop.app.work().await;
        assert_eq!(bad(&card(&shop.app, &shop.seller, "alma", "").await, "RETURNS"), (0, 1), "nothing is back");
        let papers = json!({ "papers": { "rma": { "number": "R", "address": "ici" } } });
        shop.step(&shop.seller, "returnProvideLabel", &id, papers).await;
        shop.step(&shop.vendor, "returnRecordShipped", &id, json!({ "carrier": "La Poste", "trackingNumber": "6A" })).await;
        shop.step(&shop.seller, "returnRecordReceived", &id, json!({ "quantity": 1 })).await;
        shop.app.work().await;
        assert_eq!(bad(&card(&shop.app, &shop.seller, "alma", "").await, "RETURNS"), (1, 1));
        assert_counted(&shop.app).await;
    }

    async fn the_middle_of_the_marketplace_tells_no_single_sellers_numbers(db: Db) {
        let street = Street::open(db, 5).await;
        let alone = card(&street.app, &street.operator, "s3", "").await;
        assert_eq!((&alone["comparedOn"], &measure(&alone, "LATE_SHIPMENTS")["marketplaceMedian"]), (&Value::Null, &Value::Null), "no day is over yet");
        street.app.work().await;
        assert_eq!(bad(&card(&street.app, &street.operator, "s3", "").await, "LATE_SHIPMENTS"), (3, 30));
        street.night().await;
        let (own, token) = ("s3", street.seller("s3").await);
        let seen = card(&street.app, &token, own, "").await;
        assert_eq!(seen, card(&street.app, &street.operator, own, "").await);
        let late = measure(&seen, "LATE_SHIPMENTS");
        assert_eq!((&late["marketplaceMedian"], &late["value"], &late["status"]), (&json!(100.0 * 2.0 / 30.0), &json!(10.0), &json!("ALERT")), "{late}");
        assert!(late["low"].as_f64().unwrap() < 10.0 && late["high"].as_f64().unwrap() > 10.0);
        assert_eq!(measure(&seen, "REPLY_TIME")["marketplaceMedian"], Value::Null, "nobody answered anything");
        for other in [&street.seller("s4").await, &street.vendor] {
            assert_eq!(card(&street.app, other, own, "").await, Value::Null);
            let all = street.app.ask(other, "{ sellerScorecards(first: 9) { nodes { on } } }", json!({})).await;
            assert_eq!(all["sellerScorecards"]["nodes"], json!([]));
        }
        let page = "query($after: String, $worst: SellerMeasureStatus) { sellerScorecards(first: 2, after: $after, worst: $worst) {
            nodes { seller { externalId } worst } pageInfo { hasNextPage endCursor } } }";
        let mut names = Vec::new();
        let mut after = Value::Null;
        loop {
            let seen = street.app.ask(&street.operator, page, json!({ "after": after })).await["sellerScorecards"].clone();
            names.extend(seen["nodes"].as_array().unwrap().iter().map(|one| one["seller"]["externalId"].as_str().unwrap().to_owned()));
            after = seen["pageInfo"]["endCursor"].clone();
            if seen["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        names.sort();
        assert_eq!(names, ["s0", "s1", "s2", "s3", "s4"]);
        let worst = street.app.ask(&street.operator, page, json!({ "worst": "LIMIT" })).await;
        assert_eq!(worst["sellerScorecards"]["nodes"], json!([{ "seller": { "externalId": "s4" }, "worst": "LIMIT" }]), "13 per cent");
    }

    async fn with_four_sellers_there_is_no_middle(db: Db) {
        let street = Street::open(db, 4).await;
        street.night().await;
        let seen = card(&street.app, &street.operator, "s3", "").await;
        assert_eq!((bad(&seen, "LATE_SHIPMENTS"), &measure(&seen, "LATE_SHIPMENTS")["marketplaceMedian"]), ((3, 30), &Value::Null));
    }

    async fn a_card_can_be_read_of_another_time(db: Db) {
        let street = Street::open(db, 1).await;
        street.app.work().await;
        let at = async |arguments: &str| bad(&card(&street.app, &street.operator, "s0", arguments).await, "RETURNS");
        assert_eq!(at("").await, (0, 30));
        assert_eq!(at("(on: \"2026-11-01\")").await, (0, 30));
        assert_eq!(at("(on: \"2026-10-31\")").await, (0, 0));
        assert_eq!(at("(days: 21)").await, (0, 0), "from the second to the twenty-second");
        assert_eq!(at("(days: 22)").await, (0, 30));
        for odd in ["(days: 0)", "(days: 367)", "(on: \"2026-11-23\")", "(on: \"1999-01-01\")"] {
            let query = format!("{{ seller(by: {{ externalId: \"s0\" }}) {{ scorecard{odd} {{ on }} }} }}");
            assert_eq!(street.app.answer(&street.operator, &query, json!({})).await["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{odd}");
        }
    }

    async fn of_two_who_count_the_same_one_does(db: Db) {
        let street = Street::open(db, 1).await;
        let counting = street.app.cx.store.counting(street.app.marketplace.id).await.unwrap().unwrap();
        let first = Box::pin(scorecards::count(&street.app.cx, counting)).await.unwrap();
        let second = Box::pin(scorecards::count(&street.app.cx, counting)).await.unwrap();
        // The second finds the marks gone, or the turn taken.
        assert_eq!(first, Counted::Further);
        assert!(matches!(second, Counted::Elsewhere | Counted::Nothing), "{second:?}");
        let (left, right) = (street.app.cx.clone(), street.app.cx.clone());
        sell(&street.app, &street.vendor, "s0", 40, 7).await;
        let counting = street.app.cx.store.counting(street.app.marketplace.id).await.unwrap().unwrap();
        let both = futures_util::future::join(Box::pin(scorecards::count(&left, counting)), Box::pin(scorecards::count(&right, counting))).await;
        assert_eq!([both.0.unwrap(), both.1.unwrap()].iter().filter(|one| **one == Counted::Further).count(), 1);
        street.app.work().await;
        assert_counted(&street.app).await;
        assert_eq!(bad(&card(&street.app, &street.operator, "s0", "").await, "LATE_SHIPMENTS"), (7, 40));
    }

    async fn what_a_seller_can_do_is_ticked_and_when_it_is_there_is_reckoned(db: Db) {
        let street = Street::open(db, 2).await;
        let id = street.of(&street.operator, "s0", "id").await["id"].clone();
        let own = street.seller("s0").await;
        let note = |capability: &str, shown: Value| json!({ "sellerId": id, "capability": capability, "shownBy": shown });
        street.app.act(&own, "sellerCapabilityNote", "seller { id }", note("REFUNDS", json!("1001, par nous-mêmes"))).await;
        street.app.act(&street.operator, "sellerCapabilityNote", "seller { id }", note("BUSINESS_HOURS", json!("Appelé à 13 h"))).await;
        let seen = card(&street.app, &own, "s0", "").await;
        assert_eq!(seen["readiness"], json!({ "percent": 50.0, "missing": ["ORDER_TRACKING", "BUYER_NOTICES"], "evidence": [
            { "capability": "REFUNDS", "shownBy": "1001, par nous-mêmes", "byOperator": false },
            { "capability": "BUSINESS_HOURS", "shownBy": "Appelé à 13 h", "byOperator": true }] }));
        street.app.act(&own, "sellerCapabilityNote", "seller { id }", note("REFUNDS", Value::Null)).await;
        assert_eq!(card(&street.app, &own, "s0", "").await["readiness"]["percent"], 25.0);
        let code = async |token: &str, input: Value| street.app.refuse(token, "sellerCapabilityNote", "seller { id }", input).await["code"].clone();
        assert_eq!(code(&street.seller("s1").await, note("PHONE", json!("x"))).await, "NOT_FOUND");
        assert_eq!(code(&street.vendor, note("PHONE", json!("x"))).await, "NOT_ALLOWED");
        assert_eq!(code(&own, note("PHONE", json!(" "))).await, "LENGTH");
        for shown in [json!("Toujours"), Value::Null] {
            assert_eq!(code(&own, note("BUSINESS_HOURS", shown)).await, "NOT_IN_THIS_STATE", "what the marketplace has seen for itself");
        }

        let coverage = |basis: &str, hours: f64, days: u8, status: &str| json!({ "basis": basis, "hours": hours, "lunchDays": days, "status": status });
        assert_eq!(seen["coverage"], coverage("MARKETPLACE_HOURS", 168.0, 7, "ENOUGH"), "always open");
        let hours = |day: &str| [("09:00", "12:00"), ("13:30", "18:00")].map(|(opens, closes)| json!({ "day": day, "opens": opens, "closes": closes }));
        let week: Vec<_> = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"].into_iter().flat_map(hours).collect();
        let charter = json!({ "charter": { "businessHours": { "timezone": "Europe/Paris", "week": week } } });
        let published = street.app.try_act(&street.operator, "charterPublish", "charter { version effectiveAt }", charter).await;
        assert_eq!(published["userErrors"], json!([]), "{published:#}");
        street.app.advance(TimeDelta::days(16));
        let seen = card(&street.app, &own, "s0", "").await;
        assert_eq!(seen["coverage"], coverage("MARKETPLACE_HOURS", 37.5, 0, "CLOSED_AT_LUNCH"));

        // The seller tells its own.
        let mornings: Vec<_> = ["MONDAY", "TUESDAY"].map(|day| json!({ "day": day, "opens": "08:00", "closes": "14:00" })).into();
        let set = |week: &Value| json!({ "businessHours": { "timezone": "Europe/Paris", "week": week } });
        let told = street.app.act(&own, "sellerSetHours", "seller { businessHours { timezone } }", set(&json!(mornings))).await;
        assert_eq!(told["seller"]["businessHours"]["timezone"], "Europe/Paris");
        assert_eq!(card(&street.app, &own, "s0", "").await["coverage"], coverage("OWN_HOURS", 12.0, 2, "LOW"));
        let other = street.seller("s1").await;
        assert_eq!(card(&street.app, &other, "s1", "").await["coverage"]["basis"], "MARKETPLACE_HOURS");
        let backwards = set(&json!([{ "day": "MONDAY", "opens": "18:00", "closes": "09:00" }]));
        let fault = street.app.refuse(&own, "sellerSetHours", "seller { id }", backwards).await;
        assert_eq!((&fault["field"], &fault["code"]), (&json!(["businessHours"]), &json!("INVALID")));
        assert_eq!(street.app.refuse(&street.vendor, "sellerSetHours", "seller { id }", set(&json!(mornings))).await["code"], "NOT_ALLOWED");
        street.app.act(&own, "sellerSetHours", "seller { id }", json!({ "businessHours": null })).await;
        assert_eq!(card(&street.app, &own, "s0", "").await["coverage"]["basis"], "MARKETPLACE_HOURS");
    }
}
