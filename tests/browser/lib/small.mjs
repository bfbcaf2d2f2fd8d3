// A run small enough to know every number of it by heart: users call a, a calls b; b is paused from 2 s to 4 s.
import { encode } from "./encode.mjs";

const WINDOWS = 10;
const flat = (value) => Array(WINDOWS).fill(value);

export function small() {
    const service = (offered, failed, queue) => ({
        offered: encode(offered), ok: encode(offered.map((value, i) => value - failed[i])), failed: encode(failed),
        retried: encode(flat(0)), queue_length: encode(queue, 0.1), busy_threads: encode(flat(2), 0.1), waiting_threads: encode(flat(1), 0.1),
        running_replicas: 2, p99_ms: encode(flat(20), 1, true),
    });
    const world = (failed) => ({
        classes: { users: { arrived: 100, ok: encode(flat(100).map((value, i) => value - failed[i])), failed: encode(failed), p99_ms: encode(flat(50), 1, true) } },
        services: { a: service(flat(100), failed, flat(0)), b: service(flat(100), failed, failed) },
        calls: { "users -> a": { attempts: 100, failed: encode(failed) }, "a -> b": { attempts: encode(failed.map((value) => 100 + 3 * value)), failed: encode(failed) } },
    });
    const harm = [0, 0, 90, 90, 50, 0, 0, 0, 0, 0];
    return {
        title: "Small", scenario: "Small", variant: null, seed: 1, start: 50400, window_s: 1, windows: WINDOWS, simulated_s: WINDOWS, verdict: "recovered",
        nodes: [{ name: "users", kind: "class", x: 0, y: 0, w: 100, h: 50 }, { name: "a", kind: "service", x: 200, y: 0, w: 150, h: 92, replicas: 1, threads: 4 },
            { name: "b", kind: "service", x: 400, y: 0, w: 150, h: 92, replicas: 2, threads: 4 }],
        edges: [{ name: "users -> a", from: 0, to: 1 }, { name: "a -> b", from: 1, to: 2 }], size: [550, 92],
        faults: [{ name: "stop", effect: "pause", service: "b", from_s: 2, to_s: 4 }],
        actual: world(harm), twin: world(flat(0)),
        monitors: [{ name: "errors", unit: "share", of: "b", threshold: 0.5, side: "above", samples: [[0, 0], [2, 0.2], [4, 0.9], [6, 0]], alerts: [[4, 6]] }],
        events: [
            { at_s: 2, kind: "fault", subject: "stop", node: 2, state: "begin", text: "stop begins" },
            { at_s: 2, kind: "replica", subject: "b/0", node: 2, state: "paused", text: "b/0 is paused" },
            { at_s: 2, kind: "replica", subject: "b/1", node: 2, state: "paused", text: "b/1 is paused" },
            { at_s: 4, kind: "replica", subject: "b/0", node: 2, state: "ready", text: "b/0 is ready" },
            { at_s: 4, kind: "alert", subject: "errors", state: "firing", text: "errors fires" },
            { at_s: 5, kind: "action", subject: "on-call", state: "restart", text: "on-call: restart b" },
            { at_s: 5, kind: "replica", subject: "b/1", node: 2, state: "out of memory", text: "b/1 is out of memory" },
            { at_s: 5, kind: "replica", subject: "b/1", node: 2, state: "down", text: "b/1 is down" },
        ],
        first_hit: [{ node: 2, at_s: 2, via: "pause" }], phases: [{ roots: ["pause of b"], from_s: 2, to_s: 5 }],
        roots: [{ root: "pause of b", kind: "fault", place: "b", share: 0.9 }, { root: "retries of a -> b", kind: "retries", place: "a -> b", share: 0.1 }],
        blame: [{ node: 1, roots: [{ root: 0, windows: [[2, 90], [3, 60]] }, { root: 1, windows: [[3, 30], [4, 50]] }] }],
        moments: [{ at_s: 0, title: "Before", ask: "What breaks?", tell: "b." }, { at_s: 4, title: "After", ask: "Does it heal?", tell: "Yes." }],
        notes: "Notes.",
    };
}
