import type { TablesInspected } from '../../recording/index.ts';
import type { Connections } from '../connection.ts';

/**
 * Whether tables are plain ones, whose columns are stored as they are: a view, a rule or a policy may run anything when they are read, and
 * a column that is generated may hold anything. Whatever else takes too long ends by the server's `statement_timeout`.
 *
 * Names and operators are PostgreSQL's own: the connection looks for them there first.
 */
export async function inspectTables(
  connections: Connections,
  names: readonly string[],
): Promise<TablesInspected> {
  const { connection, release } = await connections.acquire();
  try {
    const { rows } = await connection.query(INSPECTED, [names.join(',')]);
    const found = new Map((rows as readonly Inspected[]).map((table) => [table.name, table]));
    for (const name of names) {
      const table = found.get(name);
      const why = table === undefined ? 'is not there' : strangeIn(table);
      if (why !== null) return { strange: { table: name, why }, longestRow: 0 };
    }
    const { rows: longest } = await connection.query(LONGEST, []);
    const [{ bytes }] = longest as [{ readonly bytes: number | null }];
    return { strange: null, longestRow: bytes ?? 0 };
  } finally {
    release();
  }
}

interface Inspected {
  readonly name: string;
  readonly kind: string;
  readonly has_rules: boolean;
  readonly has_policies: boolean;
  readonly has_children: boolean;
  readonly odd: string | null;
}

function strangeIn({ kind, has_rules, has_policies, has_children, odd }: Inspected): string | null {
  if (kind !== 'r' || has_children) return 'is not a table, and may hold anything';
  if (has_rules) return 'has a rule, by which anything may be read in its place';
  if (has_policies) return 'has row-level security, which may hide rows, and run anything';
  return odd === null ? null : `has a column \`${odd}\` that no relay makes`;
}

const INSPECTED = `
  SELECT c.relname::text AS name, c.relkind::text AS kind, c.relrowsecurity AS has_policies,
    EXISTS (SELECT FROM pg_catalog.pg_rewrite w WHERE w.ev_class = c.oid) AS has_rules,
    EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid OR i.inhrelid = c.oid) AS has_children,
    (SELECT a.attname::text FROM pg_catalog.pg_attribute a
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
       AND (a.attgenerated <> '' OR a.atttypid NOT IN
         ('pg_catalog.text'::regtype, 'pg_catalog.int8'::regtype, 'pg_catalog.bytea'::regtype))
     LIMIT 1) AS odd
  FROM pg_catalog.pg_class c
  WHERE c.relname = ANY (string_to_array($1, ',')) AND pg_table_is_visible(c.oid) AND c.relkind NOT IN ('i', 'I')`;

/** What is stored elsewhere because it is long is not read for that. */
const LONGEST = `
  SELECT max(octet_length(session) + octet_length(at) + octet_length(type) + octet_length(body_digest) + octet_length(previous)
    + octet_length(hash) + coalesce(octet_length(salt), 0) + coalesce(octet_length(body), 0))::int8 AS bytes
  FROM recorded_event`;
