import { expect, it } from 'vitest';
import { newSession, opened, openTestRecord } from '../testing/open-test-record.ts';
import { recordADay } from '../testing/record-a-day.ts';
import { ocsfEvent } from './ocsf.ts';
import { otelLog } from './otel-log.ts';
import { streamEvents } from './stream-events.ts';

const TIME = Date.parse('2026-03-01T09:00:00.000Z');

it('gives a session as OCSF events, with what each class requires', async () => {
  const { recorder, store } = await openTestRecord();
  const session = await recordADay(recorder);
  const streamed = await Array.fromAsync(streamEvents(store, { after: -1, session }));
  const events = streamed.map(ocsfEvent);
  for (const [index, event] of events.entries()) {
    expect(event).toMatchObject({
      time: TIME,
      severity_id: expect.any(Number),
      metadata: { version: '1.6.0', uid: streamed[index]!.event.hash, product: { name: 'Sluice' } },
      actor: { user: { name: 'alice', type_id: 1 }, session: { uid: session } },
      src_endpoint: { ip: '10.0.0.7' },
    });
  }
  expect(events[0]).toMatchObject({ class_uid: 3002, type_uid: 300201, user: { name: 'alice' } });
  expect(events[2]).toMatchObject({
    class_uid: 6005,
    type_uid: 600504,
    database: { name: 'SHOP' },
    query_info: { datastore_query: "delete from customers where email = 'a@b.example'" },
  });
  expect(events[10]).toMatchObject({ type_uid: 300202 });
});

it('says what was denied, and by whom nobody knows', async () => {
  const { recorder, store } = await openTestRecord();
  const refused = { type: 'refused', what: 'GET /secret', reason: 'it is not on the list' } as const;
  await recorder.append(recorder.relaySession, refused);
  const [, streamed] = await Array.fromAsync(streamEvents(store, { after: -1 }));
  expect(ocsfEvent(streamed!)).toMatchObject({
    class_uid: 6003,
    api: { operation: 'refused' },
    status_id: 2,
    action_id: 2,
    message: 'it is not on the list',
    actor: { user: { name: 'unknown' } },
  });
});

it('gives an event as an OTLP log record', async () => {
  const { recorder, store } = await openTestRecord();
  const session = newSession();
  const { hash } = await recorder.append(session, opened('alice'));
  const [streamed] = await Array.fromAsync(streamEvents(store, { after: 0 }));
  expect(otelLog(streamed!)).toMatchObject({
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'sluice' } }] },
        scopeLogs: [
          {
            logRecords: [
              {
                timeUnixNano: '1772355600000000000',
                severityNumber: 9,
                eventName: 'sluice.opened',
                body: {
                  kvlistValue: {
                    values: expect.arrayContaining([{ key: 'type', value: { stringValue: 'opened' } }]),
                  },
                },
                attributes: expect.arrayContaining([
                  { key: 'log.record.uid', value: { stringValue: hash } },
                  { key: 'user.name', value: { stringValue: 'alice' } },
                  { key: 'sluice.seq', value: { intValue: '0' } },
                ]),
              },
            ],
          },
        ],
      },
    ],
  });
});
