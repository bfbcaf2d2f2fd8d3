// Draws the nodes of a topology: health as color, pie and words; threads and queue as bars; replicas as squares; faults as badges.
// Every box is made once; afterwards only what has changed is touched.
"use strict";
(function (knockon) {
    const { svg, put, write } = knockon.dom;
    const { count, short, percent, shortened } = knockon.words;
    const { told } = knockon.states;
    /** Lower boxes have room for a name, a pie and one bar. */
    const COMPACT = 60;
    const PIE = 7;
    const ROUND = Math.PI * PIE;
    /** More replicas than this are told as numbers. */
    const SQUARES = 12;
    /** What is drawn in the square of a replica, so that color is not needed. */
    const SIGNS = {
        "ready": "", "paused": "M3.5,2.5v5M6.5,2.5v5", "starting": "M2.5,5h5M5,2.5v5", "down": "M2.5,2.5l5,5M7.5,2.5l-5,5",
        "out of memory": "M2.5,2.5l5,5M7.5,2.5l-5,5M5,1.5v7", "draining": "M2.5,5h5", "out of rotation": "M2.5,7.5l5,-5",
    };

    /** A bar with a filled part, a hatched part within it, a mark for the twin, and a number behind it. */
    class Bar {
        constructor(label, x, y, width, number) {
            this.width = width;
            this.fill = svg("rect", { x, y, width: 0, height: 8, class: "bar-fill" });
            this.waiting = svg("rect", { x, y, width: 0, height: 8, class: "bar-waiting" });
            this.twin = svg("path", { class: "bar-twin" });
            this.twin_from = [x, y - 2];
            this.number = svg("text", { x: number, y: y + 8, class: "bar-number" });
            const name = label === null ? [] : [svg("text", { x: 10, y: y + 8, class: "bar-label" }, label)];
            this.parts = [...name, svg("rect", { x, y, width, height: 8, class: "bar-frame" }), this.fill, this.waiting, this.twin, this.number];
        }

        update(share, waiting, twin, text) {
            const pixels = (part) => (Math.min(1, Math.max(0, part || 0)) * this.width).toFixed(1);
            put(this.fill, "width", pixels(share));
            put(this.waiting, "width", pixels(waiting));
            const shown = twin > 0;
            put(this.twin, "visibility", shown ? null : "hidden");
            if (shown) put(this.twin, "d", `M${this.twin_from[0] + Number(pixels(twin))},${this.twin_from[1]}v12`);
            write(this.number, text);
        }
    }

    /** The squares of the replicas of a service. */
    class Replicas {
        constructor(tracks, y) {
            this.tracks = tracks;
            this.text = svg("text", { x: 10, y: y + 9, class: "bar-number" });
            this.squares = tracks.length > SQUARES ? [] : tracks.map((_, i) => ({
                group: svg("g", { transform: `translate(${10 + i * 13},${y})`, class: "replica" }, svg("rect", { width: 10, height: 10, rx: 1.5 })),
                sign: svg("path", {}),
            }));
            for (const square of this.squares) square.group.append(square.sign);
            this.parts = [...this.squares.map((square) => square.group), this.text];
        }

        update(s, world, look) {
            this.squares.forEach((square, i) => {
                const own = world === "actual" ? this.tracks[i].at(s).state : "ready";
                const state = knockon.states.seen(own, look);
                put(square.group, "data-state", state);
                put(square.group, "display", state === "absent" ? "none" : null);
                put(square.sign, "d", SIGNS[state] ?? "");
            });
            if (this.squares.length === 0 && this.tracks.length > 0) {
                write(this.text, world === "actual" ? shortened(told(this.tracks, s, look), 24) : `${this.tracks.length} ready`);
            }
        }
    }

    /** One node. */
    class NodeView {
        constructor(data, index, tracks) {
            this.node = data.nodes[index];
            this.tracks = tracks;
            this.faults = data.faults.filter((fault) => fault.service === this.node.name && this.node.kind === "service");
            this.hit = (data.first_hit ?? []).map((hit, i) => ({ ...hit, order: i + 1 })).find((hit) => hit.node === index) ?? null;
            this.build(index);
        }

        build(index) {
            const { x, y, w, h, name, kind } = this.node;
            const compact = h < COMPACT;
            const pie = compact ? h / 2 : 17;
            this.box = svg("rect", { width: w, height: h, rx: kind === "class" ? Math.min(20, h / 2) : 5, class: "node-box" });
            const round = kind === "class" ? Math.min(24, h / 2 + 5) : 9;
            this.ring = svg("rect", { x: -5, y: -5, width: w + 10, height: h + 10, rx: round, class: "node-ring" });
            this.slice = svg("circle", { cx: 17, cy: pie, r: PIE / 2, class: "pie-slice", transform: `rotate(-90 17 ${pie})` });
            this.check = svg("path", { d: `M13.5,${pie + 0.3}l2.6,2.8l4.6,-5.4`, class: "pie-check" });
            this.status = svg("text", { x: compact ? 30 : 10, y: compact ? h / 2 + 14 : 39, class: "node-status" });
            const room = w - (kind === "class" ? 34 : 54);
            const long = name.length * 7.8 > room;
            const label = svg("text", { x: 30, y: compact ? h / 2 - 2 : 21.5, class: long ? "node-name long" : "node-name" },
                shortened(name, Math.floor(room / (long ? 6.3 : 7.8))));
            this.group = svg("g", { transform: `translate(${x},${y})`, class: `node ${kind}`, role: "button", tabindex: -1, "data-node": index },
                svg("title", {}, name), this.ring, this.box, svg("circle", { cx: 17, cy: pie, r: PIE, class: "pie" }),
                this.slice, this.check, label, this.status);
            if (kind === "service") this.build_service(compact, w, h);
            this.build_badges(w);
        }

        build_service(compact, w, h) {
            this.threads = compact ? null : new Bar("threads", 56, 47, w - 116, w - 56);
            this.queue = compact ? new Bar(null, w - 48, h / 2 + 6, 40, w) : new Bar("queue", 56, 61, w - 116, w - 56);
            this.replicas = compact ? null : new Replicas(this.tracks, 76);
            for (const part of [this.threads, this.queue, this.replicas]) this.group.append(...(part?.parts ?? []));
        }

        build_badges(w) {
            this.fault = svg("g", { class: "fault-badge", transform: `translate(${w / 2},-9)` });
            this.fault_text = svg("text", { y: 4 });
            this.fault_box = svg("rect", { y: -9, height: 18, rx: 9 });
            this.fault.append(this.fault_box, this.fault_text);
            this.order = svg("g", { class: "hit-badge", transform: `translate(${w - 12},12)` },
                svg("circle", { r: 9 }), svg("text", { y: 4 }, this.hit === null ? "" : String(this.hit.order)));
            this.group.append(this.fault, this.order);
        }

        update(run, own, s, look) {
            const world = this.node.kind === "service" ? knockon.health.shown(run, own, this.node.name, look) : own;
            const health = knockon.health.node(run, world, this.node, s);
            put(this.group, "data-step", health.step);
            put(this.slice, "stroke-dasharray", `${(health.share * ROUND).toFixed(1)} ${ROUND.toFixed(1)}`);
            put(this.check, "visibility", health.step === 0 ? null : "hidden");
            write(this.status, health.words);
            const parts = this.node.kind === "service" ? this.update_service(run, world, s, look) : this.update_users(run, world, s);
            const fault = this.update_badges(look.discreet || world === "twin", s);
            const users = this.node.kind === "class" ? ["users"] : [];
            put(this.group, "aria-description", [...users, health.words, ...parts, ...fault].join("; "));
        }

        update_users(run, world, s) {
            return [`${count(run.rate(world, "classes", this.node.name, "arrived", s))} requests/s`];
        }

        update_service(run, world, s, look) {
            const level = (field, of = world) => run.level(of, "services", this.node.name, field, s);
            const [busy, waiting, queue] = [level("busy_threads"), level("waiting_threads"), level("queue_length")];
            const twin = (field) => (look.ghost && world !== "twin" ? level(field, "twin") : NaN);
            const scale = (length) => Math.log1p(length) / Math.log1p(run.longest_queue);
            const threads = (of) => Math.max(1, run.threads(of, this.node, s));
            const all = threads(world);
            const held = Number.isNaN(busy) ? "–" : `${short(busy)}/${short(Math.round(all))}`;
            this.threads?.update(busy / all, Math.min(waiting, busy) / all, twin("busy_threads") / threads("twin"), held);
            this.queue.update(scale(queue), 0, scale(twin("queue_length")), this.threads === null ? "" : count(Math.round(queue)));
            this.replicas?.update(s, world, look);
            const replicas = world === "twin" ? `${this.tracks.length} ready` : told(this.tracks, s, look);
            if (world === null) return [];
            const share = percent(busy > 0 ? Math.min(1, waiting / busy) : 0);
            return [`threads ${count(Math.round(busy))} of ${count(Math.round(all))}, ${share} of them waiting on calls`,
                `queue ${count(Math.round(queue))}`, `replicas ${replicas}`];
        }

        update_badges(hidden, s) {
            const active = hidden ? [] : this.faults.filter((fault) => fault.from_s <= s && (fault.to_s === null || s < fault.to_s));
            const text = active.map((fault) => fault.effect).join(", ");
            put(this.fault, "display", text === "" ? "none" : null);
            if (write(this.fault_text, text === "" ? "" : `fault: ${text}`)) {
                const width = (text.length + 7) * 7 + 18;
                put(this.fault_box, "width", width);
                put(this.fault_box, "x", -width / 2);
            }
            const hit = !hidden && this.hit !== null && this.hit.at_s <= s;
            put(this.order, "display", hit ? null : "none");
            const via = hit ? [`hit as number ${this.hit.order}: ${this.hit.via}`] : [];
            return text === "" ? via : [`fault: ${text}`, ...via];
        }
    }

    knockon.NodeView = NodeView;
})((globalThis.knockon ??= {}));
