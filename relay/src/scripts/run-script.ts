import { parse } from '@sluice/snowflake-sql';
import { placesOf, type Script, scriptOf } from '@sluice/snowflake-sql/script';
import { SluiceError } from '../errors.ts';
import type { StatementOutcome } from '../gate.ts';
import type { Binds } from '../warehouse/index.ts';
import { runBlock, runList } from './block.ts';
import { createScriptBudget, SCRIPT_LIMITS, type ScriptBudget, type ScriptLimits } from './limits.ts';
import { Raised } from './raised.ts';
import type { Run, SendStatement, StatementText } from './run.ts';
import { createScope, type Scope } from './scope.ts';
import { runSteps } from './steps.ts';
import type { Value } from './value.ts';

/**
 * Runs a block of Snowflake Scripting, or a chain of steps, that has passed the gate, and answers with what its client gets: a value
 * as one row, the rows of RETURN TABLE, or what the last step answers. It is no more than a client that sends one statement after the other: each passes the gate by itself, and
 * all that the block's variables, conditions and loops ever see of it is what its client would have been given.
 */
export async function runScript(
  { sql, binds }: StatementText,
  send: SendStatement,
  signal: AbortSignal,
  limits: ScriptLimits = SCRIPT_LIMITS,
): Promise<StatementOutcome> {
  return await runText({ sql, binds }, send, createScriptBudget(limits, signal), limits, 1);
}

async function runText(
  { sql, binds }: StatementText,
  send: SendStatement,
  budget: ScriptBudget,
  limits: ScriptLimits,
  depth: number,
): Promise<StatementOutcome> {
  if (depth > limits.depth) {
    throw new SluiceError('request_unsupported', `blocks are ${depth} deep in each other`, {
      advice: 'EXECUTE IMMEDIATE no block that executes itself',
    });
  }
  const script = scriptIn(sql);
  const { source, whole } = script;
  const root = createScope();
  const run: Run = {
    source,
    places: placesGiven(script, binds),
    send,
    budget,
    limits,
    depth,
    root,
    list: runList,
    block: runBlock,
    nested: (given, { depth: around }) => runText(given, sendsJson(send), budget, limits, around + 1),
    handling: null,
  };
  try {
    if (whole.kind === 'flow') {
      declareBinds(root, binds);
      return await runSteps(run, root, whole);
    }
    const flow = await runBlock(run, root, whole);
    if (flow.next === 'return') return flow.outcome;
    budget.statement();
    return await send('SELECT NULL AS "anonymous block"', {}, 'client');
  } catch (error) {
    throw error instanceof Raised ? error.told : error;
  }
}

/** As drivers send them: what Snowflake's types other than text, numbers and truth are, the text has to say. */
function placesGiven(script: Script, binds: Binds): ReadonlyMap<object, Value> {
  const values = new Map<object, Value>();
  for (const [node, number] of placesOf(script)) {
    const bind = binds[String(number)];
    if (bind === undefined) continue;
    const { type, value } = bind;
    if (typeof value !== 'string' && value !== null) throw batch();
    values.set(node, { bind: { type, value }, typed: null });
  }
  return values;
}

/** What a chain's steps name stays what it was given: `:1`, or the variables of a block around it. */
function declareBinds(root: Scope, binds: Binds): void {
  for (const [name, { type, value }] of Object.entries(binds)) {
    if (typeof value !== 'string' && value !== null) throw batch();
    root.declare(name, { is: 'variable', value: { bind: { type, value }, typed: null }, type: null });
  }
}

function batch(): SluiceError {
  return new SluiceError('request_unsupported', 'a batch of binds with a block is not accepted', {
    advice: 'send the block once for each row',
  });
}

function sendsJson(send: SendStatement): SendStatement {
  return (sql, binds) => send(sql, binds, 'json');
}

function scriptIn(sql: string): Script {
  const parsed = parse(sql);
  const script = parsed.outcome === 'parsed' ? scriptOf(parsed.statement, parsed.source) : null;
  if (script === null) throw new SluiceError('internal', 'what passed the gate as a block is none');
  return script;
}
