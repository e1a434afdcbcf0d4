import { z } from 'zod';
import { SluiceError } from '../../errors.ts';
import type { Binds } from '../../warehouse/index.ts';

const scalar = z.string().nullable();

/** Driver protocol, section 4.1: by position as text; an array is a batch, one entry a row. */
export const bindings = z.record(
  z.string(),
  z.object({ type: z.string().regex(/^\w{1,32}$/), value: z.union([scalar, z.array(scalar)]).optional() }),
);

/** Errors: `request_malformed` for gaps, uneven batches, and names that are none or the same. */
export function toBinds(sent: z.infer<typeof bindings> | null | undefined): Binds {
  const entries = Object.entries(sent ?? {}).map(([key, { type, value = null }]) => ({ key, type, value }));
  // `:name` is in upper case wherever it is read.
  const names = new Set(entries.map(({ key }) => key.toUpperCase()));
  if (
    names.size < entries.length ||
    entries.some(({ key }) => !/^([1-9]\d{0,8}|[A-Za-z_]\w{0,254})$/.test(key))
  ) {
    throw new SluiceError('request_malformed', 'a bind has neither a position nor a name of its own');
  }
  const positions = new Set(entries.map(({ key }) => Number(key)).filter(Number.isInteger));
  if ([...positions].some((_, index) => !positions.has(index + 1))) {
    throw new SluiceError('request_malformed', 'the positions of the binds have gaps');
  }
  const lengths = new Set(entries.map(({ value }) => (Array.isArray(value) ? value.length : null)));
  if (lengths.size > 1 || lengths.has(0)) {
    throw new SluiceError(
      'request_malformed',
      'the columns of a batch of binds differ in length, or are empty',
    );
  }
  return Object.fromEntries(
    entries.map(({ key, type, value }) => [key.toUpperCase(), { type: type.toUpperCase(), value }]),
  );
}
