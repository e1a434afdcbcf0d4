import type { ObjectName } from '@sluice/snowflake-sql';
import { z } from 'zod';
import { SluiceError } from '../../errors.ts';

const place = z.tuple([z.string(), z.string(), z.string()]);

/** Where a list of tables goes on: behind this one. */
export function coverageCursor({ database, schema, name }: ObjectName): string {
  return JSON.stringify([database, schema, name]);
}

/** @throws SluiceError `request_malformed`. */
export function readCoverageCursor(cursor: string): ObjectName {
  const read = place.safeParse(parsed(cursor));
  if (read.success) {
    const [database, schema, name] = read.data;
    return { database, schema, name };
  }
  throw new SluiceError('request_malformed', 'the cursor is not one of this list', {
    advice: 'send `next` of the page before',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
