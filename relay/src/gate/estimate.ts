import type { ApprovalRequest, Estimate } from '../approval/index.ts';
import { parse, type Tree } from '../statement/index.ts';
import type { Binds } from '../warehouse/index.ts';
import type { RunStatement, StatementOutcome } from './statement-request.ts';

/** Milliseconds after which approvers decide without a number. */
const PATIENCE = 10_000;

/**
 * How many rows a held UPDATE or DELETE would hit, for those who decide. It is asked as a statement of the
 * requester's own: decided on, masked and recorded as any other. Null when there is no such number, or the
 * policy would not tell the requester.
 */
export function createEstimate(
  run: RunStatement,
  newId: () => string,
): (request: ApprovalRequest) => Promise<Estimate | null> {
  return async (request) => {
    const count = countOf(request.sql, request.binds);
    if (count === null) return null;
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(PATIENCE)]);
    // A question that people would have to be asked about first answers nothing.
    const progress = { held: () => stop.abort(), running: () => {} };
    const { session } = request;
    const queryId = newId();
    const asked = { session, queryId, requestId: `estimate/${queryId}`, ...count, describeOnly: false };
    const outcome = await run({ ...asked, prompt: null, breakGlass: null }, progress, signal).catch(
      () => null,
    );
    const rows = outcome === null ? null : await onlyNumber(outcome);
    return rows === null ? null : { rows, bytes: null, partitions: null, note: '' };
  };
}

/** The count of what the predicate hits, from the statement's own text. */
function countOf(sql: string, binds: Binds): { sql: string; binds: Binds } | null {
  const parsed = parse(sql);
  if (parsed.outcome !== 'parsed') return null;
  const { statement, source } = parsed;
  if (statement.kind !== 'update' && statement.kind !== 'delete') return null;
  const { target, where } = statement;
  const others = statement.kind === 'update' ? statement.from : statement.using;
  const text = ({ start, end }: { start: number; end: number }) => source.slice(start, end);
  const from = [text(target), ...others.map(text)].join(', ');
  const condition = where === null ? '' : ` WHERE ${text(where)}`;
  const rest = others[0]?.start ?? where?.start ?? source.length;
  return { sql: `SELECT COUNT(*) FROM ${from}${condition}`, binds: bindsFrom(statement, rest, binds) };
}

/** `?` are counted from the statement's beginning: without its first part, the numbers are others. */
function bindsFrom(statement: Tree.Statement, start: number, binds: Binds): Binds {
  const before = countPlaces(statement, start);
  const kept = Object.entries(binds).map(
    ([name, bind]) => [/^\d+$/.test(name) ? Number(name) - before : name, bind] as const,
  );
  return Object.fromEntries(kept.filter(([name]) => typeof name === 'string' || name > 0));
}

/** Not by recursion: a tree may be deeper than the stack. */
function countPlaces(root: object, before: number): number {
  let places = 0;
  const pending: object[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if ('kind' in node && node.kind === 'bind' && 'name' in node && node.name === '?') {
      if ('start' in node && Number(node.start) < before) places += 1;
      continue;
    }
    for (const child of Object.values(node).flat()) {
      if (typeof child === 'object' && child !== null) pending.push(child as object);
    }
  }
  return places;
}

async function onlyNumber({ batches }: StatementOutcome): Promise<number | null> {
  let number: number | null = null;
  for await (const { rows } of batches) {
    const cell = rows[0]?.[0];
    if (cell != null && /^\d+$/.test(cell)) number = Number(cell);
  }
  return number;
}
