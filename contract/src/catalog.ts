import { z } from 'zod';
import { decisionEvent } from './session-event.ts';

/** As Snowflake stores it: `CUSTOMERS`, not `customers`. */
const storedName = z.string().min(1).max(255);

export const catalogSchemasQuery = z.strictObject({ database: storedName });

export const catalogObjectsQuery = z.strictObject({
  database: storedName,
  schema: storedName,
  /** The `next` of the page before. */
  after: storedName.optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
});

export const catalogObjectQuery = z.strictObject({
  database: storedName,
  schema: storedName,
  name: storedName,
});

/** Databases in which some rule lets whoever asks do something, in order. */
export const catalogDatabases = z.object({ version: z.literal(1), databases: z.array(z.string()) });

/** The same of schemas of one database. */
export const catalogSchemas = z.object({ version: z.literal(1), schemas: z.array(z.string()) });

const objectType = z.enum(['table', 'view']);

/** A page of the tables and views of a schema of which whoever asks may know, in the order of their names. */
export const catalogObjects = z.object({
  version: z.literal(1),
  objects: z.array(z.object({ name: z.string(), type: objectType })),
  /** What the next page comes `after`; null at the end. */
  next: z.string().nullable(),
});

/** One table or view, and what `SELECT *` of it would be for whoever asks, now. */
export const catalogObject = z.object({
  version: z.literal(1),
  database: z.string(),
  schema: z.string(),
  name: z.string(),
  type: objectType,
  /** What the policy says of the `SELECT`. */
  select: decisionEvent.pick({ effect: true, rule: true, reason: true, policyVersion: true }),
  columns: z.array(
    z.object({
      name: z.string(),
      /** As the warehouse names it: the embedded one says `DECIMAL(38,0)` where Snowflake says `NUMBER(38,0)`. */
      type: z.string(),
      /** Of the column, and of what it is made of; with `path`, of a part inside it. */
      tags: z.array(z.object({ tag: z.string(), path: z.array(z.string()).optional() })),
      /** How the `SELECT` would mask it; null when it would not, and when `select` is refused. */
      mask: z.object({ method: z.string(), because: z.string() }).nullable(),
    }),
  ),
});

export type CatalogObjectView = z.infer<typeof catalogObject>;
