import { canonicalJson } from '@sluice/contract';
import { digestOf, digesting, fromBase64, fromHex, toHex, utf8 } from './bytes.ts';
import { type DeviceEvent, type Devices, devicesOf } from './device-rules.ts';
import { type ExportLine, hashOf, type Line, MAY_FOLLOW, readLine, seqIn } from './export-line.ts';
import { type Finding, inOrder } from './findings.ts';
import { handedOverTo } from './handover.ts';
import { isConsistent, isIncluded, leafOf } from './merkle.ts';
import {
  type Checkpoint,
  fingerprintOf,
  isCosignedBy,
  isSignedBy,
  isValid,
  logKey,
  namesKey,
  type NoteKey,
  readCheckpoint,
} from './note.ts';
import { isOfDevices, sessionRules } from './session-rules.ts';

/** What a browser has found out about an export, by itself. */
export interface Proof {
  readonly isIntact: boolean;
  readonly findings: readonly Finding[];
  readonly events: number;
  /** Bodies that retention has removed. */
  readonly redacted: number;
  /** Their bytes' SHA-256 (hex) by their addresses. */
  readonly payloads: ReadonlyMap<string, string>;
  readonly signedDecisions: number;
  /** Whether the relay has signed that there was no more, and nothing else was left out. */
  readonly isAttested: boolean;
  readonly earlier: number;
  readonly checkpoint: {
    readonly log: string;
    readonly size: number;
    readonly root: string;
    readonly at: string;
  } | null;
  /** Of the trusted key that signed the checkpoint: SPKI, base64; and its fingerprint, hex. */
  readonly signer: {
    readonly spki: string;
    readonly fingerprint: string;
    readonly isHandedOver: boolean;
  } | null;
  /** Names of the witnesses that stand for all of its events. */
  readonly witnesses: readonly string[];
}

export interface VerifyOptions {
  /** Public keys that are trusted, SPKI in base64. */
  readonly keys: readonly string[];
  readonly witnesses: readonly NoteKey[];
  /** The session that it is to be of. */
  readonly session: string;
  /** Told of each event that was read. */
  readonly onEvent: (seq: number, hash: string) => void;
}

/**
 * Verifies an export by docs/recording-format.md, "An export", with WebCrypto's Ed25519. Reads it once, and holds a line at a
 * time. What is wrong with it is a finding, never thrown.
 *
 * @param lines its lines without their line feeds; null for what is no text.
 */
