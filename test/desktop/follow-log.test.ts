import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { type Followed, followLog, type ShownLog } from '../../desktop-approver/src/witness/follow-log.ts';
import type { KeptLog } from '../../desktop-approver/src/witness/memory.ts';
import { type Checkpoint, logTree, spki } from '../../relay/src/recording/index.ts';
import {
  newSession,
  newSigner,
  opened,
  openTestRecord,
} from '../../relay/src/recording/testing/open-test-record.ts';

/** A log of some hundred events, a checkpoint every few of them, and its proofs. */
let checkpoints: Checkpoint[];
let others: Checkpoint[];
let prove: (from: number, size: number) => Promise<string[]>;
let key: string;

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const GAPS = [1, 1, 2, 3, 4, 5, 1, 7, 8, 31, 64, 100, 3, 129];

beforeAll(async () => {
  const signer = newSigner();
  key = spki(signer.publicKey).toString('base64');
  const record = await openTestRecord({ signers: [signer] });
  checkpoints = await grow(record);
  const tree = logTree(record.store);
  prove = async (from, size) => (await tree.consistencyProof(from, size)).map((hash) => hash.toString('hex'));
  others = await grow(await openTestRecord({ signers: [signer], newId: () => checkpoints[0]!.log }));
});

async function grow({ recorder }: Awaited<ReturnType<typeof openTestRecord>>): Promise<Checkpoint[]> {
  const made: Checkpoint[] = [];
  for (const gap of GAPS) {
    for (let index = 0; index < gap; index += 1) await recorder.append(newSession(), opened('bob'));
    made.push(await recorder.checkpoint());
  }
  return made;
}

const kept = (checkpoint: Checkpoint): KeptLog => ({
  log: checkpoint.log,
  keys: [{ spki: key, since: checkpoint.at, how: 'first_seen', until: null }],
  note: checkpoint.note,
  at: checkpoint.at,
  behindSince: null,
});

const shows = (note: string, more: Partial<ShownLog> = {}): ShownLog => ({
  note,
  keys: async () => ({ log: checkpoints[0]!.log, keys: [key] }),
  proof: prove,
  handovers: async () => [],
  ...more,
});

const place = fc.nat(GAPS.length - 1);
const said = ({ type, ...rest }: Followed) => ('alarm' in rest ? rest.alarm.why : type);

it('finds any checkpoint good that a later one of the same log goes on from', async () => {
  await fc.assert(
    fc.asyncProperty(place, place, async (one, other) => {
      const [from, to] = [checkpoints[Math.min(one, other)]!, checkpoints[Math.max(one, other)]!];
      expect(said(await followLog(kept(from), shows(to.note), NOW))).toBe('good');
      // The older one again, of a relay that has the rest.
      expect(await followLog(kept(to), shows(from.note), NOW)).toMatchObject({
        type: 'good',
        kept: { note: to.note },
      });
    }),
  );
});

it('never finds one good by a proof that is not the proof, to the bit', async () => {
  await fc.assert(
    fc.asyncProperty(
      place,
      place,
      fc.nat(),
      fc.constantFrom(...TAMPERINGS),
      async (one, other, at, tamper) => {
        const [from, to] = [checkpoints[Math.min(one, other)]!, checkpoints[Math.max(one, other)]!];
        fc.pre(from.size < to.size);
        const right = await prove(from.size, to.size);
        const wrong = tamper(right, at);
        fc.pre(JSON.stringify(wrong) !== JSON.stringify(right));
        const shown = shows(to.note, { proof: async () => wrong });
        expect(said(await followLog(kept(from), shown, NOW))).toBe('rewritten');
      },
    ),
    { numRuns: 300 },
  );
});

const TAMPERINGS: readonly ((proof: readonly string[], at: number) => string[])[] = [
  (proof, at) => proof.toSpliced(at % Math.max(1, proof.length), 1),
  (proof, at) => proof.toSpliced(at % (proof.length + 1), 0, 'ab'.repeat(32)),
  (proof, at) => proof.map((hash, index) => (index === at % proof.length ? flipped(hash, at) : hash)),
  (proof) => proof.toReversed(),
  () => [],
];

function flipped(hash: string, at: number): string {
  const bytes = Buffer.from(hash, 'hex');
  bytes[at % 32]! ^= 1 << (at % 8);
  return bytes.toString('hex');
}

it('never finds a history good that parts from the one that was kept, by whatever proof of either', async () => {
  await fc.assert(
    fc.asyncProperty(place, place, place, place, async (one, other, from, to) => {
      const proof = async () =>
        await prove(checkpoints[Math.min(from, to)]!.size, checkpoints[Math.max(from, to)]!.size);
      const shown = shows(others[other]!.note, { proof });
      const followed = said(await followLog(kept(checkpoints[one]!), shown, NOW));
      expect(['rewritten', 'shrunk']).toContain(followed);
    }),
  );
});

it('believes no note of which a letter was changed', async () => {
  await fc.assert(
    fc.asyncProperty(
      place,
      place,
      fc.nat(),
      fc.constantFrom('A', '1', 'z', ' '),
      async (one, other, at, letter) => {
        const { note } = checkpoints[other]!;
        const changed = note.slice(0, at % note.length) + letter + note.slice((at % note.length) + 1);
        fc.pre(changed !== note);
        const followed = await followLog(kept(checkpoints[one]!), shows(changed), NOW);
        expect(['alarm', 'unproven']).toContain(followed.type);
      },
    ),
    { numRuns: 300 },
  );
});

it('takes nothing that a relay refuses to prove for good, and nothing of it for an alarm', async () => {
  const [from, to] = [checkpoints[3]!, checkpoints[9]!];
  const silent = { proof: async () => null };
  expect(said(await followLog(kept(from), shows(to.note, silent), NOW))).toBe('unproven');
  expect(said(await followLog(kept(to), shows(from.note, silent), NOW))).toBe('behind');
});

it('trusts a key for the first time only if it has signed what is shown, of the log that is named', async () => {
  const { note, log } = checkpoints[5]!;
  expect(said(await followLog(null, shows(note), NOW))).toBe('good');
  const stranger = spki(newSigner().publicKey).toString('base64');
  for (const keys of [
    { log, keys: [stranger] },
    { log: newSession(), keys: [key] },
    { log, keys: [] },
  ]) {
    expect(said(await followLog(null, shows(note, { keys: async () => keys }), NOW))).toBe('unproven');
  }
});
