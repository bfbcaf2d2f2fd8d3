import assert from "node:assert/strict";
import test from "node:test";
import { encode } from "../lib/encode.mjs";
import { scripts } from "../lib/scripts.mjs";
import { small } from "../lib/small.mjs";

const { knockon, globals } = scripts();
const run = () => new knockon.Run(small());
const plain = (text) => text.replaceAll("\u00a0", " ");

test("the scripts share one name", () => assert.deepEqual(globals, ["knockon"]));

test("two runs of one name are told apart", () => {
    const names = (...runs) => [...knockon.Run.names(runs)];
    const one = { title: "A", variant: null, seed: 1 };
    assert.deepEqual(names(one), ["A"]);
    assert.deepEqual(names(one, { ...one, variant: "b" }), ["A", "b"]);
    assert.deepEqual(names(one, { ...one, seed: 2 }), ["A, seed 1", "A, seed 2"]);
    assert.deepEqual(names(one, one), ["1. A", "2. A"]);
});

test("a moment lies in its window, and the last one in the end", () => {
    assert.deepEqual([0, 0.99, 1, 9.5, 10, 99].map((s) => run().window(s)), [0, 0, 1, 9, 9, 9]);
});

test("threads are those of the moment where they change, else those of the node", () => {
    const node = small().nodes[2];
    assert.equal(run().threads("actual", node, 3), 4);
    const changed = small();
    changed.actual.services.b.threads = encode([4, 4, 4, 4, 4, 2, 2, 2, 2, 2]);
    const told = new knockon.Run(changed);
    assert.deepEqual([4, 5].map((s) => told.threads("actual", node, s)), [4, 2]);
    assert.deepEqual([4, 5].map((s) => knockon.health.node(told, "actual", { ...node }, s).step), [3, 0]);
});

test("health is the failed share, in steps and words", () => {
    const at = (s) => knockon.health.node(run(), "actual", small().nodes[2], s);
    assert.deepEqual([at(1).words, at(1).step], ["healthy", 0]);
    assert.deepEqual([plain(at(3).words), at(3).step], ["90 % fail", 4]);
    assert.deepEqual([plain(at(4).words), at(4).step], ["50 % fail", 3]);
    assert.deepEqual([0, 0.05, 0.25, 0.5, 0.9].map(knockon.health.step), [0, 1, 2, 3, 4]);
    assert.equal(plain(knockon.health.judged(100, 10, 5, false).words), "90 % hang");
    assert.equal(knockon.health.judged(100, 10, 0, true).words, "healthy");
    assert.equal(knockon.health.judged(100, 0, 0, true).words, "healthy");
});

test("a late answer is no health", () => {
    const late = small();
    late.actual.services.b.p99_ms = [1, "yD*J", 1];
    const health = knockon.health.node(new knockon.Run(late), "actual", late.nodes[2], 0);
    assert.deepEqual([plain(health.words), health.step], ["healthy", 0]);
    late.actual.services.b.p99_ms = 91;
    assert.equal(plain(knockon.health.node(new knockon.Run(late), "actual", late.nodes[2], 0).words), "slow: p99 91 ms");
});

test("nobody asks is not healthy", () => {
    const quiet = small();
    for (const field of ["offered", "ok", "failed"]) quiet.actual.services.b[field] = 0;
    const words = () => knockon.health.node(new knockon.Run(quiet), "actual", quiet.nodes[2], 1).words;
    assert.equal(words(), "not called");
    quiet.actual.services.b.offered = quiet.actual.services.b.ok = 5;
    assert.equal(words(), "hardly called");
    quiet.actual.services.b.busy_threads = 4;
    assert.equal(words(), "stuck, hardly called");
    quiet.actual.services.b.offered = quiet.actual.services.b.ok = 0;
    quiet.actual.services.b.busy_threads = 0;
    assert.equal(words(), "not called");
    quiet.actual.services.b.queue_length = 46;
    assert.equal(words(), "stuck, not called");
});

test("where nothing is answered a monitor has nothing to time", () => {
    const dead = small();
    const { b } = dead.actual.services;
    b.ok = encode([100, 100, 0, 0, 0, 0, 0, 0, 0, 0]);
    const none = (s, monitor, data = dead) => knockon.health.unanswered(new knockon.Run(data), monitor, s);
    const service = { of: "b", of_class: false };
    assert.deepEqual([1, 2, 3].map((s) => none(s, service)), [false, true, true]);
    assert.equal(none(3, { of: "users", of_class: true }), false);
    Object.assign(b, { offered: 0, ok: 0, failed: 0 });
    assert.equal(none(3, service), false);
    assert.equal(none(3, { of: "a -> b", of_class: false }), false);
});

test("a call is judged against the twin's", () => {
    const call = knockon.health.call(run(), "actual", "a -> b", 3);
    assert.deepEqual([call.rate, call.usual, Math.round(call.ratio * 100) / 100], [370, 100, 3.7]);
    assert.equal(Math.round(call.share * 1000), Math.round((90 / 370) * 1000));
});

test("what is not written was zero, a latency that is not written never was", () => {
    const sparse = small();
    delete sparse.twin.services.b.queue_length;
    delete sparse.twin.services.b.p99_ms;
    const level = (field) => new knockon.Run(sparse).level("twin", "services", "b", field, 1);
    assert.deepEqual([level("queue_length"), level("hits"), level("p99_ms")], [0, 0, NaN]);
    delete sparse.twin;
    assert.ok(Number.isNaN(level("queue_length")));
});

test("blame is shared out among the roots of the moment", () => {
    const roots = knockon.blame.roots(run(), 1);
    const { total, shares } = knockon.blame.shares(run(), roots, 3);
    assert.equal(total, 90);
    assert.deepEqual(Array.from(shares, ({ name, share }) => [name, Math.round(share * 100)]), [["pause of b", 67], ["retries of a -> b", 33]]);
    assert.equal(knockon.blame.shares(run(), roots, 9).shares.length, 0);
    assert.equal(knockon.blame.roots(run(), 0).length, 0);
});

test("who hangs is not said to be as well off as in the twin", () => {
    const said = (data, s) => knockon.blame.nobody(new knockon.Run(data), s);
    const hangs = small();
    hangs.actual.classes.users = { arrived: 100, ok: encode([100, 100, 0, 0, 0, 0, 0, 0, 0, 0]), failed: 0 };
    assert.equal(said(hangs, 1), "nobody is worse off than in the twin");
    assert.equal(said(hangs, 3), "requests hang: what holds them has done so for longer");
    assert.equal(said({ ...hangs, twin: null }, 3), "not known: this run has no twin");
});

test("what has just begun does not hang, unless the twin is answered already", () => {
    const young = small();
    Object.assign(young, { windows: 1000, window_s: 0.01 });
    const late = encode(Array.from({ length: 1000 }, (_, window) => (window < 5 ? 0 : 100)));
    for (const world of [young.actual, young.twin]) Object.assign(world.services.b, { offered: 100, ok: late, failed: 0, p99_ms: 20 });
    const words = (s) => plain(knockon.health.node(new knockon.Run(young), "actual", young.nodes[2], s).words);
    assert.equal(words(0), "healthy");
    young.twin.services.b.ok = 100;
    assert.equal(words(0), "100 % hang");
});
