// The controls of the replay: the slider of time, play, steps, speed, the time itself. Moves nothing by itself.
"use strict";
(function (knockon) {
    const { html, put, write, button, icon, picture_button, choice } = knockon.dom;
    const { moment, clock: time_of_day } = knockon.words;
    const PLAY = "M4,3v12l11,-6z";
    const PAUSE = "M4,3h3.5v12h-3.5zM10.5,3h3.5v12h-3.5z";
    const BACK = "M3,3h2.4v12h-2.4zM15,3v12l-9,-6z";
    const ON = "M12.6,3h2.4v12h-2.4zM3,3v12l9,-6z";

    class Controls {
        /** `act` has `toggle`, `seek` with a moment, `back` and `on`. */
        constructor(clock, window_s, start, act) {
            this.clock = clock;
            this.start = start;
            this.time = html("span", { class: "time" });
            this.build_play(act);
            this.build_slider(window_s, act);
            const speeds = knockon.clock.SPEEDS.map((speed) => [String(speed), `${speed} ×`]);
            const speed = choice("Speed", speeds, String(clock.speed), (chosen) => clock.choose(Number(chosen)));
            const back = picture_button("Event before (P)", BACK, act.back);
            const on = picture_button("Next event (N)", ON, act.on);
            const buttons = html("div", { class: "buttons" }, back, this.play, on, speed, this.time);
            this.element = html("div", { class: "controls" }, html("div", { class: "slider" }, this.slider), buttons);
        }

        build_play(act) {
            this.words = html("span", {});
            this.icon = icon(PLAY);
            this.play = button(this.icon, act.toggle, { class: "play" });
            this.play.append(this.words);
        }

        build_slider(window_s, act) {
            const range = { min: 0, max: this.clock.end, step: window_s, value: 0 };
            this.slider = html("input", { type: "range", ...range, "aria-label": "Simulated time" });
            this.slider.addEventListener("input", () => act.seek(Number(this.slider.value)));
        }

        update() {
            const { at, playing } = this.clock;
            // Nobody reads tenths that fly by.
            const shown = playing && at >= 10 ? Math.floor(at) : at;
            const time = this.start === null ? moment(shown) : `${moment(shown)}, ${time_of_day(this.start, shown)}`;
            write(this.time, time);
            if (Number(this.slider.value) !== at) this.slider.value = at;
            put(this.slider, "aria-valuetext", time);
            write(this.words, playing ? "Pause" : "Play");
            put(this.icon.firstChild, "d", playing ? PAUSE : PLAY);
        }
    }

    knockon.Controls = Controls;
})((globalThis.knockon ??= {}));
