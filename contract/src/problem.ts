import { z } from 'zod';
import { ERRORS, type ErrorCode } from './errors.ts';

/** The media type of an error's body (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json';

/** What is wrong with a request. `code` is one of `ERRORS`, or a code of a later relay. */
export const problem = z.object({
  type: z.string(),
  /** The code in words. */
  title: z.string(),
  status: z.int(),
  /** One sentence about this request. */
  detail: z.string(),
  code: z.string(),
  /** What to do about it; empty when there is nothing to do. */
  advice: z.string(),
});

export type Problem = z.infer<typeof problem>;

/** The body of the answer to a request that failed with this error. */
export function problemFor(
  code: ErrorCode,
  { detail, advice }: { readonly detail: string; readonly advice: string },
): Problem & { readonly code: ErrorCode } {
  return {
    type: `urn:sluice:error:${code}`,
    title: code.replaceAll('_', ' '),
    status: ERRORS[code].status,
    detail,
    code,
    advice,
  };
}
