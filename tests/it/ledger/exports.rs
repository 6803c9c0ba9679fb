//! A seller's quarter as a file.

use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};
use trilogue::domain::ids::SellerId;
use trilogue::domain::parties::Role;

use super::{Books, Way, sale, worked_example};
use crate::harness::on_both_databases;

impl Books<'_> {
    async fn link(&self, token: &str, seller: &Value, (year, quarter): (i32, u32), format: &str) -> Value {
        let query = "query($id: ID!, $year: Int!, $quarter: Int!, $format: QuarterExportFormat!) {
            quarterExportLink(sellerId: $id, year: $year, quarter: $quarter, format: $format) { url expiresAt } }";
        let variables = json!({ "id": seller, "year": year, "quarter": quarter, "format": format });
        self.app.answer(token, query, variables).await
    }

    /// What a link opens: the status, and the text.
    async fn had(&self, url: &str) -> (StatusCode, String) {
        let path = &url[url.find("/sellers/").unwrap()..];
        let answer = self.app.http.get(format!("{}{path}", self.app.url)).send().await.unwrap();
        (answer.status(), answer.text().await.unwrap())
    }

    async fn file(&self, token: &str, (year, quarter): (i32, u32), format: &str) -> String {
        let link = self.link(token, &self.sellers[0], (year, quarter), format).await;
        let (status, text) = self.had(link["data"]["quarterExportLink"]["url"].as_str().unwrap()).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        text
    }
}

