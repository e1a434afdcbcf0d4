import { createHash } from 'node:crypto';
import { canonicalJson } from '@sluice/contract';
import type { SessionId } from '../../session/index.ts';
import { type Checkpoint } from '../checkpoints/checkpoint.ts';
import { type LogTree, logTree } from '../checkpoints/log-tree.ts';
import type { Signer } from '../checkpoints/signer.ts';
import { eventOf } from '../log/event-log.ts';
import { payloadsOf } from '../log/index-events.ts';
import type { PayloadReader } from '../payloads/payload-store.ts';
import type { RecordReaders, StoredEvent } from '../ports.ts';
import { unknownSession } from '../unknown-session.ts';
import { devicesOf } from './devices-of.ts';
import { endBytes, type ExportLine } from './export-lines.ts';

/**
 * Streams a session as the text of one file that can be replayed and verified without a server. Take `checkpoint` first
 * (`OpenRecord.checkpoint`); events recorded after it are not in the file.
 *
 * @throws SluiceError `session_unknown` when the checkpoint covers no event of the session.
 */
export async function* exportSession(options: {
  readonly store: ExportedStore;
  /** Null to leave the payloads out, and say so: for whoever has not got the keys that open them. */
  readonly payloads: PayloadReader | null;
  /** The signer of the checkpoint; null when it is not there, and nobody attests the end. */
  readonly signer: Signer | null;
  readonly checkpoint: Checkpoint;
  readonly session: SessionId;
}): AsyncGenerator<string> {
  const { store, payloads, signer, checkpoint, session } = options;
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
  yield write({
    kind: 'export',
    version: 2,
    log,
    session,
    ...(payloads === null ? { withoutPayloads: true } : {}),
  });
  for await (const handover of handovers(store, tree, log)) yield write(handover);
  yield write({ kind: 'checkpoint', note: checkpoint.note });
  for (const row of await devicesOf(store.events, { log, session, size })) {
    const proof = await proofOf(tree, row.position, size);
    yield write({ kind: 'device', event: eventOf(row), position: row.position, proof });
  }
  let events = 0;
  const written = new Set<string>();
  for await (const row of eventsOf(store, session, size)) {
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
  const end = { events, digest: digest.digest('hex') };
  const signed = await signer?.sign(endBytes({ log, session, ...end }));
  const signature = signed === undefined ? null : Buffer.from(signed).toString('hex');
  yield `${canonicalJson({ kind: 'end', ...end, signature } satisfies ExportLine)}\n`;
}

/** A line for each hand-over of the signing key: the old key's checkpoint over the event that names the new key. */
async function* handovers(
  { events, checkpoints }: ExportedStore,
  tree: LogTree,
  log: string,
): AsyncGenerator<ExportLine> {
  for (const stored of await events.ofTypes(log, ['signing_key'])) {
    const own = (JSON.parse(stored.body ?? '{}') as { key?: string }).key ?? '';
    const signed = await checkpoints.handOver(stored.position + 1, own);
    if (signed === null) continue;
    const proof = await proofOf(tree, stored.position, signed.size);
    const { note } = signed;
    yield { kind: 'handover', event: eventOf(stored), position: stored.position, proof, note };
  }
}

async function* eventsOf(
  { events }: ExportedStore,
  session: SessionId,
  within: number,
): AsyncGenerator<StoredEvent> {
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
