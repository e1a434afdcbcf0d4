import { createHash, type KeyObject } from 'node:crypto';
import { type Checkpoint, isSigned, parseCheckpoint } from '../checkpoints/checkpoint.ts';
import { includes, leafOf } from '../checkpoints/merkle.ts';
import { endBytes, type ExportLine } from '../export/export-lines.ts';
import { DEVICE_EVENTS } from '../checkpoints/key-events.ts';
import { hashOf, typeOf } from '../log/seal-event.ts';
import { payloadAddress } from '../payloads/payload-address.ts';
import { type DeviceCheck, deviceCheck, type DeviceEvent } from './device-check.ts';
import { type EarlierCheck, earlierCheck } from './earlier-check.ts';
import { MAY_FOLLOW, readLine, seqIn } from './export-line.ts';
import { type Findings, findings } from './findings.ts';
import type { Problem, VerifyReport } from './report.ts';
import { type SessionCheck, sessionCheck } from './session-check.ts';
import { lackOfWitnesses, type Quorum, type Witnessed, witnessed } from './quorum.ts';
import { believe, namesSignerIn, signerIn, type Trust, trustIn, vouchesFor } from './trust.ts';

/**
 * Verifies an exported session with public keys alone. Reads the lines once and holds one at a time. Problems in the
 * file are reported, never thrown.
 *
 * @param lines the file's lines without their line feeds; `null` for an unreadable line (see `linesOf`).
 * @param kept checkpoints that were kept elsewhere. They must be by trusted keys and of the export's log; one of the size of
 *   the export's checkpoint, or of an earlier one that it shows, must have the same root. Of other sizes, an export cannot
 *   show more.
 */
export async function verifyExport(
  lines: AsyncIterable<string | null>,
  keys: readonly KeyObject[],
  kept: readonly Checkpoint[] = [],
  options: VerifyExportOptions = {},
): Promise<VerifyReport> {
  const state: State = {
    quorum: options.quorum ?? null,
    witnesses: witnessed(options.quorum ?? { keys: [], least: 1 }),
    unwitnessed: null,
    trust: trustIn(keys),
    digest: createHash('sha256'),
    found: findings('seq'),
    phase: 'start',
    log: null,
    session: null,
    check: null,
    deviceEvents: [],
    ownDeviceEvents: [],
    devices: await deviceCheck([], { complete: false, checkpoints: [] }),
    checkpoint: null,
    before: [],
    earlier: null,
    attested: false,
    withoutPayloads: false,
    uncompared: 0,
    lastPosition: -1,
    seen: new Set(),
  };
  let number = 0;
  for await (const text of lines) {
    number += 1;
    const line = text === null ? null : readLine(text);
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
  reportUnwitnessed(state);
  for (const { why } of state.devices.problems) report(state, 'forged', null, why);
  const own = await deviceCheck(state.ownDeviceEvents, { complete: false, checkpoints: [] });
  for (const { seq, why } of own.problems) report(state, 'forged', seq, why);
  for (const problem of state.check?.end((address) => state.withoutPayloads || state.seen.has(address)) ?? [])
    state.found.add(problem);
  const counts = state.check?.counts ?? { events: 0, redacted: 0, signedDecisions: 0 };
  const { attested } = state;
  return {
    intact: state.found.isEmpty(),
    log: state.log,
    since: 0,
    sessions: state.session === null ? 0 : 1,
    ...counts,
    signedDecisions: attested ? counts.signedDecisions : 0,
    signedUnlessRevoked: attested ? 0 : counts.signedDecisions,
    payloads: state.seen.size,
    payloadsOpened: !state.withoutPayloads,
    withoutPayloads: state.withoutPayloads,
    unsigned: 0,
    attested,
    uncompared: state.uncompared,
    voided: [...state.devices.voided, ...own.voided],
    removals: state.check?.removals.list() ?? [],
    problems: state.found.ordered(),
  };
}

export interface VerifyExportOptions {
  /** Who must have cosigned the checkpoint, or an earlier one that covers the events. */
  readonly quorum?: Quorum | undefined;
}

interface State {
  readonly quorum: Quorum | null;
  readonly witnesses: Witnessed;
  /** The first event that the witnesses do not stand for. */
  unwitnessed: number | null;
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
  /** Earlier checkpoints by trusted keys. */
  readonly before: Checkpoint[];
  earlier: EarlierCheck | null;
  attested: boolean;
  withoutPayloads: boolean;
  /** Kept checkpoints of sizes that the export does not show. */
  uncompared: number;
  lastPosition: number;
  /** The addresses of the payloads that are present and match their address. */
  readonly seen: Set<string>;
}

async function follow(state: State, line: ExportLine): Promise<void> {
  if (state.phase === 'device' && line.kind !== 'device') {
    state.devices = await deviceCheck(state.deviceEvents, { complete: false, checkpoints: state.before });
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
      state.earlier = earlierCheck(line.log);
      return;
    case 'handover':
      return followHandover(state, line);
    case 'checkpoint':
      return followCheckpoint(state, line);
    case 'earlier':
      return followEarlier(state, line);
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
  if (checkpoint === null) return;
  state.earlier?.rest(checkpoint);
  state.witnesses.see(checkpoint);
}

function followEarlier(state: State, line: Line<'earlier'>): void {
  const stands = state.earlier?.next(line) ?? null;
  if (stands === null) report(state, 'forged', null, 'the log does not go on from an earlier checkpoint');
  else state.witnesses.see(stands);
  if (stands !== null && vouchesFor(state.trust, stands)) state.before.push(stands);
}

function compareKept(state: State, kept: Checkpoint): void {
  const { size } = kept;
  const root = state.earlier?.rootAt(size) ?? null;
  if (!vouchesFor(state.trust, kept)) {
    report(
      state,
      'forged',
      null,
      `the kept checkpoint of size ${kept.size} is not signed by a key that is trusted`,
    );
  } else if (kept.log !== state.log) {
    report(state, 'forged', null, `the kept checkpoint of size ${kept.size} is of another log`);
  } else if (root === null) state.uncompared += 1;
  else if (kept.root !== root) {
    report(state, 'forged', null, `the kept checkpoint of size ${size} signs another log than this one does`);
  }
}

function reportUnwitnessed(state: State): void {
  const { quorum, unwitnessed } = state;
  if (quorum === null) return;
  const upTo = state.witnesses.upTo();
  const why = `is not witnessed: ${lackOfWitnesses(quorum, upTo)}`;
  if (unwitnessed !== null) report(state, 'unsigned', unwitnessed, why);
  else if (upTo === 0) report(state, 'unsigned', null, `the checkpoint ${why}`);
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
  if (stands) state.before.push(checkpoint);
  else report(state, 'forged', null, "a hand-over between the relay's keys does not check");
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
  if (position >= state.witnesses.upTo()) {
    state.unwitnessed = Math.min(event.seq, state.unwitnessed ?? event.seq);
  }
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
  if (signature !== null && key !== undefined) {
    state.attested = isSigned(endBytes({ log, session, events, digest }), key, signature);
  }
  if (signature !== null && !state.attested) {
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
