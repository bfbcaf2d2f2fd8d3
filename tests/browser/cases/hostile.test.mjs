// Names and notes are text, whatever they look like: in the data of the page, and in a scenario where they may be there.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import test from "node:test";
import { data, hostile, page as write } from "../lib/madeup.mjs";
import { choice, file, plain, seek, visit } from "../lib/page.mjs";

const ATTACKS = [
    "<img src=x onerror=\"window.hurt=1;console.log('hurt')\">", "</script><script>window.hurt=1;console.log('hurt')</script>",
    "\"'><svg/onload=window.hurt=1>", "{{constructor.constructor('window.hurt=1')()}}", "javascript:window.hurt=1//", "<!--<script>", "\u202e&lt;b&gt;\u2028",
];

/** Goes through all there is. */
async function roam(page) {
    for (const s of [0, 12, 61, 300, 1200]) await seek(page, s);
    for (const node of await page.locator(".topology .node").all()) await node.dispatchEvent("click");
    await page.locator(".as-table summary").click();
    for (const mode of ["present", "interview", "replay"]) {
        await choice(page, "Mode").selectOption(mode);
        for (let i = 0; i < 3; i += 1) await page.locator(".card button.main").dispatchEvent("click");
    }
    assert.equal(await page.evaluate(() => window.hurt), undefined);
    assert.equal(await page.locator("#replay :is(img, script, iframe, object, a:not(.at a, .term), form)").count(), 0);
}

test("hostile data are shown as they are and do nothing", () => {
    const attack = ATTACKS.join(" ");
    write("hostile-data.html", hostile(data(), attack));
    return visit("hostile-data.html", "#t=20", async (page) => {
        const shown = await page.locator(".node > title").first().textContent();
        assert.ok(shown.startsWith(attack), shown);
        await roam(page);
    });
});

test("a scenario of hostile names does nothing", { skip: !existsSync(file("hostile.html")) && "there is no hostile.html" }, () => visit("hostile.html", "#t=5", async (page) => {
    const words = plain(await page.locator("body").innerText());
    assert.ok(words.includes("<img") || words.includes("<script"), "the names are shown");
    for (const node of await page.locator(".topology .node").all()) await node.dispatchEvent("click");
    assert.equal(await page.evaluate(() => window.hurt), undefined);
    assert.equal(await page.locator("main :is(img, iframe, object, form), svg script").count(), 0);
}));
