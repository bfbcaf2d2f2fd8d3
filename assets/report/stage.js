// One run on the stage: its topology, its twin beside it, its margin, its chart. Shows the moment it is given.
"use strict";
(function (knockon) {
    const { html, put, write } = knockon.dom;

    class Stage {
        /** `name` tells it from other runs; `end` is the last moment of the replay. `act` is told `choose` with a node, and `seek` with a moment. */
        constructor(run, name, end, act) {
            this.run = run;
            this.name = name;
            this.groups = knockon.events.grouped(run.data);
            this.choose = (node) => act.choose(this, node);
            this.topology = new knockon.Topology(run, "actual", this.choose);
            this.twin = null;
            this.margin = new knockon.Margin(run, this.groups);
            this.chart = new knockon.Chart(run, this.groups, end, act.seek);
            this.caption = new knockon.caption.Caption(run);
            this.beside = false;
            this.build();
        }

        build() {
            const { data } = this.run;
            this.twin_box = html("div", { class: "twin-box", hidden: true }, html("h4", {}, "The twin: the same, without faults"));
            this.map = html("div", { class: "map" }, this.topology.element, this.twin_box);
            this.legend = knockon.legend(this.run.paired, Boolean(data.unattended));
            this.title = html("h3", {}, this.name);
            const over = `This run ends at ${knockon.words.moment(this.run.end)}: what is shown is how it ended.`;
            this.over = html("p", { class: "stage-over", hidden: true }, over);
            const title = html("div", { class: "stage-title" }, this.title, this.caption.element, this.over);
            this.element = html("div", { class: "stage" }, title, this.map, this.margin.element);
            for (const box of [this.topology.element, this.margin.element]) knockon.more.watch(box);
        }

        /** Calls it something else. */
        rename(name) {
            this.name = name;
            write(this.title, name);
        }

        /** How the twin is shown: "ghost", "beside" or "off". */
        compare(how) {
            this.ghost = how === "ghost";
            this.beside = how === "beside" && this.run.paired;
            if (this.beside && this.twin === null) {
                this.twin = new knockon.Topology(this.run, "twin", this.choose);
                this.twin_box.append(this.twin.element);
                knockon.more.watch(this.twin.element);
            }
            put(this.twin_box, "hidden", !this.beside);
            put(this.map, "data-beside", this.beside ? "yes" : null);
        }

        /** Draws what depends on the width that there is. */
        draw() {
            this.caption.settle();
            this.chart.draw();
        }

        /** A look at this run: whether what kills is still to be asked here, and which breakers would tell it from the runs that are not to be told apart. */
        look(look) {
            const { events, health } = knockon;
            return { ...look, unnamed: events.asks_for_kill(this.run.data, look.unanswered), veiled_calls: health.unlike_breakers(this.run, look.apart) };
        }

        /** Shows a moment. What is behind it stays hidden if the look is discreet. */
        update(s, all) {
            const look = this.look(all);
            put(this.over, "hidden", s <= this.run.end);
            this.topology.update(s, { ...look, ghost: this.ghost && this.run.paired });
            if (this.beside) this.twin.update(s, { ...look, ghost: false });
            this.caption.update(s);
            this.margin.update(s, look);
        }
    }

    knockon.Stage = Stage;
})((globalThis.knockon ??= {}));
