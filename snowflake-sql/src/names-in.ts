import { builtInSignature } from './bind/calls.ts';
import { isNextValue } from './bind/expressions.ts';
import { parseName, resolveParts } from './bind/names.ts';
import { isAccountLevel, objectTypeOf } from './bind/object-type.ts';
import { earlierNamed } from './bind/table-functions.ts';
import type { ResolutionContext } from './catalog.ts';
import { FORMAT_NAME, nameOf } from './bind/stage-options.ts';
import { stageIn, USERS_OWN } from './bind/stages.ts';
import { catalogName, keyOfObject, type ObjectName } from './object-name.ts';
import type { ParsedScript } from './parse.ts';
import type { AnyNode } from './tree/any-node.ts';
import type { Bind, Name, StageReference } from './tree/names.ts';
import type { OptionValue } from './tree/options.ts';
import { placesIn } from './tree/places.ts';
import type { Call, ColumnReference, Expression } from './tree/query.ts';
import type { Alter } from './tree/statements.ts';
import { walk } from './tree/walk.ts';
import type { ObjectType } from './understanding.ts';

/**
 * The names in a text, each once and as written: before anything is looked up, and independent of the session. Plain
 * data. It may include names that are not needed: a name that is hidden by a WITH is included.
 */
export interface Names {
  readonly objects: readonly WrittenName[];
  /** Session variables (`$name`), in upper case. */
  readonly variables: readonly string[];
  /** Earlier results, by the id of their statement or by index, where -1 is the last. */
  readonly results: readonly (string | number)[];
  /** The binds that say which earlier result is meant: `RESULT_SCAN(?)`. */
  readonly resultBinds: readonly string[];
}

/** The name of an object, or the variable or the bind that contains it: `IDENTIFIER($name)`, `IDENTIFIER(?)`. */
export type WrittenName = { readonly type: ObjectType } & (
  | { readonly parts: readonly string[]; readonly publicSchema: boolean }
  | { readonly variable: string }
  | { readonly bind: string }
  /** The stage of whoever asks: `@~`. */
  | { readonly usersOwn: true }
  /** The bind that contains a stage: `INFER_SCHEMA(LOCATION => ?)`. */
  | { readonly stageBind: string }
);

/** A name to look up in a catalog, with the type of object as far as the text determines it. */
export interface NamedObject {
  readonly type: ObjectType;
  readonly name: ObjectName;
}

/** Every name in a text, also in blocks, in bodies and in SQL literals. Pure; takes linear time. */
export function namesIn({ statements }: ParsedScript): Names {
  const found = new Map<string, WrittenName>();
  const variables = new Set<string>();
  const results = new Set<string | number>();
  const resultBinds = new Set<string>();
  /** The type of object that the enclosing node determines; null if it is not the name of an object in a schema. */
  const types = new Map<object, ObjectType | null>();
  const note = (node: AnyNode, numbered: (bind: Bind) => string) => {
    for (const [name, type] of namedBy(node)) if (!types.has(name)) types.set(name, type);
    for (const named of namedBesides(node, numbered)) found.set(keyOf(named), named);
    if (isName(node)) {
      const type = types.get(node);
      const written = type === null ? null : writtenName(node, type ?? 'table', numbered);
      if (written !== null) found.set(keyOf(written), written);
    } else if (node.kind === 'variable') variables.add(node.name);
    else if (node.kind === 'column') {
      const sequence = sequenceOf(node);
      if (sequence !== null) found.set(keyOf(sequence), sequence);
    } else if (isResultScan(node)) {
      const [id] = node.arguments;
      if (id?.kind === 'bind') resultBinds.add(numbered(id));
      const which = earlierNamed(id);
      if (which !== null) results.add(which);
    }
  };
  for (const { statement } of statements) {
    let places: ReadonlyMap<Bind, number> | null = null;
    const numbered = (bind: Bind) => {
      if (bind.name !== '?') return bind.name;
      places ??= placesIn(statement);
      return String(places.get(bind) ?? bind.name);
    };
    for (const node of walk(statement)) note(node, numbered);
  }
  return {
    objects: [...found.values()],
    variables: [...variables],
    results: [...results],
    resultBinds: [...resultBinds],
  };
}

