import { explanation } from '../explanation.ts';
import { overview, overviewQuery } from '../overview.ts';
import {
  coverage,
  coverageQuery,
  draftTrial,
  policyCheck,
  policyDraft,
  policySchema,
  policyView,
  simulation,
  simulationOrder,
} from '../policy.ts';
import { get, json, jsonBody, post, type Route } from './route.ts';

/** Bytes of a request that holds a policy and its cases, in JSON. */
const DRAFT = 2 * 1024 * 1024;

const WORKING = ['approver_not_allowed', 'too_many_statements', 'warehouse_unavailable'] as const;

/** How much happened. */
export const OVERVIEW_ROUTES = {
  overview: {
    read: get('/api/overview', {
      authority: 'watch',
      summary: 'Read how much happened, by the hour or the day; for auditors and the security groups',
      query: overviewQuery,
      answers: { 200: json(overview) },
      errors: ['approver_not_allowed'],
    }),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Route>>>>;

/** The policy in force, to be read; and drafts, to be tried. None of them puts anything in force. */
export const POLICY_ROUTES = {
  policy: {
    read: get('/api/policy', {
      authority: 'watch',
      summary: 'Read the policy in force, a sentence for each rule; for auditors and the security groups',
      answers: { 200: json(policyView) },
      errors: ['approver_not_allowed', 'policy_outdated'],
    }),
    schema: get('/api/policy/schema', {
      authority: 'watch',
      summary: 'Read what a policy file may hold, for editors; for auditors and the security groups',
      answers: { 200: json(policySchema) },
      errors: ['approver_not_allowed'],
    }),
    coverage: get('/api/policy/coverage', {
      authority: 'watch',
      summary:
        'Read which tables no rule names and which columns no tag; for auditors and the security groups',
      query: coverageQuery,
      answers: { 200: json(coverage) },
      errors: [...WORKING, 'policy_outdated'],
    }),
    check: post('/api/policy/checks', {
      authority: 'watch',
      summary: 'Check a draft and run its cases; for auditors and the security groups',
      body: jsonBody(policyDraft, DRAFT),
      answers: { 200: json(policyCheck) },
      errors: WORKING,
      repeatable: true,
    }),
    try: post('/api/policy/trials', {
      authority: 'watch',
      summary:
        'Explain what would happen to a statement under a draft; for auditors and the security groups, and itself recorded',
      body: jsonBody(draftTrial, DRAFT),
      answers: { 200: json(explanation) },
      errors: [...WORKING, 'policy_invalid', 'person_unknown', 'statement_count', 'session_changed'],
      repeatable: true,
    }),
    simulate: post('/api/policy/simulations', {
      authority: 'watch',
      summary: 'Read which recorded decisions a draft would change; for auditors, and itself recorded',
      body: jsonBody(simulationOrder, DRAFT),
      answers: { 200: json(simulation) },
      errors: [...WORKING, 'policy_invalid'],
      repeatable: true,
    }),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Route>>>>;
