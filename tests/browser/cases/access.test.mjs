// An audit of what keyboards, screen readers and eyes need: wide and narrow, light and dark, with everything open.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import test from "node:test";
import { choice, file, json, node, visit } from "../lib/page.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const VIEWS = [
    { name: "desktop, light", part: "html", options: { viewport: { width: 1280, height: 800 }, colorScheme: "light" } },
    { name: "desktop, dark", part: "#replay", options: { viewport: { width: 1280, height: 800 }, colorScheme: "dark" } },
    { name: "phone, light", part: "#replay", options: { viewport: { width: 390, height: 844 }, colorScheme: "light", hasTouch: true, isMobile: true } },
    { name: "phone, dark", part: "html", options: { viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true, isMobile: true } },
];

/** What the audit finds wrong in a part of the page: the rule and the first places. */
async function violations(page, part) {
    return page.evaluate(`${axe}; axe.run("${part}", { resultTypes: ["violations"] }).then(({ violations }) =>
        violations.map((one) => one.id + ": " + one.nodes.slice(0, 3).map((node) => node.target.join(" ") + " " + (node.any[0]?.message ?? node.failureSummary)).join(" | ")))`);
}

for (const { name, part, options } of VIEWS) {
    test(`the audit finds nothing: ${name}`, () => visit("report.html", "#t=61&show=user", async (page) => {
        await page.locator(".as-table summary").click();
        await page.locator(".help summary").click();
        assert.deepEqual(await violations(page, part), []);
        if (await page.locator(".settings > summary").isVisible()) await page.locator(".settings > summary").click();
        await choice(page, "Mode").selectOption("present");
        assert.deepEqual(await violations(page, "#replay"), []);
    }, options));
}

test("the audit finds nothing in two runs", { skip: !existsSync(file("pair.html")) && "there is no pair.html" }, () => visit("pair.html", "#t=61&show=user", async (page) => {
    for (const summary of await page.locator(".as-table summary").all()) await summary.click();
    assert.deepEqual(await violations(page, "#replay"), []);
}));

test("on a phone nothing is wider than the page, and targets are large", () => visit("report.html", "#t=61&show=user", async (page) => {
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 390);
    const small = await page.locator("#replay :is(button, select, input, summary):visible").evaluateAll((all) =>
        all.map((one) => [one.textContent.slice(0, 20), one.getBoundingClientRect()]).filter(([, box]) => box.height < 43.5 || box.width < 43.5).map(([text, box]) => `${text} ${box.width}x${box.height}`));
    assert.deepEqual(small, []);
}, VIEWS[2].options));

test("the keyboard reaches every node and opens its lanes", () => visit("report.html", "#t=61", async (page) => {
    await page.locator(".topology .node[tabindex='0']").focus();
    const reached = new Set();
    const focused = () => page.evaluate(() => document.activeElement.getAttribute("data-node"));
    for (const key of ["Down", "Down", "Right", "Right", "Up", "Right", "Right"]) {
        await page.keyboard.press(`Arrow${key}`);
        reached.add(await focused());
    }
    assert.ok(reached.size >= 6, [...reached].join());
    await page.keyboard.press("Enter");
    assert.equal(await page.locator(".detail").isVisible(), true);
    assert.equal(await page.locator(`.node[data-node='${await focused()}']`).first().getAttribute("aria-pressed"), "true");
    assert.ok(await node(page, "user").count() === 1);
}));

test("who wants little motion gets none", () => visit("report.html", "", async (page) => {
    const moving = await page.evaluate(() => [...document.querySelectorAll("*")].filter((one) => {
        const style = getComputedStyle(one);
        return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0;
    }).length);
    assert.equal(moving, 0);
    await choice(page, "Mode").selectOption("present");
    for (let i = 0; i < 4 && (await page.locator(".card").getAttribute("data-stage")) !== "told"; i += 1) await page.locator(".card button.main").click();
    await page.locator(".card button.main").click();
    assert.equal(await page.locator(".card").getAttribute("data-stage"), "asked");
}, { reducedMotion: "reduce" }));

