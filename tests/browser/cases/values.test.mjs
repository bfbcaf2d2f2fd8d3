// What is shown is what the files of the run say, computed from them here once more.
import assert from "node:assert/strict";
import test from "node:test";
import { failing, goodput, percent, recent, replicas } from "../lib/expected.mjs";
import { choice, json, node, plain, seek, visit } from "../lib/page.mjs";

const MOMENTS = [0, 2, 10, 20, 40, 61, 80, 112, 150, 200, 421, 700, 812, 850, 1000, 1499];
const record = json("record.json");
const summary = json("summary.json");
const level = (series, s) => series[Math.min(series.length - 1, Math.floor(s))];
const number = (text) => Number(text.replaceAll(",", ""));

test("nodes show the record at many moments", () => visit("report.html", "", async (page) => {
    let checked = 0;
    for (const s of MOMENTS) {
        await seek(page, s);
        for (const { name } of record.topology.services) {
            const label = plain(await node(page, name).getAttribute("aria-description"));
            const words = failing(record, name, s);
            if (words !== null) assert.ok(label.startsWith(`${words};`), `${name} at ${s}: ${label}, not ${words}`);
            else assert.doesNotMatch(label.split(";")[0], /fail|hang/, `${s}: ${label}`);
            const [, queue] = label.match(/queue ([\d,]+)/);
            assert.ok(Math.abs(number(queue) - level(record.actual.services[name].queue_length, s)) <= 1, `${s}: ${label}`);
            const [, busy] = label.match(/threads ([\d,]+) of/);
            assert.ok(Math.abs(number(busy) - level(record.actual.services[name].busy_threads, s)) <= 1, `${s}: ${label}`);
            checked += 1;
        }
    }
    assert.equal(checked, MOMENTS.length * record.topology.services.length);
}));

test("replicas are in the states of the record", () => visit("report.html", "", async (page) => {
    for (const s of MOMENTS) {
        await seek(page, s);
        const shown = await node(page, "user").locator(".replica").evaluateAll((all) => all.map((one) => one.dataset.state));
        assert.deepEqual(shown, replicas(record, "user", s), String(s));
    }
}));

test("calls tell their rate against the twin's", () => visit("report.html", "", async (page) => {
    for (const s of [6, 40, 61, 200, 850, 1300]) {
        await seek(page, s);
        const own = recent(record.actual.calls["checkout -> user"].attempts, s, 1, 5);
        const twin = recent(record.twin.calls["checkout -> user"].attempts, s, 1, 5);
        const ratio = own / twin;
        const label = plain(await page.locator(".edge-words .edge-label").nth(record.topology.calls.findIndex((call) => call.name === "checkout -> user")).textContent());
        assert.equal(label, ratio >= 1.5 ? `${ratio.toFixed(1)} ×` : "", String(s));
        const call = page.locator(".edge").nth(record.topology.calls.findIndex((call) => call.name === "checkout -> user"));
        await call.dispatchEvent("pointerenter");
        const number = ratio < 9.95 ? ratio.toFixed(1) : Math.round(ratio);
        assert.ok(plain(await call.locator("title").textContent()).includes(`, ${number} × the twin's;`), `${s}: ${number}`);
    }
    await node(page, "user").click();
    await seek(page, 40);
    const row = page.locator(".calls tr").filter({ has: page.locator("th", { hasText: "checkout -> user" }) });
    const sent = recent(record.actual.calls["checkout -> user"].attempts, 40, 1, 5);
    const failed = recent(record.actual.calls["checkout -> user"].failed, 40, 1, 5);
    const cells = (await row.locator("td").allTextContents()).map(plain);
    assert.deepEqual([Math.round(number(cells[0])), cells[2]], [Math.round(sent / 5), percent(Math.min(1, failed / Math.max(sent, failed)))]);
    assert.equal(await page.locator(".calls tbody tr").count(), 3);
}));

test("readings and alerts are the monitors'", () => visit("report.html", "", async (page) => {
    for (const s of [0, 29, 30, 60, 300, 895, 961]) {
        await seek(page, s);
        for (const [name, monitor] of Object.entries(record.actual.monitors)) {
            const row = page.locator(".readings tr").filter({ has: page.locator(`th`, { hasText: new RegExp(`^${name}$`) }) });
            const read = monitor.samples.filter(([at]) => at <= s && at >= 0).at(-1)?.[1];
            const shown = plain(await row.locator("td").textContent());
            if (read !== undefined && monitor.unit === "share" && read >= 0.01) assert.equal(parseInt(shown.replace("> ", ""), 10), read > 0.99 && read < 1 ? 99 : Math.round(read * 100), `${s} ${name} ${shown}`);
        }
        const firing = Object.values(record.actual.monitors).filter((monitor) => monitor.alerts.some(([from, to]) => from <= s && (to === null || s < to))).length;
        assert.equal(await page.locator(".alerts [data-kind=firing]").count(), firing, String(s));
    }
}));

