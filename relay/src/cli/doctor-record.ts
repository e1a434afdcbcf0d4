import { existsSync, readFileSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { compareLeave } from '../approval/index.ts';
import { filesIn } from '../composition/files.ts';
import type { RelayConfig } from '../config.ts';
import { isSluiceError } from '../errors.ts';
import {
  headFile,
  highWaterFile,
  lostEvents,
  MOST_UNSIGNED,
  NOTICE_MS,
  parseCheckpoint,
  type RunState,
} from '../recording/index.ts';
import { openStoreToRead, type ReadOnlyStore } from '../store/index.ts';
import type { WitnessStatus } from '../witness/index.ts';
import type { Finding } from './finding.ts';

/** What of the configuration these checks need. */
type RecordConfig = Pick<RelayConfig, 'data' | 'store' | 'witnesses' | 'retention'>;

export interface RecordPlace {
  readonly config: RecordConfig;
  /** Whether a relay has the data folder now. */
  readonly isRunning: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Free space where this folder is, in bytes; null when that cannot be told. */
  readonly freeBytes?: (folder: string) => Promise<number | null>;
}

/** `sluice doctor`'s checks of the record: what is on disk, without asking a relay. None of them writes. */
export async function recordFindings(place: RecordPlace): Promise<readonly Finding[]> {
  const { config } = place;
  const files = filesIn(config.data);
  const onDisk = [...keyFindings(config), await diskFinding(config)];
  if (config.store.kind === 'sqlite' && !existsSync(files.database)) return onDisk;
  const inStore = await readFromStore(config, async (store) => {
    if ((await store.events.log()) === null) return [];
    return [
      await checkpointFinding(store, place),
      await clockFinding(store, place),
      ...(await growthFindings(store, place)),
      ...(await retentionFindings(store, place)),
      await holdsFinding(store),
      await leaveFinding(store, place),
    ];
  });
  const unread = {
    what: 'store',
    problem: 'cannot be read: see whether it is there, and whether this user may',
  };
  return [
    ...onDisk,
    ...(await soundnessFindings(config)),
    ...witnessFindings(config),
    ...(inStore ?? [unread]),
  ];
}

/** Null if there is no store yet, or if it cannot answer. */
export async function readFromStore<Found>(
  { data, store: config }: Pick<RelayConfig, 'data' | 'store'>,
  read: (store: ReadOnlyStore) => Promise<Found>,
): Promise<Found | null> {
  const files = filesIn(data);
  if (config.kind === 'sqlite' && !existsSync(files.database)) return null;
  let store: ReadOnlyStore | null = null;
  try {
    store = await openStoreToRead(config, files);
    return await read(store);
  } catch {
    return null;
  } finally {
    await store?.close();
  }
}

/** Whether the store holds what the relay has signed, at a glance; what the relay itself has found. */
async function soundnessFindings(config: RecordConfig): Promise<readonly Finding[]> {
  const what = 'record';
  try {
    const head = await headFile(filesIn(config.data).signedHead).read();
    if (head === null) return [];
    if (head.contradiction !== null) {
      const { at, why } = head.contradiction;
      return [
        {
          what,
          problem: `${why} (found at ${at}); nothing runs until a copy is restored: docs/witnesses.md`,
        },
      ];
    }
    const signed = parseCheckpoint(head.note)?.size ?? 0;
    const marked = existsSync(filesIn(config.data).highWater)
      ? highWaterFile(filesIn(config.data).highWater).read()
      : null;
    const lost = await readFromStore(config, (store) => lostEvents(store, marked));
    if (lost !== null) return [{ what, problem: `${lost.message}; ${lost.advice}` }];
    const size = (await readFromStore(config, ({ events }) => events.log()))?.size ?? 0;
    const problem =
      size < signed ? `the store has ${size} events, and ${signed} were signed: docs/witnesses.md` : null;
    return [{ what, problem }];
  } catch (error) {
    return [{ what, problem: isSluiceError(error) ? error.message : 'cannot be told' }];
  }
}

/** Whether witnesses take what the relay signs, by what it has written down. */
function witnessFindings(config: RecordConfig): readonly Finding[] {
  return config.witnesses.map(({ name }): Finding => {
    const what = `witness ${name}`;
    try {
      const status = JSON.parse(readFileSync(filesIn(config.data).witnesses, 'utf8')) as WitnessStatus[];
      const { problem, failingSince, size, due } = status.find((each) => each.name === name)!;
      const has = `it has ${size} of ${due} events`;
      if (problem === null) return { what, problem: due - size > LAGGING ? `lags: ${has}` : null };
      const since = new Date(failingSince ?? 0).toISOString();
      return { what, problem: `${problem}, since ${since}; ${has}: see whether it runs and is reached` };
    } catch {
      return { what, problem: 'the relay has not tried it yet', accepted: true };
    }
  });
}

/** Events: twice as many as the relay signs at once. */
const LAGGING = 20_000;

/** Whoever can read these can sign, open or unmask what the record holds. */
function keyFindings({ data }: RecordConfig): readonly Finding[] {
  const { signingKey, payloadKey, maskingKey, tokenKeys } = filesIn(data);
  const open = (path: string) => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o077) !== 0;
  const keys = [signingKey, payloadKey, maskingKey, tokenKeys].filter(open);
  return [
    {
      what: 'keys',
      problem: keys.length === 0 ? null : `others can read ${keys.join(', ')}: chmod 600, and rotate them`,
    },
    {
      what: 'data folder’s permissions',
      problem: open(data) ? `others can look into ${data}: chmod 700` : null,
      accepted: true,
    },
  ];
}

