// The page opens from disk, says nothing, loads nothing, and can do without scripts.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import test from "node:test";
import { file, json, node, plain, visit } from "../lib/page.mjs";

test("the page opens from disk and shows the run", () => visit("report.html", "", async (page) => {
    const record = json("record.json");
    assert.equal(await page.locator(".topology .node").count(), record.topology.classes.length + record.topology.services.length);
    assert.equal(await page.locator(".topology .edge").count(), record.topology.calls.length);
    assert.match(plain(await page.locator(".time").textContent()), /^T\+0s, 14:00:00$/);
    assert.ok(statSync(file("report.html")).size < 3_000_000);
}));

test("the policy of the page lets nothing else run", () => visit("report.html", "", async (page) => {
    const policy = await page.locator("meta[http-equiv=Content-Security-Policy]").getAttribute("content");
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    assert.equal(await page.locator("[style]:not(svg):not(i):not(.patterns *)").evaluateAll((all) => all.filter((one) => !one.closest("#replay")).length), 0);
    assert.equal(await page.evaluate(() => [...document.querySelectorAll("*")].flatMap((one) => [...one.attributes]).filter((attribute) => attribute.name.startsWith("on")).length), 0);
}));

test("without scripts the story is there and the replay says why it is not", () => visit("report.html", "", async (page) => {
    assert.match(await page.locator("#replay").innerText(), /needs scripts/);
    assert.ok((await page.locator("main").innerText()).length > 2000);
}, { javaScriptEnabled: false }));

test("a moment of the story leads to the replay", () => visit("report.html", "", async (page) => {
    const link = page.locator("[data-at='61.000'] .at a").first();
    assert.ok(await link.count() > 0);
    await link.click();
    assert.match(plain(await page.locator(".time").textContent()), /^T\+61s/);
}));

test("an address opens at its moment with its service", () => visit("report.html", "#t=61&show=user", async (page) => {
    assert.match(plain(await page.locator(".time").textContent()), /^T\+61s, 14:01:01$/);
    assert.equal(await node(page, "user").getAttribute("aria-pressed"), "true");
    assert.match(plain(await page.locator(".detail h3").textContent()), /^user at T\+61s$/);
}));
