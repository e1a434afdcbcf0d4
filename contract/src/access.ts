import { z } from 'zod';
import { accessProgram, accessTerms } from './access-terms.ts';

/** Halves of surrogate pairs cannot be signed. */
const text = (most: number) =>
  z
    .string()
    .max(most)
    .refine((value) => value.isWellFormed(), 'a text without halves of surrogate pairs');

/** As Snowflake has it stored, without quotation marks. */
const name = text(255).min(1);

/** What a person, or their agent, sends to ask for access ahead. Nothing of it runs. */
export const accessOrder = z.strictObject({
  version: z.literal(1),
  /** One statement, as an example of those that are to run: others of its shape have other values. */
  sql: text(16 * 1024).min(1),
  /** Snowflake's types, in upper case, of the binds that the example has, by 1-based position as text. */
  bindTypes: z.record(z.string().regex(/^[1-9]\d{0,3}$/), z.string().max(40)).default({}),
  ...accessTerms.omit({ program: true }).shape,
  purpose: z.string().trim().min(10, 'what it is for, in 10 characters or more').pipe(text(2_000)),
  from: accessTerms.shape.from.default(null),
  /** The agent that asks, as it calls itself: a claim, for the record and for approvers. */
  agent: text(200).nullable().default(null),
  /** Where it is left out: the API or MCP, the agent that asks, and the client of the token that comes with this. */
  program: accessProgram
    .extend({
      application: text(256).min(1),
      agent: text(256).min(1).nullable().default(null),
      tokenClient: text(1_024).nullable().optional(),
    })
    .optional(),
  /** Of the sessions that the statements will run in, where those do not begin as others do. */
  role: name.optional(),
  warehouse: name.optional(),
  database: name.optional(),
  schema: name.optional(),
});

export type AccessOrder = z.input<typeof accessOrder>;
