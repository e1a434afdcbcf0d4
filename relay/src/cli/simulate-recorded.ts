import { openClassification } from '../classification/index.ts';
import { SluiceError } from '../errors.ts';
import { loadPolicy } from '../policy/index.ts';
import { listSessions, replay } from '../recording/index.ts';
import type { SessionId } from '../session/index.ts';
import { formatChange, recordedStatements, simulatePolicy } from '../rehearsal/index.ts';
import type { ReadOnlyStore } from '../store/index.ts';
import { formatProblem } from '../yaml/index.ts';
import { analyze } from '@sluice/snowflake-sql';
import { readCatalogFile } from './catalog-file.ts';
import type { StorePlace } from './commands/store-options.ts';
import { readingStore } from './open-record.ts';
import type { NamedText } from './policy.ts';

/** `sluice policy simulate`: what a policy would have decided on the statements on the record. */
export async function simulatePolicyCommand(
  { policy: { file, text }, catalog: catalogText, place }: SimulateArguments,
  print: (text: string) => void,
): Promise<void> {
  const loaded = loadPolicy(text);
  if (loaded.problems !== undefined) {
    throw new SluiceError(
      'policy_invalid',
      loaded.problems.map((problem) => formatProblem(file, problem)).join('\n'),
    );
  }
  const catalog = readCatalogFile(catalogText);
  await readingStore(place, async (store) => {
    const { tags } = await openClassification(store);
    const recorded = allRecorded(store, (session) =>
      recordedStatements(replay(store, session), (sql, context) => analyze(sql, catalog, context), tags),
    );
    const { statements, changed, stricter, looser } = await simulatePolicy(
      loaded.policy,
      recorded,
      (change) => print(formatChange(change)),
    );
    print(
      `${statements} statements, ${changed} would be decided otherwise: ${stricter} stricter, ${looser} looser`,
    );
  });
}

export interface SimulateArguments {
  readonly policy: NamedText;
  /** The content of a catalog file. */
  readonly catalog: string;
  readonly place: StorePlace;
}

/** The statements of all sessions, newest session first. */
async function* allRecorded<Statement>(
  store: ReadOnlyStore,
  statementsOf: (session: SessionId) => AsyncIterable<Statement>,
): AsyncGenerator<Statement> {
  for (const { session } of await listSessions(store, { limit: MOST_SESSIONS })) yield* statementsOf(session);
}

/** More than a person would read. */
const MOST_SESSIONS = 100_000;
