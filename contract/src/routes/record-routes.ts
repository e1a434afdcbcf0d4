import { z } from 'zod';
import {
  checkpointKeys,
  checkpointKeysQuery,
  checkpointList,
  checkpointListQuery,
  checkpointView,
  cosignatureOrder,
  handoverList,
  logProof,
  logProofQuery,
} from '../checkpoint.ts';
import { holdList, holdListQuery, holdOrder, holdOutcome } from '../legal-hold.ts';
import { retentionOrder, retentionPreview, retentionRun, retentionStatus } from '../retention.ts';
import { searchPage, searchQuery } from '../search.ts';
import { recordedEvent, sessionEventsQuery, sessionList, sessionListQuery } from '../session.ts';
import { file, get, json, jsonBody, lines, post, type Route } from './route.ts';

const bySession = { schema: z.object({ id: z.uuid() }), unknown: 'session_unknown' } as const;
/** The payload at this place, from 0, of those that the event names. */
const byPayload = {
  schema: z.object({
    id: z.uuid(),
    seq: z.coerce.number().int().min(0),
    place: z.coerce.number().int().min(0),
  }),
  unknown: 'session_unknown',
} as const;
const bySize = {
  schema: z.object({ size: z.coerce.number().int().positive() }),
  unknown: 'checkpoint_unknown',
} as const;

/** The routes of the record: who may read it, and those who look after it. */
export const RECORD_ROUTES = {
  sessions: {
    list: get('/api/sessions', {
      authority: 'own',
      summary: 'List recorded sessions: your own, or everybody’s and the relay’s for auditors',
      query: sessionListQuery,
      answers: { 200: json(sessionList) },
    }),
    events: get('/api/sessions/:id/events', {
      authority: 'own',
      summary: 'Read the events of a session, one per line, as recorded',
      params: bySession,
      query: sessionEventsQuery,
      answers: { 200: lines(recordedEvent) },
    }),
    payload: get('/api/sessions/:id/events/:seq/payloads/:place', {
      authority: 'own',
      summary: 'Read rows or binds that an event names, as they were sent',
      params: byPayload,
      answers: { 200: file('application/octet-stream') },
      errors: ['result_unavailable'],
    }),
    export: get('/api/sessions/:id/export', {
      authority: 'watch',
      summary: 'Export a session as a file that proves itself; for auditors, and itself recorded',
      params: bySession,
      answers: { 200: file('application/x-ndjson') },
      errors: ['approver_not_allowed', 'record_contradicted'],
    }),
    search: get('/api/sessions/search', {
      authority: 'watch',
      summary: 'Find events of all sessions; for auditors, and itself recorded',
      query: searchQuery,
      answers: { 200: json(searchPage) },
      errors: ['approver_not_allowed'],
    }),
  },

  checkpoints: {
    list: get('/api/checkpoints', {
      authority: 'own',
      summary: 'List the checkpoints that the relay has signed',
      query: checkpointListQuery,
      answers: { 200: json(checkpointList) },
    }),
    newest: get('/api/checkpoints/newest', {
      authority: 'own',
      summary: 'Read the newest checkpoint, to keep it elsewhere',
      answers: { 200: json(checkpointView) },
      errors: ['checkpoint_unknown'],
    }),
    keys: get('/api/checkpoints/keys', {
      authority: 'own',
      summary: 'Read the public keys that the relay says it signs with, and those of its witnesses',
      query: checkpointKeysQuery,
      answers: { 200: json(checkpointKeys) },
    }),
    handovers: get('/api/checkpoints/handovers', {
      authority: 'own',
      summary: 'Read how each signing key of the log has handed over to the next',
      answers: { 200: json(handoverList) },
    }),
    read: get('/api/checkpoints/:size', {
      authority: 'own',
      summary: 'Read the newest checkpoint over so many events',
      params: bySize,
      answers: { 200: json(checkpointView) },
    }),
    proof: get('/api/checkpoints/:size/proof', {
      authority: 'own',
      summary: 'Read the proof that the log of a checkpoint goes on from one of fewer events',
      params: bySize,
      query: logProofQuery,
      answers: { 200: json(logProof) },
    }),
    cosign: post('/api/checkpoints/cosignatures', {
      authority: 'watch',
      summary: 'Hand in what a device of yours has cosigned, as a witness; kept with the checkpoint',
      body: jsonBody(cosignatureOrder),
      answers: { 200: json(checkpointView) },
      errors: ['approver_not_allowed', 'checkpoint_unknown', 'cosignature_refused'],
      repeatable: true,
    }),
    take: post('/api/checkpoints', {
      authority: 'watch',
      summary: 'Sign everything on the record so far; for auditors and record keepers',
      answers: { 201: json(checkpointView) },
      errors: ['approver_not_allowed', 'record_contradicted'],
      // It signs the same again, or more.
      repeatable: true,
    }),
  },

  holds: {
    list: get('/api/holds', {
      authority: 'watch',
      summary: 'List the sessions under legal hold; for record keepers, auditors and the security groups',
      query: holdListQuery,
      answers: { 200: json(holdList) },
      errors: ['approver_not_allowed'],
    }),
    set: post('/api/holds', {
      authority: 'decide',
      summary: 'Place sessions under legal hold; for record keepers',
      body: jsonBody(holdOrder),
      answers: { 200: json(holdOutcome) },
      errors: ['approver_not_allowed', 'session_unknown'],
      repeatable: true,
    }),
    release: post('/api/holds/releases', {
      authority: 'decide',
      summary: 'Release sessions from legal hold; for record keepers',
      body: jsonBody(holdOrder),
      answers: { 200: json(holdOutcome) },
      errors: ['approver_not_allowed', 'session_unknown'],
      repeatable: true,
    }),
  },

  retention: {
    read: get('/api/retention', {
      authority: 'watch',
      summary:
        'Read the rules of retention, and how far it is; for record keepers, auditors and the security groups',
      answers: { 200: json(retentionStatus) },
      errors: ['approver_not_allowed'],
    }),
    preview: get('/api/retention/preview', {
      authority: 'watch',
      summary: 'Count what retention would remove now, without removing it',
      answers: { 200: json(retentionPreview) },
      errors: ['approver_not_allowed'],
    }),
    run: post('/api/retention/runs', {
      authority: 'decide',
      summary: 'Begin to remove what the rules of retention no longer keep; for record keepers',
      body: jsonBody(retentionOrder),
      answers: { 202: json(retentionRun) },
      errors: ['approver_not_allowed', 'retention_refused'],
    }),
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Route>>>>;
