import type { Bridge, Outcome, Trouble } from '@sluice/console/desktop-bridge';
import { createContext, use, useCallback, useState, useSyncExternalStore } from 'react';
import type { APP_CALLS, APP_NEWS, AppState } from '../ipc/app-calls.ts';

export type AppBridge = Bridge<typeof APP_CALLS, typeof APP_NEWS>;

declare global {
  interface Window {
    /** Put there by the preload script. */
    readonly sluiceApp: AppBridge;
  }
}

/** The main process as these pages know it. */
export interface App {
  readonly call: AppBridge['call'];
  state(): AppState;
  onChange(listener: () => void): () => void;
  /** Told when something else is on this computer. @returns what ends it. */
  readonly onDownloads: (listener: () => void) => () => void;
}

export async function openApp(): Promise<App> {
  const { call, on } = window.sluiceApp;
  const first = await call.state(null);
  if (!first.ok) throw new Error(first.error.message);
  let state = first.value;
  const listeners = new Set<() => void>();
  on.state((next) => {
    state = next;
    for (const listener of listeners) listener();
  });
  return {
    call,
    onDownloads: (listener) => on.downloads(listener),
    state: () => state,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = use(AppContext);
  if (app === null) throw new Error('there is no app around this page');
  return app;
}

export function useAppState(): AppState {
  const app = useApp();
  return useSyncExternalStore(app.onChange, app.state);
}

export interface Attempt {
  readonly isUnderWay: boolean;
  readonly error: Trouble | null;
  /** Tells `onDone` of the value. @returns whether it went well. */
  run<Value>(call: () => Promise<Outcome<Value>>, onDone?: (value: Value) => void): Promise<boolean>;
}

/** Something that may take a while and may fail. */
export function useAttempt(): Attempt {
  const [isUnderWay, setIsUnderWay] = useState(false);
  const [error, setError] = useState<Trouble | null>(null);
  const run = useCallback<Attempt['run']>(async (call, onDone) => {
    setIsUnderWay(true);
    setError(null);
    const outcome = await call();
    setIsUnderWay(false);
    if (outcome.ok) onDone?.(outcome.value);
    else setError(outcome.error);
    return outcome.ok;
  }, []);
  return { isUnderWay, error, run };
}
