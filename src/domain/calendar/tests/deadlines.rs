//! Deadlines that stop and go.

use proptest::prelude::*;

use super::laws::{any_calendar, any_duration, any_moment};
use super::*;

fn percent(share: u8) -> Percent {
    share.try_into().unwrap()
}

#[test]
fn a_pause_moves_the_deadline_by_its_open_time() {
    let office = office();
    let started = Deadline::start(open(8), Some(percent(75)), at("2026-06-01T09:00:00+02:00"));
    assert_eq!(started.due_at(&office), Ok(Some(at("2026-06-01T18:00:00+02:00"))));
    assert_eq!(started.warning_at(&office), Ok(Some(at("2026-06-01T16:00:00+02:00"))));
    let paused = started.pause(at("2026-06-01T11:00:00+02:00"), &office).unwrap();
    assert_eq!((paused.due_at(&office), paused.warning_at(&office)), (Ok(None), Ok(None)));
    assert_eq!(paused.spent(at("2026-06-03T11:00:00+02:00"), &office), Ok(Spent::Time(TimeDelta::hours(2))));
    // On the second day at 17:00 again: one hour that day, five on the third.
    let resumed = paused.resume(at("2026-06-02T17:00:00+02:00")).unwrap();
    assert_eq!(resumed.due_at(&office), Ok(Some(at("2026-06-03T15:00:00+02:00"))));
    assert_eq!(resumed.spent(at("2026-06-03T10:00:00+02:00"), &office), Ok(Spent::Time(TimeDelta::hours(4))));
    assert_eq!(resumed.target(), open(8));
    assert_eq!(resumed.started(), at("2026-06-01T09:00:00+02:00"));
}

#[test]
fn what_is_left_is_exact_over_a_change_of_clocks() {
    let nights = daily("Europe/Paris", &["00:00-06:00"]);
    // From midnight of the spring night, 02:00 to 03:00 is not there: by 05:00 four hours are spent.
    let started = Deadline::start(open(6), None, at("2026-03-29T00:00:00+01:00"));
    let paused = started.pause(at("2026-03-29T05:00:00+02:00"), &nights).unwrap();
    assert_eq!(paused.spent(at("2026-10-25T00:00:00+02:00"), &nights), Ok(Spent::Time(TimeDelta::hours(4))));
    // In the autumn night two hours more: 01:30, 02:30 summer time, 02:30 winter time.
    let resumed = paused.resume(at("2026-10-25T01:30:00+02:00")).unwrap();
    assert_eq!(resumed.due_at(&nights), Ok(Some(at("2026-10-25T02:30:00+01:00"))));
}

#[test]
fn working_days_stop_and_go() {
    let office = office();
    let monday = Deadline::start(working_days(3), Some(percent(50)), at("2026-06-01T10:00:00+02:00"));
    assert_eq!(monday.due_at(&office), Ok(Some(at("2026-06-04T18:00:00+02:00"))));
    assert_eq!(monday.warning_at(&office), Ok(Some(at("2026-06-03T09:00:00+02:00"))), "a day and a half: in the second day");
    for (paused, resumed, due, spent) in [
        ("2026-06-01T11:00:00+02:00", "2026-06-01T15:00:00+02:00", "2026-06-04T18:00:00+02:00", 0),
        ("2026-06-02T11:00:00+02:00", "2026-06-02T23:00:00+02:00", "2026-06-04T18:00:00+02:00", 1),
        ("2026-06-02T11:00:00+02:00", "2026-06-03T11:00:00+02:00", "2026-06-05T18:00:00+02:00", 1),
        ("2026-06-04T11:00:00+02:00", "2026-06-04T17:00:00+02:00", "2026-06-04T18:00:00+02:00", 3),
        ("2026-06-04T11:00:00+02:00", "2026-06-04T18:00:01+02:00", "2026-06-05T18:00:00+02:00", 3),
        ("2026-06-04T11:00:00+02:00", "2026-06-06T12:00:00+02:00", "2026-06-08T18:00:00+02:00", 3),
    ] {
        let again = monday.pause(at(paused), &office).unwrap().resume(at(resumed)).unwrap();
        assert_eq!(again.due_at(&office), Ok(Some(at(due))), "{paused} to {resumed}");
        assert_eq!(again.spent(at(resumed), &office), Ok(Spent::Days(spent)), "{paused} to {resumed}");
    }
    let last_day = monday.pause(at("2026-06-04T11:00:00+02:00"), &office).unwrap().resume(at("2026-06-05T08:00:00+02:00")).unwrap();
    assert_eq!(last_day.warning_at(&office), Ok(Some(at("2026-06-05T09:00:00+02:00"))), "reached before the pause");
}

