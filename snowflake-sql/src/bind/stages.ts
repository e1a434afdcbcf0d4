import type { BoundColumn, BoundFiles, BoundRelation, BoundStaged, BoundSample } from '../bound/index.ts';
import type { CatalogStage, FormatOptions } from '../catalog.ts';
import { catalogName, formatObjectName, type ObjectName } from '../object-name.ts';
import { parse } from '../parse.ts';
import { Unresolvable } from '../problem.ts';
import type { SourceRange } from '../source-range.ts';
import type { Location } from '../tree/copy.ts';
import type { StageReference } from '../tree/names.ts';
import type { Option } from '../tree/options.ts';
import type { Call, StageRelation } from '../tree/query.ts';
import type { ObjectAccess } from '../understanding.ts';
import { type Binder, nextRelation, noteFunction, noteObject, placeOf, visit } from './binder.ts';
import { findTable, parseName, resolveName, resolveParts } from './names.ts';
import {
  argumentText,
  type FormatSaid,
  formatSaid,
  NOTHING_SAID,
  optionsOf,
  textOfBind,
} from './stage-options.ts';

/** Where files are, or go. */
export interface BoundPlace {
  /** As it is written, for people. */
  readonly text: string;
  readonly stage: ObjectName;
  readonly path: string;
  /** Null where nothing is known of it: a URL, or a stage that there is not, or not here. */
  readonly known: CatalogStage | null;
}

/** The stage or URL of a statement, which is noted with this access. */
export function bindPlace(binder: Binder, location: Location, access: ObjectAccess): BoundPlace {
  visit(binder, location);
  const text = textOfPlace(binder, location);
  const stage = location.kind === 'stage' ? location : stageIn(text);
  if (stage === null) {
    const name = { database: '', schema: '', name: text };
    noteObject(binder, 'stage', name, access, location);
    return { text: name.name, stage: name, path: '', known: null };
  }
  const name = nameOfStage(binder, stage, location);
  noteObject(binder, 'stage', name, access, location);
  const found = binder.catalog.find(catalogName('stage', name));
  const known = found?.type === 'stage' ? found : null;
  return { text: stageText(stage), stage: name, path: stage.path.replace(/^\/+/, ''), known };
}

function textOfPlace(binder: Binder, location: Location): string {
  if (location.kind === 'stage') return '';
  const text = location.kind === 'string' ? location.value : textOfBind(binder, location);
  if (text !== null) return text;
  throw new Unresolvable('unsupported', 'the stage is only known when the statement runs', location);
}

/** The stage that a text in quotes is, with whatever stands behind its name as the path; null for a URL. */
export function stageIn(text: string): StageReference | null {
  const [, name, path] = STAGE_IN_TEXT.exec(text) ?? [];
  if (name === undefined || path === undefined) return null;
  const parsed = parse(`${LIST}${name}`);
  if (parsed.outcome !== 'parsed' || parsed.statement.kind !== 'list') return null;
  const { location } = parsed.statement;
  // All of it, and nothing behind it, such as a comment.
  if (location.kind !== 'stage' || location.end !== LIST.length + name.length) return null;
  return { ...location, path };
}

const LIST = 'LIST ';

/** The path begins with the first slash that is not in double quotes. */
const STAGE_IN_TEXT = /^(@(?:"[^"]*"|[^"/])*)(|\/.*)$/s;

export const USERS_OWN = '~';

/** A table's own stage is there when the table is. */
function nameOfStage(binder: Binder, stage: StageReference, at: Location): ObjectName {
  if (stage.name === null) return { database: '', schema: '', name: USERS_OWN };
  if (stage.type !== 'table') return resolveName(binder, stage.name);
  const { name } = findTable(binder, { ...stage.name, start: at.start, end: at.end });
  return { ...name, name: `%${name.name}` };
}

function stageText({ name, path, type }: StageReference): string {
  return `@${type === 'user' ? USERS_OWN : (name?.parts.map((part) => part.name).join('.') ?? '')}${path}`;
}

/** Files of a place, by what a statement's options say of them. */
export function bindFiles(
  binder: Binder,
  { stage, path, known }: BoundPlace & { readonly known: CatalogStage },
  options: readonly Option[],
): BoundFiles {
  return {
    stage,
    path,
    ...chosen(binder, options),
    format: formatOf(binder, known, formatSaid(binder, options), options[0] ?? null),
    contents: contentsBelow(known, path),
  };
}

/** Where files come from whose names begin so: a pattern is only followed when the statement runs. */
function contentsBelow({ contents }: CatalogStage, path: string): BoundFiles['contents'] {
  return contents.filter(({ name }) => name.startsWith(path)).flatMap(({ sources }) => sources);
}

/** Which files an option chooses. */
function chosen(binder: Binder, options: readonly Option[]): Pick<BoundFiles, 'pattern' | 'names'> {
  const { PATTERN: pattern = null, FILES: names = null } = optionsOf(binder, options);
  return {
    pattern: typeof pattern === 'string' ? pattern : null,
    names: typeof names === 'string' ? [names] : Array.isArray(names) ? (names as readonly string[]) : null,
  };
}

