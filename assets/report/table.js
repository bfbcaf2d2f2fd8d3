// The topology at a moment as a table, for those who read better than they look. Filled only while it is open.
"use strict";
(function (knockon) {
    const { html, put, write, head } = knockon.dom;
    const { count, percent, latency, times } = knockon.words;
    const answered = (ms, asked) => (Number.isFinite(ms) || asked === 0 ? latency(ms) : "no answer");
    /** Heads, and the words that say what they are. */
    const COLUMNS = [["health", "failure"], ["asked/s", "attempt"], ["against the twin", "twin"], ["failed", "failure"], ["threads", "thread"],
        ["queue", "queue"], ["99 % within", "percentile"], ["replicas", "replica"]];

    class Table {
        /** `suffix` tells the tables of two runs apart. */
        constructor(run, suffix) {
            this.run = run;
            this.tracks = knockon.states.replicas(run.data);
            this.rows = run.data.nodes.map((node) => ({ node, cells: COLUMNS.map(() => html("td", {})) }));
            const called = (node) => (node.kind === "class" ? `users of ${node.name}` : node.name);
            const rows = this.rows.map(({ node, cells }) => html("tr", {}, html("th", { scope: "row" }, called(node)), ...cells));
            this.summary = html("summary", {});
            this.region = html("div", { class: "scroll", tabindex: 0, role: "region" }, html("table", {}, head([["node", "service"], ...COLUMNS]), html("tbody", {}, ...rows)));
            this.element = html("details", { class: "as-table" }, this.summary, this.region);
            this.rename(suffix);
            this.element.addEventListener("toggle", () => this.update(this.at ?? 0, this.look ?? {}));
        }

        rename(suffix) {
            write(this.summary, `The same as a table${suffix}`);
            put(this.region, "aria-label", `All nodes at this moment${suffix}`);
        }

        update(s, look) {
            this.at = s;
            this.look = look;
            if (!this.element.open) return;
            for (const { node, cells } of this.rows) this.values(node, s, look).forEach((value, i) => write(cells[i], value));
        }

        values(node, s, look) {
            const { run } = this;
            const world = node.kind === "service" ? knockon.health.shown(run, "actual", node.name, look) : "actual";
            const health = knockon.health.node(run, world, node, s);
            if (world === null) return [health.words, ...Array(COLUMNS.length - 1).fill("–")];
            const of = node.kind === "class" ? "classes" : "services";
            const asked = node.kind === "class" ? "arrived" : "offered";
            const rate = run.rate(world, of, node.name, asked, s);
            const usual = run.paired ? run.rate("twin", of, node.name, asked, s) : NaN;
            const ratio = usual > 0 ? times(rate / usual) : "–";
            const shared = [health.words, count(rate), ratio, health.step < 0 ? "–" : percent(health.share)];
            const level = (field) => run.level(world, of, node.name, field, s);
            if (node.kind === "class") return [...shared, "–", "–", answered(level("p99_ms"), rate), "–"];
            const held = `${count(Math.round(level("busy_threads")))} of ${count(Math.round(run.threads(world, node, s)))}`;
            const replicas = world === "twin" ? `${node.replicas} ready` : knockon.states.told(this.tracks[run.data.nodes.indexOf(node)], s, look);
            return [...shared, held, count(Math.round(level("queue_length"))), answered(level("p99_ms"), rate), replicas];
        }
    }

    knockon.Table = Table;
})((globalThis.knockon ??= {}));
