// Series of one value per window: how they are written in the page, and what is read from them. Knows no names.
"use strict";
(function (knockon) {
    const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const DIGIT = new Map([...ALPHABET].map((letter, value) => [letter.charCodeAt(0), value]));
    const REPEAT = "*".charCodeAt(0);

    /** Reads the numbers of a text one after the other: base64 VLQ, as in source maps. */
    class Reader {
        constructor(text) {
            this.text = text;
            this.place = 0;
        }

        get done() {
            return this.place >= this.text.length;
        }

        /** Whether the next number says how often the last value repeats. */
        repeats() {
            const repeats = this.text.charCodeAt(this.place) === REPEAT;
            if (repeats) this.place += 1;
            return repeats;
        }

        number() {
            let value = 0;
            let weight = 1;
            let digit;
            do {
                digit = DIGIT.get(this.text.charCodeAt(this.place));
                if (digit === undefined) throw new Error(`no digit at ${this.place} of a series`);
                this.place += 1;
                value += (digit & 31) * weight;
                weight *= 32;
            } while (digit & 32);
            const size = Math.floor(value / 2);
            return value % 2 === 1 ? -size : size;
        }
    }

    /**
     * The values of a series by window. A number stands for the same value in every window; `[step, text]` for multiples of
     * the step, told by their differences; in `[step, text, 1]` zero means that there is no value, which becomes NaN.
     */
    function decode(written, windows) {
        const values = new Float64Array(windows);
        if (typeof written === "number") return values.fill(written);
        const [step, text, gaps] = written;
        const value = (n) => (gaps ? (n === 0 ? NaN : (n - 1) * step) : n * step);
        const reader = new Reader(text);
        let window = 0;
        let n = 0;
        while (!reader.done && window < windows) {
            if (reader.repeats()) {
                const end = Math.min(windows, window + reader.number());
                values.fill(value(n), window, end);
                window = end;
            } else {
                n += reader.number();
                values[window] = value(n);
                window += 1;
            }
        }
        return values;
    }

    /** The sum over windows `from` to `to`, both included; what lies outside counts as nothing. */
    function sum(values, from, to) {
        let total = 0;
        for (let window = Math.max(0, from); window <= Math.min(to, values.length - 1); window += 1) {
            total += Number.isNaN(values[window]) ? 0 : values[window];
        }
        return total;
    }

    /** The largest value; zero if there is none. */
    function largest(values) {
        let most = 0;
        for (const value of values) if (value > most) most = value;
        return most;
    }

    /** Means over `span` windows up to each window: what noise hides comes out, and nothing shows before it happens. */
    function smooth(values, span) {
        const means = new Float64Array(values.length);
        let total = 0;
        for (let window = 0; window < values.length; window += 1) {
            total += values[window];
            if (window >= span) total -= values[window - span];
            means[window] = total / Math.min(span, window + 1);
        }
        return means;
    }

    /** The position of the last of some ordered moments that is not after `s`; -1 if all are. */
    function last(moments, s) {
        let low = 0;
        let high = moments.length;
        while (low < high) {
            const middle = (low + high) >> 1;
            if (moments[middle] <= s) low = middle + 1;
            else high = middle;
        }
        return low - 1;
    }

    knockon.series = { decode, sum, largest, smooth, last };
})((globalThis.knockon ??= {}));
