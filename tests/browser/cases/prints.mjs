// On paper there are no controls, and nothing is cut off.
import assert from "node:assert/strict";
import test from "node:test";
import { file, visit } from "../lib/page.mjs";

test("it prints", () => visit("report.html", "#t=61&show=user", async (page) => {
    const paper = await page.pdf({ path: file("report.pdf"), format: "A4" });
    assert.ok(paper.length > 50_000);
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator(".controls:visible, .replay-bar:visible").count(), 0);
    assert.equal(await page.locator(".topology .node").first().isVisible(), true);
}));
