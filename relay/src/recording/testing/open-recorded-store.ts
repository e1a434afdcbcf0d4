import { openRelayNotices, openSessionSeals } from '../index.ts';
import { openTestRecord } from './open-test-record.ts';

/** Opens a separate store for a test, whose transactions record events as a relay's do. */
export async function openRecordedStore(path?: string) {
  const record = await openTestRecord(path === undefined ? {} : { path });
  const { recorder, db } = record;
  return {
    store: { ...record.store, transaction: recorder.transaction },
    relaySession: recorder.relaySession,
    recorder,
    notices: await openRelayNotices({
      store: record.store,
      proof: recorder.proof,
      relaySession: recorder.relaySession,
      onFound: recorder.contradict,
    }),
    seals: await openSessionSeals({ ...record, log: recorder.relaySession }),
    db,
    close: () => record.store.close(),
  };
}
