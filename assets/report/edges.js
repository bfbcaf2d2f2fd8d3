// Draws the calls of a topology: as thick as their rate against the twin's, colored and dashed by failures, with open breakers.
// Every line is made once; afterwards only what has changed is touched.
"use strict";
(function (knockon) {
    const { svg, put, write } = knockon.dom;
    const { percent, times, count } = knockon.words;
    /** The width of a line at the twin's rate, and its bounds. */
    const USUAL = 2;
    const [THINNEST, THICKEST] = [0.6, 10];
    /** From here on a rate is told in numbers. */
    const MANY = 1.5;
    /** The twin's line shows where its rate is far from this one's. */
    const ALIKE = [0.7, 1.4];
    const HEAD = 9;
    /** Where along a line its label may be. */
    const PLACES = [0.5, 0.38, 0.62, 0.28, 0.72];
    const LABEL = { width: 44, height: 16 };

    /** The line of a call, through its stations if it has any. */
    function outline(edge, nodes) {
        const [from, to] = [nodes[edge.from], nodes[edge.to]];
        const stations = edge.points ?? [[from.x + from.w, from.y + from.h / 2], [to.x, to.y + to.h / 2]];
        const path = [`M${stations[0]}`];
        for (let i = 1; i < stations.length; i += 1) {
            const [[x, y], [to_x, to_y]] = [stations[i - 1], stations[i]];
            const half = edge.points === undefined && to_x < x ? 60 : (to_x - x) / 2;
            path.push(y === to_y && to_x > x ? `L${to_x},${to_y}` : `C${x + half},${y} ${to_x - half},${to_y} ${to_x},${to_y}`);
        }
        return { path: path.join(""), tip: stations.at(-1), stations };
    }

    /** A point of a line, by the share of its width that lies before it. */
    function along(stations, share) {
        const x = stations[0][0] + (stations.at(-1)[0] - stations[0][0]) * share;
        for (let i = 1; i < stations.length; i += 1) {
            const [[x0, y0], [x1, y1]] = [stations[i - 1], stations[i]];
            if (x > x1 && i + 1 < stations.length) continue;
            const t = x1 === x0 ? 0.5 : Math.min(1, Math.max(0, (x - x0) / (x1 - x0)));
            return [x, y0 + (y1 - y0) * t * t * (3 - 2 * t)];
        }
        return [x, stations[0][1]];
    }

    /** A place for a label of each line, away from those before it where there is one. */
    function places(lines) {
        const taken = [];
        return lines.map(({ stations }) => {
            const free = ([x, y]) => taken.every(([a, b]) => Math.abs(a - x) > LABEL.width || Math.abs(b - y) > LABEL.height);
            const points = PLACES.map((share) => along(stations, share));
            const point = points.find(free) ?? points[0];
            taken.push(point);
            return point;
        });
    }

    /** One call. */
    class EdgeView {
        constructor(edge, line, place) {
            this.name = edge.name;
            const [x, y] = line.tip;
            this.title = svg("title");
            this.twin = svg("path", { d: line.path, class: "edge-twin" });
            this.line = svg("path", { d: line.path, class: "edge-line" });
            this.head = svg("path", { d: `M${x},${y}l${-HEAD},${-HEAD / 2}v${HEAD}z`, class: "edge-head" });
            const level = Math.abs(line.stations[0][1] - line.stations.at(-1)[1]) < LABEL.height;
            this.label = svg("text", { x: place[0], y: place[1] + (level ? -8 : 4), class: "edge-label" });
            const start = along(line.stations, 0.12);
            this.open = svg("text", { x: start[0] + 11, y: start[1] - 7, class: "breaker-text" });
            this.breaker = svg("g", { class: "breaker" },
                svg("circle", { cx: start[0], cy: start[1], r: 8 }),
                svg("path", { d: `M${start[0] - 4},${start[1] + 4}l8,-8` }), this.open);
            this.lines = svg("g", { class: "edge" }, this.title, this.twin, this.line, this.head);
            this.words = svg("g", { class: "edge-words" }, this.label, this.breaker);
            this.near = false;
            this.lines.addEventListener("pointerenter", () => {
                this.near = true;
                this.tell();
            });
            this.lines.addEventListener("pointerleave", () => (this.near = false));
        }

        update(run, world, s, look) {
            const call = knockon.health.call(run, world, this.name, s, look);
            const known = Number.isFinite(call.ratio);
            const width = known ? USUAL * call.ratio ** 0.7 : call.rate > 0 ? USUAL : 0;
            put(this.lines, "data-step", call.step);
            put(this.line, "stroke-width", Math.min(THICKEST, Math.max(THINNEST, width)).toFixed(1));
            const far = call.ratio < ALIKE[0] || call.ratio > ALIKE[1];
            put(this.twin, "visibility", look.ghost && known && far && call.usual > 0 ? null : "hidden");
            write(this.label, known && call.rate > 0.5 && call.ratio >= MANY ? times(call.ratio) : "");
            put(this.breaker, "display", call.open > 0.05 ? null : "none");
            write(this.open, call.open > 0.05 ? `${count(Math.max(1, Math.round(call.open)))} open` : "");
            this.call = call;
            if (this.near) this.tell();
        }

        /** What is said of it while a pointer is over it: of all calls at all times it would be the most of the work. */
        tell() {
            write(this.title, this.told(this.call));
        }

        told(call) {
            if (Number.isNaN(call.rate)) return `${this.name}: told later`;
            const usual = Number.isFinite(call.ratio) ? `, ${times(call.ratio)} the twin's` : "";
            const open = call.open > 0.05 ? `; ${count(Math.max(1, Math.round(call.open)))} breakers open` : "";
            return `${this.name}: ${count(call.rate)}/s${usual}; ${percent(call.share)} fail${open}`;
        }
    }

    /** All calls of a run. */
    function edges(data) {
        const lines = data.edges.map((edge) => outline(edge, data.nodes));
        const labels = places(lines);
        return data.edges.map((edge, i) => new EdgeView(edge, lines[i], labels[i]));
    }

    knockon.edges = edges;
})((globalThis.knockon ??= {}));
