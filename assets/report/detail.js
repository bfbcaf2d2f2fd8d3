// What is told of the chosen node: what is behind its failures, its lanes, its calls. Chooses nothing.
"use strict";
(function (knockon) {
    const { html, put, write, button } = knockon.dom;
    const { moment } = knockon.words;

    /** Less of it than this cannot be read. */
    const LEAST_PX = 40;

    class Detail {
        /** `called` tells runs apart; `close` is called when somebody has seen enough. */
        constructor(called, close) {
            this.called = called;
            this.chosen = null;
            this.parts = [new knockon.blame.Blame(), new knockon.Lanes(), new knockon.Calls()];
            this.title = html("h3", {});
            this.bar = html("div", { class: "detail-bar" }, this.title, button("Close", close));
            this.later = html("p", { class: "nothing", hidden: true }, "What it does now is told later.");
            this.body = html("div", { class: "detail-body" }, ...this.parts.map((part) => part.element));
            this.element = html("div", { class: "detail", hidden: true }, this.bar, this.later, this.body);
        }

        /** Shows a node of a run, by its place; none if `stage` is null. */
        choose(stage, place) {
            this.chosen = stage === null ? null : { node: stage.run.data.nodes[place], stage };
            put(this.element, "hidden", stage === null);
            if (stage !== null) for (const part of this.parts) part.choose(stage.run, place);
        }

        /** Brings its begin into view unless something of it can be seen: what was chosen stays where it is. */
        reveal() {
            const { top, bottom } = this.element.getBoundingClientRect();
            if (bottom < 0 || top > globalThis.innerHeight - LEAST_PX) this.bar.scrollIntoView({ block: "nearest" });
        }

        /** Whether something lies within it. */
        holds(element) {
            return this.element.contains(element);
        }

        update(s, look) {
            if (this.chosen === null) return;
            const { node, stage } = this.chosen;
            const name = node.kind === "class" ? `Users of ${node.name}` : node.name;
            write(this.title, `${name}${this.called(stage)} at ${moment(s)}`);
            const asked = knockon.health.asked(stage.run, look).length > 0;
            put(this.later, "hidden", !asked);
            put(this.body, "hidden", asked);
            for (const part of this.parts) part.update(s, stage.look(look));
        }
    }

    knockon.Detail = Detail;
})((globalThis.knockon ??= {}));
