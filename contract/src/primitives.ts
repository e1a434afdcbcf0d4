import { z } from 'zod';

/** SHA-256, lower-case hex. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** As `Date.prototype.toISOString` writes it: UTC, milliseconds. */
export const instant = z.iso.datetime({ precision: 3 });

/** A range of a text in UTF-16 code units; `end` is exclusive. */
export const range = z.strictObject({ start: z.int(), end: z.int() });

/** A range of a text, and the line and column where it begins, counted from 1. */
export const textPlace = z.strictObject({ ...range.shape, line: z.int(), column: z.int() });
export type TextPlace = z.infer<typeof textPlace>;

/** Any JSON value. Parsed JSON needs no further validation. */
export const jsonValue = z.unknown() as unknown as z.ZodType<JsonValue, JsonValue>;
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** What replaces values that may not be read: tokens show which are equal, blanks show nothing. */
export const substituted = z.strictObject({ on: z.enum(['tokens', 'blanks']), because: z.string() });
