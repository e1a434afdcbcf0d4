// @ts-check
const { CHECKS } = require('./checks.cjs');
/** What the editor gives to extensions. */
const vscode = module.require('vscode');
/** Mocha's, of the editor's test runner. @type {(name: string, run: () => Promise<void>) => void} */
const test = Reflect.get(globalThis, 'test');

for (const { name, run } of CHECKS) test(name, async () => await run(vscode));
