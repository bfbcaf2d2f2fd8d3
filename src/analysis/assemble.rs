//! Puts the answers together: record and comparison -> summary.

use crate::analysis::propagation::Propagation;
use crate::analysis::{BlastTally, ImpactTracker, Summary, expect, people, summarize, verdict, waves};
use crate::model::Model;
use crate::record::Record;
use crate::scenario::Scenario;
use crate::time::SimTime;

/// What the record of an incident means. Without a comparison there is no impact and no verdict.
pub fn analyze(
    scenario: &Scenario,
    model: &Model,
    record: &Record,
    compared: Option<(ImpactTracker, BlastTally)>,
    now: SimTime,
) -> Summary {
    let mut summary = summarize::summarize(record);
    if let (Some((impact, blast)), Some(twin)) = (compared, &record.twin) {
        let verdict = verdict::judge(record, twin, blast.affected(), &scenario.impact);
        summary.verdict = Some(verdict.kind);
        summary.verdict_reason = verdict.reason;
        let propagation = Propagation::new(model, &impact, &record.actual, now);
        summarize::add_impact(&mut summary, propagation, &blast, model.origin);
    }
    summary.waves = waves::waves(record, &summary.propagation);
    summary.people = people::people(record, &summary);
    // What is expected of a run cannot be asked of a part of it.
    if !summary.partial {
        summary.expectations = expect::evaluate(&scenario.expect, record, &summary);
    }
    summary
}
