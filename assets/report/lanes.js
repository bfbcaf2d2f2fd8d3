// The lanes of a chosen node: its load, threads, queue, failures, latency, replicas around a moment or over the whole run.
// The lines are made when a node is chosen; a new moment only moves them.
"use strict";
(function (knockon) {
    const { html, svg, put, write } = knockon.dom;
    const { smooth, largest } = knockon.series;
    const { count, latency, percent, moment } = knockon.words;
    const HEIGHT = 64;
    const [TOP, BOTTOM] = [4, 2];
    /** The share of the run that is shown around a moment, in seconds at the least. */
    const AROUND = 0.12;
    const LEAST_S = 30;

    const answered = (ms) => (Number.isFinite(ms) ? latency(ms) : "no answer");
    const rate = (value) => `${count(Math.round(value))}/s`;

    /** Rates, smooth, of counts. */
    const by_the_second = (run, values) => (values === null ? null : smooth(values.map((value) => value / run.data.window_s), run.span));

    /** What is shown of a service. Each lane: a title, its layers from back to front, how values are written, the twin's. */
    function service_lanes(run, name) {
        const series = (field, world = "actual") => run.series(world, "services", name, field);
        const twin = (field) => series(field, "twin");
        const rates = (values) => by_the_second(run, values);
        const whole = (value) => count(Math.round(value));
        const attempts = [["area-first", rates(series("offered")), "all"], ["area-retry", rates(series("retried")), "retries"]];
        const threads = [["area-busy", series("busy_threads"), "held"], ["area-waiting", series("waiting_threads"), "of them waiting on calls"]];
        const queue = [["area-queue", series("queue_length"), "waiting for a thread"]];
        return [
            { title: "Attempts at it", write: rate, layers: attempts, twin: rates(twin("offered")) },
            { title: "Failed", write: rate, layers: [["area-bad", rates(series("failed")), "failed"]], twin: rates(twin("failed")) },
            { title: "Threads held", write: whole, layers: threads, twin: twin("busy_threads") },
            { title: "Queue", write: whole, layers: queue, twin: twin("queue_length") },
            { title: "99 % answered within", write: answered, layers: [["line-own", series("p99_ms"), ""]], twin: twin("p99_ms") },
            { title: "Replicas running", write: count, layers: [["area-replicas", series("running_replicas"), ""]], twin: null },
            ...cache_lane(run, series),
        ];
    }

    /** The hit ratio of a service that has caches. */
    function cache_lane(run, series) {
        const [hits, misses] = ["hits", "misses"].map((field) => series(field));
        if (largest(misses) === 0) return [];
        const [known, unknown] = [smooth(hits, run.span), smooth(misses, run.span)];
        const ratio = known.map((value, window) => value / (value + unknown[window]));
        return [{ title: "Cache hits", write: percent, layers: [["line-own", ratio, "of the lookups"]], twin: null }];
    }

    /** What is shown of a traffic class. */
    function class_lanes(run, name) {
        const series = (field, world = "actual") => run.series(world, "classes", name, field);
        const rates = (field, world) => by_the_second(run, series(field, world));
        const answers = [["area-first", rates("ok"), "answered"], ["area-waiting", rates("degraded"), "with less than wanted"]];
        return [
            { title: "Answered", write: rate, layers: answers, twin: rates("ok", "twin") },
            { title: "Failed", write: rate, layers: [["area-bad", rates("failed"), "failed"]], twin: rates("failed", "twin") },
            { title: "99 % answered within", write: answered, layers: [["line-own", series("p99_ms"), ""]], twin: series("p99_ms", "twin") },
        ];
    }

    /** A line through the values, one unit wide for each window; what has no value is a gap. */
    function line(values) {
        const parts = [];
        let pen = "M";
        values.forEach((value, window) => {
            if (Number.isNaN(value)) pen = "M";
            else {
                parts.push(`${pen}${window + 0.5},${Number(value.toFixed(3))}`);
                pen = "L";
            }
        });
        return parts.join("");
    }

    const area = (values) => `M0.5,0${line(values.map((value) => value || 0)).replace("M", "L")}L${values.length - 0.5},0Z`;

    /** Whether none of so many windows has a value. */
    const empty = (values, windows) => values.subarray(0, Math.min(windows, values.length)).every(Number.isNaN);

    class Lane {
        constructor(lane) {
            this.lane = lane;
            this.all = [...lane.layers.map((layer) => layer[1]), ...(lane.twin === null ? [] : [lane.twin])];
            this.highest = this.most_until(Infinity);
            this.moved = svg("g", {});
            for (const [style, values] of lane.layers) {
                this.moved.append(svg("path", { d: style.startsWith("area") ? area(values) : line(values), class: style }));
            }
            if (lane.twin !== null) this.moved.append(svg("path", { d: line(lane.twin), class: "line-twin" }));
            this.cursor = svg("path", { class: "lane-cursor" });
            // What lies outside an inner picture is cut off: that is how the future is.
            this.seen = svg("svg", { height: HEIGHT }, this.moved);
            this.svg = svg("svg", { class: "lane", height: HEIGHT, "aria-hidden": "true" }, this.seen, this.cursor);
            this.told = lane.layers.map(() => html("span", {}));
            this.twin_told = html("span", {});
            const key = (style, text) => html("span", { class: "lane-key" }, html("i", { class: `swatch ${style}` }), text);
            const keys = lane.layers.map(([style], i) => key(style, this.told[i]));
            this.value = html("span", { class: "lane-value" }, ...keys, ...(lane.twin === null ? [] : [key("line-twin", this.twin_told)]));
            this.up_to = html("span", { class: "lane-most" });
            this.element = html("div", { class: "lane-box" },
                html("p", {}, html("b", {}, lane.title), " ", this.value, this.up_to), this.svg);
        }

        /** The largest value of so many windows. */
        most_until(windows) {
            return Math.max(0, ...this.all.map((values) => largest(values.subarray(0, Math.min(windows, values.length)))));
        }

        /** Windows after `until` are not shown, and do not count. */
        update(window, from, to, width, until) {
            const scale = width / (to - from);
            const most = until === Infinity ? this.highest : this.most_until(until);
            const up = (HEIGHT - TOP - BOTTOM) / (Math.max(1e-9, most) * 1.04);
            put(this.seen, "width", Math.min(width, Math.max(0, (until - from) * scale)).toFixed(1));
            write(this.up_to, this.all.every((values) => empty(values, until)) ? "" : `up to ${this.lane.write(most)}`);
            put(this.moved, "transform", `translate(${(-from * scale).toFixed(2)},${HEIGHT - BOTTOM}) scale(${scale.toFixed(5)},${-up})`);
            put(this.cursor, "d", `M${((window + 0.5 - from) * scale).toFixed(1)},0V${HEIGHT}`);
            this.lane.layers.forEach(([, values, what], i) => write(this.told[i], `${this.lane.write(values[window])} ${what}`.trim()));
            if (this.lane.twin !== null) write(this.twin_told, `${this.lane.write(this.lane.twin[window])} twin`);
        }
    }

    /** The lanes of whatever is chosen. */
    class Lanes {
        constructor() {
            this.lanes = [];
            this.whole = false;
            this.range = html("p", { class: "lane-range" });
            this.box = html("div", { class: "lane-grid" });
            const toggle = knockon.dom.choice("Show", [["around", "around the moment"], ["whole", "the whole run"]], "around", (chosen) => {
                this.whole = chosen === "whole";
                this.again?.();
            });
            this.element = html("div", { class: "lanes" }, html("div", { class: "lane-bar" }, toggle, this.range), this.box);
        }

        choose(run, place) {
            const node = run.data.nodes[place];
            this.run = run;
            this.lanes = (node.kind === "class" ? class_lanes : service_lanes)(run, node.name).map((lane) => new Lane(lane));
            this.box.replaceChildren(...this.lanes.map((lane) => lane.element));
        }

        update(s, look) {
            if (this.lanes.length === 0) return;
            this.again = () => this.update(s, look);
            const { run } = this;
            const half = Math.max(LEAST_S, run.end * AROUND) / 2;
            const [from, to] = this.whole || 2 * half >= run.end ? [0, run.end] : [s - half, s + half];
            const width = this.lanes[0].svg.clientWidth || 300;
            const window = run.window(s);
            const until = look.future ? window + 1 : Infinity;
            for (const lane of this.lanes) lane.update(window, from / run.data.window_s, to / run.data.window_s, width, until);
            write(this.range, `${moment(Math.max(0, from))} to ${moment(Math.min(run.end, to))}`);
        }
    }

    knockon.Lanes = Lanes;
})((globalThis.knockon ??= {}));
