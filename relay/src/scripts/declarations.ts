import type { Tree } from '@sluice/snowflake-sql';
import { SluiceError } from '../errors.ts';
import { expressionError } from './raised.ts';
import { converted, evaluated, type Run, sent, written } from './run.ts';
import type { ResultRows, Scope } from './scope.ts';
import { NULL } from './value.ts';

/** One declaration of DECLARE or LET. */
export async function declare(run: Run, scope: Scope, declaration: Tree.Declaration): Promise<void> {
  const { name } = declaration.name;
  switch (declaration.kind) {
    case 'variable_declaration': {
      const type =
        declaration.type === null ? null : run.source.slice(declaration.type.start, declaration.type.end);
      const value = declaration.value === null ? NULL : await valueFor(run, scope, declaration.value, type);
      scope.declare(name, { is: 'variable', value, type });
      return;
    }
    case 'resultset_declaration': {
      const rows = declaration.value === null ? null : await rowsFor(run, scope, declaration.value);
      scope.declare(name, { is: 'result', rows });
      return;
    }
    case 'cursor_declaration':
      scope.declare(name, { is: 'cursor', source: declaration.source, rows: null, at: 0 });
      return;
    case 'exception_declaration': {
      const { number, message } = declaration;
      const code =
        number === null
          ? UNNUMBERED
          : Number(run.source.slice(number.start, number.end).replaceAll(/[\s()]/g, ''));
      scope.declare(name, {
        is: 'exception',
        code: Number.isInteger(code) ? code : UNNUMBERED,
        message: message?.value ?? '',
      });
      return;
    }
    case 'inline_procedure':
      throw new SluiceError('unsupported_by_warehouse', 'procedures in a block are not run here');
    default:
      declaration satisfies never;
  }
}

/** Snowflake's range for exceptions of one's own is from -20999 to -20000. */
const UNNUMBERED = -20_000;

/** `x := value`, where x has been declared. */
export async function assign(run: Run, scope: Scope, name: string, value: Tree.ScriptValue): Promise<void> {
  const named = scope.find(name);
  if (named?.is === 'result') {
    named.rows = await rowsFor(run, scope, value);
    return;
  }
  if (named?.is !== 'variable') throw unknownVariable(name);
  named.value = await valueFor(run, scope, value, named.type);
}

/** The same with a value that is known. */
export async function assignValue(run: Run, scope: Scope, name: string, value: typeof NULL): Promise<void> {
  const named = scope.find(name);
  if (named?.is !== 'variable') throw unknownVariable(name);
  named.value = await converted(run, value, named.type);
}

export function unknownVariable(name: string) {
  return expressionError(`SQL compilation error: error: invalid identifier '${name}'`);
}

async function valueFor(run: Run, scope: Scope, value: Tree.ScriptValue, type: string | null) {
  if (value.kind !== 'statement_result') return await evaluated(run, scope, value, type);
  await sent(run, written(run, scope, value.statement, 'sql'));
  return NULL;
}

/** What a RESULTSET holds: the rows of a query, or of another statement. */
export async function rowsFor(run: Run, scope: Scope, value: Tree.ScriptValue): Promise<ResultRows> {
  if (value.kind === 'statement_result') return await rowsOfStatement(run, scope, value.statement);
  if (value.kind === 'paren') return await rowsFor(run, scope, value.inner);
  if (value.kind === 'subquery') return await sent(run, written(run, scope, value.query, 'sql'));
  const named = value.kind === 'column' ? scope.find(value.parts.map(({ name }) => name).join('.')) : null;
  if (named?.is === 'result' && named.rows !== null) return named.rows;
  throw expressionError('a RESULTSET is a query, or a statement, in parentheses');
}

/** Any statement's rows; of EXECUTE IMMEDIATE, those of the text. */
export async function rowsOfStatement(
  run: Run,
  scope: Scope,
  statement: Tree.Statement,
  isKept: 'kept' | 'counted' = 'kept',
): Promise<ResultRows> {
  if (statement.kind !== 'execute_immediate')
    return await sent(run, written(run, scope, statement, 'sql'), isKept);
  const { source, using } = statement;
  const sql =
    source.kind === 'embedded' ? source.literal.value : (await evaluated(run, scope, source)).bind.value;
  if (sql === null) throw expressionError('EXECUTE IMMEDIATE of NULL');
  const values = [];
  for (const value of using) values.push((await evaluated(run, scope, value)).bind);
  return await sent(
    run,
    {
      sql,
      binds: Object.fromEntries(values.map((bind, index) => [String(index + 1), bind])),
    },
    isKept,
  );
}
