import type { RevocationOrder } from '@sluice/contract';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRelay } from './relay-provider.tsx';

const GRANTS = ['grants'];
const REVOCATIONS = ['revocations'];
const DEVICES = ['devices'];

/** Grants that the viewer holds, gave, or may end. */
export function useGrants() {
  const { client } = useRelay();
  return useQuery({
    queryKey: GRANTS,
    staleTime: 0,
    refetchInterval: 30_000,
    queryFn: async ({ signal }) => (await client.grants.list({}, { signal })).grants,
  });
}

export function useEndGrant() {
  const { client } = useRelay();
  const settle = useSettle(GRANTS);
  return useMutation({
    mutationFn: (id: string) => client.grants.revoke({ params: { id } }),
    onSettled: settle,
  });
}

export function useRevocations(isAsked: boolean) {
  const { client } = useRelay();
  return useQuery({
    queryKey: REVOCATIONS,
    enabled: isAsked,
    queryFn: async ({ signal }) => (await client.revocations.list({}, { signal })).revocations,
  });
}

export function useRevoke() {
  const { client } = useRelay();
  const settle = useSettle(REVOCATIONS, ['people'], GRANTS, ['sessions']);
  return useMutation({
    mutationFn: (order: RevocationOrder) => client.revocations.add({ body: order }),
    onSettled: settle,
  });
}

/** How many of somebody's newest sessions are open still; for auditors. */
export function useOpenSessions(person: string | null) {
  const { client } = useRelay();
  return useQuery({
    queryKey: ['sessions', 'open', person],
    enabled: person !== null,
    staleTime: 0,
    queryFn: async ({ signal }) => {
      const { sessions } = await client.sessions.list({ query: { person: person!, limit: 100 } }, { signal });
      return sessions.filter(({ closedAt, isRelay }) => closedAt === null && !isRelay).length;
    },
  });
}

/** The viewer's own, revoked ones too. */
export function useDevices() {
  const { client } = useRelay();
  return useQuery({
    queryKey: DEVICES,
    queryFn: async ({ signal }) => (await client.devices.list({}, { signal })).devices,
  });
}

/** Others' devices that wait for somebody's word; for the security groups. */
export function useDeviceRequests(isAsked: boolean) {
  const { client } = useRelay();
  return useQuery({
    queryKey: [...DEVICES, 'requests'],
    enabled: isAsked,
    staleTime: 0,
    refetchInterval: 30_000,
    queryFn: async ({ signal }) => (await client.devices.requests({}, { signal })).requests,
  });
}

export function useRevokeDevice() {
  const { client } = useRelay();
  const settle = useSettle(DEVICES);
  return useMutation({
    mutationFn: (key: string) => client.devices.revoke({ body: { key } }),
    onSettled: settle,
  });
}

export function useVouch() {
  const { client } = useRelay();
  const settle = useSettle(DEVICES);
  return useMutation({
    mutationFn: ({ id, comment }: { readonly id: string; readonly comment: string }) =>
      client.devices.vouch({ params: { id }, body: { comment } }),
    onSettled: settle,
  });
}

/** Whatever became of it: what is shown is asked for anew. */
function useSettle(...keys: readonly (readonly string[])[]) {
  const queries = useQueryClient();
  return () => Promise.all(keys.map((queryKey) => queries.invalidateQueries({ queryKey: [...queryKey] })));
}
