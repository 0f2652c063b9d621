// Fill in forms with form-js itself, in a document of jsdom's, and say what it submits.
//
// Usage: node form_js.mjs <folder of node_modules>; each line of standard input is a case, each line of output its answer.
// A case is { schema, data, edits: [[path, value]] }; its answer { data, errors: [[path, [sentence]]] }.

import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';

const require = createRequire(pathToFileURL(resolve(process.argv[2], 'index.js')));
const { JSDOM } = require('jsdom');

const dom = new JSDOM('<!doctype html><body></body>', { pretendToBeVisual: true });
// Nothing is painted: how a text area would look costs jsdom a walk over all style sheets.
dom.window.getComputedStyle = () => ({ getPropertyValue: () => '' });

const browser = {
  window: dom.window,
  navigator: dom.window.navigator,
  requestAnimationFrame: (callback) => setTimeout(callback, 0),
  cancelAnimationFrame: clearTimeout,
  ResizeObserver: class { observe() {} unobserve() {} disconnect() {} },
  IntersectionObserver: class { observe() {} unobserve() {} disconnect() {} },
  DataTransfer: class { items = { add() {} }; files = null; },
};
for (const name of ['document', 'HTMLElement', 'Element', 'Node', 'KeyboardEvent', 'Event', 'DOMParser', 'getComputedStyle']) {
  browser[name] = dom.window[name];
}
for (const [name, value] of Object.entries(browser)) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
dom.window.HTMLElement.prototype.scrollIntoView = () => {};

// Node waits a millisecond at least for a timer of none; nothing here needs it to.
const later = globalThis.setTimeout;
globalThis.setTimeout = (callback, delay, ...rest) => (
  delay ? later(callback, delay, ...rest) : setImmediate(callback, ...rest)
);
const forget = globalThis.clearTimeout;
globalThis.clearTimeout = (timer) => (timer?.constructor?.name === 'Immediate' ? clearImmediate(timer) : forget(timer));

const { Form } = require('@bpmn-io/form-js-viewer');

// Effects run two timers after each change and may change the form again: wait until six timers brought nothing.
async function settle(form) {
  let quiet = 0;
  const disturb = () => { quiet = 0; };
  form.on('changed', disturb);
  while (quiet++ < 6) await new Promise((done) => setTimeout(done, 0));
  form.off('changed', disturb);
}

function instanceAt(form, path) {
  const wanted = path.join('.');
  return form.get('formFieldInstanceRegistry').getAllKeyed().find((one) => one.valuePath.join('.') === wanted);
}

function edit(form, [path, value]) {
  const fieldInstance = instanceAt(form, path);
  if (!fieldInstance) return;
  form._update({ fieldInstance, field: form.get('formFieldRegistry').get(fieldInstance.id), value });
}

function places(form, errors) {
  return form.get('formFieldInstanceRegistry').getAllKeyed().flatMap(({ id, indexes, valuePath }) => {
    const found = Object.values(indexes || {}).reduce((inner, index) => inner && inner[index], errors[id]);
    return found && found.length ? [[valuePath, found]] : [];
  });
}

async function play({ schema, data, edits }) {
  const container = dom.window.document.createElement('div');
  dom.window.document.body.appendChild(container);
  const form = new Form({ container, debounce: false });
  await form.importSchema(schema, data);
  await settle(form);
  for (const one of edits) {
    edit(form, one);
    await settle(form);
  }
  const submitted = form.submit();
  const answer = { data: submitted.data, errors: places(form, submitted.errors) };
  form.destroy();
  container.remove();
  return answer;
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await play(JSON.parse(line)))}\n`);
}
