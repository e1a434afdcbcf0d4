import type { AsWhom, Coverage, Explanation, PolicyCheck, PolicySimulation } from '@sluice/contract';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useRelay } from './relay-provider.tsx';

/** The policy in force. */
export function usePolicy() {
  const { client } = useRelay();
  return useQuery({
    queryKey: ['policy'],
    queryFn: ({ signal }) => client.policy.read({}, { signal }),
  });
}

/** What a policy file may hold. */
export function usePolicySchema() {
  const { client } = useRelay();
  return useQuery({
    queryKey: ['policy', 'schema'],
    staleTime: Infinity,
    queryFn: ({ signal }) => client.policy.schema({}, { signal }),
  });
}

/** Tables, with the rules and tags that name them. */
export function useCoverage() {
  const { client } = useRelay();
  return useInfiniteQuery({
    queryKey: ['policy', 'coverage'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }): Promise<Coverage> =>
      client.policy.coverage({ query: pageParam === null ? {} : { after: pageParam } }, { signal }),
    getNextPageParam: ({ next }) => next,
  });
}

/** A draft's problems and its cases, once nobody has typed for a moment. */
export function useCheck(text: string, cases: string) {
  const { client } = useRelay();
  const [draft, setDraft] = useState({ text, cases });
  useEffect(() => {
    const timer = setTimeout(() => setDraft({ text, cases }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, cases]);
  const check = useQuery({
    queryKey: ['policy', 'check', draft],
    gcTime: 60_000,
    queryFn: ({ signal }): Promise<PolicyCheck> =>
      client.policy.check(
        { body: { version: 1, text: draft.text, cases: draft.cases.trim() === '' ? null : draft.cases } },
        { signal },
      ),
    placeholderData: (before) => before,
  });
  const isCurrent = draft.text === text && draft.cases === cases && !check.isPlaceholderData;
  return { ...check, isCurrent };
}

const PAUSE_MS = 500;

/** What would happen to a statement of somebody's, by the policy in force and by a draft. */
export function useTrial() {
  const { client } = useRelay();
  return useMutation({
    async mutationFn({
      as,
      sql,
      draft,
    }: {
      readonly as: AsWhom;
      readonly sql: string;
      readonly draft: string;
    }) {
      const [inForce, underDraft]: readonly Explanation[] = await Promise.all([
        client.people.try({ body: { version: 1, as, sql } }),
        client.policy.try({ body: { version: 1, as, sql, text: draft } }),
      ]);
      return { inForce: inForce!, underDraft: underDraft! };
    },
  });
}

/** What has been simulated so far. */
export interface Simulated {
  readonly sessions: number;
  readonly statements: number;
  readonly stricter: number;
  readonly looser: number;
  readonly cut: number;
  readonly changes: PolicySimulation['changes'];
  readonly next: string | null;
}

/** Sessions for which it goes on by itself; then the viewer says whether it is to. */
const AT_ONCE = 200;

/** Simulates a draft page by page, until it has gone through enough, or is stopped. */
export function useSimulation() {
  const { client } = useRelay();
  const [found, setFound] = useState<Simulated | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [running, setRunning] = useState<AbortController | null>(null);
  const last = useRef<AbortController | null>(null);
  useEffect(() => () => last.current?.abort(), []);
  const run = async (text: string, from: Simulated | null) => {
    last.current?.abort();
    const stop = new AbortController();
    last.current = stop;
    setRunning(stop);
    setError(null);
    let all = from ?? NOTHING;
    setFound(all);
    const until = all.sessions + AT_ONCE;
    try {
      do {
        const body = { version: 1, text, after: from === null && all === NOTHING ? null : all.next } as const;
        all = together(all, await client.policy.simulate({ body }, { signal: stop.signal }));
        setFound(all);
      } while (all.next !== null && all.sessions < until && !stop.signal.aborted);
    } catch (thrown) {
      if (!stop.signal.aborted) setError(thrown);
    } finally {
      setRunning((now) => (now === stop ? null : now));
    }
  };
  return {
    found,
    error,
    isRunning: running !== null,
    begin: (text: string) => void run(text, null),
    goOn: (text: string) => void run(text, found),
    stop: () => running?.abort(),
    forget: () => setFound(null),
  };
}

const NOTHING: Simulated = {
  sessions: 0,
  statements: 0,
  stricter: 0,
  looser: 0,
  cut: 0,
  changes: [],
  next: null,
};

function together(one: Simulated, page: PolicySimulation): Simulated {
  return {
    sessions: one.sessions + page.sessions,
    statements: one.statements + page.statements,
    stricter: one.stricter + page.stricter,
    looser: one.looser + page.looser,
    cut: one.cut + page.cut,
    changes: [...one.changes, ...page.changes],
    next: page.next,
  };
}
