// The caption of a run: the key moment that a moment belongs to, in words. Knows nothing else of the run.
"use strict";
(function (knockon) {
    const { html, put, write, choice } = knockon.dom;
    const { moment } = knockon.words;
    const { last } = knockon.series;

    class Caption {
        constructor(run) {
            this.moments = run.data.moments ?? [];
            this.places = this.moments.map((one) => one.at_s);
            this.title = html("b", {});
            this.text = html("span", {});
            this.element = html("p", { class: "caption spoils", hidden: this.moments.length === 0 }, this.title, " ", this.text);
        }

        update(s) {
            const place = last(this.places, s + 1e-6);
            const now = this.moments[place];
            if (put(this.element, "data-place", place)) this.told?.(place);
            write(this.title, now ? `${moment(now.at_s)} · ${now.title}.` : "Before the fault.");
            write(this.text, now ? now.tell : "Everything is as always.");
        }
    }

    /** The choice of a key moment to go to; shows where the clock stands. */
    function moments(caption, seek) {
        // Nothing is before what happens at once.
        const before = caption.places[0] > 0 ? [["-1", "before"]] : [];
        const options = [...before, ...caption.moments.map((one, i) => [String(i), `${moment(one.at_s)} ${one.title}`])];
        const made = choice("Moment", options, options[0][0], (chosen) => seek(chosen === "-1" ? 0 : caption.places[Number(chosen)]));
        made.classList.add("spoils", "moments-choice");
        caption.told = (place) => (made.lastChild.value = String(place));
        return made;
    }

    knockon.caption = { Caption, moments };
})((globalThis.knockon ??= {}));
