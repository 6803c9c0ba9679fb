//! What the marketplace's software tells of a sale in money.

use std::num::NonZeroU32;

use super::orders::{AmountInput, ID_LIMIT, LineInput, amount, sentence};
use super::{Check, Result};
use crate::domain::ids::OrderId;
use crate::domain::law::WithdrawalExclusion;
use crate::domain::money::{BasisPoints, Currency, ExchangeRate, Money};
use crate::domain::purchases::{
    CommissionBase, CommissionTerms, FactsError, FinalSale, LineFacts, LineKey, RecordedLine, SaleFacts, ShippingShare, SoldLine, TaxMode,
    Update, WithdrawalRight,
};
use crate::domain::refusal::Refusal;
use crate::store::{NewFacts, OrderDraft, Tx};

/// At most this many discounts on a line.
const MOST_DISCOUNTS: usize = 20;

/// What was agreed on when a line was sold, as the vendor tells it.
#[derive(Debug, Clone)]
pub struct LineTerms {
    /// Whether the prices contain the tax.
    pub tax_mode: TaxMode,
    /// The rate of tax on the goods, in basis points.
    pub tax_rate: u16,
    /// The line's share of every discount.
    pub discounts: Vec<AmountInput>,
    /// The line's share of the delivery cost; none when delivery cost nothing.
    pub shipping: Option<ShippingInput>,
    /// Other sums paid with the line.
    pub fees: Option<AmountInput>,
    /// What the operator takes; none when it takes nothing.
    pub commission: Option<CommissionInput>,
    /// Why the buyer may not withdraw; none when they may.
    pub exclusion: Option<WithdrawalExclusion>,
    /// The seller's currency and the rate of the day of sale, where the seller is paid in another one.
    pub settlement: Option<SettlementInput>,
    /// Whether it was sold as final.
    pub final_sale: FinalSale,
}

/// What of the delivery cost falls on a line.
#[derive(Debug, Clone)]
pub struct ShippingInput {
    /// What the cheapest standard delivery offered would have cost.
    pub standard: AmountInput,
    /// What was paid on top of it.
    pub faster_extra: Option<AmountInput>,
    /// The rate of tax on delivery, in basis points.
    pub tax_rate: u16,
}

/// What the operator takes for a sale.
#[derive(Debug, Clone)]
pub struct CommissionInput {
    /// The share of what was paid, in basis points.
    pub rate: u16,
    /// What is taken in any case.
    pub fixed: Option<AmountInput>,
    /// The most that is taken.
    pub maximum: Option<AmountInput>,
    /// What it is a share of.
    pub base: CommissionBase,
    /// The rate of tax on the commission, in basis points.
    pub vat_rate: u16,
}

/// In what the seller is paid.
#[derive(Debug, Clone)]
pub struct SettlementInput {
    /// The seller's currency.
    pub currency_code: String,
    /// What one unit of the buyer's currency is worth in it.
    pub rate: String,
}

/// The ids that payment systems gave.
pub(super) fn check_sale(check: &mut Check, order: &str, sale: &SaleFacts) {
    let payment = sale.payment.as_ref().map(|payment| ("paymentReference", "The payment's reference", &payment.0));
    let account = sale.seller_account.as_ref().map(|account| ("sellerAccount", "The seller's account", &account.0));
    for (field, what, text) in payment.into_iter().chain(account) {
        check.text(&["orders", order, field], what, text, ID_LIMIT);
    }
}

/// The money facts of a line; none when one of them cannot be read.
pub(super) fn read(check: &mut Check, path: &[&str], line: &LineInput, unit_price: Money) -> Option<LineFacts> {
    let (terms, currency) = (&line.terms, unit_price.currency);
    let mut reader = Reader { check, path, currency };
    if terms.discounts.len() > MOST_DISCOUNTS {
        reader.fault(&["discounts"], Refusal::TooMany { limit: MOST_DISCOUNTS });
        return None;
    }
    let discounts: Vec<_> = (0..)
        .zip(&terms.discounts)
        .map(|(number, discount): (usize, _)| reader.amount(&["discounts", &number.to_string()], "A discount", Some(discount)))
        .collect();
    let shipping = reader.shipping(terms.shipping.as_ref());
    let fees = reader.amount(&["fees"], "The fees", terms.fees.as_ref());
    let commission = reader.commission(terms.commission.as_ref());
    let tax_rate = reader.rate(&["taxRate"], terms.tax_rate);
    let settlement = reader.settlement(terms.settlement.as_ref());
    let facts = LineFacts {
        line: LineKey::try_from(line.external_id.clone()).ok()?,
        quantity: NonZeroU32::new(line.quantity)?,
        unit_price,
        tax_mode: terms.tax_mode,
        tax_rate: tax_rate?,
        discounts: discounts.into_iter().collect::<Option<_>>()?,
        shipping: shipping?,
        fees: fees?,
        commission: commission?,
        withdrawal: terms.exclusion.map_or(WithdrawalRight::Given, WithdrawalRight::Excluded),
        settlement: settlement?,
    };
    // Whether the amounts go together is known only once all are.
    match SoldLine::new(facts.clone()) {
        Ok(_) => Some(facts),
        Err(error) => {
            let field: &[&str] = if error == FactsError::DiscountsTooLarge { &["discounts"] } else { &[] };
            reader.fault(field, Refusal::Invalid { message: sentence(&error) });
            None
        }
    }
}

