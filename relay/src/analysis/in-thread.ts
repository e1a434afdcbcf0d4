/* oxlint-disable unicorn/require-post-message-target-origin -- between threads there are no origins */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { MaskingKeys } from '../masking/index.ts';
import { type ColumnTag, loadPolicy, type Policy } from '../policy/index.ts';
import {
  type CatalogObject,
  createAnalyzer,
  type EarlierResult,
  type VariableOrigin,
} from '@sluice/snowflake-sql';
import { assess, type Question } from './assess.ts';
import type { Reply, AssessOrder, FromThread, Order, Wanted } from './messages.ts';
import { rowCountOf } from './row-count.ts';
import { split } from './split.ts';

/** Runs in a thread of its own: goes through one long text after the other. */
const relay = parentPort!;
const keys = workerData as MaskingKeys;
const analyzer = createAnalyzer();
let policy: Policy | null = null;

relay.on('message', (order: Order) => {
  switch (order.type) {
    case 'assess':
      return answer({ type: 'assessed', assessment: assess(analyzer, keys, questionOf(order)) });
    case 'split':
      return answer({ type: 'split', texts: split(analyzer, order.sql) });
    case 'count':
      return answer({ type: 'count', count: rowCountOf(order.sql, order.binds) });
    default:
      return order satisfies never;
  }
});

function answer(message: FromThread): void {
  relay.postMessage(message);
}

function questionOf(order: AssessOrder): Question {
  const { sql, binds, catalogVersion, context, results, deciding, surroundings } = order;
  const ask = asking(order);
  return {
    sql,
    binds,
    catalog: {
      version: catalogVersion,
      find: (object) => ask({ object }) as CatalogObject | undefined,
    },
    context: {
      ...context,
      variables: { get: (variable) => ask({ variable }) as VariableOrigin | undefined },
      results: {
        get: (result) => ask({ result }) as EarlierResult | undefined,
        keys: () => results.values(),
      },
    },
    policy: policyOf(order.policy),
    deciding: { ...deciding, tags: { tagsOf: (tagsOf) => ask({ tagsOf }) as readonly ColumnTag[] } },
    surroundings,
  };
}

/** What the relay's own thread knows, asked for once. */
function asking({ answers, answered }: AssessOrder): (wanted: Wanted) => unknown {
  const known = new Map<string, unknown>();
  const count = new Int32Array(answered);
  return (wanted: Wanted) => {
    const key = JSON.stringify(wanted);
    if (!known.has(key)) {
      const before = Atomics.load(count, 0);
      answer({ type: 'ask', wanted });
      Atomics.wait(count, 0, before);
      known.set(key, (receiveMessageOnPort(answers)!.message as Reply).found);
    }
    return known.get(key);
  };
}

/** The same text is the same policy: it has been read before, by who sent it. */
function policyOf(text: string): Policy {
  if (policy?.text === text) return policy;
  const loaded = loadPolicy(text);
  if (loaded.problems !== undefined) throw new Error('a policy that is in force');
  return (policy = loaded.policy);
}
