// What may be seen, said and drawn: of a presentation, of events, of marks that are close together.
import assert from "node:assert/strict";
import test from "node:test";
import { scripts } from "../lib/scripts.mjs";
import { small } from "../lib/small.mjs";

const { knockon } = scripts();

test("a way that takes its time leaves the chosen speed alone", () => {
    const clock = new knockon.clock.Clock(1000);
    clock.play();
    clock.pace = 2;
    clock.tick(1);
    assert.deepEqual([clock.at, clock.speed], [2, 10]);
    clock.pace = null;
    clock.tick(1);
    assert.equal(clock.at, 12);
    clock.pace = 2;
    clock.choose(100);
    clock.tick(1);
    assert.deepEqual([clock.at, clock.speed], [112, 100]);
});

test("a page that was hidden goes on where it was", () => {
    assert.deepEqual([[1000, 1016], [1000, 990], [1000, 31000]].map(([before, now]) => knockon.clock.elapsed(before, now)), [0.016, 0, 0.5]);
});

test("a clock that stands where it stops does not run on", () => {
    const clock = new knockon.clock.Clock(100);
    clock.stop = 12;
    clock.play();
    clock.seek(12);
    assert.equal(clock.tick(1), true);
    assert.deepEqual([clock.at, clock.playing], [12, false]);
});

test("a presentation begins at the moment of its address", () => {
    const moments = [0, 12, 12, 108.004].map((at_s) => ({ at_s }));
    const reached = (s) => {
        const show = new knockon.presenter.Show(moments, true);
        show.reach(s);
        return [show.place, show.stage];
    };
    assert.deepEqual([0, 11, 12, 50, 108, 900].map((s) => reached(s).join(" ")), ["0 asked", "0 asked", "1 asked", "1 asked", "3 asked", "3 asked"]);
    const later = new knockon.presenter.Show([{ at_s: 5 }], true);
    later.reach(4);
    assert.deepEqual([later.place, later.stage], [-1, "moving"]);
});

test("who does not know the faults hears of no pause, and not of its end", () => {
    const data = small();
    data.events.push({ at_s: 7, kind: "replica", subject: "b/1", node: 2, state: "ready", text: "b/1 is ready" });
    const groups = knockon.events.grouped(data);
    const said = (since, at, discreet) => [...knockon.voice.said(groups, since, at, discreet)];
    assert.deepEqual(said(-1, 4, true), ["errors fires"]);
    assert.deepEqual(said(-1, 4, false), ["2 replicas of b: paused", "b/0 is ready", "errors fires"]);
    assert.deepEqual(said(4, 9, true), ["on-call: restart b", "b/1 is out of memory", "b/1 is ready"]);
    const tracks = knockon.states.replicas(small())[2];
    assert.deepEqual([knockon.states.told(tracks, 2, true), knockon.states.told(tracks, 2)], ["2 ready", "2 paused"]);
});

test("marks that are close together stand side by side, and none is lost", () => {
    const spread = (...places) => Array.from(knockon.Chart.spread(places), ({ x, all }) => [x, ...all].join(" "));
    assert.deepEqual(spread(10, 50, 51, 90), ["10 0", "50 1", "57 2", "90 3"]);
    assert.deepEqual(spread(0, 0, 0, 0, 0, 0, 40), ["0 0", "7 1", "14 2", "21 3 4 5", "40 6"]);
    assert.deepEqual(spread(), []);
});
