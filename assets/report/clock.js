// The clock of the replay: where it stands, how fast it runs, where it stops. Knows nothing of what is shown.
"use strict";
(function (knockon) {
    /** Simulated seconds a second. */
    const SPEEDS = [1, 2, 5, 10, 20, 50, 100, 200];

    class Clock {
        constructor(end) {
            this.end = end;
            this.at = 0;
            this.speed = 10;
            this.playing = false;
            /** Moment at which it stops by itself; none if it runs to the end. */
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

        /** Moves on by some seconds of the reader's time. Whether it has come to a stop. */
        tick(elapsed) {
            if (!this.playing) return false;
            const limit = this.stop !== null && this.stop > this.at ? Math.min(this.stop, this.end) : this.end;
            this.at += elapsed * this.speed;
            if (this.at < limit) return false;
            this.at = limit;
            this.playing = false;
            return true;
        }
    }

    /** Of some ordered moments the next after `s`, or the one before it; null if there is none. */
    function next(moments, s) {
        return moments.find((moment) => moment > s + 1e-6) ?? null;
    }

    function previous(moments, s) {
        return moments.findLast((moment) => moment < s - 1e-6) ?? null;
    }

    knockon.clock = { SPEEDS, Clock, next, previous };
})((globalThis.knockon ??= {}));
