import type { CatalogObjectView, RelayClient } from '@sluice/contract';
import { SluiceError } from '../errors.ts';
import { folded, joined, quoted, revealed, shown, type ShownText, word, wordsShown } from '../text/index.ts';
import { type Paint, roleOf, unpainted } from './paint.ts';
import { tableLines } from './table.ts';
import { jsonLine } from './terminal-text.ts';

export interface CatalogOptions {
  /** One to three parts, written as in SQL; null for all databases. */
  readonly name: string | null;
  readonly json: boolean;
}

/** `sluice catalog [NAME]`: lists what is in NAME, or the columns of a table; with `--json`, one object per line. */
export async function catalogCommand(
  { catalog }: Pick<RelayClient, 'catalog'>,
  { name, json }: CatalogOptions,
  print: (text: string) => void,
  paint: Paint = unpainted,
): Promise<void> {
  const [database, schema, object] = name === null ? [] : partsOf(name);
  if (database === undefined) {
    const { databases } = await catalog.databases();
    return printNames(
      databases,
      { title: shown`DATABASE`, where: 'there is no database', json },
      print,
      paint,
    );
  }
  if (schema === undefined) {
    const { schemas } = await catalog.schemas({ query: { database } });
    return printNames(
      schemas,
      { title: shown`SCHEMA`, where: 'there is no schema in it', json },
      print,
      paint,
    );
  }
  if (object !== undefined) {
    const view = await catalog.object({ query: { database, schema, name: object } });
    if (json) return print(jsonLine(view));
    for (const line of objectLines(view, paint)) print(line);
    return;
  }
  const objects = await allObjects(catalog, { database, schema });
  if (json) for (const one of objects) print(jsonLine(one));
  else if (objects.length === 0) printEmpty('there is no table or view in it', print);
  else {
    const rows = objects.map(({ name, type }) => [nameShown(name), word(type)]);
    for (const line of tableLines([{ title: shown`NAME` }, { title: shown`TYPE` }], rows, paint)) print(line);
  }
}

async function allObjects(
  catalog: RelayClient['catalog'],
  schema: { readonly database: string; readonly schema: string },
) {
  const objects: { readonly name: string; readonly type: string }[] = [];
  for (let after: string | null = null; ;) {
    const page: Awaited<ReturnType<typeof catalog.objects>> = await catalog.objects({
      query: { ...schema, limit: 1_000, ...(after === null ? {} : { after }) },
    });
    objects.push(...page.objects);
    if (page.next === null) return objects;
    after = page.next;
  }
}

function printNames(
  names: readonly string[],
  { title, where, json }: { readonly title: ShownText; readonly where: string; readonly json: boolean },
  print: (text: string) => void,
  paint: Paint,
): void {
  if (json) for (const name of names) print(jsonLine({ name }));
  else if (names.length === 0) printEmpty(where, print);
  else
    for (const line of tableLines(
      [{ title }],
      names.map((name) => [nameShown(name)]),
      paint,
    ))
      print(line);
}

function printEmpty(what: string, print: (text: string) => void): void {
  print(`${what} that you may know of`);
  print('what no rule of the policy lets you do anything with is not listed');
}

function objectLines({ type, select, columns }: CatalogObjectView, paint: Paint): readonly string[] {
  const rows = columns.map(({ name, type: of, nullable, tags, mask, maskedBy = [] }) => [
    nameShown(name),
    nullable ? typeShown(of) : shown`${typeShown(of)} NOT NULL`,
    joined(tags.map(tagShown), ', '),
    joined(
      [
        ...(mask === null ? [] : [word(mask.method)]),
        ...(maskedBy.length === 0 ? [] : [shown`Snowflake: ${wordsShown(maskedBy, maskedBy.length)}`]),
      ],
      '; ',
    ),
  ]);
  const said = shown`SELECT of this ${type}: ${word(select.effect)} by ${word(select.rule, LONG)}: ${revealed(select.reason)}`;
  return [
    ...tableLines(COLUMNS, rows, paint),
    ...folded(said).map((line) => paint(roleOf(select.effect), line)),
  ];
}

const COLUMNS = [
  { title: shown`COLUMN` },
  { title: shown`TYPE` },
  { title: shown`TAGS` },
  { title: shown`MASK` },
];

const LONG = { most: 300 };

function tagShown({ tag, path = [] }: CatalogObjectView['columns'][number]['tags'][number]): ShownText {
  return path.length === 0 ? word(tag, LONG) : shown`${word(tag, LONG)} in ${quoted(path.join('.'), LONG)}`;
}

function typeShown(type: string): ShownText {
  return /^[A-Z][\w ]*(\(\d+(, ?\d+)?\))?$/.test(type) ? revealed(type) : word(type, LONG);
}

function nameShown(name: string): ShownText {
  return word(name, LONG);
}

/** Parses a name as SQL does: unquoted parts are in upper case. */
function partsOf(name: string): readonly string[] {
  const part = /("(?:[^"]|"")+"|[A-Za-z_][\w$]*)(\.|$)/y;
  const parts: string[] = [];
  for (;;) {
    const [, text = '', end] = part.exec(name) ?? [];
    if (text === '' || parts.length === 3) break;
    parts.push(text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text.toUpperCase());
    if (end === '') return parts;
  }
  throw new SluiceError('config_invalid', `${quoted(name, LONG)} is not a name in the catalog`, {
    advice: 'write DATABASE, DATABASE.SCHEMA or DATABASE.SCHEMA.TABLE, each part as in SQL',
  });
}
