import type { EventBody } from '@sluice/contract';
import { typeOf } from '../log/seal-event.ts';
import type { Opened, StreamedEvent } from './stream-events.ts';

/**
 * Converts an event to OCSF 1.6.0: Authentication (3002) when a session opens or closes, Datastore Activity (6005) for
 * events of a statement, API Activity (6003) for the rest. The security_control profile carries the decision.
 * `metadata.uid` is the event's hash, so that the event can be found on the record.
 * Source: the OCSF schema, events/iam/authentication.json, events/application/.
 */
export function ocsfEvent({ position, event, opened }: StreamedEvent): object {
  const type = typeOf(event);
  const body = 'body' in event ? event.body : null;
  const shape = classOf(body, type, opened);
  return {
    ...shape,
    type_uid: shape.class_uid * 100 + shape.activity_id,
    time: Date.parse(event.at),
    ...outcomeOf(body),
    metadata: {
      version: '1.6.0',
      product: { name: 'Sluice', vendor_name: 'Sluice' },
      profiles: ['security_control'],
      uid: event.hash,
      event_code: type,
      sequence: position,
      correlation_uid: event.session,
      original_time: event.at,
    },
    actor: { user: userOf(opened), session: { uid: event.session }, app_name: opened?.client.application },
    src_endpoint: endpointOf(opened),
    unmapped: { seq: event.seq, previous: event.previous, body },
  };
}

function classOf(body: EventBody | null, type: string, opened: Opened | null) {
  if (type === 'opened' || type === 'closed') {
    return {
      category_uid: 3,
      class_uid: 3002,
      activity_id: type === 'opened' ? 1 : 2,
      user: userOf(opened),
      service: { name: 'Sluice' },
    };
  }
  if (body !== null && 'statement' in body && body.statement !== null) {
    return {
      category_uid: 6,
      class_uid: 6005,
      activity_id: 4,
      database: { name: databaseOf(body) ?? 'unknown', type_id: 1 },
      query_info: { uid: body.statement, ...queryOf(body) },
    };
  }
  return { category_uid: 6, class_uid: 6003, activity_id: 99, api: { operation: type } };
}

function databaseOf(body: EventBody): string | null {
  if (body.type === 'statement') return body.state.database;
  return body.type === 'approval_asked' || body.type === 'access_asked' ? body.bound.database : null;
}

function queryOf(body: EventBody): object {
  if (body.type === 'statement') return { datastore_query: body.sql };
  return body.type === 'result' || body.type === 'chunk_returned' ? { bytes_out: body.bytes } : {};
}

/** severity_id: 1 informational, 2 low, 3 medium. status_id: 1 success, 2 failure. action_id: 1 allowed, 2 denied. */
function outcomeOf(body: EventBody | null): object {
  switch (body?.type) {
    case 'decision':
      return body.effect === 'block' ? denied(body.reason) : { ...FINE, action_id: 1, message: body.reason };
    case 'blocked':
    case 'refused':
      return denied(body.reason);
    case 'bypass_attempted':
      return body.kind === 'found' ? { ...FINE, message: body.evidence } : denied(body.evidence);
    case 'approval_decided':
      return body.verdict === 'deny'
        ? denied(body.comment)
        : { ...FINE, action_id: 1, disposition_id: 1, message: body.comment };
    case 'error':
      return { severity_id: 2, status_id: 2, status_code: body.code, message: body.message };
    case 'executed':
      return { ...FINE, action_id: 1, disposition_id: 1 };
    case undefined:
    case 'opened':
    case 'prompt':
    case 'statement':
    case 'understanding':
    case 'approval_asked':
    case 'access_asked':
    case 'approval_ended':
    case 'result':
    case 'chunk_returned':
    case 'cancelled':
    case 'notice':
    case 'closed':
    case 'hold':
    case 'redacted':
    case 'signing_key':
    case 'device_enrolled':
    case 'device_revoked':
    case 'enrolments_voided':
      return FINE;
    default:
      return body satisfies never;
  }
}

const FINE = { severity_id: 1, status_id: 1 };

function denied(message: string): object {
  return { severity_id: 3, status_id: 2, action_id: 2, disposition_id: 2, message };
}

function userOf(opened: Opened | null): object {
  if (opened === null) return { name: 'unknown', type_id: 0 };
  const { id, name, groups, kind } = opened.identity;
  // type_id: 1 a person, 4 a service.
  return { uid: id, name, groups: groups.map((name) => ({ name })), type_id: kind === 'person' ? 1 : 4 };
}

function endpointOf(opened: Opened | null): object {
  return opened === null ? { name: 'sluice' } : { ip: opened.client.address };
}
