// What is behind the failures that came through a node at a moment: each root's share of the harm. Judges nothing.
"use strict";
(function (knockon) {
    const { html, put, write } = knockon.dom;
    const { percent, count } = knockon.words;
    const { decode, sum } = knockon.series;
    /** So many roots are told, if they have such a share; the rest is one. */
    const MOST = 5;
    const LEAST = 0.01;

    /** Harm by window, from pairs of a window and what was harmed in a stretch of windows from there on. */
    function harm(pairs, windows, stretch) {
        const values = new Float64Array(windows);
        for (const [window, harmed] of pairs) values.fill(harmed / stretch, window, Math.min(windows, window + stretch));
        return values;
    }

    /** The roots of the harm that came through a node, with their harm by window. */
    function roots(run, node) {
        const blamed = (run.data.blame ?? []).find((blame) => blame.node === node);
        const { windows: length, stretch } = run.data;
        return (blamed?.roots ?? []).map(({ root, windows }) => ({ name: run.data.roots[root].root, harmed: harm(windows, length, stretch ?? 1) }));
    }

    /** The roots of all harm of a run. */
    function all_roots(run) {
        return (run.data.roots ?? []).map(({ root, windows }) => ({ name: root, harmed: decode(windows ?? 0, run.data.windows) }));
    }

    /** The shares of the roots at a moment, largest first, and how many they began to hold in the last seconds. */
    function shares(run, roots, s) {
        const to = run.window(s);
        const harmed = roots.map(({ name, harmed }) => ({ name, harmed: sum(harmed, to - run.span + 1, to) })).filter((root) => root.harmed > 0);
        const total = harmed.reduce((all, root) => all + root.harmed, 0);
        const sorted = harmed.map((root) => ({ name: root.name, share: root.harmed / total })).sort((a, b) => b.share - a.share);
        const told = sorted.slice(0, MOST).filter((root) => root.share >= LEAST);
        const rest = sorted.slice(told.length).reduce((all, root) => all + root.share, 0);
        return { total, shares: [...told, ...(rest > 0 ? [{ name: "others", share: rest }] : [])] };
    }

    /** What is said where nobody was hit in the last seconds: harm is counted when something begins to hold a request. */
    function nobody(run, s) {
        if (!run.paired) return "not known: this run has no twin";
        const hangs = run.classes.some((name) => knockon.health.users(run, "actual", name, s).hangs);
        return hangs ? "requests hang: what holds them has done so for longer" : "nobody is worse off than in the twin";
    }

    class Blame {
        constructor() {
            this.title = html("h4", {});
            this.none = html("p", { class: "nothing" });
            this.rows = Array.from({ length: MOST + 1 }, () => {
                const [text, fill] = [html("span", {}), html("i", {})];
                return { text, fill, item: html("li", { hidden: true }, text, html("span", { class: "blame-bar" }, fill)) };
            });
            this.element = html("div", { class: "blame spoils" }, this.title, html("ul", {}, ...this.rows.map((row) => row.item)), this.none);
        }

        choose(run, index) {
            this.run = run;
            this.roots = roots(run, index);
            const node = run.data.nodes[index];
            write(this.title, node.kind === "class" ? `Behind the harm to ${node.name}` : `Behind the harm that came through ${node.name}`);
        }

        update(s) {
            if (this.run === undefined) return;
            const { total, shares: told } = shares(this.run, this.roots, s);
            this.rows.forEach(({ item, text, fill }, i) => {
                const root = told[i];
                put(item, "hidden", root === undefined);
                if (root === undefined) return;
                write(text, `${percent(root.share)} ${root.name}`);
                fill.style.width = `${(root.share * 100).toFixed(1)}%`;
            });
            const lately = this.run.span * this.run.data.window_s;
            const harmed = `${count(Math.round(total))} requests hit in the last ${count(lately)} s: worse off than in the twin`;
            write(this.none, total > 0 ? harmed : nobody(this.run, s));
        }
    }

    knockon.blame = { Blame, all_roots, roots, shares, nobody };
})((globalThis.knockon ??= {}));
