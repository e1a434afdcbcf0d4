import { explanation } from '../explanation.ts';
import {
  ownAccount,
  peopleList,
  peopleQuery,
  reach,
  reachOrder,
  readers,
  readersOrder,
  signedOut,
  trial,
} from '../people.ts';
import { get, json, jsonBody, post, type Route } from './route.ts';

const LOOKING = [
  'approver_not_allowed',
  'person_unknown',
  'policy_outdated',
  'too_many_statements',
  'record_allowance_used',
  'warehouse_unavailable',
  'session_changed',
] as const;

/** Who may see what, and what would happen: answered by the policy in force, and nothing runs. */
export const PEOPLE_ROUTES = {
  people: {
    self: get('/api/people/self', {
      authority: 'own',
      summary: 'Read who you are to the relay, and what your groups let you see',
      answers: { 200: json(ownAccount) },
    }),
    signOut: post('/api/people/self/sign-out', {
      authority: 'own',
      summary:
        'End what the program has open that you sign out of: its sessions by this API and by MCP, and what they have running or waiting',
      answers: { 200: json(signedOut) },
    }),
    list: get('/api/people', {
      authority: 'watch',
      summary: 'List the people who have signed in; yourself alone without the right to see others',
      query: peopleQuery,
      answers: { 200: json(peopleList) },
    }),
    reach: post('/api/people/reach', {
      authority: 'watch',
      summary:
        'Read which tables somebody gets, and how; of others for auditors and the security groups, and itself recorded',
      body: jsonBody(reachOrder),
      answers: { 200: json(reach) },
      errors: LOOKING,
      repeatable: true,
    }),
    readers: post('/api/people/readers', {
      authority: 'watch',
      summary: 'Read who gets what of a table; for auditors and the security groups, and itself recorded',
      body: jsonBody(readersOrder),
      answers: { 200: json(readers) },
      errors: [...LOOKING, 'object_unknown'],
      repeatable: true,
    }),
    try: post('/api/people/trials', {
      authority: 'watch',
      summary:
        'Explain what would happen to a statement of somebody’s; of others for auditors and the security groups, and itself recorded',
      body: jsonBody(trial),
      answers: { 200: json(explanation) },
      errors: [...LOOKING, 'statement_count'],
      repeatable: true,
    }),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Route>>>>;
