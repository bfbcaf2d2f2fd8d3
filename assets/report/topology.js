// The topology of a run in one of its worlds, as it is at a moment; nodes can be chosen. Knows no time of its own.
"use strict";
(function (knockon) {
    const { html, svg, put } = knockon.dom;
    /** Room for badges above the first row, and a little all around. */
    const EDGE = 22;
    /** The least size at which words can be read, in pixels for each unit of the layout. */
    const READABLE = 0.72;
    /** Where it must share the room with a question it may be smaller, but not without end. */
    const SMALLEST = 0.5;

    class Topology {
        /** `choose` is told the node that somebody chooses. */
        constructor(run, world, choose) {
            this.run = run;
            this.world = world;
            this.choose = choose;
            const { data } = run;
            const tracks = knockon.states.replicas(data);
            this.edges = knockon.edges(data);
            this.nodes = data.nodes.map((_, i) => new knockon.NodeView(data, i, tracks[i]));
            this.focus = 0;
            this.element = html("div", { class: "topology", tabindex: -1 }, this.picture(data));
            this.listen();
        }

        picture(data) {
            const [width, height] = data.size;
            const viewBox = `${-EDGE} ${-EDGE} ${width + 2 * EDGE} ${height + 2 * EDGE}`;
            this.svg = svg("svg", { viewBox, role: "group", "aria-label": this.label() });
            this.svg.style.minWidth = `calc(${Math.round((width + 2 * EDGE) * READABLE)}px * var(--least, 1))`;
            const low = (scale) => `${Math.round((height + 2 * EDGE) * scale)}px`;
            this.svg.style.setProperty("--low", low(READABLE));
            this.svg.style.setProperty("--smallest", low(SMALLEST));
            this.svg.style.maxWidth = `${Math.round((width + 2 * EDGE) * 1.25)}px`;
            this.svg.append(...this.edges.map((edge) => edge.lines), ...this.nodes.map((node) => node.group),
                ...this.edges.map((edge) => edge.words));
            if (this.nodes.length > 0) put(this.nodes[0].group, "tabindex", 0);
            return this.svg;
        }

        label() {
            const world = this.world === "twin" ? "the twin, without faults" : "who calls whom";
            return `Topology: ${world}. Arrow keys move between nodes, Enter shows one.`;
        }

        listen() {
            this.svg.addEventListener("click", (event) => this.pick(event.target.closest?.("[data-node]")));
            this.svg.addEventListener("focusin", (event) => {
                const node = event.target.closest?.("[data-node]");
                if (node) this.rove(Number(node.dataset.node), false);
            });
            this.svg.addEventListener("keydown", (event) => {
                const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
                if (event.key in ways) this.rove(this.beside(...ways[event.key]), true);
                else if (event.key === "Enter" || event.key === " ") this.pick(this.nodes[this.focus].group);
                else return;
                event.preventDefault();
                event.stopPropagation();
            });
        }

        pick(group) {
            if (group) this.choose(Number(group.dataset.node));
        }

        /** Moves the one node that the Tab key reaches. */
        rove(to, focus) {
            put(this.nodes[this.focus].group, "tabindex", -1);
            this.focus = to;
            put(this.nodes[to].group, "tabindex", 0);
            if (focus) this.nodes[to].group.focus();
        }

        /** The nearest node to one side of that with the focus, or itself. */
        beside(right, down) {
            const own = this.nodes[this.focus].node;
            const middle = (node) => [node.x + node.w / 2, node.y + node.h / 2];
            const [x, y] = middle(own);
            let best = [this.focus, Infinity];
            this.nodes.forEach(({ node }, i) => {
                const [dx, dy] = [middle(node)[0] - x, middle(node)[1] - y];
                const ahead = dx * right + dy * down;
                const aside = Math.abs(dx * down) + Math.abs(dy * right);
                if (i !== this.focus && ahead > 1 && ahead + 3 * aside < best[1]) best = [i, ahead + 3 * aside];
            });
            return best[0];
        }

        /** Marks the chosen node, which comes into view; null if none is. */
        mark(chosen) {
            this.nodes.forEach((node, i) => put(node.group, "aria-pressed", String(i === chosen)));
            if (chosen !== null) this.bring(this.nodes[chosen].group.getBoundingClientRect());
        }

        /** Scrolls itself, and not the page, to what lies beside it. */
        bring({ left, right }) {
            const own = this.element.getBoundingClientRect();
            if (left < own.left || right > own.right) this.element.scrollLeft += (left + right - own.left - own.right) / 2;
        }

        update(s, look) {
            const world = (edge) => knockon.health.between(this.run, this.world, edge, look);
            this.edges.forEach((edge, i) => edge.update(this.run, world(this.run.data.edges[i]), s, look));
            for (const node of this.nodes) node.update(this.run, this.world, s, look);
        }
    }

    knockon.Topology = Topology;
})((globalThis.knockon ??= {}));
