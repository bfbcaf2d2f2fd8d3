//! The closest name to a mistyped one: behind every "did you mean".

/// Names less alike than this are not suggested.
const ALIKE: f64 = 0.7;

/// The candidate most like `name`, if any is alike enough; of equals, the first.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let likeness = likeness(&lower, &candidate.to_lowercase());
        if likeness >= ALIKE && best.is_none_or(|(so_far, _)| likeness > so_far) {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Jaro-Winkler similarity; two short names that differ by one slip of the keyboard count as alike, which it misses.
fn likeness(a: &str, b: &str) -> f64 {
    let slip = a.len() >= 2 && b.len() >= 2 && strsim::osa_distance(a, b) == 1;
    strsim::jaro_winkler(a, b).max(if slip { ALIKE } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_only_what_is_alike() {
        let names = ["timeout", "retry", "breaker", "bulkhead"];
        assert_eq!(closest("time_out", names), Some("timeout"));
        assert_eq!(closest("Retries", names), Some("retry"));
        assert_eq!(closest("xyz", names), None);
        assert_eq!(closest("bd", ["db", "user"]), Some("db"));
    }
}
