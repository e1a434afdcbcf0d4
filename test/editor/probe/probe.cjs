// @ts-check
const { createServer } = require('node:http');
const { renameSync, writeFileSync } = require('node:fs');
const { runInThisContext } = require('node:vm');
const { text } = require('node:stream/consumers');

/** Listens on this machine, and says where in the file that the test named. What is posted is the source of a function. */
exports.activate = () => {
  const file = process.env['SLUICE_TEST_PROBE'];
  if (file === undefined) return;
  const answer = async (/** @type {import('node:http').IncomingMessage} */ request) => {
    const { source, argument } = JSON.parse(await text(request));
    try {
      const run = runInThisContext(`(${source})`);
      return { value: (await run(require('vscode'), argument)) ?? null };
    } catch (error) {
      return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  const server = createServer((request, response) => {
    void answer(request).then((value) => response.end(JSON.stringify(value)));
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address === null || typeof address === 'string') return;
    // Whole, or not there.
    writeFileSync(`${file}.part`, String(address.port));
    renameSync(`${file}.part`, file);
  });
};
