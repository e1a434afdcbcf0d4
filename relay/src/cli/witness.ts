import { createPublicKey } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '../errors.ts';
import {
  NOTE_ALGORITHM,
  noteKeyId,
  signersFromFile,
  witnessKeyOf,
  witnessKeyText,
} from '../recording/index.ts';
import { lockData } from '../store/index.ts';
import { createWitness, type FollowedLog, serveWitness, witnessStateIn } from '../witness/index.ts';

export interface WitnessArguments {
  /** What its cosignatures are known by: a URL without a scheme. */
  readonly name: string;
  /** A folder of its own: its key, and what it has cosigned. */
  readonly data: string;
  /** Logs that it follows, each as a verifier key. */
  readonly logs: readonly string[];
  readonly host: string;
  readonly port: number;
  /** PEM files. */
  readonly tls: { readonly key: string; readonly cert: string } | null;
}

/**
 * `sluice witness`: cosigns the checkpoints of other machines' logs, as https://c2sp.org/tlog-witness has it.
 *
 * @returns where it listens, and how to stop it.
 * @throws SluiceError `config_invalid` when another process has the folder, or a log's key cannot be read.
 */
export async function startWitness(options: WitnessArguments) {
  const { name, data, host, port, tls } = options;
  if (!/^[^\p{White_Space}+]+$/u.test(name)) throw badName();
  const logs = followed(options.logs.map(parseLogKey));
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const file = join(data, 'lock');
  const lock = lockData({ lock: file, database: file });
  try {
    const [signer] = signersFromFile(join(data, 'witness-key.pem'), { create: true });
    const witness = witnessKeyOf(name, signer.publicKey);
    const add = createWitness({
      key: { ...witness, sign: signer.sign },
      logs,
      state: await witnessStateIn(join(data, 'cosigned')),
      now: Date.now,
    });
    const server = await serveWitness({
      add,
      host,
      port,
      tls: tls && { key: readFileSync(tls.key, 'utf8'), cert: readFileSync(tls.cert, 'utf8') },
      onError: (error) => process.stderr.write(`${error instanceof Error ? error.message : 'error'}\n`),
    });
    const address = server.address();
    return {
      port: typeof address === 'object' && address !== null ? address.port : port,
      verifierKey: witnessKeyText(witness),
      async close() {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

interface LogKey {
  readonly origin: string;
  readonly key: FollowedLog['keys'][number];
}

/** `ORIGIN+ID+BASE64`, as https://c2sp.org/signed-note has it, of an Ed25519 key. */
function parseLogKey(text: string): LogKey {
  const [, origin = '', id, base64 = ''] = /^([^\p{White_Space}+]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(text) ?? [];
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length !== 33 || bytes[0] !== NOTE_ALGORITHM.ed25519) throw badKey();
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes.subarray(1)]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  if (noteKeyId(origin, NOTE_ALGORITHM.ed25519, key) !== id) throw badKey();
  return { origin, key };
}

/** A log may have several keys: after a rotation, the new one is added. */
function followed(keys: readonly LogKey[]): readonly FollowedLog[] {
  return [...new Set(keys.map(({ origin }) => origin))].map((origin) => ({
    origin,
    keys: keys.filter((each) => each.origin === origin).map(({ key }) => key),
  }));
}

function badKey(): SluiceError {
  return new SluiceError('config_invalid', 'a log’s key cannot be read', {
    advice: 'give it as `sluice log-key` prints it: ORIGIN+ID+BASE64',
  });
}

function badName(): SluiceError {
  return new SluiceError('config_invalid', 'the witness’s name cannot be used', {
    advice: 'give a name without spaces and `+`, such as `witness.example.com/sluice`',
  });
}
