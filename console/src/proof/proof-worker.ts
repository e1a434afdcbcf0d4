import '../no-eval.ts';
import { isRelayError } from '@sluice/contract';
import { linesOf, verifyExport, witnessKey } from '@sluice/record-proof';
import { workerClient } from '../host/worker-fetch.ts';
import type { CheckNews, CheckOrder } from './proof-messages.ts';

/** Downloads a session's export and checks it, beside the page. */
const tellPage = (news: CheckNews) => (globalThis as unknown as MessagePort).postMessage(news);

addEventListener('message', ({ data }: MessageEvent<CheckOrder>) => void check(data));

async function check({ session, keys, witnesses, ...access }: CheckOrder): Promise<void> {
  try {
    if (!(await hasEd25519())) {
      tellPage({ type: 'failed', code: 'no_ed25519', message: '', advice: '' });
      return;
    }
    const client = workerClient(access);
    const chunks = await client.sessions.export({ params: { id: session } });
    const hashes: string[] = [];
    const cosigners = await Promise.all(witnesses.map(witnessKey));
    const proof = await verifyExport(linesOf(chunks), {
      session,
      keys,
      witnesses: cosigners.filter((key) => key !== null),
      onEvent(seq, hash) {
        hashes[seq] = hash;
        if (seq % EVERY === 0) tellPage({ type: 'progress', events: seq });
      },
    });
    tellPage({ type: 'checked', proof, hashes });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [code, advice] = isRelayError(error) ? [error.code, error.advice] : ['internal', ''];
    tellPage({ type: 'failed', code, message, advice });
  }
}

const EVERY = 500;

/** Browsers have it since 2025; without it, nothing can be said of a signature. */
async function hasEd25519(): Promise<boolean> {
  try {
    await crypto.subtle.importKey('raw', new Uint8Array(32), 'Ed25519', false, ['verify']);
    return true;
  } catch (error) {
    return !(error instanceof DOMException && error.name === 'NotSupportedError');
  }
}
