import type { StatementName, Understanding } from '@sluice/snowflake-sql';
import { SluiceError } from '../errors.ts';
import type { StatementRequest } from './statement-request.ts';

/**
 * Part of step 6, after what the policy refuses. Who sends a statement for somebody who has agreed to reads alone says so, and
 * nothing else of it runs; what was sent is on the record. Throws `not_a_read`.
 */
export function confirmRead(
  { onlyReads }: Pick<StatementRequest, 'onlyReads'>,
  { understanding }: { readonly understanding: Understanding },
): void {
  if (onlyReads !== true || isRead(understanding)) return;
  throw new SluiceError(
    'not_a_read',
    'the statement changes something, or may, and was sent as one that only reads',
    {
      advice: 'send it as a change, if the person wants that',
    },
  );
}

/** Procedures, scripting and what changes the session are no reads; nor is what is not understood. */
export function isRead(understanding: Understanding): boolean {
  if (!understanding.understood) return false;
  const { kind, objects } = understanding;
  return (
    READS.has(kind.name) || (kind.family === 'query' && objects.every(({ access }) => access === 'read'))
  );
}

/** Beside queries. What EXPLAIN is asked of does not run. */
const READS: ReadonlySet<StatementName> = new Set(['show', 'describe', 'explain', 'list']);
