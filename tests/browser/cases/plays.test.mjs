// Play, pause, speed, steps, keys, the slider, the chart: all of them move the one clock.
import assert from "node:assert/strict";
import test from "node:test";
import { json, plain, seek, visit } from "../lib/page.mjs";

const at = (page) => page.locator(".slider input").evaluate((slider) => Number(slider.value));
const told = async (page) => plain(await page.locator(".time").textContent());

test("it plays at its speed, pauses, and plays to the end", () => visit("report.html", "", async (page) => {
    await page.locator(".controls select").selectOption("200");
    await page.locator(".play").click();
    await page.waitForTimeout(600);
    assert.match(await page.locator(".play").textContent(), /Pause/);
    await page.locator(".play").click();
    const paused = await at(page);
    assert.ok(paused > 20 && paused < 600, String(paused));
    await page.waitForTimeout(150);
    assert.equal(await at(page), paused);
    await seek(page, 1450);
    await page.locator(".play").click();
    await page.waitForFunction(() => document.querySelector(".play").textContent.includes("Play"));
    assert.equal(await at(page), 1500);
}));

test("steps go from event to event", () => visit("report.html", "", async (page) => {
    const record = json("record.json");
    const moments = new Set([...record.actual.transitions, ...record.actual.response].map((event) => event.at_s));
    const visited = [];
    for (let i = 0; i < 4; i += 1) {
        await page.getByRole("button", { name: /Next event/ }).click();
        visited.push(await at(page));
    }
    assert.deepEqual(visited, [12, 30, 60, 61]);
    assert.ok(visited.every((s) => moments.has(s)));
    await page.getByRole("button", { name: /Event before/ }).click();
    assert.equal(await at(page), 60);
}));

test("keys do what the help says", () => visit("report.html", "#t=60", async (page) => {
    await page.locator(".slider input").focus();
    const keys = [["ArrowRight", 61], ["ArrowLeft", 60], ["PageDown", 120], ["PageUp", 60], ["n", 61], ["p", 60], ["Home", 0], ["End", 1500]];
    for (const [key, s] of keys) {
        await page.keyboard.press(key);
        assert.equal(await at(page), s, key);
    }
    await page.keyboard.press("Home");
    await page.keyboard.press("k");
    assert.match(await page.locator(".play").textContent(), /Pause/);
    await page.keyboard.press(" ");
    assert.match(await page.locator(".play").textContent(), /Play/);
    await page.keyboard.press("?");
    assert.equal(await page.locator(".help").evaluate((help) => help.open), true);
    assert.match(await page.locator(".slider input").getAttribute("aria-valuetext"), /^T\+/);
}));

test("keys outside the replay stay the page's", () => visit("report.html", "", async (page) => {
    for (const place of ["body", "nav a"]) {
        if (place !== "body") await page.locator(place).first().focus();
        await page.keyboard.press("n");
        await page.keyboard.press("End");
        assert.equal(await at(page), 0, place);
    }
}));

test("dragging on the chart scrubs", () => visit("report.html", "", async (page) => {
    const chart = page.locator(".chart");
    await chart.scrollIntoViewIfNeeded();
    const box = await chart.boundingBox();
    const x = (share) => box.x + 46 + (box.width - 60) * share;
    await page.mouse.move(x(0.25), box.y + 60);
    await page.mouse.down();
    assert.ok(Math.abs((await at(page)) - 375) < 4, String(await at(page)));
    await page.mouse.move(x(0.5), box.y + 60);
    assert.ok(Math.abs((await at(page)) - 750) < 4);
    await page.mouse.up();
    await page.mouse.move(x(0.9), box.y + 60);
    assert.ok(Math.abs((await at(page)) - 750) < 4);
}));

test("the slider speaks, and events are said", () => visit("report.html", "#t=25", async (page) => {
    await seek(page, 31);
    assert.match(plain(await page.locator(".hearing").textContent()), /^T\+31s: .*user errors/);
    assert.equal(plain(await page.locator(".slider input").getAttribute("aria-valuetext")), "T+31s, 14:00:31");
    assert.equal(await told(page), "T+31s, 14:00:31");
}));
