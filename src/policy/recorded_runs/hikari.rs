//! `HikariCP`: who gets a connection, and who gives up when.

use super::{Case, Seen, cases, halves, ms};
use crate::policy::{Acquired, Permits};
use crate::scenario::Pool;

/// A waiter that gives up does so when it may wait no longer, and this much later at the most: the machine was busy.
const LATE_MS: f64 = 10.0;

/// What became of whom in one step: who has a connection, who gave up after how long.
struct News<'a> {
    has_one: Vec<&'a str>,
    gave_up: Vec<(&'a str, f64)>,
}

fn news(told: &str) -> News<'_> {
    let mut news = News { has_one: Vec::new(), gave_up: Vec::new() };
    for one in told.split(", ").filter(|&one| one != "nothing") {
        match one.split_whitespace().collect::<Vec<_>>()[..] {
            [who, "has", "one"] => news.has_one.push(who),
            [who, "gave", "up", "after", waited, "ms"] => news.gave_up.push((who, waited.parse().unwrap())),
            _ => panic!("no such news: {one}"),
        }
    }
    news
}

fn replay(case: &Case, seen: &mut Seen) {
    let timeout: f64 = case.number("connectionTimeout");
    let mut pool = Permits::from(Pool { size: case.number("pool of"), max_wait: ms(timeout) });
    for line in &case.lines {
        let (what, told) = halves(line);
        let recorded = news(told);
        let context = format!("{}: {line}", case.settings);
        // Waits end between two steps, so before whatever the next of them does.
        for (who, waited) in recorded.gave_up {
            assert!((timeout..timeout + LATE_MS).contains(&waited), "{context}");
            assert!(pool.abandon(who), "{context}");
            seen.one("gave up");
        }
        let found = match what.split_whitespace().collect::<Vec<_>>()[..] {
            [who, "asks"] => match pool.acquire(who) {
                Acquired::Granted => Some(who),
                Acquired::Waiting | Acquired::Refused => {
                    seen.one("waits");
                    None
                }
            },
            [_, "is", "done"] => {
                let next = pool.release();
                seen.one(if next.is_some() { "handed on" } else { "given back" });
                next
            }
            _ => None,
        };
        assert_eq!(found.as_slice(), recorded.has_one, "{context}");
    }
}

#[test]
fn hikari_serves_whom_the_recording_says() {
    let mut seen = Seen::default();
    for case in cases(include_str!("../../../tests/recorded/hikari.txt")) {
        replay(&case, &mut seen);
        seen.one("case");
    }
    seen.at_least(24, &["case", "given back", "handed on", "waits", "gave up"]);
    seen.at_least(100, &["handed on", "gave up"]);
}
