// What state everything is in at a moment, from the events of a run: replicas, alerts. Draws nothing.
"use strict";
(function (knockon) {
    const { last } = knockon.series;

    /** The states of one thing, in order. */
    class Track {
        constructor(first) {
            this.moments = [-Infinity];
            this.states = [first];
        }

        add(s, state) {
            this.moments.push(s);
            this.states.push(state);
        }

        /** Its state at a moment, and since when. */
        at(s) {
            const place = last(this.moments, s);
            return { state: this.states[place], since: this.moments[place] };
        }
    }

    /** The tracks of the replicas of each node. One that first shows up during the run is not there before. */
    function replicas(data) {
        const tracks = data.nodes.map((node) =>
            node.kind === "class" ? [] : Array.from({ length: node.replicas }, () => new Track("ready")));
        for (const event of data.events) {
            if ((event.node ?? null) === null || (event.kind !== "replica" && event.kind !== "probe")) continue;
            const number = Number(event.subject.slice(event.subject.lastIndexOf("/") + 1));
            if (!Number.isInteger(number)) continue;
            const own = tracks[event.node];
            while (own.length <= number) own.push(new Track("absent"));
            const state = stated(event, own[number].states.at(-1));
            if (state !== null) own[number].add(event.at_s, state);
        }
        return tracks;
    }

    /** The state after an event. A process that is killed is down; a probe's opinion matters while the process runs. */
    function stated(event, before) {
        if (event.kind === "probe") {
            if (event.state === "unhealthy" && before === "ready") return "out of rotation";
            return event.state === "healthy" && before === "out of rotation" ? "ready" : null;
        }
        return event.state === "down" && before === "out of memory" ? null : event.state;
    }

    /** The state that may be seen: discreetly no pause, and nothing that says what killed it before that is asked. */
    function seen(state, { discreet = false, unnamed = false }) {
        if (discreet && state === "paused") return "ready";
        return unnamed && state === "out of memory" ? "down" : state;
    }

    /** How many replicas of a node are in which state at a moment, in words: "3 ready, 2 starting". */
    function told(tracks, s, look = {}) {
        const counts = new Map();
        for (const track of tracks) {
            const state = seen(track.at(s).state, look);
            if (state !== "absent") counts.set(state, (counts.get(state) ?? 0) + 1);
        }
        return [...counts].map(([state, count]) => `${count} ${state}`).join(", ");
    }

    /** The alert of a monitor that fires at a moment: since when; null if none does. */
    function firing(monitor, s) {
        const alert = monitor.alerts.find(([from, to]) => from <= s && (to === null || s < to));
        return alert ? alert[0] : null;
    }

    /** What a monitor read last before a moment; NaN before its first sample. */
    function reading(monitor, s) {
        monitor.moments ??= monitor.samples.map((sample) => sample[0]);
        const place = last(monitor.moments, s);
        return place < 0 ? NaN : monitor.samples[place][1];
    }

    /** How a reading is beyond the threshold of its alert: "over" or "below"; null if it is not. */
    function beyond({ threshold, side }, read) {
        if (threshold === null) return null;
        if (side === "above") return read > threshold ? "over" : null;
        return read < threshold ? "below" : null;
    }

    knockon.states = { Track, replicas, seen, told, firing, reading, beyond };
})((globalThis.knockon ??= {}));
