// How moments, shares and numbers are written. Knows nothing of what they are about.
"use strict";
(function (knockon) {
    /** Keeps a number and its unit on one line. */
    const GLUE = "\u00a0";

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
        return ms < 999.5 ? `${ms < 9.95 ? ms.toFixed(1) : Math.round(ms)}${GLUE}ms` : `${(ms / 1000).toFixed(1)}${GLUE}s`;
    }

    /** A length of time: "6m 29s". */
    function span(s) {
        const whole = Math.abs(s) < 10 ? Math.round(Math.abs(s) * 10) / 10 : Math.round(Math.abs(s));
        if (whole < 60) return `${whole}s`;
        const minutes = Math.floor(whole / 60);
        const rest = Math.round(whole % 60);
        const seconds = rest === 0 ? "" : `${GLUE}${String(rest).padStart(2, "0")}s`;
        if (minutes < 60) return `${minutes}m${seconds}`;
        const hours = `${Math.floor(minutes / 60)}h`;
        return minutes % 60 === 0 && seconds === "" ? hours : `${hours}${GLUE}${String(minutes % 60).padStart(2, "0")}m${seconds}`;
    }

    /** A moment after the begin: "T+1m 02s". */
    function moment(s) {
        return `T${s < 0 ? "−" : "+"}${span(s)}`;
    }

    /** The time of day of a moment, if the scenario has one. */
    function clock(start, s) {
        if (start === null || start === undefined) return "";
        const day = Math.floor((((start + s) % 86400) + 86400) % 86400);
        const two = (value) => String(value).padStart(2, "0");
        return `${two(Math.floor(day / 3600))}:${two(Math.floor(day / 60) % 60)}:${two(day % 60)}`;
    }

    /** A reading in the unit of its monitor. */
    function reading(value, unit) {
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

    knockon.words = { count, short, percent, times, latency, span, moment, clock, reading, several, shortened };
})((globalThis.knockon ??= {}));
