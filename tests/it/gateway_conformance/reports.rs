//! What payment systems report by themselves.

use trilogue::demo::shop;
use trilogue::demo::stripe::signature;
use trilogue::domain::refunds::{FailureKind, ProviderWord};

use super::*;

/// A refund that needed time, and the reports of its end.
async fn reported(way: Way, how: How) -> (Bench, Answer, Vec<Webhook>) {
    let bench = Bench::open(way).await;
    bench.take_time();
    let answer = bench.gateway().refund(&bench.order, Attempt::First).await.unwrap();
    assert_eq!(answer.word, ProviderWord::Pending, "{way:?}");
    let reports = bench.settle(how);
    (bench, answer, reports)
}

#[tokio::test]
async fn a_report_says_what_became_of_which_attempt_twice_and_in_any_order() {
    for way in WAYS {
        for how in [How::Succeeded, How::Failed] {
            let (bench, answer, reports) = reported(way, how).await;
            let end = match how {
                How::Succeeded => ProviderWord::Succeeded { amount: bench.order.amount },
                How::Failed => ProviderWord::Failed { kind: FailureKind::Declined },
            };
            let gateway = bench.gateway();
            let heard: Vec<_> = reports.iter().chain(&reports).rev().flat_map(|report| bench.hear(&gateway, report, 0).unwrap()).collect();
            assert!(heard.iter().all(|news| news.key == Some(bench.order.key) && news.reference == answer.reference), "{way:?} {heard:?}");
            // Stripe reports the making as well.
            assert!(heard.iter().all(|news| news.word == end || (way == Way::Stripe && news.word == ProviderWord::Pending)), "{heard:?}");
            let ends = heard.iter().filter(|news| news.word == end).map(|news| news.event.as_str());
            let different: std::collections::BTreeSet<_> = ends.clone().collect();
            assert_eq!(ends.count(), 2 * different.len(), "{way:?}: the same report has the same name");
        }
    }
}

#[tokio::test]
async fn nobody_is_believed_without_a_signature_that_fits_and_is_fresh() {
    for way in WAYS {
        let (bench, _, reports) = reported(way, How::Succeeded).await;
        let (gateway, report) = (bench.gateway(), reports.last().unwrap());
        let signature_header = if way == Way::Stripe { "Stripe-Signature" } else { "webhook-signature" };
        let bad = |webhook: &Webhook, late| matches!(bench.hear(&gateway, webhook, late), Err(NewsError::BadSignature(_)));
        assert!(bench.hear(&gateway, report, 300).is_ok() && bench.hear(&gateway, report, -300).is_ok(), "{way:?}");
        assert!(bad(report, 301) && bad(report, -301), "{way:?}: too old, or from the future");
        let mut tampered = report.clone();
        tampered.body = tampered.body.replacen("EUR", "USD", 1).replacen("eur", "usd", 1);
        assert_ne!(tampered.body, report.body);
        assert!(bad(&tampered, 0), "{way:?}: tampered");
        tampered.body = "{".to_owned();
        assert!(bad(&tampered, 0), "{way:?}: nothing is read before the signature");
        for (name, _) in report.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("content-type")) {
            let mut less = report.clone();
            less.headers.retain(|(other, _)| other != name);
            assert!(bad(&less, 0), "{way:?} without {name}");
        }
        for header in ["", "x", "v1,", "t=,v1=", "t=0"] {
            let mut wrong = report.clone();
            wrong.headers.retain(|(name, _)| !name.eq_ignore_ascii_case(signature_header));
            wrong.headers.push((signature_header.to_owned(), header.to_owned()));
            assert!(bad(&wrong, 0), "{way:?} {header}");
        }
        let stranger = bench.gateway_with(&["whsec_other"], &[b"other"]);
        assert!(matches!(bench.hear(&stranger, report, 0), Err(NewsError::BadSignature(_))), "{way:?}");
        let nobody = bench.gateway_with(&[], &[]);
        assert!(matches!(bench.hear(&nobody, report, 0), Err(NewsError::BadSignature(_))), "{way:?}");
    }
}

#[tokio::test]
async fn a_secret_is_changed_without_a_report_lost() {
    let bench = Bench::open(Way::Stripe).await;
    let Peer::Stripe(sim) = &bench.peer else { panic!() };
    let endpoint = sim.connect_webhook("http://127.0.0.1:10/");
    sim.outbox().take();
    let old = endpoint.secret.clone();
    let new = sim.roll_secret(&endpoint.id);
    bench.gateway().refund(&bench.order, Attempt::First).await.unwrap();
    let reports = sim.outbox().take();
    let report = reports.iter().find(|report| report.url.ends_with(":10/")).unwrap();
    for secrets in [&[old.as_str()][..], &[&new], &[&old, &new], &["whsec_other", &new]] {
        assert!(bench.hear(&bench.gateway_with(secrets, &[]), report, 0).is_ok(), "{secrets:?}");
    }
    let (bench, _, reports) = reported(Way::Webhook, How::Succeeded).await;
    for keys in [&[REPORT_KEY][..], &[b"new", REPORT_KEY], &[REPORT_KEY, b"old"]] {
        assert!(bench.hear(&bench.gateway_with(&[], keys), &reports[0], 0).is_ok());
    }
}

#[tokio::test]
async fn our_own_instruction_sent_back_to_us_is_no_report() {
    let bench = Bench::open(Way::Webhook).await;
    bench.gateway().refund(&bench.order, Attempt::First).await.unwrap();
    let Peer::Webhook(sim) = &bench.peer else { panic!() };
    let sent = sim.journal().all().remove(0);
    let delivery = Delivery { headers: &sent.headers, body: sent.body.as_bytes(), received_at: bench.clock.now() };
    assert!(matches!(bench.gateway().read_news(&delivery), Err(NewsError::BadSignature(_))));
    // Even where somebody uses one key for both.
    assert_eq!(bench.gateway_with(&[], &[INSTRUCTION_KEY]).read_news(&delivery), Ok(vec![]));
}

#[tokio::test]
async fn what_is_signed_and_makes_no_sense_is_kept_for_a_person() {
    for way in WAYS {
        let (bench, _, reports) = reported(way, How::Succeeded).await;
        let mut report = reports[0].clone();
        report.body = r#"{"id":1,"type":[]}"#.to_owned();
        let at = bench.clock.now().timestamp().to_string();
        let (name, value) = match way {
            Way::Stripe => ("Stripe-Signature", format!("t={at},v1={}", signature(&bench.secret, &at, &report.body))),
            Way::Webhook => {
                let id = report.header("webhook-id").unwrap();
                ("webhook-signature", shop::signature(REPORT_KEY, id, &at, &report.body))
            }
        };
        report.headers.retain(|(header, _)| !header.eq_ignore_ascii_case(name));
        report.headers.push((name.to_owned(), value));
        assert!(matches!(bench.hear(&bench.gateway(), &report, 0), Err(NewsError::Unreadable(_))), "{way:?}");
    }
}
