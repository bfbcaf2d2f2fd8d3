// Shows what a term means where it stands: on hover, on focus, on a tap. Without it terms lead to the words at the end.
"use strict";
(() => {
    const tip = document.createElement("div");
    tip.className = "tip";
    tip.hidden = true;
    // Screen readers have the meaning from the term itself.
    tip.setAttribute("aria-hidden", "true");
    document.body.append(tip);
    let shown = null;

    /** The term that says what a thing on the page is: itself, or the head of a cell's column; of its row where columns have none. */
    function termOf(target) {
        const term = target.closest?.("a.term");
        if (term) return term;
        const cell = target.closest?.("td");
        const column = cell?.closest("table").querySelector("thead tr")?.cells[cell.cellIndex];
        return (column ?? cell?.parentElement.querySelector("th"))?.querySelector("a.term") ?? null;
    }

    function show(term, place) {
        const meaning = document.getElementById(term.hash.slice(1));
        if (!meaning) return;
        const name = document.createElement("strong");
        name.textContent = meaning.previousElementSibling.textContent;
        tip.replaceChildren(name, meaning.textContent);
        tip.hidden = false;
        shown = place;
        const at = place.getBoundingClientRect();
        const width = document.documentElement.clientWidth;
        const left = Math.max(8, Math.min(at.left, width - tip.offsetWidth - 8));
        const below = at.bottom + 6 + tip.offsetHeight <= window.innerHeight;
        const top = below ? at.bottom + 6 : Math.max(8, at.top - tip.offsetHeight - 6);
        tip.style.left = `${left + window.scrollX}px`;
        tip.style.top = `${top + window.scrollY}px`;
    }

    function hide() {
        tip.hidden = true;
        shown = null;
    }

    document.addEventListener("pointerover", (event) => {
        if (event.pointerType === "touch" || tip.contains(event.target)) return;
        const term = termOf(event.target);
        if (term) show(term, event.target.closest("a.term, td"));
        else if (shown && shown !== document.activeElement) hide();
    });
    document.addEventListener("focusin", (event) => {
        const term = event.target.closest?.("a.term");
        if (term) show(term, term);
        else hide();
    });
    document.addEventListener("click", (event) => {
        const term = termOf(event.target);
        if (!term) return hide();
        const place = event.target.closest("a.term, td");
        if (place === term) event.preventDefault();
        if (shown !== place) show(term, place);
    });
    document.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !shown) return;
        hide();
        // One key closes one thing.
        event.stopImmediatePropagation();
    });
})();
