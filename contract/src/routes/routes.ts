import { z } from 'zod';
import { accessOrder } from '../access.ts';
import { attemptReport } from '../attempt.ts';
import {
  approvalDecision,
  approvalList,
  approvalListQuery,
  approvalSummary,
  approvalView,
} from '../approval.ts';
import {
  breakGlassOpening,
  breakGlassOrder,
  breakGlassReview,
  reviewClosing,
  reviewList,
  reviewListQuery,
} from '../break-glass.ts';
import { callbackDecision } from '../callback.ts';
import {
  catalogDatabases,
  catalogObject,
  catalogObjectQuery,
  catalogObjects,
  catalogObjectsQuery,
  catalogSchemas,
  catalogSchemasQuery,
} from '../catalog.ts';
import {
  deviceEnrolment,
  deviceList,
  deviceRepair,
  deviceRepairOrder,
  deviceRequestList,
  deviceRequestView,
  deviceRevocation,
  deviceView,
  deviceWord,
} from '../device.ts';
import { explanation, explanationOrder } from '../explanation.ts';
import { grantList } from '../grant.ts';
import { live, ready } from '../health.ts';
import { revocationList, revocationOrder, revocationView } from '../revocation.ts';
import {
  authorizationServer,
  keySet,
  programServer,
  protectedResource,
  registeredProgram,
  signInPlaces,
  tokenAnswer,
} from '../sign-in.ts';
import { statementOrder, statementPage, statementView } from '../statement.ts';
import { about } from '../versions.ts';
import { PEOPLE_ROUTES } from './people-routes.ts';
import { OVERVIEW_ROUTES, POLICY_ROUTES } from './policy-routes.ts';
import { RECORD_ROUTES } from './record-routes.ts';
import { SQL_API_ROUTES } from './sql-api-routes.ts';
import { get, json, jsonBody, nothing, post, remove, type Route } from './route.ts';

/** Bytes of a request that holds SQL and binds. */
const STATEMENT = 2 * 1024 * 1024;
/** Bytes of a posted form: the longest SAML response that is read, in base64 and percent-encoded. */
const FORM = 1024 * 1024;

/** Bytes of what a program says of itself, or a browser posts for it. */
const REGISTRATION = 32 * 1024;

/** Bytes of a report on an attempt. */
const ATTEMPT = 16 * 1024;

const byId = { schema: z.object({ id: z.uuid() }), unknown: 'approval_unknown' } as const;
const byStatement = { schema: z.object({ id: z.uuid() }), unknown: 'result_unavailable' } as const;

const BROWSING = [
  'session_ended',
  'too_many_sessions',
  'too_many_statements',
  'record_allowance_used',
  'warehouse_unavailable',
] as const;

const DECIDING = ['approver_not_allowed', 'person_unclear', 'approval_void', 'approval_expired'] as const;

/**
 * Every route that the relay serves, grouped by subject, except those of Snowflake's driver protocol. The server, the
 * client, `sluice openapi` and the authorization tests are all generated from this table: only what is listed is served.
 */
