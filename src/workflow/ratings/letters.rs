//! The e-mails about ratings.

use super::super::{Cx, Error, Result};
use super::invitations::{open, url};
use crate::domain::charter::Marketplace;
use crate::domain::ids::{InvitationId, MarketplaceId, RatingId, ReportId};
use crate::domain::mails::{self, Language, Letter, MailKind};
use crate::domain::parties::Actor;
use crate::domain::ratings::{Call, Reporter, ReviewNews, ReviewSender, invitation_words, review_words};

/// The e-mail that asks a buyer; none when nothing is asked any more, for e-mails may wait for their server.
pub(in crate::workflow) async fn invitation_letter(
    cx: &Cx,
    marketplace: &Marketplace,
    (id, call): (InvitationId, Call),
    unsubscribe: Option<&str>,
    language: Language,
) -> Result<Option<Letter>> {
    let link = url(cx, marketplace.id, id)?;
    let opened = open(cx, &cx.links.invitation_token(marketplace.id, id)).await?;
    if opened.state.is_over() {
        return Ok(None);
    }
    let about = (opened.invitation.about.subjects(), opened.what.as_str());
    let (subject, words) = invitation_words(&marketplace.name, about, (call, opened.invitation.reward), &link, language);
    Ok(Some(mails::notice(MailKind::RatingInvitation, subject, &words, &marketplace.name, unsubscribe, language)))
}

/// The e-mail that tells of a review.
pub(in crate::workflow) async fn review_letter(
    cx: &Cx,
    marketplace: &Marketplace,
    (id, news): (RatingId, ReviewNews),
    unsubscribe: Option<&str>,
    language: Language,
) -> Result<Letter> {
    let scope = Actor::system(marketplace.id).scope();
    let review = cx.store.review(scope, id).await?.ok_or(Error::NotFound)?.review;
    let seller = cx.store.sellers_by_id(scope, &[review.about.seller]).await?.pop().ok_or(Error::NotFound)?;
    let what = review.about.product.as_deref().unwrap_or(&seller.name);
    let sender = ReviewSender { marketplace: &marketplace.name, zone: marketplace.timezone, what };
    let (subject, words) = review_words(&review, news, sender, language);
    Ok(match news {
        ReviewNews::Published | ReviewNews::Decided => {
            mails::notice(MailKind::Review, subject, &words, &marketplace.name, unsubscribe, language)
        }
        ReviewNews::ReportDecided => mails::to_reporter(subject, &words, &marketplace.name, language),
        _ => mails::unstoppable(MailKind::ReviewDecision, subject, &words, &marketplace.name, language),
    })
}

/// The address of a person who reported a review; none of a seller, who has one of its own.
pub(in crate::workflow) async fn reporter(cx: &Cx, marketplace: MarketplaceId, id: RatingId, report: ReportId) -> Result<Option<String>> {
    let found = cx.store.review(Actor::system(marketplace).scope(), id).await?;
    let by = found.and_then(|row| row.review.reports.into_iter().find(|one| one.id == report)).map(|one| one.by);
    Ok(match by {
        Some(Reporter::Person { email, .. }) => Some(email),
        _ => None,
    })
}
