/* oxlint-disable unicorn/require-post-message-target-origin -- between threads there are no origins */
import { parentPort, receiveMessageOnPort } from 'node:worker_threads';
import { type Catalog, type CatalogObject, createAnalyzer } from '../statement/index.ts';
import type { Answer, FromThread, Order } from './messages.ts';

/** Runs in a thread of its own: analyses one long text after the other. */
const relay = parentPort!;
const { analyze } = createAnalyzer();

relay.on('message', (order: Order) => {
  const analyses = analyze(order.sql, catalogOf(order), order.context);
  // Not what was bound: of a long text that takes longer to receive than to make.
  const meanings = analyses.map(({ understanding }) => understanding);
  relay.postMessage({ type: 'done', meanings } satisfies FromThread);
});

/** The relay's catalog, asked for one object at a time: only the text knows which it needs. */
function catalogOf({ catalogVersion, answers, answered }: Order): Catalog {
  const known = new Map<string, CatalogObject | undefined>();
  const count = new Int32Array(answered);
  return {
    version: catalogVersion,
    find(name) {
      const key = JSON.stringify([name.database, name.schema, name.name]);
      if (known.has(key)) return known.get(key);
      const before = Atomics.load(count, 0);
      relay.postMessage({ type: 'find', name } satisfies FromThread);
      Atomics.wait(count, 0, before);
      const { found } = receiveMessageOnPort(answers)!.message as Answer;
      known.set(key, found);
      return found;
    },
  };
}
