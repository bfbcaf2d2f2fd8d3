// Says where there is more of what scrolls, so that nobody takes what is cut off for all there is: the styles fade that edge,
// and a line above tells who has only a finger. Scrolls nothing.
"use strict";
(function (knockon) {
    /** Fewer pixels than this are no more. */
    const EDGE = 2;
    const HINT = "Swipe or scroll sideways for the rest.";

    /** The sides on which something of a box is out of view. */
    function sides({ scrollLeft, scrollTop, clientWidth, clientHeight, scrollWidth, scrollHeight }) {
        const more = { left: scrollLeft, right: scrollWidth - clientWidth - scrollLeft, up: scrollTop, down: scrollHeight - clientHeight - scrollTop };
        return Object.keys(more).filter((side) => more[side] > EDGE);
    }

    /** Marks a box from now on, and tells above it if it is too wide. */
    function watch(box) {
        const hint = document.createElement("p");
        hint.className = "more";
        hint.textContent = HINT;
        // Those who listen have it from the name of the region.
        hint.setAttribute("aria-hidden", "true");
        box.before(hint);
        const mark = () => {
            box.dataset.more = sides(box).join(" ");
            hint.hidden = box.scrollWidth - box.clientWidth <= EDGE;
        };
        const sizes = new ResizeObserver(mark);
        for (const part of [box, ...box.children]) sizes.observe(part);
        box.addEventListener("scroll", mark, { passive: true });
    }

    knockon.more = { sides, watch };
    if (typeof document !== "undefined") for (const box of document.querySelectorAll(".wide, pre")) watch(box);
})((globalThis.knockon ??= {}));
