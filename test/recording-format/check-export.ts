import { createHash } from 'node:crypto';
import { hexHash, jcs, publicKey, rootOf, signed } from './bytes.ts';
import { trustedKeys, type Trust } from './trust.ts';
import { type Finding, Found, type Place, sessionCheck } from './session.ts';
import { isLine, type Json } from './shapes.ts';

/** Checks one exported session, read in pieces, as docs/recording-format.md says. */
export async function checkExport(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  keys: readonly Uint8Array[],
): Promise<Finding | { readonly intact: true; readonly events: number }> {
  const check = exportCheck(trustedKeys(keys));
  try {
    for await (const line of lines(pieces)) check.line(line);
    return { intact: true, events: check.end() };
  } catch (error) {
    if (error instanceof Found) return error.finding;
    throw error;
  }
}

/** 64 MiB: the longest line that the format allows. */
const LONGEST = 64 * 1024 * 1024;

/** Lines with their line feed; a last line without one too, which is then refused. */
async function* lines(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  let length = 0;
  for await (const piece of pieces) {
    let rest = Buffer.from(piece);
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      yield Buffer.concat([...begun, rest.subarray(0, end + 1)]);
      [begun, length] = [[], 0];
      rest = rest.subarray(end + 1);
    }
    begun.push(rest);
    length += rest.length;
    if (length > LONGEST) throw new Found('unreadable', 'a line that is too long');
  }
  if (length > 0) yield Buffer.concat(begun);
}

const ORDER = ['export', 'handover', 'checkpoint', 'event', 'payload', 'end'];

function exportCheck(trust: Trust): {
  readonly line: (bytes: Buffer) => void;
  readonly end: () => number;
} {
  const digest = createHash('sha256');
  let header: Json | undefined;
  let checkpoint: Json | undefined;
  let check: ReturnType<typeof sessionCheck> | undefined;
  let events = 0;
  let position = -1;
  let before = '';
  let ended = false;
  const payloads = new Set<string>();
  const session = (): string | null => (header === undefined ? null : String(header['session']));

  function parse(bytes: Buffer): Json {
    const text = bytes.toString('utf8');
    let value: unknown;
    try {
      value = JSON.parse(text.slice(0, -1));
      if (isLine(value) && Buffer.from(`${jcs(value)}\n`).equals(bytes)) return value as Json;
    } catch {
      // Said below.
    }
    throw new Found('unreadable', 'not a line of this format', session(), header ? events : null);
  }

  function inOrder(kind: string): void {
    const may: Readonly<Record<string, readonly string[]>> = {
      '': ['export'],
      export: ['handover', 'checkpoint'],
      handover: ['handover', 'checkpoint'],
      checkpoint: ['event'],
      event: ['event', 'payload', 'end'],
      payload: ['event', 'payload', 'end'],
      end: [],
    };
    if (may[before]?.includes(kind)) {
      before = kind;
      return;
    }
    throw new Found(ORDER.includes(kind) ? 'unreadable' : 'unreadable', 'line out of order', session(), events);
  }

  function checkpointOf(value: Json): Json {
    if (value['log'] !== header?.['log']) throw new Found('forged', 'another log', session(), 0);
    if (!trust.signedCheckpoint(value)) throw new Found('forged', 'checkpoint', session(), 0);
    return value;
  }

  function event(line: Json): void {
    const value = line['event'] as Json;
    const place = (check as NonNullable<typeof check>).next(value);
    stands(place, line, checkpoint as Json);
    if (Number(line['position']) <= position) {
      throw new Found('reordered', 'position', session(), place.seq);
    }
    position = Number(line['position']);
    events += 1;
  }

  function stands(place: Pick<Place, 'hash' | 'seq'>, line: Json, under: Json): void {
    const at = Number(line['position']);
    const root = rootOf(place.hash, at, Number(under['size']), line['proof'] as readonly string[]);
    if (root !== under['root']) throw new Found('forged', 'proof', session(), place.seq);
  }

  function handover(line: Json): void {
    const value = line['event'] as Json;
    const by = checkpointOf(line['checkpoint'] as Json);
    const body = value['body'] as Json | undefined;
    if (body?.['type'] !== 'signing_key' || value['session'] !== header?.['log']) {
      throw new Found('forged', 'not a hand-over', session(), 0);
    }
    const bodyDigest = hexHash('sluice/body/v1\n', jcs({ body, salt: value['salt'] }));
    const { version, seq, at, previous } = value;
    const head = { version, session: value['session'], seq, at, type: 'signing_key', bodyDigest, previous };
    if (hexHash('sluice/event/v1\n', jcs(head)) !== value['hash']) {
      throw new Found('altered', 'hand-over', session(), 0);
    }
    stands({ hash: String(value['hash']), seq: 0 }, line, by);
    if (!trust.add(body)) throw new Found('forged', 'fingerprint', session(), 0);
  }

  function payload(line: Json): void {
    const address = String(line['address']);
    const seq = check?.named.get(address);
    if (seq === undefined || payloads.has(address)) {
      throw new Found('unreadable', 'a payload that nothing names, or twice', session(), events);
    }
    const salt = Buffer.from(String(line['salt']), 'hex');
    const bytes = Buffer.from(String(line['bytes']), 'base64');
    if (hexHash('sluice/payload/v1\n', salt, bytes) !== address) {
      throw new Found('altered', 'payload', session(), seq);
    }
    payloads.add(address);
  }

  function end(line: Json): void {
    const said = {
      log: header?.['log'],
      session: header?.['session'],
      events: line['events'],
      digest: line['digest'],
    };
    if (line['events'] !== events) throw new Found('removed', 'count', session(), events);
    if (line['digest'] !== digest.copy().digest('hex')) throw new Found('altered', 'digest', session(), null);
    check?.missing((address) => payloads.has(address));
    const key = trust.key(String(checkpoint?.['key']));
    const signature = Buffer.from(String(line['signature']), 'hex');
    if (key === undefined || !signed(`sluice/export/v1\n${jcs(said)}`, key, signature)) {
      throw new Found('forged', 'end', session(), null);
    }
    ended = true;
  }

  return {
    line(bytes) {
      if (ended) throw new Found('unreadable', 'something follows the end', session(), null);
      const line = parse(bytes);
      const kind = String(line['kind']);
      inOrder(kind);
      if (kind === 'export') {
        header = line;
        check = sessionCheck(String(line['session']));
      } else if (kind === 'handover') handover(line);
      else if (kind === 'checkpoint') checkpoint = checkpointOf(line['checkpoint'] as Json);
      else if (kind === 'event') event(line);
      else if (kind === 'payload') payload(line);
      else end(line);
      digest.update(bytes);
    },
    end() {
      if (!ended) throw new Found('removed', 'no end', session(), header ? events : null);
      return events;
    },
  };
}

export { publicKey };
