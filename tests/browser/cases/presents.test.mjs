// The presenter stops, asks, and tells when it is told to; the interview never tells.
import assert from "node:assert/strict";
import test from "node:test";
import { choice, embedded, plain, seek, visit } from "../lib/page.mjs";

const at = (page) => page.locator(".slider input").evaluate((slider) => Number(slider.value));
const card = (page) => page.locator(".card");

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
        assert.ok(!(await page.locator("body").innerText()).includes(moment.tell), `${moment.title} is told too early`);
        assert.equal(await page.locator(".spoils:visible").count(), 0);
        await card(page).locator("button.main").click();
        assert.equal(await card(page).locator(".card-tell").textContent(), moment.tell);
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

test("Enter and Space lead through it", () => visit("report.html", "", async (page) => {
    const { moments } = (await embedded(page)).runs[0];
    await choice(page, "Mode").selectOption("present");
    await page.locator(".slider input").focus();
    if (moments[0].at_s > 0) await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    assert.equal(await card(page).locator(".card-tell").textContent(), moments[0].tell);
    await page.keyboard.press("Enter");
    assert.match(await page.locator(".play").textContent(), /Pause/);
    await page.evaluate(() => knockon.replay.clock.choose(200));
    await page.waitForFunction(() => document.querySelector(".card").dataset.stage === "asked");
    assert.equal(await card(page).locator(".card-ask").textContent(), moments[1].ask);
    assert.ok(Math.abs(await at(page) - moments[1].at_s) <= 1);
}));

test("the interview shows no answer, no story, no blame, no fault", () => visit("report.html", "#mode=interview", async (page) => {
    const { moments, roots, verdict, faults } = (await embedded(page)).runs[0];
    if (moments[0].at_s > 0) await card(page).locator("button.main").click();
    for (const moment of moments) {
        const seen = plain(await page.locator("body").innerText());
        assert.ok(seen.includes(plain(moment.ask)));
        for (const { tell } of moments) assert.ok(!seen.includes(plain(tell)), moment.title);
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
        assert.equal(await page.locator(".caption span").textContent(), tell);
    }
    await seek(page, (moments[1].at_s + moments[2].at_s) / 2);
    assert.equal(await page.locator(".caption span").textContent(), moments[1].tell);
    assert.equal(await choice(page, "Moment").inputValue(), "1");
}));

test("back to the replay everything is there again", () => visit("report.html", "#mode=interview", async (page) => {
    await choice(page, "Mode").selectOption("replay");
    assert.ok(await page.locator("main > section:visible").count() > 3);
    await page.locator(".slider input").focus();
    await page.keyboard.press("End");
    assert.equal(await at(page), 1500);
}));
