import type { StorePorts } from '../store.ts';

const page = { since: '2026-01-01', before: '2026-02-01', limit: 50 };
/** What is read of a record that may be large, by what it is called. */
export const recordedReads: Readonly<Record<string, (ports: StorePorts) => Promise<unknown>>> = {
  'a search': ({ terms }) => terms.search({ all: ['w:a', 'p:b'], beginning: 'w:a', olderThan: 7, ...page }),
  'a search by words': ({ terms }) => terms.search({ all: ['w:a'], beginning: null, limit: 50 }),
  'a search by a beginning': ({ terms }) => terms.search({ all: [], beginning: 'w:a', limit: 50 }),
  'how far the index is': ({ terms }) => terms.progress(),
  'recent entries': ({ terms }) => terms.recent({ after: { position: 1, part: 0 }, before: 9, limit: 50 }),
  'a list of sessions': ({ index }) => index.sessions(page),
  'a list of somebody’s sessions': ({ index }) => index.sessions({ person: 'a', subject: 'b', ...page }),
  'a list by subject': ({ index }) => index.sessions({ subject: 'b', ...page }),
  'what came of a session': ({ index }) => index.outcomes(['a']),
  'a request’s own statement': ({ index }) =>
    index.mentionedAt({ kind: 'request', value: 'a', session: 'b' }),
  'a page of a session': ({ events }) => events.ofSession('a', { after: 1, limit: 50, within: 9 }),
  'events of a session by type': ({ events }) => events.ofTypes('a', ['opened']),
  'a page of the log': ({ events }) => events.afterPosition({ after: 1, limit: 50, within: 9 }),
  'a page of one session in the log': ({ events }) =>
    events.afterPosition({ after: 1, session: 'a', limit: 50 }),
  'the last of a session': ({ events }) => events.lastOf('a'),
  hashes: ({ events }) => events.hashes(1, 9),
  'rows to verify': ({ events }) => events.page({ from: 5, skip: 0, limit: 50 }),
  'the event before one': ({ events }) => events.before('a', 5, 9),
  'subtrees to verify': ({ checkpoints }) => checkpoints.subtrees(8, 3, 50),
  'sessions that are due': ({ retention }) =>
    retention.closed({ removed: 0, before: '2026-01-02', after: null, limit: 50 }),
  'what of a session can be removed': ({ retention }) =>
    retention.removable('a', { after: 1, limit: 50, except: ['opened'] }),
  'what has been announced': ({ retention }) => retention.announced(50),
  'payloads put before': ({ payloads }) =>
    payloads.putBefore({ before: 9, after: { keptAt: 1, address: 'a' }, limit: 50 }),
  'which payloads are missing': ({ payloads }) => payloads.missing(['a', 'b']),
};
