//! What a buyer answers to an invitation: product, seller or support, once.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::super::{Check, Cx, Error, Fault, Result};
use super::invitations::open_link;
use super::satisfaction::{LONGEST_WORDS, keep_support};
use super::scores::Books;
use crate::domain::charter::Marketplace;
use crate::domain::ids::{BuyerId, CaseId, OrderId, RatingId, SellerId};
use crate::domain::mails::{MailKind, Receiver};
use crate::domain::orders::OrderLine;
use crate::domain::parties::{Actor, Who};
use crate::domain::ratings::{
    About, Answers, Consent, CriterionKey, Draft, Grade, Invitation, InvitationAbout, RatingRefusal, Recommendation, Review, ReviewNews,
    ReviewState, Solved, Subject, SupportAnswers, SupportRating, SupportSource, Verification,
};
use crate::domain::refusal::Refusal;
use crate::domain::shipments::Shipment;
use crate::store::{ReviewRow, SupportRow, Tx};

/// The grades that somebody gave, as they came.
type GivenGrades = Vec<(String, i64)>;

/// What is said of a product or a seller.
#[derive(Debug, Clone, Default)]
pub struct ReviewDraft {
    /// The grades, by criterion.
    pub grades: GivenGrades,
    /// In words; may be empty.
    pub text: String,
    /// Whether it may be quoted.
    pub consent: Consent,
}

/// What is said of the support.
#[derive(Debug, Clone, Default)]
pub struct SupportDraft {
    /// The grades, by criterion.
    pub grades: GivenGrades,
    /// In words; may be empty.
    pub text: String,
    /// Whether it was solved.
    pub solved: Option<Solved>,
    /// How likely the buyer is to recommend the marketplace.
    pub recommendation: Option<i64>,
}

/// All that is answered at once.
#[derive(Debug, Clone, Default)]
pub struct Submission {
    /// Of the product.
    pub product: Option<ReviewDraft>,
    /// Of the seller.
    pub seller: Option<ReviewDraft>,
    /// Of the support.
    pub support: Option<SupportDraft>,
    /// When the experience was; none for the day of the delivery, where it is known, or today.
    pub experience_on: Option<NaiveDate>,
}

/// What was made of it.
#[derive(Debug, Clone, Default)]
pub struct Submitted {
    /// The reviews, of the product first.
    pub reviews: Vec<ReviewRow>,
    /// What was said of the support.
    pub support: Option<SupportRow>,
}

impl Submission {
    fn subjects(&self) -> Vec<Subject> {
        let given = [
            (Subject::Product, self.product.is_some()),
            (Subject::Seller, self.seller.is_some()),
            (Subject::Support, self.support.is_some()),
        ];
        given.into_iter().filter(|(_, given)| *given).map(|(subject, _)| subject).collect()
    }
}

/// Takes in what a buyer answers, once for each invitation: all of it, or nothing. What nothing speaks against is published at
/// once, be it good or bad.
pub async fn submit(cx: &Cx, actor: &Actor, token: &str, submission: Submission) -> Result<Submitted> {
    let (tenant, id) = open_link(cx, token).map_err(|_| at("token", Refusal::InvitationForged))?;
    if tenant != actor.marketplace {
        return Err(at("token", Refusal::InvitationForged));
    }
    let marketplace = cx.marketplace(tenant).await?;
    let rules = &marketplace.charter.ratings;
    let seen = cx.store.invitation(tenant, id).await?.ok_or_else(|| at("token", Refusal::InvitationForged))?;
    let tx = cx.store.begin(tenant).await?;
    // The order first, as everywhere: a dispute about it may be decided just now; and the case, whose ticket may just be read.
    match &seen.about {
        InvitationAbout::OrderLine { order, .. } => drop(tx.lock_purchase(*order).await?),
        InvitationAbout::Case { case } => drop(tx.lock_case(Actor::system(tenant).scope(), *case).await?),
    }
    let invitation = tx.lock_invitation(id).await?.ok_or_else(|| at("token", Refusal::InvitationForged))?;
    let author = author(actor, &invitation)?;
    let used = invitation.redeem(&submission.subjects(), &rules.invitations, cx.now()).map_err(|why| at("token", why.into()))?;

    let books = Books::open(&tx, &marketplace).await?;
    let intake = Intake { books: &books, marketplace: &marketplace, author, invitation: &used, now: cx.now() };
    let submitted = match &used.about {
        InvitationAbout::OrderLine { order, line } => intake.of_line(*order, line, submission).await?,
        InvitationAbout::Case { case } => intake.of_case(*case, submission).await?,
    };
    drop(books);

    let mut tx = tx;
    if let Some(support) = &submitted.support {
        super::satisfaction::tell(&mut tx, &Who::Buyer { buyer: author }, support);
    }
    tx.save_invitation(&used, &rules.invitations).await?;
    tx.commit().await?;
    cx.store.live().mails_grew();
    Ok(submitted)
}

