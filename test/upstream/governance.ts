import { type Answer, type Asked, failure, type Script, selected } from './answers.ts';
import type { Cell, Column } from './columns.ts';

/**
 * Answers TAG_REFERENCES_ALL_COLUMNS and POLICY_REFERENCES, of one table or several with UNION ALL between them, with the columns
 * that Snowflake documents. A role that may not ask has the error of an object that is not there.
 */
export function governanceScript(tables: readonly Governed[]): Script {
  return ({ sql }: Asked): Answer | undefined => {
    const parts = sql.split(/\s+UNION ALL\s+/).map((text) => PART.exec(text));
    if (!parts.every((part) => part !== null)) return undefined;
    const names = parts[0]![2]!.split(',').map((text) => / AS (\w+)/i.exec(text)?.[1] ?? text.trim());
    const rows: Cell[][] = [];
    for (const [, at, list, view, database, schema, name] of parts) {
      const table = tables.find(
        (one) => one.database === database && one.schema === schema && one.name === name,
      );
      if (table === undefined || table.tagsAreHidden === true)
        return failure(
          '002003',
          '42S02',
          `SQL compilation error:\nObject '${name}' does not exist or not authorized.`,
        );
      const columns = list!.split(',').map((text) => text.trim().split(' ')[0]!);
      const told = view === 'TAG_REFERENCES_ALL_COLUMNS' ? tagRows(table) : policyRows(table);
      rows.push(...told.map((row) => [at!, ...columns.map((column) => row[column] ?? null)]));
    }
    return selected(['AT', ...names].map(text), rows);
  };
}

/** What of a table this is about. */
export interface Governed {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly {
    readonly name: string;
    readonly tags?: Readonly<Record<string, string>>;
    readonly maskedBy?: string;
  }[];
  readonly tagsAreHidden?: boolean;
}

const PART =
  /^SELECT (\d+) AS AT, (.+?) FROM TABLE\("SHOP"\.INFORMATION_SCHEMA\.(\w+)\((?:REF_ENTITY_NAME => )?'"(\w+)"\."(\w+)"\."(\w+)"'/;

type Told = Readonly<Record<string, string>>;

function tagRows({ database, schema, name, columns }: Governed): readonly Told[] {
  return columns.flatMap((column) =>
    Object.entries(column.tags ?? {}).map(([tag, value]) => ({
      TAG_DATABASE: 'GOV',
      TAG_SCHEMA: 'PUBLIC',
      TAG_NAME: tag,
      TAG_VALUE: value,
      LEVEL: 'COLUMN',
      OBJECT_DATABASE: database,
      OBJECT_SCHEMA: schema,
      OBJECT_NAME: name,
      DOMAIN: 'COLUMN',
      COLUMN_NAME: column.name,
    })),
  );
}

function policyRows({ columns }: Governed): readonly Told[] {
  return columns.flatMap(({ name, maskedBy }) =>
    maskedBy === undefined
      ? []
      : [
          {
            POLICY_DB: 'GOV',
            POLICY_SCHEMA: 'PUBLIC',
            POLICY_NAME: maskedBy,
            POLICY_KIND: 'MASKING_POLICY',
            REF_COLUMN_NAME: name,
          },
        ],
  );
}

function text(name: string): Column {
  return { name, type: 'text' };
}
