import { z } from 'zod';
import { trial } from './people.ts';
import { catalogObject } from './catalog.ts';

/** Bytes of a policy, and of its cases, as somebody edits them. */
const text = z.string().max(256 * 1024);

export const policyRule = z.object({
  name: z.string(),
  effect: z.enum(['allow', 'mask', 'ask', 'block']),
  /** In plain English: safe to display as it is. */
  sentence: z.string(),
  reason: z.string().nullable(),
  /** 1-based, of the file, and its own lines. */
  line: z.int(),
  text: z.string(),
});

export const policyView = z.object({
  version: z.literal(1),
  /** SHA-256 of the text, in hexadecimal digits. */
  policyVersion: z.string(),
  text: z.string(),
  rules: z.array(policyRule),
  /** What is sensitive, and how everybody sees it unless a rule says otherwise. */
  tags: z.array(z.object({ tag: z.string(), columns: z.array(z.string()), mask: z.string() })),
});

/** What a policy file may hold, as a JSON Schema (draft 2020-12). */
export const policySchema = z.object({ version: z.literal(1), schema: z.record(z.string(), z.unknown()) });

export const coverageQuery = z.strictObject({
  /** `next` of the page before. */
  after: z.string().max(2_000).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export const coverage = z.object({
  version: z.literal(1),
  objects: z.array(
    z.object({
      database: z.string(),
      schema: z.string(),
      name: z.string(),
      type: catalogObject.shape.type,
      /** Rules that name it, or a pattern that it matches; none: nobody is let do anything with it. */
      rules: z.array(z.string()),
      /** Those of its columns that have no tag. */
      untagged: z.array(z.object({ name: z.string(), type: z.string() })),
      tagged: z.array(z.object({ name: z.string(), tags: z.array(z.string()) })),
      /** Columns beyond those that are listed. */
      moreColumns: z.int(),
    }),
  ),
  /** A page may hold none while there are more. */
  next: z.string().nullable(),
});

const problem = z.object({
  /** 1-based. */
  line: z.int(),
  column: z.int(),
  path: z.string(),
  message: z.string(),
});

/** A policy that is being written. It takes effect nowhere. */
export const policyDraft = z.strictObject({
  version: z.literal(1),
  text,
  /** Its test cases, as in `POLICY.test.yaml`; null: none are run. */
  cases: text.nullable().default(null),
});

export const policyCheck = z.object({
  version: z.literal(1),
  /** Why it is no policy; empty when it is one. */
  problems: z.array(problem),
  rules: z.array(policyRule),
  /** Why the cases are none. */
  caseProblems: z.array(problem),
  cases: z.array(z.object({ name: z.string(), failures: z.array(z.string()) })),
  /** Cases beyond those that are run at once. */
  moreCases: z.int(),
});

export const simulationOrder = z.strictObject({
  version: z.literal(1),
  text,
  /** `next` of the page before. */
  after: z.string().max(1_000).nullable().default(null),
});

const recordedDecision = z.object({
  effect: policyRule.shape.effect,
  rule: z.string(),
  masks: z.array(z.object({ output: z.int(), method: z.string() })),
});

/** What a draft would have decided on some recorded sessions, newest first. */
export const simulation = z.object({
  version: z.literal(1),
  sessions: z.int(),
  statements: z.int(),
  stricter: z.int(),
  looser: z.int(),
  changes: z.array(
    z.object({
      session: z.string(),
      statement: z.string(),
      /** Its beginning, and how many UTF-16 code units follow. */
      sql: z.string(),
      more: z.int(),
      person: z.object({ id: z.string(), name: z.string() }),
      was: recordedDecision,
      becomes: recordedDecision.extend({ reason: z.string(), sentence: z.string() }),
      direction: z.enum(['stricter', 'looser', 'other']),
    }),
  ),
  /** Sessions that were too long for one page: their later statements are not in it. */
  cut: z.int(),
  next: z.string().nullable(),
});

/** A statement as somebody might send it, under a draft. */
export const draftTrial = trial.pick({ version: true, as: true, sql: true }).extend({ text });

export type PolicyView = z.infer<typeof policyView>;
export type PolicyRuleView = z.infer<typeof policyRule>;
export type PolicyCheck = z.infer<typeof policyCheck>;
export type Coverage = z.infer<typeof coverage>;
export type PolicySimulation = z.infer<typeof simulation>;
