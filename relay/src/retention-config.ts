import { z } from 'zod';

/** Days that a rule must leave at least, unless the configuration says how little is meant. */
export const LEAST_DAYS = 30;

const rule = z.strictObject({
  /** It stands on the record beside what it removes. */
  name: z.string().min(1).max(100),
  /** Results and binds; or everything in the events but their time and type. */
  removes: z.enum(['payloads', 'bodies']),
  /** Since the session's newest event. */
  afterDays: z.int().min(1).max(36_500),
});

/** What of the record is removed when it is old. Nothing is, by default. */
export const retentionConfig = z
  .strictObject({
    rules: z.array(rule).max(20).default([]),
    /** When in the day the rules are applied, UTC. */
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day, UTC: `"03:00"`')
      .default('03:00'),
    /** The least that `afterDays` of a rule may be. */
    leastDays: z.int().min(1).default(LEAST_DAYS),
  })
  .superRefine(({ rules, leastDays }, context) => {
    for (const [index, { name, afterDays }] of rules.entries()) {
      if (afterDays < leastDays) {
        context.addIssue({
          code: 'custom',
          path: ['rules', index, 'afterDays'],
          message: `less than ${leastDays} days; if it is meant, say \`leastDays: ${afterDays}\``,
        });
      }
      if (rules.findIndex((other) => other.name === name) !== index) {
        context.addIssue({
          code: 'custom',
          path: ['rules', index, 'name'],
          message: 'another rule has this name',
        });
      }
    }
  });
