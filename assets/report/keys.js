// The keys of the replay, and the help that tells them. They work while the focus is within the replay.
"use strict";
(function (knockon) {
    const { html } = knockon.dom;
    const KEYS = [
        [["Space", "K"], "play or pause"], [["←", "→"], "a window back or on"], [["PageUp", "PageDown"], "a minute back or on"],
        [["Home", "End"], "the begin, the end"], [["P", "N"], "the event before, the next one"],
        [["Enter"], "presenter: show, go on, as Space does where it waits; a node: its lanes"],
        [["Esc"], "let go of the node"], [["?"], "this help"],
    ];
    /** What scrolls needs these too. */
    const SCROLLING = ["PageUp", "PageDown"];
    /** What needs the usual keys itself. */
    const TYPING = "select, textarea, input:not([type=range]), summary, button, a, [role=button], [role=region]";

    /** The name of what a key does; null if it is none of ours, or belongs to what has the focus. */
    function meaning(event) {
        if (event.ctrlKey || event.metaKey || event.altKey) return null;
        const busy = event.target.matches?.(TYPING) ?? false;
        const letters = { k: "play", n: "next", p: "previous", "?": "help", Escape: "leave", PageDown: "minute on", PageUp: "minute back" };
        if (SCROLLING.includes(event.key) && event.target.matches?.("[role=region]")) return null;
        const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
        if (letter in letters) return event.target.matches?.("select, textarea") ? null : letters[letter];
        const plain = { " ": "play", ArrowRight: "on", ArrowLeft: "back", ArrowUp: "on", ArrowDown: "back", Home: "begin", End: "end", Enter: "go" };
        const kept = event.target.matches?.("input[type=range]") ? [] : ["ArrowUp", "ArrowDown"];
        return busy || kept.includes(event.key) ? null : plain[event.key] ?? null;
    }

    function help() {
        const caps = (keys) => keys.flatMap((key, i) => [i > 0 ? " " : "", html("kbd", {}, key)]);
        const rows = KEYS.map(([keys, what]) => html("tr", {}, html("th", { scope: "row" }, ...caps(keys)), html("td", {}, what)));
        return html("details", { class: "help" }, html("summary", {}, "Keys and modes"),
            html("table", {}, html("tbody", {}, ...rows)),
            html("p", {}, "The keys work while the focus is in the replay. A moment has an address: copy it from the address line to share it."),
            html("p", {}, "The presenter stops at the key moments, asks, and tells when you press Enter; the story is hidden meanwhile."),
            html("p", {}, "The interview asks and never tells: story, blame and faults are hidden from view, but they are in this file, for whoever looks at its source."));
    }

    knockon.keys = { meaning, help };
})((globalThis.knockon ??= {}));
