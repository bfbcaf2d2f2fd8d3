//! Puts the answers together: record and comparison -> summary.

use crate::analysis::propagation::Propagation;
use crate::analysis::{
    Compared, Summary, causes, degradation, expect, people, phases, slo, summarize, sustaining, times,
    verdict, waves,
};
use crate::model::Model;
use crate::record::Record;
use crate::scenario::{Scenario, VerdictKind};
use crate::time::SimTime;

/// What the record of an incident means. Without a comparison there is no impact and no verdict.
pub fn analyze(
    scenario: &Scenario,
    model: &Model,
    record: &Record,
    compared: Option<Compared>,
    affected_before_response: u64,
    now: SimTime,
) -> Summary {
    let mut summary = summarize::summarize(record);
    if let (Some(compared), Some(twin)) = (compared, &record.twin) {
        // Requests of the unattended world are not paired: it is unaffected if nothing had happened before the first act, and
        // its totals are the twin's.
        let alone = record.unattended.as_ref().map(|world| {
            let affected = affected_before_response + u64::from(world.totals != twin.totals);
            verdict::judge(record, world, twin, affected, None, &scenario.impact).kind
        });
        let mut verdict =
            verdict::judge(record, &record.actual, twin, compared.blast.affected(), alone, &scenario.impact);
        let propagation = Propagation::new(model, &compared, &record.actual, now);
        let hit = model
            .services
            .enumerate()
            .filter(|(id, _)| propagation.first[*id].is_some() && propagation.over[*id].is_none());
        let hit: Vec<&str> = hit.map(|(_, service)| service.name.as_str()).collect();
        verdict.mention(&hit);
        summary.verdict = Some(verdict.kind);
        summary.verdict_reason = verdict.reason;
        summary.verdict_unattended = (!model.response.is_empty()).then(|| alone.unwrap_or(verdict.kind));
        summarize::add_impact(&mut summary, model, propagation, &compared.impact, &compared.blast, now);
        summary.degradation = degradation::degradation(model, record, &compared.blast);
    }
    if let Some(blame) = &record.blame {
        summary.root_causes = causes::shares(blame);
        summary.phases = phases::phases(blame);
        let held = [summary.verdict, summary.verdict_unattended].contains(&Some(VerdictKind::Metastable));
        summary.sustaining_loop = held.then(|| sustaining::sustaining_loop(record, blame)).flatten();
    }
    summary.times = times::times(record, &summary);
    summary.slo = slo::slo(scenario, record, &summary);
    summary.waves = waves::waves(record, &summary.propagation);
    summary.people = people::people(record, &summary);
    // What is expected of a run cannot be asked of a part of it.
    if !summary.partial {
        summary.expectations = expect::evaluate(&scenario.expect, record, &summary);
    }
    summary
}
