import { exportSession, payloadReader, type Signer, spki } from '../../../relay/src/recording/index.ts';
import {
  newSession,
  opened,
  openTestRecord,
  statement,
} from '../../../relay/src/recording/testing/open-test-record.ts';
import { recordADay } from '../../../relay/src/recording/testing/record-a-day.ts';

/** Exports of some sessions of one log. */
export interface TestExports {
  /** By session. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** A day with rows and a signed decision, of alice. */
  readonly day: string;
  /** Of bob, carol and dave, in this order. */
  readonly small: readonly string[];
  readonly log: string;
  /** SPKI, base64. */
  readonly key: string;
}

export async function testExports(): Promise<TestExports> {
  const record = await openTestRecord();
  const [signer] = record.signers as [Signer];
  const day = await recordADay(record.recorder);
  const small: string[] = [];
  for (const name of ['bob', 'carol', 'dave']) {
    const session = newSession();
    record.clock.now += 60_000;
    await record.recorder.append(session, opened(name));
    await record.recorder.append(session, statement(`select ssn from customers where note = '${name}'`));
    small.push(session);
  }
  const checkpoint = await record.recorder.checkpoint();
  const attestation = { signer, proof: record.recorder.proof };
  const files = new Map<string, Buffer>();
  for (const session of [day, ...small]) {
    const options = { store: record.store, payloads: payloadReader(record), attestation, checkpoint };
    const lines = await Array.fromAsync(exportSession({ ...options, session: session as never }));
    files.set(session, Buffer.from(lines.join('')));
  }
  return {
    files,
    day,
    small,
    log: record.recorder.relaySession,
    key: spki(signer.publicKey).toString('base64'),
  };
}
