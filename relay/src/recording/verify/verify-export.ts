import { createHash, type KeyObject } from 'node:crypto';
import { canonicalJson } from '@sluice/contract';
import { type Checkpoint, isSigned, parseCheckpoint } from '../checkpoints/checkpoint.ts';
import { includes, leafOf } from '../checkpoints/merkle.ts';
import { endBytes, type ExportLine, exportLine } from '../export/export-lines.ts';
import { DEVICE_EVENTS } from '../export/devices-of.ts';
import { hashOf, typeOf } from '../log/seal-event.ts';
import { payloadAddress } from '../payloads/payload-address.ts';
import { type DeviceCheck, deviceCheck, type DeviceEvent } from './device-check.ts';
import { type Findings, findings } from './findings.ts';
import type { Problem, VerifyReport } from './report.ts';
import { type SessionCheck, sessionCheck } from './session-check.ts';
import { lackOfWitnesses, type Quorum } from './quorum.ts';
import { believe, namesSignerIn, signerIn, type Trust, trustIn, vouchesFor } from './trust.ts';

/**
 * Verifies an exported session with public keys alone. Reads the lines once and holds one at a time. Problems in the
 * file are reported, never thrown.
 *
 * @param lines the file's lines without their line feeds; `null` for an unreadable line (see `linesOf`).
 * @param kept checkpoints that were kept elsewhere. They must be by trusted keys and of the export's log; one of the size of
 *   the export's checkpoint must have its root. Of other sizes, an export cannot show more.
 */
export async function verifyExport(
  lines: AsyncIterable<string | null>,
  keys: readonly KeyObject[],
  kept: readonly Checkpoint[] = [],
  options: VerifyExportOptions = {},
): Promise<VerifyReport> {
  const state: State = {
    quorum: options.quorum ?? null,
    trust: trustIn(keys),
    digest: createHash('sha256'),
    found: findings('seq'),
    phase: 'start',
    log: null,
    session: null,
    check: null,
    deviceEvents: [],
    ownDeviceEvents: [],
    devices: await deviceCheck([], { complete: false }),
    checkpoint: null,
    attested: true,
    withoutPayloads: false,
    uncompared: 0,
    lastPosition: -1,
    seen: new Set(),
  };
  let number = 0;
  for await (const text of lines) {
    number += 1;
    const line = text === null ? null : read(text);
    if (line === null) {
      const seq = text === null ? null : seqIn(text);
      report(state, 'unreadable', seq, `line ${number} of the file is not a line of an export`);
      continue;
    }
    if (state.phase === 'end') {
      report(state, 'forged', null, `line ${number} stands after the end`);
      continue;
    }
    await follow(state, line);
    if (line.kind !== 'end') state.digest.update(`${text}\n`);
  }
  if (state.phase !== 'end') report(state, 'removed', null, 'the end of the file is missing');
  for (const checkpoint of kept) compareKept(state, checkpoint);
  for (const { why } of state.devices.problems) report(state, 'forged', null, why);
  const own = await deviceCheck(state.ownDeviceEvents, { complete: false });
  for (const { seq, why } of own.problems) report(state, 'forged', seq, why);
  for (const problem of state.check?.end((address) => state.withoutPayloads || state.seen.has(address)) ?? [])
    state.found.add(problem);
  const counts = state.check?.counts ?? { events: 0, redacted: 0, signedDecisions: 0 };
  return {
    intact: state.found.isEmpty(),
    log: state.log,
    since: 0,
    sessions: state.session === null ? 0 : 1,
    ...counts,
    payloads: state.seen.size,
    payloadsOpened: !state.withoutPayloads,
    withoutPayloads: state.withoutPayloads,
    unsigned: 0,
    attested: state.phase === 'end' && state.attested,
    uncompared: state.uncompared,
    voided: [...state.devices.voided, ...own.voided],
    removals: state.check?.removals.list() ?? [],
    problems: state.found.ordered(),
  };
}

export interface VerifyExportOptions {
  /** Who must have cosigned the checkpoint. */
  readonly quorum?: Quorum | undefined;
}

