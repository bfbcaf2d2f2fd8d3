//! Findings about what probes ask. Knows neither loads nor waits.

use crate::id::ServiceId;
use crate::model::lint::finding::{Finding, Gravity, Lint, listed};
use crate::model::walk::calls_of;
use crate::scenario::Detection;

/// `L060`: probes that ask for what needs another service.
pub(super) fn deep_probe(lint: &Lint<'_>) -> Vec<Finding> {
    let model = lint.model;
    let mut findings = Vec::new();
    for class in &model.classes {
        let Some(service) = class.probes else { continue };
        let asked = model.sites[class.site].operation;
        let needed = calls_of(model, asked).map(|site| model.edges[model.sites[site].edge].callee);
        let mut names: Vec<String> = Vec::new();
        for callee in needed.filter(|callee| *callee != service) {
            let name = format!("`{}`", model.services[callee].name);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if names.is_empty() {
            continue;
        }
        let name = &model.services[service].name;
        let believed = is_believed(lint, service);
        let what = if believed {
            "every replica is taken out of the balancers"
        } else {
            "every replica looks unwell"
        };
        findings.push(Finding {
            code: "L060",
            gravity: if believed { Gravity::Caution } else { Gravity::Note },
            message: format!(
                "the probe of `{name}` asks for `{}`, which calls {}: when that fails, {what} at once",
                model.operations[asked].name,
                listed(&names)
            ),
            hint: format!("ask for something that `{name}` answers alone"),
        });
    }
    findings
}

/// Whether a balancer goes by the probe of a service.
fn is_believed(lint: &Lint<'_>, service: ServiceId) -> bool {
    lint.edges().any(|(_, edge)| edge.callee == service && edge.policy.detection == Detection::Probes)
}
