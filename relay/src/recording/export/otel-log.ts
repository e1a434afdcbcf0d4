import type { EventBody } from '@sluice/contract';
import { typeOf } from '../log/seal-event.ts';
import type { StreamedEvent } from './stream-events.ts';

/**
 * Converts an event to an OpenTelemetry LogsData in OTLP's JSON encoding, which the collector's `otlpjsonfile` receiver
 * reads line by line. Source: opentelemetry-proto, logs/v1/logs.proto, and the JSON rules of the OTLP specification
 * (64-bit integers as text).
 */
export function otelLog({ position, event, opened }: StreamedEvent): object {
  const type = typeOf(event);
  const body = 'body' in event ? event.body : null;
  const attributes = {
    'log.record.uid': event.hash,
    'session.id': event.session,
    'user.id': opened?.identity.id,
    'user.name': opened?.identity.name,
    'client.address': opened?.client.address,
    'db.query.text': body?.type === 'statement' ? body.sql : undefined,
    'db.system.name': 'snowflake',
    'sluice.position': position,
    'sluice.seq': event.seq,
    'sluice.previous': event.previous,
  };
  const [severityNumber, severityText] = severityOf(body);
  const logRecord = {
    timeUnixNano: `${Date.parse(event.at)}000000`,
    severityNumber,
    severityText,
    eventName: `sluice.${type}`,
    body: valueOf(body),
    attributes: membersOf(attributes),
  };
  const resource = { attributes: membersOf({ 'service.name': 'sluice' }) };
  return {
    resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'sluice' }, logRecords: [logRecord] }] }],
  };
}

function severityOf(body: EventBody | null): readonly [number, string] {
  if (body?.type === 'error') return [17, 'ERROR'];
  return body?.type === 'blocked' ||
    body?.type === 'refused' ||
    (body?.type === 'bypass_attempted' && body.kind !== 'found')
    ? [13, 'WARN']
    : [9, 'INFO'];
}

/** AnyValue of common/v1/common.proto. Null becomes an AnyValue without members. */
function valueOf(value: unknown): object {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(valueOf) } };
  return { kvlistValue: { values: membersOf(value as Readonly<Record<string, unknown>>) } };
}

function membersOf(object: Readonly<Record<string, unknown>>): object[] {
  return Object.entries(object)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ({ key, value: valueOf(value) }));
}