export const ROUTES = {
  about: {
    read: get('/api/about', {
      authority: 'anyone',
      summary: 'Read the versions that the relay speaks',
      answers: { 200: json(about) },
    }),
    signIn: get('/api/sign-in', {
      authority: 'anyone',
      summary: 'Read where people sign in, and how a program sends them there',
      answers: { 200: json(signInPlaces) },
    }),
  },

  statements: {
    submit: post('/api/statements', {
      authority: 'run',
      summary: 'Run a statement',
      body: jsonBody(statementOrder, STATEMENT),
      answers: { 200: json(statementView), 202: json(statementView) },
      errors: ['duplicate_request', 'too_many_sessions', 'too_many_statements', 'record_allowance_used'],
      // The client gives each a `requestId`.
      repeatable: true,
    }),
    read: get('/api/statements/:id', {
      authority: 'run',
      summary: 'Read the state and the rows of one of your statements',
      params: byStatement,
      query: statementPage,
      answers: { 200: json(statementView) },
      errors: ['warehouse_unavailable'],
    }),
    explain: post('/api/explanations', {
      authority: 'run',
      summary: 'Explain what would happen to a statement, without running it',
      body: jsonBody(explanationOrder, STATEMENT),
      answers: { 200: json(explanation) },
      errors: [
        'statement_count',
        'too_many_sessions',
        'too_many_statements',
        'record_allowance_used',
        'session_ended',
      ],
    }),
    cancel: remove('/api/statements/:id', {
      authority: 'run',
      summary: 'Cancel one of your statements',
      params: byStatement,
      answers: { 200: json(statementView) },
      repeatable: true,
    }),
  },

  catalog: {
    databases: get('/api/catalog/databases', {
      authority: 'run',
      summary: 'List the databases that you may know of',
      answers: { 200: json(catalogDatabases) },
      errors: BROWSING,
    }),
    schemas: get('/api/catalog/schemas', {
      authority: 'run',
      summary: 'List the schemas of a database that you may know of',
      query: catalogSchemasQuery,
      answers: { 200: json(catalogSchemas) },
      errors: [...BROWSING, 'object_unknown'],
    }),
    objects: get('/api/catalog/objects', {
      authority: 'run',
      summary: 'List the tables and views of a schema that you may know of',
      query: catalogObjectsQuery,
      answers: { 200: json(catalogObjects) },
      errors: [...BROWSING, 'object_unknown'],
    }),
    object: get('/api/catalog/object', {
      authority: 'run',
      summary: 'Read the columns of a table or view, with their tags, and as your SELECT would mask them',
      query: catalogObjectQuery,
      answers: { 200: json(catalogObject) },
      errors: [...BROWSING, 'object_unknown', 'session_changed'],
    }),
  },

  approvals: {
    list: get('/api/approvals', {
      authority: 'own',
      summary: 'List the requests for approval that you may see',
      query: approvalListQuery,
      answers: { 200: json(approvalList) },
    }),
    read: get('/api/approvals/:id', {
      authority: 'own',
      summary: 'Read one request for approval',
      params: byId,
      answers: { 200: json(approvalView) },
    }),
    decide: post('/api/approvals/:id/decision', {
      authority: 'vote',
      summary: 'Approve or deny a request',
      params: byId,
      body: jsonBody(approvalDecision),
      answers: { 200: json(approvalSummary) },
      errors: DECIDING,
    }),
  },

  access: {
    ask: post('/api/access-requests', {
      authority: 'run',
      summary:
        'Ask for access ahead, for statements of one shape; nothing runs. 200 when nobody has to be asked',
      body: jsonBody(accessOrder),
      answers: { 200: json(explanation), 201: json(approvalSummary.options[1]) },
      errors: [
        'access_not_for_asking',
        'blocked',
        'statement_syntax',
        'statement_not_understood',
        'object_unknown',
        'column_unknown',
        'column_ambiguous',
        'statement_count',
        'too_many_held',
        'too_many_sessions',
        'too_many_statements',
        'record_allowance_used',
        'session_ended',
        'warehouse_unavailable',
      ],
    }),
    cancel: remove('/api/access-requests/:id', {
      authority: 'own',
      summary: 'Take back a request for access of one’s own',
      params: byId,
      answers: { 200: json(approvalSummary.options[1]) },
      errors: ['approval_void'],
    }),
  },

  attempts: {
    report: post('/api/attempts', {
      authority: 'run',
      summary: 'Report that a hook stopped an agent’s attempt to reach Snowflake past the relay',
      body: jsonBody(attemptReport, ATTEMPT),
      answers: { 204: nothing },
      errors: ['too_many_sessions', 'record_allowance_used', 'session_ended'],
      // A repeat has the same `attempt`, by which it is known.
      repeatable: true,
    }),
  },

  grants: {
    list: get('/api/grants', {
      authority: 'own',
      summary: 'List the grants that you hold, gave, or may revoke',
      answers: { 200: json(grantList) },
    }),
    revoke: remove('/api/grants/:id', {
      authority: 'decide',
      summary: 'Revoke a grant',
      params: byId,
      answers: { 204: nothing },
    }),
  },

  devices: {
    list: get('/api/devices', {
      authority: 'own',
      summary: 'List your signing devices',
      answers: { 200: json(deviceList) },
    }),
    enrol: post('/api/devices', {
      authority: 'decide',
      summary: 'Enrol a device; 202 if somebody else has to vouch for it',
      body: jsonBody(deviceEnrolment),
      answers: { 201: json(deviceView), 202: json(deviceRequestView) },
      errors: ['approver_not_allowed', 'person_unclear', 'too_many_held'],
    }),
    revoke: post('/api/devices/revocations', {
      authority: 'decide',
      summary: 'Revoke one of your devices',
      body: jsonBody(deviceRevocation),
      answers: { 204: nothing },
      errors: ['approver_not_allowed'],
    }),
    requests: get('/api/devices/requests', {
      authority: 'watch',
      summary: 'List other people’s devices that wait for somebody to vouch for them',
      answers: { 200: json(deviceRequestList) },
      errors: ['approver_not_allowed'],
    }),
    vouch: post('/api/devices/requests/:id/word', {
      authority: 'decide',
      summary: 'Vouch for another person’s device',
      params: byId,
      body: jsonBody(deviceWord),
      answers: { 201: json(deviceView) },
      errors: ['approver_not_allowed', 'person_unclear', 'approval_unknown'],
    }),
    repair: post('/api/devices/repairs', {
      authority: 'decide',
      summary:
        'Declare on the record that enrolments which an earlier fault let in do not count; for record keepers',
      body: jsonBody(deviceRepairOrder),
      answers: { 200: json(deviceRepair) },
      errors: ['approver_not_allowed', 'repair_refused', 'record_contradicted'],
    }),
  },

  breakGlass: {
    open: post('/api/break-glass', {
      authority: 'decide',
      summary: 'Open break-glass for one statement',
      body: jsonBody(breakGlassOrder),
      answers: { 201: json(breakGlassOpening) },
      errors: ['approver_not_allowed', 'too_many_held'],
    }),
    reviews: get('/api/reviews', {
      authority: 'own',
      summary: 'List statements that ran under break-glass: your own, and those to review',
      query: reviewListQuery,
      answers: { 200: json(reviewList) },
    }),
    close: post('/api/reviews/:id/close', {
      authority: 'decide',
      summary: 'Mark a statement that ran under break-glass as reviewed',
      params: byId,
      body: jsonBody(reviewClosing),
      answers: { 200: json(breakGlassReview) },
      errors: ['approver_not_allowed', 'person_unclear', 'approval_void'],
    }),
  },

  revocations: {
    list: get('/api/revocations', {
      authority: 'watch',
      summary: 'List revocations; for the security groups',
      answers: { 200: json(revocationList) },
      errors: ['approver_not_allowed'],
    }),
    add: post('/api/revocations', {
      authority: 'decide',
      summary: 'Revoke a person’s access at once; for the security groups',
      body: jsonBody(revocationOrder),
      answers: { 201: json(revocationView) },
      errors: ['approver_not_allowed'],
    }),
  },

  ...PEOPLE_ROUTES,

  ...POLICY_ROUTES,

  ...OVERVIEW_ROUTES,

  ...RECORD_ROUTES,

  ...SQL_API_ROUTES,

  callbacks: {
    decide: post('/api/callbacks/:name', {
      authority: 'signature',
      summary: 'Report a decision that was made in another system',
      params: { schema: z.object({ name: z.string().max(200) }), unknown: 'token_invalid' },
      body: jsonBody(callbackDecision, 1024 * 1024),
      answers: { 200: json(approvalSummary) },
      errors: ['approval_unknown', ...DECIDING],
    }),
  },

  mcp: {
    call: post('/mcp', {
      authority: 'run',
      summary: 'Model Context Protocol, over streamable HTTP',
      body: jsonBody(z.unknown(), STATEMENT),
      answers: {
        200: { form: 'raw', types: ['application/json', 'text/event-stream'] },
        202: { form: 'raw', types: ['application/json'] },
      },
      errors: ['approver_not_allowed'],
    }),
    resource: get('/.well-known/oauth-protected-resource', {
      authority: 'anyone',
      summary: 'Read which issuers the relay trusts',
      answers: { 200: json(protectedResource) },
    }),
    resourceOfMcp: get('/.well-known/oauth-protected-resource/mcp', {
      authority: 'anyone',
      summary: 'Read the same where MCP clients look for it',
      answers: { 200: json(protectedResource) },
    }),
  },

  /** There when SAML sign-in is configured. */
  saml: {
    server: get('/.well-known/oauth-authorization-server', {
      authority: 'anyone',
      summary: 'Read where to sign in with SAML',
      answers: { 200: json(authorizationServer) },
    }),
    keys: get('/saml/keys', {
      authority: 'anyone',
      summary: 'Read the public keys of the relay’s own tokens',
      answers: { 200: json(keySet) },
    }),
    metadata: get('/saml/metadata', {
      authority: 'anyone',
      summary: 'Read the metadata of the relay as a SAML service provider',
      answers: { 200: { form: 'text', type: 'application/samlmetadata+xml' } },
    }),
    signIn: get('/saml/sign-in', {
      authority: 'anyone',
      summary: 'Begin a sign-in in a person’s browser',
      // RFC 6749, section 4.1.1, and PKCE; looked at where the sign-in begins.
      query: z.looseObject({}),
      answers: { 303: { form: 'redirect' } },
      errors: ['request_malformed'],
      errorForm: 'page',
    }),
    consume: post('/saml/acs', {
      authority: 'anyone',
      summary: 'Receive the identity provider’s response',
      body: form(z.looseObject({})),
      answers: { 303: { form: 'redirect' } },
      errors: ['token_invalid'],
      errorForm: 'page',
    }),
    token: post('/saml/token', {
      authority: 'anyone',
      summary: 'Exchange the code of a sign-in for a token',
      body: form(z.looseObject({})),
      answers: { 200: json(tokenAnswer) },
      errorForm: 'oauth',
    }),
  },

  /** There when programs may register themselves (`identity.programs`). */
  oauth: {
    server: get('/.well-known/oauth-authorization-server/oauth', {
      authority: 'anyone',
      summary: 'Read where programs register and sign people in',
      answers: { 200: json(programServer) },
    }),
    register: post('/oauth/register', {
      authority: 'anyone',
      summary: 'Register a program; nothing is kept of it',
      // RFC 7591; looked at where it is registered.
      body: jsonBody(z.looseObject({}), REGISTRATION),
      answers: { 201: json(registeredProgram) },
      errorForm: 'oauth',
    }),
    authorize: get('/oauth/authorize', {
      authority: 'anyone',
      summary: 'Ask a person, in their browser, whether a program may run SQL as them',
      query: z.looseObject({}),
      answers: { 200: { form: 'raw', types: ['text/html'] } },
      errors: ['request_malformed'],
      errorForm: 'page',
    }),
    consent: post('/oauth/consent', {
      authority: 'anyone',
      summary: 'Receive what they have answered',
      body: form(z.looseObject({}), REGISTRATION),
      answers: { 303: { form: 'redirect' } },
      errors: ['token_invalid'],
      errorForm: 'page',
    }),
    callback: get('/oauth/callback', {
      authority: 'anyone',
      summary: 'Receive the browser from the issuer where they signed in',
      query: z.looseObject({}),
      answers: { 303: { form: 'redirect' } },
      errors: ['token_invalid', 'token_expired', 'token_untrusted', 'token_cannot_run', 'identity_revoked'],
      errorForm: 'page',
    }),
    token: post('/oauth/token', {
      authority: 'anyone',
      summary: 'Exchange the code of a sign-in for a token for MCP',
      body: form(z.looseObject({}), REGISTRATION),
      answers: { 200: json(tokenAnswer) },
      errorForm: 'oauth',
    }),
  },

  health: {
    live: get('/livez', {
      authority: 'anyone',
      summary: 'Check whether the process is alive',
      answers: { 200: json(live) },
    }),
    ready: get('/readyz', {
      authority: 'anyone',
      summary: 'Check whether the relay is ready',
      answers: { 200: json(ready), 503: json(ready) },
    }),
  },

  metrics: {
    read: get('/metrics', {
      authority: 'own',
      summary: 'Read what the relay counts of itself, in Prometheus’ text form; for monitors',
      answers: { 200: { form: 'text', type: 'text/plain' } },
      errors: ['approver_not_allowed'],
    }),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Route>>>>;

function form<Schema extends z.ZodType>(schema: Schema, limit = FORM) {
  return { type: 'application/x-www-form-urlencoded', schema, limit } as const;
}

export type Routes = typeof ROUTES;
export type RouteGroup = keyof Routes;

/** All of them, in the order of the table. */
export function allRoutes(): readonly Route[] {
  return Object.values(ROUTES).flatMap((group): Route[] => Object.values(group));
}
