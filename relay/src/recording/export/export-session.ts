import { createHash } from 'node:crypto';
import { canonicalJson } from '@sluice/contract';
import { SluiceError } from '../../errors.ts';
import type { SessionId } from '../../session/index.ts';
import { type Checkpoint } from '../checkpoints/checkpoint.ts';
import { goesOn } from '../checkpoints/consistency.ts';
import { type LogTree, logTree } from '../checkpoints/log-tree.ts';
import type { Signer } from '../checkpoints/signer.ts';
import { eventOf } from '../log/event-log.ts';
import { payloadsOf } from '../log/index-events.ts';
import type { PayloadReader } from '../payloads/payload-store.ts';
import type { AuthoredEvent, RecordReaders } from '../ports.ts';
import { unknownSession } from '../unknown-session.ts';
import { type CompletenessProof, followSession, requireKeyEvents } from './complete-session.ts';
import { decisionsOf, devicesOf } from './devices-of.ts';
import { earlierCheckpoints, oneOfEach } from './earlier-checkpoints.ts';
import { endBytes, type ExportLine } from './export-lines.ts';
import { handoversOf } from './handovers.ts';

/**
 * Streams a session as the text of one file that can be replayed and verified without a server. Take `checkpoint` first
 * (`OpenRecord.checkpoint`); events recorded after it are not in the file.
 *
 * @throws SluiceError `session_unknown` when the checkpoint covers no event of the session; `checkpoint_unknown` when the log
 *   does not go on from a kept one; `record_contradicted` when the store hides an event that the file would attest not to exist.
 */
export async function* exportSession(options: {
  readonly store: ExportedStore;
  /** Null to leave the payloads out, and say so: for whoever has not got the keys that open them. */
  readonly payloads: PayloadReader | null;
  /** Who attests that the file is whole, and what shows that it is; null when nobody does. */
  readonly attestation: Attestation | null;
  readonly checkpoint: Checkpoint;
  /** Checkpoints that were kept elsewhere: the file shows that the log goes on from them, if it does. */
  readonly kept?: readonly Checkpoint[];
  readonly session: SessionId;
}): AsyncGenerator<string> {
  const { store, payloads, attestation, checkpoint, kept = [], session } = options;
  const tree = logTree(store);
  const digest = createHash('sha256');
  const write = (line: ExportLine) => {
    const text = `${canonicalJson(line)}\n`;
    digest.update(text);
    return text;
  };

  const { log, size } = checkpoint;
  const [first] = await store.events.ofSession(session, { after: -1, limit: 1, within: size });
  if (first?.seq !== 0) throw unknownSession(session);
  const decisions = await decisionsOf(store.events, session, size);
  // Whose keys signed them may be said anywhere in the log.
  await attestation?.proof.readFrom(decisions.length > 0 ? 0 : first.position);
  yield write({
    kind: 'export',
    version: 2,
    log,
    session,
    ...(payloads === null ? { withoutPayloads: true } : {}),
  });
  const named = await store.events.ofTypes(log, ['signing_key'], size);
  if (attestation !== null) requireKeyEvents(attestation.proof, named, ['signing_key'], size);
  for await (const handover of handoversOf(store, tree, named))
    yield write({ kind: 'handover', ...handover });
  yield write({ kind: 'checkpoint', note: checkpoint.note });
  for await (const earlier of earlierLines(store, tree, checkpoint, kept)) yield write(earlier);
  for (const row of await devicesOf(store.events, { log, decisions, size }, attestation?.proof ?? null)) {
    const proof = await proofOf(tree, row.position, size);
    yield write({ kind: 'device', event: eventOf(row), position: row.position, proof });
  }
  let events = 0;
  const follower =
    attestation && followSession(store.events, attestation.proof, { session, decisions, size });
  const written = new Set<string>();
  for await (const row of eventsOf(store, session, size)) {
    follower?.next(row);
    const event = eventOf(row);
    const proof = await proofOf(tree, row.position, size);
    yield write({ kind: 'event', event, position: row.position, proof });
    events += 1;
    for (const address of 'body' in event ? payloadsOf(event.body) : []) {
      if (payloads === null || written.has(address)) continue;
      written.add(address);
      const payload = await payloads.read(address);
      if (payload === null) continue;
      const salt = payload.salt.toString('hex');
      yield write({ kind: 'payload', address, salt, bytes: payload.bytes.toString('base64') });
    }
  }
  await follower?.end();
  const end = { events, digest: digest.digest('hex') };
  const signed = await attestation?.signer.sign(endBytes({ log, session, ...end }));
  const signature = signed === undefined ? null : Buffer.from(signed).toString('hex');
  yield `${canonicalJson({ kind: 'end', ...end, signature } satisfies ExportLine)}\n`;
}

export interface Attestation {
  /** The signer of the checkpoint. */
  readonly signer: Signer;
  readonly proof: CompletenessProof;
}

async function* earlierLines(
  { checkpoints }: ExportedStore,
  tree: LogTree,
  checkpoint: Checkpoint,
  kept: readonly Checkpoint[],
): AsyncGenerator<ExportLine> {
  const prove = (earlier: Checkpoint) => tree.consistencyProof(earlier.size, checkpoint.size);
  for (const each of kept) {
    if (!goesOn(each, checkpoint, await prove(each))) throw notGoneOnFrom(each);
  }
  const stored = await earlierCheckpoints(checkpoints, checkpoint);
  for (const earlier of oneOfEach([...kept, ...stored])) {
    const proof = await prove(earlier);
    // If the store holds one that the log does not go on from, that is for the verification of the store to say.
    if (earlier.size === checkpoint.size || !goesOn(earlier, checkpoint, proof)) continue;
    yield { kind: 'earlier', note: earlier.note, proof: proof.map((hash) => hash.toString('hex')) };
  }
}

function notGoneOnFrom({ size }: Checkpoint): SluiceError {
  return new SluiceError('checkpoint_unknown', `the log does not go on from the checkpoint of size ${size}`, {
    advice:
      'if it was signed with a key of this log, keep it: it is the proof that the record was changed, or put back',
  });
}

async function* eventsOf(
  { events }: ExportedStore,
  session: SessionId,
  within: number,
): AsyncGenerator<AuthoredEvent> {
  let after = -1;
  for (;;) {
    const page = await events.ofSession(session, { after, limit: PAGE, within });
    yield* page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.seq;
  }
}

const PAGE = 200;

type ExportedStore = Pick<RecordReaders, 'events' | 'checkpoints'>;

async function proofOf(tree: LogTree, position: number, size: number): Promise<string[]> {
  return (await tree.inclusionProof(position, size)).map((hash) => hash.toString('hex'));
}
