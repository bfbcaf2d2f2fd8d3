// The margin of the replay: alerts, readings, what people do, what is behind the harm, the last events, at a moment.
"use strict";
(function (knockon) {
    const { html, put, write, term, defined } = knockon.dom;
    const { moment, percent, reading, span } = knockon.words;
    const { firing } = knockon.states;
    const EVENTS = 6;
    /** What is said where there is no event: what is hidden has happened all the same. */
    const [NONE, NONE_SEEN] = ["nothing has happened yet", "nothing that people could see yet"];
    /** Roots of such a share of the harm are told beside the first; fewer requests harmed are noise. */
    const WORTH = 0.1;
    const LEAST = 0.5;
    /** What is read at the instant of a fault was read before it. */
    const JUST_S = 1e-3;

    /** A list that is filled again when what it shows has changed. */
    class List {
        constructor(empty) {
            this.empty = empty;
            this.element = html("ul", { class: "margin-list" });
            this.shown = null;
        }

        show(lines) {
            const key = lines.length === 0 ? this.empty : lines.map((line) => line.join("\t")).join("\n");
            if (key === this.shown) return;
            this.shown = key;
            const items = lines.map(([when, text, kind]) =>
                html("li", { "data-kind": kind ?? "" }, ...(when === "" ? [] : [html("b", {}, when), " "]), html("span", {}, text)));
            this.element.replaceChildren(...(items.length > 0 ? items : [html("li", { class: "nothing" }, this.empty)]));
        }
    }

    class Margin {
        constructor(run, groups) {
            this.run = run;
            this.roots = knockon.blame.all_roots(run);
            this.groups = groups;
            this.acts = groups.filter((group) => group.kind === "action");
            this.rest = groups.filter((group) => group.kind !== "action");
            this.alerting = run.data.monitors.filter((monitor) => monitor.alerts.length > 0 || monitor.threshold !== null);
            this.build();
        }

        build() {
            this.cause = html("p", { class: "cause" });
            this.loop = html("p", { class: "loop" });
            this.alerts = new List("no alert is defined");
            this.people = new List("nobody has acted yet");
            this.events = new List(NONE);
            this.values = this.run.data.monitors.map((monitor) => {
                const value = html("td", {});
                return { monitor, value, row: html("tr", {}, html("th", { scope: "row" }, defined(monitor.name, monitor.anchor)), value) };
            });
            const part = ([title, word], name, ...children) => html("section", { class: `margin-part ${name}` }, html("h3", {}, word ? term(title, word) : title), ...children);
            const rows = this.values.map((value) => value.row);
            const readings = rows.length > 0 ? [part(["Dashboards read", "monitor"], "readings", html("table", {}, html("tbody", {}, ...rows)))] : [];
            this.behind = part([`Behind the harm, last ${span(this.run.span * this.run.data.window_s)}`, "blame"], "spoils", this.cause, this.loop);
            this.element = html("div", { class: "margin" }, this.behind, part(["Alerts", "alert"], "alerts", this.alerts.element),
                ...readings,
                part(["People and automation"], "people", this.people.element), part(["Last events"], "events", this.events.element));
        }

        update(s, look) {
            const asked = knockon.health.asked(this.run, look);
            this.update_cause(s);
            this.alerts.show(this.alerting.map((monitor) => {
                const since = firing(monitor, s);
                if (since === null) return ["○", `${monitor.name}: quiet`, "quiet"];
                return ["▲", `${monitor.name}: firing for ${span(s - since)}`, "firing"];
            }));
            for (const { monitor, value, row } of this.values) {
                const read = knockon.states.reading(monitor, asked.length > 0 ? s - JUST_S : s);
                const beyond = knockon.states.beyond(monitor, read);
                const limit = beyond !== null ? ` (${beyond} ${reading(monitor.threshold, monitor.unit)})` : "";
                // A failure counts with the time that it took: where there is nothing else, that is no latency of an answer.
                const none = monitor.reading === "latency" && knockon.health.unanswered(this.run, monitor, s);
                write(value, `${reading(read, monitor.unit)}${limit}${none ? ", all failed" : ""}`);
                put(row, "data-over", beyond !== null ? "yes" : null);
            }
            this.events.empty = look.discreet ? NONE_SEEN : NONE;
            this.people.show(this.recent(this.acts, s, 5, look));
            this.events.show(this.recent(this.rest, s, EVENTS, look));
        }

        recent(groups, s, most, look) {
            const { recent, seen, worded } = knockon.events;
            const shown = recent(groups.filter((group) => seen(group, look)), s, most);
            return shown.map((group) => [moment(group.at_s), worded(group, s, look), group.kind]);
        }

        update_cause(s) {
            const { total, shares } = knockon.blame.shares(this.run, this.roots, s);
            const told = shares.filter((root, i) => i === 0 || root.share >= WORTH).map((root) => `${percent(root.share)} ${root.name}`);
            write(this.cause, total < LEAST ? knockon.blame.nobody(this.run, s) : told.join(", "));
            const { loop } = this.run.data;
            const holds = loop && loop.from_s <= s && s < loop.to_s;
            const gain = loop?.gain ?? null;
            const kept = gain > 1 ? "It feeds itself" : "A loop keeps it up";
            write(this.loop, holds ? `${kept}: ${loop.steps.join(" → ")} → …${gain === null ? "" : ` (gain ${gain.toFixed(2)})`}` : "");
            put(this.behind, "data-holds", holds ? "yes" : null);
        }
    }

    knockon.Margin = Margin;
    knockon.List = List;
})((globalThis.knockon ??= {}));
