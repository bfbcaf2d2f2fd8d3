// One run as the page embeds it: its series by name, read when they are first asked for. Judges nothing.
"use strict";
(function (knockon) {
    const { decode, sum } = knockon.series;
    /** Rates and shares are those of so many seconds before a moment, or of a hundredth of a run that is shorter. */
    const SPAN_S = 5;

    /** A run, and what it says about a moment. */
    class Run {
        constructor(run) {
            this.data = run;
            this.end = run.windows * run.window_s;
            this.start = run.start ?? null;
            this.span = Math.max(1, Math.round(Math.min(SPAN_S, this.end / 100) / run.window_s));
            this.read = new Map();
            this.classes = Object.keys(run.actual.classes);
            this.busiest = null;
        }

        /** What runs are called beside each other: by the seed, or by their number, if they have one name. */
        static names(runs) {
            const differ = (names) => new Set(names).size === names.length;
            const plain = runs.map((run) => run.variant ?? run.title);
            const seeded = runs.map((run, i) => `${plain[i]}, seed ${run.seed}`);
            return [plain, seeded].find(differ) ?? plain.map((name, i) => `${i + 1}. ${name}`);
        }

        /** Whether there is a world to compare with. */
        get paired() {
            return this.data.twin !== null && this.data.twin !== undefined;
        }

        /** The window of a moment. */
        window(s) {
            const window = Math.floor(s / this.data.window_s + 1e-9);
            return Math.min(Math.max(0, window), this.data.windows - 1);
        }

        /**
         * A series: of the "actual", "twin" or "unattended" world; of "classes", "services" or "calls". Null if there is no
         * such world. A count or level that is not written was always zero, a latency that is not written never was.
         */
        series(world, of, name, field) {
            const all = this.data[world]?.[of]?.[name];
            if (!all) return null;
            let read = this.read.get(all);
            if (read === undefined) this.read.set(all, (read = {}));
            return (read[field] ??= this.decoded(all, field));
        }

        decoded(all, field) {
            const absent = field.endsWith("_ms") ? NaN : 0;
            return field in all ? decode(all[field], this.data.windows) : new Float64Array(this.data.windows).fill(absent);
        }

        /** Whether the record counts something at all. */
        has(of, name, field) {
            return this.data.actual[of]?.[name]?.[field] !== undefined;
        }

        /** How many in the last seconds before a moment, its own window included. */
        count(world, of, name, field, s) {
            const values = this.series(world, of, name, field);
            const to = this.window(s);
            return values === null ? NaN : sum(values, to - this.span + 1, to);
        }

        /** The same by the second. */
        rate(world, of, name, field, s) {
            const windows = Math.min(this.span, this.window(s) + 1);
            return this.count(world, of, name, field, s) / (windows * this.data.window_s);
        }

        /** A level in the window of a moment: a queue, threads, a latency. */
        level(world, of, name, field, s) {
            const values = this.series(world, of, name, field);
            return values === null ? NaN : values[this.window(s)];
        }

        /** The threads of all replicas of a service in the window of a moment; only where they change these are a series. */
        threads(world, node, s) {
            return this.has("services", node.name, "threads") ? this.level(world, "services", node.name, "threads", s) : node.threads;
        }

        /** The longest queue of any service, by which all of them are drawn. */
        get longest_queue() {
            if (this.busiest === null) {
                const longest = (name) => knockon.series.largest(this.series("actual", "services", name, "queue_length"));
                this.busiest = Object.keys(this.data.actual.services).reduce((most, name) => Math.max(most, longest(name)), 1);
            }
            return this.busiest;
        }
    }

    knockon.Run = Run;
})((globalThis.knockon ??= {}));