test("every service can be chosen and shows its lanes", () => visit("report.html", "#t=61", async (page) => {
    for (const { name } of record.topology.services) {
        await node(page, name).click();
        assert.match(plain(await page.locator(".detail h3").textContent()), new RegExp(`^${name} at T\\+61s$`));
        assert.ok(await page.locator(".lane").count() >= 6);
        const offered = Math.round(recent(record.actual.services[name].offered, 61, 1, 5) / 5);
        const shown = plain(await page.locator(".lane-box").first().locator(".lane-value").textContent());
        assert.ok(Math.abs(number(shown.match(/^([\d,]+)\/s/)[1]) - offered) <= 1, `${name}: ${shown}, not ${offered}`);
    }
    await node(page, "checkout", "class").click();
    assert.match(await page.locator(".detail h3").textContent(), /^Users of checkout at/);
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".detail").isVisible(), false);
}));

test("the blame of all moments adds up to the root causes of the summary", () => visit("report.html", "", async (page) => {
    const harms = await page.evaluate(() => {
        const run = knockon.replay.runs[0];
        return knockon.blame.all_roots(run).map(({ name, harmed }) => [name, knockon.series.sum(harmed, 0, run.data.windows)]);
    });
    const all = harms.reduce((sum, [, harmed]) => sum + harmed, 0);
    for (const { root, share } of summary.root_causes) {
        const shown = (harms.find(([name]) => name === root)?.[1] ?? 0) / all;
        assert.ok(Math.abs(shown - share) < 0.005, `${root}: ${shown}, not ${share}`);
    }
    await seek(page, 40);
    await node(page, "user").click();
    assert.match(plain(await page.locator(".blame li").first().textContent()), /^(9\d|100|> 99) % retries of checkout -> user$/);
}));

test("the chart's line is the goodput of the record", () => visit("report.html", "", async (page) => {
    const shown = await page.evaluate((moments) => {
        const { chart } = knockon.replay.stages[0];
        return moments.map((s) => ["actual", "twin"].map((world) => chart.goodput(world)[chart.run.window(s)]));
    }, [30, 600, 1400]);
    [30, 600, 1400].forEach((s, i) => {
        assert.ok(Math.abs(shown[i][0] - goodput(record.actual, s)) < 0.5);
        assert.ok(Math.abs(shown[i][1] - goodput(record.twin, s)) < 0.5);
    });
}));

test("where nothing is answered nothing has a latency", () => visit("report.html", "#show=user", async (page) => {
    await page.locator(".as-table summary").click();
    const { ok, failed } = record.actual.services.user;
    let dead = 0;
    for (const s of [20, 75, 90, 190, 260, 500, 800]) {
        await seek(page, s);
        const shown = plain(await page.locator("#replay").innerText());
        assert.doesNotMatch(shown, /\b0(\.0)? ms/, String(s));
        if (recent(ok, s, 1, 5) > 0 || recent(failed, s, 1, 5) === 0) continue;
        dead += 1;
        const row = page.locator(".readings tr").filter({ has: page.locator("th", { hasText: "user latency now" }) });
        // What the monitor reads, and of what.
        const read = record.actual.monitors["user latency now"].samples.findLast(([at]) => at <= s)[1];
        assert.equal(plain(await row.locator("td").textContent()), `${read < 0.001 ? "< 0.1 ms" : `${read.toFixed(1)} s`}, all failed`, String(s));
        const cells = page.locator(".as-table tr").filter({ has: page.locator("th", { hasText: /^user$/ }) }).locator("td");
        assert.equal(await cells.nth(6).textContent(), "no answer", String(s));
    }
    assert.ok(dead > 1, String(dead));
}));

test("the twin stands beside it, healthy", () => visit("report.html", "#t=40", async (page) => {
    await choice(page, "Twin").selectOption("beside");
    const twin = page.locator(".twin-box .node.service");
    assert.equal(await twin.count(), record.topology.services.length);
    assert.deepEqual(await twin.evaluateAll((all) => all.map((one) => one.dataset.step).filter((step) => step !== "0")), []);
    assert.deepEqual(await page.locator(".twin-box .pie-slice").evaluateAll((all) => all.map((one) => one.getAttribute("stroke-dasharray")).filter((slice) => !slice.startsWith("0.0 "))), []);
    assert.doesNotMatch(await page.locator(".twin-box").innerText(), /–|NaN/);
}));

test("the last kill of the list is the story's", () => visit("report.html", "#t=700", async (page) => {
    const kills = record.actual.transitions.filter(({ state, at_s }) => state === "out of memory" && at_s > 600 && at_s < 700).map(({ at_s }) => at_s);
    const instant = (s) => `T+${Math.floor(Math.round(s) / 60)}m${String(Math.round(s) % 60).padStart(2, "0")}s`;
    assert.notEqual(instant(kills[0]), instant(kills.at(-1)));
    const listed = async () => plain(await page.locator(".events li").first().textContent());
    assert.equal(await listed(), `${instant(kills[0])} ${kills.length} replicas of user: out of memory, the last at ${instant(kills.at(-1))}`);
    assert.ok((await page.locator("#happened").textContent()).includes(`the last at ${instant(kills.at(-1))}`));
    await seek(page, Math.ceil(kills[0]));
    assert.match(await listed(), /user\/\d is out of memory$/);
}));
