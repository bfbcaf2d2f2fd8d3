// The address of a moment: "#t=61&show=user&mode=present". Reads and writes it, and follows nothing else.
"use strict";
(function (knockon) {
    const MODES = ["replay", "present", "interview"];

    /** What an address asks for; what it does not say is null. */
    function read(hash) {
        const asked = new URLSearchParams(hash.replace(/^#/, ""));
        const s = asked.get("t") === null ? NaN : Number(asked.get("t"));
        const mode = asked.get("mode");
        return { s: Number.isFinite(s) ? s : null, show: asked.get("show"), mode: MODES.includes(mode) ? mode : null };
    }

    /** The address of a moment, and of the chosen node. */
    function write(s, show, mode) {
        const parts = new URLSearchParams({ t: String(Math.round(s * 100) / 100) });
        if (show !== null) parts.set("show", show);
        if (mode !== "replay") parts.set("mode", mode);
        return `#${parts}`;
    }

    knockon.link = { read, write };
})((globalThis.knockon ??= {}));
