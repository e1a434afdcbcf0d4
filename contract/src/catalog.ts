import { z } from 'zod';
import { decisionEvent } from './session-event.ts';

/** As Snowflake stores it: `CUSTOMERS`, not `customers`. */
const storedName = z.string().min(1).max(255);

export const catalogSchemasQuery = z.strictObject({ database: storedName });

export const catalogObjectsQuery = z.strictObject({
  database: storedName,
  schema: storedName,
  /** The `next` of the previous page. */
  after: storedName.optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
});

export const catalogObjectQuery = z.strictObject({
  database: storedName,
  schema: storedName,
  name: storedName,
});

/** Databases in which some rule lets the caller do something, sorted. */
export const catalogDatabases = z.object({ version: z.literal(1), databases: z.array(z.string()) });

/** The same for the schemas of one database. */
export const catalogSchemas = z.object({ version: z.literal(1), schemas: z.array(z.string()) });

const objectType = z.enum(['table', 'view']);

/** A page of the tables and views of a schema that the caller may know of, sorted by name. */
export const catalogObjects = z.object({
  version: z.literal(1),
  objects: z.array(z.object({ name: z.string(), type: objectType })),
  /** Pass it as `after` for the next page; null on the last one. */
  next: z.string().nullable(),
});

/** A table or view, and what the caller would get from `SELECT *` of it now. */
export const catalogObject = z.object({
  version: z.literal(1),
  database: z.string(),
  schema: z.string(),
  name: z.string(),
  type: objectType,
  /** The decision on that `SELECT`. */
  select: decisionEvent.pick({ effect: true, rule: true, reason: true, policyVersion: true }),
  columns: z.array(
    z.object({
      name: z.string(),
      /** As DESCRIBE TABLE has it: `NUMBER(38,0)`, `VARCHAR(16777216)`, `TIMESTAMP_NTZ(9)`, `VARIANT`. */
      type: z.string(),
      /** False where it is declared NOT NULL. */
      nullable: z.boolean(),
      /** The tags of the column and of what it is computed from; with `path`, of a part inside it. */
      tags: z.array(z.object({ tag: z.string(), path: z.array(z.string()).optional() })),
      /** How the `SELECT` would mask it; null when it would not, or when `select` is refused. */
      mask: z
        .object({
          method: z.string(),
          because: z.string(),
          /** Of the policy: the rule that says how, or `masks`. Absent from earlier relays. */
          rule: z.string().optional(),
        })
        .nullable(),
      /**
       * Policies by which Snowflake itself masks it, beneath what the relay does: full names. Absent where none is known, which
       * is not that there is none.
       */
      maskedBy: z.array(z.string()).optional(),
    }),
  ),
});

export type CatalogObjectView = z.infer<typeof catalogObject>;
