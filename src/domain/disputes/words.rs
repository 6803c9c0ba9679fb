//! What people are told of a dispute, in French or else in English.
//!
//! In French a stage of ours is never called "médiation de la consommation": that is the consumer mediator's service (articles
//! L611-1 and following of the consumer code). What the law wants said stands here and in no template that could be replaced.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::super::money::Money;
use super::super::parties::Party;
use super::super::refunds::{Bearing, CostPlan};
use super::super::sentiment::Language;
use super::super::templates::{LanguageTag, amount, moment};
use super::{Bid, CountsAgainstSeller, Decider, Decision, Dispute, DisputeEvent, DisputeOutcome, DisputeStage, Fault, Remedy};

/// The most characters of somebody's words that are told again.
const LONGEST_QUOTE: usize = 600;

/// Tells of a dispute in one language.
#[derive(Debug, Clone)]
pub struct Teller {
    tag: LanguageTag,
    french: bool,
    zone: Tz,
}

impl Teller {
    /// In this language, on the clock of that place.
    pub fn new(language: &str, zone: Tz) -> Self {
        let language = Language::of_tag(language).unwrap_or(Language::En);
        Self { tag: LanguageTag::of(language), french: language == Language::Fr, zone }
    }

    fn say(&self, french: impl Into<String>, english: impl Into<String>) -> String {
        if self.french { french.into() } else { english.into() }
    }

    fn time(&self, at: DateTime<Utc>) -> String {
        moment(at, self.zone, &self.tag)
    }

    fn money(&self, money: Money) -> String {
        amount(money, &self.tag)
    }

