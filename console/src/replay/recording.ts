import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useHost, type WorkerAccess } from '../host/host.ts';
import { useRelay } from '../relay/relay-provider.tsx';
import { startWorker } from '../relay/start-worker.ts';
import { type FoldedTime, foldTime } from './folded-time.ts';
import type { Row, RowsOf } from './rows.ts';
import address from './session-worker.ts?worker&url';
import type { FromWorker, Problem, Scene, ToWorker } from './worker-messages.ts';

/** A session's events, as far as they have been read. */
export interface Recording {
  readonly time: FoldedTime;
  /** How many moments there are by now. */
  readonly count: number;
  readonly events: number;
  readonly state: 'reading' | 'read' | 'failed';
  readonly problem: Problem | null;
}

export interface Reading {
  /** Reads on: after a failure, or when there is more. */
  more(): void;
  /** Everything about the moment with this `seq`; null when there is none. */
  look(seq: number): Promise<Scene | null>;
  /** The first `seq` of a statement. */
  find(statement: string): Promise<number | null>;
  rows(of: RowsOf): Promise<readonly Row[]>;
  /** The first event whose content has not this hash; null when all have. @param hashes by `seq`. */
  compare(hashes: readonly string[]): Promise<number | null>;
}

type Asked = Omit<Extract<ToWorker, { ask: number }>, 'ask'>;

function openRecording(session: string, access: () => WorkerAccess) {
  const worker = startWorker(address);
  const folded = foldTime();
  const time = folded.now();
  const listeners = new Set<() => void>();
  const asked = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let shown: Recording = { time, count: 0, events: 0, state: 'reading', problem: null };
  let asks = 0;
  let isBehind = false;
  const show = (changes: Partial<Recording>) => {
    shown = { ...shown, ...changes };
    for (const listener of listeners) listener();
  };
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    switch (data.type) {
      case 'moments':
        folded.add(data.moments);
        show({ count: time.moments.length, events: data.events });
        return;
      case 'read':
        show({ state: 'read', problem: null });
        if (isBehind) more();
        return;
      case 'failed':
        show({ state: 'failed', problem: data.problem });
        return;
      case 'answer':
        asked.get(data.ask)?.resolve(data.answer as never);
        asked.delete(data.ask);
        return;
      case 'refusal':
        asked.get(data.ask)?.reject(new Error(data.message));
        asked.delete(data.ask);
        return;
      default:
        data satisfies never;
    }
  });
  worker.addEventListener('error', () => {
    const message = 'the program that reads the record did not start';
    show({ state: 'failed', problem: { code: 'internal', message, advice: 'load the page again' } });
  });
  const more = () => {
    isBehind = shown.state === 'reading' && shown.events > 0;
    show({ state: 'reading', problem: null });
    const order = { type: 'read', ...access(), session } satisfies ToWorker;
    worker.postMessage(order, order.port === null ? [] : [order.port]);
  };
  const ask = <Answer>(question: Asked): Promise<Answer> =>
    new Promise((resolve, reject) => {
      asks += 1;
      asked.set(asks, { resolve, reject });
      worker.postMessage({ ...question, ask: asks });
    });
  return {
    read: () => shown,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    more,
    look: (seq: number) => ask<Scene | null>({ type: 'look', seq } as Asked),
    find: (statement: string) => ask<number | null>({ type: 'find', statement } as Asked),
    rows: (of: RowsOf) => ask<readonly Row[]>({ type: 'rows', of } as Asked),
    async compare(hashes: readonly string[]) {
      const seq = await ask<number>({ type: 'compare', hashes } as Asked);
      return seq === -1 ? null : seq;
    },
    end: () => worker.terminate(),
  };
}

/** Reads a session beside the page, and follows it while it goes on. */
export function useRecording(
  session: string,
): { readonly recording: Recording; readonly reading: Reading } | null {
  const { live } = useRelay();
  const host = useHost();
  const [opened, setOpened] = useState<ReturnType<typeof openRecording> | null>(null);
  useEffect(() => {
    const fresh = openRecording(session, host.workerAccess);
    setOpened(fresh);
    fresh.more();
    return () => fresh.end();
  }, [host, session]);
  useEffect(() => {
    if (live === null || opened === null) return undefined;
    const subscription = live.subscribe({ name: 'session', session }, ({ type }) => {
      if (type === 'event' || type === 'resync') opened.more();
    });
    return () => subscription.end();
  }, [live, opened, session]);
  const subscribe = useMemo(() => opened?.subscribe ?? (() => () => {}), [opened]);
  const recording = useSyncExternalStore(subscribe, () => opened?.read() ?? null);
  return opened === null || recording === null ? null : { recording, reading: opened };
}
