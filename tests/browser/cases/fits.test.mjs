// What belongs together is seen together, and what is cut off says that there is more of it.
import assert from "node:assert/strict";
import test from "node:test";
import { data, page as write } from "../lib/madeup.mjs";
import { choice, seek, visit } from "../lib/page.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** What of the replay lies above the window, behind the time, or outside of the map. */
async function hidden(page) {
    return page.evaluate(() => {
        const place = (part) => document.querySelector(part).getBoundingClientRect();
        const [map, controls] = [place(".topology"), place(".controls")];
        const cut = [...document.querySelectorAll(".topology .node")].filter((node) => {
            const { left, right, top, bottom } = node.querySelector(".node-box").getBoundingClientRect();
            return top < Math.max(0, map.top) || bottom > Math.min(controls.top, map.bottom) || left < map.left || right > map.right;
        }).map((node) => node.querySelector("title").textContent);
        const parts = [".caption", ".margin", ".chart", ".slider"].filter((part) => place(part).top < 0 || place(part).bottom > innerHeight);
        return [...cut, ...parts, ...(place(".margin").bottom > controls.top ? ["margin behind the time"] : [])];
    });
}

for (const viewport of [{ width: 1280, height: 800 }, { width: 1440, height: 900 }, { width: 1920, height: 1080 }]) {
    test(`the map, the margin and the time are seen at once: ${viewport.width} x ${viewport.height}`, () => visit("report.html", "#t=61", async (page) => {
        for (const s of [61, 300, 900]) {
            await page.evaluate((s) => (location.hash = `#t=${s}`), s);
            await page.waitForTimeout(300);
            assert.deepEqual(await hidden(page), [], String(s));
        }
    }, { viewport, reducedMotion: "reduce" }));
}

test("the map stays where it is while the caption changes", () => visit("report.html", "#t=61", async (page) => {
    const tops = [];
    for (const s of [0, 14, 61, 300, 1300]) {
        await seek(page, s);
        tops.push(await page.locator(".topology").evaluate((map) => map.getBoundingClientRect().top - map.closest(".replay").getBoundingClientRect().top));
    }
    assert.equal(new Set(tops).size, 1, tops.join());
}));

test("an address leads to the question and not above it", () => visit("report.html", "#t=16&mode=present", async (page) => {
    await page.waitForTimeout(300);
    const top = await page.locator(".card").evaluate((card) => card.getBoundingClientRect().top);
    assert.ok(top >= 0 && top < 30, String(top));
    assert.deepEqual(await page.evaluate(() => [...document.querySelectorAll(".topology .node-box")].filter((box) =>
        box.getBoundingClientRect().bottom > document.querySelector(".controls").getBoundingClientRect().top).length), 0);
}, { reducedMotion: "reduce" }));

test("on a phone what is wider than it says so and can be scrolled by keyboard", () => visit("report.html", "#t=61", async (page) => {
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 390);
    const boxes = page.locator(":is(.topology, .wide, .scroll, pre):visible");
    let wide = 0;
    for (let i = 0; i < await boxes.count(); i += 1) {
        const box = boxes.nth(i);
        const state = () => box.evaluate((one) => {
            const hint = one.previousElementSibling;
            return { over: one.scrollWidth - one.clientWidth > 2, more: one.dataset.more.split(" "), mask: getComputedStyle(one).maskImage !== "none", hint: hint.className === "more" && hint.offsetHeight > 0,
                reach: one.tabIndex >= 0 || one.querySelector("[tabindex='0']") !== null, name: one.getAttribute("aria-label") ?? one.className };
        });
        const { over, more, mask, hint, reach, name } = await state();
        assert.deepEqual([more.includes("right"), hint], [over, over], name);
        if (!over) continue;
        wide += 1;
        assert.ok(mask && reach, name);
        await box.evaluate((one) => (one.scrollLeft = one.scrollWidth));
        await page.waitForFunction((one) => one.dataset.more.includes("left") && !one.dataset.more.includes("right"), await box.elementHandle());
    }
    assert.ok(wide > 5, String(wide));
}, PHONE));

test("on a phone the chosen box comes into the map's view", () => visit("report.html", "#t=61&show=user-db", async (page) => {
    const seen = await page.locator(".topology").evaluate((map) => {
        const [own, box] = [map, map.querySelector("[aria-pressed=true] .node-box")].map((one) => one.getBoundingClientRect());
        return own.left <= box.left && box.right <= own.right;
    });
    assert.ok(seen);
}, PHONE));

test("where all can be seen nothing says that there is more", () => visit("report.html", "#t=61", async (page) => {
    assert.equal(await page.locator(".topology").getAttribute("data-more"), "");
    assert.equal(await page.locator(".map > .more:visible").count(), 0);
    // A twin that is shown later is no exception where there is no room for both.
    await choice(page, "Twin").selectOption("beside");
    await page.waitForFunction(() => document.querySelector(".twin-box .topology").dataset.more !== undefined);
}));

test("the moment of no return is on the chart, and in no question", () => {
    const [run] = data().runs;
    write("no-return.html", { version: 1, runs: [{ ...run, no_return_s: 700 }] });
    return visit("no-return.html", "", async (page) => {
        const line = page.locator(".no-return");
        const x = await page.evaluate(() => knockon.replay.stages[0].chart.x(700));
        assert.equal(await line.locator("path").evaluate((path) => Number(path.getAttribute("d").match(/^M([\d.]+)/)[1])), Number(x.toFixed(1)));
        assert.match(await line.textContent(), /T\+11m40s.*without help.*no return/);
        assert.equal(await line.isVisible(), true);
        await choice(page, "Mode").selectOption("present");
        assert.equal(await line.isVisible(), false);
    });
});
