import type { ApprovalSummary, ApprovalView } from '@sluice/contract';
import { byUrgency, isRelayError } from '@sluice/contract';
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { bindingShown } from '../request/binding-shown.ts';
import { type Decision, useHost } from '../host/host.ts';
import { useRelay } from './relay-provider.tsx';
import { REVIEWS } from './reviews.ts';

const PENDING = ['approvals', 'pending'];
const ENDED = ['approvals', 'ended'];
const one = (id: string) => ['approval', id];

/** Requests that wait, those first that should be looked at first. */
export function usePending() {
  const { client } = useRelay();
  return useQuery({
    queryKey: PENDING,
    queryFn: async ({ signal }) =>
      (await client.approvals.list({ query: { state: 'pending' } }, { signal })).approvals,
    select: (approvals) => approvals.toSorted(byUrgency),
  });
}

/** The newest that have been decided, or have ended otherwise. */
export function useEnded() {
  const { client } = useRelay();
  return useQuery({
    queryKey: ENDED,
    queryFn: async ({ signal }) =>
      (await client.approvals.list({ query: { state: 'ended', limit: 20 } }, { signal })).approvals,
  });
}

export function useApproval(id: string) {
  const { client } = useRelay();
  return useQuery({
    queryKey: one(id),
    queryFn: ({ signal }): Promise<ApprovalView> => client.approvals.read({ params: { id } }, { signal }),
  });
}

export interface OnWhatIsShown extends Omit<Decision, 'approval' | 'shown'> {
  readonly view: ApprovalView;
}

/** A decision is sent once: whether it was taken when no answer comes, the request itself says. */
export function useDecide(id: string) {
  const host = useHost();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ view, ...decision }: OnWhatIsShown) =>
      await host.decide({ approval: id, shown: await bindingShown(view), ...decision }),
    onSettled: () =>
      Promise.all([PENDING, ENDED, one(id)].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
}

/** Requests that could not be denied, with why. */
export type NotDenied = readonly { readonly request: ApprovalSummary; readonly error: unknown }[];

/** Denies several, one after the other, each as it was shown. One that fails does not keep the others. */
export function useDenyAll() {
  const host = useHost();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ requests, comment }: DenyAll): Promise<NotDenied> => {
      const failed: NotDenied[number][] = [];
      for (const request of requests) {
        await host
          .decide({ ...DENY, approval: request.id, shown: request.binding, comment })
          .catch((error: unknown) => failed.push({ request, error }));
      }
      return failed;
    },
    onSettled: () => Promise.all([PENDING, ENDED].map((queryKey) => queries.invalidateQueries({ queryKey }))),
  });
}

export interface DenyAll {
  readonly requests: readonly ApprovalSummary[];
  /** For all of the requesters. */
  readonly comment: string;
}

const DENY = {
  verdict: 'deny',
  proposal: null,
  mostRows: null,
  grantSeconds: null,
  grantRows: null,
} as const;

/** Whether a decision may have been taken although it failed here. */
export function isUnsure(error: unknown): boolean {
  return isRelayError(error) && error.code === 'relay_unreachable';
}

/** Keeps what is shown of requests as the relay has it. `onArrived` is told of those that were not there before. */
export function useLiveApprovals(onArrived: (approval: ApprovalSummary) => void): void {
  const { live } = useRelay();
  const queries = useQueryClient();
  useEffect(() => {
    if (live === null) return undefined;
    const subscription = live.subscribe({ name: 'approvals' }, (update) => {
      if (update.type === 'resync') void queries.invalidateQueries();
      else if (update.type === 'approval') take(queries, update.approval, onArrived);
      else if (update.type === 'review') void queries.invalidateQueries({ queryKey: REVIEWS });
    });
    return () => subscription.end();
  }, [live, queries, onArrived]);
}

function take(
  queries: QueryClient,
  approval: ApprovalSummary,
  onArrived: (approval: ApprovalSummary) => void,
): void {
  const pending = queries.getQueryData<readonly ApprovalSummary[]>(PENDING);
  const known = pending?.find(({ id }) => id === approval.id);
  if (known !== undefined && known.revision >= approval.revision) return;
  const others = (pending ?? []).filter(({ id }) => id !== approval.id);
  const isPending = approval.phase === 'asked';
  if (pending !== undefined) queries.setQueryData(PENDING, isPending ? [...others, approval] : others);
  if (!isPending) void queries.invalidateQueries({ queryKey: ENDED });
  void queries.invalidateQueries({ queryKey: one(approval.id) });
  if (isPending && known === undefined && pending !== undefined) onArrived(approval);
}
