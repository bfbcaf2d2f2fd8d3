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
    const said = (since, at, discreet) => [...knockon.voice.said(groups, since, at, { discreet })];
    assert.deepEqual(said(-1, 4, true), ["errors fires"]);
    assert.deepEqual(said(-1, 4, false), ["2 replicas of b: paused", "b/0 is ready", "errors fires"]);
    assert.deepEqual(said(4, 9, true), ["on-call: restart b", "b/1 is out of memory", "b/1 is ready"]);
    const tracks = knockon.states.replicas(small())[2];
    assert.deepEqual([knockon.states.told(tracks, 2, { discreet: true }), knockon.states.told(tracks, 2)], ["2 ready", "2 paused"]);
});

test("what answers a question is neither listed nor named while it is asked", () => {
    const data = small();
    const groups = knockon.events.grouped(data);
    const said = (look) => [...knockon.voice.said(groups, 2, 9, look)];
    assert.deepEqual(said({ veil_s: 5 }), ["b/0 is ready", "errors fires"]);
    assert.deepEqual(said({ unnamed: true }), ["errors fires", "on-call: restart b", "b/1 is killed"]);
    const asks = (...moments) => knockon.events.asks_for_kill(data, moments.map((at_s) => ({ at_s })));
    assert.deepEqual([asks(4, 5), asks(4), asks()], [true, false, false]);
    const tracks = knockon.states.replicas(data)[2];
    assert.equal(knockon.states.told(tracks, 6, { unnamed: true }), "1 ready, 1 down");
    const run = new knockon.Run(data);
    const shown = (name, veil_s) => knockon.health.shown(run, "actual", name, { veil_s });
    assert.deepEqual([shown("b", 2), shown("a", 2), shown("b", 4), shown("b", Infinity)], ["twin", "twin", "actual", "actual"]);
    data.faults.unshift({ ...data.faults[0], from_s: 1, service: "a" });
    assert.deepEqual([shown("b", 2), shown("a", 2), shown("b", 1), shown("a", 1)], ["twin", "actual", "twin", "twin"]);
    const show = new knockon.presenter.Show([{ at_s: 0 }, { at_s: 4 }], true);
    const left = [];
    for (const step of ["arrive", "go", "go", "arrive", "go", "go"]) {
        show[step]();
        left.push(`${show.stage} ${show.unanswered.length} ${show.last}`);
    }
    assert.deepEqual(left, ["asked 2 false", "told 1 false", "moving 1 false", "asked 1 false", "told 0 true", "over 0 true"]);
});

test("a caption says no bare yes or no", () => {
    const { unasked } = knockon.caption;
    assert.deepEqual(["No. Left alone it never heals.", "Yes: no service is hit.", "Yes, it heals.", "No other service is hit.", "Yes."].map((tell) => unasked(tell)),
        ["Left alone it never heals.", "No service is hit.", "It heals.", "No other service is hit.", "Yes."]);
});

test("a mark stands where its first thing happened, and for all that are close to it", () => {
    const gathered = (...places) => Array.from(knockon.Chart.gathered(places), ({ x, all }) => [x, ...all].join(" "));
    assert.deepEqual(gathered(10, 50, 51, 90), ["10 0", "50 1 2", "90 3"]);
    assert.deepEqual(gathered(0, 0, 10, 20, 30, 40), ["0 0 1 2", "20 3 4", "40 5"]);
    assert.deepEqual(gathered(), []);
});

test("of two moments at one time the one that was picked is told, until the clock moves", () => {
    const place = new knockon.caption.Place([0, 12, 12, 30].map((at_s) => ({ at_s })));
    const at = (...seconds) => seconds.map((s) => place.at(s));
    assert.deepEqual(at(0, 11, 12, 20, 30), [0, 0, 2, 2, 3]);
    place.pick(1);
    assert.deepEqual(at(12, 12, 12.5, 12), [1, 1, 2, 2]);
    place.pick(null);
    assert.deepEqual(at(12), [2]);
    assert.equal(new knockon.caption.Place([{ at_s: 5 }]).at(4), -1);
});

