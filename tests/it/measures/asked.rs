//! Figures by hand, who may ask for them, and what is done about them.

use chrono::TimeDelta;
use serde_json::{Value, json};
use trilogue::jobs;
use trilogue::workflow::measures;

use super::Shop;
use crate::attachments::here;
use crate::harness::{on_both_databases, order};

const NOVEMBER: &str = "from: \"2026-11-01\", to: \"2026-11-30\"";

fn euros(amount: &str) -> Value {
    json!({ "amount": amount, "currencyCode": "EUR" })
}

/// Four orders, and three cases of them: one answered once and then quiet, one that came back, one opened again.
async fn a_month(shop: &Shop) {
    for (number, buyer) in [(1, "marie"), (2, "marie"), (3, "paul"), (4, "zoe")] {
        shop.order(&format!("MK-{number}"), "alma", buyer, "2026-11-05").await;
    }
    let about = |order: &str, reason: &str, channel: &str| json!({ "orderReference": order, "reason": reason, "channel": channel });
    let quiet = shop.case("1", "marie", about("MK-1", "where_is_my_order", "EMAIL")).await;
    let back = shop.case("2", "paul", about("MK-3", "where_is_my_order", "EMAIL")).await;
    let again = shop.case("3", "zoe", about("MK-4", "platform", "CHAT")).await;
    shop.wait(TimeDelta::hours(2));
    for case in [&quiet, &back] {
        shop.write(&shop.seller, case, &format!("Demain. {case}")).await;
    }
    shop.wait(TimeDelta::hours(4));
    for case in [&quiet, &back, &again] {
        shop.resolve(case).await;
    }
    shop.wait(TimeDelta::hours(1));
    shop.app.act(&shop.operator, "caseReopen", "case { id }", json!({ "caseId": again })).await;
    shop.case("4", "paul", about("MK-3", "where_is_my_order", "EMAIL")).await;
}

