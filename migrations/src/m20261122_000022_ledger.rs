//! The ledger: postings and their entries, what sellers have coming, what refunds came to, and store credit and promo codes
//! with their use. What was booked is never changed and never taken away: the databases themselves refuse it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::table::Kind::{Bigint, Bytes, Integer, Json, Text, Time, Uuid};
use crate::table::{is, is_not_null, tenant_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const ACCOUNTS: &[&str] = &[
    "BUYER",
    "SELLER",
    "OPERATOR",
    "CARRIER",
    "COMMISSION_TAX",
    "PAYOUTS",
    "STORE_CREDIT",
    "PROMO_CODE",
    "EXCHANGE",
    "EXCHANGE_DIFFERENCE",
    "ROUNDING",
];
/// Tables whose rows stand for good.
const FOR_GOOD: [&str; 3] = ["postings", "entries", "credit_uses"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        books(manager).await?;
        credits(manager).await?;
        for sql in guards(manager.get_database_backend()) {
            manager.get_connection().execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["credit_uses", "promo_codes", "store_credits", "refund_steps", "balances", "entries", "postings"] {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.get_connection().execute_unprepared("DROP FUNCTION booked_for_good()").await?;
        }
        Ok(())
    }
}

async fn books(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    tenant_table("postings", &["id"])
        .must("id", Uuid)
        .must("cause_key", Text)
        .must("cause", Json)
        .must("at", Time)
        .may("corrects", Uuid)
        .may("note", Text)
        .may("seller_id", Uuid) // a posting is about one seller at most
        .may("order_id", Uuid)
        .may("refund_id", Uuid)
        .unique(&["marketplace_id", "cause_key"]) // booked once
        .index(&["marketplace_id", "seller_id", "at", "id"])
        .index_where(&["marketplace_id", "order_id"], is_not_null("order_id"))
        .index_where(&["marketplace_id", "refund_id"], is_not_null("refund_id"))
        .create(manager)
        .await?;
    tenant_table("entries", &["id"])
        .must("id", Uuid)
        .must("posting_id", Uuid)
        .must("position", Integer)
        .one_of("account", ACCOUNTS)
        .may("account_id", Uuid)
        .must("kind", Text)
        .must("minor", Bigint)
        .must("currency", Text)
        .may("line", Text)
        .must("at", Time)
        .belongs_to("posting_id", "postings")
        .unique(&["marketplace_id", "posting_id", "position"])
        .index(&["marketplace_id", "account_id", "id"])
        .index(&["marketplace_id", "account", "id"])
        .index(&["marketplace_id", "account_id", "at"])
        .create(manager)
        .await?;
    tenant_table("balances", &["seller_id", "currency"])
        .must("seller_id", Uuid)
        .must("currency", Text)
        .within("minor", 4_000_000_000_000_000_000)
        .must("updated_at", Time)
        .create(manager)
        .await?;
    tenant_table("refund_steps", &["refund_id", "line"])
        .must("refund_id", Uuid)
        .must("line", Text)
        .must("order_id", Uuid)
        .one_of("state", &["BOOKED", "REVERSED"])
        .must("document", Json)
        .index(&["marketplace_id", "order_id"])
        .create(manager)
        .await
}

async fn credits(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for (name, states) in [("store_credits", ["OPEN", "USED_UP", "EXPIRED", "VOID"]), ("promo_codes", ["OPEN", "USED", "EXPIRED", "VOID"])]
    {
        let table = tenant_table(name, &["id"])
            .must("id", Uuid)
            .must("refund_id", Uuid)
            .must("case_id", Uuid)
            .must("buyer_id", Uuid)
            .must("order_id", Uuid)
            .must("seller_id", Uuid)
            .one_of("state", &states)
            .at_least_zero("remaining_minor")
            .must("currency", Text)
            .must("revision", Integer)
            .may("expires_at", Time)
            .must("issued_at", Time)
            .must("updated_at", Time)
            .must("document", Json)
            .unique(&["marketplace_id", "refund_id"]) // once for each refund
            .index(&["marketplace_id", "case_id"])
            .index(&["marketplace_id", "buyer_id", "id"])
            .index(&["marketplace_id", "seller_id", "id"])
            .index_where(&["expires_at"], is("state", "OPEN"));
        let table = if name == "promo_codes" { table.must("code", Text).unique(&["marketplace_id", "code"]) } else { table };
        table.create(manager).await?;
    }
    tenant_table("credit_uses", &["posting_id"])
        .must("posting_id", Uuid)
        .must("credit_id", Uuid) // of the store credit or promo code
        .must("order_id", Uuid)
        .must("minor", Bigint)
        .must("currency", Text)
        .must("used_at", Time)
        .must("idempotency_key", Text)
        .must("request_digest", Bytes)
        .belongs_to("posting_id", "postings")
        .unique(&["marketplace_id", "idempotency_key"])
        .index(&["marketplace_id", "credit_id", "posting_id"])
        .create(manager)
        .await
}

/// What keeps everybody from changing what was booked, whatever program they do it with.
fn guards(backend: DbBackend) -> Vec<String> {
    const WHY: &str = "what was booked is neither changed nor taken away: book a correction";
    if backend == DbBackend::Postgres {
        let body = format!("BEGIN RAISE EXCEPTION '{WHY}'; END");
        let mut all = vec![format!("CREATE FUNCTION booked_for_good() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")];
        all.extend(FOR_GOOD.map(|table| {
            format!(
                "CREATE TRIGGER {table}_for_good BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION booked_for_good()"
            )
        }));
        return all;
    }
    let guard = |table: &str, verb: &str| {
        format!("CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{WHY}'); END")
    };
    FOR_GOOD.iter().flat_map(|table| ["update", "delete"].map(|verb| guard(table, verb))).collect()
}