test("what two runs have in common is asked once, and told of each", () => {
    const { gathered, called, told } = knockon.moments;
    const one = (at_s, title, tell) => ({ at_s, title, ask: `${title}?`, tell });
    const first = [one(0, "A fault begins", "It does."), one(12, "The fault is over", "No."), one(60, "Somebody looks", "Late.")];
    const second = [one(0, "A fault begins", "It does."), one(12, "The fault is over", "Yes.")];
    const names = ["as written", "breaker"];
    const all = gathered([first, second]);
    assert.deepEqual(Array.from(all, (moment) => called(moment, names)), ["A fault begins", "The fault is over", "Somebody looks (as written)"]);
    assert.deepEqual(Array.from(all, (moment) => told(moment, names)), ["It does.", "as written: No.\nbreaker: Yes.", "as written: Late."]);
    assert.deepEqual(Array.from(gathered([[], second]), ({ told }) => told[0].run), [1, 1]);
    const [alone] = gathered([first]);
    assert.deepEqual([called(alone, ["x"]), told(alone, ["x"])], ["A fault begins", "It does."]);
    const twice = gathered([[one(5, "Twice", "a"), one(5, "Twice", "b")]]);
    assert.equal(twice.length, 2);
});

test("what happens later is told later", () => {
    const moment = { at_s: 60, title: "Somebody looks", ask: "What?", tell: "", later: [[61, "A restart."], [121, "It helps."]] };
    const { known, gathered } = knockon.moments;
    assert.deepEqual([60, 61, 120, 121].map((s) => known(moment, s)), ["", "A restart.", "A restart.", "A restart. It helps."]);
    assert.equal(known({ tell: "Now." }, 0), "Now.");
    assert.equal(gathered([[moment]])[0].told[0].tell, "A restart. It helps.");
});

test("where there is more of what scrolls is known to the pixel that can be seen", () => {
    const box = { scrollLeft: 0, scrollTop: 0, clientWidth: 390, clientHeight: 400, scrollWidth: 800, scrollHeight: 401 };
    const sides = (changed) => knockon.more.sides({ ...box, ...changed }).join(" ");
    assert.deepEqual([sides({}), sides({ scrollLeft: 200 }), sides({ scrollLeft: 409.5 }), sides({ scrollWidth: 391 }), sides({ scrollHeight: 900 })],
        ["right", "left right", "left", "", "right down"]);
});

test("without a twin nothing at all is told of where the fault is asked", () => {
    const data = { ...small(), twin: null };
    const run = new knockon.Run(data);
    const shown = (name, veil_s) => knockon.health.shown(run, "actual", name, { veil_s });
    assert.deepEqual([shown("b", 2), shown("a", 2), shown("b", Infinity)], [null, null, "actual"]);
    data.faults.push({ ...data.faults[0], from_s: 1, service: "a" });
    assert.deepEqual([shown("b", 2), shown("a", 2), shown("b", Infinity)], [null, "actual", "actual"]);
    const [into, from] = [data.edges[1], { from: 2, to: 1 }].map((edge) => (veil_s) => knockon.health.between(run, "actual", edge, { veil_s }));
    assert.deepEqual([into(2), from(2), into(Infinity), knockon.health.between(run, "actual", data.edges[0], { veil_s: 2 })], [null, null, "actual", "actual"]);
    assert.deepEqual({ ...knockon.health.node(run, null, data.nodes[2], 2) }, { step: -1, share: 0, words: "told later" });
    assert.deepEqual([knockon.health.call(run, null, "a -> b", 2).step, knockon.health.call(run, null, "a -> b", 2).open], [-1, 0]);
});

test("breakers that only one run has do not tell it from the other", () => {
    const [plain, breaker] = [small(), small()];
    breaker.actual.calls["a -> b"].breakers_open = 2;
    const [first, second] = [plain, breaker].map((data) => new knockon.Run(data));
    const { unlike_breakers, call, breakers } = knockon.health;
    const veiled_calls = unlike_breakers(second, [first, second]);
    assert.deepEqual([[...veiled_calls], [...unlike_breakers(first, [first, second])], [...unlike_breakers(second, [])]], [[1], [], []]);
    const open = (look) => call(second, "actual", "a -> b", 3, look).open;
    assert.deepEqual([open({}), open({ veiled_calls }), breakers(second, "a -> b", { veiled_calls })], [2, 0, false]);
    const group = { kind: "breaker", edge: 1, at_s: 3 };
    assert.deepEqual([{}, { veiled_calls }].map((look) => knockon.events.seen(group, look)), [true, false]);
});
