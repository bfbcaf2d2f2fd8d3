// The calls of a chosen node at a moment, in words: what the lines of the topology show. Judges nothing.
"use strict";
(function (knockon) {
    const { html, write, put, head } = knockon.dom;
    const { count, percent, times } = knockon.words;

    class Calls {
        constructor() {
            this.rows = [];
            this.body = html("tbody", {});
            const columns = [["Call", "call"], ["attempts/s", "attempt"], ["against the twin", "twin"], ["failed", "failure"], ["breakers open", "circuit breaker"]];
            this.table = html("table", {}, head(columns), this.body);
            this.element = html("div", { class: "calls scroll", tabindex: 0, role: "region", "aria-label": "Calls of the chosen node" }, this.table);
        }

        choose(run, index) {
            this.run = run;
            const own = run.data.edges.filter((edge) => edge.from === index || edge.to === index);
            this.rows = own.map((edge) => {
                const cells = Array.from({ length: 4 }, () => html("td", {}));
                return { name: edge.name, cells, row: html("tr", {}, html("th", { scope: "row" }, edge.name), ...cells) };
            });
            this.body.replaceChildren(...this.rows.map(({ row }) => row));
        }

        update(s, look) {
            for (const { name, cells, row } of this.rows) {
                const call = knockon.health.call(this.run, "actual", name, s, look);
                const ratio = Number.isFinite(call.ratio) ? times(call.ratio) : "–";
                const breakers = knockon.health.breakers(this.run, name, look) ? count(call.open) : "none";
                [count(call.rate), ratio, call.step < 0 ? "–" : percent(call.share), breakers].forEach((text, i) => write(cells[i], text));
                put(row, "data-step", call.step);
            }
        }
    }

    knockon.Calls = Calls;
})((globalThis.knockon ??= {}));
