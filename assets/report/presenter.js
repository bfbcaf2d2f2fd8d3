// The presenter: stops at the key moments, asks, and tells when it is told to; in an interview it never tells. Knows the
// moments and the clock, not what is drawn.
"use strict";
(function (knockon) {
    const { html, put, write, button } = knockon.dom;
    const { moment, clock: time_of_day } = knockon.words;
    const { called, told } = knockon.moments;
    /** From one moment to the next in so many seconds, whatever lies between them. */
    const BETWEEN_S = 8;
    /** There the map has its place between what is asked and the time, and all three are seen at once. */
    const WIDE = "(min-width: 60rem) and (min-height: 30rem)";
    /** What an address rounds away. */
    const ROUNDED_S = 0.005;

    /** Where a presentation is: "asked" or "told" at a moment, "moving" to the next, "over". */
    class Show {
        constructor(moments, tells) {
            this.moments = moments;
            this.tells = tells;
            this.place = -1;
            this.stage = moments.length === 0 ? "over" : "moving";
        }

        get moment() {
            return this.moments[this.place] ?? null;
        }

        /** The moment that comes next; null after the last. */
        get ahead() {
            return this.moments[this.place + 1] ?? null;
        }

        /** Stands at the question of the last moment up to `s`, at the first of those that share its time. */
        reach(s) {
            const last = this.moments.findLast((moment) => moment.at_s <= s + ROUNDED_S);
            if (last === undefined) return;
            this.place = this.moments.findIndex((moment) => moment.at_s === last.at_s);
            this.stage = "asked";
        }

        /** Arrived at the next moment. */
        arrive() {
            if (this.ahead === null) this.stage = "over";
            else {
                this.place += 1;
                this.stage = "asked";
            }
        }

        /** One step on: from the question to the answer, from there on the way to the next. */
        go() {
            if (this.stage === "asked" && this.tells) this.stage = "told";
            else if (this.stage !== "over") this.stage = this.ahead === null ? "over" : "moving";
        }

        /** Back to the question before. */
        back() {
            this.place = Math.max(0, this.place - (this.stage === "moving" || this.stage === "over" ? 0 : 1));
            this.stage = "asked";
        }

        /** The questions that are still to be answered. */
        get unanswered() {
            return this.stage === "over" ? [] : this.moments.slice(this.place + (this.stage === "asked" ? 0 : 1));
        }

        /** Whether all has been asked and told but what comes of it. */
        get last() {
            return this.stage === "over" || (this.stage === "told" && this.ahead === null);
        }

        /** Whether what lies behind what is seen is not to be seen: on the way there it would answer what is asked there. */
        get discreet() {
            return !this.tells || this.stage === "asked" || this.stage === "moving";
        }
    }

    /** The speed at which the way to a moment is neither long nor a jump. */
    function pace(way_s) {
        return Math.max(1, way_s / BETWEEN_S);
    }

    /** Whether the reader wants as little motion as can be: then there is no way, only where it leads. */
    function still() {
        return globalThis.matchMedia("(prefers-reduced-motion: reduce)").matches;
    }

    /** The card that asks and tells. */
    class Presenter {
        /** `moments` are those of all runs, and `names` says what the runs are called; `act` is told that the presentation has moved on. */
        constructor(runs, moments, names, clock, act) {
            this.runs = runs;
            this.moments = moments;
            this.names = names;
            this.clock = clock;
            this.act = act;
            this.show = null;
            this.build();
        }

        build() {
            this.when = html("p", { class: "card-when" });
            this.title = html("h3", { tabindex: -1 });
            this.ask = html("p", { class: "card-ask", "aria-live": "polite" });
            this.tell = html("p", { class: "card-tell", "aria-live": "polite" });
            this.back = button("Back", () => this.go("back"));
            this.next = button("", () => this.go("go"), { class: "main" });
            this.notes = html("details", { class: "card-notes" }, html("summary", {}, "Notes of the scenario"), html("p", {}));
            this.bar = html("div", { class: "card-bar" }, this.back, this.next);
            this.element = html("div", { class: "card", hidden: true, role: "group", "aria-label": "Presenter" },
                html("div", { class: "card-text" }, this.when, this.title, this.ask, this.tell),
                this.bar, this.notes);
        }

        get on() {
            return this.show !== null;
        }

        /** The last moment that may be seen; the end if nothing is presented. */
        get limit() {
            if (!this.on || this.show.stage === "over") return this.clock.end;
            return this.show.stage === "moving" ? this.show.ahead?.at_s ?? this.clock.end : this.show.moment.at_s;
        }

        /** When what is asked now happened, if the clock stands there: what happened then is the answer. */
        get veil_s() {
            return this.on && this.show.stage === "asked" && this.clock.at >= this.limit ? this.limit : Infinity;
        }

        /** Whether the clock stands where somebody has to go on. */
        get waits() {
            return this.on && this.show.stage !== "over" && this.clock.at >= this.limit;
        }

        /** Begins: "present", "interview", or "replay", which ends it; at the key moment that a moment belongs to. */
        begin(mode, s = 0) {
            const presents = mode !== "replay";
            this.mode = mode;
            this.show = presents ? new Show(this.moments, mode === "present") : null;
            put(this.element, "hidden", !presents);
            const notes = [...new Set(this.runs.map((run) => run.data.notes ?? ""))].filter((notes) => notes !== "");
            this.notes.lastChild.textContent = mode === "present" ? notes.join("\n\n") : "";
            if (presents) {
                this.clock.pause();
                this.show.reach(s);
                this.clock.seek(this.show.moment?.at_s ?? 0);
            }
            this.refresh();
            this.reveal();
        }

        go(way) {
            if (!this.on || this.show.stage === "over" && way === "go") return;
            if (this.show.stage === "moving" && way === "go") return this.skip();
            this.show[way]();
            if (way === "back") this.clock.seek(this.show.moment.at_s);
            this.move();
            this.refresh();
            this.reveal();
        }

        /** On the way to the next moment, or standing at one. */
        move() {
            this.clock.pause();
            if (this.show.stage !== "moving") return;
            if (still()) return this.skip();
            this.clock.stop = this.limit;
            this.clock.pace = pace(this.show.ahead.at_s - this.clock.at);
            this.clock.play();
        }

        /** Straight to the next moment. */
        skip() {
            this.clock.seek(this.show.ahead.at_s);
            this.clock.pause();
            this.stopped();
        }

        /** The clock has stopped by itself. */
        stopped() {
            if (this.arrived()) this.title.focus({ preventScroll: true });
            this.reveal();
        }

        /** Asks if the clock stands where the way ends, whoever moved it there. Whether it does. */
        arrived() {
            if (!this.on || this.show.stage !== "moving" || this.clock.at < this.limit) return false;
            this.clock.pause();
            this.show.arrive();
            this.refresh();
            return true;
        }

        /** Brings what is asked and told into view. */
        reveal() {
            const block = globalThis.matchMedia(WIDE).matches ? "start" : "nearest";
            if (this.on && this.show.stage !== "moving") this.element.scrollIntoView({ block });
        }

        refresh() {
            this.clock.stop = this.on && this.show.stage !== "over" ? this.limit : null;
            if (!this.on || this.show.stage !== "moving") this.clock.pace = null;
            this.act();
            if (!this.on) return;
            const { stage } = this.show;
            const now = this.show.moment;
            const number = `${this.show.place + 1} of ${this.show.moments.length}`;
            write(this.when, now === null ? "" : `${number} · ${moment(now.at_s)} ${time_of_day(this.runs[0].start, now.at_s)}`.trim());
            write(this.title, stage === "over" ? "That was it" : stage === "moving" ? "…" : called(now, this.names()));
            write(this.ask, stage === "asked" || stage === "told" ? now.ask : "");
            write(this.tell, stage === "told" ? told(now, this.names()) : "");
            const asked = this.show.tells ? "Show what happened" : "Go on";
            write(this.next, { asked, told: "Go on", moving: "Skip ahead", over: "The end" }[stage]);
            put(this.next, "disabled", stage === "over");
            put(this.back, "disabled", this.show.place < 0);
            // They tell it all.
            put(this.notes, "hidden", this.notes.lastChild.textContent === "" || !this.show.last);
            put(this.element, "data-stage", stage);
        }
    }

    knockon.presenter = { Show, Presenter, pace };
})((globalThis.knockon ??= {}));
