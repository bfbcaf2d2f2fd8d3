// Says what has happened since, to those who listen. Says no more than may be seen.
"use strict";
(function (knockon) {
    const { html, write } = knockon.dom;
    const { moment } = knockon.words;
    /** People are told of events at most so often, in the reader's seconds. */
    const TOLD_S = 1.5;
    /** Of a longer leap nothing is said, and of a shorter one so many events. */
    const LEAP_S = 600;
    const MOST = 3;

    /** The events between two moments, in words; without those that may not be seen. */
    function said(groups, since, at, look) {
        const news = (group) => group.events.some((event) => since < event.at_s && event.at_s <= at);
        const all = groups.filter((group) => news(group) && knockon.events.seen(group, look));
        return all.slice(-MOST).map((group) => knockon.events.worded(group, at, look));
    }

    class Voice {
        /** `called` says what tells the run of a stage from the other. */
        constructor(stages, called) {
            this.stages = stages;
            this.called = called;
            this.told = { s: -Infinity, at: 0 };
            this.element = html("p", { class: "hearing", "aria-live": "polite" });
        }

        /** `now` is the reader's time in seconds. */
        update(at, now, look) {
            const since = this.told.s;
            if (now - this.told.at < TOLD_S && look.playing) return;
            this.told = { s: at, at: now };
            if (at <= since || at - since > LEAP_S) return;
            const told = this.stages.flatMap((stage) => said(stage.groups, since, at, stage.look(look)).map((text) => text + this.called(stage)));
            if (told.length > 0) write(this.element, `${moment(at)}: ${told.join("; ")}`);
        }

        /** Takes back what was said: who asks now is not to be answered by it. */
        hush() {
            write(this.element, "");
        }
    }

    knockon.voice = { Voice, said };
})((globalThis.knockon ??= {}));
