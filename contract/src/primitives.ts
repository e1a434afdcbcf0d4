import { z } from 'zod';

/** SHA-256, lower-case hex. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** As `Date.prototype.toISOString` writes it: UTC, milliseconds. */
export const instant = z.iso.datetime({ precision: 3 });

/** Of a text, in UTF-16 units; `end` is the first that is not in it. */
export const range = z.strictObject({ start: z.int(), end: z.int() });

/** A range of a text, and where it begins for people: line and column from 1. */
export const textPlace = z.strictObject({ ...range.shape, line: z.int(), column: z.int() });
export type TextPlace = z.infer<typeof textPlace>;

/** Whatever JSON can say, and what is parsed from it is: there is nothing to check. */
export const jsonValue = z.unknown() as unknown as z.ZodType<JsonValue, JsonValue>;
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** What stands in for values that were not to be read: tokens tell which are equal, blanks tell nothing. */
export const substituted = z.strictObject({ on: z.enum(['tokens', 'blanks']), because: z.string() });
