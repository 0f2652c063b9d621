// Evaluate expressions with feelin, the FEEL of the browser.
//
// Usage: node feelin.mjs <folder of node_modules>; each line of standard input is { text, variables }, each line of output
// { value } or { error }.

import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';

const { evaluate } = await import(pathToFileURL(resolve(process.argv[2], '@bpmn-io/feelin/dist/index.js')));

function answer({ text, variables }) {
  try {
    return { value: evaluate(text, variables).value };
  } catch (error) {
    return { error: String(error) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`);
}