    fn stage(&self, stage: DisputeStage) -> &'static str {
        stage.label(self.tag.as_str())
    }

    fn party(&self, party: Party) -> String {
        match party {
            Party::Buyer => self.say("L’acheteur", "The buyer"),
            Party::Seller => self.say("Le vendeur", "The seller"),
            Party::Operator => self.say("La place de marché", "The marketplace"),
        }
    }

    fn remedy(&self, remedy: Remedy, money: Option<Money>) -> String {
        let words = match remedy {
            Remedy::Refund => self.say("remboursement", "refund"),
            Remedy::RefundWithReturn => self.say("remboursement après retour de l’article", "refund once the goods are back"),
            Remedy::Replacement => self.say("remplacement", "replacement"),
            Remedy::RefundWithReplacement => self.say("remplacement et remboursement", "replacement and refund"),
            Remedy::Repair => self.say("réparation", "repair"),
            Remedy::PartialRefundKeepItem => {
                self.say("remboursement partiel, l’article étant conservé", "partial refund, and the goods are kept")
            }
            Remedy::StoreCredit => self.say("avoir", "store credit"),
        };
        match money.filter(|_| remedy.has_amount()) {
            Some(money) => format!("{words} ({})", self.money(money)),
            None => words,
        }
    }

    fn bid(&self, bid: &Bid, shown: &str) -> String {
        let remedy = self.remedy(bid.remedy, bid.amount);
        if shown.trim().is_empty() { format!("{remedy}.") } else { format!("{remedy}. {}", self.quote(shown)) }
    }

    fn quote(&self, words: &str) -> String {
        let mut short: String = words.trim().chars().take(LONGEST_QUOTE).collect();
        if short.len() < words.trim().len() {
            short.push('…');
        }
        self.say(format!("«\u{a0}{short}\u{a0}»"), format!("“{short}”"))
    }

    /// What one side is told of something that happened; none when it is no news for them. `shown` gives the words of a side
    /// as the reader may read them.
    pub fn news(&self, dispute: &Dispute, event: &DisputeEvent, reader: Party, shown: &dyn Fn(&str, Party) -> String) -> Option<String> {
        let other = |party: Party| party != reader && reader != Party::Operator;
        match event {
            DisputeEvent::Opened { by, .. } => Some(self.opened(dispute, *by, reader)),
            DisputeEvent::Answered { by } if other(*by) => {
                let answer = dispute.answer.as_deref().map(|words| self.quote(&shown(words, *by)))?;
                let who = self.party(*by);
                Some(self.say(format!("{who} a répondu\u{a0}: {answer}"), format!("{who} has answered: {answer}")))
            }
            DisputeEvent::Offered { by, offer, bid } if other(*by) => {
                let until = dispute.offers.iter().find(|one| one.id == *offer).map(|one| self.time(one.expires_at))?;
                let (who, what) = (self.party(*by), self.bid(bid, &shown(&bid.text, *by)));
                Some(self.say(
                    format!("{who} propose\u{a0}: {what} Cette offre est valable jusqu’au {until}."),
                    format!("{who} offers: {what} This offer stands until {until}."),
                ))
            }
            DisputeEvent::Proposed { offer, bid } if reader != Party::Operator => {
                let until = dispute.proposals.iter().find(|one| one.id == *offer).map(|one| self.time(one.expires_at))?;
                let what = self.bid(bid, &bid.text);
                Some(self.say(
                    format!("Nous proposons aux deux parties\u{a0}: {what} Vous pouvez l’accepter ou la refuser jusqu’au {until}."),
                    format!("We propose to both parties: {what} You can accept or refuse it until {until}."),
                ))
            }
            DisputeEvent::Declined { by, .. } if other(*by) => {
                let who = self.party(*by);
                Some(self.say(format!("{who} a refusé la proposition."), format!("{who} has refused what was proposed.")))
            }
            DisputeEvent::EvidenceRequested { of, text } if *of == reader => {
                let until = dispute.evidence_requests.last().map(|one| self.time(one.due_at))?;
                let what = self.quote(text);
                Some(self.say(
                    format!("Nous avons besoin de vous jusqu’au {until}\u{a0}: {what}"),
                    format!("We need this from you until {until}: {what}"),
                ))
            }
            DisputeEvent::Settled { settlement } => {
                let what = self.remedy(settlement.remedy, settlement.amount);
                Some(self.say(format!("Un accord est trouvé\u{a0}: {what}."), format!("It is settled: {what}.")))
            }
            DisputeEvent::StageChanged { to, .. } => self.entered(dispute, *to),
            DisputeEvent::DecisionLate if reader == Party::Operator => {
                let until = self.time(dispute.hard_stop_at);
                Some(self.say(
                    format!("Une décision est attendue. Sans décision avant le {until}, l’acheteur l’emporte."),
                    format!("A decision is due. Without one before {until} the buyer wins."),
                ))
            }
            _ => None,
        }
    }

    fn opened(&self, dispute: &Dispute, by: Party, reader: Party) -> String {
        let (who, until) = (self.party(by), self.time(dispute.answer_due_at));
        let about = if dispute.amount.is_positive() { format!(" ({})", self.money(dispute.amount)) } else { String::new() };
        if reader == by {
            let other = self.party(dispute.respondent());
            return self.say(
                format!("Votre désaccord{about} est enregistré. {other} a jusqu’au {until} pour répondre."),
                format!("Your dispute{about} is registered. {other} has until {until} to answer."),
            );
        }
        self.say(
            format!("{who} a signalé un désaccord{about}. Une réponse est attendue avant le {until}."),
            format!("{who} has opened a dispute{about}. An answer is expected by {until}."),
        )
    }

    fn entered(&self, dispute: &Dispute, stage: DisputeStage) -> Option<String> {
        let until = |at: Option<DateTime<Utc>>| at.map(|at| self.time(at)).unwrap_or_default();
        let what = match stage {
            DisputeStage::Mediation => {
                let until = until(dispute.due_at);
                self.say(
                    format!("nous cherchons avec vous et l’autre partie une solution, au plus tard le {until}."),
                    format!("we look for a solution with you and the other party, until {until} at the latest."),
                )
            }
            DisputeStage::Arbitration => {
                let until = until(dispute.evidence_until);
                self.say(
                    format!("nous examinons le dossier et rendons une décision motivée. Vos pièces sont reçues jusqu’au {until}."),
                    format!("we examine the matter and give a reasoned decision. Evidence is taken until {until}."),
                )
            }
            DisputeStage::Appealed => self.say(
                "une autre personne que celle qui a décidé réexamine le dossier.",
                "another person than the one who decided looks at it again.",
            ),
            DisputeStage::Withdrawn => self.say("le désaccord a été retiré.", "the dispute was taken back."),
            _ => return None,
        };
        Some(self.say(format!("{}\u{a0}: {what}", self.stage(stage)), format!("{}: {what}", self.stage(stage))))
    }

    /// The statement of reasons (Regulation (EU) 2022/2065, article 17; 2019/1150, article 4), for buyer or seller. `subject`
    /// is what people know it by.
    pub fn statement(&self, dispute: &Dispute, decision: &Decision, reader: Party, subject: &str) -> String {
        let mut lines = vec![self.say(
            format!("Décision motivée sur le désaccord concernant {subject}"),
            format!("Decision and statement of reasons on the dispute about {subject}"),
        )];
        let mut field = |french: &str, english: &str, value: String| {
            lines.push(self.say(format!("- {french}\u{a0}: {value}"), format!("- {english}: {value}")));
        };
        field("Issue", "Outcome", self.outcome(decision.outcome));
        field("Responsabilité", "Fault", self.fault(decision.fault));
        let nothing = || self.say("rien", "nothing");
        let given = decision.remedy.map_or_else(nothing, |remedy| self.remedy(remedy, Some(decision.amount)));
        field("Pour l’acheteur", "For the buyer", given);
        if reader == Party::Seller {
            field("À la charge de", "Paid by", self.costs(decision.costs));
            field(
                "Compte dans vos indicateurs",
                "Counts in your measures",
                match decision.counts {
                    CountsAgainstSeller::Counts => self.say("oui", "yes"),
                    CountsAgainstSeller::DoesNotCount => self.say("non", "no"),
                },
            );
        }
        field("Règle appliquée", "Rule applied", decision.clause.clone());
        let by = match decision.by {
            Decider::Person(_) => self.say("par une personne", "by a person"),
            Decider::HardStop => self.say("par l’échéance du délai, sans examen", "by the end of the time, without examination"),
        };
        field("Décidé", "Decided", by);
        lines.push(String::new());
        lines.push(decision.statement.clone());
        lines.push(String::new());
        if let Some(due) = dispute.due_at.filter(|_| dispute.stage == DisputeStage::Decided && dispute.may_appeal(reader)) {
            let until = self.time(due);
            lines.push(self.say(
                format!("Vous pouvez demander un réexamen jusqu’au {until}, en joignant une pièce nouvelle\u{a0}; une autre personne s’en chargera."),
                format!("You can appeal until {until}, with evidence that was not handed in before; another person will hear it."),
            ));
        }
        lines.push(self.say(
            "Cette décision ne vous prive d’aucun recours, ni devant un organe de règlement extrajudiciaire, ni devant les tribunaux.",
            "This decision takes none of your remedies away, neither out of court nor before the courts.",
        ));
        lines.join("\n")
    }

    /// What the buyer is told at an end without agreement, or for good. `mediator` names the consumer mediator, where there is one.
    pub fn ended(&self, dispute: &Dispute, subject: &str, mediator: Option<&str>) -> String {
        let mut text = match dispute.stage {
            DisputeStage::Final => self.say(
                format!("La décision sur votre désaccord concernant {subject} est définitive chez nous."),
                format!("The decision on your dispute about {subject} is final with us."),
            ),
            _ => self.say(
                format!("Votre désaccord concernant {subject} se termine chez nous sans accord."),
                format!("Your dispute about {subject} ends with us without an agreement."),
            ),
        };
        for more in dispute.stood_back.as_deref().into_iter().chain(mediator) {
            text.push_str("\n\n");
            text.push_str(more);
        }
        text.push_str("\n\n");
        text.push_str(&self.say(
            "Vos droits à l’égard du vendeur restent inchangés, et vous pouvez saisir les tribunaux.",
            "Your rights against the seller stay as they are, and you can go to court.",
        ));
        text
    }

    /// What the seller is told then. `complaints` says how to complain, where the marketplace has said so.
    pub fn ended_for_seller(&self, dispute: &Dispute, subject: &str, complaints: Option<&str>) -> String {
        let stage = self.stage(dispute.stage);
        let text = self.say(
            format!("Le désaccord concernant {subject} est clos\u{a0}: {stage}."),
            format!("The dispute about {subject} is over: {stage}."),
        );
        complaints.map_or_else(|| text.clone(), |complaints| format!("{text}\n\n{complaints}"))
    }

    /// What people know the matter by: the order with this reference.
    pub fn order(&self, reference: &str) -> String {
        self.say(format!("la commande {reference}"), format!("order {reference}"))
    }

    /// What the team must do by hand: give something that is no money.
    pub fn remedy_by_hand(&self, remedy: Remedy) -> String {
        let what = self.remedy(remedy, None);
        self.say(format!("À organiser avec le vendeur\u{a0}: {what}."), format!("To be arranged with the seller: {what}."))
    }

    /// Open a return, as the goods go back before the money does.
    pub fn return_first(&self) -> String {
        self.say(
            "L’article revient d’abord\u{a0}: ouvrez ou suivez le retour, le remboursement en découle.",
            "The goods go back first: open a return or follow the one there is, and the refund follows from it.",
        )
    }

    /// Nothing, as all was refunded before.
    pub fn nothing_left(&self) -> String {
        self.say("Rien ne reste à rembourser\u{a0}: tout l’était déjà.", "Nothing is left to refund: all of it was refunded before.")
    }

    /// Make a refund that was refused.
    pub fn not_paid(&self, why: &str) -> String {
        self.say(
            format!("Le remboursement décidé n’a pas pu être accordé, faites-le à la main\u{a0}: {why}"),
            format!("The refund that follows could not be granted, make it by hand: {why}"),
        )
    }

    /// See to what was paid too much.
    pub fn lowered(&self, by: Money) -> String {
        let money = self.money(by);
        self.say(
            format!("Le réexamen accorde {money} de moins que ce qui a été versé. Rien n’est repris à l’acheteur automatiquement."),
            format!("The appeal gives {money} less than was paid. Nothing is taken back from the buyer by itself."),
        )
    }

    /// Book a cost to somebody else.
    pub fn cost_moved(&self, costs: CostPlan) -> String {
        let costs = self.costs(costs);
        self.say(
            format!("Le réexamen change qui supporte le coût\u{a0}: {costs}. Passez l’écriture correspondante."),
            format!("The appeal changes who pays: {costs}. Book the adjustment."),
        )
    }

    /// Name a consumer mediator.
    pub fn lacks_mediator(&self) -> String {
        self.say(
            "Aucun médiateur n’est indiqué dans la charte\u{a0}: l’acheteur doit pourtant en connaître un (articles L616-1 et R616-1).",
            "The charter names no consumer mediator, and the buyer must be told of one (articles L616-1 and R616-1).",
        )
    }

    /// Say how sellers complain.
    pub fn lacks_complaints(&self) -> String {
        self.say(
            "La charte n’indique ni réclamation ni médiateurs pour les vendeurs (règlement (UE) 2019/1150, articles 11 et 12).",
            "The charter names neither a complaint nor mediators for sellers (Regulation (EU) 2019/1150, articles 11 and 12).",
        )
    }

    fn outcome(&self, outcome: DisputeOutcome) -> String {
        match outcome {
            DisputeOutcome::BuyerFavour => self.say("en faveur de l’acheteur", "in favour of the buyer"),
            DisputeOutcome::SellerFavour => self.say("en faveur du vendeur", "in favour of the seller"),
            DisputeOutcome::Split => self.say("partagée", "split"),
            DisputeOutcome::NoFault => self.say("sans faute de quiconque", "nobody was wrong"),
            DisputeOutcome::Abandoned => self.say("abandonnée par son auteur", "no longer pursued"),
        }
    }

    fn fault(&self, fault: Fault) -> String {
        match fault {
            Fault::Buyer => self.say("acheteur", "buyer"),
            Fault::Seller => self.say("vendeur", "seller"),
            Fault::Carrier => self.say("transporteur", "carrier"),
            Fault::Platform => self.say("place de marché", "marketplace"),
            Fault::None => self.say("aucune établie", "none found"),
        }
    }

    fn costs(&self, costs: CostPlan) -> String {
        let goods = self.bearing(costs.goods);
        if costs.goods == costs.delivery {
            return goods;
        }
        let delivery = self.bearing(costs.delivery);
        self.say(format!("article\u{a0}: {goods}\u{a0}; livraison\u{a0}: {delivery}"), format!("goods: {goods}; delivery: {delivery}"))
    }

    fn bearing(&self, bearing: Bearing) -> String {
        match bearing {
            Bearing::Seller => self.say("vendeur", "seller"),
            Bearing::Operator => self.say("place de marché", "marketplace"),
            Bearing::Carrier => self.say("transporteur", "carrier"),
            Bearing::Shared(shares) => {
                let share = |points: u16| format!("{}.{:02}\u{a0}%", points / 100, points % 100);
                let (seller, operator, carrier) = (shares.seller().get(), shares.operator().get(), shares.carrier().get());
                self.say(
                    format!("vendeur {}, place de marché {}, transporteur {}", share(seller), share(operator), share(carrier)),
                    format!("seller {}, marketplace {}, carrier {}", share(seller), share(operator), share(carrier)),
                )
            }
        }
    }
}
