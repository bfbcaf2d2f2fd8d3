//! The sentences above the pictures, built from what was measured: verdict, faults, propagation. Draws nothing and
//! claims nothing that the summary does not say.

use crate::analysis::{BlastRadius, Summary};
use crate::record::{FaultSpan, Record};
use crate::scenario::VerdictKind;

use super::words::{capitalized, clock, count, instant, length, money, sentence, several, share};

/// What a fault did, as a noun: "12 s pause of user-db".
pub(crate) fn fault(span: &FaultSpan) -> String {
    let (effect, on) = match span.effect.as_str() {
        "slow" => ("slowdown of", &span.service),
        "latency" => ("of added latency on", &span.service),
        // It comes from users, whatever they ask.
        "surge" => ("surge of", &span.on),
        effect => (&*format!("{effect} of"), &span.service),
    };
    match span.to_s.map(|to| to - span.from_s) {
        Some(lasted) if lasted > 0.0 => format!("{} {effect} {on}", length(lasted)),
        _ => format!("{} {on}", effect.trim_start_matches("of ")),
    }
}

/// All faults as the subject of a sentence, and whether it is a plural.
fn cause(record: &Record) -> Option<(String, bool)> {
    match record.faults.as_slice() {
        [] => None,
        [only] => {
            let noun = fault(only);
            let plural = only.effect == "errors";
            let article = match noun.chars().next() {
                _ if plural || only.effect == "latency" => "",
                Some('8' | 'a' | 'e' | 'i' | 'o' | 'u') => "an ",
                _ if noun.starts_with("11\u{a0}") || noun.starts_with("18\u{a0}") => "an ",
                _ => "a ",
            };
            Some((format!("{article}{noun}"), plural))
        }
        several => {
            let mut services: Vec<&str> = several.iter().map(|fault| fault.service.as_str()).collect();
            services.sort_unstable();
            services.dedup();
            let on = if let [one] = services[..] { format!(" on {one}") } else { String::new() };
            Some((format!("{} faults{on}", several.len()), true))
        }
    }
}

/// People ended what would have cost so much more without them: this part of what it cost.
const MARKEDLY: i64 = 4;

/// The finding of an incident, in a sentence.
pub(crate) fn finding(record: &Record, summary: &Summary) -> String {
    let (subject, plural) = cause(record).unwrap_or_else(|| ("a run without a fault".to_owned(), false));
    let (became, was) = if plural { ("became", "were") } else { ("became", "was") };
    let Some(verdict) = summary.verdict else {
        return match cause(record) {
            Some((subject, _)) => format!("What followed {subject}"),
            None => "A run without a fault".to_owned(),
        };
    };
    let told = match verdict {
        VerdictKind::Unaffected if record.faults.is_empty() => subject,
        VerdictKind::Unaffected => format!("{subject} harmed no request"),
        VerdictKind::Contained => format!("{subject} {was} contained"),
        VerdictKind::Recovered if people_ended_it(summary) => {
            format!("{subject} {became} an outage that people ended{}", duration(summary))
        }
        VerdictKind::Recovered => format!("{subject} {became} an outage that healed{}", duration(summary)),
        VerdictKind::Metastable => format!("{subject} {became} an outage that does not end"),
        VerdictKind::Down => format!("{subject}: still active at the end, and so is the outage"),
        VerdictKind::Limited => format!("{subject}: over, but the response still holds traffic back"),
        VerdictKind::Undecided => format!("{subject} {became} an outage whose end is not in sight yet"),
    };
    capitalized(&told)
}

/// Whether it would not have ended without the response, or would have cost markedly more.
fn people_ended_it(summary: &Summary) -> bool {
    let severity = |radius: &BlastRadius| radius.by_severity.failed + radius.by_severity.unanswered;
    let lost = summary.blast_radius.as_ref().map_or(0, severity).cast_signed();
    let saved = summary.people.as_ref().and_then(|people| people.saved).map_or(0, |saved| saved.requests);
    matches!(
        summary.verdict_unattended,
        Some(VerdictKind::Metastable | VerdictKind::Down | VerdictKind::Undecided | VerdictKind::Limited)
    ) || saved > 0 && saved >= lost / MARKEDLY
}