on_both_databases! {
    /// A sale in one quarter, a refund in the next: what the accountant gets, to the cent.
    async fn an_accountant_gets_quarters_that_add_up(db: Db) {
        let books = Books::open(db).await;
        let order = books.tell(worked_example("=A-1")).await;
        books.payout(0, "50.00", "EUR", "po-1").await;
        // 23:30 on New Year's Eve in London is the new year in Paris already.
        books.app.advance("2026-12-31T23:30:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - books.app.cx.now());
        let refund = books.paid(order, &[], Way::units(1)).await;
        books.book(books.seller(0), &refund).await;
        books.tell(sale("J-1", "alma", ("1000", 1, "0", "JPY"))).await;

        let alma = books.sellers[0].as_str().unwrap();
        let totals = books.file(&books.operator, (2026, 4), "TOTALS_CSV").await;
        let head = "seller_id,seller_external_id,seller_name,quarter,currency,sales,gross,refunds,commissions,other,net,payouts,opening_balance,closing_balance\r\n";
        assert_eq!(totals, format!("{head}{alma},alma,Boutique alma,2026-Q4,EUR,1,65.87,0.00,-8.64,0.00,57.23,-50.00,0.00,7.23\r\n{alma},alma,Boutique alma,2026-Q4,JPY,0,0,0,0,0,0,0,0,0\r\n"));
        let totals = books.file(&books.tokens[0], (2027, 1), "TOTALS_CSV").await;
        assert_eq!(totals, format!("{head}{alma},alma,Boutique alma,2027-Q1,EUR,0,0.00,-19.99,2.88,0.00,-17.11,0.00,7.23,-9.88\r\n{alma},alma,Boutique alma,2027-Q1,JPY,1,1000,0,-144,0,856,0,0,856\r\n"));
        assert_eq!(books.file(&books.tokens[0], (2025, 1), "TOTALS_CSV").await.lines().nth(1).unwrap().matches("0.00").count(), 8, "before anything");

        let entries = books.file(&books.tokens[0], (2027, 1), "ENTRIES_CSV").await;
        let rows: Vec<Vec<&str>> = entries.split_terminator("\r\n").map(|line| line.split(',').collect()).collect();
        assert_eq!(rows[0], ["at", "entry_id", "posting_id", "corrects_posting_id", "cause", "kind", "amount", "currency", "order_reference", "order_line", "refund_id", "note"]);
        let shown: Vec<_> = rows[1..].iter().map(|row| [row[0], row[4], row[5], row[6], row[7], row[8], row[9]]).collect();
        let at = "2026-12-31T23:30:00.000Z";
        assert_eq!(shown, [
            [at, "REFUND", "REFUND_ORDER_AMOUNT", "-16.66", "EUR", "'=A-1", "1"],
            [at, "REFUND", "REFUND_ORDER_AMOUNT_TAX", "-3.33", "EUR", "'=A-1", "1"],
            [at, "REFUND", "REFUND_COMMISSION_FEE", "2.40", "EUR", "'=A-1", "1"],
            [at, "REFUND", "REFUND_COMMISSION_VAT", "0.48", "EUR", "'=A-1", "1"],
            [at, "SALE", "ORDER_AMOUNT", "833", "JPY", "J-1", "1"],
            [at, "SALE", "ORDER_AMOUNT_TAX", "167", "JPY", "J-1", "1"],
            [at, "SALE", "COMMISSION_FEE", "-120", "JPY", "J-1", "1"],
            [at, "SALE", "COMMISSION_VAT", "-24", "JPY", "J-1", "1"],
        ]);
        let document: Value = serde_json::from_str(&books.file(&books.operator, (2027, 1), "JSON").await).unwrap();
        assert_eq!(document["header"]["quarter"], json!({ "year": 2027, "number": 1, "from": "2026-12-31T23:00:00Z", "until": "2027-03-31T22:00:00Z" }));
        assert_eq!(document["entries"].as_array().unwrap().len(), 8);
        assert_eq!(document["entries"][0]["orderReference"], "=A-1", "a program is told what it is");
        assert_eq!(document["totals"][0], json!({ "currency": "EUR", "sales": 0, "gross": "0.00", "refunds": "-19.99", "commissions": "2.88", "other": "0.00", "net": "-17.11", "payouts": "0.00", "openingBalance": "7.23", "closingBalance": "-9.88" }));
    }

    /// More than a page, and a correction in it: the parts add up to the whole.
    async fn a_long_quarter_is_whole(db: Db) {
        let books = Books::open(db).await;
        for batch in 0..3 {
            let orders: Vec<_> = (0..45).map(|number| sale(&format!("O-{batch}-{number}"), "alma", ("10.00", 1, "0", "EUR"))).collect();
            books.app.act(&books.vendor, "ordersUpsert", "orders { id }", json!({ "orders": orders })).await;
            books.app.advance(TimeDelta::minutes(1));
        }
        let mut other = sale("O-0-0", "alma", ("10.00", 1, "0", "EUR"));
        other["lines"][0]["unitPrice"]["amount"] = json!("20.00");
        books.tell(other).await;
        let document: Value = serde_json::from_str(&books.file(&books.tokens[0], (2026, 4), "JSON").await).unwrap();
        // 135 sales of four entries; one taken back and booked anew.
        assert_eq!(document["entries"].as_array().unwrap().len(), 4 * (135 + 2));
        let totals = &document["totals"][0];
        assert_eq!((&totals["sales"], &totals["gross"], &totals["closingBalance"]), (&json!(135), &json!("1360.00"), &json!("1164.16")));
        let sum: i64 = document["entries"].as_array().unwrap().iter().map(|entry| entry["amount"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap()).sum();
        assert_eq!(sum, 116_416);
    }

    async fn a_quarter_is_for_its_seller_and_the_operator(db: Db) {
        let books = Books::open(db).await;
        books.tell(worked_example("A-1")).await;
        let elsewhere = books.app.another_marketplace("souk").await;
        let foreign = books.app.token_in(&elsewhere, Role::Operator, None).await;
        for token in [&books.tokens[1], &books.vendor, &foreign] {
            let link = books.link(token, &books.sellers[0], (2026, 4), "JSON").await;
            assert_eq!(link, json!({ "data": { "quarterExportLink": null } }));
            let path = format!("{}/sellers/{}/quarters/2026-Q4/totals.csv", books.app.url, books.sellers[0].as_str().unwrap());
            assert_eq!(books.app.http.get(&path).bearer_auth(token).send().await.unwrap().status(), StatusCode::NOT_FOUND);
        }
        let never = json!(SellerId::generate().to_string());
        assert_eq!(books.link(&books.operator, &never, (2026, 4), "JSON").await["data"]["quarterExportLink"], Value::Null);
        for (year, quarter) in [(2026, 0), (2026, 5), (1969, 1), (10_000, 1)] {
            let wrong = books.link(&books.operator, &books.sellers[0], (year, quarter), "JSON").await;
            assert_eq!(wrong["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{year} {quarter}");
        }
        let link = books.link(&books.tokens[0], &books.sellers[0], (2026, 4), "TOTALS_CSV").await["data"]["quarterExportLink"]["url"].as_str().unwrap().to_owned();
        assert_eq!(books.had(&link).await.0, StatusCode::OK);
        let (alma, brio) = (books.sellers[0].as_str().unwrap(), books.sellers[1].as_str().unwrap());
        for (from, to) in [("totals.csv", "quarter.json"), ("2026-Q4", "2027-Q1"), ("signature=", "signature=0")] {
            assert_eq!(books.had(&link.replacen(from, to, 1)).await.0, StatusCode::NOT_FOUND, "{to}");
        }
        assert_eq!(books.had(&link.replace(alma, brio)).await.0, StatusCode::NOT_FOUND, "another seller's");
        assert_eq!(books.had("/sellers/x/quarters/y/z").await.0, StatusCode::UNAUTHORIZED);
        let known = format!("{}/sellers/{alma}/quarters", books.app.url);
        for file in ["2026-Q4/other.csv", "2026-Q9/totals.csv", "2026/totals.csv"] {
            let answer = books.app.http.get(format!("{known}/{file}")).bearer_auth(&books.operator).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{file}");
        }
        let answer = books.app.http.get(format!("{known}/2026-Q4/totals.csv")).bearer_auth(&books.tokens[0]).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8; header=present");
        assert_eq!(answer.headers()["content-disposition"], "attachment; filename=\"alma-2026-Q4.csv\"");
        books.app.advance(TimeDelta::minutes(15));
        assert_eq!(books.had(&link).await.0, StatusCode::GONE);
    }
}
