// The events of a run for people: many alike at once are one, and each has a sentence. Knows no moment.
"use strict";
(function (knockon) {
    const { last } = knockon.series;
    /** What happens to replicas of a service within so many seconds is told as one. */
    const TOGETHER_S = 5;
    /** What counts as the same instant. */
    const SAME_S = 1e-6;
    const KILLED = "out of memory";
    /** What goes on anyway when replicas are down is not told again. */
    const PASSING = new Set(["starting"]);

    const alike = (event) => `${event.kind}\n${event.node}\n${event.edge}\n${event.state}\n${event.hidden}`;

    /** Tells of each event whether only who knows the faults can know it: a fault, a pause and what ends it. */
    function knowing(events) {
        const states = new Map();
        return events.map((event) => {
            const before = states.get(event.subject);
            if (event.kind === "replica") states.set(event.subject, event.state);
            const paused = event.kind === "replica" && (event.state === "paused" || event.state === "ready" && before === "paused");
            return { ...event, hidden: event.kind === "fault" || paused };
        });
    }

    /** The events of a run in groups: `at_s`, `kind`, `text`, `node`, whether it is `hidden`, and how many. */
    function grouped(data) {
        const groups = [];
        const open = new Map();
        for (const event of knowing(data.events)) {
            const crowd = event.kind === "replica" || event.kind === "breaker" || event.kind === "probe";
            if (crowd && PASSING.has(event.state)) continue;
            const key = alike(event);
            const group = crowd ? open.get(key) : undefined;
            if (group !== undefined && event.at_s - group.until_s <= TOGETHER_S) {
                group.until_s = event.at_s;
                group.subjects.add(event.subject);
            } else {
                const made = { ...event, until_s: event.at_s, subjects: new Set([event.subject]) };
                open.set(key, made);
                groups.push(made);
            }
        }
        return merged(groups).map((group) => ({ ...group, text: told(group, data) }));
    }

    /** A kill for memory says why replicas are down: it is not told twice. */
    function merged(groups) {
        const kills = groups.filter((group) => group.state === KILLED);
        const killed = (group) => kills.some((kill) => kill.node === group.node && kill.at_s <= group.at_s && group.at_s <= kill.until_s);
        return groups.filter((group) => !(group.kind === "replica" && group.state === "down" && killed(group)));
    }

    /** What happened, in a sentence. */
    function told(group, data) {
        if (group.subjects.size === 1) return group.text;
        const service = data.nodes[group.node]?.name ?? "";
        const number = group.subjects.size;
        if (group.kind === "breaker") return `${number} breakers of ${data.edges[group.edge]?.name ?? service}: ${group.state}`;
        return `${number} replicas of ${service}: ${group.state}`;
    }

    /** The different moments of some things that have a time, in order. */
    function moments(things) {
        return [...new Set(things.map((thing) => thing.at_s))].sort((a, b) => a - b);
    }

    /** The last few up to a moment, latest first. */
    function recent(groups, s, most) {
        groups.moments ??= groups.map((group) => group.at_s);
        const place = last(groups.moments, s);
        return groups.slice(Math.max(0, place + 1 - most), place + 1).reverse();
    }

    /** Whether it may be seen: discreetly not what is hidden, and nothing that answers what is asked. */
    function seen(group, { discreet, veil_s = Infinity }) {
        return !(discreet && group.hidden) && group.at_s < veil_s - SAME_S;
    }

    /** Its sentence; what it is that kills is not told before it is asked. */
    function worded(group, { unnamed = false }) {
        return unnamed && group.state === KILLED ? group.text.replace(/out of memory$/, "killed") : group.text;
    }

    /** Whether one of some moments asks what killed something. */
    function asks_for_kill(data, moments) {
        const kills = data.events.filter((event) => event.state === KILLED);
        return moments.some((moment) => kills.some((kill) => Math.abs(kill.at_s - moment.at_s) < SAME_S));
    }

    knockon.events = { grouped, moments, recent, seen, worded, asks_for_kill };
})((globalThis.knockon ??= {}));