/// Why the verdict is what it is, and how it would have ended without the response.
pub(crate) fn verdict(summary: &Summary) -> String {
    let reason = sentence(&summary.verdict_reason);
    match summary.verdict_unattended {
        Some(other) if summary.unattended.is_some() => {
            format!("{reason} If nobody had acted: {}.", other.name()).trim().to_owned()
        }
        _ => reason,
    }
}

/// How far it reached, in a sentence.
pub(crate) fn reach(record: &Record, summary: &Summary) -> String {
    let Some(radius) = &summary.blast_radius else { return "What failed, and for how long".to_owned() };
    if radius.requests_affected <= 0.0 {
        return if record.faults.is_empty() { "A run without a fault" } else { "No request was worse off" }
            .to_owned();
    }
    let lasted = match radius.nearly_all_s() {
        Some(most) => format!(", 99 % of them within {}", length(most)),
        None if radius.duration_s > 0.0 => format!(", for {}", length(radius.duration_s)),
        None => String::new(),
    };
    format!(
        "{} of the users and {} of the requests were hit{lasted}",
        share(radius.users_affected),
        share(radius.requests_affected)
    )
}

/// What it cost, and what acting saved or added: a line below the title.
pub(crate) fn cost(record: &Record, summary: &Summary) -> String {
    let Some(radius) = &summary.blast_radius else { return String::new() };
    let currency = &record.currency;
    let lost: f64 = radius.classes.values().map(|class| class.lost_value).sum();
    let worth = if lost > 0.0 { format!(", worth {}", money(lost, currency)) } else { String::new() };
    let mut told = match (radius.by_severity.failed, radius.by_severity.unanswered) {
        (0, 0) => vec!["No request failed that the twin answered.".to_owned()],
        (0, open) => {
            vec![format!(
                "{} requests had no answer at the end, all of which the twin answered{worth}.",
                count(open)
            )]
        }
        (failed, 0) => vec![format!("{} requests failed that the twin answered{worth}.", count(failed))],
        (failed, open) => vec![format!(
            "{} requests failed and {} had no answer at the end, all of which the twin answered{worth}.",
            count(failed),
            count(open)
        )],
    };
    if radius.by_severity.degraded > 0 {
        told.push(format!("{} were answered by a fallback.", count(radius.by_severity.degraded)));
    }
    let saved = summary.people.as_ref().and_then(|people| people.saved);
    if let (Some(saved), true) = (saved, summary.unattended.is_some()) {
        let (verb, sign, lost) = match saved.requests {
            0.. => ("saved", 1.0, "requests"),
            _ => ("added", -1.0, "lost requests"),
        };
        let value = sign * saved.value;
        let worth = if value > 0.0 { format!(", worth {}", money(value, currency)) } else { String::new() };
        told.push(format!(
            "Against nobody acting, people {verb} {} {lost}{worth}.",
            count(saved.requests.unsigned_abs())
        ));
    }
    told.join(" ")
}

/// From the first hit of a service until all classes had their goodput back, or if none had lost it until the last service
/// had recovered: a single late answer after that is no outage.
fn duration(summary: &Summary) -> String {
    if let Some(mitigated_s) = summary.times.as_ref().and_then(|times| times.to_mitigate_s) {
        return format!(" after {}", length(mitigated_s));
    }
    let services = summary.services.values();
    let hits = services.filter_map(|service| Some((service.first_impact_s?, service.recovered_s?)));
    let (from, to) = hits.fold((f64::INFINITY, 0.0_f64), |(from, to), hit| (hit.0.min(from), hit.1.max(to)));
    if from < to { format!(" after {}", length(to - from)) } else { String::new() }
}

