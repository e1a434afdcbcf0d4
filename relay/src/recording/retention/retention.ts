import { setTimeout as sleep } from 'node:timers/promises';
import type { IdentitySummary } from '@sluice/contract';
import { SluiceError } from '../../errors.ts';
import type { SessionId } from '../../session/index.ts';
import {
  applyRule,
  compactStore,
  type RetentionWork,
  removeAnnounced,
  sweepPayloads,
} from './apply-rules.ts';
import { clockDoubt } from './clock-doubt.ts';
import { previewRetention, type RulePreview } from './preview.ts';
import { dueRule, type RetentionRule } from './rule.ts';
import { createRunStore, type RetentionRun, type RuleRun } from './run-store.ts';
import { putRulesOnRecord, readNotice, type RulesStand, standOf } from './rules-on-record.ts';

/** Removes what the rules no longer keep, once a day and when somebody asks for it. */
export interface Retention {
  /**
   * Begins a run, and does not wait for its end: `status` tells how far it is.
   *
   * @throws SluiceError `retention_refused` when one is under way, when the rules have not stood on the record for long
   *   enough, or when there is reason to doubt the clock.
   */
  begin(order: RetentionOrder): Promise<RetentionRun>;
  /** What a run would remove now. Writes nothing. */
  preview(signal: AbortSignal): Promise<readonly RulePreview[]>;
  status(): Promise<RetentionStatus>;
  /** Begins the run of the day when it is due, whichever relay on the store comes first. */
  tick(): Promise<void>;
  /** Ends a run that is under way after the transaction that it is at. */
  close(): Promise<void>;
}

/** Who wants a run. */
export interface RetentionOrder {
  readonly by: IdentitySummary;
  readonly reason: string;
  /** They have looked: the clock is right, and the relay was off for so long. */
  readonly clockIsRight: boolean;
}

export interface RetentionStatus {
  readonly rules: readonly RetentionRule[];
  /** When in the day, UTC: `03:00`. */
  readonly at: string;
  /** Null when the rules apply; otherwise from when they do. ISO 8601, UTC. */
  readonly appliesFrom: string | null;
  /** The newest run, whether it has ended or not; null when there was none. */
  readonly run: RetentionRun | null;
}

export interface RetentionOptions extends Omit<RetentionWork, 'signal'> {
  readonly relaySession: SessionId;
  readonly rules: readonly RetentionRule[];
  /** `HH:MM`, UTC. */
  readonly at: string;
  /** This start of this relay, among those on the store. */
  readonly relay: string;
  readonly onError: (error: unknown) => void;
}

