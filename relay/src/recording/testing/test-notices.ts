import type { SessionEvent } from '@sluice/contract';
import type { RelayNotices } from '../../relay-notices.ts';

/** Of a record that a test keeps in memory. */
export function noticesOn({ events }: { readonly events: () => readonly SessionEvent[] }): RelayNotices {
  return {
    of: (what) =>
      events().flatMap(({ seq, at, body }) =>
        body.type === 'notice' && body.what === what ? [{ seq, at, detail: body.detail }] : [],
      ),
    read: async () => {},
  };
}

/** Where nothing is recorded. */
export const NO_NOTICES: RelayNotices = { of: () => [], read: async () => {} };
