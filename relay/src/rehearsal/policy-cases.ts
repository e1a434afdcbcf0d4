import { z } from 'zod';
import { type Problem, readYaml } from '../yaml/index.ts';

const names = z.record(z.string(), z.string());

/**
 * A file of test cases beside a policy: what the policy must decide on some statements, so that a change has no
 * surprises.
 */
const casesDocument = z.strictObject({
  /** The database in which the names in the statements are resolved. */
  database: z.string(),
  schema: z.string(),
  /** Columns and their types, by `DB.SCHEMA.TABLE`. */
  tables: z.record(z.string().regex(/^[^.]+\.[^.]+\.[^.]+$/, '`DATABASE.SCHEMA.TABLE`'), names),
  cases: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        as: z.strictObject({
          name: z.string().default('somebody'),
          groups: z.array(z.string()),
          kind: z.enum(['person', 'workload']).default('person'),
          application: z.string().default('test'),
          agent: z.string().nullable().default(null),
          protocol: z.enum(['snowflake', 'mcp', 'api']).default('snowflake'),
          role: z.string().nullable().default(null),
          break_glass: z.string().optional(),
        }),
        /** A timestamp with its UTC offset; by default, noon UTC on a Wednesday. */
        at: z.iso.datetime({ offset: true }).default('2026-01-07T12:00:00Z'),
        sql: z.string().min(1),
        expect: z.strictObject({
          effect: z.enum(['allow', 'mask', 'ask', 'block']),
          rule: z.string().optional(),
          /** The masking method by output name; outputs that are not listed must not be masked. */
          masks: z.record(z.string(), z.string()).optional(),
        }),
      }),
    )
    .min(1),
});

export type PolicyCases = z.output<typeof casesDocument>;
export type PolicyCase = PolicyCases['cases'][number];

export function readCases(
  text: string,
): { readonly cases: PolicyCases } | { readonly problems: readonly Problem[] } {
  const read = readYaml(text, casesDocument);
  return 'problems' in read ? read : { cases: read.value };
}