on_both_databases! {
    async fn figures_follow_what_happens(db: Db) {
        let shop = Shop::open(db).await;
        a_month(&shop).await;
        assert_eq!(shop.figure(NOVEMBER, "FIRST_REPLY_MEAN").await, (json!(2.0), json!(2)));
        assert_eq!(shop.figure(NOVEMBER, "CONTACT_RATE").await, (json!(100.0), json!(4)));
        assert_eq!(shop.figure(NOVEMBER, "COMPLAINT_RATE").await, (json!(250.0), json!(4)), "the marketplace itself is complained of once");
        assert_eq!(shop.figure(NOVEMBER, "AVOIDABLE_RATE").await, (json!(75.0), json!(4)));
        let third = json!(100.0 / 3.0);
        for kind in ["REOPEN_RATE", "FIRST_CONTACT_RESOLUTION"] {
            assert_eq!(shop.figure(NOVEMBER, kind).await, (Value::Null, json!(0)), "{kind}: of none is it known yet whether it stays resolved");
        }
        shop.agrees().await;

        shop.wait(TimeDelta::days(8));
        assert_eq!(shop.figure(NOVEMBER, "FIRST_CONTACT_RESOLUTION").await, (third.clone(), json!(3)), "by now it is: time alone said so");
        assert_eq!(shop.figure(NOVEMBER, "REOPEN_RATE").await, (third, json!(3)));
        shop.agrees().await;

        let of = |more: &str| format!("{NOVEMBER}, {more}");
        assert_eq!(shop.figure(&of("channel: EMAIL"), "CONTACT_RATE").await, (json!(75.0), json!(4)), "orders have no channel");
        assert_eq!(shop.figure(&of("reason: \"platform\""), "COMPLAINT_RATE").await, (json!(250.0), json!(4)));
        assert_eq!(shop.figure(&of(&format!("sellerId: \"{}\"", shop.alma)), "CONTACT_RATE").await, (json!(100.0), json!(4)));
        assert_eq!(shop.figure("from: \"2026-11-01\", to: \"2026-11-21\"", "CONTACT_RATE").await, (json!(0.0), json!(4)), "single days add up too");
        assert_eq!(shop.figure("from: \"2026-10-01\", to: \"2026-10-31\"", "CONTACT_RATE").await, (Value::Null, json!(0)));

        let query = format!("{{ measures({NOVEMBER}) {{ timeZone contactRates {{ channel reason cases avoidableCases perHundredOrders }}
            series(kpi: {{ kind: CONTACT_RATE }}, grain: DAY) {{ from kpi {{ value }} }} }} }}");
        let found = shop.app.ask(&shop.operator, &query, json!({})).await["measures"].clone();
        let first = json!({ "channel": "EMAIL", "reason": "where_is_my_order", "cases": 3, "avoidableCases": 3, "perHundredOrders": 75.0 });
        assert_eq!((&found["contactRates"][0], found["contactRates"].as_array().unwrap().len()), (&first, 2));
        let days = found["series"].as_array().unwrap();
        assert_eq!((days.len(), &days[4]["kpi"]["value"], &days[21]["kpi"]["value"]), (30, &json!(0.0), &Value::Null));
    }

    async fn who_comes_back_is_told_of_whole_months(db: Db) {
        let shop = Shop::open(db).await;
        // In November: Marie comes back after a case, Paul does not, Zoe comes back without one, Ida is new.
        for (number, (buyer, day)) in [("marie", "2026-09-03"), ("paul", "2026-10-02"), ("zoe", "2026-10-09"), ("zoe", "2026-10-10"), ("marie", "2026-11-02"),
            ("zoe", "2026-11-11"), ("zoe", "2026-12-01"), ("ida", "2026-11-20")].into_iter().enumerate() {
            shop.order(&format!("MK-{number}"), "alma", buyer, day).await;
        }
        shop.case("1", "paul", json!({ "orderReference": "MK-1" })).await;
        let two_thirds = json!(200.0 / 3.0);
        assert_eq!(shop.figure(NOVEMBER, "RETENTION").await, (two_thirds, json!(3)));
        assert_eq!(shop.figure(NOVEMBER, "RETENTION_HAD_CASE").await, (Value::Null, json!(0)), "the case was opened in November");
        let december = "from: \"2026-12-01\", to: \"2026-12-31\"";
        assert_eq!(shop.figure(december, "RETENTION_HAD_CASE").await, (json!(0.0), json!(1)));
        assert_eq!(shop.figure(december, "RETENTION_HAD_NONE").await, (json!(100.0 / 3.0), json!(3)));
        assert_eq!(shop.figure("from: \"2026-10-01\", to: \"2026-12-31\"", "RETENTION").await, (json!(100.0), json!(1)), "Marie alone was known in September");
        assert_eq!(shop.figure("from: \"2026-11-02\", to: \"2026-11-30\"", "RETENTION").await, (Value::Null, json!(0)));
        // What was told wrongly is told again.
        shop.order("MK-4", "alma", "paul", "2026-11-02").await;
        assert_eq!(shop.figure(NOVEMBER, "RETENTION").await, (json!(200.0 / 3.0), json!(3)));
        shop.order("MK-0", "alma", "marie", "2026-12-03").await;
        assert_eq!(shop.figure(NOVEMBER, "RETENTION").await, (json!(100.0), json!(2)), "Marie is new in December");
        shop.agrees().await;
    }

    async fn visits_and_disputes_count_once(db: Db) {
        let shop = Shop::open(db).await;
        for (key, outcome) in [("a", "DEFLECTED"), ("a", "WENT_ON"), ("b", "WENT_ON"), ("c", "DEFLECTED"), ("d", "DEFLECTED")] {
            shop.app.act(&shop.vendor, "helpVisitReport", "", json!({ "idempotencyKey": key, "outcome": outcome })).await;
        }
        assert_eq!(shop.figure(NOVEMBER, "DEFLECTION").await, (json!(75.0), json!(4)));
        for number in 1..=3 {
            shop.order(&format!("MK-{number}"), if number < 3 { "alma" } else { "brio" }, &format!("buyer-{number}"), "2026-11-05").await;
            let order = shop.app.ask(&shop.operator, &format!("{{ order(by: {{ reference: \"MK-{number}\" }}) {{ id }} }}"), json!({})).await;
            let open = json!({ "orderId": order["order"]["id"], "lineId": "1", "reason": "DEFECTIVE", "text": "Cassée.", "wanted": "REFUND" });
            let dispute = shop.app.act(&shop.vendor, "disputeOpen", "dispute { id }", open).await["dispute"]["id"].clone();
            // Counted one after the other: what came before is known by its part alone.
            shop.app.work().await;
            if number == 1 {
                shop.app.act(&shop.vendor, "disputeWithdraw", "dispute { id }", json!({ "disputeId": dispute, "revision": 1 })).await;
            }
        }
        let (recurring, disputes) = shop.figure(NOVEMBER, "DISPUTE_RECURRENCE").await;
        assert_eq!((recurring, disputes), (json!(100.0 / 3.0), json!(3)), "the same seller and reason once more");
        assert_eq!(shop.figure(NOVEMBER, "DISPUTE_RESOLUTION").await.1, json!(0), "one taken back says nothing");
        shop.agrees().await;
    }

    async fn what_is_wanted_is_held_against_what_is(db: Db) {
        let shop = Shop::open(db).await;
        a_month(&shop).await;
        let settings = json!({
            "targets": [{ "kpi": { "kind": "REOPEN_RATE" }, "value": 50 }, { "kpi": { "kind": "REOPEN_RATE" }, "channel": "CHAT", "value": 10 }],
            "minimumSample": 1, "hour": euros("36.00"), "channels": [{ "channel": "EMAIL", "perCase": euros("0.50"), "replySeconds": 100, "targetPerCase": euros("0.50") }, { "channel": "CHAT", "perCase": euros("1.00"), "targetPerCase": euros("0.99") }],
            "revision": 0,
        });
        let set = shop.app.act(&shop.operator, "measureSettingsSet", "settings { revision costs { hour { amount } channels { channel replySeconds } } }", settings.clone()).await;
        assert_eq!(set["settings"]["revision"], 1);
        let fault = shop.app.refuse(&shop.operator, "measureSettingsSet", "settings { revision }", settings.clone()).await;
        assert_eq!(fault["code"], "WRONG_REVISION");
        let mut wrong = settings.clone();
        wrong["targets"][1] = wrong["targets"][0].clone();
        let fault = shop.app.refuse(&shop.operator, "measureSettingsSet", "settings { revision }", wrong).await;
        assert_eq!(fault["field"], json!(["targets", "1", "value"]));
        let mut wrong = settings;
        (wrong["comeBackDays"], wrong["revision"]) = (json!(0), json!(1));
        assert_eq!(shop.app.refuse(&shop.operator, "measureSettingsSet", "settings { revision }", wrong).await["field"], json!(["comeBackDays"]));

        shop.wait(TimeDelta::days(8));
        let status = async |more: &str| {
            let found = shop.figures(&format!("{NOVEMBER}{more}")).await;
            let one = found.as_array().unwrap().iter().find(|one| one["kind"] == "REOPEN_RATE").unwrap().clone();
            (one["target"].clone(), one["status"].clone())
        };
        assert_eq!(status("").await, (json!(50.0), json!("MET")));
        assert_eq!(status(", channel: CHAT").await, (json!(10.0), json!("MISSED")));
        let costs = shop.app.ask(&shop.operator, &format!("{{ measures({NOVEMBER}) {{ serviceCosts {{ channel phase cases cost {{ amount }} perCase {{ amount }} targetPerCase {{ amount }} status }} }} }}"), json!({})).await;
        let judged = |place: usize| {
            let line = &costs["measures"]["serviceCosts"][place];
            (line["perCase"]["amount"].clone(), line["targetPerCase"]["amount"].clone(), line["status"].clone())
        };
        assert_eq!(judged(0), (json!("0.50"), json!("0.50"), json!("MET")));
        assert_eq!(judged(1), (json!("1.00"), json!("0.99"), json!("MISSED")));
        let costs: Vec<_> = costs["measures"]["serviceCosts"].as_array().unwrap().iter().map(|line| (line["channel"].clone(), line["cases"].clone(), line["cost"]["amount"].clone())).collect();
        let line = |channel: &str, cases: u32, amount: &str| (json!(channel), json!(cases), json!(amount));
        assert_eq!(costs, [line("EMAIL", 3, "1.50"), line("CHAT", 1, "1.00")], "sellers' replies cost sellers");
    }

    async fn another_window_has_everything_counted_anew(db: Db) {
        let shop = Shop::open(db).await;
        a_month(&shop).await;
        shop.wait(TimeDelta::days(2));
        assert_eq!(shop.figure(NOVEMBER, "FIRST_CONTACT_RESOLUTION").await.1, json!(0));
        let settings = json!({ "targets": [], "hour": euros("0.00"), "comeBackDays": 1, "revision": 0 });
        shop.app.act(&shop.operator, "measureSettingsSet", "settings { revision }", settings).await;
        let query = format!("{{ measures({NOVEMBER}) {{ recounting kpis(which: [{{ kind: FIRST_CONTACT_RESOLUTION }}]) {{ sample }} contactRates {{ cases }} }} }}");
        let during = shop.app.ask(&shop.operator, &query, json!({})).await["measures"].clone();
        assert_eq!((&during["recounting"], &during["kpis"][0]["sample"]), (&json!(true), &json!(0)));
        assert!(!during["contactRates"].as_array().unwrap().is_empty(), "what was counted stays until it is counted anew: {during}");
        let propose = json!({ "about": { "process": "Accueil" }, "plan": "Dire les délais.", "kpi": { "kind": "CSAT" }, "from": "2026-11-01", "to": "2026-11-20" });
        let refused = shop.app.refuse(&shop.operator, "improvementPropose", "improvement { id }", propose).await;
        assert_eq!(refused["code"], "NOT_IN_THIS_STATE", "no figure is kept that mixes both ways");
        assert_eq!(shop.figure(NOVEMBER, "FIRST_CONTACT_RESOLUTION").await.1, json!(3));
        assert_eq!(shop.app.ask(&shop.operator, &query, json!({})).await["measures"]["recounting"], false);
        shop.agrees().await;
    }

    async fn figures_are_the_operators(db: Db) {
        let shop = Shop::open(db).await;
        a_month(&shop).await;
        let query = format!("{{ measures({NOVEMBER}) {{ kpis {{ value }} }} measureSettings {{ revision }} improvements {{ nodes {{ id }} }} }}");
        for token in [&shop.seller, &shop.vendor] {
            let seen = shop.app.ask(token, &query, json!({})).await;
            assert_eq!(seen, json!({ "measures": null, "measureSettings": null, "improvements": { "nodes": [] } }));
        }
        let fault = shop.app.refuse(&shop.seller, "helpVisitReport", "", json!({ "idempotencyKey": "x", "outcome": "WENT_ON" })).await;
        assert_eq!(fault["code"], "NOT_ALLOWED");
        let settings = json!({ "targets": [], "hour": euros("0.00"), "revision": 0 });
        assert_eq!(shop.app.refuse(&shop.vendor, "measureSettingsSet", "settings { revision }", settings).await["code"], "NOT_ALLOWED");
        for wrong in ["from: \"2026-11-02\", to: \"2026-11-01\"", "from: \"2006-11-02\", to: \"2026-11-01\""] {
            let answer = shop.app.answer(&shop.operator, &format!("{{ measures({wrong}) {{ timeZone }} }}"), json!({})).await;
            assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
        }
    }

    async fn a_file_holds_the_figures_of_the_live_query(db: Db) {
        let shop = Shop::open(db).await;
        a_month(&shop).await;
        let live = shop.figures(&format!("{NOVEMBER}, channel: EMAIL")).await;
        let query = format!("{{ measures({NOVEMBER}, channel: EMAIL) {{ a: file(file: FIGURES) {{ url }} b: file(file: CONTACT_RATES) {{ url }} c: file(file: SERVICE_COSTS) {{ url }} }} }}");
        let links = shop.app.ask(&shop.operator, &query, json!({})).await["measures"].clone();
        let url = here(&shop.app, links["a"]["url"].as_str().unwrap());
        let file = shop.app.http.get(&url).send().await.unwrap().text().await.unwrap();
        let rows: Vec<_> = file.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>()).collect();
        let live = live.as_array().unwrap();
        assert_eq!(rows.len(), live.len());
        for (line, figure) in rows.iter().zip(live) {
            let value: Option<f64> = line[8].parse().ok();
            assert_eq!(line[..6], ["2026-11-01", "2026-11-30", "", "EMAIL", "", ""]);
            assert_eq!((json!(value), json!(line[10].parse::<u64>().unwrap()), json!(line[12])), (figure["value"].clone(), figure["sample"].clone(), figure["status"].clone()), "{line:?}");
        }
        for link in ["b", "c"] {
            let url = here(&shop.app, links[link]["url"].as_str().unwrap());
            assert!(shop.app.http.get(url).send().await.unwrap().text().await.unwrap().contains("EMAIL"));
        }
        let other = url.replace("/EMAIL/", "/CHAT/");
        assert_eq!(shop.app.http.get(other).send().await.unwrap().status(), 404, "a signature for one file opens no other");
        shop.wait(TimeDelta::minutes(16));
        assert_eq!(shop.app.http.get(url).send().await.unwrap().status(), 410, "and not for ever");
    }

    async fn an_improvement_is_held_against_the_same_figure(db: Db) {
        let shop = Shop::open(db).await;
        a_month(&shop).await;
        shop.wait(TimeDelta::days(8));
        shop.app.work().await;
        let fields = "improvement { id revision state owner isOverdue before { value sample } after { value from to } change }";
        let proposal = json!({ "about": { "sellerId": shop.alma }, "plan": "Répondre plus vite", "kpi": { "kind": "REOPEN_RATE" }, "from": "2026-11-01", "to": "2026-11-30" });
        let proposed = shop.app.act(&shop.operator, "improvementPropose", fields, proposal.clone()).await["improvement"].clone();
        assert_eq!((&proposed["state"], &proposed["before"]), (&json!("PROPOSED"), &json!({ "value": 100.0 / 3.0, "sample": 3 })));
        let id = &proposed["id"];
        let step = async |mutation: &str, revision: u32, more: Value| {
            let mut input = json!({ "improvementId": id, "revision": revision });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            shop.app.try_act(&shop.operator, mutation, fields, input).await
        };
        let yesterday = step("improvementTakeOn", 1, json!({ "dueOn": "2026-11-29" })).await;
        assert_eq!(yesterday["userErrors"][0]["code"], "NOT_IN_THIS_STATE");
        let taken = step("improvementTakeOn", 1, json!({ "dueOn": "2026-12-09" })).await["improvement"].clone();
        assert_eq!((&taken["owner"], &taken["isOverdue"]), (&json!("Operator of the test"), &json!(false)));
        shop.wait(TimeDelta::days(9));
        assert_eq!(step("improvementFinish", 2, json!({})).await["improvement"]["state"], "DONE");
        for (from, to) in [("2026-11-20", "2026-12-05"), ("2026-12-01", "2026-12-31"), ("2026-12-01", "2026-12-05")] {
            let early = step("improvementMeasure", 3, json!({ "from": from, "to": to })).await;
            assert_eq!(early["userErrors"][0]["code"], "NOT_IN_THIS_STATE", "{from} to {to}: before, or not over, or with nothing to measure");
        }
        shop.order("MK-5", "alma", "lia", "2026-12-01").await;
        let better = shop.case("9", "lia", json!({ "orderReference": "MK-5", "reason": "where_is_my_order", "channel": "EMAIL" })).await;
        shop.write(&shop.seller, &better, "Voilà.").await;
        shop.resolve(&better).await;
        shop.wait(TimeDelta::days(8));
        shop.app.work().await;
        let measured = step("improvementMeasure", 3, json!({ "from": "2026-12-01", "to": "2026-12-15" })).await["improvement"].clone();
        assert_eq!((&measured["state"], &measured["change"]), (&json!("MEASURED"), &json!(-100.0 / 3.0)));
        assert_eq!(measured["after"], json!({ "value": 0.0, "from": "2026-12-01", "to": "2026-12-15" }));
        let refused = shop.app.refuse(&shop.seller, "improvementPropose", fields, proposal.clone()).await;
        assert_eq!(refused["code"], "NOT_ALLOWED");
        let dropped = shop.app.act(&shop.operator, "improvementPropose", fields, proposal).await["improvement"]["id"].clone();
        let input = json!({ "improvementId": dropped, "revision": 1, "reason": "Trop cher" });
        let done = shop.app.act(&shop.operator, "improvementDrop", "improvement { state droppedBecause }", input).await;
        assert_eq!(done["improvement"], json!({ "state": "DROPPED", "droppedBecause": "Trop cher" }));
        let listed = shop.app.ask(&shop.operator, "{ improvements(state: MEASURED) { nodes { id } } all: improvements { nodes { id } } }", json!({})).await;
        assert_eq!((listed["improvements"]["nodes"].as_array().unwrap().len(), listed["all"]["nodes"].as_array().unwrap().len()), (1, 2));
    }

    async fn of_several_who_count_one_writes(db: Db) {
        let shop = Shop::open(db).await;
        a_month(&shop).await;
        let (cx, marketplace) = (&shop.app.cx, shop.app.marketplace.id);
        measures::begin(cx).await.unwrap();
        for _ in 0..4 {
            let counting = futures_util::future::join_all((0..4).map(|_| measures::count(cx, marketplace))).await;
            assert!(counting.iter().all(Result::is_ok), "{counting:?}");
        }
        jobs::run_due(cx).await;
        shop.agrees().await;
        // More than is gone through at once.
        for part in 0..3 {
            let orders: Vec<_> = (0..90).map(|number| order(&format!("MANY-{part}-{number}"), "alma")).collect();
            shop.app.act(&shop.vendor, "ordersUpsert", "orders { id }", json!({ "orders": orders })).await;
        }
        jobs::run_due(cx).await;
        measures::recompute(cx, marketplace).await.unwrap();
        assert!(!measures::check(cx, marketplace).await.unwrap().is_empty(), "nothing is counted yet, which is seen");
        shop.agrees().await;
    }
}