/** The names as resolved in one session, each once. Names that cannot be completed or parsed are left out. */
export function objectsNamed(
  { objects }: Pick<Names, 'objects'>,
  session: Pick<ResolutionContext, 'database' | 'schema' | 'variables' | 'bindTexts'>,
): readonly NamedObject[] {
  const found = new Map<string, NamedObject>();
  for (const written of objects) {
    const { type } = written;
    if ('stageBind' in written) {
      const stage = stageIn(session.bindTexts?.get(written.stageBind) ?? '');
      const inside = stage === null ? [] : stageNamed(stage);
      for (const named of objectsNamed({ objects: inside }, session))
        found.set(`${named.type} ${keyOfObject(named.name)}`, named);
      continue;
    }
    if ('usersOwn' in written) {
      const name = catalogName('stage', { database: '', schema: '', name: USERS_OWN });
      found.set(`${type} ${keyOfObject(name)}`, { type, name });
      continue;
    }
    const parts = 'parts' in written ? written : partsHeld(session, written);
    const plain =
      parts === null ? null : type === 'schema' ? schemaIn(session, parts) : resolvedIn(session, parts);
    if (plain === null) continue;
    const name = catalogName(type, plain);
    found.set(`${type} ${keyOfObject(name)}`, { type, name });
  }
  return [...found.values()];
}

type Parts = { readonly parts: readonly string[]; readonly publicSchema: boolean };

function resolvedIn(
  session: Pick<ResolutionContext, 'database' | 'schema'>,
  { parts, publicSchema }: Parts,
): ObjectName | null {
  return resolveParts(
    session,
    parts.map((name) => ({ name })),
    publicSchema,
  );
}

function schemaIn({ database }: Pick<ResolutionContext, 'database'>, { parts }: Parts): ObjectName | null {
  const [name, of = database ?? ''] = parts.toReversed();
  return name === undefined ? null : { database: of, schema: '', name };
}

function partsHeld(
  { variables, bindTexts }: Pick<ResolutionContext, 'variables' | 'bindTexts'>,
  held: { readonly variable: string } | { readonly bind: string },
) {
  const literal = 'bind' in held ? bindTexts?.get(held.bind) : variables.get(held.variable)?.literal;
  const name = literal === undefined ? null : parseName(literal);
  return name === null ? null : { ...name, parts: name.parts.map((part) => part.name) };
}

function writtenName(node: Name, type: ObjectType, numbered: (bind: Bind) => string): WrittenName | null {
  if (node.kind === 'qualified_name') {
    return { type, parts: node.parts.map(({ name }) => name), publicSchema: node.publicSchema };
  }
  const { argument } = node;
  if (argument.kind === 'variable') return { type, variable: argument.name };
  if (argument.kind === 'bind') return { type, bind: numbered(argument) };
  const name = argument.kind === 'string' ? parseName(argument.value) : null;
  return name === null ? null : writtenName(name, type, numbered);
}

/** `seq.NEXTVAL` looks like a column, and is one if a column of that name exists. */
function sequenceOf({ parts, publicSchema }: ColumnReference): WrittenName | null {
  const names = parts.map(({ name }) => name);
  return isNextValue(names) ? { type: 'sequence', parts: names.slice(0, -1), publicSchema } : null;
}

function keyOf(written: WrittenName): string {
  return JSON.stringify('parts' in written ? [written.type, written.publicSchema, written.parts] : written);
}

type Named = readonly (readonly [object, ObjectType | null])[];

/** The names directly below a node, with the type of object if the node determines it; otherwise they are tables. */
function namedBy(node: AnyNode): Named {
  switch (node.kind) {
    case 'create':
      return ofType(node.objectType, [node.name]);
    case 'alter':
      return ofType(node.objectType, [node.name, ...node.others, ...node.actions.map(newName)]);
    case 'comment':
      if (node.objectType === 'column') return [[node.name, null]];
      return ofType(node.objectType, [node.name]);
    case 'drop':
    case 'undrop':
      return ofType(node.objectType, [node.name]);
    case 'describe':
      return ofType(node.objectType ?? 'table', [node.name]);
    case 'execute_object':
      return ofType(node.what, [node.name]);
    case 'grant':
    case 'revoke':
      return node.on === null
        ? []
        : ofType(node.on.objectType.text.toLowerCase().replaceAll(' ', '_'), node.on.names);
    case 'use':
    case 'grantee':
    case 'show_scope':
      return node.name === null ? [] : [[node.name, null]];
    case 'call_statement':
      return [[node.call.name, 'procedure']];
    case 'call':
      return [[node.name, builtInSignature(node) === null ? 'function' : null]];
    case 'stage':
      return node.name === null ? [] : [[node.name, node.type === 'table' ? 'table' : 'stage']];
    case 'position':
    case 'star':
      // The part before the dot is a relation of the query.
      return node.qualifier === null ? [] : [[node.qualifier, null]];
    default:
      return [];
  }
}

