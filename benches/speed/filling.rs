//! A marketplace with a past: many cases, each with a ticket, an order, a buyer, and three threads of 50 messages.
//!
//! Written by SQL on the database's side. Messages lie in the order in which they would have come, thread by thread in
//! turn, so that those of one thread are scattered over the whole table as they are in real life.

use anyhow::Context;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, SqliteConnection};
use uuid::Uuid;

use crate::databases::{Fresh, Kind};
use crate::house::House;

/// Messages in a thread.
pub(crate) const MESSAGES: u32 = 50;
/// Threads of a case.
pub(crate) const THREADS: u32 = 3;
/// So many messages more has the first thread of the first case.
pub(crate) const LONG: u32 = 10_000;
/// Sellers among whom the cases are spread. Case `n` is of seller `n % SELLERS`.
pub(crate) const SELLERS: u32 = 200;

const TIME: &str = "'2026-11-01T10:00:00+00:00'";

/// Which table an id is for, so that no two are the same.
#[derive(Debug, Clone, Copy)]
enum Of {
    Seller = 1,
    Buyer,
    Order,
    Ticket,
    Case,
    Thread,
    Place,
    Message,
}

/// How each database says it.
struct Dialect {
    kind: Kind,
    marketplace: String,
    connection: String,
}

impl Dialect {
    fn of(kind: Kind, house: &House) -> Self {
        let literal = |id: Uuid| match kind {
            Kind::Sqlite => format!("x'{}'", id.simple()),
            Kind::Postgres => format!("'{id}'::uuid"),
        };
        Self { kind, marketplace: literal(house.marketplace.id.uuid()), connection: literal(house.connection.uuid()) }
    }

    /// A UUID v7 that grows with the number.
    fn id(&self, of: Of, number: &str) -> String {
        let of = of as u8;
        match self.kind {
            Kind::Sqlite => format!("unhex(printf('%012x70008%03x%012x', 1760000000000 + {number}, {of}, {number}))"),
            Kind::Postgres => format!(
                "(lpad(to_hex(1760000000000 + {number}), 12, '0') || '70008' || lpad(to_hex({of}), 3, '0') || lpad(to_hex({number}), 12, '0'))::uuid"
            ),
        }
    }

    /// Rows for the numbers `n` below `count`.
    fn rows(&self, count: u32, into: &str, values: &str) -> String {
        format!(
            "INSERT INTO {into} WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n + 1 < {count}) \
             SELECT {marketplace}, {values} FROM s",
            marketplace = self.marketplace
        )
    }

    fn people_and_orders(&self, cases: u32) -> Vec<String> {
        let seller = self.id(Of::Seller, &format!("(n % {SELLERS})"));
        vec![
            self.rows(
                SELLERS,
                "sellers (marketplace_id, id, external_id, name, email, created_at, updated_at)",
                &format!("{}, 's' || n, 'Boutique ' || n, 'shop' || n || '@example.org', {TIME}, {TIME}", self.id(Of::Seller, "n")),
            ),
            self.rows(
                cases,
                "buyers (marketplace_id, id, name, email, created_at)",
                &format!("{}, 'Marie Dupont', 'marie' || n || '@example.org', {TIME}", self.id(Of::Buyer, "n")),
            ),
            self.rows(
                cases,
                "orders (marketplace_id, id, reference, seller_id, buyer_email, currency, total_minor, placed_at, created_at, updated_at)",
                &format!(
                    "{}, 'MK-' || n, {seller}, 'marie' || n || '@example.org', 'EUR', 5980, {TIME}, {TIME}, {TIME}",
                    self.id(Of::Order, "n")
                ),
            ),
            self.rows(
                cases * 2,
                "order_lines (marketplace_id, order_id, position, external_id, title, sku, quantity, unit_price_minor)",
                &format!("{}, n % 2, n % 2, 'Théière en fonte', 'TH-1', 1, 2990", self.id(Of::Order, "(n / 2)")),
            ),
        ]
    }

    fn tickets_and_cases(&self, cases: u32) -> Vec<String> {
        let seller = self.id(Of::Seller, &format!("(n % {SELLERS})"));
        vec![
            self.rows(
                cases,
                "tickets (marketplace_id, id, connection_id, number, url, subject, status, presence, remote_updated_at, comments_read, created_at)",
                &format!(
                    r#"{}, {}, (n + 1) || '', 'https://bench.example.com/agent/tickets/' || (n + 1), 'Colis perdu', 'OPEN', '{{"state":"ACTIVE"}}', {TIME}, 50, {TIME}"#,
                    self.id(Of::Ticket, "n"),
                    self.connection
                ),
            ),
            self.rows(
                cases,
                "cases (marketplace_id, id, reference, subject, status, mode, phase, priority, owner, buyer_id, seller_id, order_id, \
                 reason, channel, charter_version, clocks, last_event, opened_at, updated_at, seller_updated_at, buyer_updated_at)",
                &format!(
                    "{}, 'C-' || n, 'Colis perdu, commande MK-' || n, 'WAITING_SELLER', 'TRIPARTITE', 'AFTER_SALE', 'NORMAL', 'SELLER', \
                     {}, {seller}, {}, 'other', 'EMAIL', 1, '{{}}', 0, {TIME}, {TIME}, {TIME}, {TIME}",
                    self.id(Of::Case, "n"),
                    self.id(Of::Buyer, "n"),
                    self.id(Of::Order, "n")
                ),
            ),
            self.rows(
                cases,
                "case_tickets (marketplace_id, case_id, ticket_id, linked_at)",
                &format!("{}, {}, {TIME}", self.id(Of::Case, "n"), self.id(Of::Ticket, "n")),
            ),
        ]
    }

