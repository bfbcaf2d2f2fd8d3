// On paper there are no controls, and nothing is cut off.
import assert from "node:assert/strict";
import test from "node:test";
import { file, visit } from "../lib/page.mjs";

test("it prints", () => visit("report.html", "#t=61&show=user", async (page) => {
    const paper = await page.pdf({ path: file("report.pdf"), format: "A4" });
    assert.ok(paper.length > 50_000);
    await page.emulateMedia({ media: "print" });
    // The width of A4 and the height of its text, in the pixels of CSS.
    await page.setViewportSize({ width: 718, height: 1000 });
    const tall = await page.locator("figure.picture").evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().height > 1000).map((one) => one.id));
    assert.deepEqual(tall, []);
    assert.equal(await page.locator("#replay :is(button, input, select, summary):visible").count(), 0);
    for (const part of [".topology .node", ".chart", ".time", ".caption", ".lane"]) assert.equal(await page.locator(part).first().isVisible(), true, part);
}));
