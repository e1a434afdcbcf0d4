import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import type { EventBody } from '@sluice/contract';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../../relay/src/cli/cli.ts';
import { filesIn } from '../../relay/src/composition/files.ts';
import type { JournalLine } from '../support/journalled-relay.ts';
import { keepAsking, keepDeciding, keepDriving, type Told } from '../support/load.ts';
import { seededRandom } from '../support/random.ts';
import { type RelayPlace, relayPlace } from '../support/relay-place.ts';
import { ended, listening, spawnNode } from '../support/relay-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** `SLUICE_KILLS=100` for the long run; `SLUICE_SEED` to repeat one. */
const KILLS = Number(process.env['SLUICE_KILLS'] ?? 5);
const SEED = Number(process.env['SLUICE_SEED'] ?? Date.now() % 1_000_000);
const PROGRAM = fileURLToPath(new URL('../support/journalled-relay.ts', import.meta.url));

const data = temporaryFolder();
const journalPath = join(data, 'journal');
let issuer: LocalIssuer;
let place: RelayPlace;

beforeAll(async () => {
  issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  place = await relayPlace(data, issuer);
});
afterAll(() => issuer.close());

it(
  `whatever reached the warehouse or a client is on the record, after ${KILLS} kills (SLUICE_SEED=${SEED})`,
  { timeout: 180_000 + KILLS * 60_000 },
  async () => {
    const random = seededRandom(SEED);
    const told: Told = { statements: [], decisions: [] };
    const load = await startLoad(random, told);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const relay = spawnNode([PROGRAM, place.config, journalPath]);
      await someMomentOf(relay, random);
      await ended(relay, 'SIGKILL');
    }
    const last = spawnNode([PROGRAM, place.config, journalPath]);
    await listening(last);
    // The last one lives until all that is looked at below has happened often enough.
    await until(
      last,
      () => approved() > KILLS && told.statements.some(({ requestId }) => requestId === null),
    );
    await load.stop();
    await ended(last, 'SIGTERM');

    const journal = readJournal();
    const record = readRecord();
    const held = journal.filter(({ statement }) => record.effectOf(statement) === 'ask');
    console.log(
      `${KILLS} kills, seed ${SEED}: ${journal.length} statements reached the warehouse, ${held.length} of them ` +
        `approved; clients were told of ${told.statements.length} outcomes and ${told.decisions.length} decisions`,
    );
    expect(told.statements.filter(({ code }) => code === 'internal')).toEqual([]);
    expect(journal.filter((line) => !wasIntended(line))).toEqual([]);
    expect(repeated(journal.map(({ statement }) => statement))).toEqual([]);
    expect(repeated(journal.map(({ statement }) => record.requestOf(statement)))).toEqual([]);
    expect(held.filter(({ statement }) => record.approvalsOf(statement).length !== 1)).toEqual([]);
    expect(told.statements.filter((one) => !record.holds(one))).toEqual([]);
    expect(told.decisions.filter((one) => !record.holdsDecision(one))).toEqual([]);
    const { database, signingKey } = filesIn(data);
    expect(await runCli(['verify', database, '--key', `${signingKey}.pub`])).toBe(0);
  },
);

/**
 * Resolves at a moment that has nothing to do with what the relay is about to do next: it may be starting, and
 * taking over what the one before it left, or be in the middle of a few statements.
 */
async function someMomentOf(relay: ChildProcess, random: () => number): Promise<void> {
  if (random() < 0.2) {
    const writes = 1 + Math.floor(random() * 4);
    for (let write = 0; write < writes; write += 1) {
      const before = recordFile();
      await until(relay, () => recordFile() !== before, 1);
    }
    return;
  }
  await listening(relay);
  const statements = readJournal().length + Math.floor(random() * 30);
  await until(relay, () => readJournal().length >= statements, 5);
}

/** Waits for what a living relay does, looking every so many milliseconds. */
async function until(relay: ChildProcess, condition: () => boolean, interval = 100): Promise<void> {
  const seen = () => relay.exitCode !== null || condition();
  await expect.poll(seen, { interval, timeout: 120_000 }).toBe(true);
  expect(relay.exitCode, 'the relay lives').toBe(null);
}

