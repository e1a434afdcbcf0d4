// Enrols devices on a store, one person's after the other's and several at once, and writes a line after each, until it is killed.
// Run as a process: enrol-until-killed.ts DATABASE KEYS
import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { enrolmentBytes } from '@sluice/contract';
import { createDevices } from '../../relay/src/approval/index.ts';
import { person } from '../../relay/src/approval/testing.ts';
import { devicesOnRecord, openRecorder, openRelayNotices } from '../../relay/src/recording/index.ts';
import { recordFiles } from '../../relay/src/recording/testing/record-files.ts';
import { openStore } from '../../relay/src/store/index.ts';

const [, , path = '', keys = ''] = process.argv;
const onError = (error: unknown) => {
  throw error;
};
const opened = await openStore({ kind: 'sqlite' }, { database: path }, { now: Date.now, onError });
const recorder = await openRecorder({
  store: opened,
  now: Date.now,
  random: randomBytes,
  newId: randomUUID,
  ...recordFiles(keys),
  patrolEveryMs: null,
  onContradicted: onError,
  checkpointEvery: { seconds: 3_600, events: 50 },
  onCheckpointFailed: onError,
  onIndexFailed: () => {},
});
const devices = createDevices({
  store: { ...opened, transaction: recorder.transaction },
  relaySession: recorder.relaySession,
  notices: await openRelayNotices({
    store: opened,
    proof: recorder.proof,
    relaySession: recorder.relaySession,
    onFound: recorder.contradict,
  }),
  now: Date.now,
  newId: randomUUID,
  firstUse: true,
  vouchers: [],
  confirmIdentity: () => {},
  onRecord: (readers) => devicesOnRecord(readers, recorder.proof, recorder.relaySession),
  onForged: onError,
});

const enrol = async (owner: ReturnType<typeof person>) => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const at = new Date().toISOString();
  const proof = sign(null, enrolmentBytes({ identity: owner.id, key, at }), privateKey).toString('base64');
  await devices.enrol(owner, { key, name: 'laptop', at, proof, vouchedBy: null });
  process.stdout.write('.\n');
};
for (;;) {
  const owner = person(randomUUID());
  await Promise.all([enrol(owner), enrol(owner), enrol(person(randomUUID()))]);
}
