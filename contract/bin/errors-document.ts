import { ERRORS, type ErrorEntry } from '../src/errors.ts';

/** `docs/errors.md`: written from the table, so that it is never behind. Markdown. */
export function errorsDocument(): string {
  const entries = Object.entries(ERRORS) as [string, ErrorEntry][];
  return `${HEAD}\n${entries.map(([code, entry]) => rowOf(code, entry)).join('\n')}\n`;
}

const HEAD = `# Errors

<!-- Written by \`npm run -s errors:write\` from contract/src/errors.ts. -->

Every error has a stable code. Over HTTP it comes as \`application/problem+json\` (RFC 9457) with the members \`code\`,
\`detail\` (one sentence about this very request) and \`advice\`; on the live channel as a message of type \`error\`; in a
statement's view as \`error\`; to Snowflake's drivers as the code and SQLSTATE given here, unless the warehouse itself
had one. Where the last column says *again*, the request had no effect, and the same one may pass in a moment:
\`Retry-After\` says when, if that is known.

| code | what it means | what to do | HTTP | Snowflake | SQLSTATE | |
| --- | --- | --- | --- | --- | --- | --- |`;

function rowOf(code: string, { meaning, advice, status, snowflake, mayPass }: ErrorEntry): string {
  const driver = [snowflake.code, snowflake.sqlState];
  const cells = [`\`${code}\``, meaning, advice, status, ...driver, mayPass ? 'again' : ''];
  return `| ${cells.join(' | ')} |`;
}