/// Reads the parts of one line and says where a fault is.
struct Reader<'a> {
    check: &'a mut Check,
    path: &'a [&'a str],
    currency: Currency,
}

impl Reader<'_> {
    fn fault(&mut self, field: &[&str], refusal: Refusal) {
        self.check.fault(&[self.path, field].concat(), refusal);
    }

    /// An amount in the currency of the line; nothing when none is told.
    fn amount(&mut self, field: &[&str], what: &str, told: Option<&AmountInput>) -> Option<Money> {
        let Some(told) = told else { return Some(Money::zero(self.currency)) };
        let path = [self.path, field].concat();
        let read = amount(self.check, &path, what, told)?;
        if read.currency != self.currency {
            self.check.fault(&path, Refusal::Invalid { message: "All amounts of a line must be in the currency of its price.".into() });
            return None;
        }
        Some(read)
    }

    fn rate(&mut self, field: &[&str], told: u16) -> Option<BasisPoints> {
        let read = BasisPoints::new(told);
        if let Err(error) = &read {
            self.fault(field, Refusal::Invalid { message: sentence(error) });
        }
        read.ok()
    }

    fn shipping(&mut self, told: Option<&ShippingInput>) -> Option<ShippingShare> {
        let standard = self.amount(&["shipping", "standard"], "The delivery cost", told.map(|told| &told.standard));
        let extra = told.and_then(|told| told.faster_extra.as_ref());
        let faster_extra = self.amount(&["shipping", "fasterExtra"], "The extra for faster delivery", extra);
        let tax_rate = self.rate(&["shipping", "taxRate"], told.map_or(0, |told| told.tax_rate));
        Some(ShippingShare { standard: standard?, faster_extra: faster_extra?, tax_rate: tax_rate? })
    }

    fn commission(&mut self, told: Option<&CommissionInput>) -> Option<CommissionTerms> {
        let rate = self.rate(&["commission", "rate"], told.map_or(0, |told| told.rate));
        let vat_rate = self.rate(&["commission", "vatRate"], told.map_or(0, |told| told.vat_rate));
        let fixed = self.amount(&["commission", "fixed"], "The fixed commission", told.and_then(|told| told.fixed.as_ref()));
        let most = told.and_then(|told| told.maximum.as_ref());
        let maximum = match most {
            Some(most) => Some(self.amount(&["commission", "maximum"], "The highest commission", Some(most))?),
            None => None,
        };
        let base = told.map_or(CommissionBase::Items, |told| told.base);
        Some(CommissionTerms { rate: rate?, fixed: fixed?, maximum, base, vat_rate: vat_rate? })
    }

    /// The outer option is none when it cannot be read, the inner when there is none.
    #[expect(clippy::option_option, reason = "a fault is not the same as nothing told")]
    fn settlement(&mut self, told: Option<&SettlementInput>) -> Option<Option<ExchangeRate>> {
        let Some(told) = told else { return Some(None) };
        let read = told.currency_code.parse::<Currency>().and_then(|to| ExchangeRate::parse(self.currency, to, &told.rate));
        match read {
            Ok(rate) => Some(Some(rate)),
            Err(error) => {
                self.fault(&["settlement"], Refusal::Invalid { message: sentence(&error) });
                None
            }
        }
    }
}

/// Keeps what was told of the lines of orders that are under lock, as far as it is news.
pub(super) async fn keep(tx: &Tx, ids: &[OrderId], drafts: &[OrderDraft], told: Vec<Vec<(LineFacts, FinalSale)>>) -> Result<()> {
    let known = tx.recorded_lines(ids).await?;
    let mut news = Vec::new();
    for ((order, draft), lines) in ids.iter().zip(drafts).zip(told) {
        for (facts, final_sale) in lines {
            let before = known.get(&(*order, facts.line.clone()));
            let taken = match before {
                Some(before) => match before.update(facts, draft.told_at).map_err(|error| unlike(&error))? {
                    Update::Unchanged | Update::Stale => None,
                    Update::Taken { record, kept } => Some((*record, kept)),
                },
                None => Some((RecordedLine::first(facts, draft.told_at).map_err(|error| unlike(&error))?, Vec::new())),
            };
            news.extend(taken.map(|(record, kept)| NewFacts { order: *order, record, final_sale, kept }));
        }
    }
    Ok(tx.add_facts(&news).await?)
}

/// What a line cannot become once it was sold.
fn unlike(error: &FactsError) -> Refusal {
    Refusal::Invalid { message: sentence(error) }
}
