//! The ledger: booked once, summing to zero, never changed; and what everybody may know of it.
#![expect(clippy::unwrap_used, reason = "what tests share stops as the tests themselves do")]

mod credit;
mod day;
mod doors;
mod example;
mod exports;
mod guards;
mod readers;

use std::num::NonZeroU32;

use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};
use trilogue::domain::ids::{BuyerId, CaseId, OrderId, RefundId, SellerId, TokenId};
use trilogue::domain::ledger::{Given, Rules};
use trilogue::domain::money::Money;
use trilogue::domain::parties::{Role, Who};
use trilogue::domain::purchases::{LineKey, Parts};
use trilogue::domain::refunds::{
    Asked, AttemptNumber, Bearing, CostPlan, DeliveryQuote, DisputeGuard, GrantOrder, Ground, LineStanding, ProviderNews, ProviderWord,
    Refund, RefundBasis, RefundForm, RefundMeans, RefundMove, RefundRequest, RefundRules, Requested, ShippingPolicy,
};
use trilogue::store::Booked;
use trilogue::workflow::ledger;

use crate::harness::{Db, Story, TestApp};

/// An amount as GraphQL writes it.
pub(crate) fn money(amount: &str, currency: &str) -> Value {
    json!({ "amount": amount, "currencyCode": currency })
}

/// An order of one line, in money: a price with its tax, a delivery, and a commission of 12 % on the goods with 20 % of tax.
fn sale(reference: &str, seller: &str, (price, quantity, shipping, currency): (&str, u32, &str, &str)) -> Value {
    let line = json!({
        "externalId": "1", "title": "Théière", "sku": "TH-1", "quantity": quantity, "unitPrice": money(price, currency), "taxRate": 2000,
        "shipping": { "standard": money(shipping, currency), "taxRate": 2000 },
        "commission": { "rate": 1200, "base": "ITEMS", "vatRate": 2000 },
    });
    json!({
        "reference": reference, "sellerExternalId": seller, "buyerEmail": "marie@example.org", "total": money(price, currency),
        "placedAt": "2026-11-01T10:00:00Z", "lines": [line],
    })
}

/// The order of the worked example: 3 × 19.99, delivery 5.90, commission 7.20 and its tax 1.44.
fn worked_example(reference: &str) -> Value {
    sale(reference, "alma", ("19.99", 3, "5.90", "EUR"))
}

/// A server of one's own, or of a story that is told anyway.
enum House<'a> {
    Own(Box<TestApp>),
    Lent(&'a TestApp),
}

impl std::ops::Deref for House<'_> {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        match self {
            Self::Own(app) => app,
            Self::Lent(app) => app,
        }
    }
}

/// A marketplace with two sellers whose books are looked at.
struct Books<'a> {
    app: House<'a>,
    operator: String,
    vendor: String,
    /// Tokens of Alma and Brio.
    tokens: [String; 2],
    /// Ids of Alma and Brio.
    sellers: [Value; 2],
}

/// How a refund is given.
#[derive(Clone, Copy)]
struct Way {
    basis: RefundBasis,
    asked: Asked,
    means: RefundMeans,
    costs: CostPlan,
}

impl Way {
    /// So many units go back, after a withdrawal, at the seller's cost.
    fn units(units: u32) -> Self {
        let asked = Asked::Units { units: NonZeroU32::new(units).unwrap() };
        Self { basis: RefundBasis::Withdrawal, asked, means: RefundMeans::OriginalPayment, costs: CostPlan::default() }
    }

    /// All that is left, by goodwill, as this.
    fn all_as(means: RefundMeans) -> Self {
        Self { basis: RefundBasis::Commercial, asked: Asked::Everything, means, costs: CostPlan::default() }
    }

    fn at_cost_of(self, bearing: Bearing) -> Self {
        Self { costs: CostPlan::all(bearing), ..self }
    }
}

impl<'a> Books<'a> {
    async fn open(db: Db) -> Self {
        Self::of(House::Own(Box::new(TestApp::start(db).await))).await
    }