/** How old the newest checkpoint is, and what it does not cover. */
async function checkpointFinding(
  { events, checkpoints }: ReadOnlyStore,
  { isRunning, now }: RecordPlace,
): Promise<Finding> {
  const size = (await events.log())?.size ?? 0;
  const newest = await checkpoints.newest();
  const unsigned = size - (newest?.size ?? 0);
  const age = newest === null ? null : now - Date.parse(newest.at);
  const what = `newest checkpoint: ${newest === null ? 'none' : `of ${newest.at}`}, ${unsigned} events behind it`;
  if (unsigned === 0) return { what, problem: null };
  if (unsigned > MOST_UNSIGNED)
    return {
      what,
      problem: `\`sluice verify\` takes ${MOST_UNSIGNED} at most; start the relay, or look into its log`,
    };
  if (!isRunning) return { what, problem: 'the relay signs them when it starts', accepted: true };
  const isLate = age === null || age > LATE_MS;
  return { what, problem: isLate ? 'the relay should sign every minute; look into its log' : null };
}

/** A relay signs every minute in which something happens. */
const LATE_MS = 10 * 60_000;

async function clockFinding({ checkpoints }: ReadOnlyStore, { now }: RecordPlace): Promise<Finding> {
  const what = 'clock';
  const newest = await checkpoints.newest();
  const ahead = newest === null ? 0 : Date.parse(newest.at) - now;
  if (ahead <= CLOCK_MS) return { what, problem: null };
  const seconds = Math.round(ahead / 1_000);
  return {
    what,
    problem: `is ${seconds} s behind the newest checkpoint: set it right, or find out when it was wrong`,
  };
}

const CLOCK_MS = 60_000;

/** Whether what lets statements run is what was recorded. */
async function leaveFinding(store: ReadOnlyStore, { now }: RecordPlace): Promise<Finding> {
  const what = 'approvals, grants, break-glass and devices';
  const [first, ...others] = await compareLeave(store, now);
  if (first === undefined) return { what, problem: null };
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  const { table, id, why } = first;
  // By a review, nothing runs.
  const refused = table === 'break_glass_review' ? '' : 'the relay refuses it; ';
  const problem = `table ${table} has a row \`${id}\`, ${why}${more}: ${refused}find out who wrote it`;
  return { what, problem };
}

