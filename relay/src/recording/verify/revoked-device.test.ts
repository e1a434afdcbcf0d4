import { randomUUID } from 'node:crypto';
import type { EventBody } from '@sluice/contract';
import { expect, it } from 'vitest';
import { exportSession, linesOf, openRecorder, payloadReader, verifyExport, verifyStore } from '../index.ts';
import {
  identity,
  newSession,
  newSigner,
  opened,
  openTestRecord,
  statement,
} from '../testing/open-test-record.ts';
import { approvalOf, enrolled, newDevice } from '../testing/record-a-day.ts';

/**
 * A decision by a device that was revoked a second before, as its own time says.
 *
 * @param options.later how many seconds after the revocation a checkpoint was signed, in between; null for none.
 */
async function aDecision({
  later,
  rotates = true,
}: {
  readonly later: number | null;
  readonly rotates?: boolean;
}) {
  const record = await openTestRecord();
  const [old, fresh] = [record.signers[0], newSigner()];
  const [device, id, session] = [newDevice(), randomUUID(), newSession()];
  const own = record.recorder.relaySession;
  await record.recorder.append(own, enrolled('bob', device));
  await record.recorder.append(session, opened('alice'));
  await record.recorder.append(session, statement("delete from customers where email = 'a@b.example'", id));
  const [asked, decided, ended] = (await approvalOf({ session, statement: id, device, approver: 'bob' })) as [
    EventBody,
    EventBody,
    EventBody,
  ];
  await record.recorder.append(session, asked);
  const revoked = {
    type: 'device_revoked',
    identity: identity('bob').id,
    key: device.key,
    name: 'laptop',
  } as const;
  await record.recorder.append(own, revoked);
  const { now } = record.clock;
  record.clock.now += (later ?? 0) * 1_000;
  // The former key signs its last checkpoint when it hands over.
  if (!rotates) await record.recorder.checkpoint();
  const isOld = later === null || !rotates;
  const recorder = isOld ? record.recorder : await openRecorder({ ...record, signers: [fresh, old] });
  record.clock.now = now + 1_000;
  await recorder.append(session, decided);
  await recorder.append(session, ended);
  // In another hour: of each, the last checkpoint is kept.
  record.clock.now = now + 2 * 3_600_000;
  const checkpoint = await recorder.checkpoint();
  const signer = isOld ? old : fresh;
  const text = exportSession({
    ...record,
    payloads: payloadReader(record),
    attestation: { signer, proof: recorder.proof },
    checkpoint,
    session,
  });
  const bytes = (async function* () {
    for await (const chunk of text) yield Buffer.from(chunk);
  })();
  return [
    await verifyStore(record.store, [old.publicKey]),
    await verifyExport(linesOf(bytes), [old.publicKey]),
  ];
}

it.each([null, 60])('counts when nothing shows that it was later: %s', async (later) => {
  for (const report of await aDecision({ later })) {
    expect(report).toMatchObject({ problems: [], signedDecisions: 1 });
  }
});

it.each([true, false])(
  'does not count behind a checkpoint that was signed later; by a key that hands over: %s',
  async (rotates) => {
    for (const report of await aDecision({ later: 61, rotates })) {
      expect(report).toMatchObject({
        intact: false,
        problems: [{ what: 'forged', seq: 3, why: expect.stringContaining('had been revoked') as string }],
      });
    }
  },
);
