import { useCallback, useEffect, useRef, useState } from 'react';
import { useHost } from '../host/host.ts';
import { useRelay } from '../relay/relay-provider.tsx';
import { startWorker } from '../relay/start-worker.ts';
import { forgetKey, knowKey, knownKey } from './known-keys.ts';
import type { CheckNews, CheckOrder } from './proof-messages.ts';
import address from './proof-worker.ts?worker&url';
import type { Proof } from '@sluice/record-proof';

export type ProofState =
  | { readonly type: 'idle' }
  | { readonly type: 'checking'; readonly events: number }
  | Checked
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly advice: string };

export interface Checked {
  readonly type: 'checked';
  readonly proof: Proof;
  /** The first event that is shown otherwise than it was proven; null when none is. */
  readonly shownOtherwise: number | null;
  /** Since when this browser has known the key, or one that led to it; null when it is new to it. */
  readonly knownSince: string | null;
  /** Another key is known, and nothing leads from it to the one that signs. */
  readonly isKeyChanged: boolean;
  readonly log: string;
}

export interface ProofCheck {
  readonly state: ProofState;
  readonly check: () => void;
  /** Trusts, from here on, what the relay signs with now. */
  readonly trustAnew: () => void;
}

/**
 * Checks the proof of a session in this browser, when it is asked to: to export a session is put on the record.
 *
 * @param compare the first of the events that are shown whose content has not this hash; null when all have.
 */
export function useProof(
  session: string,
  compare: (hashes: readonly string[]) => Promise<number | null>,
): ProofCheck {
  const { client } = useRelay();
  const host = useHost();
  const [state, setState] = useState<ProofState>({ type: 'idle' });
  const worker = useRef<Worker | null>(null);
  useEffect(() => () => worker.current?.terminate(), []);
  const check = useCallback(() => {
    setState({ type: 'checking', events: 0 });
    worker.current?.terminate();
    const begun = startWorker(address);
    worker.current = begun;
    const fail = (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      setState({ type: 'failed', code: 'internal', message, advice: '' });
    };
    const ask = async () => {
      const { log, keys, witnesses } = await client.checkpoints.keys({ query: { session } });
      // Of what was downloaded, the app has kept the key itself, for each log and each time.
      const known = host.reach === 'downloads' ? null : knownKey(log);
      const settle = async (proof: Proof, hashes: readonly string[]) => {
        const shownOtherwise = await compare(hashes);
        const { signer } = proof;
        const isKeyChanged = known !== null && signer === null && !keys.includes(known.spki);
        // By way of a hand-over, or for the first time.
        if (host.reach === 'relay' && proof.isIntact && signer !== null && signer.spki !== known?.spki) {
          knowKey(log, { spki: signer.spki, since: known?.since ?? new Date().toISOString() });
        }
        const knownSince = known?.since ?? null;
        setState({ type: 'checked', proof, shownOtherwise, knownSince, isKeyChanged, log });
      };
      begun.addEventListener('error', () => fail(new Error('the program that checks it did not start')));
      begun.addEventListener('message', ({ data }: MessageEvent<CheckNews>) => {
        if (data.type === 'progress') setState({ type: 'checking', events: data.events });
        else if (data.type === 'failed') setState(data);
        else settle(data.proof, data.hashes).catch(fail);
        if (data.type !== 'progress') begun.terminate();
      });
      const order: CheckOrder = {
        ...host.workerAccess(),
        session,
        keys: known === null ? keys.slice(0, 1) : [known.spki],
        witnesses,
      };
      begun.postMessage(order, order.port === null ? [] : [order.port]);
    };
    ask().catch(fail);
  }, [client, host, session, compare]);
  const trustAnew = useCallback(() => {
    if (state.type === 'checked') forgetKey(state.log);
    check();
  }, [state, check]);
  return { state, check, trustAnew };
}
