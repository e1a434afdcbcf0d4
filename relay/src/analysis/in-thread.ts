import { workerData } from 'node:worker_threads';
import type { MaskingKeys } from '../masking/index.ts';
import { loadPolicy, type Policy } from '../policy/index.ts';
import { createAnalyzer } from '@sluice/snowflake-sql/analysis';
import { unlessTooMany } from '../warehouse/planning.ts';
import { assess } from './assess.ts';
import type { Answers, Order } from './orders.ts';
import { rowCountOf } from './row-count.ts';
import { split } from './split.ts';

const keys = workerData as MaskingKeys;
const analyzer = createAnalyzer();
let policy: Policy | null = null;

/** Called in a thread of its own, with one long text after the other. */
export default function inThread(order: Order): Answers[Order['type']] {
  switch (order.type) {
    case 'names':
      return unlessTooMany(analyzer.names(order.sql));
    case 'assess':
      return assess(analyzer, keys, policyOf(order.policy), order.question);
    case 'split':
      return split(analyzer, order.sql);
    case 'count':
      return rowCountOf(order.sql, order.binds);
    default:
      return order satisfies never;
  }
}

/** The same text is the same policy: it has been read before, by who sent it. */
function policyOf(text: string): Policy {
  if (policy?.text === text) return policy;
  const loaded = loadPolicy(text);
  if (loaded.problems !== undefined) throw new Error('a policy that is in force');
  return (policy = loaded.policy);
}
