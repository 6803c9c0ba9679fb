//! Rows and who comes back: what is read in pieces is what is counted in one.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Days;
use super::*;

fn cell() -> impl Strategy<Value = Slice> {
    let (sellers, channel) = (vec![None, Some(SellerId::generate())], prop::option::of(Just(Channel::Chat)));
    let reason = prop::option::of(prop::sample::select(vec!["other", "where_is_my_order"]));
    let teams = vec![None, Some(TeamId::generate())];
    (prop::sample::select(sellers), channel, reason, prop::sample::select(teams)).prop_map(|(seller, channel, reason, team)| Slice {
        seller,
        channel,
        reason: reason.map(|reason| reason.parse().unwrap()),
        phase: Some(CasePhase::PreSale),
        team,
    })
}

#[test]
fn whole_months_are_read_as_such() {
    let days = |from: &str, to: &str| Days::new(from.parse().unwrap(), to.parse().unwrap()).unwrap();
    let rows = |from, to| days(from, to).rows().iter().map(|(grain, date)| format!("{grain:?} {date}")).collect::<Vec<_>>();
    assert_eq!(rows("2026-01-01", "2026-03-31"), ["Month 2026-01-01", "Month 2026-02-01", "Month 2026-03-01"]);
    assert_eq!(rows("2026-01-30", "2026-03-01"), ["Day 2026-01-30", "Day 2026-01-31", "Month 2026-02-01", "Day 2026-03-01"]);
    assert_eq!(rows("2026-02-01", "2026-02-27").len(), 27, "a month that is not whole");
    assert_eq!(days("2026-01-15", "2026-12-31").months(), None);
    assert_eq!(Days::new(day(1), day(0)), Err(DaysFault::Backwards));
    assert_eq!(Days::new(day(0), day(3660)), Err(DaysFault::TooMany));
}

proptest! {
    #[test]
    fn a_key_reads_back_and_sorts_by_time(slice in cell(), offset in 0_u64..500, month in any::<bool>()) {
        let grain = if month { Grain::Month } else { Grain::Day };
        for cell in Cell::all_of(&slice) {
            let row = |number| Row { grain, date: grain.of(day(number)), cell: cell.clone() };
            prop_assert_eq!(Row::read(&row(offset).key()), Some(row(offset)));
            prop_assert!(row(offset).key() <= row(offset + 1).key());
        }
    }

    #[test]
    fn any_days_add_up_to_their_cases(opened in prop::collection::vec((0_u64..120, cell()), 0..40), from in 0_u64..120, length in 0_u64..120) {
        let days = Days::new(day(from), day(from + length)).unwrap();
        let mut changes = Changes::default();
        let cases: Vec<_> = opened.into_iter().map(|(number, slice)| CaseFacts { opened_on: day(number), slice, ..case() }).collect();
        for facts in &cases {
            changes.replace(None, Some(&Part::Case { facts: facts.clone(), buyer: None }));
        }
        let inside: Vec<_> = cases.iter().filter(|one| (days.from..=days.to).contains(&one.opened_on)).cloned().collect();
        let sum = |rows: Vec<Row>| KpiTally::merged(rows.iter().filter_map(|row| changes.rows.get(row)).map(|(plus, _)| plus));
        prop_assert_eq!(sum(days.rows_of(&Cell::WHOLE)), counted(&inside));
        // Side by side: all that lies in the ranges, and nothing else.
        let like = Cell { channel: Cut::One(None), reason: Cut::One(None), ..Cell::WHOLE };
        let ranges = days.ranges(&like);
        let found = changes.rows.iter().filter(|(row, _)| ranges.iter().any(|range| range.from <= row.key() && row.key() < range.before));
        prop_assert_eq!(KpiTally::merged(found.map(|(_, (plus, _))| plus)), counted(&inside));
    }

    #[test]
    fn pairs_of_months_tell_what_sets_of_buyers_tell(
        deeds in prop::collection::vec((0_usize..6, 0_i32..8, any::<bool>()), 0..60), first in 0_i32..8, length in 0_i32..4,
    ) {
        let marks: Vec<_> = (0..6).map(|_| BuyerId::generate()).collect();
        let month = |number: i32| Month(24_000 + number);
        let (start, end) = (month(first), month(first + length));
        let mut lives: BTreeMap<usize, BuyerMonths> = BTreeMap::new();
        let mut cohort = Cohort::default();
        for (buyer, number, ordered) in deeds {
            let at = month(number);
            lives.entry(buyer).or_default().add(if ordered { Deed::Ordered(at) } else { Deed::GotInTouch(at) });
            let set = match (ordered, at < start, at <= end) {
                (true, true, _) => &mut cohort.before,
                (true, false, true) => &mut cohort.again,
                (false, true, _) => &mut cohort.with_case,
                _ => continue,
            };
            set.insert(marks[buyer]);
        }
        let returns: Vec<_> = lives.values().flat_map(BuyerMonths::returns).collect();
        prop_assert_eq!(retention(returns.iter().map(|one| (one, 1)), start, end), cohort.retention());
    }

    #[test]
    fn what_is_taken_out_leaves_no_trace(deeds in prop::collection::vec((0_i32..5, any::<bool>()), 0..20)) {
        let deed = |(number, ordered): &(i32, bool)| if *ordered { Deed::Ordered(Month(*number)) } else { Deed::GotInTouch(Month(*number)) };
        let mut life = BuyerMonths::default();
        for one in &deeds {
            life.add(deed(one));
        }
        prop_assert!(deeds.iter().all(|one| life.remove(deed(one))));
        prop_assert!(life.is_empty());
        prop_assert!(!life.remove(Deed::Ordered(Month(1))), "a miscount is seen");
    }
}

#[test]
fn every_cell_of_a_slice_is_another() {
    let slice = Slice {
        seller: Some(SellerId::generate()),
        channel: Some(Channel::Chat),
        reason: "other".parse().ok(),
        phase: Some(CasePhase::AfterSale),
        team: Some(TeamId::generate()),
    };
    let cells: Vec<_> = Cell::all_of(&slice).collect();
    assert_eq!(cells.iter().collect::<BTreeSet<_>>().len(), cells.len());
    assert!(cells.contains(&Cell::WHOLE));
}
