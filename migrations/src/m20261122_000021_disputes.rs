//! Disputes between buyers and sellers, and what was handed in to prove something.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Bytes, Integer, Json, Smallint, Text, Time, Uuid};
use crate::table::{is_not_null, is_one_of, tenant_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tenant_table("disputes", &["id"])
            .must("id", Uuid)
            .must("case_id", Uuid)
            .must("order_id", Uuid)
            .may("order_line", Text) // the marketplace's id; none for the whole order
            .must("seller_id", Uuid)
            .may("return_id", Uuid)
            .one_of(
                "stage",
                &["DIRECT_CONTACT", "MEDIATION", "ARBITRATION", "SETTLED", "WITHDRAWN", "DECIDED", "APPEALED", "FINAL", "UNRESOLVED"],
            )
            .must("revision", Integer)
            .must("document", Json) // all of it but the evidence
            .may("wakes_at", Time)
            .must("opened_at", Time)
            .must("updated_at", Time)
            .belongs_to("case_id", "cases")
            .index(&["marketplace_id", "case_id", "id"])
            .index(&["marketplace_id", "order_id", "id"])
            .index_where(&["wakes_at"], is_not_null("wakes_at"))
            .unique_where(
                &["marketplace_id", "order_id", "order_line"],
                is_one_of("stage", &["DIRECT_CONTACT", "MEDIATION", "ARBITRATION", "DECIDED", "APPEALED"]),
            )
            .create(manager)
            .await?;
        // Rows are added, and never changed.
        tenant_table("dispute_evidence", &["id"])
            .must("id", Uuid)
            .must("dispute_id", Uuid)
            .one_of("party", &["BUYER", "SELLER", "OPERATOR"])
            .must("text", Text)
            .must("sha256", Bytes) // of the file or, without one, of the text
            .may("attachment_id", Uuid)
            .must("audience", Smallint)
            .must("submitted_at", Time)
            .belongs_to("dispute_id", "disputes")
            .unique(&["marketplace_id", "dispute_id", "party", "sha256"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["dispute_evidence", "disputes"] {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}
