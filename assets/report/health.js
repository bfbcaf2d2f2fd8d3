// How a node or a call fares at a moment: which share of what was asked of it failed, in five steps and in words.
// The steps are those of the pictures. Draws nothing.
"use strict";
(function (knockon) {
    const { percent, latency } = knockon.words;
    /** Each step begins at such a share. */
    const STEPS = [0, 0.05, 0.25, 0.5, 0.9];
    /** Less of its twin's attempts, and a service is hardly called. */
    const HARDLY = 0.1;
    /** Fewer attempts without an answer are those that are under way anyhow. */
    const SEVERAL = 5;
    /** Of its threads so many are held, and nothing new gets in. */
    const FULL = 0.9;
    /** Late is what takes longer than twice what the twin takes, and this much more. */
    const LATE_FACTOR = 2;
    const LATE_MARGIN_MS = 50;

    /** What counts as the same instant. */
    const SAME_S = 1e-6;

    function step(share) {
        let place = 0;
        while (place + 1 < STEPS.length && share >= STEPS[place + 1]) place += 1;
        return place;
    }

    const quiet = (words) => ({ step: -1, share: 0, words });

    /**
     * Of those that ended the share that failed; of those that hang, if hardly any ended, the share that was not answered.
     * Where it is too `early` to tell, those that have not ended do not hang.
     */
    function judged(asked, ok, failed, early) {
        const ended = ok + failed;
        const hangs = !early && ended < 0.5 * asked && asked - ended >= SEVERAL;
        const share = hangs ? 1 - Math.min(1, ok / asked) : ended === 0 ? 0 : failed / ended;
        const words = step(share) === 0 ? "healthy" : `${percent(share)} ${hangs ? "hang" : "fail"}`;
        return { step: step(share), share, words, hangs };
    }

    /** Whether a run is so young that the twin has hardly answered anything either. */
    function early(run, of, name, asked, s) {
        if (run.window(s) + 1 >= run.span) return false;
        const twin = (field) => run.count("twin", of, name, field, s);
        return !(twin("ok") + twin("failed") >= 0.5 * twin(asked));
    }

    /** Whether what a service has does not get on: hardly a thread is free, or more attempts wait than in the twin. */
    function stuck(run, world, node, s) {
        const level = (of, field) => run.level(of, "services", node.name, field, s);
        if (level(world, "busy_threads") >= FULL * run.threads(world, node, s)) return true;
        return world !== "twin" && level(world, "queue_length") > 1 + 2 * (level("twin", "queue_length") || 0);
    }

    /** A service: attempts as its callers saw them. */
    function service(run, world, node, s) {
        const { name } = node;
        const count = (field, of = world) => run.count(of, "services", name, field, s);
        const [offered, ok, failed] = [count("offered"), count("ok"), count("failed")];
        const usual = run.paired ? count("offered", "twin") : NaN;
        const asked = Math.max(offered, ok + failed);
        if (asked === 0 || asked < HARDLY * usual) {
            const rarely = asked > 0 ? "hardly called" : usual > 0 ? "not called" : "idle";
            return stuck(run, world, node, s) ? { step: 4, share: 1, words: `stuck, ${rarely}` } : quiet(rarely);
        }
        const health = judged(offered, ok, failed, early(run, "services", name, "offered", s));
        const late = health.step === 0 ? lateness(run, world, name, s) : null;
        return late === null ? health : { step: 1, share: health.share, words: `slow: p99 ${latency(late)}` };
    }

    /** The latency of 99 % of the answers if it is late against the twin. */
    function lateness(run, world, name, s) {
        if (!run.paired || world === "twin") return null;
        const own = run.level(world, "services", name, "p99_ms", s);
        const twin = run.series("twin", "services", name, "p99_ms");
        if (twin === null) return null;
        const to = run.window(s);
        let usual = NaN;
        for (let window = Math.max(0, to - run.span + 1); window <= to; window += 1) {
            if (!(twin[window] <= usual)) usual = Number.isNaN(twin[window]) ? usual : twin[window];
        }
        return own > LATE_FACTOR * usual + LATE_MARGIN_MS ? own : null;
    }

    /** A traffic class: requests as its users saw them. */
    function users(run, world, name, s) {
        const count = (field) => run.count(world, "classes", name, field, s);
        const [arrived, ok, failed] = [count("arrived"), count("ok"), count("failed")];
        if (arrived + ok + failed === 0) return quiet("nobody asks");
        return judged(arrived, ok, failed, early(run, "classes", name, "arrived", s));
    }

    /** Whether what a monitor reads was asked lately and answered nothing. */
    function unanswered(run, monitor, s) {
        const { actual } = run.data;
        const of = monitor.of_class ? "classes" : monitor.of in actual.services ? "services" : "calls";
        const asked = { classes: "arrived", services: "offered", calls: "attempts" }[of];
        const count = (field) => run.count("actual", of, monitor.of, field, s);
        const [begun, failed] = [count(asked), count("failed")];
        return begun + failed > 0 && (of === "calls" ? failed >= begun : count("ok") === 0);
    }

    /** The services that a fault begins at while it is asked where one begins. */
    function asked(run, { veil_s = Infinity }) {
        return run.data.faults.filter((fault) => Math.abs(fault.from_s - veil_s) < SAME_S).map((fault) => fault.service);
    }

    /**
     * The world as which a service is shown: that of its twin, if where the fault is must not show; null if it has none. Before
     * the first fault all are as in the twin: what the window of that instant shows is what came of it.
     */
    function shown(run, world, name, look) {
        const struck = asked(run, look);
        const first = run.data.faults.every((fault) => fault.from_s > look.veil_s - SAME_S);
        if (struck.length === 0 || !(first || struck.includes(name))) return world;
        return run.paired ? "twin" : null;
    }

    /** The world as which a call is shown: both its ends would tell where the fault is. */
    function between(run, world, edge, look) {
        const ends = [edge.from, edge.to].map((place) => run.data.nodes[place]).filter(({ kind }) => kind === "service");
        const told = ends.map(({ name }) => shown(run, world, name, look));
        return told.every((one) => one === world) ? world : told.find((one) => one !== world);
    }

    /** A node of the topology; of no world nothing is told. */
    function node(run, world, node, s) {
        if (world === null) return quiet("told later");
        return node.kind === "class" ? users(run, world, node.name, s) : service(run, world, node, s);
    }

    /** Whether a call has breakers, as far as that may be seen. */
    function breakers(run, name, { veiled_calls = [] }) {
        return run.has("calls", name, "breakers_open") && !veiled_calls.some((edge) => run.data.edges[edge].name === name);
    }

    /** The calls, by their places, that have breakers in this run and not in each of some runs. */
    function unlike_breakers(run, runs) {
        const has = (of, name) => of.has("calls", name, "breakers_open");
        return run.data.edges.flatMap(({ name }, edge) => (has(run, name) && !runs.every((of) => has(of, name)) ? [edge] : []));
    }

    /** A call: its rate, that rate against the twin's, the failed share of what was sent, how many of its breakers are open. */
    function call(run, world, name, s, look = {}) {
        if (world === null) return { rate: NaN, usual: NaN, ratio: NaN, share: NaN, step: -1, open: 0 };
        const count = (field) => run.count(world, "calls", name, field, s);
        const rate = run.rate(world, "calls", name, "attempts", s);
        const usual = run.paired ? run.rate("twin", "calls", name, "attempts", s) : NaN;
        const [attempts, failed] = [count("attempts"), count("failed")];
        const share = attempts + failed === 0 ? 0 : Math.min(1, failed / Math.max(attempts, failed));
        const ratio = world === "twin" ? 1 : rate / usual;
        const open = breakers(run, name, look) ? run.level(world, "calls", name, "breakers_open", s) : 0;
        return { rate, usual, ratio, share, step: attempts + failed === 0 ? -1 : step(share), open };
    }

    knockon.health = { STEPS, step, judged, node, service, users, call, breakers, unlike_breakers, unanswered, asked, shown, between };
})((globalThis.knockon ??= {}));
