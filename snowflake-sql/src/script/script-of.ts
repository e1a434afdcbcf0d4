import type { AnyNode } from '../tree/any-node.ts';
import { placesIn } from '../tree/places.ts';
import type { Block, Flow, Statement } from '../tree/statements.ts';
import { walk } from '../tree/walk.ts';

/** A block, or steps chained by `->>`, and the text that its places are in. */
export interface Script {
  readonly source: string;
  readonly whole: Block | Flow;
}

/** What of statements a statement is, by itself or as the text of EXECUTE IMMEDIATE; null if it is one alone. */
export function scriptOf(statement: Statement, source: string): Script | null {
  if (isScript(statement)) return { source, whole: statement };
  if (statement.kind !== 'execute_immediate' || statement.using.length > 0) return null;
  const { source: text } = statement;
  if (text.kind !== 'embedded' || text.content.kind !== 'script') return null;
  const [only, ...more] = text.content.statements;
  return only !== undefined && isScript(only) && more.length === 0
    ? { source: text.source, whole: only }
    : null;
}

function isScript(statement: Statement): statement is Block | Flow {
  return statement.kind === 'block' || statement.kind === 'flow';
}

/** The `?` of a script, from 1, in the order of its text: but for those of cursors, whose values OPEN gives. */
export function placesOf({ whole }: Script): ReadonlyMap<AnyNode, number> {
  const ofCursors = new Set<AnyNode>();
  for (const node of walk(whole))
    if (node.kind === 'cursor_declaration') for (const part of walk(node)) ofCursors.add(part);
  const own = [...placesIn(whole).keys()].filter((place) => !ofCursors.has(place));
  return new Map(own.map((place, index) => [place, index + 1]));
}

/** What of Snowflake Scripting in a script is not run here, by name; null for nothing. */
export function notRunIn({ whole }: Script): string | null {
  for (const node of walk(whole)) {
    switch (node.kind) {
      case 'async':
      case 'await':
      case 'cancel':
        return `${node.kind.toUpperCase()} in a block`;
      case 'statement_result':
        if (node.async) return 'ASYNC in a block';
        break;
      case 'inline_procedure':
      case 'call_statement':
        return 'procedures in a block';
      case 'execute_immediate_from':
        return 'EXECUTE IMMEDIATE FROM';
      case 'exception_handler':
        if (node.action === 'CONTINUE') return 'CONTINUE handlers';
        break;
      default:
    }
  }
  return null;
}
