//! Questions that several sellers may answer, their answers, and what these earned.

use sea_orm_migration::prelude::*;

use crate::table::Kind::{Bytes, Json, Text, Time, Uuid};
use crate::table::{is, is_one_of, tenant_table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tenant_table("pool_questions", &["id"])
            .must("id", Uuid)
            .must("case_id", Uuid)
            .must("text", Text)
            .one_of("state", &["OPEN", "ANSWERED", "WITHDRAWN", "EXPIRED"])
            .may("reward", Json) // what was promised when it was offered
            .must("offered_at", Time)
            .must("expires_at", Time)
            .may("settled_at", Time)
            .must("idempotency_key", Text)
            .must("request_digest", Bytes)
            .belongs_to("case_id", "cases")
            .unique(&["marketplace_id", "idempotency_key"])
            .index(&["marketplace_id", "case_id", "id"])
            .index(&["marketplace_id", "state", "id"])
            .index_where(&["expires_at"], is("state", "OPEN"))
            .create(manager)
            .await?;
        tenant_table("pool_invitations", &["question_id", "seller_id"])
            .must("question_id", Uuid)
            .must("seller_id", Uuid)
            .belongs_to("question_id", "pool_questions")
            .unique(&["marketplace_id", "seller_id", "question_id"])
            .create(manager)
            .await?;
        tenant_table("pool_answers", &["id"])
            .must("id", Uuid)
            .must("question_id", Uuid)
            .must("seller_id", Uuid)
            .must("text", Text)
            .one_of("state", &["OFFERED", "ACCEPTED", "DECLINED", "WITHDRAWN"])
            .must("idempotency_key", Text)
            .must("offered_at", Time)
            .may("settled_at", Time)
            .belongs_to("question_id", "pool_questions")
            .unique(&["marketplace_id", "idempotency_key"])
            .index(&["marketplace_id", "question_id", "seller_id"])
            .unique_where(&["marketplace_id", "question_id"], is("state", "ACCEPTED"))
            .unique_where(&["marketplace_id", "seller_id", "question_id"], is_one_of("state", &["OFFERED", "ACCEPTED", "DECLINED"]))
            .create(manager)
            .await?;
        tenant_table("incentives", &["id"])
            .must("id", Uuid)
            .must("seller_id", Uuid)
            .must("question_id", Uuid)
            .must("answer_id", Uuid)
            .must("reward", Json)
            .must("recorded_at", Time)
            .unique(&["marketplace_id", "question_id"]) // once
            .index(&["marketplace_id", "seller_id", "id"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["incentives", "pool_answers", "pool_invitations", "pool_questions"] {
            manager.drop_table(Table::drop().table(Alias::new(table)).to_owned()).await?;
        }
        Ok(())
    }
}
