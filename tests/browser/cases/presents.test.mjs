// The presenter stops, asks, and tells when it is told to; the interview never tells.
import assert from "node:assert/strict";
import test from "node:test";
import { data, page as write } from "../lib/madeup.mjs";
import { choice, embedded, json, node, plain, seek, visit, whole } from "../lib/page.mjs";

const at = (page) => page.locator(".slider input").evaluate((slider) => Number(slider.value));
const card = (page) => page.locator(".card");

/** What the caption tells where nobody asks: no bare yes or no. */
const unasked = (tell) => tell.replace(/^(?:Yes|No)[.:] (.)/, (_, first) => first.toUpperCase());

/** On to the next question. */
async function on(page) {
    await card(page).locator("button.main").click();
    await page.waitForFunction(() => document.querySelector(".card").dataset.stage === "moving");
    await card(page).locator("button.main").click();
    await page.waitForFunction(() => document.querySelector(".card").dataset.stage !== "moving");
}

test("it asks at every key moment and tells on demand", () => visit("report.html", "", async (page) => {
    const { moments } = (await embedded(page)).runs[0];
    assert.ok(moments.length >= 4);
    await choice(page, "Mode").selectOption("present");
    if (moments[0].at_s > 0) await card(page).locator("button.main").click();
    for (const moment of moments) {
        assert.ok(Math.abs(await at(page) - moment.at_s) <= 1, moment.title);
        assert.equal(await card(page).locator(".card-ask").textContent(), moment.ask);
        assert.ok(!(await page.locator("body").innerText()).includes(whole(moment)), `${moment.title} is told too early`);
        assert.equal(await page.locator(".spoils:visible").count(), 0);
        await card(page).locator("button.main").click();
        assert.equal(await card(page).locator(".card-tell").textContent(), whole(moment));
        if (moment !== moments.at(-1)) await on(page);
    }
    await card(page).locator("button.main").click();
    assert.match(await card(page).innerText(), /That was it/);
}));

test("nothing of what is to come can be seen", () => visit("report.html", "#mode=present", async (page) => {
    await page.locator(".slider input").focus();
    await page.keyboard.press("End");
    const { moments } = (await embedded(page)).runs[0];
    assert.ok(await at(page) <= Math.max(1, moments[0].at_s));
    const [clip, all] = await page.evaluate(() => [document.querySelector("clipPath rect").getAttribute("width"), document.querySelector(".chart").getAttribute("width")].map(Number));
    assert.ok(clip < all / 10, `${clip} of ${all}`);
}));

test("who begins later sees no more of what is to come", () => visit("report.html", "#t=61", async (page) => {
    await choice(page, "Mode").selectOption("interview");
    const [clip, all] = await page.evaluate(() => [document.querySelector("clipPath rect").getAttribute("width"), document.querySelector(".chart").getAttribute("width")].map(Number));
    assert.ok(clip < all / 10, `${clip} of ${all}`);
}));

test("Enter and Space lead through it", () => visit("report.html", "", async (page) => {
    const { moments } = (await embedded(page)).runs[0];
    await choice(page, "Mode").selectOption("present");
    await page.locator(".slider input").focus();
    if (moments[0].at_s > 0) await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    assert.equal(await card(page).locator(".card-tell").textContent(), whole(moments[0]));
    await page.keyboard.press("Enter");
    assert.match(await page.locator(".play").textContent(), /Pause/);
    await page.evaluate(() => knockon.replay.clock.choose(200));
    await page.waitForFunction(() => document.querySelector(".card").dataset.stage === "asked");
    assert.equal(await card(page).locator(".card-ask").textContent(), moments[1].ask);
    assert.ok(Math.abs(await at(page) - moments[1].at_s) <= 1);
}));

