//! What a dashboard shows, in words: the definition of a monitor's readings.

use crate::record::MonitorTrack;
use crate::report::quantity::{number, plain, rate, seconds, share};

/// What the readings of a monitor are, of whom, over which time, and when they call somebody.
pub fn meaning(monitor: &MonitorTrack) -> String {
    let MonitorTrack { reading, of, window_s, scrape_s, .. } = monitor;
    let what = match reading.as_str() {
        "error_rate" => {
            format!("Share of {} that failed, of those that ended{}", subject(monitor), over(*window_s))
        }
        "rate" => format!("{} that ended, per second{}", capital(&subject(monitor)), over(*window_s)),
        "latency" => {
            let percentile = plain(monitor.quantile.unwrap_or(f64::NAN) * 100.0);
            let counted = "a failure counts with the time it took";
            format!(
                "{percentile} % of {} that ended{} took at most so long; {counted}",
                subject(monitor),
                over(*window_s)
            )
        }
        "healthy" => format!("Share of the replicas of {of} that its probe believes healthy"),
        "busy" => format!("Share of the threads of {of} that are held"),
        "queue" => format!("Attempts that wait for a thread of {of}"),
        "ready" => format!("Share of the replicas of {of} whose process is ready; paused ones are"),
        "pauses" => format!(
            "How long that replica of {of} stood still that was paused the longest{}",
            over(*window_s)
        ),
        "retries" => format!("Share of retries among {}{}", subject(monitor), over(*window_s)),
        other => format!("The {other} of {of}"),
    };
    format!("{what}{}. Read every {}{}.", counted(monitor), seconds(*scrape_s), alert(monitor))
}

/// Who or what is counted.
fn subject(monitor: &MonitorTrack) -> String {
    let MonitorTrack { of, of_class, .. } = monitor;
    if *of_class {
        format!("the requests of {of}")
    } else if of.contains(" -> ") {
        format!("the attempts of {of}")
    } else {
        format!("the attempts at {of}")
    }
}

fn over(window_s: f64) -> String {
    format!(" in the last {}", seconds(window_s))
}

/// Whose opinion it is, where there are two.
fn counted(monitor: &MonitorTrack) -> String {
    match (monitor.view.as_deref(), monitor.reading.as_str()) {
        (Some("own"), "error_rate") => {
            ", as the service itself counts: an answer that nobody waits for any more is none of them"
                .to_owned()
        }
        (Some("own"), _) => ", as the service itself counts".to_owned(),
        (Some(_), "error_rate") if !monitor.of_class => {
            ", as the callers count: a timeout is one of them".to_owned()
        }
        _ => String::new(),
    }
}

fn alert(monitor: &MonitorTrack) -> String {
    let (Some(threshold), Some(side)) = (monitor.threshold, &monitor.side) else { return String::new() };
    let threshold = match monitor.unit.as_str() {
        "share" => share(threshold),
        "per_s" => rate(threshold),
        "s" => seconds(threshold),
        _ => number(threshold),
    };
    let lasting = monitor.for_s.filter(|lasting| *lasting > 0.0);
    let lasting = lasting.map_or_else(String::new, |lasting| format!(" for {}", seconds(lasting)));
    format!("; an alert fires when it is {side} {threshold}{lasting}")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn monitor(reading: &str, unit: &str, of: &str) -> MonitorTrack {
        MonitorTrack {
            reading: reading.into(),
            unit: unit.into(),
            of: of.into(),
            window_s: 45.0,
            scrape_s: 5.0,
            ..MonitorTrack::default()
        }
    }

    #[test]
    fn it_says_what_is_counted_over_which_time_and_when_it_calls() {
        let errors = MonitorTrack {
            view: Some("callers".into()),
            threshold: Some(0.5),
            side: Some("above".into()),
            for_s: Some(10.0),
            ..monitor("error_rate", "share", "user")
        };
        assert_eq!(
            meaning(&errors),
            "Share of the attempts at user that failed, of those that ended in the last 45 s, as the callers count: \
             a timeout is one of them. Read every 5 s; an alert fires when it is above 50 % for 10 s."
        );
        let own = MonitorTrack { view: Some("own".into()), ..errors };
        assert!(meaning(&own).contains("as the service itself counts: an answer that nobody waits for"));
    }

    #[test]
    fn requests_of_a_class_are_not_attempts_of_a_call() {
        let class =
            MonitorTrack { of_class: true, view: Some("callers".into()), ..monitor("rate", "per_s", "buy") };
        assert_eq!(
            meaning(&class),
            "The requests of buy that ended, per second in the last 45 s. Read every 5 s."
        );
        let latency = MonitorTrack { quantile: Some(0.99), ..monitor("latency", "s", "shop -> db") };
        assert_eq!(
            meaning(&latency),
            "99 % of the attempts of shop -> db that ended in the last 45 s took at most so long; a failure counts \
             with the time it took. Read every 5 s."
        );
    }

    #[test]
    fn what_is_read_off_the_instant_has_no_time_it_looks_back() {
        for reading in ["healthy", "busy", "queue", "ready"] {
            let said = meaning(&monitor(reading, "share", "db"));
            assert!(said.contains("db") && !said.contains("45 s"), "{said}");
        }
        let low = MonitorTrack {
            threshold: Some(0.8),
            side: Some("below".into()),
            for_s: Some(0.0),
            ..monitor("healthy", "share", "db")
        };
        assert!(meaning(&low).ends_with("; an alert fires when it is below 80 %."), "{}", meaning(&low));
    }
}
