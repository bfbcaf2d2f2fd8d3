// Opens pages in a Chromium and watches them: whatever the console says, whatever is asked for, fails the test.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

/** Where report.html, record.json and summary.json of a run lie, and other pages. */
const FOLDER = process.env.KNOCKON_PAGES;
if (FOLDER === undefined) throw new Error("KNOCKON_PAGES is not set: start .ci/browser");
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
let browser = null;

export const file = (name) => join(FOLDER, name);
export const json = (name) => JSON.parse(readFileSync(file(name), "utf8"));
export const plain = (text) => text.replaceAll("\u00a0", " ");

/** All that is told of a key moment, what happens later included. */
export const whole = ({ tell, later = [] }) => [tell, ...later.map(([, text]) => text)].filter((text) => text !== "").join(" ");

/** Opens a page of the folder, does something with it, and checks that nobody complained and nothing was loaded. */
export async function visit(name, hash, act, options = {}) {
    browser ??= await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: QUIET });
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    const said = [];
    const asked = [];
    page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => said.push(`error: ${error.message}`));
    page.on("dialog", (dialog) => said.push(`dialog: ${dialog.message()}`) && dialog.dismiss());
    page.on("request", (request) => asked.push(request.url()));
    const url = pathToFileURL(file(name)).href;
    await page.goto(url + hash);
    const result = await act(page);
    assert.deepEqual(said, []);
    assert.deepEqual(asked.map((address) => address.split("#")[0]), [url]);
    await context.close();
    return result;
}

after(() => browser?.close());

/** A node of the first topology. */
export function node(page, name, kind = "service") {
    return page.locator(".topology").first().locator(`.node.${kind}:has(> title:text-is("${name}"))`);
}

/** A choice of the bar, by its name. */
export function choice(page, name) {
    return page.getByRole("combobox", { name, exact: true });
}

/** Moves the clock. */
export async function seek(page, s) {
    await page.locator(".slider input").evaluate((slider, s) => {
        slider.value = s;
        slider.dispatchEvent(new Event("input"));
    }, s);
}

/** What the page embeds. */
export async function embedded(page) {
    return page.evaluate(() => JSON.parse(document.getElementById("data").textContent));
}
