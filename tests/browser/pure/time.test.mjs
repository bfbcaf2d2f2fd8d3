import assert from "node:assert/strict";
import test from "node:test";
import { scripts } from "../lib/scripts.mjs";
import { small } from "../lib/small.mjs";

const { knockon } = scripts();
const list = (values) => [...values];

test("replicas are in the state of their last event, and a kill says why", () => {
    const tracks = knockon.states.replicas(small())[2];
    const at = (s) => list(tracks).map((track) => track.at(s).state);
    assert.deepEqual(at(0), ["ready", "ready"]);
    assert.deepEqual(at(2), ["paused", "paused"]);
    assert.deepEqual(at(4.5), ["ready", "paused"]);
    assert.deepEqual(at(6), ["ready", "out of memory"]);
    assert.equal(knockon.states.told(tracks, 6), "1 ready, 1 out of memory");
});

test("a replica that comes later was not there before", () => {
    const data = small();
    data.events.push({ at_s: 7, kind: "replica", subject: "b/2", node: 2, state: "starting", text: "" });
    const tracks = knockon.states.replicas(data)[2];
    assert.deepEqual([tracks[2].at(6).state, tracks[2].at(7).state], ["absent", "starting"]);
});

test("a probe's opinion matters while the process runs", () => {
    const data = small();
    const probe = (at_s, state) => data.events.push({ at_s, kind: "probe", subject: "b/0", node: 2, state, text: "" });
    probe(6, "unhealthy");
    probe(8, "healthy");
    const track = knockon.states.replicas(data)[2][0];
    assert.deepEqual([6, 7, 8].map((s) => track.at(s).state), ["out of rotation", "out of rotation", "ready"]);
});

test("alerts and readings are those of the moment", () => {
    const monitor = () => small().monitors[0];
    assert.deepEqual([3.9, 4, 5.9, 6].map((s) => knockon.states.firing(monitor(), s)), [null, 4, 4, null]);
    assert.deepEqual([-1, 0, 3, 4, 9].map((s) => knockon.states.reading(monitor(), s)), [NaN, 0, 0.2, 0.9, 0]);
});

test("a reading is beyond its threshold on the bad side of it", () => {
    const beyond = (monitor, ...reads) => reads.map((read) => knockon.states.beyond(monitor, read));
    assert.deepEqual(beyond(small().monitors[0], 0.9, 0.5, 0.1, NaN), ["over", null, null, null]);
    assert.deepEqual(beyond({ threshold: 20, side: "below" }, 46, 20, 0, NaN), [null, null, "below", null]);
    assert.deepEqual(beyond({ threshold: null, side: null }, 46, 0), [null, null]);
});

test("many alike at once are one event, and a killed replica is not told twice", () => {
    const groups = knockon.events.grouped(small());
    assert.deepEqual(list(groups).map((group) => knockon.events.worded(group, 9, {})),
        ["stop begins", "2 replicas of b: paused", "b/0 is ready", "errors fires", "on-call: restart b", "b/1 is out of memory"]);
    assert.deepEqual(list(knockon.events.moments(groups)), [2, 4, 5]);
    assert.deepEqual(list(knockon.events.recent(groups, 4, 2)).map((group) => group.text), ["errors fires", "b/0 is ready"]);
});

test("a group tells what has happened so far, and when the last of it did", () => {
    const data = small();
    data.events = [659.064, 663.623, 664.27].map((at_s, i) => ({ at_s, kind: "replica", subject: `b/${i}`, node: 2, state: "out of memory", text: `b/${i} is out of memory` }));
    const [group, ...others] = knockon.events.grouped(data);
    assert.equal(others.length, 0);
    const at = (s, look = {}) => knockon.events.worded(group, s, look);
    assert.deepEqual([at(660), at(664), at(700)], ["b/0 is out of memory", "2 replicas of b: out of memory, the last at T+11m04s", "3 replicas of b: out of memory, the last at T+11m04s"]);
    assert.equal(at(700, { unnamed: true }), "3 replicas of b: killed, the last at T+11m04s");
    assert.equal(at(700, { veil_s: 664.27 }), "2 replicas of b: out of memory, the last at T+11m04s");
    assert.deepEqual([...knockon.voice.said([group], 660, 664, {})], ["2 replicas of b: out of memory, the last at T+11m04s"]);
    assert.deepEqual([...knockon.voice.said([group], 665, 700, {})], []);
});

