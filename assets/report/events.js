// The events of a run for people: many alike within seconds are one, with a sentence that tells what has happened of it so far.
"use strict";
(function (knockon) {
    const { last } = knockon.series;
    const { moment } = knockon.words;
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

    /** The events of a run in groups: `at_s` and `until_s`, `kind`, `node`, whether it is `hidden`, what it is `of`, and its `events`. */
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
                group.events.push(event);
            } else {
                const made = { ...event, until_s: event.at_s, events: [event], of: whose(event, data) };
                open.set(key, made);
                groups.push(made);
            }
        }
        return merged(groups);
    }

    /** What many of are told as one: the breakers of a call, the replicas of a service. */
    function whose(event, data) {
        const service = data.nodes[event.node]?.name ?? "";
        return event.kind === "breaker" ? `breakers of ${data.edges[event.edge]?.name ?? service}` : `replicas of ${service}`;
    }

    /** A kill for memory says why replicas are down: it is not told twice. */
    function merged(groups) {
        const kills = groups.filter((group) => group.state === KILLED);
        const killed = (group) => kills.some((kill) => kill.node === group.node && kill.at_s <= group.at_s && group.at_s <= kill.until_s);
        return groups.filter((group) => !(group.kind === "replica" && group.state === "down" && killed(group)));
    }

    /** What has happened of a group up to a moment, in a sentence; when the last of it did, unless that reads like the first. */
    function told(group, s) {
        const happened = group.events.filter((event) => event.at_s <= s + SAME_S);
        const number = new Set(happened.map((event) => event.subject)).size;
        const text = number <= 1 ? group.text : `${number} ${group.of}: ${group.state}`;
        const last_s = happened.at(-1)?.at_s ?? group.at_s;
        return moment(last_s) === moment(group.at_s) ? text : `${text}, the last at ${moment(last_s)}`;
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
    function seen(group, { discreet, veil_s = Infinity, veiled_calls = [] }) {
        return !(discreet && group.hidden) && group.at_s < veil_s - SAME_S && !(group.kind === "breaker" && veiled_calls.includes(group.edge));
    }

    /** Its sentence at a moment; what it is that kills is not told before it is asked. */
    function worded(group, s, { unnamed = false, veil_s = Infinity }) {
        const text = told(group, Math.min(s, veil_s - 2 * SAME_S));
        return unnamed && group.state === KILLED ? text.replace(/out of memory(?=, the last at |$)/, "killed") : text;
    }

    /** Whether one of some moments asks what killed something. */
    function asks_for_kill(data, moments) {
        const kills = data.events.filter((event) => event.state === KILLED);
        return moments.some((moment) => kills.some((kill) => Math.abs(kill.at_s - moment.at_s) < SAME_S));
    }

    knockon.events = { grouped, moments, recent, seen, worded, asks_for_kill };
})((globalThis.knockon ??= {}));
