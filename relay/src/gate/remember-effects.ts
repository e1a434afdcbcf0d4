import type { SessionEffect, Understood } from '@sluice/snowflake-sql';
import { nameOfColumnType, type ResultColumn } from '../warehouse/index.ts';
import type { SessionContext } from './session-context.ts';
import type { StatementRequest } from './statement-request.ts';

/** Results that RESULT_SCAN can still name; older ones become unresolved, which is masked or refused. */
const RESULTS_REMEMBERED = 1_000;

/** What later statements of the session mean can depend on this one: its outputs, and variables it set. */
export function rememberEffects(
  request: StatementRequest,
  understanding: Understood,
  context: SessionContext,
  variables: ReadonlySet<string>,
): void {
  context.results.set(request.queryId, { outputs: understanding.outputs });
  const [oldest] = context.results.keys();
  if (context.results.size > RESULTS_REMEMBERED && oldest !== undefined) context.results.delete(oldest);

  for (const effect of effectsOf(understanding)) {
    if (effect.type === 'set_variable') {
      const { sources, literal } = effect;
      const origin = { sources, setBy: request.queryId };
      context.variables.set(effect.name, literal === undefined ? origin : { ...origin, literal });
    }
    if (effect.type === 'unset_variable') context.variables.delete(effect.name);
  }
  forgetUnset(context, variables);
}

/**
 * What a result's columns are, as the client has them, when it is there: of a statement that lists something, what the
 * analysis cannot tell.
 */
export function rememberShape(
  queryId: string,
  columns: readonly ResultColumn[],
  { results }: Pick<SessionContext, 'results'>,
): void {
  const known = results.get(queryId);
  if (known === undefined) return;
  const range = { start: 0, end: 0 };
  const outputs =
    known.outputs.length === columns.length
      ? known.outputs.map((output, index) => ({ ...output, name: columns[index]!.name }))
      : columns.map(({ name }) => ({ name, sources: [], range }));
  results.set(queryId, { outputs, types: columns.map(nameOfColumnType) });
}

/**
 * After a failure nobody can tell which of a statement's variables hold the old value and which the new one:
 * what they are made of is not known, and a later use of them is not let through.
 */
export function forgetEffects(
  understanding: Understood,
  context: SessionContext,
  variables: ReadonlySet<string>,
): void {
  for (const effect of effectsOf(understanding))
    if (effect.type === 'set_variable') context.variables.delete(effect.name);
  forgetUnset(context, variables);
}

/** What is set is what the warehouse says is set. */
function forgetUnset(context: SessionContext, variables: ReadonlySet<string>): void {
  for (const name of context.variables.keys()) if (!variables.has(name)) context.variables.delete(name);
}

function effectsOf(understanding: Understood): readonly SessionEffect[] {
  return [understanding, ...understanding.inner].flatMap((part) =>
    part.understood ? part.sessionEffects : [],
  );
}
