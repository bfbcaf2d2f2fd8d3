// How to read the topology. Knows no run.
"use strict";
(function (knockon) {
    const { html, svg } = knockon.dom;
    const ROUND = Math.PI * 7;
    const STEPS = [[0, "under 5 % fail"], [0.15, "5 %"], [0.35, "25 %"], [0.7, "50 %"], [1, "90 % and more"]];

    function pie(share, step) {
        const parts = [svg("circle", { cx: 9, cy: 9, r: 7, class: "pie" }),
            svg("circle", { cx: 9, cy: 9, r: 3.5, class: "pie-slice", "stroke-dasharray": `${share * ROUND} ${ROUND}`,
                transform: "rotate(-90 9 9)" })];
        if (step === 0) parts.push(svg("path", { d: "M5.5,9.3l2.6,2.8l4.6,-5.4", class: "pie-check" }));
        return svg("svg", { width: 18, height: 18, "aria-hidden": "true" }, svg("g", { "data-step": step, class: "node" }, ...parts));
    }

    function sample(...parts) {
        return svg("svg", { width: 40, height: 14, "aria-hidden": "true" }, ...parts);
    }

    const bar = (style, width) => svg("rect", { y: 3, width, height: 8, class: style });
    const call = (width) => svg("path", { d: "M0,7h40", class: "edge-line", "stroke-width": width });
    const item = (picture, text) => html("li", {}, picture, text);

    /** The lines and marks of the chart. */
    function chart_keys(paired, unattended) {
        const line = (style) => sample(svg("path", { d: "M0,7h40", class: style }));
        const { action, moment, fault } = knockon.Chart.MARKS;
        const twin = paired ? [item(line("line-twin"), "the twin's, without faults")] : [];
        const alone = unattended ? [item(line("line-unattended"), "if nobody had acted")] : [];
        const strip = sample(svg("rect", { y: 5, width: 40, height: 4, class: "alert-strip" }));
        return [item(line("line-own"), "answered requests/s"), ...twin, ...alone, item(strip, "an alert fires"),
            item("", `${fault} fault, ${action} somebody acts, ${moment} key moment; a number: so many close together`)];
    }

    function legend(paired, unattended) {
        const twin = paired ? [
            item(sample(call(2)), "calls as in the twin"),
            item(sample(call(6)), "five times as many"),
            item(sample(bar("bar-frame", 40), svg("path", { d: "M14,1v12", class: "bar-twin" })), "the twin's threads, queue"),
        ] : [];
        const hit = paired ? [item(html("i", { class: "order-sample" }, "1"), "hit first")] : [];
        return html("ul", { class: "legend", "aria-label": "How to read it" },
            ...STEPS.map(([share, text], step) => item(pie(share, step), text)),
            item(sample(svg("g", { class: "edge", "data-step": 4 }, call(3))), "calls that fail"),
            ...twin,
            item(sample(bar("bar-frame", 40), bar("bar-fill", 30), bar("bar-waiting", 18)), "threads held; hatched: waiting on a call"),
            ...hit, ...chart_keys(paired, unattended));
    }

    knockon.legend = legend;
})((globalThis.knockon ??= {}));
