// The caption of a run: the key moment that a moment belongs to, in words; and the choice of a key moment to go to. Knows
// nothing else of the run.
"use strict";
(function (knockon) {
    const { html, put, write, choice } = knockon.dom;
    const { moment } = knockon.words;
    const { last } = knockon.series;
    /** What counts as the same instant. */
    const SAME_S = 1e-6;
    /** There the map is made to fit below it. */
    const ROOMY = "(min-width: 60rem) and (min-height: 30rem)";

    /** Which of some moments is told at an instant: the last up to it; at the instant of the one that was picked, that one. */
    class Place {
        constructor(moments) {
            this.places = moments.map((one) => one.at_s);
            this.picked = null;
        }

        pick(place) {
            this.picked = place;
        }

        at(s) {
            if (this.picked !== null && Math.abs(this.places[this.picked] - s) > SAME_S) this.picked = null;
            return this.picked ?? last(this.places, s + SAME_S);
        }
    }

    /** What a moment tells where nobody asks: a yes or no alone would answer nothing. */
    function unasked(tell) {
        return tell.replace(/^(?:yes|no)[.,:;!]\s+(.)/i, (_, first) => first.toUpperCase());
    }

    class Caption {
        constructor(run) {
            this.moments = run.data.moments ?? [];
            this.place = new Place(this.moments);
            this.title = html("b", {});
            this.text = html("span", {});
            this.element = html("p", { class: "caption spoils", hidden: this.moments.length === 0 }, this.title, " ", this.text);
        }

        /** Takes the room that the longest needs, where there is room: what lies below stays where it is. */
        settle() {
            this.element.style.minHeight = "";
            if (!globalThis.matchMedia(ROOMY).matches) return;
            const needed = this.moments.map((one) => {
                this.show(one, Infinity);
                return this.element.offsetHeight;
            });
            this.element.style.minHeight = `${Math.max(0, ...needed)}px`;
        }

        update(s) {
            const place = this.place.at(s);
            put(this.element, "data-place", place);
            this.show(this.moments[place], s);
        }

        show(now, s) {
            write(this.title, now ? `${moment(now.at_s)} · ${now.title}.` : "Before the fault.");
            write(this.text, now ? unasked(knockon.moments.known(now, s)) : "Everything is as always.");
        }
    }

    /** The choice of a key moment to go to; shows where the clock stands. */
    class Choice {
        /** `moments` are those of all runs; `pick` is told the one that somebody chooses, or null for what is before. */
        constructor(moments, names, pick) {
            this.place = new Place(moments);
            // Nothing is before what happens at once.
            const before = moments[0].at_s > 0 ? [["-1", "before"]] : [];
            const options = [...before, ...moments.map((one, i) => [String(i), `${moment(one.at_s)} ${knockon.moments.called(one, names)}`])];
            this.element = choice("Moment", options, options[0][0], (chosen) => {
                const place = chosen === "-1" ? null : Number(chosen);
                this.place.pick(place);
                pick(place === null ? null : moments[place]);
            });
            this.element.classList.add("spoils", "moments-choice");
        }

        update(s) {
            const value = String(this.place.at(s));
            if (this.element.lastChild.value !== value) this.element.lastChild.value = value;
        }
    }

    knockon.caption = { Place, Caption, Choice, unasked };
})((globalThis.knockon ??= {}));
