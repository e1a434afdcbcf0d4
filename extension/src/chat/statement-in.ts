import type { ChatTurn } from './ports.ts';

/** The statement that a question is about: one in its text, the selection, or the last one of the conversation. */
export function statementIn({ prompt, selection, before }: ChatTurn): string | null {
  const last = before.findLast(({ memory }) => memory.sql !== null)?.memory.sql ?? null;
  return (
    sqlBlock(prompt) ??
    inlineSql(prompt) ??
    (looksLikeSql(prompt) ? prompt.trim() : null) ??
    selection ??
    last
  );
}

/** What stands in the first code block; null if there is none. */
export function sqlBlock(text: string): string | null {
  const [, , block] = /(`{3,})[^\n]*\n([\s\S]*?)\n?\s*\1/.exec(text) ?? [];
  const sql = block?.trim() ?? '';
  return sql === '' ? null : sql;
}

/** What stands between backticks on one line, as it is sent from a box of one line. */
function inlineSql(text: string): string | null {
  const [, , code] = /(`+)\s*([^`].*?)\s*\1(?!`)/.exec(text) ?? [];
  return code !== undefined && STATEMENT.test(code) ? code : null;
}

/** By its first word, and something that a sentence hardly has. */
function looksLikeSql(text: string): boolean {
  return STATEMENT.test(text) && /[*=;(]|\b(?:from|into|set|table|view|schema|database)\b/i.test(text);
}

const STATEMENT =
  /^\s*(?:select|with|insert|update|delete|merge|create|alter|drop|truncate|show|describe|desc|use|call|copy|grant|revoke)\b/i;
