// Gives the map the room that lies between what is asked, or chosen, and the time, so that all of it is seen at once. Knows
// sizes, and nothing of what is shown.
"use strict";
(function (knockon) {
    /** In a lower window the chart of a presentation leaves room to the map; the map has so much at the least, and a little around it. */
    const LOW = 960;
    const LEAST = 200;
    const SPARE = 20;

    class Room {
        /** `redrawn` is told that a chart was drawn anew. */
        constructor({ body, bar, stages, presenter, controls }, redrawn) {
            Object.assign(this, { body, stages, presenter, controls, redrawn });
            this.parts = [bar, presenter.element, controls.element];
        }

        /** Fits from now on whenever something around the map has another size. */
        watch() {
            const sizes = new ResizeObserver(() => this.fit());
            for (const part of this.parts) sizes.observe(part);
            globalThis.addEventListener("resize", () => this.fit());
        }

        fit() {
            const { on, element } = this.presenter;
            this.shorten(on && globalThis.innerHeight < LOW);
            const top = (part) => part.getBoundingClientRect().top;
            const above = top(this.stages[0].topology.element) - top(on ? element : this.body);
            // Of two runs each has its chart below its map.
            const charts = this.stages.length > 1 ? this.stages[0].chart.element.offsetHeight : 0;
            const room = globalThis.innerHeight - above - charts - this.controls.element.offsetHeight - SPARE;
            this.body.style.setProperty("--room", `${Math.max(LEAST, Math.floor(room))}px`);
        }

        /** Makes the charts brief, or as they were. */
        shorten(brief) {
            const other = this.stages.filter((stage) => stage.chart.brief !== brief);
            for (const stage of other) Object.assign(stage.chart, { brief }).draw();
            if (other.length > 0) this.redrawn();
        }
    }

    knockon.Room = Room;
})((globalThis.knockon ??= {}));
