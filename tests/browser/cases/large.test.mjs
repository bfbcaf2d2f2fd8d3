// 200 services over 1,500 windows: opens, plays, seeks. How fast is printed, not judged: machines differ.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import test from "node:test";
import { large, page as write } from "../lib/madeup.mjs";
import { file, visit } from "../lib/page.mjs";

test("a large system plays", async (context) => {
    write("large.html", large(200, 1500));
    await visit("large.html", "", async (page) => {
        assert.equal(await page.locator(".topology .node").count(), 201);
        const seek = await page.evaluate(() => {
            const times = [];
            for (let s = 0; s < 1500; s += 37) {
                const before = performance.now();
                knockon.replay.seek(s);
                document.querySelector(".topology").getBoundingClientRect();
                times.push(performance.now() - before);
            }
            return times.sort((a, b) => a - b);
        });
        // What is drawn is made once: a text that changes is no new text.
        const made = await page.evaluate(() => {
            const observer = new MutationObserver(() => {});
            observer.observe(document.querySelector(".topology"), { childList: true, subtree: true });
            const words = () => [...document.querySelectorAll(".node-status")].map((one) => one.textContent).join();
            knockon.replay.seek(250);
            const before = words();
            observer.takeRecords();
            knockon.replay.seek(800);
            return [before !== words(), observer.takeRecords().filter((record) => record.removedNodes.length > 0).length];
        });
        assert.deepEqual(made, [true, 0]);
        const frames = await page.evaluate(async () => {
            knockon.replay.seek(0);
            knockon.replay.clock.speed = 100;
            knockon.replay.toggle();
            const times = [];
            let before = performance.now();
            while (times.length < 90) {
                await new Promise(requestAnimationFrame);
                times.push(performance.now() - before);
                before = performance.now();
            }
            knockon.replay.toggle();
            return times.sort((a, b) => a - b);
        });
        const ms = (times, share) => times[Math.floor((times.length - 1) * share)].toFixed(1);
        context.diagnostic(`page ${(statSync(file("large.html")).size / 1e6).toFixed(1)} MB; a seek takes ${ms(seek, 0.5)} ms, at worst ${ms(seek, 1)} ms; a frame ${ms(frames, 0.5)} ms, of 95 % at most ${ms(frames, 0.95)} ms`);
        assert.ok(await page.evaluate(() => knockon.replay.clock.at) > 10);
        assert.ok(await page.locator(".node[data-step='4']").count() > 0);
    });
});