test("the interview shows no answer, no story, no blame, no fault", () => visit("report.html", "#mode=interview", async (page) => {
    const { moments, roots, faults } = (await embedded(page)).runs[0];
    const { verdict } = json("summary.json");
    if (moments[0].at_s > 0) await card(page).locator("button.main").click();
    for (const moment of moments) {
        const seen = plain(await page.locator("body").innerText());
        assert.ok(seen.includes(plain(moment.ask)));
        const told = moments.flatMap(({ tell, later = [] }) => [tell, ...later.map(([, text]) => text)]).filter((text) => text !== "");
        for (const text of told) assert.ok(!seen.includes(plain(text)), `${moment.title}: ${text}`);
        for (const { root } of roots) assert.ok(!seen.includes(root), root);
        assert.ok(!seen.toLowerCase().includes(`${verdict}\n`));
        assert.equal(await page.locator(".fault-badge:visible, .hit-badge:visible, .fault-band:visible, .card-notes:visible").count(), 0, faults[0]?.name);
        assert.equal(await page.locator("main > section:visible").count(), 1);
        if (moment !== moments.at(-1)) await on(page);
    }
    await card(page).locator("button.main").click();
    assert.match(await card(page).innerText(), /That was it/);
    assert.match(await page.locator(".help").textContent(), /they are in this file/);
}));

test("without a presenter the caption tells the moment that has come", () => visit("report.html", "", async (page) => {
    const { moments } = (await embedded(page)).runs[0];
    for (const [i, { at_s, title, tell }] of moments.entries()) {
        await choice(page, "Moment").selectOption(String(i));
        assert.ok(Math.abs(await at(page) - at_s) <= 1, title);
        assert.equal(await page.locator(".caption span").textContent(), unasked(tell));
    }
    // What happens later is told when it has happened.
    assert.ok(moments[0].later.length > 1);
    for (const [at_s, told] of moments[0].later) {
        await seek(page, Math.max(0, Math.ceil(at_s) - 1));
        assert.equal((await page.locator(".caption span").textContent()).includes(told), at_s <= Math.max(0, Math.ceil(at_s) - 1), told);
        if (Math.ceil(at_s) >= moments[1].at_s) continue;
        await seek(page, Math.ceil(at_s));
        assert.ok((await page.locator(".caption span").textContent()).includes(told), told);
    }
    await seek(page, (moments[1].at_s + moments[2].at_s) / 2);
    assert.equal(await page.locator(".caption span").textContent(), unasked(moments[1].tell));
    assert.equal(await choice(page, "Moment").inputValue(), "1");
}));

test("the first of two moments at one time can be chosen", () => {
    const [run] = data().runs;
    const moments = run.moments.map((moment, i) => (i === 1 ? { ...moment, at_s: run.moments[2].at_s } : moment));
    write("at-one-time.html", { runs: [{ ...run, moments }] });
    return visit("at-one-time.html", "", async (page) => {
        for (const i of [1, 2, 1]) {
            await choice(page, "Moment").selectOption(String(i));
            assert.equal(await page.locator(".caption span").textContent(), unasked(moments[i].tell));
            assert.equal(await choice(page, "Moment").inputValue(), String(i));
        }
    });
});

test("every key moment has its stem on the chart where it happened", () => visit("report.html", "", async (page) => {
    const { moments } = (await embedded(page)).runs[0];
    const [stems, places] = await page.evaluate((moments) => {
        const { chart } = knockon.replay.stages[0];
        const paths = [...document.querySelectorAll(".mark-moment .mark-stem")].map((path) => path.getAttribute("d"));
        return [paths.join("").match(/M[\d.]+/g).map((move) => Number(move.slice(1))), moments.map(({ at_s }) => chart.x(at_s))];
    }, moments);
    assert.equal(stems.length, moments.length);
    stems.forEach((stem, i) => assert.ok(Math.abs(stem - places[i]) < 0.1, moments[i].title));
    const numbers = await page.locator(".mark-moment").evaluateAll((all) => all.map((one) => Number(one.querySelector(".mark-number")?.textContent ?? 1)));
    assert.equal(numbers.reduce((sum, number) => sum + number, 0), moments.length);
}));

test("a click on the mark of a moment leads to the moment", () => visit("report.html", "", async (page) => {
    const { moments } = (await embedded(page)).runs[0];
    await page.locator(".chart").scrollIntoViewIfNeeded();
    const marks = await page.locator(".mark-moment").evaluateAll((all) => all.map((mark) => {
        const { left, top, width, height } = mark.querySelector("text").getBoundingClientRect();
        return { x: left + width / 2, y: top + height / 2, told: mark.querySelector("title").textContent.split("\n")[0] };
    }));
    for (const { x, y, told } of marks) {
        await page.mouse.click(x + 3, y);
        const moment = moments.find(({ title }) => told.endsWith(title));
        assert.equal(await page.evaluate(() => knockon.replay.clock.at), moment.at_s);
        assert.ok((await page.locator(".caption b").textContent()).includes(moment.title), moment.title);
    }
}));

