//! Who takes part, who acts, and how much of a marketplace an actor can see.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{BuyerId, CaseId, ConnectionId, MarketplaceId, MediatorId, SellerId, TokenId};

/// The three sides of every case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Party {
    /// The person who bought, or asks before buying.
    Buyer,
    /// The third-party seller.
    Seller,
    /// The marketplace's own staff.
    Operator,
}

impl Party {
    /// All three, in the order of the enum.
    pub const ALL: [Self; 3] = [Self::Buyer, Self::Seller, Self::Operator];

    const fn bit(self) -> i16 {
        match self {
            Self::Buyer => 1,
            Self::Seller => 2,
            Self::Operator => 4,
        }
    }
}

/// The audience of a message or an event: which of the three sides may see it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Audience(i16);

impl Audience {
    /// Everybody in the case.
    pub const ALL: Self = Self(7);
    /// The operator alone.
    pub const OPERATOR: Self = Self(4);
    /// No side at all.
    pub const NOBODY: Self = Self(0);
    const BUYER: Self = Self(1);
    const SELLER: Self = Self(2);

    /// Exactly these sides.
    pub fn of(parties: impl IntoIterator<Item = Party>) -> Self {
        Self(parties.into_iter().fold(0, |bits, party| bits | party.bit()))
    }

    /// Whether all sides of the other are part of it.
    pub const fn covers(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the side is part of it.
    pub const fn contains(self, party: Party) -> bool {
        self.0 & party.bit() != 0
    }

    /// The same without one side.
    #[must_use]
    pub const fn without(self, party: Party) -> Self {
        Self(self.0 & !party.bit())
    }

    /// The sides, in the order of the enum.
    pub fn parties(self) -> impl Iterator<Item = Party> {
        Party::ALL.into_iter().filter(move |party| self.contains(*party))
    }

    /// The bits as the database keeps them: buyer 1, seller 2, operator 4.
    pub const fn bits(self) -> i16 {
        self.0
    }

    /// Takes bits that the database kept; unknown bits are dropped.
    pub const fn from_bits(bits: i16) -> Self {
        Self(bits & 7)
    }
}

impl fmt::Debug for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.parties()).finish()
    }
}

/// What an API token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// The marketplace's staff: everything in the marketplace.
    Operator,
    /// One seller: the cases it is part of.
    Seller,
    /// The marketplace's own software: catalogue of sellers and orders, and what the buyers may see.
    Vendor,
}

/// Somebody who does something, in one marketplace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The tenant. No actor reaches over it.
    pub marketplace: MarketplaceId,
    /// Who it is.
    pub who: Who,
}

/// Who an actor is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Who {
    /// A person or program of the operator.
    Operator {
        /// The token used.
        token: TokenId,
        /// The token's name.
        name: String,
    },
    /// A person or program of a seller.
    Seller {
        /// Which seller.
        seller: SellerId,
        /// The token used.
        token: TokenId,
        /// The token's name.
        name: String,
    },
    /// The marketplace's software.
    Vendor {
        /// The token used.
        token: TokenId,
        /// The token's name.
        name: String,
    },
    /// A buyer who wrote through the helpdesk.
    Buyer {
        /// Which buyer.
        buyer: BuyerId,
    },
    /// A person of the operator who acted inside the helpdesk.
    Agent {
        /// The helpdesk.
        connection: ConnectionId,
        /// The agent's name there.
        name: String,
    },
    /// Somebody from outside who is let into one case for a while, to read.
    Mediator {
        /// Who.
        mediator: MediatorId,
        /// Into which case.
        case: CaseId,
        /// Their name.
        name: String,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// The helpdesk itself, as far as we can tell.
    Helpdesk {
        /// Which one.
        connection: ConnectionId,
    },
    /// Trilogue itself: timers and rules.
    System,
}

impl Who {
    /// Which side of a case it stands on; none for programs that stand outside.
    pub const fn party(&self) -> Option<Party> {
        match self {
            Self::Operator { .. } | Self::Agent { .. } => Some(Party::Operator),
            Self::Seller { .. } => Some(Party::Seller),
            Self::Buyer { .. } => Some(Party::Buyer),
            Self::Vendor { .. } | Self::Mediator { .. } | Self::Helpdesk { .. } | Self::System => None,
        }
    }
}

impl Actor {
    /// Trilogue itself.
    pub const fn system(marketplace: MarketplaceId) -> Self {
        Self { marketplace, who: Who::System }
    }

    /// Which side of a case it stands on; none for programs that stand outside.
    pub const fn party(&self) -> Option<Party> {
        self.who.party()
    }

    /// How much of the marketplace it can see.
    pub const fn scope(&self) -> Scope {
        let view = match self.who {
            Who::Operator { .. } | Who::Agent { .. } | Who::Helpdesk { .. } | Who::System => View::Whole,
            Who::Seller { seller, .. } => View::Seller(seller),
            Who::Vendor { .. } => View::Storefront,
            Who::Buyer { buyer } => View::Buyer(buyer),
            Who::Mediator { mediator, case, until, .. } => View::Mediator { mediator, case, until },
        };
        Scope { marketplace: self.marketplace, view }
    }
}

/// The part of the store that a reader may see. Every finder takes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scope {
    /// The tenant.
    pub marketplace: MarketplaceId,
    /// Which part of it.
    pub view: View,
}

/// Whose eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum View {
    /// The operator's: the whole marketplace.
    Whole,
    /// One seller's: its cases, and in them the threads it takes part in.
    Seller(SellerId),
    /// The storefront's, for the vendor: every case, but only what its buyer may see.
    Storefront,
    /// One buyer's: their own cases.
    Buyer(BuyerId),
    /// One mediator's: one case, and in it the threads that were shown to them, as far as they are meant for everybody.
    Mediator {
        /// Who.
        mediator: MediatorId,
        /// Which case.
        case: CaseId,
        /// Until when. Whoever opens a door asks the clock; what they hand out must not last longer.
        until: DateTime<Utc>,
    },
}

impl Scope {
    /// The sides that a message or event must be meant for, all of them, to be seen; nobody when all may be seen.
    pub const fn audience(self) -> Audience {
        match self.view {
            View::Whole => Audience::NOBODY,
            View::Seller(_) => Audience::SELLER,
            View::Storefront | View::Buyer(_) => Audience::BUYER,
            View::Mediator { .. } => Audience::ALL,
        }
    }

    /// As which side somebody reads the words of another; none for whoever reads them as they were written. Mediators are
    /// told no contact details of either side, so they read each as the other does.
    pub const fn reads_as(self, author: Party) -> Option<Party> {
        match (self.view, author) {
            (View::Whole, _) => None,
            (View::Seller(_), _) | (View::Mediator { .. }, Party::Buyer) => Some(Party::Seller),
            (View::Storefront | View::Buyer(_) | View::Mediator { .. }, _) => Some(Party::Buyer),
        }
    }
}
