// @ts-check
const Module = require('node:module');
const { join, relative } = require('node:path');
const { statSync } = require('node:fs');

/**
 * Activates a built extension in a process of its own, whose path is the argument, with an editor that says yes to everything;
 * prints what had been read of it when `activate` returned, and the processor time that this thread took by then.
 */
const [, , folder = ''] = process.argv;

/** Whatever is asked of it is another one of it; and it holds nothing. */
const anything = () =>
  // A function that can be called with `new` as well.
  new Proxy(function () {}, {
    get: (_, key) => {
      if (key === Symbol.iterator) return () => [].values();
      if (key === Symbol.toPrimitive) return () => '';
      // No promise.
      return key === 'then' ? undefined : anything();
    },
    apply: () => anything(),
    construct: () => anything(),
  });
/** By inheritance: bundlers copy what a module has of its own. */
const editor = Object.create(new Proxy({}, { get: () => anything() }));
// @ts-expect-error: how an editor gives it to extensions, too.
const { _load: load } = Module;
// @ts-expect-error: the same.
Module._load = (request, ...rest) => (request === 'vscode' ? editor : load(request, ...rest));

const packageJSON = require(join(folder, 'package.json'));
const before = process.threadCpuUsage();
require(join(folder, packageJSON.main)).activate({
  subscriptions: [],
  extensionUri: anything(),
  extension: { packageJSON },
  globalState: { get: () => undefined },
  globalStorageUri: anything(),
  secrets: anything(),
});
const { user, system } = process.threadCpuUsage(before);
const files = Object.keys(require.cache).filter((path) => path.startsWith(folder) && path.endsWith('.cjs'));
const read = files.map((path) => ({ path: relative(folder, path), bytes: statSync(path).size }));
process.stdout.write(`${JSON.stringify({ read, processorMs: (user + system) / 1_000 })}\n`);
process.exit();
