// Two runs stand side by side on one clock.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import test from "node:test";
import { data, page as write } from "../lib/madeup.mjs";
import { choice, embedded, file, json, node, plain, seek, visit, whole } from "../lib/page.mjs";

const real = existsSync(file("pair.html"));

function made_up() {
    const [run] = data().runs;
    write("pair-data.html", { version: 1, runs: [run, { ...run, variant: "the same once more", actual: run.twin, faults: [], events: [], first_hit: [], phases: [], loop: null }] });
    return "pair-data.html";
}

test("one clock moves both runs", () => visit(made_up(), "#t=40", async (page) => {
    assert.equal(await page.locator(".stage").count(), 2);
    const words = await page.locator(".topology .node.service .node-status").evaluateAll((all) => all.map((one) => one.textContent));
    const half = words.length / 2;
    assert.ok(words.slice(0, half).some((word) => word.includes("fail")));
    assert.deepEqual(words.slice(half).filter((word) => word !== "healthy"), []);
    await page.locator(".stage").nth(1).locator(".node.service").first().click();
    assert.match(plain(await page.locator(".detail h3").textContent()), /\(the same once more\) at T\+40s$/);
    await seek(page, 1400);
    assert.equal(await page.locator(".cursor").count(), 2);
    const places = await page.locator(".cursor").evaluateAll((all) => all.map((one) => one.getAttribute("transform")));
    assert.equal(places[0], places[1]);
}));

test("two records tell two endings", { skip: !real && "there is no pair.html" }, () => visit("pair.html", "#t=300", async (page) => {
    assert.equal(await page.locator(".stage").count(), 2);
    const titles = await page.locator(".stage-title h3").allTextContents();
    assert.equal(new Set(titles).size, 2);
    const status = (stage) => page.locator(".stage").nth(stage).locator('.node.service:has(> title:text-is("user")) .node-status').textContent();
    assert.match(plain(await status(0)), /% fail|hang/);
    assert.match(plain(await status(1)), /healthy/);
    assert.equal(await node(page, "user").count(), 1);
    assert.ok(json("record.json").actual.windows > 300);
}));

test("breakers open and close as the record says", { skip: !real && "there is no pair.html" }, () => visit("pair.html", "", async (page) => {
    const { actual } = json("pair-record.json");
    const { breakers_open } = actual.calls["checkout -> user"];
    const mark = page.locator(".stage").nth(1).locator(".breaker:not([display=none])");
    let open = 0;
    for (const s of [1, 7, 9, 12, 15, 30, 200]) {
        await seek(page, s);
        const expected = breakers_open[Math.floor(s / actual.window_s + 1e-9)];
        assert.equal(await mark.count(), expected > 0.05 ? 1 : 0, String(s));
        if (expected > 0.05) assert.equal(plain(await mark.textContent()), `${Math.max(1, Math.round(expected))} open`);
        open += expected > 0.05 ? 1 : 0;
    }
    assert.ok(open > 0);
}));

/** Two runs that have little in common: the second is longer, and its users have another name; the first has no twin. */
function unlike() {
    const [run] = data().runs;
    const short = { ...run, windows: Math.round(run.windows / 5), simulated_s: run.simulated_s / 5, twin: null, unattended: null, roots: [], blame: [], loop: null };
    const renamed = (world) => ({ ...world, classes: Object.fromEntries(Object.entries(world.classes).map(([name, series]) => [`other ${name}`, series])) });
    const nodes = run.nodes.map((node) => (node.kind === "class" ? { ...node, name: `other ${node.name}` } : node));
    write("unlike.html", { version: 1, runs: [short, { ...run, variant: "longer", nodes, actual: renamed(run.actual), twin: renamed(run.twin), unattended: null }] });
    return "unlike.html";
}

test("a run that is over does not hold the other up", () => visit(unlike(), "#t=250", async (page) => {
    const load = () => page.locator(".stage").nth(1).locator(".margin, .node-status, .bar-number").allTextContents();
    await page.evaluate(() => {
        const { clock } = knockon.replay;
        clock.at = 320;
        knockon.replay.render(false);
    });
    const before = await load();
    assert.equal(await page.locator(".stage-over").first().isVisible(), true);
    await page.evaluate(() => {
        knockon.replay.clock.at = 800;
        knockon.replay.render(false);
    });
    assert.notDeepEqual(await load(), before);
    await seek(page, 1400);
    assert.equal(await page.locator(".slider input").inputValue(), "1400");
}));

