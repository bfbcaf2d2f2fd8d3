// The switch between light and dark, and as the system has it. Keeps nothing.
"use strict";
(function (knockon) {
    const THEMES = [["", "as the system"], ["light", "light"], ["dark", "dark"]];

    /** The switch. */
    function theme() {
        return knockon.dom.choice("Colors", THEMES, document.documentElement.dataset.theme ?? "", (chosen) => {
            if (chosen === "") delete document.documentElement.dataset.theme;
            else document.documentElement.dataset.theme = chosen;
        });
    }

    knockon.theme = theme;
})((globalThis.knockon ??= {}));