/** The same of `@stage (FILE_FORMAT => 'f', PATTERN => '...')`. */
export function bindStageRelation(
  binder: Binder,
  node: StageRelation,
  sample: BoundSample | null,
): BoundStaged | null {
  const place = bindPlace(binder, node.stage, 'read');
  const { known } = place;
  if (known === null) return null;
  for (const option of node.options) visit(binder, option.value);
  const format = argumentText(binder, node.options, 'FILE_FORMAT');
  const pattern = argumentText(binder, node.options, 'PATTERN');
  const said: FormatSaid = format === null ? NOTHING_SAID : { name: format.text, options: {} };
  const copied = chosen(binder, binder.copying);
  return staged(binder, node, sample, {
    stage: place.stage,
    path: place.path,
    pattern: pattern?.text ?? copied.pattern,
    names: copied.names,
    format: formatOf(binder, known, format === null ? formatSaid(binder, binder.copying) : said, node),
    contents: contentsBelow(known, place.path),
  });
}

/** INFER_SCHEMA of a stage that is known of; null of another. */
export function bindInferSchema(binder: Binder, call: Call, sample: BoundSample | null): BoundStaged | null {
  const location = argumentText(binder, call.arguments, 'LOCATION');
  const stage = location === null ? null : stageIn(location.text);
  if (location === null || stage === null) return null;
  const place = bindPlace(binder, { ...stage, start: location.at.start, end: location.at.end }, 'read');
  const { known } = place;
  if (known === null) return null;
  visit(binder, call);
  noteFunction(binder, { database: '', schema: '', name: 'INFER_SCHEMA' }, true, call);
  for (const argument of call.arguments) {
    visit(binder, argument);
    if (argument.kind === 'named_argument') visit(binder, argument.value);
  }
  const format = argumentText(binder, call.arguments, 'FILE_FORMAT');
  const said: FormatSaid = format === null ? NOTHING_SAID : { name: format.text, options: {} };
  const files = {
    stage: place.stage,
    path: place.path,
    pattern: null,
    names: null,
    format: formatOf(binder, known, said, call),
    contents: contentsBelow(known, place.path),
  };
  const relation = staged(binder, call, sample, files);
  return { ...relation, what: 'schema', columns: SCHEMA_COLUMNS };
}

/** What INFER_SCHEMA answers. */
const SCHEMA_COLUMNS: readonly BoundColumn[] = [
  'COLUMN_NAME',
  'TYPE',
  'NULLABLE',
  'EXPRESSION',
  'FILENAMES',
  'ORDER_ID',
].map((name) => ({ name, named: true }));

/** Files as a relation, whose columns are added as they are referred to. */
export function staged(
  binder: Binder,
  at: SourceRange,
  sample: BoundSample | null,
  files: BoundFiles,
): BoundStaged {
  const columns: BoundColumn[] = [];
  const id = nextRelation(binder);
  binder.noted.staged.set(id, columns);
  const base = { at: placeOf(binder, at), sample, id, columns, open: null };
  return { kind: 'staged', ...base, what: 'rows', files, whole: false, match: null };
}

/** More columns than files have that anybody reads. */
const MOST_COLUMNS = 2_000;

/** What a row's file says of the row beside its fields, in columns that are only there by their names. */
const METADATA: ReadonlySet<string> = new Set([
  'METADATA$FILENAME',
  'METADATA$FILE_ROW_NUMBER',
  'METADATA$FILE_LAST_MODIFIED',
  'METADATA$START_SCAN_TIME',
  'METADATA$FILE_CONTENT_KEY',
]);

/** `$n` among the columns of files, and its index there; it is added if nothing has referred to it yet. */
export function columnOfFile(
  { noted }: Binder,
  { id }: BoundStaged,
  position: number,
  at: SourceRange,
): { readonly name: string; readonly index: number } {
  const columns = noted.staged.get(id);
  if (columns === undefined || position < 1 || position > MOST_COLUMNS)
    throw new Unresolvable('column_unknown', `there is no column \`$${position}\``, at);
  for (let fields = columns.filter(({ name }) => !METADATA.has(name)).length; fields < position; fields += 1)
    columns.push({ name: `$${fields + 1}`, named: true });
  const name = `$${position}`;
  return { name, index: columns.findIndex((column) => column.name === name) };
}

/** The index of a METADATA$ column of files; null for any other name. */
export function metadataOfFile({ noted }: Binder, relation: BoundRelation, name: string): number | null {
  if (relation.kind !== 'staged' || relation.what !== 'rows' || !METADATA.has(name)) return null;
  const columns = noted.staged.get(relation.id) ?? [];
  const known = columns.findIndex((column) => column.name === name);
  return known === -1 ? columns.push({ name, named: true }) - 1 : known;
}

/** That of the stage, under the named one, under what the statement says itself. */
function formatOf(
  binder: Binder,
  stage: CatalogStage,
  { name, options }: FormatSaid,
  at: SourceRange | null,
): FormatOptions {
  if (name === null) {
    // Another type has nothing of the stage's own.
    const isOther = 'TYPE' in options && options['TYPE'] !== stage.format['TYPE'];
    return isOther ? options : { ...stage.format, ...options };
  }
  const parts = parseName(name);
  const full = parts === null ? null : resolveParts(binder.context, parts.parts, parts.publicSchema);
  const found = full === null ? null : binder.catalog.find(catalogName('file_format', full));
  if (found?.type !== 'file_format') {
    const shown = full === null ? name : formatObjectName(full);
    throw new Unresolvable(
      'object_unknown',
      `File format '${shown}' does not exist or not authorized`,
      at ?? stagePlace,
      {
        name: shown,
      },
    );
  }
  noteObject(binder, 'file_format', found.name, 'use', at ?? stagePlace);
  return { ...found.format, ...options };
}

const stagePlace: SourceRange = { start: 0, end: 0 };