interface State {
  readonly quorum: Quorum | null;
  readonly trust: Trust;
  readonly digest: ReturnType<typeof createHash>;
  readonly found: Findings;
  /** The kind of the last line. */
  phase: ExportLine['kind'] | 'start';
  log: string | null;
  session: string | null;
  check: SessionCheck | null;
  readonly deviceEvents: DeviceEvent[];
  /** In an export of the relay's own session: its events, of which those about devices have rules of their own. */
  readonly ownDeviceEvents: DeviceEvent[];
  /** Of the events read so far. */
  devices: DeviceCheck;
  checkpoint: Checkpoint | null;
  attested: boolean;
  withoutPayloads: boolean;
  /** Kept checkpoints of another size than that of the export. */
  uncompared: number;
  lastPosition: number;
  /** The addresses of the payloads that are present and match their address. */
  readonly seen: Set<string>;
}

/** Parses a line. Null unless it is canonical JSON: an export never contains another form of the same value. */
function read(text: string): ExportLine | null {
  try {
    const parsed = exportLine.safeParse(JSON.parse(text));
    return parsed.success && canonicalJson(parsed.data) === text ? parsed.data : null;
  } catch {
    return null;
  }
}

/** The sequence number in an unreadable `event` line, so that the report can name the event. */
function seqIn(text: string): number | null {
  // Other kinds of line hold events of the relay session.
  if (!text.includes('"kind":"event"')) return null;
  const seq = /"seq":(\d{1,15})[,}]/.exec(text)?.[1];
  return seq === undefined ? null : Number(seq);
}

const MAY_FOLLOW: Readonly<Record<ExportLine['kind'], readonly State['phase'][]>> = {
  export: ['start'],
  handover: ['export', 'handover'],
  checkpoint: ['export', 'handover'],
  device: ['checkpoint', 'device'],
  event: ['checkpoint', 'device', 'event', 'payload'],
  payload: ['event', 'payload'],
  end: ['event', 'payload'],
};

async function follow(state: State, line: ExportLine): Promise<void> {
  if (state.phase === 'device' && line.kind !== 'device') {
    state.devices = await deviceCheck(state.deviceEvents, { complete: false });
  }
  const seq = line.kind === 'event' ? line.event.seq : null;
  if (!MAY_FOLLOW[line.kind].includes(state.phase)) {
    report(state, 'reordered', seq, `a line of kind \`${line.kind}\` stands where none may`);
    // Nothing can be checked before the first line, and what leads the proofs is not replaced.
    if (state.check === null || line.kind === 'export') return;
    if (line.kind === 'checkpoint' && state.checkpoint !== null) return;
  }
  state.phase = line.kind;
  switch (line.kind) {
    case 'export':
      state.log = line.log;
      state.session = line.session;
      state.withoutPayloads = line.withoutPayloads === true;
      state.check = sessionCheck(line.session, () => state.devices);
      return;
    case 'handover':
      return followHandover(state, line);
    case 'checkpoint':
      return followCheckpoint(state, line);
    case 'device':
      return followDevice(state, line);
    case 'event':
      return followEvent(state, line);
    case 'payload':
      return followPayload(state, line);
    case 'end':
      return followEnd(state, line);
  }
}

function followCheckpoint(state: State, { note }: Line<'checkpoint'>): void {
  const checkpoint = parseCheckpoint(note);
  state.checkpoint = checkpoint;
  if (checkpoint?.log !== state.log) report(state, 'forged', null, 'the checkpoint is of another log');
  if (checkpoint === null || !vouchesFor(state.trust, checkpoint)) {
    report(state, 'forged', null, 'the checkpoint is not signed by a key that is trusted');
  }
  const lack = state.quorum === null ? null : lackOfWitnesses(note, state.quorum);
  if (lack !== null) report(state, 'unsigned', null, `the checkpoint is not witnessed: ${lack}`);
}

function compareKept(state: State, kept: Checkpoint): void {
  const { size, root } = state.checkpoint ?? { size: 0, root: '' };
  if (!vouchesFor(state.trust, kept)) {
    report(
      state,
      'forged',
      null,
      `the kept checkpoint of size ${kept.size} is not signed by a key that is trusted`,
    );
  } else if (kept.log !== state.log) {
    report(state, 'forged', null, `the kept checkpoint of size ${kept.size} is of another log`);
  } else if (kept.size === size && kept.root !== root) {
    report(state, 'forged', null, `the kept checkpoint of size ${size} signs another log than this one does`);
  } else if (kept.size !== size) state.uncompared += 1;
}

