// How moments, shares and numbers are written. Knows nothing of what they are about.
"use strict";
(function (knockon) {
    /** Keeps a number and its unit on one line. */
    const GLUE = "\u00a0";
    /** Moments before this are told in seconds. */
    const IN_SECONDS = 599.95;
    /** Latencies below this are told as such: rounded they would be none. */
    const LEAST_MS = 0.05;

    /** A number as people read it: thousands apart, a decimal only where it tells something. */
    function count(value) {
        if (!Number.isFinite(value)) return "–";
        const digits = Math.abs(value) < 9.95 && !Number.isInteger(value) ? 1 : 0;
        return value.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
    }

    /** A number in little room: "1.2k". */
    function short(value) {
        if (value < 999.5) return count(Math.round(value));
        const [size, unit] = value < 999500 ? [value / 1000, "k"] : [value / 1e6, "M"];
        return `${size < 9.95 ? Number(size.toFixed(1)) : Math.round(size)}${unit}`;
    }

    /** A share in percent; what is not quite all or nothing never reads 100 % or 0 %. */
    function percent(share) {
        if (!Number.isFinite(share)) return "–";
        const value = share * 100;
        if (value > 0 && value < 1) return `<${GLUE}1${GLUE}%`;
        if (value > 99 && value < 100) return `>${GLUE}99${GLUE}%`;
        return `${Math.round(value)}${GLUE}%`;
    }

    /** A rate against another: "3.8 ×". */
    function times(ratio) {
        return `${ratio < 9.95 ? ratio.toFixed(1) : count(Math.round(ratio))}${GLUE}×`;
    }

    /** A latency of so many milliseconds. */
    function latency(ms) {
        if (!Number.isFinite(ms)) return "–";
        if (ms > 0 && ms < LEAST_MS) return `<${GLUE}0.1${GLUE}ms`;
        return ms < 999.5 ? `${Number(ms.toFixed(ms < 9.95 ? 1 : 0))}${GLUE}ms` : `${(ms / 1000).toFixed(1)}${GLUE}s`;
    }

    /** Whole seconds of a minute or more: "6m29s". */
    function long(seconds) {
        const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
        const two = (value, unit) => `${String(value).padStart(2, "0")}${unit}`;
        if (hours === 0) return `${minutes}m${rest === 0 ? "" : two(rest, "s")}`;
        return `${hours}h${minutes + rest === 0 ? "" : two(minutes, "m")}${rest === 0 ? "" : two(rest, "s")}`;
    }

    /** A length of time: "12 s", "6m29s". */
    function span(s) {
        return s < 59.95 ? `${Number(s.toFixed(s < 9.95 ? 1 : 0))}${GLUE}s` : long(Math.round(s));
    }

    /** A moment as exact as it is told: early ones to the tenth of a second. */
    function rounded(s) {
        return Math.abs(s) < IN_SECONDS ? Math.round(s * 10) / 10 : Math.round(s);
    }

    /** A moment after the begin, as the story has it: "T+61s", "T+13m30s". */
    function moment(s) {
        const size = Math.abs(rounded(s));
        return `T${s < 0 ? "-" : "+"}${size < IN_SECONDS ? `${size}s` : long(size)}`;
    }

    /** A moment at an axis: "T+2m". */
    function tick(s) {
        return s < 60 ? moment(s) : `T+${long(Math.round(s))}`;
    }

    /** The time of day of a moment as it is told, if the scenario has one. */
    function clock(start, s) {
        if (start === null || start === undefined) return "";
        const day = Math.floor((((start + rounded(s)) % 86400) + 86400) % 86400);
        const two = (value) => String(value).padStart(2, "0");
        return `${two(Math.floor(day / 3600))}:${two(Math.floor(day / 60) % 60)}:${two(day % 60)}`;
    }

    /** A reading in the unit of its monitor. */
    function reading(value, unit) {
        if (!Number.isFinite(value)) return "–";
        if (unit === "share") return percent(value);
        if (unit === "s") return latency(value * 1000);
        if (unit === "per_s") return `${count(value)}/s`;
        return count(value);
    }

    /** "1 replica", "5 replicas". */
    function several(number, one, many) {
        return `${count(number)} ${number === 1 ? one : many ?? `${one}s`}`;
    }

    /** As much of a name as there is room for. */
    function shortened(text, most) {
        return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
    }

    knockon.words = { count, short, percent, times, latency, span, moment, tick, clock, reading, several, shortened };
})((globalThis.knockon ??= {}));
