// All that is tested in a browser, in one Chromium. KNOCKON_PAGES is the folder with report.html, record.json, summary.json.
import { after } from "node:test";
import { FOLDER, close } from "./lib/page.mjs";

if (FOLDER === "") throw new Error("KNOCKON_PAGES is not set: start .ci/browser");
const asked = process.env.KNOCKON_CASES?.split(",") ?? ["opens", "plays", "values", "presents", "hostile", "pair", "access", "large", "prints"];
for (const name of asked) await import(`./cases/${name}.mjs`);
after(close);
