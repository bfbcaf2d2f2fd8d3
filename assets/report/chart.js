// The chart under the topology: answered requests over time against the twin's, with faults, alerts, acts and the cursor.
// Its lines are drawn when its width changes; a new moment moves the cursor alone.
"use strict";
(function (knockon) {
    const { html, svg, put } = knockon.dom;
    const { smooth, largest } = knockon.series;
    const { count, moment, tick } = knockon.words;
    const EDGE = { left: 46, right: 14, top: 30, bottom: 20 };
    /** Its height where there is room; in a low window and on a phone it leaves some to the map. */
    const [HIGH, LOW] = [136, 104];
    const [PHONE, LOW_WINDOW] = [600, 960];
    /** Its height where other things are looked at. */
    const BRIEF = 88;
    /** Time between ticks, the first that leaves room. */
    const TICKS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];
    const TICK_ROOM = 74;
    /** Marks of a kind that are closer to the first of them than this are one, with their number. */
    const APART = 16;
    /** Half the height of a mark's glyph; what a hand moves that means to hold still. */
    const GLYPH = 4;
    const STILL = 3;
    const MARKS = { fault: "▼", action: "●", moment: "◆" };

    /** A round number of about a third of `most`. */
    function grid(most) {
        const rough = most / 3;
        const ten = 10 ** Math.floor(Math.log10(Math.max(rough, 1e-9)));
        return [1, 2, 5, 10].map((step) => step * ten).find((step) => step >= rough);
    }

    /** The marks at some ordered places, and which of the places each stands for: it stands at the first of them. */
    function gathered(places) {
        const marks = [];
        places.forEach((x, i) => {
            const last = marks.at(-1);
            if (last !== undefined && x - last.x < APART) last.all.push(i);
            else marks.push({ x, all: [i] });
        });
        return marks;
    }

    class Chart {
        /** `end` is where the axis ends; `seek` is told the moment that somebody points at. */
        constructor(run, groups, end, seek) {
            this.run = run;
            this.end = end;
            this.groups = groups;
            this.seek = seek;
            this.class = null;
            /** Whether it has to leave room for other things. */
            this.brief = false;
            this.width = 0;
            this.svg = svg("svg", { class: "chart", role: "img", "aria-label": this.label() });
            this.element = html("div", { class: "chart-box" }, this.svg);
            this.listen();
        }

        label() {
            const against = this.run.paired ? " against the twin's" : "";
            return `Answered requests a second over time${against}. The table and the slider tell the same.`;
        }

        listen() {
            let pressed = NaN;
            const point = (event, marked) => {
                const { left, top } = this.svg.getBoundingClientRect();
                const [x, y] = [event.clientX - left, event.clientY - top];
                this.seek((marked ? this.mark(x, y) : null) ?? Math.min(this.end, Math.max(0, this.s(x))));
            };
            this.svg.addEventListener("pointerdown", (event) => {
                this.svg.setPointerCapture(event.pointerId);
                point(event, true);
                pressed = event.clientX;
            });
            this.svg.addEventListener("pointermove", (event) => {
                // A hand that trembles drags nothing.
                if (Math.abs(event.clientX - pressed) > STILL) pressed = NaN;
                if (Number.isNaN(pressed) && this.svg.hasPointerCapture(event.pointerId)) point(event, false);
            });
        }

        /** The moment whose mark lies there; null if there is none. */
        mark(x, y) {
            if (y > EDGE.top) return null;
            const near = this.marked.filter((mark) => Math.abs(mark.x - x) <= APART / 2 && Math.abs(mark.y - GLYPH - y) <= APART / 2);
            return near.sort((a, b) => Math.abs(a.x - x) - Math.abs(b.x - x))[0]?.at_s ?? null;
        }

        x(s) {
            return EDGE.left + (s / this.end) * (this.width - EDGE.left - EDGE.right);
        }

        s(x) {
            return ((x - EDGE.left) / (this.width - EDGE.left - EDGE.right)) * this.end;
        }

        y(value) {
            return this.height - EDGE.bottom - (value / this.most) * (this.height - EDGE.top - EDGE.bottom);
        }

        /** Answered requests a second of the chosen class, or of all; null if the world or the class is unknown. */
        goodput(world) {
            const names = this.run.classes.filter((name) => this.class === null || name === this.class);
            if (names.length === 0) return null;
            const all = names.map((name) => this.run.series(world, "classes", name, "ok"));
            if (all.some((series) => series === null)) return null;
            const total = new Float64Array(this.run.data.windows);
            for (const series of all) series.forEach((value, window) => (total[window] += value / this.run.data.window_s));
            return smooth(total, this.run.span);
        }

        /** Draws everything for the width that there is. */
        draw() {
            this.width = Math.max(240, Math.floor(this.element.clientWidth));
            const low = this.width < PHONE || globalThis.innerHeight < LOW_WINDOW;
            this.height = this.brief ? BRIEF : low ? LOW : HIGH;
            put(this.svg, "width", this.width);
            put(this.svg, "height", this.height);
            put(this.svg, "viewBox", `0 0 ${this.width} ${this.height}`);
            const [own, twin, alone] = ["actual", "twin", "unattended"].map((world) => this.goodput(world));
            this.most = Math.max(1, own === null ? 0 : largest(own), twin === null ? 0 : largest(twin)) * 1.05;
            this.clip = svg("rect", { x: 0, y: 0, height: this.height, width: this.width });
            const id = `revealed-${this.run.number ?? 0}`;
            const future = svg("g", { "clip-path": `url(#${id})` });
            future.append(...this.bands(), ...this.alerts(), ...this.area(own, twin));
            if (twin !== null) future.append(svg("path", { d: this.path(twin), class: "line-twin" }));
            if (alone !== null) future.append(svg("path", { d: this.path(alone), class: "line-unattended" }));
            if (own !== null) future.append(svg("path", { d: this.path(own), class: "line-own" }));
            else future.append(svg("text", { x: EDGE.left + 8, y: EDGE.top + 18 }, "this run has no such traffic"));
            future.append(...this.no_return(), ...this.marks());
            const line = svg("path", { d: `M0,${EDGE.top - 8}V${this.height - EDGE.bottom}` });
            this.cursor = svg("g", { class: "cursor" }, line, svg("circle", { cy: EDGE.top - 8, r: 5 }));
            this.svg.replaceChildren(svg("defs", {}, svg("clipPath", { id }, this.clip)), ...this.axes(), future, this.cursor);
        }

        /** A line; where there are more windows than pixels, one point for each. */
        path(values) {
            const each = Math.max(1, Math.floor(values.length / (this.width - EDGE.left)));
            const points = [];
            for (let window = 0; window < values.length; window += each) {
                points.push(`${this.x((window + 1) * this.run.data.window_s).toFixed(1)},${this.y(values[window]).toFixed(1)}`);
            }
            return `M${this.x(0).toFixed(1)},${this.y(values[0]).toFixed(1)}L${points.join("L")}`;
        }

        /** What the twin answered and this world did not. */
        area(own, twin) {
            if (own === null || twin === null) return [];
            const lower = own.map((value, window) => Math.min(value, twin[window]));
            const back = this.path(lower).slice(1).split("L").reverse().join("L");
            return [svg("path", { d: `${this.path(twin)}L${back}Z`, class: "lost" })];
        }

        bands() {
            return this.run.data.faults.flatMap((fault) => {
                const [from, to] = [this.x(fault.from_s), this.x(fault.to_s ?? this.run.end)];
                const place = { x: from, y: EDGE.top, width: Math.max(2, to - from), height: this.height - EDGE.top - EDGE.bottom };
                return [svg("rect", { ...place, class: "fault-band" },
                    svg("title", {}, `${fault.name}: ${fault.effect} of ${fault.service}`))];
            });
        }

        /** The line behind which no time heals it. */
        no_return() {
            const s = this.run.data.no_return_s ?? null;
            if (s === null) return [];
            const [x, y] = [this.x(s), this.height - EDGE.bottom];
            return [svg("g", { class: "no-return" }, svg("title", {}, `from ${moment(s)} on it does not recover without help`),
                svg("path", { d: `M${x.toFixed(1)},${EDGE.top}V${y}` }), svg("text", { x: x + 4, y: y - 5 }, "no return, at the latest"))];
        }

        /** A strip while an alert fires. */
        alerts() {
            return this.run.data.monitors.flatMap(({ name, alerts }) => alerts.map(([from, to]) => {
                const [left, right] = [this.x(from), this.x(to ?? this.run.end)];
                return svg("rect", { x: left, y: EDGE.top - 4, width: Math.max(2, right - left), height: 4, class: "alert-strip" },
                    svg("title", {}, `alert ${name} fires from ${moment(from)}`));
            }));
        }

        marks() {
            const acts = this.groups.filter((group) => group.kind === "action");
            const begins = this.groups.filter((group) => group.kind === "fault" && group.state === "begin");
            const key = this.run.data.moments ?? [];
            this.marked = [];
            return [...this.row("moment", key, 8), ...this.row("action", acts, 21), ...this.row("fault", begins, 21)];
        }

        /** Marks of a kind, and a stem for each of the things that they stand for, where it happened. */
        row(kind, things, y) {
            const told = (thing) => `${moment(thing.at_s)}: ${thing.title ?? thing.text}`;
            const places = things.map((thing) => this.x(thing.at_s));
            return gathered(places).map(({ x, all }) => {
                this.marked.push({ x, y, at_s: things[all[0]].at_s });
                const stems = all.map((i) => `M${places[i].toFixed(1)},${y + 1}V${EDGE.top}`).join("");
                const number = all.length > 1 ? [svg("text", { x: x + 5, y, class: "mark-number" }, String(all.length))] : [];
                return svg("g", { class: `mark mark-${kind}` }, svg("title", {}, all.map((i) => told(things[i])).join("\n")),
                    svg("path", { d: stems, class: "mark-stem" }), svg("text", { x, y }, MARKS[kind]), ...number);
            });
        }

        axes() {
            const parts = [];
            const step = grid(this.most);
            for (let value = 0; value <= this.most; value += step) {
                parts.push(svg("path", { d: `M${EDGE.left},${this.y(value).toFixed(1)}H${this.width - EDGE.right}`, class: "grid" }),
                    svg("text", { x: EDGE.left - 6, y: this.y(value) + 4, class: "tick tick-y" }, count(value)));
            }
            const most = (this.width - EDGE.left - EDGE.right) / TICK_ROOM;
            const every = TICKS.find((step) => this.end / step <= most) ?? this.end;
            for (let s = 0; s <= this.end + 1e-9; s += every) {
                const last = s + every > this.end + 1e-9 && this.x(s) > this.width - 40;
                parts.push(svg("text", { x: this.x(s), y: this.height - 6, class: last ? "tick tick-end" : "tick" }, tick(s)));
            }
            return parts;
        }

        /** Moves the cursor, and hides what comes after a moment. */
        update(s, until) {
            if (this.cursor === undefined) return;
            put(this.clip, "width", until >= this.end ? this.width : this.x(until).toFixed(1));
            put(this.cursor, "transform", `translate(${this.x(s).toFixed(1)},0)`);
        }
    }

    knockon.Chart = Chart;
    Object.assign(knockon.Chart, { MARKS, gathered });
})((globalThis.knockon ??= {}));
