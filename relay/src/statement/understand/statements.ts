import type { Alter, Body, Embedded, Statement } from '../tree/statements.ts';
import type { Expression } from '../tree/query.ts';
import type { Understanding } from '../understanding.ts';
import { walkAdmin } from './admin.ts';
import { walkCopy } from './copies.ts';
import { noteDdlObject, walkAlter, walkCreate } from './ddl.ts';
import { walkDml } from './dml.ts';
import { noteUses } from './expressions.ts';
import { embeddedStatements, isStatement, scriptStatements } from './inner-statements.ts';
import { opaque } from './origin.ts';
import { relationOfQuery } from './queries.ts';
import { relation, type Relation } from './relation.ts';
import { newScope } from './scope.ts';
import { understandTree } from './understand.ts';
import { newFindings, noteOpaque, type Walk } from './walk.ts';

export interface Walked {
  /** The columns of the result; none for a statement that answers with a status or counts. */
  readonly result: Relation;
  readonly missingWhere: boolean;
}

const NO_RESULT: Walked = { result: relation([]), missingWhere: false };

/** Walks any statement. What is not followed is noted as opaque, never left out. */
export function walkStatement(walk: Walk, statement: Statement): Walked {
  switch (statement.kind) {
    case 'query':
      return { ...NO_RESULT, result: relationOfQuery(walk, null, new Map(), statement) };
    case 'insert':
    case 'multi_insert':
    case 'update':
    case 'delete':
    case 'merge':
    case 'truncate':
      return { ...NO_RESULT, ...walkDml(walk, statement) };
    case 'copy_into_table':
    case 'copy_into_location':
    case 'copy_files':
    case 'put':
    case 'get':
    case 'list':
    case 'remove':
      walkCopy(walk, statement);
      return NO_RESULT;
    case 'create':
      walkCreate(walk, statement, walkBody);
      return NO_RESULT;
    case 'alter':
      if (statement.objectType === 'session') {
        walkAlterSession(walk, statement);
        return NO_RESULT;
      }
      walkAlter(walk, statement, walkBody);
      return NO_RESULT;
    case 'use':
    case 'set_variables':
    case 'unset_variables':
    case 'transaction':
    case 'show':
    case 'describe':
    case 'grant':
    case 'revoke':
    case 'comment':
    case 'drop':
    case 'undrop':
    case 'execute_object':
      walkAdmin(walk, statement);
      return NO_RESULT;
    case 'explain':
      // The plan quotes the text, not the data; what it is the plan of counts as if it ran.
      if (statement.statement.kind !== 'string') addInner(walk, understandInner(walk, statement.statement));
      return NO_RESULT;
    case 'flow':
      return walkFlow(walk, statement.steps);
    case 'execute_immediate':
      return walkExecuteImmediate(walk, statement.source, statement.using);
    case 'execute_immediate_from':
      noteOpaque(walk, opaque('statements of a file', statement));
      return NO_RESULT;
    case 'call_statement':
      noteOpaque(walk, opaque('what the procedure does', statement));
      for (const { body } of statement.procedures) if (body !== null) walkBody(walk, body);
      noteDdlObject(walk, 'procedure', statement.call.name, 'call');
      noteUses(walk, newScope(null, new Map()), statement.call.arguments, 'argument');
      return NO_RESULT;
    default:
      // Scripting: what its statements do is understood one by one, what it returns is not.
      noteOpaque(walk, opaque('what a scripting block returns', statement));
      for (const inner of scriptStatements(statement)) addInner(walk, understandInner(walk, inner));
      return NO_RESULT;
  }
}

/** A setting under which the same text would name other things makes all that follows unreadable. */
const CHANGES_MEANING: ReadonlySet<string> = new Set(['QUOTED_IDENTIFIERS_IGNORE_CASE', 'SEARCH_PATH']);

function walkAlterSession(walk: Walk, { actions }: Alter): void {
  const parameters = actions.flatMap((action) => {
    if (action.kind === 'set_options')
      return action.options.map(({ name }) => (name.kind === 'words' ? name.text : name.value));
    return action.kind === 'unset_options' ? action.names.map(({ text }) => text) : [];
  });
  const changing = parameters.find((name) => CHANGES_MEANING.has(name.toUpperCase()));
  if (changing !== undefined)
    noteOpaque(walk, opaque(`what names mean under another ${changing}`, actions[0]!));
  walk.found.sessionEffects.push({ type: 'alter_session', parameters });
}

/** Each step sees the results of those before it; the last one's is the flow's. */
function walkFlow(walk: Walk, steps: readonly Statement[]): Walked {
  const results: Relation[] = [];
  for (const step of steps) {
    const inner = understandTree(step, step, { ...walk, found: newFindings(), steps: [...results] });
    addInner(walk, inner);
    results.push(
      inner.understood
        ? relation(
            inner.outputs.map(({ name, sources, unresolved }) => ({
              name,
              origin: { sources, unresolved: unresolved ?? null },
            })),
          )
        : { columns: [], open: opaque('a step that is not understood', step) },
    );
  }
  return { ...NO_RESULT, result: results.at(-1) ?? relation([]) };
}

/** A literal is understood as what it says; anything else only runs when it runs. */
function walkExecuteImmediate(
  walk: Walk,
  source: Embedded | Expression,
  using: readonly Expression[],
): Walked {
  if (source.kind !== 'embedded') {
    noteOpaque(walk, opaque('SQL that is made when it runs', source));
    return NO_RESULT;
  }
  noteUses(walk, newScope(null, new Map()), using, 'argument');
  const inner = walkEmbedded(walk, source);
  const [only] = inner;
  if (inner.length !== 1 || only === undefined || !only.understood) return NO_RESULT;
  return {
    missingWhere: only.missingWhere,
    result: relation(
      only.outputs.map(({ name, sources, unresolved }) => ({
        name,
        origin: { sources, unresolved: unresolved ?? null },
      })),
    ),
  };
}

/** What a routine, task or alert will do counts as if it ran now. */
function walkBody(walk: Walk, body: Body): void {
  if (body.kind === 'embedded') {
    walkEmbedded(walk, body);
    return;
  }
  if (isStatement(body)) addInner(walk, understandInner(walk, body));
  else noteOpaque(walk, opaque('an expression that is evaluated later', body));
}

function walkEmbedded(walk: Walk, embedded: Embedded): readonly Understanding[] {
  const statements = embeddedStatements(embedded);
  if (statements === null) {
    noteOpaque(walk, opaque('a body that cannot be read here', embedded));
    return [];
  }
  const inner = statements.map((statement) =>
    // Offsets inside a literal with escapes are not of this text: the literal's place stands for all of it.
    understandTree(statement, embedded, {
      ...walk,
      found: newFindings(),
      through: walk.through ?? {
        view: { database: '', schema: '', name: '' },
        range: { start: embedded.start, end: embedded.end },
      },
    }),
  );
  for (const one of inner) addInner(walk, one);
  return inner;
}

function understandInner(walk: Walk, statement: Statement): Understanding {
  return understandTree(
    statement,
    { start: statement.start, end: statement.end },
    { ...walk, found: newFindings() },
  );
}

function addInner(walk: Walk, inner: Understanding): void {
  walk.found.inner.push(inner);
}
