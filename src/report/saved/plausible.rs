//! Numbers and nesting of a JSON text, looked at before anything is made of it: nothing overflows later. Knows no field,
//! only that the names of times end in `_s` or `_ms`.

use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};

/// No count of a run is larger: all counts of a series together stay below 2^64.
const LARGEST_COUNT: u64 = 1_000_000_000_000_000;
/// No other number is larger; a value of requests may be large.
const LARGEST: f64 = 1e30;
/// No time is longer, in seconds: the clock of a run reaches as far as 500 years.
const LONGEST_S: f64 = 2e10;
/// Where every number is good, however large.
const FREE: &str = "seed";

/// A text whose numbers can be added up. Keeps nothing of it.
pub(super) struct Plausible;

impl<'de> Deserialize<'de> for Plausible {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Look { largest: LARGEST }).map(|()| Self)
    }
}

/// Looks at a value and all that is in it.
#[derive(Clone, Copy)]
struct Look {
    /// The largest number there may be.
    largest: f64,
}

impl Look {
    /// What is looked for in a field.
    fn within(self, field: &str) -> Self {
        let largest = if field.ends_with("_ms") {
            LONGEST_S * 1e3
        } else if field.ends_with("_s") {
            LONGEST_S
        } else {
            self.largest
        };
        Self { largest }
    }

    fn number<E: Error>(self, number: f64) -> Result<(), E> {
        if number.abs() <= self.largest {
            Ok(())
        } else {
            Err(E::custom(format!("{number:?} is no number of a run")))
        }
    }
}

impl<'de> DeserializeSeed<'de> for Look {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Look {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of a record")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, count: u64) -> Result<(), E> {
        if count > LARGEST_COUNT {
            return Err(E::custom(format!("{count} is no number of a run")));
        }
        self.number(count as f64)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.visit_u64(number.unsigned_abs())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<(), E> {
        self.number(number)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == FREE {
                map.next_value::<IgnoredAny>()?;
            } else {
                map.next_value_seed(self.within(&key))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_could_overflow_are_refused() {
        let look = |text: &str| {
            serde_json::from_str::<Plausible>(text).map(|_| ()).map_err(|error| error.to_string())
        };
        assert_eq!(look(r#"{"a": [1, -2, 0.5, null, true, "x"], "seed": 18446744073709551615}"#), Ok(()));
        let long = r#"{"delays_s": {"notice": 3e10}, "seed": 1}"#;
        for text in [
            "[[18446744073709551615]]",
            r#"{"a": 1e31}"#,
            "[-1000000000000001]",
            long,
            r#"{"mean_ms": 3e13}"#,
        ] {
            assert!(look(text).unwrap_err().contains("is no number of a run"), "{text}");
        }
        assert!(look("[1, 2").is_err());
        assert!(look(&"[".repeat(100_000)).unwrap_err().contains("recursion"));
    }
}
