import { join } from 'node:path';

/** The relay's own files in its data folder. */
export type RelayFiles = ReturnType<typeof filesIn>;

export function filesIn(data: string) {
  return {
    lock: join(data, 'lock'),
    exportLock: join(data, 'export-lock'),
    keysLock: join(data, 'keys-lock'),
    database: join(data, 'sluice.db'),
    signedHead: join(data, 'signed-head.json'),
    highWater: join(data, 'high-water'),
    relayNotices: join(data, 'relay-notices.json'),
    usage: join(data, 'usage.json'),
    witnesses: join(data, 'witnesses.json'),
    signingKey: join(data, 'signing-key.pem'),
    payloadKey: join(data, 'payload-keys'),
    maskingKey: join(data, 'masking-key'),
    tokenKeys: join(data, 'token-keys.pem'),
    spool: join(data, 'spool'),
  };
}