/** Puts the rules on the record, where they must stand for a day before they apply. */
export async function openRetention(options: RetentionOptions): Promise<Retention> {
  const { store, transaction, relaySession, proof, rules, at, now, elapsed, onError } = options;
  const runs = createRunStore(options);
  const closing = new AbortController();
  const work: RetentionWork = { ...options, signal: closing.signal };
  let running: Promise<void> = Promise.resolve();
  let reading: Promise<void> | null = null;
  /** When it is next looked whether the run of the day is due, by a clock that nobody sets. */
  let lookAt = -Infinity;

  await transaction(async (tx) => {
    const { standing, ...state } = await runs.read(tx.retention);
    const stands = await putRulesOnRecord(tx, relaySession, rules, standing, proof);
    if (stands.seq !== standing?.seq) await runs.save(tx.retention, { ...state, standing: stands });
  });

  const stand = async (): Promise<RulesStand> =>
    standOf(store, relaySession, rules, (await runs.read(store.retention)).standing, proof, now());
  const believedAt = async (): Promise<number | null> => {
    const { began } = await runs.read(store.retention);
    const notice = began === null ? null : await readNotice(store, relaySession, began, BEGAN, proof);
    return notice === null ? null : Date.parse(notice.at);
  };

  /** Whether the record has been read since the relay started; otherwise that is under way now. */
  const isReadSoon = async (): Promise<boolean> => {
    if (proof.isRead()) return true;
    reading ??= proof
      .readAll(closing.signal)
      .catch((error: unknown) => {
        if (!closing.signal.aborted) onError(error);
      })
      .finally(() => {
        reading = null;
      });
    await Promise.race([reading, sleep(READ_WITHIN_MS, undefined, { ref: false })]);
    return proof.isRead();
  };

  /** Throws what there is against a run now. */
  const mustBeFree = async (clockIsRight: boolean): Promise<void> => {
    const { since, appliesFrom: from } = await stand();
    if (from !== null) {
      throw refusal(`the rules have stood on the record for less than a day`, {
        advice: `they apply from ${new Date(from).toISOString()} on; until then, set legal holds where they are needed`,
        retryAfterSeconds: Math.ceil((from - now()) / 1_000),
      });
    }
    const doubt = clockDoubt(proof.times(), { believedAt: await believedAt(), since, now: now() });
    if (doubt !== null && !clockIsRight) {
      throw refusal(doubt, {
        advice:
          'look at the clock; if it is right, and the relay was off for so long, say so: `sluice retention run --clock-is-right`',
      });
    }
  };

  const run = async (begun: RetentionRun, by: IdentitySummary | null): Promise<void> => {
    let state = begun;
    const keep = async (next: Partial<RetentionRun>) => {
      state = { ...state, ...next };
      await runs.progress(state);
    };
    try {
      // What a relay that ended has left behind.
      await removeAnnounced(work);
      for (const rule of rules.map((each) => dueRule(each, Date.parse(begun.startedAt)))) {
        await applyRule(work, { rule, by }, ({ sessions, bodies, payloads }) =>
          keep({
            rules: state.rules.map((each): RuleRun =>
              each.name === rule.name
                ? {
                    ...each,
                    sessions: each.sessions + sessions,
                    bodies: each.bodies + bodies,
                    payloads: each.payloads + payloads,
                  }
                : each,
            ),
          }),
        );
      }
      await runs.swept(await sweepPayloads(work, await runs.sweptUpTo()));
      await work.tidyIndex();
      const { used } = await store.space();
      await compactStore(work);
      const givenBack = Math.max(0, used - (await store.space()).used);
      const detail = { ...Object.fromEntries(state.rules.map(countsOf)), givenBack: String(givenBack) };
      await transaction((tx) => tx.record(relaySession, { type: 'notice', what: 'retention_ended', detail }));
      await runs.finish({ ...state, givenBack, problem: null });
    } catch (error) {
      const problem = closing.signal.aborted ? 'the relay was stopped' : problemOf(error);
      await runs.finish({ ...state, problem }).catch(onError);
      if (closing.signal.aborted) return;
      onError(error);
      await work.tidyIndex().catch(onError);
    }
  };

  const start = async (order: RetentionOrder | null): Promise<RetentionRun> => {
    if (!(await isReadSoon())) {
      throw refusal('the record is being read: what it says is not believed before', {
        advice: 'try again in some minutes',
        retryAfterSeconds: 60,
      });
    }
    await mustBeFree(order?.clockIsRight ?? false);
    const by = order?.by ?? null;
    const begun = newRun(order);
    // On the record before anything is removed; once a day at least, so that a pause of the relay shows.
    await transaction(async (tx) => {
      if (!(await runs.take(tx.retention, begun)))
        throw refusal('a run is under way', { advice: SEE_STATUS });
      const detail = {
        by: by?.id ?? '',
        reason: begun.reason ?? '',
        clockIsRight: String(order?.clockIsRight ?? false),
      };
      const { seq } = await tx.record(relaySession, { type: 'notice', what: BEGAN, detail });
      await runs.save(tx.retention, { ...(await runs.read(tx.retention)), began: { seq } });
    });
    running = run(begun, by);
    return begun;
  };

  const newRun = (order: RetentionOrder | null): RetentionRun => ({
    startedAt: new Date(now()).toISOString(),
    finishedAt: null,
    by: order?.by ?? null,
    reason: order?.reason ?? null,
    rules: rules.map((rule) => ({ ...dueRule(rule, now()), sessions: 0, bodies: 0, payloads: 0 })),
    givenBack: 0,
    problem: null,
  });

  /** A run of a day that is still to come was begun by a clock that was ahead: it is no day's. */
  const isOfToday = ({ startedAt }: RetentionRun) => {
    const started = Date.parse(startedAt);
    return started >= dayStart(at, now()) && started <= now();
  };

  /** A run of the schedule that may not begin is on the record and in the status, and tried again the next day. */
  const refuse = (problem: string) =>
    transaction(async (tx) => {
      // Another relay was a moment earlier.
      if (await runs.isUnderWay(tx.retention)) return;
      const state = await runs.read(tx.retention);
      const run = { ...newRun(null), finishedAt: new Date(now()).toISOString(), problem };
      await runs.save(tx.retention, { ...state, run });
      await tx.record(relaySession, { type: 'notice', what: 'retention_refused', detail: { problem } });
    });

  return {
    begin: (order) => start(order),
    preview: (signal) =>
      previewRetention(
        store,
        proof,
        rules.map((rule) => dueRule(rule, now())),
        signal,
      ),
    async status() {
      const { appliesFrom: from } = await stand();
      return {
        rules,
        at,
        appliesFrom: from === null ? null : new Date(from).toISOString(),
        run: (await runs.read(store.retention)).run,
      };
    },
    async tick() {
      if (rules.length === 0 || elapsed() < lookAt) return;
      lookAt = elapsed() + LOOK_EVERY_MS;
      const { run: newest } = await runs.read(store.retention);
      if (newest !== null && newest.finishedAt !== null && isOfToday(newest)) return;
      if (await runs.isUnderWay(store.retention)) return;
      if (!(await isReadSoon())) return;
      await start(null).catch((error: unknown) => refuse(problemOf(error)));
    },
    async close() {
      closing.abort();
      await running;
      await reading;
    },
  };
}

/** Milliseconds between two looks at whether the run of the day is due. */
const LOOK_EVERY_MS = 60_000;

/** Whoever asks for a run waits so long until the record was read, in milliseconds; then they are told to come back. */
const READ_WITHIN_MS = 20_000;

/** The notice on the record that a run began. */
const BEGAN = 'retention_began';

const SEE_STATUS = 'see `sluice retention status`';

/** The newest moment of this time of day, in milliseconds since the epoch. */
function dayStart(at: string, now: number): number {
  const today = Date.parse(`${new Date(now).toISOString().slice(0, 10)}T${at}:00.000Z`);
  return today <= now ? today : today - 24 * 60 * 60 * 1_000;
}

function countsOf({ name, sessions, bodies, payloads }: RuleRun): [string, string] {
  return [`rule ${name}`, `${sessions} sessions, ${bodies} bodies, ${payloads} payloads`];
}

function problemOf(error: unknown): string {
  return error instanceof SluiceError
    ? [error.message, error.advice].filter((text) => text !== '').join('; ')
    : 'it failed';
}

function refusal(
  message: string,
  options: { readonly advice: string; readonly retryAfterSeconds?: number },
): SluiceError {
  return new SluiceError('retention_refused', `retention does not run: ${message}`, options);
}
