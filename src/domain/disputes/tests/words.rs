//! What people are told, and what it is never called.

use chrono_tz::Europe::Paris;

use super::*;
use crate::domain::charter::{Mediator, SellerComplaints};

/// Everything that is said in a language about a dispute that has seen everything.
fn all_words(language: &str) -> Vec<(String, String)> {
    let house = House::new();
    let teller = Teller::new(language, Paris);
    let plain = |text: &str, _: Party| text.to_owned();
    let mut told = Vec::new();
    let mut tell = |one: &Dispute, events: &[Happened<DisputeEvent>]| {
        for event in events {
            for reader in Party::ALL {
                if let Some(text) = teller.news(one, &event.kind, reader, &plain) {
                    told.push((format!("{reader:?}"), text));
                }
            }
        }
    };
    let opened = Dispute::open(opening(), Hand::Buyer, &[], &house.terms(), monday()).unwrap();
    tell(&opened.after, &opened.events);
    let talking = house.step(&opened.after, Hand::Seller, &answer()).unwrap();
    tell(&talking.after, &talking.events);
    let offered = house.step(&talking.after, Hand::Seller, &DisputeMove::MakeOffer { bid: bid(1000), refundable: euros(8000) }).unwrap();
    tell(&offered.after, &offered.events);
    let id = offered.after.open_offer().unwrap().id;
    for answer in [DisputeMove::RefuseOffer(id), DisputeMove::AcceptOffer(id), DisputeMove::Withdraw] {
        let next = house.step(&offered.after, Hand::Buyer, &answer).unwrap();
        tell(&next.after, &next.events);
    }
    let mediated = house.mediated(opening());
    let ended = house.step(&mediated, Hand::Operator, &DisputeMove::StandBack { text: "Hors de notre site.".into() }).unwrap();
    tell(&ended.after, &ended.events);
    let proposed = DisputeMove::Propose { by: house.mediator.clone(), bid: bid(1500), refundable: euros(8000) };
    let proposed = house.step(&mediated, Hand::Operator, &proposed).unwrap();
    tell(&proposed.after, &proposed.events);
    let late = house.arbitrated().elapse(&house.terms(), monday() + TimeDelta::days(70)).unwrap();
    tell(&late.after, &late.events);
    let asked = house.step(&house.arbitrated(), Hand::Operator, &ask(&house.arbiter, Party::Seller)).unwrap();
    tell(&asked.after, &asked.events);
    let escalated = mediated.elapse(&house.terms(), monday() + TimeDelta::days(30)).unwrap();
    tell(&escalated.after, &escalated.events);
    told.extend(endings(&house, &teller, language, &ended.after));
    told
}

/// What is said at the end of one, and to the team.
fn endings(house: &House, teller: &Teller, language: &str, ended: &Dispute) -> Vec<(String, String)> {
    let mut told = Vec::new();
    let subject = teller.order("MK-1001");
    for outcome in DisputeOutcome::ALL {
        for fault in Fault::ALL {
            for remedy in [None].into_iter().chain(Remedy::ALL.map(Some)) {
                let decided = house.decided(ruling());
                let decision = Decision { outcome, fault, remedy, ..decided.decision.clone().unwrap() };
                for reader in [Party::Buyer, Party::Seller] {
                    told.push((format!("{reader:?}"), teller.statement(&decided, &decision, reader, &subject)));
                }
            }
        }
    }
    let mediator = Mediator { name: "CM2C".into(), url: "https://cm2c.example".into(), address: None };
    let notice = mediator.notice(language);
    let complaints = SellerComplaints { route: "reclamations@bazar.example".into(), mediators: vec![mediator.clone(), mediator] };
    for stage in DisputeStage::ALL {
        let over = Dispute { stage, ..ended.clone() };
        told.push(("Buyer".into(), teller.ended(&over, &subject, None)));
        told.push(("Seller".into(), teller.ended_for_seller(&over, &subject, Some(&complaints.notice(language)))));
        told.push(("Stage".into(), stage.label(language).to_owned()));
    }
    told.push(("Mediator".into(), teller.ended(ended, &subject, Some(&notice))));
    for remedy in Remedy::ALL {
        told.push(("Team".into(), teller.remedy_by_hand(remedy)));
    }
    told.extend(
        [
            teller.return_first(),
            teller.nothing_left(),
            teller.not_paid("…"),
            teller.lowered(euros(100)),
            teller.cost_moved(CostPlan::default()),
            teller.lacks_mediator(),
            teller.lacks_complaints(),
        ]
        .map(|text| ("Team".to_owned(), text)),
    );
    told
}

#[test]
fn the_internal_stage_is_never_called_the_consumer_mediation() {
    let told = all_words("fr-FR");
    assert!(told.len() > 100, "{}", told.len());
    for (reader, text) in &told {
        let lower = text.to_lowercase();
        assert!(!lower.contains("médiation de la consommation"), "{reader}: {text}");
        assert!(!lower.replace("(médiation interne)", "").contains("médiation"), "{reader}: {text}");
        assert!(!lower.contains("arbitrage"), "{reader}: {text}");
        // The mediator of consumer matters is named where the law wants it, and only as somebody else.
        assert!(!lower.contains("médiateur de la consommation") || reader == "Mediator", "{reader}: {text}");
    }
    for template in crate::domain::templates::built_in().iter().filter(|one| one.key.as_str().starts_with("dispute_")) {
        for text in template.body.texts.values() {
            assert!(!text.to_lowercase().contains("médiation"), "{text}");
        }
    }
}

#[test]
fn each_language_says_as_much_as_the_other() {
    let (french, english) = (all_words("fr"), all_words("en-GB"));
    assert_eq!(french.len(), english.len());
    for ((reader, french), (other, english)) in french.iter().zip(&english) {
        assert_eq!(reader, other);
        assert!(reader == "Stage" || french != english, "{french}");
    }
    assert_eq!(all_words("de"), english, "English where we speak no better");
}