/// How the failure traveled, in a sentence.
pub(crate) fn spread(record: &Record, summary: &Summary) -> String {
    let total = record.topology.services.len();
    let services = |n: usize| several(n, "service", "services");
    let Some(first) = summary.propagation.first() else {
        return match (summary.verdict, total) {
            (None, _) => format!("Who calls whom: {}", services(total)),
            (_, 1) => "The service was not hit".to_owned(),
            _ => format!("None of {} was hit", services(total)),
        };
    };
    let roots: Vec<&str> = summary
        .propagation
        .iter()
        .filter(|impact| impact.from.is_none())
        .map(|impact| impact.service.as_str())
        .collect();
    let hit = summary.propagation.len();
    let reached = hit - roots.len();
    let origin = match roots[..] {
        [] => first.service.clone(),
        [one] => one.to_owned(),
        _ => services(roots.len()),
    };
    let took = summary.propagation.iter().map(|impact| impact.at_s).fold(first.at_s, f64::max) - first.at_s;
    if reached == 0 || roots.is_empty() {
        return format!("{} of {} hit, beginning with {origin}", hit, services(total));
    }
    let within = if took > 0.0 { format!(" within {}", length(took)) } else { String::new() };
    let others = total.saturating_sub(roots.len());
    let others = if others == 1 {
        "the other service".to_owned()
    } else {
        format!("{reached} of {others} other services")
    };
    let again = match (summary.waves.first(), record.start) {
        (Some(wave), Some(start)) => {
            format!("; the restart at {} set off a second wave", clock(start, wave.restart_s))
        }
        (Some(wave), None) => format!("; the restart at {} set off a second wave", instant(wave.restart_s)),
        (None, _) => String::new(),
    };
    format!("From {origin} the failure reached {others}{within}{again}")
}

/// What set it off, and how many of the services hit are well again: a line below the title.
pub(crate) fn cause_and_end(record: &Record, summary: &Summary) -> String {
    let faults: Vec<String> = record.faults.iter().map(fault).collect();
    let cause = match (faults.len(), summary.root_causes.first()) {
        (0, _) => String::new(),
        (_, Some(cause)) => format!("{} of the harm goes back to: {}. ", share(cause.share), cause.root),
        (1..4, None) => format!("Set off by: {}. ", faults.join(", ")),
        (n, None) => format!("Set off by {n} faults. "),
    };
    format!("{cause}{}", ending(summary)).trim_end().to_owned()
}

/// How many of the services hit are well again.
fn ending(summary: &Summary) -> String {
    let hit = summary.propagation.len();
    if summary.verdict.is_none() || hit == 0 {
        return String::new();
    }
    let well = summary
        .propagation
        .iter()
        .filter(|impact| summary.services.get(&impact.service).is_some_and(|s| s.recovered_s.is_some()))
        .count();
    let services = several(hit, "service", "services");
    match hit - well {
        0 if hit == 1 => "It recovered.".to_owned(),
        0 => format!("All {services} hit recovered."),
        1 if hit == 1 => "It is impaired to the end.".to_owned(),
        left if left == hit => format!("All {services} hit are impaired to the end."),
        1 => format!("1 of the {services} hit is impaired to the end."),
        left => format!("{left} of the {services} hit are impaired to the end."),
    }
}

