import { type Kysely, type Migration, sql } from 'kysely';

/** Tags that columns carry beside those of the policy file. */
export const classificationMigrations: Readonly<Record<string, Migration>> = {
  'classification-001': {
    async up(db: Kysely<unknown>) {
      await sql`
        CREATE TABLE column_tag (
          database TEXT NOT NULL,
          schema TEXT NOT NULL,
          object TEXT NOT NULL,
          column_name TEXT NOT NULL,
          tag TEXT NOT NULL,
          path TEXT NOT NULL,
          origin TEXT NOT NULL CHECK (origin IN ('flow', 'import')),
          PRIMARY KEY (database, schema, object, column_name, tag, path)
        ) STRICT
      `.execute(db);
    },
  },
};
