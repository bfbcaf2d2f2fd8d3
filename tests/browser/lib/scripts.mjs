// The scripts of the replay that need no page, as Node reads them.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import vm from "node:vm";

const FOLDER = new URL("../../../assets/report/", import.meta.url);
/** In the order in which they lean on each other. */
const PURE = ["words", "series", "run", "health", "states", "events", "moments", "clock", "dom", "more", "blame", "chart", "caption", "presenter", "link", "keys", "voice"];

/** The namespace that the scripts fill, fresh. */
export function scripts() {
    const world = vm.createContext({ URLSearchParams, Map, Set });
    for (const name of PURE) {
        const url = new URL(`${name}.js`, FOLDER);
        vm.runInContext(readFileSync(url, "utf8"), world, { filename: fileURLToPath(url) });
    }
    return { knockon: world.knockon, globals: Object.keys(world).filter((name) => !["URLSearchParams", "Map", "Set"].includes(name)) };
}
