import assert from "node:assert/strict";
import test from "node:test";
import { encode } from "../lib/encode.mjs";
import { scripts } from "../lib/scripts.mjs";

const { series } = scripts().knockon;

test("what is written is read again", () => {
    const counts = [0, 17, 17, 17, 17, 3, 100000, 0, 0, 0, 5];
    assert.deepEqual([...series.decode(encode(counts), counts.length)], counts);
    const levels = [0.5, 0.5, 0.5, 12.3, 0];
    assert.deepEqual([...series.decode(encode(levels, 0.1), 5)].map((value) => Math.round(value * 10) / 10), levels);
    const gaps = [null, null, 0, 42, null];
    assert.deepEqual([...series.decode(encode(gaps, 1, true), 5)], [NaN, NaN, 0, 42, NaN]);
});

test("numbers have the letters of source maps", () => {
    assert.deepEqual([...series.decode([1, "AggB*CD"], 4)], [0, 512, 512, 511]);
    assert.deepEqual([...series.decode(7, 3)], [7, 7, 7]);
    assert.throws(() => series.decode([1, "A!"], 2), /no digit at 1/);
});

test("sums, means and places stay within what there is", () => {
    const values = Float64Array.of(1, 2, NaN, 4);
    assert.deepEqual([series.sum(values, -5, 1), series.sum(values, 2, 9), series.largest(values)], [3, 4, 4]);
    assert.deepEqual([...series.smooth(Float64Array.of(2, 4, 6, 8), 2)], [2, 3, 5, 7]);
    assert.deepEqual([-1, 0, 1.5, 9].map((s) => series.last([0, 1, 2], s)), [-1, 0, 1, 2]);
});
