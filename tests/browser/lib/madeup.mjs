// Pages with made-up data: the page of a run with other data in it. For names that attack, and for sizes that tire.
import { readFileSync, writeFileSync } from "node:fs";
import { encode } from "./encode.mjs";
import { file } from "./page.mjs";

const OPEN = '<script type="application/json" id="data">';

/** Writes a page with other data. */
export function page(name, data) {
    const text = readFileSync(file("report.html"), "utf8");
    const from = text.indexOf(OPEN) + OPEN.length;
    const to = text.indexOf("</script>", from);
    writeFileSync(file(name), text.slice(0, from) + JSON.stringify(data).replaceAll("<", "\\u003c") + text.slice(to));
}

/** The data of the run. */
export function data() {
    const text = readFileSync(file("report.html"), "utf8");
    const from = text.indexOf(OPEN) + OPEN.length;
    return JSON.parse(text.slice(from, text.indexOf("</script>", from)));
}

/** Every text of some data with an attack in front of it; keys of worlds and what refers to them change alike. */
export function hostile(value, attack, key = "") {
    const kept = new Set(["kind", "state", "unit", "effect", "reading", "verdict", "verdict_unattended"]);
    if (typeof value === "string") return kept.has(key) ? value : attack + value;
    if (Array.isArray(value)) return isSeries(value) ? value : value.map((each) => hostile(each, attack, key));
    if (value === null || typeof value !== "object") return value;
    const worlds = new Set(["classes", "services", "calls"]);
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [worlds.has(key) ? attack + name : name, hostile(each, attack, name)]));
}

const isSeries = (value) => value.length >= 2 && value.length <= 3 && typeof value[0] === "number" && typeof value[1] === "string";

/** A large system: so many services in layers, each calling three of the next, and something fails from 300 s on. */
export function large(services, windows) {
    const layers = 8;
    const each = Math.ceil(services / layers);
    const noise = (seed) => Array.from({ length: windows }, (_, window) => 100 + ((seed * 31 + window * 17) % 23));
    const broken = (i, window) => window > 300 + i && window < 900;
    const nodes = [{ name: "users", kind: "class", x: 0, y: 0, w: 124, h: 36, replicas: 0, threads: 0 }];
    const [worlds, edges] = [{ actual: empty(), twin: empty() }, [{ name: "users -> service-0", from: 0, to: 1 }]];
    for (let i = 0; i < services; i += 1) {
        const [layer, row] = [Math.floor(i / each), i % each];
        nodes.push({ name: `service-${i}`, kind: "service", x: 200 + layer * 230, y: row * 44, w: 164, h: 36, replicas: 3, threads: 60 });
        for (let k = 0; k < 3 && layer + 1 < layers; k += 1) {
            const to = (layer + 1) * each + ((row * 3 + k) % each);
            if (to < services) edges.push({ name: `service-${i} -> service-${to}`, from: i + 1, to: to + 1 });
        }
        for (const [name, world] of Object.entries(worlds)) world.services[`service-${i}`] = service(noise(i), name === "actual" ? (window) => broken(i, window) : () => false);
    }
    for (const [name, world] of Object.entries(worlds)) {
        world.classes.users = { arrived: 500, ok: encode(noise(7)), failed: 0 };
        edges.forEach((edge, i) => (world.calls[edge.name] = call(noise(i), name === "actual" ? (window) => broken(i % services, window) : () => false)));
    }
    const run = { title: "A large system", scenario: "A large system", variant: null, seed: 1, start: 50400, window_s: 1, windows, simulated_s: windows, verdict: "recovered", nodes, edges,
        size: [200 + layers * 230, each * 44], faults: [], ...worlds, monitors: [], events: [], first_hit: [], phases: [], roots: [], blame: [], moments: [] };
    for (let i = 0; i < 2000; i += 1) run.events.push({ at_s: i * 0.7, kind: "replica", subject: `service-${i % services}/0`, node: (i % services) + 1, state: i % 2 ? "ready" : "down", text: `service-${i % services}/0 changes` });
    return { version: 1, runs: [run] };
}

const empty = () => ({ classes: {}, services: {}, calls: {} });

function service(offered, broken) {
    const failed = offered.map((value, window) => (broken(window) ? value : 0));
    const level = (usual, worst) => encode(offered.map((value, window) => (broken(window) ? worst + value : usual + (value % 7))), 0.1);
    return { offered: encode(offered), ok: encode(offered.map((value, window) => value - failed[window])), failed: encode(failed), retried: encode(failed), queue_length: level(0, 500),
        busy_threads: level(20, 55), waiting_threads: level(5, 40), running_replicas: 3, p99_ms: encode(offered, 1, true) };
}

function call(attempts, broken) {
    return { attempts: encode(attempts.map((value, window) => (broken(window) ? 4 * value : value))), first_attempts: encode(attempts), failed: encode(attempts.map((value, window) => (broken(window) ? 3 * value : 0))) };
}
