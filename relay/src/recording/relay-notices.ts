import type { EventBody } from '@sluice/contract';
import { z } from 'zod';
import type { SluiceError } from '../errors.ts';
import { inTurn } from '../in-turn.ts';
import type { KeptFile } from '../kept-file.ts';
import {
  FOLLOWED_NOTICES,
  type FollowedNotice,
  type RelayNotice,
  type RelayNotices,
} from '../relay-notices.ts';
import type { SessionId } from '../session/index.ts';
import { contradiction } from './checkpoints/contradiction.ts';
import { follows, storedHash } from './log/stored-hash.ts';
import { NOTHING_BEFORE } from './log/seal-event.ts';
import type { AuthoredEvent, RecordReaders } from './ports.ts';
import type { ProvenRecord } from './proven-record.ts';

const notice = z.strictObject({ seq: z.int(), at: z.string(), detail: z.record(z.string(), z.string()) });

/** What a relay has read of its session by then, so that its next start need not read it again. */
export const keptNotices = z.strictObject({
  /** The log's name. */
  log: z.string(),
  /** The event up to which it was read. */
  seq: z.int(),
  position: z.int(),
  hash: z.string(),
  /** What it said. A version that follows other notices reads the session anew. */
  notices: z.strictObject(
    Object.fromEntries(FOLLOWED_NOTICES.map((what) => [what, z.array(notice)])) as Record<
      FollowedNotice,
      z.ZodArray<typeof notice>
    >,
  ),
});

export type KeptNotices = z.infer<typeof keptNotices>;

/** As relays hold them: with what keeps the next start short. */
export interface OpenRelayNotices extends RelayNotices {
  /** Keeps what was read by now. */
  keep(): Promise<void>;
}

/**
 * Reads the relay session from its first event, or from the one up to which a relay of this data folder has read it: each
 * follows the one before, the last is proven, and none is missing at the end, as far as the signed head and this process
 * know where that is.
 *
 * @param options.kept beside the database. What it says of events counts if the one that it ends with is still there.
 * @param options.onNotKept told of why it could not be written; a start then reads more.
 * @param options.onFound told of what the store holds in the place of what was recorded.
 */
export async function openRelayNotices(options: {
  readonly store: Pick<RecordReaders, 'events'>;
  readonly proof: Pick<ProvenRecord, 'standingOf' | 'end'>;
  readonly relaySession: SessionId;
  readonly onFound: (error: SluiceError) => Promise<void>;
  readonly kept?: KeptFile<KeptNotices>;
  readonly onNotKept?: (error: unknown) => void;
}): Promise<OpenRelayNotices> {
  const { store, proof, relaySession, onFound, kept, onNotKept = () => {} } = options;
  const found = new Map<FollowedNotice, RelayNotice[]>(FOLLOWED_NOTICES.map((what) => [what, []]));
  let known: Pick<AuthoredEvent, 'seq' | 'hash' | 'position'> = {
    seq: -1,
    hash: NOTHING_BEFORE,
    position: -1,
  };
  let keptTo = -1;
  const turn = inTurn();

  const goOnFromKept = async () => {
    const from = (await kept?.read()) ?? null;
    if (from === null || from.log !== relaySession) return;
    const { seq, hash, position } = from;
    const [row] = await store.events.ofSession(relaySession, { after: seq - 1, limit: 1 });
    // Of a copy that was restored, perhaps. Then all of it is read, and has to be what was recorded.
    if (row?.seq !== seq || row.position !== position || row.hash !== hash) return;
    if (storedHash(row) !== hash) return;
    for (const what of FOLLOWED_NOTICES) found.set(what, [...from.notices[what]]);
    known = { seq, hash, position };
    keptTo = seq;
  };
  const keep = async () => {
    if (kept === undefined || known.seq === keptTo) return;
    const notices = Object.fromEntries(found) as KeptNotices['notices'];
    const { seq, hash, position } = known;
    await kept.write({ log: relaySession, seq, hash, position, notices }).then(
      () => void (keptTo = seq),
      // The next read tries again.
      onNotKept,
    );
  };

  const take = ({ seq, at, body }: AuthoredEvent) => {
    const said = JSON.parse(body!) as EventBody;
    if (said.type === 'notice')
      found.get(said.what as FollowedNotice)?.push({ seq, at, detail: said.detail });
  };

  const read = async () => {
    // What is appended while this reads may not be in what it reads.
    const end = proof.end(relaySession);
    let last: AuthoredEvent | null = null;
    const notices: AuthoredEvent[] = [];
    let at = known;
    for (;;) {
      const page = await store.events.ofSession(relaySession, { after: at.seq, limit: PAGE });
      for (const row of page) {
        if (!follows(row, at)) throw gone(at.seq + 1);
        // Nothing of this session is ever redacted.
        if (row.body === null) throw gone(row.seq);
        if (row.type === 'notice') notices.push(row);
        [at, last] = [row, row];
      }
      if (page.length < PAGE) break;
    }
    // By the hashes, all before the last one are what was recorded if that is.
    if (at.position < end || (last !== null && (await proof.standingOf(last)) === 'unproven'))
      throw gone(at.seq + (at.position < end ? 1 : 0));
    for (const row of notices) take(row);
    const { seq, hash, position } = at;
    known = { seq, hash, position };
    if (seq - keptTo >= KEPT_EVERY) await keep();
  };

  const notices: OpenRelayNotices = {
    keep: () => turn(keep),
    of: (what) => found.get(what) ?? [],
    read: () =>
      turn(async () => {
        await read().catch(async (error: SluiceError) => {
          if (error.code === 'record_contradicted') await onFound(error);
          throw error;
        });
      }),
  };
  await goOnFromKept();
  await notices.read();
  return notices;
}

function gone(seq: number): SluiceError {
  return contradiction(`event ${seq} of the relay session is not the one that was recorded`);
}

/** Rows read at once: some milliseconds. */
const PAGE = 256;
/** Events of the relay session that a start may have to read once more, beside those since the last read. */
const KEPT_EVERY = 2_000;
