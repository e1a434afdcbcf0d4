import type { AttemptReport } from '@sluice/contract';
import type { FoundFile } from '../scan/findings-index.ts';

/** How many of each kind; nothing says of what, or where. */
export interface Counts {
  readonly secrets: number;
  readonly keys: number;
  readonly connections: number;
  readonly servers: number;
  readonly ignored: number;
}

export function countsOf(files: readonly FoundFile[]): Counts {
  const all = files.flatMap(({ findings }) => findings);
  const of = (kind: string) => all.filter((finding) => finding.kind === kind).length;
  return {
    secrets: of('secret'),
    keys: of('key'),
    connections: of('direct'),
    servers: of('server'),
    ignored: files.reduce((sum, file) => sum + file.ignored.length, 0),
  };
}

/** Exactly what is sent to the relay, when the person agrees: the counts, and that an editor counted. */
export function reportOf(counts: Counts, attempt: string, seenAt: string): AttemptReport {
  const { secrets, keys, connections, servers, ignored } = counts;
  return {
    version: 1,
    attempt,
    kind: 'found',
    harness: 'vscode',
    tool: 'workspace',
    evidence: `secrets: ${secrets}, keys: ${keys}, direct connections: ${connections}, MCP servers: ${servers}, ignored: ${ignored}`,
    excerpt: '',
    conversation: null,
    seenAt,
  };
}
