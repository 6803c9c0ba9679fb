//! What is done to better the figures: judged by the same figure before and after.

use chrono::{NaiveDate, TimeDelta};

use super::super::{Cx, Result, refused};
use super::asking::{Asked, figures};
use crate::domain::hands::StaffId;
use crate::domain::ids::{ImprovementId, SellerId};
use crate::domain::kpis::{Days, Improvement, ImprovementAbout, ImprovementOrigin, Kpi, Measured};
use crate::domain::parties::{Actor, Who};
use crate::domain::refusal::Refusal;
use crate::policy::{self, Permission};
use crate::store::{ImprovementRow, Tx};

/// What is to become better, as it is said.
#[derive(Debug, Clone)]
pub enum AboutInput {
    /// A product of a seller.
    Product {
        /// Whose.
        seller: SellerId,
        /// Which, by the marketplace's own id.
        product: String,
    },
    /// A seller.
    Seller(SellerId),
    /// The marketplace's own way of doing things.
    Process(String),
}

/// A proposal.
#[derive(Debug, Clone)]
pub struct ProposalInput {
    /// What is to become better.
    pub about: AboutInput,
    /// What is to be done.
    pub plan: String,
    /// By which figure it is judged.
    pub kpi: Kpi,
    /// In which days the figure was measured before.
    pub before: Days,
}

const NAME_LIMIT: usize = 200;

/// How far back a figure is measured for what buyers ask for.
const MONTH: TimeDelta = TimeDelta::days(29);

fn name(who: &Who) -> Option<String> {
    match who {
        Who::Operator { name, .. } | Who::Agent { name, .. } => Some(name.clone()).filter(|name| !name.is_empty()),
        _ => None,
    }
}

/// The figure by which an improvement is judged, in some days: the seller's own where it is about one. While everything is counted anew
/// there is none to be kept.
async fn measured(cx: &Cx, actor: &Actor, about: &ImprovementAbout, kpi: Kpi, days: Days) -> Result<Measured> {
    if cx.store.is_recounted(actor.marketplace).await? {
        let message = "All figures are being counted anew: try again in some minutes.".into();
        return Err(Refusal::NotNow { message }.into());
    }
    let seller = match about {
        ImprovementAbout::Product { seller, .. } | ImprovementAbout::Seller { seller } => Some(*seller),
        ImprovementAbout::Process { .. } => None,
    };
    let asked = Asked { seller, ..Asked::of(days) };
    let found = figures(cx, actor.scope(), &asked, &[kpi]).await?;
    Ok(found.first().map_or(Measured { value: None, sample: 0 }, |verdict| verdict.figure.measured))
}

/// Somebody proposes one, with the figure as it was in some days.
pub async fn propose(cx: &Cx, actor: &Actor, input: ProposalInput) -> Result<ImprovementRow> {
    policy::require(&actor.who, Permission::ManageMeasures)?;
    let staff = StaffId::of(&actor.who).ok_or(Refusal::NotAllowed)?;
    let named = |what: &'static str, field: &'static str, text: &str| {
        let text = text.trim();
        let fits = !text.is_empty() && text.chars().count() <= NAME_LIMIT;
        if fits { Ok(text.to_owned()) } else { Err(refused(&[field], Refusal::Length { what, limit: NAME_LIMIT })) }
    };
    let about = match input.about {
        AboutInput::Product { seller, product } => {
            ImprovementAbout::Product { seller, product: named("The product", "product", &product)? }
        }
        AboutInput::Seller(seller) => ImprovementAbout::Seller { seller },
        AboutInput::Process(process) => ImprovementAbout::Process { name: named("The process", "process", &process)? },
    };
    if let ImprovementAbout::Product { seller, .. } | ImprovementAbout::Seller { seller } = &about
        && cx.store.sellers_by_id(actor.scope(), &[*seller]).await?.is_empty()
    {
        return Err(refused(&["sellerId"], Refusal::NotFound { what: "Seller" }));
    }
    let before = measured(cx, actor, &about, input.kpi, input.before).await?;
    let proposed = Improvement::propose(about, ImprovementOrigin::Person(staff), &input.plan, (input.kpi, before), cx.now());
    let improvement = proposed.map_err(|why| refused(&["plan"], why))?.measured_before(before, input.before);
    let row = ImprovementRow { improvement, owner_name: None };
    let tx = cx.store.begin(actor.marketplace).await?;
    tx.insert_improvement(&row).await?;
    tx.commit().await?;
    Ok(row)
}

