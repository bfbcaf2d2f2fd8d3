// The clock of the replay: where it stands, how fast it runs, where it stops. Knows nothing of what is shown.
"use strict";
(function (knockon) {
    /** Simulated seconds a second. */
    const SPEEDS = [1, 2, 5, 10, 20, 50, 100, 200];
    /** No frame takes longer; while a page is hidden there are none. */
    const LONGEST_S = 0.5;

    class Clock {
        constructor(end) {
            this.end = end;
            this.at = 0;
            /** As somebody chose it. */
            this.speed = 10;
            /** The speed of a way that is to take its time; null if it goes as chosen. */
            this.pace = null;
            this.playing = false;
            /** Moment behind which it does not run; none if it runs to the end. */
            this.stop = null;
        }

        play() {
            if (this.at >= this.end) this.at = 0;
            this.playing = true;
        }

        pause() {
            this.playing = false;
        }

        seek(s) {
            this.at = Math.min(Math.max(0, s), this.end);
        }

        /** Takes the speed that somebody chooses, now and from now on. */
        choose(speed) {
            this.speed = speed;
            this.pace = null;
        }

        /** Moves on by some seconds of the reader's time. Whether it has come to a stop. */
        tick(elapsed) {
            if (!this.playing) return false;
            const limit = Math.min(this.stop ?? this.end, this.end);
            this.at += elapsed * (this.pace ?? this.speed);
            if (this.at < limit) return false;
            this.at = limit;
            this.playing = false;
            return true;
        }
    }

    /** Seconds from one frame to the next; who looked elsewhere meanwhile goes on where he was. */
    function elapsed(before_ms, now_ms) {
        return Math.min(LONGEST_S, Math.max(0, now_ms - before_ms) / 1000);
    }

    /** Of some ordered moments the next after `s`, or the one before it; null if there is none. */
    function next(moments, s) {
        return moments.find((moment) => moment > s + 1e-6) ?? null;
    }

    function previous(moments, s) {
        return moments.findLast((moment) => moment < s - 1e-6) ?? null;
    }

    knockon.clock = { SPEEDS, Clock, elapsed, next, previous };
})((globalThis.knockon ??= {}));
