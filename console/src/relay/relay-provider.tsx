import type { LiveClient, LiveState, RelayClient } from '@sluice/contract';
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';
import { useHost } from '../host/host.ts';

/** The relay as the person who has signed in may use it. */
export interface SignedInRelay {
  readonly client: RelayClient;
  /** Null until the pages are drawn. */
  readonly live: LiveClient | null;
  readonly state: LiveState;
}

const Relay = createContext<SignedInRelay | null>(null);

export function RelayProvider({ children }: { readonly children: ReactNode }) {
  const host = useHost();
  const { client } = host;
  const [live, setLive] = useState<LiveClient | null>(null);
  const [state, setState] = useState<LiveState>({ type: 'connecting' });
  useEffect(() => {
    const opened = host.openLive(setState);
    setLive(opened);
    return () => opened.close();
  }, [host]);
  const relay = useMemo(() => ({ client, live, state }), [client, live, state]);
  return <Relay value={relay}>{children}</Relay>;
}

export function useRelay(): SignedInRelay {
  const relay = use(Relay);
  if (relay === null) throw new Error('this page is for people who have signed in');
  return relay;
}
