//! The words of a record that come from a fixed list: kinds, states, units. Read back, they are the very same.

use serde::de::{Deserialize, Deserializer, Error, Unexpected};

/// One of the words that this program writes.
pub type Word = &'static str;

/// Kinds of transitions, states of faults, replicas, breakers, probes and alerts, and units.
const WORDS: [Word; 24] = [
    "fault",
    "replica",
    "breaker",
    "probe",
    "alert",
    "begin",
    "end",
    "starting",
    "ready",
    "paused",
    "draining",
    "down",
    "out of memory",
    "open",
    "half-open",
    "closed",
    "healthy",
    "unhealthy",
    "firing",
    "resolved",
    "share",
    "per_s",
    "s",
    "count",
];
/// Units of expectations alone.
const UNITS: [Word; 2] = ["ratio", ""];

/// Reads a word; one that this program does not write is an error.
pub(crate) fn known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Word, D::Error> {
    let read = String::deserialize(deserializer)?;
    let known = WORDS.into_iter().chain(UNITS).find(|word| *word == read);
    known.ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&read), &"a word that knockon writes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ReplicaState;
    use crate::policy::BreakerState;
    use crate::record::describe::{breaker_state, replica_state};

    fn read(word: &str) -> Result<Word, serde_json::Error> {
        known(&mut serde_json::Deserializer::from_str(&format!("{word:?}")))
    }

    #[test]
    fn every_state_can_be_read_back() {
        use ReplicaState::{Down, Draining, Paused, Ready, Starting};
        let replicas = [Starting, Ready, Paused, Draining, Down].map(replica_state);
        let breakers = [BreakerState::Open, BreakerState::HalfOpen, BreakerState::Closed].map(breaker_state);
        for word in replicas.into_iter().chain(breakers) {
            assert_eq!(read(word).unwrap(), word);
        }
    }

    #[test]
    fn other_words_are_refused() {
        let error = read("on fire").unwrap_err().to_string();
        assert!(error.contains("\"on fire\"") && error.contains("a word that knockon writes"), "{error}");
    }
}
