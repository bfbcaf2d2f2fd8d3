// The key moments of all runs of a page in order: what runs have in common is one. Knows no clock and draws nothing.
"use strict";
(function (knockon) {
    /** What counts as the same instant. */
    const SAME_S = 1e-6;
    const alike = (a, b) => a.at_s === b.at_s && a.title === b.title && a.ask === b.ask;

    /** What is told of a moment up to an instant: what happens later than that is not told yet. */
    function known({ tell, later = [] }, s) {
        return [tell, ...later.filter(([at_s]) => at_s <= s + SAME_S).map(([, text]) => text)].filter((text) => text !== "").join(" ");
    }

    /** Of the moments of each run: `at_s`, `title`, `ask`, and what each `run` tells of it, with its `place` among those of the run. */
    function gathered(runs) {
        const found = [];
        runs.forEach((moments, run) => moments.forEach((one, place) => {
            const { at_s, title, ask } = one;
            const tell = known(one, Infinity);
            const same = found.find((other) => alike(other, one) && other.told.every((told) => told.run !== run));
            if (same !== undefined) same.told.push({ run, place, tell });
            else found.push({ at_s, title, ask, told: [{ run, place, tell }] });
        }));
        return found.sort((a, b) => a.at_s - b.at_s);
    }

    /** What a moment is called among runs of these names. */
    function called({ title, told }, names) {
        return told.length === names.length ? title : `${title} (${told.map(({ run }) => names[run]).join(", ")})`;
    }

    /** What all runs tell of a moment; what only one of several tells is told with its name. */
    function told(moment, names) {
        const [first] = moment.told;
        if (moment.told.length === names.length && moment.told.every(({ tell }) => tell === first.tell)) return first.tell;
        return moment.told.map(({ run, tell }) => `${names[run]}: ${tell}`).join("\n");
    }

    knockon.moments = { known, gathered, called, told };
})((globalThis.knockon ??= {}));
