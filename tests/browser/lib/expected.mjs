// What must be shown, computed from the files of a run: nothing of the page is used.

/** Sum over the seconds up to a moment: those whose rates and shares are shown. */
export function recent(series, s, window_s, span) {
    const to = Math.min(series.length - 1, Math.floor(s / window_s));
    return series.slice(Math.max(0, to - span + 1), to + 1).reduce((sum, value) => sum + value, 0);
}

/** How a share of failures reads. */
export function percent(share) {
    const value = share * 100;
    if (value > 0 && value < 1) return "< 1 %";
    if (value > 99 && value < 100) return "> 99 %";
    return `${Math.round(value)} %`;
}

/** The words on a service, unless it is late or hardly called; null if one of those may be said. */
export function failing(record, name, s, span = 5) {
    const { services, window_s } = record.actual;
    const of = (field) => recent(services[name][field], s, window_s, span);
    const usual = recent(record.twin.services[name].offered, s, window_s, span);
    const ended = of("ok") + of("failed");
    if (Math.max(of("offered"), ended) < 0.1 * usual || of("offered") + ended === 0) return null;
    const hangs = ended < 0.5 * of("offered") && of("offered") - ended >= 5;
    const share = hangs ? 1 - of("ok") / of("offered") : of("failed") / ended;
    return share >= 0.05 ? `${percent(share)} ${hangs ? "hang" : "fail"}` : null;
}

/** Requests answered in the seconds before a moment, of all classes, a second. */
export function goodput(world, s, span = 5) {
    return Object.values(world.classes).reduce((sum, series) => sum + recent(series.ok, s, world.window_s, span), 0) / (span * world.window_s);
}

/** The states of the replicas of a service at a moment, from the transitions. */
export function replicas(record, service, s) {
    const { replicas } = record.topology.services.find((node) => node.name === service);
    const states = Array(replicas).fill("ready");
    for (const transition of record.actual.transitions) {
        const [name, number] = transition.subject.split("/");
        if (transition.kind !== "replica" || name !== service || transition.at_s > s) continue;
        const killed = transition.state === "down" && states[Number(number)] === "out of memory";
        if (!killed) states[Number(number)] = transition.state;
    }
    return states;
}
