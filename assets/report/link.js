// The address of a moment: "#t=61&show=user&mode=present"; "users=" shows a traffic class, "run=2" means that of the second
// run. Reads and writes it, and follows nothing else.
"use strict";
(function (knockon) {
    const MODES = ["replay", "present", "interview"];

    /** What an address asks for; what it does not say is null. */
    function read(hash) {
        const asked = new URLSearchParams(hash.replace(/^#/, ""));
        const s = asked.get("t") === null ? NaN : Number(asked.get("t"));
        const mode = asked.get("mode");
        return { s: Number.isFinite(s) ? s : null, show: asked.get("show"), users: asked.get("users"), run: asked.get("run"), mode: MODES.includes(mode) ? mode : null };
    }

    /** Where the node is that an address asks for: its run and its place there; null if there is none. */
    function place(runs, asked) {
        const run = asked.run === null ? 0 : Number(asked.run) - 1;
        const nodes = runs[run]?.data.nodes ?? [];
        const find = (name, kinds) => (name === null ? -1 : nodes.findIndex((node) => node.name === name && kinds.includes(node.kind)));
        const node = [find(asked.users, ["class"]), find(asked.show, ["service"]), find(asked.show, ["class"])].find((place) => place >= 0);
        return node === undefined ? null : { run, node };
    }

    /** What an address says of a node. */
    function shown(runs, run, node) {
        const { kind, name } = run.data.nodes[node];
        const number = runs.indexOf(run);
        return { [kind === "class" ? "users" : "show"]: name, ...(number > 0 ? { run: String(number + 1) } : {}) };
    }

    /** The address of a moment, and of the chosen node: never of an instant before it, in which it has not happened yet. */
    function write(s, show, mode) {
        const parts = new URLSearchParams({ t: String(Math.ceil(s * 100 - 1e-6) / 100) });
        for (const [key, value] of Object.entries(show ?? {})) parts.set(key, value);
        if (mode !== "replay") parts.set("mode", mode);
        return `#${parts}`;
    }

    knockon.link = { read, write, place, shown };
})((globalThis.knockon ??= {}));
