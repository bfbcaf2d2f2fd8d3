// Who is asked is not told: nothing that is read, heard or drawn goes past the question, however one gets there.
import assert from "node:assert/strict";
import test from "node:test";
import { data, page as write } from "../lib/madeup.mjs";
import { choice, embedded, node, plain, seek, visit } from "../lib/page.mjs";

const at = (page) => page.locator(".slider input").evaluate((slider) => Number(slider.value));
const stage = (page) => page.locator(".card").getAttribute("data-stage");
const main = (page) => page.locator(".card button.main");
const stage_is = (page, asked) => page.waitForFunction((asked) => document.querySelector(".card").dataset.stage === asked, asked);

/** The presenter, on the way from its first question to the second. */
async function on_the_way(page) {
    const { moments } = (await embedded(page)).runs[0];
    await choice(page, "Mode").selectOption("present");
    while (await stage(page) !== "asked") await main(page).click();
    await main(page).click();
    await main(page).click();
    assert.equal(await stage(page), "moving");
    return moments;
}

test("neither screen readers nor the table hear of a pause that is hidden", () => visit("report.html", "#mode=interview", async (page) => {
    const { moments, events } = (await embedded(page)).runs[0];
    const paused = events.find((event) => event.state === "paused");
    await page.locator(".as-table summary").click();
    while (await at(page) < paused.at_s || await stage(page) !== "asked") await main(page).click();
    await seek(page, paused.at_s + 1);
    assert.ok(await at(page) >= paused.at_s && moments.length > 2);
    const heard = await page.evaluate(() => [...document.querySelectorAll("[aria-description], [aria-live], .as-table td")].map((one) => `${one.getAttribute("aria-description") ?? ""} ${one.textContent}`));
    assert.ok(heard.length > 10);
    assert.deepEqual(heard.filter((text) => text.includes("pause")), []);
    await choice(page, "Mode").selectOption("replay");
    await seek(page, paused.at_s + 1);
    assert.match(await page.locator(".as-table").textContent(), /paused/);
}));

test("what is hidden is not said to be nothing", () => visit("report.html", "#mode=present", async (page) => {
    const events = page.locator(".events");
    while (await stage(page) !== "asked") await main(page).click();
    assert.equal(await events.locator(".margin-list").textContent(), "nothing that people could see yet");
    await choice(page, "Mode").selectOption("replay");
    assert.match(await events.locator(".margin-list").textContent(), /begins/);
}));

test("what answers a question is not shown before it is answered", () => visit("report.html", "#mode=present", async (page) => {
    const { moments, events, faults } = (await embedded(page)).runs[0];
    const kill = events.find((event) => event.state === "out of memory");
    await page.locator(".as-table summary").click();
    const listed = async () => `${await page.locator(".events").textContent()} ${await page.locator(".people").textContent()}`;
    for (const [i, { at_s, title }] of moments.entries()) {
        if (i > 0) await main(page).click();
        await stage_is(page, "asked");
        const now = events.filter((event) => event.at_s === at_s);
        for (const { text } of now.filter((event) => !events.some((other) => other.at_s < at_s && other.text === event.text))) {
            assert.ok(!(await listed()).includes(text), `${title}: ${text}`);
        }
        const struck = faults.find((fault) => fault.from_s === at_s);
        if (struck !== undefined) {
            assert.equal(await node(page, struck.service).getAttribute("data-step"), "0");
            assert.match(await node(page, struck.service).getAttribute("aria-description"), /^healthy/);
            // Nor does the line grow yet in front of whoever waits for it.
            const waiting = await page.locator(".topology .node.service").evaluateAll((all) => all.map((one) => one.getAttribute("aria-description")).filter((told) => !told.includes("queue 0")));
            if (struck === faults[0]) assert.deepEqual(waiting, []);
        }
        if (now.some((event) => event.state === kill.state)) assert.doesNotMatch(await page.locator("#replay .replay").innerText(), /out of memory/);
        assert.equal(await page.locator(".card-notes:visible").count(), 0, title);
        await main(page).click();
        await stage_is(page, "told");
        if (struck !== undefined) assert.notEqual(await node(page, struck.service).getAttribute("data-step"), "0");
        if (now.some((event) => event.state === kill.state)) assert.match(await listed(), /out of memory/);
    }
    assert.equal(await page.locator(".card-notes:visible").count(), 1);
}, { reducedMotion: "reduce" }));

