//! What the buyer and the team are told of a refund: which template, and the words of its own that go into it.

use chrono_tz::Tz;

use crate::domain::money::Money;
use crate::domain::refunds::{Consent, Grant, Refund, RefundEvent, RefundMeans, RefundStatus};
use crate::domain::templates::{LanguageTag, amount, moment};
use crate::workflow::dealings::Dealing;

/// The values of a template's own variables.
pub(super) type Said = Vec<(&'static str, String)>;

/// Why a person of the operator must look at a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alert {
    /// The seller was silent.
    ToDecide,
    /// A second person has to approve.
    ToApprove,
    /// The payment system could not.
    Failed,
    /// The payment system has been slow.
    Slow,
    /// The payment system took it back.
    Reversed,
    /// The payment system says what cannot be.
    Unclear,
}

impl Alert {
    /// What happened asks a person for.
    pub(super) const fn about(event: &RefundEvent) -> Option<Self> {
        match event {
            RefundEvent::HandedToOperator => Some(Self::ToDecide),
            RefundEvent::GrantProposed { .. } => Some(Self::ToApprove),
            RefundEvent::Failed { .. } => Some(Self::Failed),
            RefundEvent::PendingTooLong { .. } => Some(Self::Slow),
            RefundEvent::Reversed { .. } => Some(Self::Reversed),
            RefundEvent::AmountDiffers { .. } | RefundEvent::Contradicted { .. } => Some(Self::Unclear),
            RefundEvent::Requested { .. }
            | RefundEvent::ClaimEstablished { .. }
            | RefundEvent::LegalClockChanged
            | RefundEvent::Granted { .. }
            | RefundEvent::ConsentAsked { .. }
            | RefundEvent::Consented
            | RefundEvent::FellBack
            | RefundEvent::Declined { .. }
            | RefundEvent::Submitted { .. }
            | RefundEvent::Pending { .. }
            | RefundEvent::Succeeded { .. }
            | RefundEvent::Canceled => None,
        }
    }

    /// The template of the note.
    pub(super) const fn template(self) -> &'static str {
        match self {
            Self::ToDecide => "refund_to_decide",
            Self::ToApprove => "refund_to_approve",
            Self::Failed => "refund_failed",
            Self::Slow => "refund_slow",
            Self::Reversed => "refund_reversed",
            Self::Unclear => "refund_unclear",
        }
    }
}

/// A language, for numbers and dates.
struct Tongue(Option<LanguageTag>);

impl Tongue {
    /// The buyer's.
    fn of_buyer(dealing: &Dealing) -> Self {
        Self(dealing.case.language_or(&dealing.marketplace.locale).parse().ok())
    }

    /// The team's.
    fn of_house(dealing: &Dealing) -> Self {
        Self(dealing.marketplace.locale.parse().ok())
    }

    fn amount(&self, money: Money) -> String {
        self.0.as_ref().map_or_else(|| money.to_string(), |tag| amount(money, tag))
    }

    fn means(&self, means: RefundMeans) -> &'static str {
        let french = self.0.as_ref().is_some_and(|tag| tag.language() == "fr");
        match (means, french) {
            (RefundMeans::OriginalPayment, true) => "le moyen de paiement utilisé lors de la commande",
            (RefundMeans::OriginalPayment, false) => "the means of payment that you used",
            (RefundMeans::StoreCredit, true) => "un avoir",
            (RefundMeans::StoreCredit, false) => "store credit",
            (RefundMeans::Voucher, true) => "un code de réduction",
            (RefundMeans::Voucher, false) => "a promo code",
            (RefundMeans::BankTransfer, true) => "un virement bancaire",
            (RefundMeans::BankTransfer, false) => "a bank transfer",
        }
    }
}

/// What the buyer is told of where it stands; nothing of what is not theirs to know.
pub(super) fn for_buyer(dealing: &Dealing, refund: &Refund, timezone: Tz) -> Option<(&'static str, Said)> {
    let tongue = Tongue::of_buyer(dealing);
    let date = |at| tongue.0.as_ref().map(|tag| moment(at, timezone, tag));
    let granted = |grant: &Grant| {
        let total = grant.total().ok().map(|total| ("amount", tongue.amount(total)));
        let means = ("means", tongue.means(grant.means).to_owned());
        total.into_iter().chain([means]).collect::<Said>()
    };
    match refund.status {
        RefundStatus::Requested => {
            let until = refund.decide_by.and_then(date).map(|until| ("until", until));
            Some(("refund_requested", until.into_iter().collect()))
        }
        RefundStatus::Granted | RefundStatus::Submitted | RefundStatus::Pending | RefundStatus::Failed => {
            let grant = refund.grant.as_deref()?;
            let mut said = granted(grant);
            match &grant.consent {
                Consent::Awaited { until } => {
                    said.extend(date(*until).map(|until| ("until", until)));
                    Some(("refund_consent_asked", said))
                }
                Consent::FellBack { .. } => Some(("refund_fell_back", said)),
                Consent::NotNeeded | Consent::Given { .. } => {
                    let due = refund.claim.clock.and_then(|clock| clock.due_at(timezone));
                    said.extend(due.and_then(date).map(|due| ("until", due)));
                    Some(("refund_granted", said))
                }
            }
        }
        RefundStatus::Declined => {
            let decline = refund.decline.as_ref()?;
            Some(("refund_declined", vec![("reason", decline.text.clone())]))
        }
        RefundStatus::Succeeded => Some(("refund_paid", granted(refund.grant.as_deref()?))),
        RefundStatus::Canceled => Some(("refund_canceled", Vec::new())),
        RefundStatus::Reversed => None,
    }
}

/// What the team reads of it.
pub(super) fn for_team(dealing: &Dealing, refund: &Refund) -> Said {
    let tongue = Tongue::of_house(dealing);
    let grant = refund.grant.as_deref().or(refund.proposal.as_deref());
    let total = grant.and_then(|grant| grant.total().ok()).map(|total| ("amount", tongue.amount(total)));
    [("line", refund.line.to_string())].into_iter().chain(total).collect()
}
