//! How sellers complain, and who mediates between them and the marketplace.

use serde::{Deserialize, Serialize};

use super::Mediator;

/// The most characters of the way to complain.
const LONGEST_ROUTE: usize = 1000;
/// The fewest mediators that a marketplace names (Regulation (EU) 2019/1150, article 12(1)).
const FEWEST: usize = 2;
/// The most that it can name.
const MOST: usize = 10;

/// What a seller is told when a dispute ends and it does not agree (Regulation (EU) 2019/1150, articles 11 and 12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SellerComplaints {
    /// How a seller complains to the marketplace, in words or as an address.
    pub route: String,
    /// The mediators that the marketplace is ready to engage with, two or more.
    pub mediators: Vec<Mediator>,
}

impl SellerComplaints {
    /// What a seller is told, in French or else in English.
    pub fn notice(&self, locale: &str) -> String {
        let mediators = self.mediators.iter().map(|one| {
            let contact = [Some(one.name.as_str()), one.address.as_deref(), Some(one.url.as_str())];
            format!("- {}", contact.into_iter().flatten().collect::<Vec<_>>().join(", "))
        });
        let (route, mediators) = (&self.route, mediators.collect::<Vec<_>>().join("\n"));
        if locale.split(['-', '_']).next() == Some("fr") {
            format!(
                "Si vous n’êtes pas d’accord, vous pouvez déposer gratuitement une réclamation auprès de nous\u{a0}: {route}\n\nÀ défaut de \
                 solution, nous sommes prêts à recourir à l’un de ces médiateurs (règlement (UE) 2019/1150, article 12)\u{a0}:\n{mediators}"
            )
        } else {
            format!(
                "If you do not agree, you can lodge a complaint with us, free of charge: {route}\n\nIf that does not help, we are willing to \
                 engage with one of these mediators (Regulation (EU) 2019/1150, article 12):\n{mediators}"
            )
        }
    }

    /// What is wrong with it: the field, and a sentence.
    pub(super) fn faults(&self) -> Vec<(&'static str, String)> {
        let mut faults = Vec::new();
        if self.route.trim().is_empty() || self.route.chars().count() > LONGEST_ROUTE {
            faults.push(("route", format!("This must have between 1 and {LONGEST_ROUTE} characters.")));
        }
        if !(FEWEST..=MOST).contains(&self.mediators.len()) {
            faults.push(("mediators", format!("There must be {FEWEST} to {MOST} mediators (Regulation (EU) 2019/1150, article 12).")));
        }
        faults
    }
}
