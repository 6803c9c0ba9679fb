//! What a sale books: what the buyer paid to the seller, and the operator's commission.

use chrono::{DateTime, Utc};

use super::super::ids::{OrderId, SellerId};
use super::super::purchases::{Part, RecordedLine};
use super::posting::settled;
use super::{Account, Cause, Draft, EntryKind, LedgerError, Posting};

/// Books a line that was sold. [`LedgerError::Nothing`] for a line that was free of everything.
///
/// The commission is a sale of the operator to the seller, in the seller's currency and with its own tax.
pub fn sale(order: OrderId, seller: SellerId, line: &RecordedLine, at: DateTime<Utc>) -> Result<Posting, LedgerError> {
    let (sold, rate) = (&line.sold, line.sold.facts().settlement);
    let (key, seller) = (sold.line(), Account::Seller(seller));
    let mut draft = Draft::new();
    for part in Part::ALL {
        let paid = sold.paid().get(part);
        draft.exchange(EntryKind::sold(part), (Account::Buyer, paid), (seller, settled(paid, rate)?), Some(key))?;
    }
    let commission = sold.commission();
    draft.transfer(EntryKind::CommissionFee, seller, Account::Operator, settled(commission.fee, rate)?, Some(key))?;
    draft.transfer(EntryKind::CommissionVat, seller, Account::CommissionTax, settled(commission.vat, rate)?, Some(key))?;
    draft.post(Cause::Sale { order, line: key.clone(), version: line.version }, at)
}
