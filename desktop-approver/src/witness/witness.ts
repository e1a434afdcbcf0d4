import { join } from 'node:path';
import {
  type Checkpoint,
  cosignatureLine,
  deviceWitness,
  fingerprintOf,
  readCheckpoint,
} from '@sluice/record-proof';
import { inTurn } from '../in-turn.ts';
import type { RelayId } from '../relays/relay.ts';
import { TroubleError, troubleOf } from '../relays/trouble.ts';
import { alarmOf, type WitnessAlarm } from './alarm.ts';
import { keepEvidence } from './evidence.ts';
import { followLog } from './follow-log.ts';
import { compareExport } from './compare-export.ts';
import { withGivenKey } from './given-key.ts';
import { lookSoonBy } from './looks.ts';
import { type KeptLog, memoriesIn, type Memory } from './memory.ts';
import { newPlace, type Place, standingOf, type WatchedRelay } from './place.ts';
import { logProof, shownLog } from './shown-log.ts';
import type { Standing } from './standing.ts';

/** The device's key at a relay, as far as a witness needs it: the one that is enrolled there. */
export interface CosigningDevice {
  /** SPKI, base64. */
  readonly spki: string;
  /** Ed25519: 64 bytes. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Watches that a relay's record goes on from what it was, and cosigns what does. */
export interface Witness {
  /** Reads what is remembered of the relay and begins to watch it. @returns what ends that. */
  watch(relay: WatchedRelay): () => void;
  /** Looks now. Never rejects: what became of it is the standing. */
  look(relay: RelayId): Promise<Standing>;
  standing(relay: RelayId): Standing;
  /**
   * Holds the relay to the key that somebody was given by another way: one that signs, or has signed, what was seen of its record is
   * noted as such, and any other raises the alarm. Resolves when the relay was looked at by it.
   *
   * @param spki base64. @throws TroubleError `alarm_stands`; RelayError when nothing is known of the relay yet, and it is away.
   */
  trust(relay: RelayId, spki: string): Promise<void>;
  /** Ends the alarm, by somebody with a name who says what they did. @throws TroubleError `not_acknowledged`. */
  acknowledge(relay: RelayId, acknowledgement: Acknowledgement): Promise<void>;
  /** The keys that are known for a log: SPKI, base64. Those that have handed over, too: they have signed older exports. */
  keysOf(log: string): Promise<readonly string[]>;
  /**
   * Whether an export is of the history that was seen here, by the notes of its checkpoint and of the earlier ones that it holds. Raises an
   * alarm where it is of another.
   *
   * @param relay that it was downloaded from; null for a file, which is of any relay's log, as is one of a relay that is not watched any more.
   * @returns false when nobody can say: nothing was seen of the log yet, or the relay of a file's log is away.
   * @throws TroubleError `record_rewritten`; `unproven`, RelayError when the relay that it is of does not prove it.
   */
  isSeen(relay: string | null, notes: readonly string[]): Promise<boolean>;
  close(): Promise<void>;
}

export interface Acknowledgement {
  /** Who, by their name. */
  readonly by: string;
  /** What they found out and did. */
  readonly words: string;
  /** `go_on`: from what was kept, which the relay has to show again. `begin_anew`: trusts what it shows next. */
  readonly next: 'go_on' | 'begin_anew';
}

export interface WitnessOptions {
  readonly folder: string;
  /** Null while the device is not enrolled at the relay: then it checks, and cosigns nothing. */
  readonly device: (relay: RelayId) => Promise<CosigningDevice | null>;
  /** Told of each change: a new alarm, or its end. */
  readonly onChange: (relay: RelayId, standing: Standing) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Calls back after so many milliseconds. @returns how to call it off. */
  readonly after: (ms: number, run: () => void) => () => void;
}

export function createWitness(options: WitnessOptions): Witness {
  const { folder, device, onChange, now, after } = options;
  const memories = memoriesIn(folder);
  const closing = new AbortController();
  const places = new Map<RelayId, Place>();
  const placeOf = (relay: RelayId): Place => {
    const place = places.get(relay);
    if (place === undefined) throw new TroubleError('relay_not_listed', 'this relay is not watched');
    return place;
  };

  /** The relay whose log it is, if any is watched. */
  const placeOfLog = async ([note = '']: readonly string[]): Promise<Place | null> => {
    const log = readCheckpoint(note)?.log;
    for (const place of places.values()) {
      const memory = await place.turn(() => remember(place));
      if (memory.log !== null && memory.log.log === log) return place;
    }
    return null;
  };

  const keep = async (place: Place, memory: Memory) => {
    await memories.write(memory);
    place.memory = memory;
  };
  const become = (place: Place, changes: Partial<Place>) => {
    Object.assign(place, changes);
    onChange(place.relay.id, standingOf(place));
  };
  const raise = async (place: Place, memory: Memory, alarm: WitnessAlarm) => {
    // First of all it is there, and told: also where the disk is full.
    become(place, { memory: { ...memory, alarm }, trouble: null });
    await memories.write({ ...memory, alarm });
    const signer = memory.log?.keys.at(-1)?.spki ?? null;
    await keepEvidence(join(folder, 'evidence'), place.relay.id, alarm, signer);
  };

  /** What is remembered of the relay; read once. */
  const remember = async (place: Place): Promise<Memory> => {
    if (place.memory !== null) return place.memory;
    const { id } = place.relay;
    const found = await memories.read(id);
    const fresh: Memory = { version: 1, relay: id, log: null, alarm: null, settled: [] };
    if (found === 'damaged') {
      const at = new Date(now()).toISOString();
      await memories.setAside(id, at);
      const alarm = alarmOf('memory_damaged', { at, kept: '', shown: '', proof: [] });
      await raise(place, fresh, alarm);
      return place.memory!;
    }
    place.memory = found ?? fresh;
    if (place.memory.alarm !== null) become(place, {});
    return place.memory;
  };

  const cosign = async (place: Place, checkpoint: Checkpoint) => {
    const { id, client } = place.relay;
    if (place.cosigned >= checkpoint.size) return;
    const own = await device(id);
    const witness = own && (await deviceWitness(own.spki));
    if (own === null || witness === null) return;
    const line = await cosignatureLine(checkpoint, witness, now(), (bytes) => own.sign(bytes));
    const body = { version: 1, size: checkpoint.size, line } as const;
    await client.checkpoints.cosign({ body }, { signal: closing.signal });
    place.cosigned = checkpoint.size;
  };

  const lookNow = async (place: Place) => {
    const memory = await remember(place);
    if (memory.alarm !== null) return;
    const shown = await shownLog(place.relay.client, closing.signal);
    const followed = await followLog(memory.log, shown, now());
    switch (followed.type) {
      case 'nothing':
        become(place, { type: 'unknown', trouble: null });
        return;
      case 'unproven': {
        const advice = 'look again later; if it stays so, ask the people who run the relay';
        const trouble = { code: 'unproven', message: followed.why, advice };
        become(place, { type: 'unproven', trouble });
        return;
      }
      case 'behind':
        await keep(place, { ...memory, log: followed.kept });
        become(place, { type: 'behind', trouble: null });
        return;
      case 'alarm':
        await raise(place, memory, followed.alarm);
        return;
      case 'good':
        // On disk before it is cosigned: whatever ends the app, it never cosigns two histories.
        await keep(place, { ...memory, log: followed.kept });
        become(place, { type: 'good', trouble: null });
        await cosign(place, followed.checkpoint);
        return;
      default:
        followed satisfies never;
    }
  };

  const look = async (relay: RelayId): Promise<Standing> => {
    const place = placeOf(relay);
    await place.turn(async () => {
      place.lookedAt = now();
      try {
        await lookNow(place);
      } catch (error) {
        if (!closing.signal.aborted) become(place, { trouble: troubleOf(error) });
      }
    });
    return standingOf(place);
  };

  const lookSoon = lookSoonBy({
    look: (place) => look(place.relay.id),
    isWatched: (place) => places.get(place.relay.id) === place,
    now,
    after,
  });

  const leave = (place: Place) => {
    place.next?.callOff();
    for (const end of place.ends) end();
    places.delete(place.relay.id);
  };

  return {
    watch(relay) {
      const place = newPlace(relay, inTurn());
      places.set(relay.id, place);
      let wasConnected = false;
      const connected = () => {
        const isConnected = relay.state().connection.type === 'connected';
        if (isConnected && !wasConnected) lookSoon(place);
        wasConnected = isConnected;
      };
      const subscription = relay.live.subscribe({ name: 'approvals' }, () => lookSoon(place));
      place.ends.push(relay.onChange(connected), () => subscription.end());
      lookSoon(place);
      return () => leave(place);
    },
    look,
    standing: (relay) => standingOf(placeOf(relay)),
    async trust(relay, spki) {
      const place = placeOf(relay);
      await place.turn(async () => {
        const memory = await remember(place);
        if (memory.alarm !== null) {
          const advice = 'answer it first: what this computer goes on from is chosen there';
          throw new TroubleError('alarm_stands', 'there is an alarm of this relay’s record', advice);
        }
        const at = new Date(now()).toISOString();
        if (memory.log !== null) {
          const log = withGivenKey(memory.log, spki);
          if (log === null) return await raise(place, memory, anotherKey(memory.log, spki, at));
          return await keep(place, { ...memory, log });
        }
        const { log } = await place.relay.client.checkpoints.keys({}, { signal: closing.signal });
        const keys = [{ spki, since: at, how: 'pasted' as const, until: null }];
        await keep(place, { ...memory, log: { log, keys, note: null, at, behindSince: null } });
      });
      await look(relay);
    },
    async acknowledge(relay, { by, words, next }) {
      const place = placeOf(relay);
      await place.turn(async () => {
        const memory = await remember(place);
        const { alarm } = memory;
        if (alarm === null) throw notAcknowledged('there is no alarm of this relay');
        if (by.trim() === '' || words.trim() === '') {
          throw notAcknowledged('an alarm is acknowledged by somebody with a name, who says what they did');
        }
        if (memory.log === null && next === 'go_on') {
          throw notAcknowledged('there is nothing to go on from: what was kept cannot be read');
        }
        const at = new Date(now()).toISOString();
        const settled = [...memory.settled, { alarm, by, words, next, at }].slice(-MOST_SETTLED);
        const log = next === 'begin_anew' ? null : memory.log && { ...memory.log, behindSince: null };
        await keep(place, { ...memory, alarm: null, log, settled });
        become(place, { type: 'unknown', cosigned: 0 });
      });
      await look(relay);
    },
    async keysOf(log) {
      const all = [...places.values()];
      const found = await Promise.all(all.map((place) => place.turn(() => remember(place))));
      return [
        ...new Set(
          found.flatMap((memory) => (memory.log?.log === log ? memory.log.keys.map(({ spki }) => spki) : [])),
        ),
      ];
    },
    async isSeen(relay, notes) {
      const watched = relay === null ? undefined : places.get(relay as RelayId);
      const place = watched ?? (await placeOfLog(notes));
      if (place === null) return false;
      return await place.turn(async () => {
        const memory = await remember(place);
        if (memory.log === null) return false;
        const compared = await compareExport(memory.log, notes, async (from, size) => {
          try {
            return await logProof(place.relay.client, closing.signal)(from, size);
          } catch (error) {
            // A file is read where there is no network, too.
            if (relay === null) return null;
            throw error;
          }
        });
        switch (compared.type) {
          case 'seen':
            return true;
          case 'nothing':
            return false;
          case 'unproven':
            if (relay === null) return false;
            throw new TroubleError(
              'unproven',
              'the relay does not prove that the session is of the record that this computer has seen',
              'try again later; if it stays so, ask the people who run the relay',
            );
          case 'alarm': {
            const { why, shown, proof } = compared;
            const at = new Date(now()).toISOString();
            const alarm = alarmOf(why, { at, kept: memory.log.note ?? '', shown, proof });
            // One that there is already stays, with its own evidence.
            if (memory.alarm === null) await raise(place, memory, alarm);
            throw new TroubleError('record_rewritten', alarm.message, 'it is not kept here');
          }
          default:
            return compared satisfies never;
        }
      });
    },
    async close() {
      closing.abort();
      const all = [...places.values()];
      for (const place of all) leave(place);
      await Promise.all(all.map(({ turn }) => turn(async () => {})));
    },
  };
}

const MOST_SETTLED = 50;

function anotherKey({ keys, note }: KeptLog, given: string, at: string): WitnessAlarm {
  const about = `It is signed by ${fingerprintOf(keys.at(-1)!.spki)}; ${fingerprintOf(given)} was pasted.`;
  return alarmOf('not_the_given_key', { at, kept: note ?? '', shown: '', proof: [] }, about);
}

function notAcknowledged(message: string): TroubleError {
  return new TroubleError('not_acknowledged', message, 'say who you are, and what you found out');
}