export async function verifyExport(
  lines: AsyncIterable<string | null>,
  options: VerifyOptions,
): Promise<Proof> {
  const found: Finding[] = [];
  const report = (what: Finding['what'], seq: number | null, why: string) =>
    void found.push({ what, seq, why });
  const digest = digesting();
  let phase: ExportLine['kind'] | 'start' = 'start';
  let header: Line<'export'> | null = null;
  let rules: ReturnType<typeof sessionRules> | null = null;
  let trusted: NoteKey[] = [];
  const given = new Set(options.keys);
  let checkpoint: Checkpoint | null = null;
  let signer: NoteKey | null = null;
  /** By trusted keys. */
  const before: Checkpoint[] = [];
  const earlier: Checkpoint[] = [];
  const deviceEvents: DeviceEvent[] = [];
  const ownDeviceEvents: DeviceEvent[] = [];
  let devices: Devices = await devicesOf([], []);
  let isAttested = false;
  let lastPosition = -1;
  const payloads = new Map<string, string>();
  const witnessed = new Map<string, number>();

  const signerOf = async (one: Checkpoint) => {
    for (const key of trusted) if (await isSignedBy(one, key)) return key;
    return null;
  };
  const isProven = ({ event, position, proof }: Line<'event' | 'device' | 'handover'>, tree: Checkpoint) =>
    isIncluded(leafOf(fromHex(event.hash)), position, proof.map(fromHex), tree);
  const seeWitnesses = async (one: Checkpoint) => {
    for (const witness of options.witnesses) {
      const isMore = one.size > (witnessed.get(witness.name) ?? 0);
      if (isMore && (await isCosignedBy(one, witness))) witnessed.set(witness.name, one.size);
    }
  };

  const handover = async (line: Line<'handover'>) => {
    const old = readCheckpoint(line.note);
    if (old === null || !trusted.some((key) => namesKey(old, key))) return;
    const key = header === null ? null : await handedOverTo(line, header.log, trusted);
    if (key === null) {
      report('forged', null, 'a hand-over between the relay’s keys does not check');
      return;
    }
    trusted = [...trusted, key];
    before.push(old);
  };
  const follow = {
    async export(line: Line<'export'>) {
      header = line;
      // A true export, of something else than was asked for.
      if (line.session !== options.session) report('forged', null, 'the export is of another session');
      rules = sessionRules(line.session, () => devices);
      const keys = await Promise.all(options.keys.map((spki) => logKey(line.log, spki)));
      trusted = keys.filter((key) => key !== null);
    },
    handover,
    async checkpoint({ note }: Line<'checkpoint'>) {
      checkpoint = readCheckpoint(note)!;
      if (checkpoint.log !== header?.log) report('forged', null, 'the checkpoint is of another log');
      signer = await signerOf(checkpoint);
      if (signer === null) report('forged', null, 'the checkpoint is not signed by a key that is trusted');
      await seeWitnesses(checkpoint);
    },
    async earlier({ note, proof }: Line<'earlier'>) {
      const one = readCheckpoint(note)!;
      const stands =
        checkpoint !== null &&
        one.log === header?.log &&
        checkpoint.log === header.log &&
        one.size > (earlier.at(-1)?.size ?? 0) &&
        one.size < checkpoint.size &&
        earlier.length < 100 &&
        isConsistent(one, checkpoint, proof.map(fromHex));
      if (!stands) {
        report('forged', null, 'the log does not go on from an earlier checkpoint');
        return;
      }
      earlier.push(one);
      await seeWitnesses(one);
      if ((await signerOf(one)) !== null) before.push(one);
    },
    async device(line: Line<'device'>) {
      const { event, position } = line;
      const stands =
        event.session === header?.log &&
        hashOf(event) === event.hash &&
        checkpoint !== null &&
        isProven(line, checkpoint);
      if (stands) deviceEvents.push({ event, position, isProven: true });
      else report('forged', null, 'a device is not in the log that the checkpoint signs');
    },
    async event(line: Line<'event'>) {
      const { event, position } = line;
      const { seq } = event;
      const isIn = checkpoint !== null && isProven(line, checkpoint);
      const wrong = (await rules?.next(event, position, isIn)) ?? [];
      found.push(...wrong);
      if (!isIn) report('forged', seq, 'is not in the log that the checkpoint signs');
      else if (wrong.length === 0 && position <= lastPosition) {
        report('reordered', seq, 'was recorded before the event that stands before it');
      }
      lastPosition = Math.max(lastPosition, position);
      if (header?.session === header?.log && isOfDevices(event)) {
        ownDeviceEvents.push({ event, position, isProven: isIn });
      }
    },
    async payload({ address, salt, bytes }: Line<'payload'>) {
      const content = fromBase64(bytes);
      const by = rules?.namedBy(address) ?? null;
      if (content === null || toHex(digestOf('sluice/payload/v1\n', fromHex(salt), content)) !== address) {
        report('altered', by, 'its rows or binds are not those that it names');
      } else if (by === null) report('forged', null, 'there are rows that no event before them names');
      else payloads.set(address, toHex(digestOf(content)));
    },
    async end({ events, digest: said, signature }: Line<'end'>) {
      if (header === null || rules === null) return;
      const { log, session } = header;
      if (signature !== null) {
        const bytes = utf8.encode(
          `sluice/export/v1\n${canonicalJson({ log, session, events, digest: said })}`,
        );
        isAttested = signer !== null && (await isValid(signer.key, fromHex(signature), bytes));
        if (!isAttested) report('forged', null, 'the end of the file is not signed by the checkpoint’s key');
      }
      const length = rules.length();
      if (events > length) report('removed', length, `is missing: there were ${events} events`);
      if (events < length) report('forged', null, `there were only ${events} events`);
      if (said !== digest.hex()) report('altered', null, 'the file is not byte for byte what was exported');
    },
  } satisfies { [Kind in ExportLine['kind']]: (line: Line<Kind>) => Promise<void> };

  let number = 0;
  for await (const text of lines) {
    number += 1;
    const line = text === null ? null : readLine(text);
    if (line === null) {
      report(
        'unreadable',
        text === null ? null : seqIn(text),
        `line ${number} of the file is no line of an export`,
      );
      continue;
    }
    if (phase === 'end') {
      report('forged', null, `line ${number} stands after the end`);
      continue;
    }
    if (phase === 'device' && line.kind !== 'device') devices = await devicesOf(deviceEvents, before);
    if (!MAY_FOLLOW[line.kind].includes(phase)) {
      const seq = line.kind === 'event' ? line.event.seq : null;
      report('reordered', seq, `a line of kind \`${line.kind}\` stands where none may`);
    }
    const isSkipped =
      !MAY_FOLLOW[line.kind].includes(phase) &&
      (rules === null || line.kind === 'export' || (line.kind === 'checkpoint' && checkpoint !== null));
    if (!isSkipped) {
      phase = line.kind;
      await (follow[line.kind] as (line: ExportLine) => Promise<void>)(line);
    }
    if (line.kind !== 'end') digest.update(`${text}\n`);
    if (line.kind === 'event') options.onEvent(line.event.seq, line.event.hash);
  }
  if (phase !== 'end') report('removed', null, 'the end of the file is missing');
  for (const { why } of devices.problems) report('forged', null, why);
  for (const { seq, why } of (await devicesOf(ownDeviceEvents, [])).problems) report('forged', seq, why);
  const { end, counts } =
    (rules as ReturnType<typeof sessionRules> | null) ?? sessionRules('', () => devices);
  const has = (address: string) => header?.withoutPayloads === true || payloads.has(address);
  found.push(...end(has));
  return {
    isIntact: found.length === 0,
    findings: inOrder(found),
    events: counts.events,
    redacted: counts.redacted,
    payloads,
    // Whoever leaves lines out may have left out that a device was revoked.
    signedDecisions: isAttested ? counts.signedDecisions : 0,
    isAttested,
    earlier: earlier.length,
    ...seen(checkpoint, signer, given),
    witnesses: [...witnessed].filter(([, size]) => size > lastPosition).map(([name]) => name),
  };
}

function seen(
  checkpoint: Checkpoint | null,
  signer: NoteKey | null,
  given: ReadonlySet<string>,
): Pick<Proof, 'checkpoint' | 'signer'> {
  return {
    checkpoint:
      checkpoint === null
        ? null
        : { log: checkpoint.log, size: checkpoint.size, root: toHex(checkpoint.root), at: checkpoint.at },
    signer:
      signer === null
        ? null
        : {
            spki: signer.spki,
            fingerprint: fingerprintOf(signer.spki),
            isHandedOver: !given.has(signer.spki),
          },
  };
}