test("lanes end where the presentation stands, and so does what they say", () => visit("report.html", "#mode=interview", async (page) => {
    while (await stage(page) !== "asked") await main(page).click();
    await node(page, "user").click();
    // Where something has just begun is asked: no lane tells it.
    assert.equal(await page.locator(".lane:visible").count(), 0);
    await main(page).click();
    await main(page).click();
    await stage_is(page, "asked");
    await choice(page, "Show").selectOption("whole");
    const seen = () => page.locator(".lane").first().evaluate((lane) => [Number(lane.firstChild.getAttribute("width")), lane.clientWidth]);
    const [width, all] = await seen();
    assert.ok(width < all / 10, `${width} of ${all}`);
    const up_to = () => page.locator(".lane-most").first().textContent();
    const early = await up_to();
    await choice(page, "Mode").selectOption("replay");
    const [whole, room] = await seen();
    assert.equal(whole, room);
    assert.notEqual(await up_to(), early);
}));

test("on the way to a question its answer does not show", () => visit("report.html", "", async (page) => {
    await on_the_way(page);
    assert.equal(await page.locator(".spoils:visible, .fault-badge:visible").count(), 0);
}));

for (const [how, act] of [["End", (page) => page.locator(".slider input").press("End")], ["a drag", (page) => seek(page, 1400)]]) {
    test(`${how} on the way leads to the question and not past it`, () => visit("report.html", "", async (page) => {
        const moments = await on_the_way(page);
        await act(page);
        await page.waitForTimeout(200);
        assert.equal(await stage(page), "asked");
        assert.ok(Math.abs(await at(page) - moments[1].at_s) <= 1, String(await at(page)));
        assert.match(await page.locator(".play").textContent(), /Play/);
    }));
}

test("back at a question, what is played stops there", () => visit("report.html", "", async (page) => {
    const moments = await on_the_way(page);
    for (const next of ["asked", "told", "moving", "asked"]) {
        await main(page).click();
        await stage_is(page, next);
    }
    await page.locator(".card").getByRole("button", { name: "Back" }).click();
    await seek(page, moments[1].at_s - 3);
    await page.locator(".controls select").selectOption("20");
    await page.locator(".play").click();
    await page.waitForTimeout(600);
    assert.ok(Math.abs(await at(page) - moments[1].at_s) <= 1, String(await at(page)));
    assert.equal(await stage(page), "asked");
}));

test("the presenter leaves the speed as it was chosen", () => visit("report.html", "", async (page) => {
    await page.locator(".controls select").selectOption("50");
    await on_the_way(page);
    await choice(page, "Mode").selectOption("replay");
    const speed = await page.evaluate(() => knockon.replay.clock.pace ?? knockon.replay.clock.speed);
    assert.equal(speed, 50);
}));

test("an address leads to its question", () => visit("report.html", "#t=108&mode=present", async (page) => {
    const { moments } = (await embedded(page)).runs[0];
    const last = moments.findLast((moment) => moment.at_s <= 108);
    assert.equal(await page.locator(".card-ask").textContent(), last.ask);
    assert.ok(Math.abs(await at(page) - last.at_s) <= 1);
}));

test("nothing is offered before what happens at once", () => {
    const [run] = data().runs;
    write("at-once.html", { version: 1, runs: [{ ...run, moments: run.moments.map((moment, i) => (i === 0 ? { ...moment, at_s: 0 } : moment)) }] });
    return visit("at-once.html", "", async (page) => {
        assert.doesNotMatch(await choice(page, "Moment").textContent(), /before/);
        assert.equal(await choice(page, "Moment").inputValue(), "0");
        assert.match(await page.locator(".caption b").textContent(), /^T\+0s/);
    });
});

test("without a twin nobody is said to be no worse off than in it", () => {
    const [run] = data().runs;
    write("no-twin.html", { version: 1, runs: [{ ...run, twin: null, unattended: null, roots: [], blame: [], first_hit: [], phases: [], loop: null }] });
    return visit("no-twin.html", "#t=61&show=user", async (page) => {
        assert.equal(plain(await page.locator(".cause").textContent()), "not known: this run has no twin");
        assert.doesNotMatch(await page.locator("#replay").innerText(), /than in the twin/);
    });
});

test("without a twin, too, where something has just begun is not shown", () => {
    const [run] = data().runs;
    write("no-twin-veil.html", { version: 1, runs: [{ ...run, twin: null, unattended: null, roots: [], blame: [], first_hit: [], phases: [], loop: null }] });
    return visit("no-twin-veil.html", "#mode=present", async (page) => {
        const { faults } = (await embedded(page)).runs[0];
        await page.locator(".as-table summary").click();
        while (await stage(page) !== "asked") await main(page).click();
        const struck = node(page, faults[0].service);
        const row = page.locator(".as-table tr").filter({ has: page.locator("th", { hasText: new RegExp(`^${faults[0].service}$`) }) });
        assert.equal(await struck.getAttribute("aria-description"), "told later");
        assert.deepEqual([...new Set(await row.locator("td").allTextContents())], ["told later", "–"]);
        assert.doesNotMatch(await page.locator("#replay").innerText(), /NaN/);
        await main(page).click();
        assert.notEqual(await struck.getAttribute("aria-description"), "told later");
    });
});