/** Names that are no nodes of their own: schemas with what is in them, stages in quotes, a table's and the user's own stages, and formats in options. */
function namedBesides(node: AnyNode, numbered: (bind: Bind) => string): readonly WrittenName[] {
  switch (node.kind) {
    case 'create':
    case 'drop': {
      // What is in it goes with it.
      const goes = node.objectType === 'schema' && (node.kind === 'drop' || node.or === 'REPLACE');
      if (!goes || node.name === null || node.name.kind === 'string') return [];
      const schema = writtenName(node.name, 'schema', numbered);
      return schema === null ? [] : [schema];
    }
    case 'comment': {
      const column = node.objectType === 'column' ? writtenName(node.name, 'table', numbered) : null;
      if (column === null || !('parts' in column) || column.parts.length < 2) return [];
      return [{ ...column, parts: column.parts.slice(0, -1) }];
    }
    case 'stage':
      return stageNamed(node);
    case 'string': {
      const stage = stageIn(node.value);
      if (stage === null) return [];
      const table = {
        type: 'table',
        parts: partsOf(stage),
        publicSchema: stage.name?.publicSchema ?? false,
      } as const;
      return [...stageNamed(stage), ...(stage.type === 'table' ? [table] : [])];
    }
    case 'put':
    case 'get': {
      const { stage } = node;
      return stage.kind === 'bind' ? [{ type: 'stage', stageBind: numbered(stage) }] : [];
    }
    case 'list':
    case 'remove': {
      const { location } = node;
      return location.kind === 'bind' ? [{ type: 'stage', stageBind: numbered(location) }] : [];
    }
    case 'copy_into_table': {
      const { source, target } = node;
      if (source?.kind === 'bind') return [{ type: 'stage', stageBind: numbered(source) }];
      if (source !== null || target.kind !== 'qualified_name') return [];
      return stageNamed({ ...node, kind: 'stage', name: target, type: 'table', path: '' });
    }
    case 'option': {
      const { value } = node;
      const isFormat = nameOf(node) === 'FILE_FORMAT' || nameOf(node) === FORMAT_NAME;
      return isFormat && value !== null ? formatNamed(value, numbered) : [];
    }
    case 'named_argument': {
      const { value } = node;
      const name = node.name.name.toUpperCase();
      if (name === 'FILE_FORMAT') return formatNamed(value, numbered);
      const isStage = name === 'LOCATION' && value.kind === 'bind';
      return isStage ? [{ type: 'stage', stageBind: numbered(value) }] : [];
    }
    default:
      return [];
  }
}

function stageNamed(stage: StageReference): readonly WrittenName[] {
  if (stage.name === null) return [{ type: 'stage', usersOwn: true }];
  const parts = partsOf(stage);
  const last = parts.at(-1) ?? '';
  const own = stage.type === 'table' ? [...parts.slice(0, -1), `%${last}`] : parts;
  return [{ type: 'stage', parts: own, publicSchema: stage.name.publicSchema }];
}

function partsOf({ name }: StageReference): readonly string[] {
  return name?.parts.map((part) => part.name) ?? [];
}

function formatNamed(
  value: OptionValue | Expression,
  numbered: (bind: Bind) => string,
): readonly WrittenName[] {
  if (value.kind === 'bind') return [{ type: 'file_format', bind: numbered(value) }];
  const text =
    value.kind === 'string' ? parseName(value.value) : value.kind === 'qualified_name' ? value : null;
  if (text === null) return [];
  return [
    { type: 'file_format', parts: text.parts.map((part) => part.name), publicSchema: text.publicSchema },
  ];
}

function newName(action: Alter['actions'][number]): Name | null {
  return action.kind === 'rename_to' || action.kind === 'swap_with' ? action.name : null;
}

function ofType(objectType: string, names: readonly (object | null)[]): Named {
  const type = objectTypeOf(objectType);
  const lies = type === 'schema' || isAccountLevel(type) ? null : type;
  return names.flatMap((name) => (name === null ? [] : [[name, lies] as const]));
}

function isName(node: AnyNode): node is Extract<AnyNode, Name> {
  return node.kind === 'qualified_name' || node.kind === 'dynamic_name';
}

function isResultScan(node: AnyNode): node is Call {
  return node.kind === 'call' && builtInSignature(node)?.name === 'RESULT_SCAN';
}
