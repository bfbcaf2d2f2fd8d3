// Puts the replay together and runs it: one clock, a stage for each run, what is chosen, the keys, the address.
"use strict";
(function (knockon) {
    const { html, put, write, button, choice } = knockon.dom;
    const { Clock, elapsed, next, previous } = knockon.clock;
    /** A large system is drawn anew at most so often a second. */
    const LARGE = 60;
    const LARGE_S = 1 / 12;
    /** Narrower than this, the choices are folded away. */
    const NARROW = 600;

    class Replay {
        constructor(root, data) {
            this.root = root;
            this.runs = data.runs.map((run, i) => Object.assign(new knockon.Run(run), { number: i }));
            const end = Math.max(...this.runs.map((run) => run.end));
            this.clock = new Clock(end);
            /** The shortest window of any run: what is shown changes no more often. */
            this.window_s = Math.min(...this.runs.map((run) => run.data.window_s));
            const act = { choose: (stage, node) => this.choose(stage, node), seek: (s) => this.seek(s) };
            this.names = knockon.Run.names(data.runs);
            this.stages = this.runs.map((run, i) => new knockon.Stage(run, this.names[i], end, act));
            this.moments = knockon.events.moments(this.stages.flatMap((stage) => stage.groups));
            this.key_moments = knockon.moments.gathered(this.runs.map((run) => run.data.moments ?? []));
            const names = () => this.stages.map((stage) => stage.name);
            this.presenter = new knockon.presenter.Presenter(this.runs, this.key_moments, names, this.clock, () => this.presented());
            this.mode = "replay";
            this.chosen = null;
            this.shown = -1;
            this.drawn_s = 0;
            this.frame = this.frame.bind(this);
            this.build();
        }

        build() {
            this.bar = this.build_bar();
            this.controls = this.build_controls();
            this.voice = new knockon.voice.Voice(this.stages, (stage) => this.called(stage));
            this.detail = new knockon.Detail((stage) => this.called(stage), () => this.choose(null, null));
            this.tables = this.stages.map((stage) => new knockon.Table(stage.run, this.called(stage)));
            this.help = knockon.keys.help();
            this.further = button("", () => this.detail.reveal(), { hidden: true });
            this.presenter.bar.prepend(this.further);
            const stages = html("div", { class: "stages", "data-runs": this.stages.length }, ...this.stages.map((stage) => stage.element));
            if (this.stages.length > 1) stages.append((this.stages.find((stage) => stage.run.paired) ?? this.stages[0]).legend);
            this.body = html("div", { class: "replay", "data-large": this.runs[0].data.nodes.length > LARGE },
                this.bar, this.presenter.element, stages, this.controls.element, this.detail.element,
                ...this.tables.map((table) => table.element), this.help, this.voice.element, hatch());
            this.root.append(this.body);
            // What is drawn anew shows all that is to come until the moment is.
            this.room = new knockon.Room(this, () => this.render(true));
            for (const box of this.body.querySelectorAll(".scroll")) knockon.more.watch(box);
        }

        /** What tells a run from the other behind the name of something; nothing if there is one run. */
        called(stage) {
            return this.stages.length > 1 ? ` (${stage.name})` : "";
        }

        build_bar() {
            const compare = [["ghost", "as a ghost"], ["beside", "next to it"], ["off", "hidden"]];
            const modes = [["replay", "replay"], ["present", "presenter"], ["interview", "interview"]];
            this.mode_choice = choice("Mode", modes, "replay", (mode) => this.enter(mode));
            const twin = choice("Twin", compare, "ghost", (how) => this.compare(how));
            const names = [...new Set(this.runs.flatMap((run) => run.classes))];
            const classes = [["", "all traffic"], ...names.map((name) => [name, name])];
            const traffic = choice("Traffic", classes, "", (name) => this.chart(name === "" ? null : name));
            const size = choice("Size", [["", "readable"], ["whole", "all of it"]], "", (whole) => put(this.body, "data-whole", whole || null));
            const full = button("Full screen", () => (document.fullscreenElement ? document.exitFullscreen() : this.body.requestFullscreen()));
            const place = document.getElementById("theme");
            const theme = knockon.theme();
            place?.append(theme);
            this.moment_choice = this.key_moments.length === 0 ? null : new knockon.caption.Choice(this.key_moments, this.names, (one) => this.pick(one));
            const told = this.moment_choice === null ? [] : [this.mode_choice, this.moment_choice.element];
            const parts = [...told, ...(this.runs.some((run) => run.paired) ? [twin] : []), size, traffic, ...(place ? [] : [theme]), full];
            const bar = html("div", { class: "replay-bar" }, ...parts);
            return html("details", { class: "settings" }, html("summary", {}, "Modes, moments, twin"), bar);
        }

        build_controls() {
            const act = { toggle: () => this.toggle(), seek: (s) => this.seek(s), back: () => this.step(previous), on: () => this.step(next) };
            const controls = new knockon.Controls(this.clock, this.runs[0].data.window_s, this.runs[0].start, act);
            controls.element.prepend(...this.place_charts());
            return controls;
        }

        /** One chart lies above the slider, and the legend below the topology; two charts lie with their runs. */
        place_charts() {
            const [first] = this.stages;
            if (this.stages.length === 1) {
                first.map.append(first.legend);
                return [first.chart.element];
            }
            for (const stage of this.stages) stage.element.append(stage.chart.element);
            return [];
        }

        start() {
            this.compare("ghost");
            document.addEventListener("keydown", (event) => this.key(event));
            globalThis.addEventListener("hashchange", () => this.follow());
            new ResizeObserver(() => this.draw()).observe(this.body);
            this.room.watch();
            this.link_moments();
            this.draw();
            this.follow();
            this.render(true);
        }

        /** Moments of the story lead to the replay. */
        link_moments() {
            for (const when of document.querySelectorAll("[data-at]")) {
                const at = when.querySelector(".at");
                if (at === null) continue;
                const href = knockon.link.write(Number(when.dataset.at), null, "replay");
                const link = html("a", { href, title: "Show it in the replay" }, at.textContent);
                // Where the address stays as it is nobody else follows it.
                link.addEventListener("click", () => location.hash === link.hash && this.follow());
                at.replaceChildren(link);
            }
        }

        /** Goes where the address says. */
        follow() {
            const asked = knockon.link.read(location.hash);
            if (asked.mode !== null && asked.mode !== this.mode) this.enter(asked.mode, asked.s ?? 0);
            const place = knockon.link.place(this.runs, asked);
            if (place !== null && !this.is_chosen(this.stages[place.run], place.node)) this.choose(this.stages[place.run], place.node);
            if (asked.s === null) return;
            this.clock.pause();
            this.seek(asked.s);
            if (this.presenter.on) this.presenter.reveal();
            else this.root.scrollIntoView({ block: "start" });
        }

        draw() {
            if (this.body.clientWidth === this.drawn_width) return;
            this.drawn_width = this.body.clientWidth;
            if (this.drawn_width > NARROW) this.bar.open = true;
            for (const stage of this.stages) stage.draw();
            this.room.fit();
            this.render(true);
        }

        chart(name) {
            for (const stage of this.stages) {
                stage.chart.class = name;
                stage.draw();
            }
            this.render(true);
        }

        compare(how) {
            for (const stage of this.stages) stage.compare(how);
            this.render(true);
        }

        /** Goes to a key moment, which each run that has it tells; to the begin without one. */
        pick(one) {
            for (const { run, place } of one?.told ?? []) this.stages[run].caption.place.pick(place);
            this.seek(one?.at_s ?? 0);
        }

        enter(mode, s = 0) {
            if (this.key_moments.length === 0) return;
            this.mode = mode;
            this.rename(mode);
            this.mode_choice.querySelector("select").value = mode;
            const before = this.body.getBoundingClientRect().top;
            document.documentElement.dataset.mode = mode;
            // What is told above comes and goes: who looks at the replay goes on looking at it.
            globalThis.scrollBy({ top: this.body.getBoundingClientRect().top - before, behavior: "instant" });
            this.presenter.begin(mode, s);
            this.room.fit();
            this.address();
        }

        /** What tells a run from the other may be the answer: an interview knows them by their numbers. */
        rename(mode) {
            const name = (i) => (mode === "interview" && this.names.length > 1 ? `run ${i + 1}` : this.names[i]);
            this.stages.forEach((stage, i) => stage.rename(name(i)));
            this.tables.forEach((table, i) => table.rename(this.called(this.stages[i])));
        }

        /** The presentation has moved on. */
        presented() {
            const discreet = this.presenter.on && this.presenter.show.discreet;
            if (put(this.body, "data-discreet", discreet ? "yes" : null) && discreet) this.voice.hush();
            this.render(true);
            if (this.clock.playing) this.run();
        }

        toggle() {
            if (this.presenter.waits && !this.clock.playing) return this.presenter.go("go");
            if (this.clock.playing) this.clock.pause();
            else this.clock.play();
            this.run();
            if (!this.clock.playing) this.address();
        }

        run() {
            this.before = performance.now();
            this.render(true);
            this.again();
        }

        /** Asks for one more frame, and for no more than one. */
        again() {
            cancelAnimationFrame(this.pending);
            if (this.clock.playing) this.pending = requestAnimationFrame(this.frame);
        }

        frame(now) {
            const stopped = this.clock.tick(elapsed(this.before, now));
            this.before = now;
            this.render(stopped);
            if (stopped) {
                this.presenter.stopped();
                this.address();
            }
            this.again();
        }

        seek(s) {
            this.clock.seek(Math.min(s, this.presenter.limit));
            if (!this.presenter.arrived()) this.render(true);
            if (!this.clock.playing) this.address();
        }

        step(way) {
            const s = way(this.moments, this.clock.at);
            this.clock.pause();
            if (s !== null) this.seek(s);
            this.render(true);
        }

        address() {
            clearTimeout(this.writing);
            const show = this.chosen && knockon.link.shown(this.runs, this.chosen.stage.run, this.chosen.node);
            this.writing = setTimeout(() => history.replaceState(null, "", knockon.link.write(this.clock.at, show, this.mode)), 250);
        }

        is_chosen(stage, node) {
            return this.chosen !== null && this.chosen.stage === stage && this.chosen.node === node;
        }

        choose(stage, node) {
            const before = this.chosen;
            this.chosen = node === null || this.is_chosen(stage, node) ? null : { stage, node };
            // Who leaves the detail goes on where it came from.
            if (this.chosen === null && this.detail.holds(document.activeElement)) before.stage.topology.rove(before.node, true);
            for (const each of this.stages) each.topology.mark(this.chosen?.stage === each ? this.chosen.node : null);
            this.detail.choose(this.chosen === null ? null : stage, node);
            this.render(true);
            // A question stays in view: what is told of a box is a button away.
            this.offer();
            if (this.chosen !== null && !this.presenter.on) this.detail.reveal();
            this.address();
        }

        /** Offers to go to what is told of the chosen box, while a presentation holds the view. */
        offer() {
            if (this.chosen !== null) write(this.further, `More of ${this.chosen.stage.run.data.nodes[this.chosen.node].name}`);
            put(this.further, "hidden", this.chosen === null);
        }

        key(event) {
            if (!this.root.contains(event.target) && event.target !== document.body) return;
            const meaning = knockon.keys.meaning(event);
            if (meaning === null || (event.target === document.body && !this.presenter.on)) return;
            const { window_s } = this.runs[0].data;
            const { at, end } = this.clock;
            const to = { "on": at + window_s, "back": at - window_s, "minute on": at + 60, "minute back": at - 60, "begin": 0, end };
            if (meaning in to) this.seek(to[meaning]);
            else if (meaning === "play") this.toggle();
            else if (meaning === "next") this.step(next);
            else if (meaning === "previous") this.step(previous);
            else if (meaning === "help") this.help.open = !this.help.open;
            else if (meaning === "leave" && this.chosen !== null) this.choose(null, null);
            else if (meaning === "go" && this.presenter.on) this.presenter.go("go");
            else return;
            event.preventDefault();
        }

        /** Shows the moment at which the clock stands. What has not changed is not touched. */
        render(all) {
            const { at } = this.clock;
            const { on, show } = this.presenter;
            const look = { discreet: on && show.discreet, future: on && show.stage !== "over", playing: this.clock.playing,
                veil_s: this.presenter.veil_s, unanswered: on ? show.unanswered : [], apart: this.mode === "interview" && show.stage !== "over" ? this.runs : [] };
            for (const stage of this.stages) stage.chart.update(at, look.future ? at : this.clock.end);
            this.controls.update();
            this.moment_choice?.update(at);
            const window = Math.floor(at / this.window_s + 1e-9);
            const now = performance.now() / 1000;
            const soon = this.runs[0].data.nodes.length > LARGE && now - this.drawn_s < LARGE_S;
            if (!all && (window === this.shown || soon)) return;
            this.shown = window;
            this.drawn_s = now;
            for (const stage of this.stages) stage.update(at, look);
            this.tables.forEach((table, i) => table.update(at, this.stages[i].look(look)));
            this.detail.update(at, look);
            this.voice.update(at, now, look);
        }
    }

    /** The hatching of what waits, once for all pictures. */
    function hatch() {
        const { svg } = knockon.dom;
        return svg("svg", { width: 0, height: 0, class: "patterns", "aria-hidden": "true" }, svg("defs", {},
            svg("pattern", { id: "hatch", width: 4, height: 4, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
                svg("rect", { width: 1.8, height: 4, class: "hatch" }))));
    }

    /** Begins, if the page has a replay. */
    function start() {
        const [root, data] = [document.getElementById("replay"), document.getElementById("data")];
        if (root === null || data === null) return;
        knockon.replay = new Replay(root, JSON.parse(data.textContent));
        knockon.replay.start();
    }

    knockon.start = start;
    if (typeof document !== "undefined") start();
})((globalThis.knockon ??= {}));
