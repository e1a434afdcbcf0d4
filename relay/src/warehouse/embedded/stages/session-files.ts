import type { DuckDBConnection } from '@duckdb/node-api';
import type { BoundFiles } from '@sluice/snowflake-sql/execution';
import type { StagedFile, StageFiles } from '../../files/stage-files.ts';
import { notThere, type SessionStages } from './stages.ts';
import type { SessionTransfers, Transfers } from './transfers.ts';

/** What one session has of stages: its person's files, and nobody else's. */
export interface SessionFiles {
  readonly owner: string;
  readonly stages: SessionStages;
  readonly kept: StageFiles;
  readonly transfers: Transfers;
  /** Where the session's clients send and get files; opened with the first of them. */
  opened: SessionTransfers | null;
  /** A connection beside the session's own, for whoever calls to close. */
  connect(): Promise<DuckDBConnection>;
}

export function transfersOf(files: SessionFiles, session: string): SessionTransfers {
  files.opened ??= files.transfers.session(files.owner, session);
  return files.opened;
}

/** What a stage's files are kept under. Errors: `object_unknown`. */
export function idOfStage({ stages }: SessionFiles, { stage }: Pick<BoundFiles, 'stage'>): string {
  const id = stages.idOf(stage);
  if (id === null) throw notThere('stage', stage);
  return id;
}

/** The person's files that are meant, in the order of their names. */
export async function filesMeant(
  files: SessionFiles,
  connection: DuckDBConnection,
  { stage, path, pattern, names }: BoundFiles,
): Promise<readonly StagedFile[]> {
  const all = files.kept.of(files.owner, idOfStage(files, { stage }));
  const named = names === null ? null : new Set(names.map((name) => joinPath(path, name)));
  const chosen = all.filter(({ name }) => (named === null ? name.startsWith(path) : named.has(name)));
  if (pattern === null || chosen.length === 0) return chosen;
  // DuckDB's expressions take linear time, whatever the pattern.
  const asked = await connection.runAndReadAll(
    `SELECT list_transform(from_json(CAST($1 AS JSON), '["VARCHAR"]'), lambda n: regexp_full_match(n, $2))`,
    [JSON.stringify(chosen.map(({ name }) => name)), pattern],
  );
  const matches = asked.getRowsJson()[0]?.[0] as readonly boolean[];
  return chosen.filter((_, index) => matches[index] === true);
}

export function joinPath(path: string, name: string): string {
  return path === '' || path.endsWith('/') ? `${path}${name}` : `${path}/${name}`;
}

export async function closeFiles({ opened, stages }: SessionFiles): Promise<void> {
  opened?.close();
  await stages.close();
}