test("traffic and twin of either run can be chosen", () => visit(unlike(), "#t=60", async (page) => {
    assert.equal(await choice(page, "Twin").count(), 1);
    const options = await choice(page, "Traffic").locator("option").allTextContents();
    const { classes } = (await embedded(page)).runs[1].actual;
    assert.ok(options.includes(Object.keys(classes)[0]), options.join());
    for (const name of options.slice(1)) {
        await choice(page, "Traffic").selectOption(name);
        assert.equal(await page.locator(".chart .line-own").count(), 1, name);
        assert.equal(await page.getByText("this run has no such traffic").count(), 1);
    }
    await choice(page, "Traffic").selectOption("");
    assert.equal(await page.locator(".chart .line-own").count(), 2);
}));

/** Two runs of which the second ends well before anybody acts. */
function two_endings() {
    const [run] = data().runs;
    const [first, second, ...rest] = run.moments;
    const others = [first, { ...second, tell: "It heals.", later: [] }, { ...rest.at(-1), at_s: second.at_s + 1, title: "Over soon", ask: "Why so soon?", tell: "It healed.", later: [] }];
    write("endings.html", { runs: [run, { ...run, variant: "the answer", moments: others }] });
    return "endings.html";
}

test("captions and presenter tell of both runs", () => visit(two_endings(), "", async (page) => {
    const { moments } = (await embedded(page)).runs[0];
    const name = (await page.locator(".stage-title h3").allTextContents())[0];
    const captions = page.locator(".caption span");
    await choice(page, "Moment").selectOption("1");
    assert.deepEqual(await captions.allTextContents(), [moments[1].tell.replace(/^No\. /, ""), "It heals."]);
    await choice(page, "Moment").selectOption({ label: `T+${moments[1].at_s + 1}s Over soon (the answer)` });
    assert.equal(await captions.nth(1).textContent(), "It healed.");
    await choice(page, "Mode").selectOption("present");
    const card = page.locator(".card");
    const go = async (stage) => {
        await card.locator("button.main").click();
        await page.waitForFunction((stage) => document.querySelector(".card").dataset.stage === stage, stage);
    };
    if ((await card.getAttribute("data-stage")) !== "asked") await go("asked");
    await go("told");
    assert.equal(await card.locator(".card-tell").textContent(), whole(moments[0]));
    for (const stage of ["moving", "asked", "told"]) await go(stage);
    assert.equal(await card.locator(".card-tell").textContent(), `${name}: ${whole(moments[1])}\nthe answer: It heals.`);
    for (const stage of ["moving", "asked"]) await go(stage);
    assert.equal(await card.locator("h3").textContent(), "Over soon (the answer)");
    assert.equal(await card.locator(".card-ask").textContent(), "Why so soon?");
}));

test("an interview does not name what tells its runs apart", () => visit(two_endings(), "#mode=interview&show=user&run=2", async (page) => {
    assert.deepEqual(await page.locator(".stage-title h3").allTextContents(), ["run 1", "run 2"]);
    const heard = () => page.evaluate(() => document.body.innerText + [...document.querySelectorAll("#replay [aria-label], .hearing")].map((one) => `${one.getAttribute("aria-label")} ${one.textContent}`).join());
    assert.doesNotMatch(await heard(), /the answer/);
    await choice(page, "Mode").selectOption("replay");
    assert.match(await heard(), /the answer/);
}));

test("an address names the run of its node", () => visit(unlike(), "#t=60&show=user&run=2", async (page) => {
    assert.match(plain(await page.locator(".detail h3").textContent()), /^user \(longer\)/);
    await page.waitForTimeout(400);
    assert.match(await page.evaluate(() => location.hash), /show=user&run=2/);
}));

test("an interview shows no breakers that only one run has, before it is over", { skip: !real && "there is no pair.html" }, () => visit("pair.html", "#mode=interview", async (page) => {
    const card = page.locator(".card");
    const mark = page.locator(".stage").nth(1).locator(".breaker:not([display=none])");
    await page.locator(".stage").nth(1).locator('.node.service:has(> title:text-is("checkout"))').click();
    const heard = () => page.evaluate(() => [...document.querySelectorAll(".events, .hearing, .calls tbody")].map((one) => one.textContent).join());
    const own = page.locator(".calls tbody tr").filter({ hasText: "checkout -> user" }).locator("td").nth(3);
    let asked = 0;
    while ((await card.getAttribute("data-stage")) !== "over") {
        asked += (await card.getAttribute("data-stage")) === "asked" ? 1 : 0;
        assert.equal(await mark.count(), 0);
        assert.doesNotMatch(await heard(), /breaker|\d open/);
        assert.equal(await own.textContent(), "none");
        await card.locator("button.main").click();
    }
    assert.ok(asked > 3, String(asked));
    await seek(page, 9);
    assert.equal(await mark.count(), 1);
    assert.notEqual(await own.textContent(), "none");
}, { reducedMotion: "reduce" }));