    fn conversations(&self, cases: u32) -> Vec<String> {
        let threads = cases * THREADS;
        let (thread, case) = (self.id(Of::Thread, &format!("(n % {threads})")), self.id(Of::Case, &format!("(n / {THREADS})")));
        let party = format!("CASE WHEN n / {threads} = 0 THEN 'SELLER' WHEN n % {THREADS} = 1 THEN 'BUYER' ELSE 'OPERATOR' END");
        let seller = self.id(Of::Seller, &format!("(n % {threads} / {THREADS} % {SELLERS})"));
        let buyer = self.id(Of::Buyer, &format!("(n % {threads} / {THREADS})"));
        let nil = self.nil();
        let words = "Le transporteur indique que le colis est parti du dépôt lundi matin, mais le suivi ne bouge plus. \
                     Je l''ai relancé aujourd''hui et je vous tiens au courant dès que j''ai sa réponse, au plus tard demain soir. ";
        vec![
            self.rows(
                threads,
                "threads (marketplace_id, id, kind, last_number, opened_at)",
                &format!(
                    "{thread}, CASE n % {THREADS} WHEN 0 THEN 'TRIPARTITE' WHEN 1 THEN 'SELLER_BUYER' ELSE 'OPERATOR_SELLER' END, {MESSAGES}, {TIME}"
                ),
            ),
            self.rows(threads, "thread_cases (marketplace_id, thread_id, case_id)", &format!("{thread}, {case}")),
            self.rows(
                threads * 2,
                "participants (marketplace_id, id, thread_id, party, member_id, rights, visible_from, read_up_to, joined_at)",
                &format!(
                    "{}, {thread}, {party}, CASE {party} WHEN 'SELLER' THEN {seller} WHEN 'BUYER' THEN {buyer} ELSE {nil} END, 'REPLY', 1, 45, {TIME}",
                    self.id(Of::Place, "n")
                ),
            ),
            self.rows(
                threads * MESSAGES,
                "messages (marketplace_id, id, thread_id, number, author, author_name, body, audience, channel, origin, delivery, connection_id, \
                 comment_number, sent_at)",
                &format!(
                    "{}, {thread}, n / {threads} + 1, CASE (n / {threads}) % 2 WHEN 0 THEN 'SELLER' ELSE 'OPERATOR' END, 'Ida Lund', \
                     '{words}' || n, 7, 'EMAIL', 'PERSON', 'NONE', CASE n % {THREADS} WHEN 2 THEN NULL ELSE {} END, \
                     CASE n % {THREADS} WHEN 2 THEN NULL ELSE n || '' END, {TIME}",
                    self.id(Of::Message, "n"),
                    self.connection
                ),
            ),
        ]
    }

    /// Of one thread of the first case, so many messages more.
    fn long_thread(&self, cases: u32) -> Vec<String> {
        let (first, stored) = (self.id(Of::Thread, "0"), cases * THREADS * MESSAGES);
        vec![
            self.rows(
                LONG,
                "messages (marketplace_id, id, thread_id, number, author, author_name, body, audience, channel, origin, delivery, sent_at)",
                &format!(
                    "{}, {first}, {MESSAGES} + n + 1, 'SELLER', 'Ida Lund', 'Je le relance encore, pour la ' || n || 'e fois.', 7, 'API', \
                     'PERSON', 'NONE', {TIME}",
                    self.id(Of::Message, &format!("({stored} + n)"))
                ),
            ),
            format!("UPDATE threads SET last_number = {MESSAGES} + {LONG} WHERE marketplace_id = {} AND id = {first}", self.marketplace),
        ]
    }

    fn nil(&self) -> String {
        match self.kind {
            Kind::Sqlite => "zeroblob(16)".to_owned(),
            Kind::Postgres => format!("'{}'::uuid", Uuid::nil()),
        }
    }
}

/// Fills the house's database, to which nobody else may be connected.
pub(crate) async fn fill(database: &Fresh, house: &House, cases: u32) -> anyhow::Result<()> {
    let dialect = Dialect::of(database.kind, house);
    let statements =
        [dialect.people_and_orders(cases), dialect.tickets_and_cases(cases), dialect.conversations(cases), dialect.long_thread(cases)]
            .concat();
    match database.kind {
        Kind::Sqlite => {
            let options: SqliteConnectOptions = database.url.parse()?;
            // Nobody needs this to survive a crash.
            let options = options.journal_mode(SqliteJournalMode::Off).synchronous(SqliteSynchronous::Off).pragma("cache_size", "-800000");
            let mut connection: SqliteConnection = options.connect().await?;
            for statement in statements {
                sqlx::raw_sql(AssertSqlSafe(statement.as_str())).execute(&mut connection).await.with_context(|| statement.clone())?;
            }
            connection.close().await?;
        }
        Kind::Postgres => {
            let mut connection = PgConnection::connect(&database.url).await?;
            for statement in statements.iter().map(String::as_str).chain(["VACUUM ANALYZE"]) {
                sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.with_context(|| statement.to_owned())?;
            }
            connection.close().await?;
        }
    }
    Ok(())
}
