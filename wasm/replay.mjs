// Replays a scenario in WebAssembly and compares what it leaves with the files of a native run.
//
//     node wasm/replay.mjs MODULE.wasm SCENARIO.ron DIRECTORY
//
// DIRECTORY holds summary.json and record.json as `knockon run` wrote them. Exit code 1 if a byte differs.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

const [modulePath, scenarioPath, directory] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(await readFile(modulePath));
const { put, run, take } = instance.exports;

for (const byte of await readFile(scenarioPath)) put(byte);
const length = run();
const result = Buffer.alloc(length);
for (let position = 0; position < length; position += 1) result[position] = take(position);

const end = result.indexOf(0);
if (end < 0) {
    console.error(result.toString());
    process.exit(2);
}
const files = { "summary.json": result.subarray(0, end), "record.json": result.subarray(end + 1) };
for (const [name, bytes] of Object.entries(files)) {
    const native = await readFile(join(directory, name));
    if (!native.equals(bytes)) {
        let at = 0;
        while (native[at] === bytes[at]) at += 1;
        const around = (text) => text.subarray(Math.max(0, at - 60), at + 60).toString();
        console.error(`${scenarioPath}: ${name} differs at byte ${at}`);
        console.error(`  native       ${around(native)}`);
        console.error(`  WebAssembly  ${around(bytes)}`);
        process.exit(1);
    }
}
console.log(`${scenarioPath}: ${length - 1} bytes, the same natively and in WebAssembly`);
