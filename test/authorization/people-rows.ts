import { signedIn } from './asking.ts';
import type { ContractRows } from './contract-row.ts';
import type { World } from './world.ts';

/** Everybody sees themselves; of others, auditors and the security groups do. */
const seeing = { auditor: 'yes', security: 'yes' } as const;
const ofOwner = ({ idOf }: World) => ({ version: 1, as: { type: 'person', id: idOf('owner') } });

const POLICY = 'version: 1\nrules: []\n';

export const peopleRows: Pick<ContractRows, 'people' | 'policy' | 'overview'> = {
  people: {
    self: { answers: { running: signedIn('yes'), deciding: signedIn('yes') } },
    signOut: { answers: { running: signedIn('yes'), deciding: signedIn('yes') } },
    list: {
      answers: { deciding: signedIn('nothing', { owner: 'yes', ...seeing }) },
      query: () => ({ text: 'owner' }),
      shows: (body, { idOf }) => body.includes(idOf('owner')),
    },
    reach: {
      answers: { deciding: signedIn('approver_not_allowed', seeing) },
      body: ofOwner,
      shows: (body) => body.includes('ORDERS'),
    },
    readers: {
      answers: { deciding: signedIn('approver_not_allowed', seeing) },
      body: () => ({
        version: 1,
        object: { database: 'SHOP', schema: 'PUBLIC', name: 'ORDERS' },
      }),
      shows: (body, { idOf }) => body.includes(idOf('owner')),
    },
    try: {
      answers: { deciding: signedIn('approver_not_allowed', seeing) },
      body: (world) => ({ ...ofOwner(world), sql: 'SELECT ID FROM ORDERS' }),
    },
  },

  overview: {
    read: {
      answers: { deciding: signedIn('approver_not_allowed', seeing) },
      query: () => ({ since: '2026-11-01T00:00:00Z', before: '2026-11-02T00:00:00Z' }),
    },
  },

  policy: {
    read: { answers: { deciding: signedIn('approver_not_allowed', seeing) } },
    schema: { answers: { deciding: signedIn('approver_not_allowed', seeing) } },
    coverage: {
      answers: { deciding: signedIn('approver_not_allowed', seeing) },
      shows: (body) => body.includes('ORDERS'),
    },
    check: {
      answers: { deciding: signedIn('approver_not_allowed', seeing) },
      body: () => ({ version: 1, text: POLICY }),
    },
    try: {
      answers: { deciding: signedIn('approver_not_allowed', seeing) },
      body: (world) => ({ ...ofOwner(world), text: POLICY, sql: 'SELECT ID FROM ORDERS' }),
    },
    // It shows statements of others, which the security groups do not read.
    simulate: {
      answers: { deciding: signedIn('approver_not_allowed', { auditor: 'yes' }) },
      body: () => ({ version: 1, text: POLICY }),
    },
  },
};
