import type { EventBody } from '@sluice/contract';
import type { SluiceError } from '../errors.ts';
import { inTurn } from '../in-turn.ts';
import {
  FOLLOWED_NOTICES,
  type FollowedNotice,
  type RelayNotice,
  type RelayNotices,
} from '../relay-notices.ts';
import type { SessionId } from '../session/index.ts';
import { contradiction } from './checkpoints/contradiction.ts';
import { follows } from './log/stored-hash.ts';
import { NOTHING_BEFORE } from './log/seal-event.ts';
import type { AuthoredEvent, RecordReaders } from './ports.ts';
import type { ProvenRecord } from './proven-record.ts';

/**
 * Reads the relay session from its first event: each follows the one before, the last is proven, and none is missing at the
 * end, as far as the signed head and this process know where that is.
 *
 * @param options.onFound told of what the store holds in the place of what was recorded.
 */
export async function openRelayNotices(options: {
  readonly store: Pick<RecordReaders, 'events'>;
  readonly proof: Pick<ProvenRecord, 'standingOf' | 'end'>;
  readonly relaySession: SessionId;
  readonly onFound: (error: SluiceError) => Promise<void>;
}): Promise<RelayNotices> {
  const { store, proof, relaySession, onFound } = options;
  const found = new Map<FollowedNotice, RelayNotice[]>(FOLLOWED_NOTICES.map((what) => [what, []]));
  let known: Pick<AuthoredEvent, 'seq' | 'hash' | 'position'> = {
    seq: -1,
    hash: NOTHING_BEFORE,
    position: -1,
  };
  const turn = inTurn();

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
  };

  const notices: RelayNotices = {
    of: (what) => found.get(what) ?? [],
    read: () =>
      turn(async () => {
        await read().catch(async (error: SluiceError) => {
          if (error.code === 'record_contradicted') await onFound(error);
          throw error;
        });
      }),
  };
  await notices.read();
  return notices;
}

function gone(seq: number): SluiceError {
  return contradiction(`event ${seq} of the relay session is not the one that was recorded`);
}

/** Rows read at once: some milliseconds. */
const PAGE = 256;
