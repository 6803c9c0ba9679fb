//! Notices, word for word.

use std::fmt::Write;

use super::*;

#[test]
fn every_kind_is_written_in_both_languages() {
    let mut out = String::new();
    let many: Vec<_> = (0..23).map(|number| format!("Tasse {number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for language in [Language::English, Language::French] {
        for (kind, titles, tracking, way) in [
            (NoticeKind::Moved, &["Théière"][..], Some("https://colis.example/1"), NoticeWay::Helpdesk),
            (NoticeKind::Passed, &many[..], None, NoticeWay::Email),
        ] {
            let day = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
            let facts = Facts { kind, day, marketplace: "Bazar", order: "MK-1001", titles, tracking, way };
            writeln!(out, "{}\n\n{}\n", subject(&facts, language), text(&facts, language)).unwrap();
        }
    }
    insta::assert_snapshot!("notices", out);
}
