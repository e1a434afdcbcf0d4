import { type EventBody, enrolmentBytes, verifySignature } from '@sluice/contract';
import { SluiceError } from '../../errors.ts';
import { contradiction } from '../checkpoints/contradiction.ts';
import { nameOf } from '../checkpoints/row-check.ts';
import type { ProvenEvents } from '../log/proven-events.ts';
import type { AuthoredEvent, RecordReaders } from '../ports.ts';
import { deviceCheck, type DeviceEvent } from '../verify/device-check.ts';
import { readRelayEvents } from '../verify/relay-events.ts';

/** An enrolment that was accepted beside another one, where only one could be. */
export interface SpoiltEnrolment {
  /** Of its event in the relay session. */
  readonly seq: number;
  readonly position: number;
  readonly key: string;
  /** Identity id of its owner. */
  readonly identity: string;
  readonly name: string;
}

/**
 * The enrolments that an earlier relay should not have accepted: several first devices of one person at the same moment, a key
 * for the second time, and what their devices have vouched for. The first of each counts, but for one that is on the
 * record alone, whose device the relay never knew.
 *
 * @param options.isKnown whether the relay has this device, revoked or not.
 * @throws SluiceError `repair_refused` when an enrolment breaks a rule in another way: that is no fault of the relay's;
 *   `record_contradicted` when an event of a device or a key is not one that was recorded.
 */
export async function spoiltEnrolments(
  { events }: Pick<RecordReaders, 'events'>,
  relaySession: string,
  {
    isKnown,
    believes,
  }: {
    readonly isKnown: (identity: string, key: string) => Promise<boolean>;
    readonly believes: ProvenEvents['believes'];
  },
): Promise<readonly SpoiltEnrolment[]> {
  const onRead = async (row: AuthoredEvent) => {
    if (!(await believes(row))) throw contradiction(`${nameOf(row)} is not what was recorded`);
  };
  const { size = 0 } = (await events.log()) ?? {};
  const { deviceEvents } = await readRelayEvents(events, relaySession, onRead, size);
  const all = deviceEvents.map((event): DeviceEvent => ({ ...event, isSigned: true }));
  const enrolments = new Map(all.flatMap((event) => enrolmentIn(event) ?? []).map((one) => [one.seq, one]));
  const spoilt = new Map<number, Enrolment>();
  for (;;) {
    // As a verifier reads what is voided: as if it were not there.
    const { problems } = await deviceCheck(
      all.filter(({ event }) => !spoilt.has(event.seq)),
      // No decision is looked at, so it does not matter what was signed when.
      { complete: true, checkpoints: [] },
    );
    const found = problems.flatMap(({ seq }) => enrolments.get(seq) ?? []);
    if (found.length < problems.length) throw notThatFault(problems[0]!.seq);
    if (found.length === 0)
      return [...spoilt.values()].map(({ seq, position, key, identity, name }) => ({
        seq,
        position,
        key,
        identity,
        name,
      }));
    const next = await firstToGo(found[0]!, { enrolments, spoilt, isKnown });
    if (!(await isThatFault(next, spoilt))) throw notThatFault(next.seq);
    spoilt.set(next.seq, next);
  }
}

interface Enrolment extends SpoiltEnrolment {
  readonly body: Extract<EventBody, { type: 'device_enrolled' }>;
}

function enrolmentIn({ event, position }: DeviceEvent): Enrolment | null {
  if (!('body' in event) || event.body.type !== 'device_enrolled') return null;
  const { key, identity, name } = event.body;
  return { seq: event.seq, position, key, identity, name, body: event.body };
}

/** Of those that cannot both be: one without a device, or the later one. */
async function firstToGo(
  found: Enrolment,
  {
    enrolments,
    spoilt,
    isKnown,
  }: {
    readonly enrolments: ReadonlyMap<number, Enrolment>;
    readonly spoilt: ReadonlyMap<number, Enrolment>;
    readonly isKnown: (identity: string, key: string) => Promise<boolean>;
  },
): Promise<Enrolment> {
  for (const each of enrolments.values()) {
    const { seq, identity, key } = each;
    if (identity !== found.identity || seq > found.seq || spoilt.has(seq)) continue;
    if (!(await isKnown(identity, key))) return each;
  }
  return found;
}

/** Whether every signature in it is right: then only the moment was wrong, or whose device vouched. */
async function isThatFault({ body }: Enrolment, spoilt: ReadonlyMap<number, Enrolment>): Promise<boolean> {
  const { identity, key, enrolledAt, proof, vouchedBy, word } = body;
  const bytes = enrolmentBytes({ identity, key, at: enrolledAt });
  if (word !== undefined || !(await verifySignature(bytes, key, proof))) return false;
  if (vouchedBy === null) return true;
  const isOfSpoilt = [...spoilt.values()].some(
    (one) => one.key === vouchedBy.key && one.identity === identity,
  );
  return isOfSpoilt && (await verifySignature(bytes, vouchedBy.key, vouchedBy.signature));
}

function notThatFault(seq: number): SluiceError {
  return new SluiceError(
    'repair_refused',
    `event ${seq} of the relay session breaks a rule of enrolments in a way that no relay does`,
    { advice: 'find out with `sluice verify` who has written it: nothing is repaired' },
  );
}
