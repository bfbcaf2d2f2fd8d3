//! Whether a summary that was read, and not made, is that of a record: what can be computed from the record is computed
//! again; what cannot must name what there is.

use crate::analysis::summarize::summarize;
use crate::analysis::{ServiceSummary, Summary};
use crate::record::Record;

impl Summary {
    /// Finds what contradicts a record that is whole, or itself.
    pub fn check(&self, record: &Record) -> Result<(), String> {
        let mut computed = summarize(record);
        let worlds = [Some((&mut computed.services, &self.services))].into_iter().chain([
            computed.twin.as_mut().zip(self.twin.as_ref()).map(|(a, b)| (&mut a.services, &b.services)),
            computed
                .unattended
                .as_mut()
                .zip(self.unattended.as_ref())
                .map(|(a, b)| (&mut a.services, &b.services)),
        ]);
        // When a service was hit, and how much, is known from the comparison of the worlds alone.
        for (services, read) in worlds.flatten() {
            for (name, service) in services.iter_mut() {
                let Some(read) = read.get(name) else { continue };
                *service = ServiceSummary {
                    first_impact_s: read.first_impact_s,
                    recovered_s: read.recovered_s,
                    harm: read.harm.clone(),
                    ..service.clone()
                };
            }
        }
        for (what, same) in [
            ("digests", self.digests == computed.digests),
            ("partial", self.partial == computed.partial),
            ("traffic", self.traffic == computed.traffic),
            ("services", self.services == computed.services),
            ("calls", self.calls == computed.calls),
            ("twin", self.twin == computed.twin),
            ("unattended", self.unattended == computed.unattended),
            ("monitors", self.monitors == computed.monitors),
        ] {
            if !same {
                return Err(format!("`{what}` is not what the record says"));
            }
        }
        self.names(record)
    }

    /// The harm is that of services that there are, within the run.
    fn names(&self, record: &Record) -> Result<(), String> {
        let hits = self.propagation.iter().map(|impact| (impact.at_s, &impact.service, impact.from.as_ref()));
        let waves = self.waves.iter().map(|wave| (wave.at_s, &wave.service, wave.from.as_ref()));
        for (at_s, service, from) in hits.chain(waves) {
            for name in [Some(service), from].into_iter().flatten() {
                if !self.services.contains_key(name) {
                    return Err(format!("harm came to a service `{name}` that there is not"));
                }
            }
            if !(-record.warm_up_s..=record.simulated_s).contains(&at_s) {
                return Err(format!("harm came at {at_s} s, which was not simulated"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::fixture;

    /// A warm-up of 60 s and a run of 1,500 s.
    #[test]
    fn harm_comes_to_services_that_there_are_while_they_are_simulated() {
        let (record, summary) = fixture::attended();
        let named = |change: &dyn Fn(&mut Summary)| {
            let mut summary = summary.clone();
            change(&mut summary);
            summary.names(&record).is_ok()
        };
        assert!(named(&|_| {}));
        assert!(!named(&|summary| summary.propagation[0].service = "x".into()));
        assert!(!named(&|summary| summary.propagation[1].from = Some("x".into())));
        assert!(!named(&|summary| summary.waves[0].service = "x".into()));
        assert!(!named(&|summary| summary.waves[0].from = Some("x".into())));
        for (at_s, held) in [(-60.0, true), (-61.0, false), (record.simulated_s, true), (2_000.0, false)] {
            assert_eq!(named(&|summary| summary.propagation[0].at_s = at_s), held, "{at_s}");
        }
    }
}
