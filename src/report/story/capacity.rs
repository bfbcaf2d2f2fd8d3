//! Hidden capacity: below which load a world that ended metastable would heal by itself, beside what it carries in health.

use crate::analysis::HiddenCapacity;
use crate::report::block::{Line, Tone};
use crate::report::quantity;

/// What was found.
pub(in crate::report) fn hidden(found: &HiddenCapacity) -> Line {
    let within = quantity::seconds(found.healed_within_s);
    let load =
        format!("{} ({} of its traffic)", quantity::rate(found.rate_per_s), quantity::share(found.share));
    let healing = if found.share >= 1.0 {
        format!(
            "under all of its traffic, {}, it heals by itself within {within}",
            quantity::rate(found.rate_per_s)
        )
    } else if found.share > 0.0 {
        format!("it heals by itself below {load}, within {within}")
    } else {
        let shares = found.probes.iter().map(|(share, _)| *share);
        let least = quantity::share(shares.fold(1.0, f64::min));
        format!("there is none: not even {least} of its traffic lets it heal by itself within {within}")
    };
    let healthy = match found.advertised_per_s {
        Some(rate) => format!("; healthy it carries {}", quantity::rate(rate)),
        None => String::new(),
    };
    Line::toned(Tone::Strong, "HIDDEN CAPACITY").and(format!(": {healing}{healthy}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(probes: &[(f64, bool)]) -> String {
        let share = probes.iter().filter(|probe| probe.1).map(|probe| probe.0).fold(0.0, f64::max);
        let found = HiddenCapacity {
            share,
            rate_per_s: 280.0 * share,
            advertised_share: Some(1.07),
            advertised_per_s: Some(300.0),
            healed_within_s: 300.0,
            probes: probes.to_vec(),
        };
        hidden(&found).text()
    }

    #[test]
    fn the_load_that_heals_stands_beside_what_is_carried_in_health() {
        assert_eq!(
            told(&[(1.0, false), (0.5, true)]),
            "HIDDEN CAPACITY: it heals by itself below 140/s (50 % of its traffic), within 5m; healthy it carries 300/s."
        );
    }

    #[test]
    fn all_of_the_traffic_and_none_of_it_have_words_of_their_own() {
        assert_eq!(
            told(&[(1.0, true)]),
            "HIDDEN CAPACITY: under all of its traffic, 280/s, it heals by itself within 5m; healthy it carries 300/s."
        );
        assert_eq!(
            told(&[(1.0, false), (0.5, false), (0.01, false)]),
            "HIDDEN CAPACITY: there is none: not even 1 % of its traffic lets it heal by itself within 5m; \
             healthy it carries 300/s."
        );
    }
}
