// Measure feelin, the FEEL of the browser, on one expression; it has no compiled form: each evaluation reads the text.
//
// Usage: node feelin.mjs <folder of node_modules> <expression> <variables as JSON>; prints microseconds per read and evaluation.

import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';

const [modules, text, variables] = process.argv.slice(2);
const { evaluate, parseExpression } = await import(pathToFileURL(resolve(modules, '@bpmn-io/feelin/dist/index.js')));
const known = JSON.parse(variables);

function microseconds(call, times) {
  let best = Infinity;
  for (let round = 0; round < 10; round++) {
    const start = process.cpuUsage();
    for (let time = 0; time < times; time++) call();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / times);
  }
  return best;
}

const read = microseconds(() => parseExpression(text, known), 500);
const evaluated = microseconds(() => evaluate(text, known), 500);
process.stdout.write(JSON.stringify({ read, evaluated }));
