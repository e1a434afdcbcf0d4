import type { EventBody } from '@sluice/contract';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { kim, startApi } from '../../../../test/support/start-api.ts';
import { parseCheckpoint, verifyStore } from '../../recording/index.ts';
import { identity, opened, newSession } from '../../recording/testing/open-test-record.ts';
import { enrolled, newDevice } from '../../recording/testing/record-a-day.ts';

let api: Awaited<ReturnType<typeof startApi>>;
beforeEach(async () => {
  api = await startApi();
});
afterEach(async () => await api.close());

type Device = ReturnType<typeof newDevice>;
type Enrolled = Extract<EventBody, { type: 'device_enrolled' }>;

/** As an earlier relay did it: without looking at what was enrolled at the same moment. */
async function enrol(
  name: string,
  device: Device,
  by: Device | null = null,
  kept: 'both' | 'event' = 'both',
) {
  const body = enrolled(name, device, by) as Enrolled;
  return await api.record.transaction(async (tx) => {
    const { seq } = await tx.record(api.record.relaySession, body);
    if (kept === 'both') {
      await tx.devices.add({
        key: device.key,
        name: body.name,
        identity: body.identity as never,
        subject: name,
        // As such a store is taken over.
        enrolledBy: (await tx.devices.ofPerson(body.identity as never)).length === 0 ? null : '',
        enrolledAt: api.clock.now,
        revokedAt: null,
      });
    }
    return seq;
  });
}

async function verified() {
  const checkpoint = await api.record.checkpoint();
  expect(parseCheckpoint(checkpoint.note)).not.toBeNull();
  return await verifyStore(api.opened, [api.signer.publicKey]);
}

const inUse = async (name: string) =>
  (await api.opened.devices.ofPerson(identity(name).id as never))
    .filter(({ revokedAt }) => revokedAt === null)
    .map(({ key }) => key);
const repair = async (who: string, dryRun = false) =>
  await api.call(who, 'POST', '/devices/repairs', { reason: 'four at once', ...(dryRun ? { dryRun } : {}) });

it('repairs four first devices of one person, and what they have vouched for, on the record', async () => {
  const [one, two, three, four, five] = [newDevice(), newDevice(), newDevice(), newDevice(), newDevice()];
  await enrol('dan', one);
  const spoilt = [await enrol('dan', two), await enrol('dan', three), await enrol('dan', four)];
  spoilt.push(await enrol('dan', five, three));
  const other = newDevice();
  await enrol('zoe', other);
  expect((await verified()).intact).toBe(false);

  const { size } = (await api.opened.events.log())!;
  const dry = await repair('kim', true);
  expect(dry.body.enrolments.map(({ seq }: { seq: number }) => seq)).toEqual(spoilt);
  expect((await api.opened.events.log())!.size).toBe(size);
  expect(await inUse('dan')).toHaveLength(5);

  const done = await repair('kim');
  expect(done.body.enrolments).toEqual(dry.body.enrolments);
  expect(await verified()).toMatchObject({
    intact: true,
    voided: [{ enrolments: spoilt, by: kim.id, reason: 'four at once' }],
  });
  // The others sign no decision any more.
  expect(await inUse('dan')).toEqual([one.key]);
  expect(await inUse('zoe')).toEqual([other.key]);
  expect(await repair('kim')).toMatchObject({ status: 409, body: { code: 'repair_refused' } });
});

it('repairs what a crash between event and row has left: the device that the relay knows stays', async () => {
  const [lost, known, twice] = [newDevice(), newDevice(), newDevice()];
  const gone = await enrol('dan', lost, null, 'event');
  await enrol('dan', known);
  await enrol('zoe', twice, null, 'event');
  const again = await enrol('zoe', twice);
  expect((await verified()).intact).toBe(false);
  const { body } = await repair('kim');
  expect(body.enrolments.map(({ seq }: { seq: number }) => seq)).toEqual([gone, again]);
  expect(await verified()).toMatchObject({ intact: true });
  expect([await inUse('dan'), await inUse('zoe')]).toEqual([[known.key], [twice.key]]);
});

it('repairs nothing that no relay has done', async () => {
  const [one, two] = [newDevice(), newDevice()];
  await enrol('dan', one);
  const forged = { ...(enrolled('dan', two) as Enrolled), proof: (enrolled('zoe', two) as Enrolled).proof };
  await api.record.append(api.record.relaySession, forged);
  expect(await repair('kim')).toMatchObject({ status: 409, body: { code: 'repair_refused' } });
  const rows = await api.opened.events.ofTypes(api.record.relaySession, ['enrolments_voided']);
  expect(rows).toEqual([]);
});

it('says so where there is nothing to repair, and is for record keepers', async () => {
  await api.record.append(newSession(), opened('ada'));
  await enrol('dan', newDevice());
  expect((await repair('kim', true)).body).toMatchObject({ code: 'repair_refused' });
  await enrol('dan', newDevice());
  const codes = await Promise.all(
    ['ada', 'olga', 'sam', 'kim/agent'].map(async (who) => (await repair(who)).status),
  );
  expect(codes).toEqual([403, 403, 403, 403]);
  expect((await api.call('kim', 'POST', '/devices/repairs', { reason: '' })).body.code).toBe(
    'request_malformed',
  );
});