fn at(field: &str, refusal: Refusal) -> Error {
    Error::Refused { faults: vec![Fault { path: vec![field.to_owned()], refusal }] }
}

/// Whose words they are: the invited buyer's, be it through the marketplace's software.
fn author(actor: &Actor, invitation: &Invitation) -> Result<BuyerId> {
    let invited = invitation.buyer.ok_or(Refusal::InvitationForged)?;
    match &actor.who {
        Who::Vendor { .. } => Ok(invited),
        Who::Buyer { buyer } if *buyer == invited => Ok(invited),
        _ => Err(Refusal::NotAllowed.into()),
    }
}

struct Intake<'a> {
    books: &'a Books<'a>,
    marketplace: &'a Marketplace,
    author: BuyerId,
    invitation: &'a Invitation,
    now: DateTime<Utc>,
}

impl Intake<'_> {
    const fn tx(&self) -> &Tx {
        self.books.tx
    }

    async fn of_line(&self, order: OrderId, line: &str, submission: Submission) -> Result<Submitted> {
        let ordered = self.tx().ordered(order).await?;
        let bought = ordered.iter().find(|one| one.external_id == line).ok_or(Error::NotFound)?;
        let scope = Actor::system(self.marketplace.id).scope();
        let seller = self.tx().knows_order(scope, order).await?.ok_or(Error::NotFound)?;
        let alias = self.tx().buyer(self.author).await?.ok_or(Error::NotFound)?.alias();
        let shipments = self.tx().shipments(&[order]).await?;
        let experience_on = submission.experience_on.unwrap_or_else(|| self.books.day(delivered(&shipments, line).unwrap_or(self.now)));
        let drafts = [(Subject::Product, submission.product), (Subject::Seller, submission.seller)];
        let mut reviews = Vec::new();
        let mut check = Check::default();
        for (subject, draft) in drafts.into_iter().filter_map(|(subject, draft)| Some((subject, draft?))) {
            let made = self.review(&mut check, subject, draft, (order, bought, seller), experience_on);
            reviews.extend(made.map(|review| ReviewRow { review, alias: alias.clone(), invitation: Some(self.invitation.id) }));
        }
        check.done()?;
        for row in &reviews {
            self.books.keep(None, row).await?;
            tell_seller(self.tx(), None, &row.review, self.now).await?;
        }
        Ok(Submitted { reviews, support: None })
    }

    /// A review, checked; its faults are in `check`.
    fn review(
        &self,
        check: &mut Check,
        subject: Subject,
        draft: ReviewDraft,
        (order, line, seller): (OrderId, &OrderLine, SellerId),
        experience_on: NaiveDate,
    ) -> Option<Review> {
        let field = if subject == Subject::Product { "product" } else { "seller" };
        let answers = grades(check, self.marketplace, (field, subject), &draft.grades)?;
        let product = (subject == Subject::Product).then(|| line.product().to_owned());
        let about = About { seller, product, order_line: Some((order, line.external_id.clone())) };
        let draft = Draft { text: draft.text, answers, experience_on, consent: draft.consent };
        let verified = Verification::by(Some(&self.invitation.about));
        let rules = self.marketplace.charter.ratings.replies;
        let made = Review::submit(self.author, about, verified, self.invitation.reward, &draft, (self.now, self.books.day(self.now)))
            .and_then(|review| review.checked(rules, self.now));
        match made {
            Ok(review) => Some(review),
            Err(why) => {
                let path = if matches!(why, RatingRefusal::ExperienceAhead { .. }) { vec!["experienceOn"] } else { vec![field, "text"] };
                check.fault(&path, why.into());
                None
            }
        }
    }

    async fn of_case(&self, case: CaseId, submission: Submission) -> Result<Submitted> {
        let Some(draft) = submission.support else { return Err(Refusal::from(RatingRefusal::NothingAnswered).into()) };
        let mut check = Check::default();
        let answered = draft.solved.is_some() || draft.recommendation.is_some();
        // Who answers one of the other two questions need not give a grade.
        let answers = if draft.grades.is_empty() && answered {
            None
        } else {
            grades(&mut check, self.marketplace, ("support", Subject::Support), &draft.grades)
        };
        let recommendation = draft.recommendation.map(Recommendation::try_from).transpose().unwrap_or_else(|why| {
            check.fault(&["support", "recommendation"], why.into());
            None
        });
        if draft.text.chars().count() > LONGEST_WORDS {
            check.fault(&["support", "text"], Refusal::Length { what: "The text", limit: LONGEST_WORDS });
        }
        check.done()?;
        let criteria = &self.marketplace.charter.ratings.criteria;
        let row = SupportRow {
            rating: SupportRating {
                id: RatingId::generate(),
                case,
                source: SupportSource::Invitation,
                satisfaction: answers.as_ref().and_then(|answers| answers.satisfaction(criteria)),
                answers: SupportAnswers { solved: draft.solved, recommendation },
                at: self.now,
            },
            grades: answers,
            text: draft.text.trim().to_owned(),
            revision: 1,
        };
        keep_support(self.books, row.clone()).await?;
        Ok(Submitted { reviews: Vec::new(), support: Some(row) })
    }
}