async function diskFinding({ data }: RecordConfig): Promise<Finding> {
  const what = 'disk space';
  const free = await freeBytesOf(data);
  if (free === null) return { what, problem: 'cannot be told' };
  const problem =
    free >= LEAST_FREE
      ? null
      : `${(free / GB).toFixed(1)} GB free; without room for the record, nothing runs: make room, or see docs/operations.md, Retention`;
  return { what, problem };
}

const GB = 1024 ** 3;
/** With less free space than this, the record's disk counts as full. Bytes. */
const LEAST_FREE = GB;

async function freeBytesOf(data: string): Promise<number | null> {
  const stats = await statfs(data).catch(() => null);
  return stats === null ? null : stats.bavail * stats.bsize;
}

/** For how long there is room, if the record goes on growing as it did in the last day. */
async function growthFindings(
  store: ReadOnlyStore,
  { config, now, freeBytes = freeBytesOf }: RecordPlace,
): Promise<readonly Finding[]> {
  if (config.store.kind !== 'sqlite') return [];
  const free = await freeBytes(config.data);
  const size = (await store.events.log())?.size ?? 0;
  const aDayAgo = new Date(now - DAY_MS).toISOString();
  const before = (await store.checkpoints.list()).findLast(({ at }) => at <= aDayAgo);
  if (free === null || before === undefined || size === before.size) return [];
  const { used } = await store.space();
  const aDay = ((size - before.size) / size) * used;
  const days = Math.floor(free / aDay);
  const what = `growth: ${Math.ceil(aDay / 1024 ** 2)} MB in the last day`;
  return [
    {
      what,
      problem:
        days >= LEAST_DAYS ? null : `room for ${days} days: make room, or see docs/operations.md, Retention`,
    },
  ];
}

const DAY_MS = 24 * 60 * 60_000;
const LEAST_DAYS = 14;

/** Whether the rules are applied, as far as the newest run says. */
async function retentionFindings(
  { retention, events }: ReadOnlyStore,
  { config, isRunning, now }: RecordPlace,
): Promise<readonly Finding[]> {
  const stored = await retention.run();
  const { run, standing } = stored === null ? NO_RUN : (JSON.parse(stored.state) as RunState);
  const from = await rulesApplyFrom(events, standing);
  if (config.retention.rules.length === 0)
    return [{ what: 'retention: no rules, nothing is removed', problem: null }];
  const what = `retention: ${run === null ? 'no run yet' : `newest run of ${run.startedAt}`}`;
  if (run === null) {
    return [{ what, problem: 'rules stand on the record for a day before they apply', accepted: true }];
  }
  if (run.problem !== null && from !== null && from > now) {
    const problem = `the rules apply from ${new Date(from).toISOString()} on, when they have stood on the record for a day`;
    return [{ what, problem, accepted: true }];
  }
  if (run.problem !== null) return [{ what, problem: `${run.problem}: see \`sluice retention status\`` }];
  const isOld = now - Date.parse(run.startedAt) > 2 * DAY_MS;
  if (!isOld) return [{ what, problem: null }];
  const problem = 'it should run every day; see `sluice retention status` and the relay’s log';
  return [isRunning ? { what, problem } : { what, problem: 'the relay is stopped', accepted: true }];
}

const NO_RUN: Pick<RunState, 'run' | 'standing'> = { run: null, standing: null };

/** When the rules have stood on the record for long enough, in milliseconds since the epoch; null when they do not stand there. */
async function rulesApplyFrom(
  events: ReadOnlyStore['events'],
  standing: RunState['standing'],
): Promise<number | null> {
  const log = await events.log();
  if (log === null || standing === null) return null;
  const [notice] = await events.ofSession(log.relaySession, { after: standing.seq - 1, limit: 1 });
  return notice?.seq === standing.seq ? Date.parse(notice.at) + NOTICE_MS : null;
}

async function holdsFinding({ index }: ReadOnlyStore): Promise<Finding> {
  const held = await index.sessions({ held: true, limit: MOST_HELD });
  const many = held.length === MOST_HELD ? `${MOST_HELD} or more` : String(held.length);
  return { what: `legal holds: ${many} sessions`, problem: null };
}

const MOST_HELD = 1_000;
