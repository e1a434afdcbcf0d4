import { ownerSession, signedIn } from './asking.ts';
import type { ContractRows } from './contract-row.ts';

const owners = signedIn('nothing', { owner: 'yes' });
const everybody = signedIn('yes');
/** Those who look after the record, in the one way or the other. */
const lookers = signedIn('approver_not_allowed', { auditor: 'yes', security: 'yes', keeper: 'yes' });
const keepers = signedIn('approver_not_allowed', { keeper: 'yes' });

/** The routes of the record. */
export const recordRows: Pick<ContractRows, 'sessions' | 'checkpoints' | 'holds' | 'retention'> = {
  sessions: {
    list: {
      answers: { running: owners, deciding: signedIn('nothing', { owner: 'yes', auditor: 'yes' }) },
      query: ({ idOf }) => ({ person: idOf('owner') }),
      shows: ownerSession,
    },
    events: {
      answers: {
        running: signedIn('session_unknown', { owner: 'yes' }),
        deciding: signedIn('session_unknown', { owner: 'yes', auditor: 'yes' }),
      },
      params: ({ held }) => ({ id: held.session }),
      shows: ownerSession,
    },
    // It names none: whoever may read the session is told so.
    payload: {
      answers: {
        running: signedIn('session_unknown', { owner: 'result_unavailable' }),
        deciding: signedIn('session_unknown', { owner: 'result_unavailable', auditor: 'result_unavailable' }),
      },
      params: ({ held }) => ({ id: held.session, seq: '0', place: '0' }),
    },
    // Their own is evidence as well, and costs a checkpoint.
    export: {
      answers: { deciding: signedIn('approver_not_allowed', { auditor: 'yes' }) },
      params: ({ held }) => ({ id: held.session }),
      shows: ownerSession,
    },
    // Their own, too, they read event by event: what is searched is everybody's.
    search: {
      answers: { deciding: signedIn('approver_not_allowed', { auditor: 'yes' }) },
      query: ({ idOf }) => ({ text: 'delete orders', person: idOf('owner') }),
      shows: ownerSession,
    },
  },

  checkpoints: {
    list: { answers: { running: everybody, deciding: everybody } },
    newest: {
      answers: { running: everybody, deciding: everybody },
      shows: (body) => body.includes('sluice/log/'),
    },
    keys: {
      answers: { running: everybody, deciding: everybody },
      shows: (body) => body.includes('"keys":["'),
    },
    read: {
      answers: { running: signedIn('checkpoint_unknown'), deciding: signedIn('checkpoint_unknown') },
      params: () => ({ size: '999999999' }),
    },
    proof: {
      answers: { running: everybody, deciding: everybody },
      params: () => ({ size: '2' }),
      query: () => ({ from: '1' }),
      shows: (body) => body.includes('"from":1'),
    },
    handovers: {
      answers: { running: everybody, deciding: everybody },
      shows: (body) => body.includes('"handovers":'),
    },
    // No device of theirs has said this.
    cosign: {
      answers: { deciding: signedIn('approver_not_allowed') },
      body: () => ({ version: 1, size: 1, line: `— sluice/device/0123456789abcdef ${'A'.repeat(100)}` }),
    },
    take: { answers: { deciding: signedIn('approver_not_allowed', { auditor: 'yes', keeper: 'yes' }) } },
  },

  holds: {
    list: { answers: { deciding: lookers } },
    set: {
      answers: { deciding: keepers },
      body: ({ held }) => ({ of: { sessions: [held.session] }, reason: 'case 12' }),
    },
    release: {
      answers: { deciding: keepers },
      body: ({ held }) => ({ of: { sessions: [held.session] }, reason: 'case closed' }),
    },
  },

  retention: {
    read: { answers: { deciding: lookers }, shows: (body) => body.includes('a-year') },
    preview: { answers: { deciding: lookers }, shows: (body) => body.includes('a-year') },
    // Whoever may is told that the rules have not stood on the record for a day.
    run: {
      answers: { deciding: signedIn('approver_not_allowed', { keeper: 'retention_refused' }) },
      body: () => ({ reason: 'the disk is full' }),
    },
  },
};