/// When the buyer got a line; none when that is not known.
pub(super) fn delivered(shipments: &[Shipment], line: &str) -> Option<DateTime<Utc>> {
    let holds = |shipment: &&Shipment| shipment.known.lines.iter().any(|part| part.line == line);
    shipments.iter().filter(holds).filter_map(|shipment| shipment.known.delivered_at).max()
}

/// The seller has to reply to what was published about it, and is told.
pub(super) async fn tell_seller(tx: &Tx, before: Option<&Review>, after: &Review, now: DateTime<Utc>) -> Result<()> {
    let first = before.is_none_or(|before| before.published_at().is_none());
    if !first || after.state() != ReviewState::Published {
        return Ok(());
    }
    let seller = Receiver::Seller(after.about.seller);
    Ok(tx.mail_news(MailKind::Review, &ReviewNews::Published.key(after), &[seller], now).await?)
}

/// Grades by the criteria of today; their faults are in `check`, each at its place.
pub(super) fn grades(
    check: &mut Check,
    marketplace: &Marketplace,
    (field, subject): (&str, Subject),
    given: &GivenGrades,
) -> Option<Answers> {
    let mut grades = BTreeMap::new();
    let mut sound = true;
    for (index, (key, grade)) in given.iter().enumerate() {
        let index = index.to_string();
        let path = |last| [field, "grades", index.as_str(), last];
        let unknown = || Refusal::Invalid { message: format!("`{}` is no criterion here.", key.chars().take(60).collect::<String>()) };
        match (key.parse::<CriterionKey>(), Grade::try_from(*grade)) {
            (Err(_), _) => check.fault(&path("criterion"), unknown()),
            (Ok(_), Err(why)) => check.fault(&path("grade"), why.into()),
            (Ok(key), Ok(_)) if grades.contains_key(&key) => check.fault(&path("criterion"), Refusal::Twice { key: key.to_string() }),
            (Ok(key), Ok(grade)) => {
                grades.insert(key, grade);
                continue;
            }
        }
        sound = false;
    }
    if !sound {
        return None;
    }
    match Answers::new(&marketplace.charter.ratings.criteria, subject, grades) {
        Ok(answers) => Some(answers),
        Err(why) => {
            check.fault(&[field, "grades"], why.into());
            None
        }
    }
}