/// Words of a buyer who was not satisfied ask for an improvement, once.
pub(in crate::workflow) async fn ask_for(tx: &Tx, about: ImprovementAbout, origin: ImprovementOrigin, words: &str) -> Result<()> {
    let improvement = Improvement::asked_for(about, origin, words, tx.now())?;
    Ok(tx.insert_improvement(&ImprovementRow { improvement, owner_name: None }).await?)
}

async fn known(tx: &Tx, actor: &Actor, id: ImprovementId) -> Result<ImprovementRow> {
    policy::require(&actor.who, Permission::ManageMeasures)?;
    let found = tx.lock_improvement(actor.scope(), id).await?;
    found.ok_or_else(|| refused(&["improvementId"], Refusal::NotFound { what: "Improvement" }))
}

/// Somebody takes it on, or over, until a day.
pub async fn take_on(cx: &Cx, actor: &Actor, id: ImprovementId, due_on: NaiveDate, revision: i32) -> Result<ImprovementRow> {
    let today = cx.now().with_timezone(&cx.marketplace(actor.marketplace).await?.timezone).date_naive();
    let tx = cx.store.begin(actor.marketplace).await?;
    let ImprovementRow { mut improvement, .. } = known(&tx, actor, id).await?;
    let staff = StaffId::of(&actor.who).ok_or(Refusal::NotAllowed)?;
    if improvement.is_unmeasured()
        && let Ok(before) = Days::new(today - MONTH, today)
    {
        let found = measured(cx, actor, &improvement.about, improvement.kpi, before).await?;
        improvement = improvement.measured_before(found, before);
    }
    let row = ImprovementRow { improvement: improvement.take_on(staff, due_on, today, revision)?, owner_name: name(&actor.who) };
    tx.save_improvement(&row).await?;
    tx.commit().await?;
    Ok(row)
}

/// It is done.
pub async fn finish(cx: &Cx, actor: &Actor, id: ImprovementId, revision: i32) -> Result<ImprovementRow> {
    moved(cx, actor, id, |improvement| improvement.finish(revision)).await
}

/// It will not be done.
pub async fn drop_for(cx: &Cx, actor: &Actor, id: ImprovementId, reason: &str, revision: i32) -> Result<ImprovementRow> {
    moved(cx, actor, id, |improvement| improvement.drop_for(reason, revision)).await
}

/// The same figure afterwards, in some days.
pub async fn measure(cx: &Cx, actor: &Actor, id: ImprovementId, after: Days, revision: i32) -> Result<ImprovementRow> {
    let today = cx.now().with_timezone(&cx.marketplace(actor.marketplace).await?.timezone).date_naive();
    let tx = cx.store.begin(actor.marketplace).await?;
    let ImprovementRow { improvement, owner_name } = known(&tx, actor, id).await?;
    let found = measured(cx, actor, &improvement.about, improvement.kpi, after).await?;
    let row = ImprovementRow { improvement: improvement.measure(found, after, today, revision)?, owner_name };
    tx.save_improvement(&row).await?;
    tx.commit().await?;
    Ok(row)
}

async fn moved(
    cx: &Cx,
    actor: &Actor,
    id: ImprovementId,
    step: impl FnOnce(&Improvement) -> std::result::Result<Improvement, Refusal>,
) -> Result<ImprovementRow> {
    let tx = cx.store.begin(actor.marketplace).await?;
    let ImprovementRow { improvement, owner_name } = known(&tx, actor, id).await?;
    let row = ImprovementRow { improvement: step(&improvement)?, owner_name };
    tx.save_improvement(&row).await?;
    tx.commit().await?;
    Ok(row)
}