    async fn of(app: House<'a>) -> Self {
        let (operator, vendor) = (app.token(Role::Operator, None).await, app.token(Role::Vendor, None).await);
        let drafts: Vec<_> =
            ["alma", "brio"].iter().map(|name| json!({ "externalId": name, "name": format!("Boutique {name}"), "email": format!("{name}@example.org"), "locale": "fr" })).collect();
        let stored = app.act(&vendor, "sellersUpsert", "sellers { id }", json!({ "sellers": drafts })).await;
        let sellers = [0, 1].map(|index| stored["sellers"][index]["id"].clone());
        let tokens = [app.token(Role::Seller, Some("alma")).await, app.token(Role::Seller, Some("brio")).await];
        Self { app, operator, vendor, tokens, sellers }
    }

    /// Tells an order, and gives its id.
    async fn tell(&self, order: Value) -> OrderId {
        let told = self.app.act(&self.vendor, "ordersUpsert", "orders { id }", json!({ "orders": [order] })).await;
        serde_json::from_value(told["orders"][0]["id"].clone()).unwrap()
    }

    fn seller(&self, index: usize) -> SellerId {
        serde_json::from_value(self.sellers[index].clone()).unwrap()
    }

    /// A refund on the first line of an order, decided and paid by the rules, but not booked.
    async fn paid(&self, order: OrderId, before: &[Refund], way: Way) -> Refund {
        let tx = self.app.cx.store.begin(self.app.marketplace.id).await.unwrap();
        let purchase = tx.lock_purchase(order).await.unwrap().unwrap();
        let line = purchase.lines[0].recorded.clone();
        let key = line.sold.line().clone();
        let held = before.iter().filter_map(|refund| refund.held_on(&key)).map(|item| (item.parts, item.units));
        let (parts, units) =
            held.fold((Parts::nothing(line.sold.currency()), 0), |(parts, units), (more, of)| (parts.plus(more).unwrap(), units + of));
        let lines = [LineStanding { line, held: parts, held_units: units }];
        refund_on(order, &key, &lines, way, tx.now())
    }

    /// Books a refund; says whether it was new.
    async fn book(&self, seller: SellerId, refund: &Refund) -> Booked {
        let tx = self.app.cx.store.begin(self.app.marketplace.id).await.unwrap();
        let booked = ledger::refunded(&tx, seller, refund).await.unwrap();
        tx.commit().await.unwrap();
        booked
    }

    /// Books that a refund was reversed; says whether it was new.
    async fn take_back(&self, refund: &Refund) -> Booked {
        let tx = self.app.cx.store.begin(self.app.marketplace.id).await.unwrap();
        let booked = ledger::reversed(&tx, refund).await.unwrap();
        tx.commit().await.unwrap();
        booked
    }

    /// A refund of all of an order that is given as credit or a code, and booked.
    async fn give(&self, reference: &str, order: OrderId, way: Way, rules: &Rules) -> RefundId {
        let refund = self.paid(order, &[], way).await;
        let (case, buyer) = self.case(reference).await;
        let seller = self.seller(0);
        let amount = refund.grant.as_ref().unwrap().total().unwrap();
        let tx = self.app.cx.store.begin(self.app.marketplace.id).await.unwrap();
        let given = Given { refund: refund.id, case, buyer, order, seller, at: tx.now() };
        // Twice, as a machine that is not sure does it.
        for _ in 0..2 {
            ledger::given(&tx, rules, given, &refund, amount).await.unwrap();
            ledger::refunded(&tx, seller, &refund).await.unwrap();
        }
        tx.commit().await.unwrap();
        refund.id
    }

    /// The case in which an order is talked about.
    async fn case(&self, reference: &str) -> (CaseId, BuyerId) {
        let opening = json!({ "subject": reference, "buyerName": "Marie Dupont", "buyerEmail": "marie@example.org", "text": "Bonjour",
            "orderReference": reference, "idempotencyKey": reference });
        let opened = self.app.act(&self.vendor, "caseOpen", "case { id buyer { id } }", opening).await["case"].clone();
        (serde_json::from_value(opened["id"].clone()).unwrap(), serde_json::from_value(opened["buyer"]["id"].clone()).unwrap())
    }

