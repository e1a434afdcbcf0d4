import { openTestRecord } from './open-test-record.ts';

/** A store of a test's own whose transactions record what they do, as a relay's do. */
export async function openRecordedStore(path?: string) {
  const record = await openTestRecord(path === undefined ? {} : { path });
  const { recorder, db } = record;
  return {
    store: { ...record.store, transaction: recorder.transaction },
    relaySession: recorder.relaySession,
    recorder,
    db,
    close: () => record.store.close(),
  };
}