/** Changes with each write to the record. */
function recordFile(): string {
  const path = `${filesIn(data).database}-wal`;
  if (!existsSync(path)) return 'none';
  const { mtimeNs, size } = statSync(path, { bigint: true });
  return `${mtimeNs} ${size}`;
}

/** How many statements have reached the warehouse because somebody agreed. */
function approved(): number {
  const record = readRecord();
  return readJournal().filter(({ statement }) => record.effectOf(statement) === 'ask').length;
}

/** Three programs on the HTTP API, one driver, and somebody who decides. */
async function startLoad(random: () => number, told: Told) {
  const asking = new AbortController();
  const deciding = new AbortController();
  const client = async (subject: string, { signal }: AbortController) => {
    const token = await (subject === 'grace' ? issuer.decidingTokenFor : issuer.tokenFor)(subject);
    return { url: place.url, token, random, told, signal };
  };
  const asked = [
    keepAsking(await client('ada', asking)),
    keepAsking(await client('ada', asking)),
    keepAsking(await client('mallory', asking)),
    keepDriving(await client('ada', asking)),
  ];
  const decided = keepDeciding(await client('grace', deciding));
  // Whatever becomes of the test.
  onTestFinished(() => [asking, deciding].forEach((controller) => controller.abort()));
  return {
    async stop() {
      asking.abort();
      // The driver waits for its last statement, which may be held.
      await Promise.all(asked);
      deciding.abort();
      await decided;
    },
  };
}

function readJournal(): readonly JournalLine[] {
  if (!existsSync(journalPath)) return [];
  const lines = readFileSync(journalPath, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as JournalLine);
}

/** Promise 1, seen by another reader at the moment the statement reached the warehouse. */
function wasIntended({ onRecord }: JournalLine): boolean {
  return ['statement', 'understanding', 'decision', 'executed'].every((type) => onRecord.includes(type));
}

type Body<Type extends EventBody['type']> = Extract<EventBody, { type: Type }>;

function readRecord() {
  const database = new DatabaseSync(filesIn(data).database, { readOnly: true });
  const bodies = database
    .prepare('SELECT body FROM recorded_event ORDER BY position')
    .all()
    .map(({ body }) => JSON.parse(String(body)) as EventBody);
  database.close();
  const byStatement = Map.groupBy(bodies, (body) => ('statement' in body ? body.statement : null));
  const of = <Type extends EventBody['type']>(statement: string, type: Type) =>
    (byStatement.get(statement) ?? []).filter((body): body is Body<Type> => body.type === type);
  const requests = new Set(bodies.flatMap((body) => (body.type === 'statement' ? [body.requestId] : [])));
  const decisions = new Set(
    bodies.flatMap((body) => (body.type === 'approval_decided' ? [`${body.approval} ${body.verdict}`] : [])),
  );

  return {
    /** What was decided last, before it ran. */
    effectOf: (statement: string) => of(statement, 'decision').at(-1)?.effect,
    requestOf: (statement: string) => of(statement, 'statement')[0]?.requestId,
    /** The approvals of a statement that people gave, and that were not taken back. */
    approvalsOf(statement: string) {
      const last = new Map(of(statement, 'approval_ended').map(({ approval, how }) => [approval, how]));
      const voted = new Set(of(statement, 'approval_decided').map(({ approval }) => approval));
      return [...last].filter(([approval, how]) => how === 'approved' && voted.has(approval));
    },
    holds({ statement, requestId, phase, code }: Told['statements'][number]): boolean {
      // The relay did not take it on a second time; the first time is what it means.
      if (code === 'statement_outcome_unknown') return requestId !== null && requests.has(requestId);
      if (phase === 'held') return of(statement, 'approval_asked').length > 0;
      // Its rows were kept by a relay that is gone: that is a failure for whoever wants them, and an end by itself.
      const hasRun = phase === 'succeeded' || code === 'result_unavailable';
      if (hasRun) return of(statement, 'result').some(({ complete }) => complete);
      const ends = [...of(statement, 'error'), ...of(statement, 'blocked'), ...of(statement, 'cancelled')];
      return ends.length > 0;
    },
    holdsDecision: ({ approval, verdict }: Told['decisions'][number]) =>
      decisions.has(`${approval} ${verdict}`),
  };
}

function repeated(values: readonly (string | undefined)[]): readonly (string | undefined)[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}