test("who closes the detail goes on at its node", () => visit("report.html", "#t=61&show=user", async (page) => {
    await page.getByRole("button", { name: "Close" }).click();
    assert.equal(await page.locator(".detail").isVisible(), false);
    assert.equal(await page.evaluate(() => document.activeElement.querySelector("title")?.textContent), "user");
    await page.keyboard.press("n");
    assert.ok(Number(await page.locator(".slider input").inputValue()) > 61);
}));

test("what is told of a node comes into view", () => visit("report.html", "#t=61", async (page) => {
    await node(page, "user").click();
    await page.waitForFunction(() => {
        const { top, bottom } = document.querySelector(".detail-bar").getBoundingClientRect();
        return top > 0 && bottom < innerHeight;
    }, null, { timeout: 5000 });
}));

test("the same address once more leaves the node chosen", () => visit("report.html", "#t=61&show=user", async (page) => {
    await page.evaluate(() => (location.hash = "#t=70&show=user"));
    await page.waitForFunction(() => document.querySelector(".slider input").value === "70");
    assert.equal(await page.locator(".detail").isVisible(), true);
}));

test("what scrolls keeps its keys", () => visit("report.html", "#t=61&show=user", async (page) => {
    await page.getByRole("region", { name: "Calls of the chosen node" }).focus();
    for (const key of ["ArrowRight", "End", "PageDown"]) await page.keyboard.press(key);
    assert.equal(await page.locator(".slider input").inputValue(), "61");
}));

test("every head of the replay's tables says what it is, on hover and on focus", () => visit("report.html", "#t=61&show=user", async (page) => {
    await page.locator(".as-table summary").click();
    const tip = page.locator(".tip");
    for (const table of [".as-table", ".calls"]) {
        const heads = page.locator(`${table} thead th`);
        for (let i = 0; i < await heads.count(); i += 1) {
            // A pointer that rests somewhere is over something else once the page has scrolled.
            await page.mouse.move(0, 0);
            await heads.nth(i).locator("a.term").focus();
            const focused = await tip.textContent();
            assert.ok(focused.length > 20, `${table} ${i}`);
            await page.keyboard.press("Escape");
            assert.equal(await tip.isVisible(), false);
            if (i === 0) continue;
            await page.locator(`${table} tbody tr`).first().locator("td").nth(i - 1).hover();
            assert.equal(await tip.textContent(), focused);
        }
    }
    await page.locator(".margin h3 a.term").first().focus();
    assert.equal(await tip.isVisible(), true);
}));

test("every reading says what it reads, on hover and on focus", () => visit("report.html", "#t=61", async (page) => {
    const { monitors } = json("record.json").actual;
    const rows = page.locator(".readings tr");
    assert.equal(await rows.count(), Object.keys(monitors).length);
    const tip = page.locator(".tip");
    for (const [i, [name, { of, scrape_s }]] of Object.entries(monitors).entries()) {
        await page.mouse.move(0, 0);
        await rows.nth(i).locator("th a.term").focus();
        const focused = await tip.textContent();
        assert.ok(focused.startsWith(name) && focused.includes(of) && focused.includes(`Read every ${scrape_s} s`), focused);
        await page.keyboard.press("Escape");
        await rows.nth(i).locator("td").hover();
        assert.equal(await tip.textContent(), focused);
    }
}));

test("a table without heads has no terms, and does not mind", () => visit("report.html", "#t=61", async (page) => {
    await page.locator(".help summary").click();
    await page.locator(".help td").first().hover();
    await page.locator(".help td").first().click();
}));

test("users and their service of one name are two to those who listen", () => visit("report.html", "", async (page) => {
    const names = await page.locator(".topology .node").evaluateAll((all) => all.map((one) => `${one.querySelector("title").textContent}: ${one.getAttribute("aria-description").split(";")[0] === "users"}`));
    assert.equal(new Set(names).size, names.length, names.join());
    assert.equal(await page.locator("output").count(), 0);
}));

test("a link of the story leads there every time", () => visit("report.html", "", async (page) => {
    const link = page.locator("[data-at] a").nth(1);
    for (let time = 0; time < 2; time += 1) {
        await link.click();
        await page.waitForFunction(() => document.getElementById("replay").getBoundingClientRect().top < 100);
        await page.waitForTimeout(400);
        await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
    }
}));