    async fn payout(&self, index: usize, amount: &str, currency: &str, reference: &str) -> Value {
        let input = json!({ "sellerId": self.sellers[index], "amount": money(amount, currency), "reference": reference });
        self.app.try_act(&self.vendor, "payoutReport", "posting { id }", input).await
    }

    /// What a seller has coming, by currency, as this viewer reads it.
    async fn balance(&self, token: &str, index: usize) -> Value {
        let query = "query($id: ID!) { node(id: $id) { ... on Seller { balance { amount currencyCode } } } }";
        self.app.ask(token, query, json!({ "id": self.sellers[index] })).await["node"]["balance"].clone()
    }

    /// The entries that a viewer reads, the oldest first: account, kind, amount.
    async fn entries(&self, token: &str, filter: Value) -> Vec<(String, String, String)> {
        let query = "query($filter: LedgerEntryFilterInput) { ledgerEntries(filter: $filter, last: 100) {
            nodes { account kind amount { amount currencyCode } } } }";
        let mut found = self.app.ask(token, query, json!({ "filter": filter })).await["ledgerEntries"]["nodes"].as_array().unwrap().clone();
        found.reverse();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        found.iter().map(|entry| (text(&entry["account"]), text(&entry["kind"]), text(&entry["amount"]["amount"]))).collect()
    }

    /// Nothing is wrong with the books.
    async fn are_right(&self) {
        let faults = self.app.cx.store.audit_ledger(self.app.marketplace.id).await.unwrap();
        assert_eq!(faults, []);
    }

    /// What a statement of our own says of the database: its one number, or why not.
    async fn sql(&self, sql: &str) -> Result<i64, String> {
        let db = Database::connect(&self.app.settings.database_url).await.unwrap();
        let statement = Statement::from_string(db.get_database_backend(), sql.to_owned());
        let outcome = if sql.starts_with("SELECT") {
            db.query_one_raw(statement).await.map(|row| row.unwrap().try_get_by_index::<i64>(0).unwrap())
        } else {
            db.execute_raw(statement).await.map(|done| i64::try_from(done.rows_affected()).unwrap())
        };
        db.close().await.unwrap();
        outcome.map_err(|error| error.to_string())
    }
}

/// A refund that was asked for, granted, submitted and paid, each step by the rules.
fn refund_on(order: OrderId, line: &LineKey, lines: &[LineStanding], way: Way, at: chrono::DateTime<chrono::Utc>) -> Refund {
    let rules = RefundRules { shipping: ShippingPolicy::OnlyIfAllReturned, ..RefundRules::default() };
    let timezone = chrono_tz::Europe::Paris;
    let ground = Ground { lines, rules: &rules, dispute: DisputeGuard::None, quote: DeliveryQuote::Unknown, timezone };
    let by = Who::Operator { token: TokenId::generate(), name: "Ines".to_owned() };
    let request = RefundRequest { order, line: line.clone(), asked: way.asked, basis: way.basis, by: by.clone() };
    let Requested::Opened(moved) = Refund::request(request, None, &ground, at).unwrap() else { panic!("no refund is open") };
    let form = match way.means {
        RefundMeans::StoreCredit => RefundForm::StoreCredit,
        RefundMeans::Voucher => RefundForm::PromoCode,
        RefundMeans::OriginalPayment | RefundMeans::BankTransfer => RefundForm::Partial,
    };
    let grant = RefundMove::Grant(GrantOrder { items: None, form, means: way.means, costs: way.costs });
    let mut refund = moved.refund;
    for step in [grant, RefundMove::Submit] {
        refund = refund.apply(&step, refund.revision, &by, &ground, at).unwrap().refund;
    }
    let amount: Money = refund.grant.as_ref().unwrap().total().unwrap();
    let news = ProviderNews { attempt: AttemptNumber::FIRST, reference: None, word: ProviderWord::Succeeded { amount } };
    refund.hear(&news, at).refund
}

/// Something of everything that is booked and asked, for those who look at all tables and all statements.
pub(crate) async fn used(story: &Story) {
    Box::pin(Books::of(House::Lent(&story.app)).await.busy_day()).await;
}