/// Which run this is: scenario, variant, overrides, seed.
pub(crate) fn identity(record: &Record) -> String {
    let mut parts = vec![record.scenario.clone()];
    parts.extend(record.variant.iter().map(|variant| format!("variant \u{201c}{variant}\u{201d}")));
    parts.extend(record.overrides.iter().cloned());
    parts.push(format!("seed {}", record.seed));
    if record.simulated_s < record.horizon_s {
        let (got, planned) = (length(record.simulated_s), length(record.horizon_s));
        parts.push(format!("stopped after {got} of {planned}"));
    }
    parts.join("  \u{b7}  ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{PeopleSummary, Saved};
    use crate::plot::fixture;

    fn plain(text: &str) -> String {
        text.replace('\u{a0}', " ")
    }

    #[test]
    fn the_finding_follows_the_verdict() {
        let (record, mut summary) = fixture::thursday();
        assert_eq!(
            plain(&finding(&record, &summary)),
            "A 12 s pause of user-db became an outage that does not end"
        );
        summary.verdict = Some(VerdictKind::Contained);
        assert_eq!(plain(&finding(&record, &summary)), "A 12 s pause of user-db was contained");
        summary.verdict = None;
        assert_eq!(plain(&finding(&record, &summary)), "What followed a 12 s pause of user-db");
    }

    #[test]
    fn a_few_late_requests_make_no_title_longer() {
        let (record, mut summary) = fixture::thursday();
        let mut told = |duration_s, duration_99_s| {
            let radius = summary.blast_radius.as_mut().unwrap();
            (radius.requests_affected, radius.duration_s, radius.duration_99_s) =
                (0.4, duration_s, duration_99_s);
            plain(&reach(&record, &summary))
        };
        for (duration_s, duration_99_s, end) in [
            (1_441.0, Some(1_100.0), "were hit, 99 % of them within 18 min 20 s"),
            (1_441.0, Some(1_400.0), "were hit, for 24 min 1 s"),
            (1_441.0, None, "were hit, for 24 min 1 s"),
            (0.0, None, "were hit"),
        ] {
            let title = told(duration_s, duration_99_s);
            assert!(title.ends_with(end), "{title}");
        }
    }

    #[test]
    fn people_ended_what_would_have_cost_a_quarter_more_without_them() {
        let (record, mut summary) = fixture::thursday();
        (summary.verdict, summary.verdict_unattended) =
            (Some(VerdictKind::Recovered), Some(VerdictKind::Recovered));
        let severity = &mut summary.blast_radius.as_mut().unwrap().by_severity;
        (severity.failed, severity.unanswered) = (90, 10);
        let mut told = |requests| {
            let saved = Saved { requests, unavailable_s: 0.0, value: 0.0 };
            summary.people = Some(PeopleSummary { saved: Some(saved), ..PeopleSummary::default() });
            plain(&finding(&record, &summary))
        };
        assert!(told(25).contains("an outage that people ended"), "{}", told(25));
        for saved in [24, 0, -50] {
            assert!(told(saved).contains("an outage that healed"), "{}", told(saved));
        }
    }

    #[test]
    fn faults_are_named_by_what_they_did() {
        let (mut record, mut summary) = fixture::thursday();
        summary.verdict = Some(VerdictKind::Recovered);
        record.faults[0].effect = "errors".into();
        record.faults[0].to_s = None;
        assert_eq!(
            plain(&finding(&record, &summary)),
            "Errors of user-db became an outage that healed after 12 s"
        );
        record.faults[0].to_s = Some(record.faults[0].from_s + 60.0);
        record.faults[0].on = "orders".into();
        for (effect, told) in [
            ("latency", "60 s of added latency on user-db became an outage that healed after 12 s"),
            ("surge", "A 60 s surge of orders became an outage that healed after 12 s"),
        ] {
            record.faults[0].effect = effect.into();
            assert_eq!(plain(&finding(&record, &summary)), told);
        }
        let second = record.faults[0].clone();
        record.faults.push(second);
        assert_eq!(
            plain(&finding(&record, &summary)),
            "2 faults on user-db became an outage that healed after 12 s"
        );
        record.faults.clear();
        summary.verdict = Some(VerdictKind::Unaffected);
        assert_eq!(plain(&finding(&record, &summary)), "A run without a fault");
    }

    #[test]
    fn the_spread_is_counted() {
        let (record, mut summary) = fixture::thursday();
        assert_eq!(
            plain(&spread(&record, &summary)),
            "From user-db the failure reached 4 of 9 other services within 1.6 s"
        );
        assert_eq!(
            plain(&cause_and_end(&record, &summary)),
            "Set off by: 12 s pause of user-db. 4 of the 5 services hit are impaired to the end."
        );
        summary.propagation.clear();
        assert_eq!(plain(&cause_and_end(&record, &summary)), "Set off by: 12 s pause of user-db.");
        assert_eq!(plain(&spread(&record, &summary)), "None of 10 services was hit");
    }
}
