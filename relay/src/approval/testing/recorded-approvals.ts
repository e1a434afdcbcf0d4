import { randomBytes, randomUUID } from 'node:crypto';
import { devicesOnRecord, followEvents, openRelayNotices, type OpenRecord } from '../../recording/index.ts';
import type { Store, StoreTransaction } from '../../store/index.ts';
import {
  APPROVAL_STORY,
  createApprovals,
  createDevices,
  createGrants,
  createOpenings,
  GRANT_STORY,
  type OnRefusedRow,
  OPENING_STORY,
} from '../index.ts';

/** What people decide with, on a real record: as one relay has it, from its start on. */
export async function recordedApprovals(options: {
  readonly store: Store;
  readonly recorder: OpenRecord<StoreTransaction>;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
  readonly onRefusedRow: OnRefusedRow;
}) {
  const { recorder, onRefusedRow } = options;
  const { proof, relaySession } = recorder;
  const store = { ...options.store, transaction: recorder.transaction };
  const shared = { ...options, store, newId: randomUUID, confirmIdentity: () => {} };
  const devices = createDevices({
    ...shared,
    relaySession,
    notices: await openRelayNotices({ store, proof, relaySession, onFound: recorder.contradict }),
    firstUse: true,
    vouchers: ['security'],
    onRecord: (readers) => devicesOnRecord(readers, proof, relaySession),
    onForged: (error) => onRefusedRow('device_refused', error),
  });
  const grants = createGrants({ ...shared, onRecord: followEvents(proof, GRANT_STORY) });
  const openings = await createOpenings({
    ...shared,
    relaySession,
    onRecord: followEvents(proof, OPENING_STORY),
  });
  const approvals = createApprovals({
    ...shared,
    devices,
    grants,
    random: randomBytes,
    askedNow: async (request) => request,
    estimate: null,
    onRecord: followEvents(proof, APPROVAL_STORY),
  });
  return { store, devices, grants, openings, approvals };
}
