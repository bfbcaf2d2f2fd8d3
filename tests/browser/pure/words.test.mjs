import assert from "node:assert/strict";
import test from "node:test";
import { scripts } from "../lib/scripts.mjs";

const { words } = scripts().knockon;
const plain = (text) => text.replaceAll("\u00a0", " ");

test("numbers are short and never lie", () => {
    assert.deepEqual([0, 2.25, 9.96, 750, 8402.4, 1234567].map(words.count), ["0", "2.3", "10", "750", "8,402", "1,234,567"]);
    assert.deepEqual([12, 999, 1230, 15000, 2500000].map(words.short), ["12", "999", "1.2k", "15k", "2.5M"]);
    assert.deepEqual([0, 0.004, 0.5, 0.996, 1, NaN].map((share) => plain(words.percent(share))), ["0 %", "< 1 %", "50 %", "> 99 %", "100 %", "–"]);
    assert.deepEqual([3.84, 12.2].map((ratio) => plain(words.times(ratio))), ["3.8 ×", "12 ×"]);
    assert.deepEqual([0, 0.02, 0.44, 42.4, 1500].map((ms) => plain(words.latency(ms))), ["0 ms", "< 0.1 ms", "0.4 ms", "42 ms", "1.5 s"]);
});

test("moments read as people say them", () => {
    assert.deepEqual([0, 0.275, 12, 61, 173.72, 600, 1218.8, 3600, 3723, -5].map((s) => words.moment(s)),
        ["T+0s", "T+0.3s", "T+12s", "T+61s", "T+173.7s", "T+10m", "T+20m19s", "T+1h", "T+1h02m03s", "T-5s"]);
    assert.deepEqual([0.5, 12.4, 70, 3660].map((s) => plain(words.span(s))), ["0.5 s", "12 s", "1m10s", "1h01m"]);
    assert.deepEqual([0, 30, 120, 90].map(words.tick), ["T+0s", "T+30s", "T+2m", "T+1m30s"]);
    assert.deepEqual([30.94, 30.96, 599.96, 1218.8].map((s) => `${words.moment(s)} ${words.clock(50400, s)}`),
        ["T+30.9s 14:00:30", "T+31s 14:00:31", "T+10m 14:10:00", "T+20m19s 14:20:19"]);
    assert.deepEqual([words.clock(50400, 62), words.clock(86399, 2), words.clock(null, 5)], ["14:01:02", "00:00:01", ""]);
});

test("readings have the units of their monitors", () => {
    const read = (value, unit) => plain(words.reading(value, unit));
    assert.deepEqual([read(0.82, "share"), read(1.5073, "s"), read(73.3, "per_s"), read(5, "count")], ["82 %", "1.5 s", "73/s", "5"]);
    assert.deepEqual(["share", "s", "per_s", "count"].map((unit) => read(NaN, unit)), ["–", "–", "–", "–"]);
});