test("what is asked, the map and the time are seen at once", () => visit("report.html", "#mode=present", async (page) => {
    const { moments } = (await embedded(page)).runs[0];
    for (const { title } of moments) {
        for (let step = 0; step < 2; step += 1) {
            await page.waitForTimeout(100);
            const covered = await page.evaluate(() => {
                const place = (part) => document.querySelector(part).getBoundingClientRect();
                const [card, controls] = [place(".card"), place(".controls")];
                const boxes = [...document.querySelectorAll(".topology .node")].filter((node) => {
                    const { top, bottom } = node.querySelector(".node-box").getBoundingClientRect();
                    return top < card.bottom || bottom > controls.top;
                });
                return [card.top < 0, controls.bottom > innerHeight + 1, boxes.map((node) => node.querySelector("title").textContent)];
            });
            assert.deepEqual(covered, [false, false, []], title);
            await card(page).locator("button.main").click();
        }
    }
}, { reducedMotion: "reduce" }));

test("a chosen box and the end of a presentation leave the replay where it is", () => visit("report.html", "#mode=present", async (page) => {
    const box = page.locator(".topology").first();
    const top = async () => (await box.boundingBox()).y;
    await page.waitForTimeout(200);
    const before = await top();
    await page.locator(".topology .node.service").first().click();
    await page.waitForTimeout(200);
    assert.ok(Math.abs(before - await top()) < 60, `${before} to ${await top()}`);
    await page.getByRole("button", { name: /^More of/ }).click();
    assert.ok(await page.locator(".detail h3").evaluate((title) => title.getBoundingClientRect().bottom <= innerHeight));
    const [begin, end] = await page.evaluate(() => {
        const place = () => document.querySelector(".replay").getBoundingClientRect().top;
        const before = place();
        knockon.replay.enter("replay");
        return [before, place()];
    });
    // No further than the question was high, which is gone.
    assert.ok(Math.abs(begin - end) < 200, `${begin} to ${end}`);
}, { reducedMotion: "reduce" }));

test("in the replay a chosen box stays in view", () => visit("report.html", "#t=61", async (page) => {
    const box = node(page, "user");
    await page.waitForTimeout(200);
    await box.dispatchEvent("click");
    await page.waitForTimeout(200);
    const [{ y, height }, title] = [await box.boundingBox(), await page.locator(".detail h3").boundingBox()];
    assert.ok(y >= 0 && y + height <= 800 && title.y < 800, `${y}, ${title.y}`);
}, { reducedMotion: "reduce" }));

test("on a phone nothing lies on the question or on its answer", () => visit("report.html", "", async (page) => {
    const { moments } = (await embedded(page)).runs[0];
    await page.locator(".settings > summary").click();
    await choice(page, "Mode").selectOption("present");
    if (moments[0].at_s > 0) await card(page).locator("button.main").click();
    for (const moment of moments) {
        for (const part of [".card-ask", ".card-tell"]) {
            if (part === ".card-tell") await card(page).locator("button.main").click();
            await page.waitForTimeout(300);
            const covered = await page.evaluate((part) => {
                const { left, top, bottom } = document.querySelector(part).getBoundingClientRect();
                const on = (y) => document.elementFromPoint(left + 2, y)?.closest(".card") !== null;
                return [top + 2, (top + bottom) / 2, bottom - 2].filter((y) => y > 0 && y < innerHeight && !on(y)).length + (bottom > innerHeight || top < 0 ? 10 : 0);
            }, part);
            assert.equal(covered, 0, `${moment.title}: ${part}`);
        }
        // Who wants little motion is there at once.
        if (moment !== moments.at(-1)) await card(page).locator("button.main").click();
    }
}, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, reducedMotion: "reduce" }));

test("back to the replay everything is there again", () => visit("report.html", "#mode=interview", async (page) => {
    await choice(page, "Mode").selectOption("replay");
    assert.ok(await page.locator("main > section:visible").count() > 3);
    await page.locator(".slider input").focus();
    await page.keyboard.press("End");
    assert.equal(await at(page), 1500);
}));
