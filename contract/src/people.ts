import { z } from 'zod';
import { catalogObject } from './catalog.ts';
import { instant } from './primitives.ts';
import { identitySummary } from './session-event.ts';

const name = z.string().min(1).max(255);
const objectName = z.strictObject({ database: name, schema: name, name });
const most = z.int().min(1).max(50).default(20);

/** Whoever asks, and what they may do with this token: with one to run statements, nothing that is others' business. */
export const ownAccount = z.object({
  version: z.literal(1),
  identity: identitySummary,
  /** What the token is for. One that decides runs nothing, and the other way round. */
  purpose: z.enum(['run', 'decide']),
  may: z.object({
    /** See what others may see, and the policy. */
    audit: z.boolean(),
    /** Put people out. */
    revoke: z.boolean(),
  }),
});

/** How many sessions were open, and have ended. */
export const signedOut = z.object({ version: z.literal(1), sessions: z.int() });

/** Somebody who has signed in, as their newest token said. */
export const knownPerson = identitySummary.extend({
  /** By a revocation. */
  isOut: z.boolean(),
});

export const peopleQuery = z.strictObject({
  /** In the name or the id, in any case. */
  text: z.string().max(200).default(''),
  /** `next` of the page before. */
  after: z.string().max(4_000).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});

export const peopleList = z.object({
  version: z.literal(1),
  /** By id. Without the right to see others, whoever asks and nobody else. */
  people: z.array(knownPerson),
  next: z.string().nullable(),
});

/** Who it is asked about. */
export const asWhom = z.discriminatedUnion('type', [
  /** Whoever asks. */
  z.strictObject({ type: z.literal('self') }),
  /** Somebody who has signed in, by identity id. */
  z.strictObject({ type: z.literal('person'), id: z.string().min(1).max(2_000) }),
  /** Nobody in particular: whoever is in these groups. */
  z.strictObject({
    type: z.literal('groups'),
    groups: z.array(z.string().min(1).max(200)).max(100),
    kind: z.enum(['person', 'workload']).default('person'),
  }),
]);

/** The program that they would come with, which rules may ask for. */
export const throughWhat = z.strictObject({
  application: z.string().max(256).default('JavaScript'),
  protocol: z.enum(['snowflake', 'mcp', 'api']).default('snowflake'),
  agent: z.string().max(256).nullable().default(null),
});

const asked = {
  version: z.literal(1),
  as: asWhom,
  through: throughWhat.default({ application: 'JavaScript', protocol: 'snowflake', agent: null }),
};

/** Where a page goes on: behind this table or view. */
const place = z.strictObject({ database: name, schema: name, name: z.string().max(255) });

export const reachOrder = z.strictObject({ ...asked, after: place.nullable().default(null), limit: most });

/** A table or view, and what somebody would get from `SELECT *` of it now. */
export const reachedObject = catalogObject.omit({ version: true, columns: true }).extend({
  columns: z.array(
    catalogObject.shape.columns.element.extend({
      /** The rules that mask it for them, or that show what is sensitive of it; none: it is as for everybody. */
      rules: z.array(z.string()),
    }),
  ),
  /** Columns beyond those that are listed. */
  moreColumns: z.int(),
  /** What they come to it by. */
  by: z.object({
    /** Of their groups, those that the rule which decides asks for; none: it asks for no group. */
    groups: z.array(z.string()),
    /** Of a view, the tables and views that it reads, by their full names. */
    reads: z.array(z.string()),
    /** Grants in force of theirs for statements on it. They count for these statements, and not for `select`. */
    grants: z.array(z.object({ id: z.uuid(), covers: z.array(z.string()), expiresAt: instant })),
  }),
});

export const reach = z.object({
  version: z.literal(1),
  person: knownPerson,
  /** Tables and views that some rule lets them do something with. A page may hold none while there are more. */
  objects: z.array(reachedObject),
  next: place.nullable(),
});

export const readersOrder = z.strictObject({
  version: z.literal(1),
  object: objectName,
  through: asked.through,
  after: z.string().max(4_000).nullable().default(null),
  limit: most,
});

/** Who gets what of a table or view. */
export const readers = z.object({
  version: z.literal(1),
  readers: z.array(z.object({ person: knownPerson, object: reachedObject })),
  /** Goes on behind this person. */
  next: z.string().nullable(),
});

/** A statement as somebody else might send it: what would happen, in the words of `explanation`. */
export const trial = z.strictObject({
  ...asked,
  sql: z
    .string()
    .min(1)
    .max(64 * 1024),
});

export type OwnAccount = z.infer<typeof ownAccount>;
export type KnownPersonView = z.infer<typeof knownPerson>;
export type AsWhom = z.infer<typeof asWhom>;
export type ThroughWhat = z.input<typeof throughWhat>;
export type Reach = z.infer<typeof reach>;
export type ReachedObjectView = z.infer<typeof reachedObject>;
export type Readers = z.infer<typeof readers>;
