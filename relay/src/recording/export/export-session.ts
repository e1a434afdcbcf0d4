import { createHash } from 'node:crypto';
import { canonicalJson } from '@sluice/contract';
import type { Kysely } from 'kysely';
import { SluiceError } from '../../errors.ts';
import type { SessionId } from '../../session/index.ts';
import { type Checkpoint } from '../checkpoints/checkpoint.ts';
import { type LogTree, logTree } from '../checkpoints/log-tree.ts';
import type { Signer } from '../checkpoints/signer.ts';
import { eventOf, type EventRow } from '../log/event-log.ts';
import { payloadsOf } from '../log/index-events.ts';
import type { PayloadReader } from '../payloads/payload-store.ts';
import { type RecordingTables, recordingTables } from '../tables.ts';
import { devicesOf } from './devices-of.ts';
import { endBytes, type ExportLine } from './export-lines.ts';

/**
 * A session as one file that replays, and proves itself, with no server: chunks of text, streamed. Take
 * `checkpoint` first (`Recording.checkpoint`); what came onto the record after it is not in the file.
 *
 * @throws SluiceError `session_unknown` when the checkpoint covers no event of the session.
 */
export async function* exportSession(options: {
  readonly database: Kysely<unknown>;
  readonly payloads: PayloadReader;
  /** Whose key signed the checkpoint. */
  readonly signer: Signer;
  readonly checkpoint: Checkpoint;
  readonly session: SessionId;
}): AsyncGenerator<string> {
  const { payloads, signer, checkpoint, session } = options;
  const database = recordingTables(options.database);
  const tree = logTree(database);
  const digest = createHash('sha256');
  const write = (line: ExportLine) => {
    const text = `${canonicalJson(line)}\n`;
    digest.update(text);
    return text;
  };

  const { log, size } = checkpoint;
  if (!(await isKnown(database, session, size))) {
    throw new SluiceError('session_unknown', `session \`${session}\` is not on the record`, {
      advice: 'see `sluice sessions list`',
    });
  }
  yield write({ kind: 'export', version: 1, log, session });
  for await (const handover of handovers(database, tree, log)) yield write(handover);
  yield write({ kind: 'checkpoint', checkpoint });
  for (const row of await devicesOf(database, { log, session, size })) {
    const proof = await proofOf(tree, row.position, size);
    yield write({ kind: 'device', event: eventOf(row), position: row.position, proof });
  }
  let events = 0;
  const written = new Set<string>();
  for await (const row of rowsOf(database, session, size)) {
    const event = eventOf(row);
    const proof = await proofOf(tree, row.position, size);
    yield write({ kind: 'event', event, position: row.position, proof });
    events += 1;
    for (const address of 'body' in event ? payloadsOf(event.body) : []) {
      if (written.has(address)) continue;
      written.add(address);
      const payload = await payloads.read(address);
      if (payload === null) continue;
      const salt = payload.salt.toString('hex');
      yield write({ kind: 'payload', address, salt, bytes: payload.bytes.toString('base64') });
    }
  }
  const end = { events, digest: digest.digest('hex') };
  const signature = Buffer.from(await signer.sign(endBytes({ log, session, ...end }))).toString('hex');
  yield `${canonicalJson({ kind: 'end', ...end, signature } satisfies ExportLine)}\n`;
}

async function isKnown(
  database: Kysely<RecordingTables>,
  session: SessionId,
  size: number,
): Promise<boolean> {
  const first = await database
    .selectFrom('recorded_event')
    .select('position')
    .where('session', '=', session)
    .where('seq', '=', 0)
    .executeTakeFirst();
  return first !== undefined && first.position < size;
}

/** Each time the signing key changed hands in order: the old key's checkpoint over the new key's event. */
async function* handovers(
  database: Kysely<RecordingTables>,
  tree: LogTree,
  log: string,
): AsyncGenerator<ExportLine> {
  const rows = await database
    .selectFrom('recorded_event')
    .selectAll()
    .where('session', '=', log)
    .where('type', '=', 'signing_key')
    .orderBy('seq')
    .execute();
  for (const row of rows) {
    const own = (JSON.parse(row.body ?? '{}') as { key?: string }).key ?? '';
    const signed = await database
      .selectFrom('recorded_checkpoint')
      .selectAll()
      .where('size', '=', row.position + 1)
      .where('key', '!=', own)
      .executeTakeFirst();
    if (signed === undefined) continue;
    const proof = await proofOf(tree, row.position, signed.size);
    const checkpoint = { log, ...signed };
    yield { kind: 'handover', event: eventOf(row), position: row.position, proof, checkpoint };
  }
}

async function* rowsOf(
  database: Kysely<RecordingTables>,
  session: SessionId,
  size: number,
): AsyncGenerator<EventRow> {
  let last = -1;
  for (;;) {
    const page = await database
      .selectFrom('recorded_event')
      .selectAll()
      .where('session', '=', session)
      .where('position', '<', size)
      .where('seq', '>', last)
      .orderBy('seq')
      .limit(PAGE)
      .execute();
    yield* page;
    if (page.length < PAGE) return;
    last = page.at(-1)!.seq;
  }
}

const PAGE = 200;

async function proofOf(tree: LogTree, position: number, size: number): Promise<string[]> {
  return (await tree.inclusionProof(position, size)).map((hash) => hash.toString('hex'));
}