test("the clock stops where it is told to, and at the end", () => {
    const clock = new knockon.clock.Clock(100);
    clock.speed = 10;
    assert.equal(clock.tick(1), false);
    assert.equal(clock.at, 0);
    clock.play();
    assert.equal(clock.tick(1), false);
    assert.equal(clock.at, 10);
    clock.stop = 15;
    assert.equal(clock.tick(1), true);
    assert.deepEqual([clock.at, clock.playing], [15, false]);
    clock.play();
    assert.equal(clock.tick(100), true);
    assert.deepEqual([clock.at, clock.playing], [15, false]);
    clock.stop = null;
    clock.play();
    assert.equal(clock.tick(100), true);
    assert.equal(clock.at, 100);
    clock.play();
    assert.equal(clock.at, 0);
    clock.seek(1e9);
    assert.equal(clock.at, 100);
    assert.deepEqual([knockon.clock.next([1, 2, 3], 2), knockon.clock.previous([1, 2, 3], 2), knockon.clock.next([1], 1)], [3, 1, null]);
});

test("a presentation asks, tells and moves on; an interview never tells", () => {
    const { Show } = knockon.presenter;
    const stages = (show, steps) => {
        show.arrive();
        return Array.from({ length: steps }, () => {
            const { stage } = show;
            if (stage === "moving") show.arrive();
            else show.go();
            return stage;
        });
    };
    assert.deepEqual(stages(new Show(small().moments, true), 6), ["asked", "told", "moving", "asked", "told", "over"]);
    assert.deepEqual(stages(new Show(small().moments, false), 4), ["asked", "moving", "asked", "over"]);
    const show = new Show(small().moments, true);
    show.arrive();
    assert.equal(show.discreet, true);
    show.go();
    assert.equal(show.discreet, false);
    show.back();
    assert.deepEqual([show.stage, show.place], ["asked", 0]);
    assert.equal(new Show(small().moments, false).discreet, true);
    show.back();
    show.go();
    show.go();
    assert.deepEqual([show.stage, show.discreet], ["moving", true]);
    assert.deepEqual([knockon.presenter.pace(4), knockon.presenter.pace(400)], [1, 50]);
});

test("an address says what it says and nothing else", () => {
    const read = (hash) => ({ ...knockon.link.read(hash) });
    assert.deepEqual(read("#t=61.5&show=user&mode=present"), { s: 61.5, show: "user", users: null, run: null, mode: "present" });
    const nothing = { s: null, show: null, users: null, run: null, mode: null };
    assert.deepEqual(read("#part"), nothing);
    assert.deepEqual(read("#t=x&mode=evil"), nothing);
    const shown = { show: "a & b" };
    assert.deepEqual(read(knockon.link.write(3.14159, shown, "interview")), { ...nothing, s: 3.15, ...shown, mode: "interview" });
    assert.deepEqual(read(knockon.link.write(3, null, "replay")), { ...nothing, s: 3 });
});

test("an address tells a class from a service of its name, and a run from the other", () => {
    const { read, write, place, shown } = knockon.link;
    const twice = small();
    twice.nodes[0].name = "b";
    const runs = [new knockon.Run(small()), new knockon.Run(twice)];
    for (const [run, { data }] of runs.entries()) {
        for (const node of data.nodes.keys()) {
            const address = write(1, shown(runs, runs[run], node), "replay");
            assert.deepEqual({ ...place(runs, read(address)) }, { run, node }, address);
        }
    }
    assert.equal(write(1, shown(runs, runs[1], 0), "replay"), "#t=1&users=b&run=2");
    for (const wrong of ["#t=1", "#show=c", "#show=a&run=3", "#show=a&run=x", "#users=a"]) assert.equal(place(runs, read(wrong)), null, wrong);
    assert.equal(place(runs, read("#show=users")).node, 0);
});

test("keys mean something only where nothing else needs them", () => {
    const target = (...names) => ({ matches: (selector) => names.some((name) => selector.split(/,\s*/).some((part) => part.startsWith(name))) });
    const meaning = (key, where = target(), more = {}) => knockon.keys.meaning({ key, target: where, ...more });
    assert.deepEqual([" ", "n", "ArrowLeft", "End", "x"].map((key) => meaning(key)), ["play", "next", "back", "end", null]);
    assert.equal(meaning(" ", target("button")), null);
    assert.equal(meaning("n", target("select")), null);
    assert.equal(meaning("n", target("button")), "next");
    assert.equal(meaning("n", target(), { ctrlKey: true }), null);
    assert.deepEqual(["N", "K", "P"].map((key) => meaning(key)), ["next", "play", "previous"]);
    const region = target("[role=region]");
    const scrolls = ["ArrowRight", "ArrowDown", "PageDown", "PageUp", "Home", "End", " "];
    assert.deepEqual(scrolls.map((key) => meaning(key, region)), scrolls.map(() => null));
    assert.deepEqual([meaning("n", region), meaning("PageDown")], ["next", "minute on"]);
});
