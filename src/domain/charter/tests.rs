//! What the rules say, as tables.

use ConversationMode::{OperatorOnly, SellerFirst, Tripartite};

use super::*;
use crate::domain::calendar::Span;
use crate::domain::parties::Party;

fn key(text: &str) -> ReasonKey {
    text.parse().unwrap()
}

#[test]
fn the_first_route_that_fits_decides_and_some_reasons_never_wait_for_the_seller() {
    let route = |phase, reason: Option<&str>, channel, mode| Route { phase, reason: reason.map(key), channel, mode };
    let charter = Charter {
        routes: vec![
            route(Some(CasePhase::PreSale), None, Some(Channel::Social), ConversationMode::OperatorOnly),
            route(Some(CasePhase::PreSale), None, None, ConversationMode::Tripartite),
            route(None, Some("damaged"), None, ConversationMode::Tripartite),
            route(None, Some("fraud"), None, ConversationMode::SellerFirst),
        ],
        ..Charter::default()
    };
    for (phase, reason, channel, expected) in [
        (CasePhase::PreSale, None, Channel::Social, OperatorOnly),
        (CasePhase::PreSale, None, Channel::Email, Tripartite),
        (CasePhase::AfterSale, None, Channel::Social, SellerFirst),
        (CasePhase::AfterSale, Some("damaged"), Channel::Email, Tripartite),
        (CasePhase::DuringOrder, Some("late"), Channel::Email, SellerFirst),
        (CasePhase::AfterSale, Some("fraud"), Channel::Email, OperatorOnly),
        (CasePhase::AfterSale, Some("safety"), Channel::Chat, OperatorOnly),
    ] {
        assert_eq!(charter.mode_for(phase, reason.map(key).as_ref(), channel), expected, "{phase:?} {reason:?} {channel:?}");
    }
}

#[test]
fn a_channel_shortens_answers_and_a_reason_replaces_the_usual() {
    let mut charter = Charter::default();
    let late = charter.reasons.iter_mut().find(|reason| reason.key == key("late")).unwrap();
    late.targets = Some(PartyTargets { first_reply_hours: 24, next_reply_hours: 12, resolution_hours: 72 });
    let targets = &charter.targets;
    let late = charter.reason(&key("late"));
    for (promise, reason, channel, hours) in [
        (Promise::FirstReply, None, Channel::Email, 48),
        (Promise::NextReply, None, Channel::Email, 48),
        (Promise::Resolution, None, Channel::Email, 336),
        (Promise::FirstReply, None, Channel::Social, 1),
        (Promise::NextReply, late, Channel::Social, 1),
        (Promise::FirstReply, late, Channel::Email, 24),
        (Promise::NextReply, late, Channel::Web, 12),
        (Promise::Resolution, late, Channel::Social, 72),
    ] {
        assert_eq!(targets.span(promise, Party::Seller, reason, channel), Span::hours(hours), "{promise:?} {channel:?}");
    }
}

#[test]
fn only_what_binds_the_parties_needs_notice() {
    let now = chrono::DateTime::<chrono::Utc>::UNIX_EPOCH;
    let charter = Charter::default();
    let technical = Charter { ticket_sync: TicketSync::Off, private_mirror: PrivateMirror::InternalNotes, ..charter.clone() };
    let binding = Charter { reopen_days: 30, ..charter.clone() };
    assert_eq!((charter.effect_of(&technical), charter.effect_of(&binding)), (Effect::Technical, Effect::Binding));
    assert_eq!(charter.earliest_effect(Effect::Technical, now), now);
    assert_eq!(charter.earliest_effect(Effect::Binding, now), now + chrono::TimeDelta::days(15));
}

#[test]
fn every_fault_of_a_charter_is_told_with_its_place() {
    let mut charter = Charter { buyer_silence_days: 0, notice_days: 400, ..Charter::default() };
    charter.targets.seller.next_reply_hours = 0;
    charter.targets.channels.push(ChannelTarget { channel: Channel::Chat, reply_hours: 0 });
    charter.routes.push(Route { phase: None, reason: Some(key("nowhere")), channel: None, mode: ConversationMode::Tripartite });
    let twice = charter.reasons[0].clone();
    charter.reasons.push(ContactReason { labels: std::collections::BTreeMap::new(), ..twice });
    let paths: Vec<_> = charter.faults().into_iter().map(|fault| fault.path.join(".")).collect();
    let last = charter.reasons.len() - 1;
    assert_eq!(
        paths,
        [
            "buyerSilenceDays".to_owned(),
            "noticeDays".to_owned(),
            "targets.seller.nextReplyHours".to_owned(),
            "targets.channels.1.replyHours".to_owned(),
            format!("reasons.{last}.key"),
            format!("reasons.{last}.labels"),
            "routes.0.reason".to_owned(),
        ]
    );
}

#[test]
fn a_charter_of_an_older_form_is_read_with_what_has_come_since() {
    let read: Charter = serde_json::from_str(r#"{"conversationMode":"TRIPARTITE"}"#).unwrap();
    assert_eq!(read, Charter { conversation_mode: ConversationMode::Tripartite, ..Charter::default() });
    let written = serde_json::to_string(&read).unwrap();
    assert_eq!(serde_json::from_str::<Charter>(&written).unwrap(), read);
}