#[test]
fn met_and_breached() {
    let office = office();
    let (start, due) = (at("2026-06-01T09:00:00+02:00"), at("2026-06-01T18:00:00+02:00"));
    let running = Deadline::start(open(8), None, start);
    let second = TimeDelta::seconds(1);
    let state = |outcome: Result<Deadline, DeadlineError>| outcome.map(|deadline| deadline.state());
    assert_eq!(state(running.meet(due, &office)), Ok(DeadlineState::Met { at: due }));
    assert_eq!(state(running.meet(due + second, &office)), Ok(DeadlineState::Breached { due }));
    assert_eq!(state(running.breach(due, &office)), Ok(DeadlineState::Breached { due }));
    assert_eq!(state(running.breach(due - second, &office)), Err(DeadlineError::NotYetDue { due }));
    assert_eq!(state(running.pause(due, &office)), Err(DeadlineError::Overdue { due }));
    assert_eq!(state(running.resume(due)), Err(DeadlineError::NotPaused));

    let paused = running.pause(start + second, &office).unwrap();
    assert_eq!(state(paused.pause(due, &office)), Err(DeadlineError::Paused));
    assert_eq!(state(paused.breach(due, &office)), Err(DeadlineError::Paused));
    assert_eq!(state(paused.meet(due + second, &office)), Ok(DeadlineState::Met { at: due + second }));

    for over in [running.meet(due, &office).unwrap(), running.breach(due, &office).unwrap()] {
        assert_eq!(state(over.pause(due, &office)), Err(DeadlineError::Finished));
        assert_eq!(state(over.resume(due)), Err(DeadlineError::Finished));
        assert_eq!(state(over.meet(due, &office)), Err(DeadlineError::Finished));
        assert_eq!(state(over.breach(due, &office)), Err(DeadlineError::Finished));
        assert_eq!(over.due_at(&office), Ok(None));
    }
}

#[test]
fn moments_out_of_order_do_not_turn_time_back() {
    let always = BusinessCalendar::always_open(chrono_tz::UTC);
    let start = at("2026-06-01T09:00:00Z");
    let early = start - TimeDelta::hours(1);
    let running = Deadline::start(open(8), None, start);
    let again = running.pause(early, &always).unwrap().resume(early).unwrap();
    assert_eq!(again, running);
}

#[test]
fn a_deadline_reads_what_it_writes() {
    let running = Deadline::start(open(8), Some(percent(80)), at("2026-06-01T09:00:00.123456789Z"));
    let written = serde_json::to_value(running).unwrap();
    assert_eq!(
        written,
        json!({
            "tally": { "unit": "OPEN", "target": 28_800, "spent": [0, 0] },
            "started": "2026-06-01T09:00:00.123456789Z",
            "state": { "kind": "RUNNING", "since": "2026-06-01T09:00:00.123456789Z" },
            "warnAt": 80,
        })
    );
    let mut hostile = written.clone();
    hostile["tally"]["spent"] = json!([-9_223_372_036_854_775_i64, 0]);
    let hostile: Deadline = serde_json::from_value(hostile).unwrap();
    assert!(hostile.due_at(&office()).is_ok() && hostile.spent(at("2026-07-01T00:00:00Z"), &office()).is_ok());
    for (field, value) in [("warnAt", json!(0)), ("warnAt", json!(101)), ("state", json!({ "kind": "LOST" }))] {
        let mut wrong = written.clone();
        wrong[field] = value;
        assert!(serde_json::from_value::<Deadline>(wrong).is_err(), "{field}");
    }
}

proptest! {
    #[test]
    fn pausing_and_resuming_at_once_changes_nothing(
        calendar in any_calendar(), start in any_moment(), target in any_duration(), share in 0.0..1.0_f64, warn in 1..=100_u8
    ) {
        let running = Deadline::start(target, Some(percent(warn)), start);
        let due = running.due_at(&calendar).unwrap().unwrap();
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "any moment of the stretch will do")]
        let moment = start + TimeDelta::milliseconds(((due - start).num_milliseconds() as f64 * share) as i64);
        prop_assume!(moment < due);
        let again = running.pause(moment, &calendar).unwrap().resume(moment).unwrap();
        prop_assert_eq!(again.due_at(&calendar).unwrap(), Some(due));
        prop_assert_eq!(again.spent(due, &calendar).unwrap(), running.spent(due, &calendar).unwrap());
        let warning = running.warning_at(&calendar).unwrap().unwrap();
        prop_assert!(warning >= start && warning <= due);
        let warning_again = again.warning_at(&calendar).unwrap().unwrap();
        match target {
            BusinessDuration::WorkingDays(_) if warning <= moment => prop_assert!((moment..=due).contains(&warning_again)),
            _ => prop_assert_eq!(warning_again, warning.max(moment)),
        }
        let read: Deadline = serde_json::from_str(&serde_json::to_string(&again).unwrap()).unwrap();
        prop_assert_eq!(read, again);
    }

    #[test]
    fn the_running_times_add_up_to_the_target(
        calendar in any_calendar(), start in any_moment(), target in any_duration(),
        stretches in prop::collection::vec((1..200_000_000_i64, 0..400_000_000_i64), 0..6)
    ) {
        let mut deadline = Deadline::start(target, None, start);
        let (mut from, mut open, mut wall) = (start, TimeDelta::zero(), TimeDelta::zero());
        for (run, stop) in stretches {
            let until = from + TimeDelta::milliseconds(run);
            let Ok(paused) = deadline.pause(until, &calendar) else { break };
            open += calendar.between(from, until).unwrap();
            wall += until - from;
            from = until + TimeDelta::milliseconds(stop);
            deadline = paused.resume(from).unwrap();
        }
        let due = deadline.due_at(&calendar).unwrap().unwrap();
        prop_assert!(due >= from);
        match target {
            BusinessDuration::Open(span) => prop_assert_eq!(open + calendar.between(from, due).unwrap(), span.length()),
            BusinessDuration::Wall(span) => prop_assert_eq!(wall + (due - from), span.length()),
            BusinessDuration::WorkingDays(_) => {
                prop_assert!(due >= calendar.add(start, target).unwrap());
                prop_assert!(due <= calendar.add(from, target).unwrap());
            }
        }
    }
}