function followHandover(state: State, line: Line<'handover'>): void {
  const { event, note } = line;
  const checkpoint = parseCheckpoint(note);
  // A hand-over from an unknown key proves nothing and is not needed.
  if (checkpoint === null || !namesSignerIn(state.trust, checkpoint)) return;
  const stands =
    'body' in event &&
    event.body.type === 'signing_key' &&
    checkpoint.log === state.log &&
    event.session === state.log &&
    hashOf(event) === event.hash &&
    // Its very last event: forward only. Whatever a later checkpoint covers names retired keys too, which may be stolen.
    checkpoint.size === line.position + 1 &&
    isProven(line, checkpoint) &&
    vouchesFor(state.trust, checkpoint) &&
    believe(state.trust, event.body);
  if (!stands) report(state, 'forged', null, "a hand-over between the relay's keys does not check");
}

/** A device's event belongs to the relay session, so it has no place in the exported session's chain. */
async function followDevice(state: State, line: Line<'device'>): Promise<void> {
  const { event, position } = line;
  const stands =
    event.session === state.log &&
    hashOf(event) === event.hash &&
    state.checkpoint !== null &&
    isProven(line, state.checkpoint);
  if (!stands) report(state, 'forged', null, 'a device is not in the log that the checkpoint signs');
  else state.deviceEvents.push({ event, position, isSigned: true });
}

async function followEvent(state: State, line: Line<'event'>): Promise<void> {
  const { event, position } = line;
  const placed = { position, isProven: state.checkpoint !== null && isProven(line, state.checkpoint) };
  const found = (await state.check?.next(event, placed)) ?? [];
  for (const problem of found) state.found.add(problem);
  if (!placed.isProven) report(state, 'forged', event.seq, 'is not in the log that the checkpoint signs');
  else if (found.length === 0 && position <= state.lastPosition) {
    report(state, 'reordered', event.seq, 'was recorded before the event that stands before it');
  }
  state.lastPosition = Math.max(state.lastPosition, position);
  // In the relay's own session, events about devices are events like others.
  if (state.session === state.log && DEVICE_EVENTS.includes(typeOf(event))) {
    state.ownDeviceEvents.push({ event, position, isSigned: placed.isProven });
  }
}

function followPayload(state: State, { address, salt, bytes }: Line<'payload'>): void {
  const content = Buffer.from(bytes, 'base64');
  const exact = content.toString('base64') === bytes;
  const namedBy = state.check?.namedBy(address) ?? null;
  if (!exact || payloadAddress(Buffer.from(salt, 'hex'), content) !== address) {
    report(state, 'altered', namedBy, `payload ${address} is not what its address says`);
  } else if (namedBy === null) {
    report(state, 'forged', null, `payload ${address} is named by no event before it`);
  } else state.seen.add(address);
}

function followEnd(state: State, { events, digest, signature }: Line<'end'>): void {
  const { log, session, checkpoint, check } = state;
  if (log === null || session === null || check === null) return;
  const key = checkpoint === null ? undefined : signerIn(state.trust, checkpoint);
  if (signature === null) state.attested = false;
  else if (key === undefined || !isSigned(endBytes({ log, session, events, digest }), key, signature)) {
    report(state, 'forged', null, "the end of the file is not signed by the checkpoint's key");
  }
  const length = check.length();
  if (events > length) report(state, 'removed', length, `is missing: there were ${events} events`);
  if (events < length) report(state, 'forged', null, `there were only ${events} events`);
  if (digest !== state.digest.digest('hex')) {
    report(state, 'altered', null, 'the file is not byte for byte what was exported');
  }
}

type Line<Kind extends ExportLine['kind']> = Extract<ExportLine, { kind: Kind }>;

function isProven(line: Line<'event'> | Line<'device'> | Line<'handover'>, checkpoint: Checkpoint): boolean {
  return includes(
    leafOf(line.event.hash),
    line.position,
    line.proof.map((hash) => Buffer.from(hash, 'hex')),
    checkpoint.size,
    Buffer.from(checkpoint.root, 'hex'),
  );
}

function report(state: State, what: Problem['what'], seq: number | null, why: string): void {
  state.found.add({ what, session: state.session, seq, position: null, why });
}
