import { z } from 'zod';
import { instant } from './primitives.ts';

/**
 * Whose statements the access is for, beside the person, who can only ask for themselves: as the program, the agent
 * and the token say. Access that was given to one program is of no use to another.
 */
export const accessProgram = z.strictObject({
  /** As the program names itself: `JavaScript`, `PythonConnector`, `JDBC`; `api` over MCP and the HTTP API. */
  application: z.string(),
  protocol: z.enum(['snowflake', 'api']),
  agent: z.string().nullable(),
  /** The client that its tokens were issued to; null for tokens that name none. */
  tokenClient: z.string().nullable(),
});

/** What is asked for ahead, beside the statement's shape. */
export const accessTerms = z.strictObject({
  /** In the words of whoever asks. */
  purpose: z.string(),
  /** How long it lasts, from its beginning. */
  seconds: z.int().positive(),
  /** When it begins; null: once it is approved. Approved later than that, it ends no later. */
  from: instant.nullable(),
  /** Rows that each statement may change or return at most, and all of them together. */
  rows: z.int().positive(),
  rowsInAll: z.int().positive(),
  program: accessProgram,
});

export type AccessTerms = z.infer<typeof accessTerms>;
export type AccessProgram = z.infer<typeof accessProgram>;
