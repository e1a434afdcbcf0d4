/** The shapes that docs/recording-format.md lists, as plain checks: strict about members, ignorant of the relay. */

type Shape = (value: unknown) => boolean;

export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text: Shape = (value) => typeof value === 'string';
const flag: Shape = (value) => typeof value === 'boolean';
const whole: Shape = (value) => Number.isSafeInteger(value);
const count: Shape = (value) => whole(value) && Number(value) >= 0;
const positive: Shape = (value) => whole(value) && Number(value) > 0;
const matching =
  (pattern: RegExp): Shape =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const digest = matching(/^[0-9a-f]{64}$/);
const signature = matching(/^[0-9a-f]{128}$/);
const uuid = matching(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i);
const instant: Shape = (value) => {
  const date = typeof value === 'string' ? new Date(value) : undefined;
  return date !== undefined && !Number.isNaN(date.getTime()) && date.toISOString() === value;
};
const base64: Shape = (value) =>
  typeof value === 'string' && Buffer.from(value, 'base64').toString('base64') === value;
const oneOf =
  (...words: string[]): Shape =>
  (value) =>
    typeof value === 'string' && words.includes(value);
const orNull =
  (shape: Shape): Shape =>
  (value) =>
    value === null || shape(value);
const list =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(shape);
const members =
  (shapes: Record<string, Shape>): Shape =>
  (value) =>
    isObject(value) &&
    Object.keys(value).length === Object.keys(shapes).length &&
    Object.entries(shapes).every(([name, shape]) => Object.hasOwn(value, name) && shape(value[name]));

const identity = members({
  id: text,
  issuer: text,
  subject: text,
  name: text,
  groups: list(text),
  kind: oneOf('person', 'workload'),
});
const state = members({
  database: orNull(text),
  schema: orNull(text),
  warehouse: orNull(text),
  role: orNull(text),
});
const bound = members({
  approval: uuid,
  session: uuid,
  statement: uuid,
  requester: text,
  sql: text,
  binds: orNull(digest),
  describeOnly: flag,
  role: orNull(text),
  warehouse: orNull(text),
  database: orNull(text),
  schema: orNull(text),
  sessionContext: text,
  policyVersion: text,
  rule: text,
  objects: list(members({ type: text, name: text, access: text, fingerprint: digest })),
  needed: positive,
  approvers: list(text),
  expiresAt: instant,
  validFor: positive,
});

const bodies: Readonly<Record<string, Record<string, Shape>>> = {
  opened: {
    identity,
    client: members({
      application: text,
      version: text,
      protocol: oneOf('snowflake', 'mcp', 'api'),
      address: text,
      agent: orNull(text),
    }),
    state,
  },
  prompt: { text, source: text },
  statement: {
    statement: uuid,
    requestId: text,
    sql: text,
    binds: orNull(digest),
    state,
    describeOnly: flag,
  },
  understanding: {
    statement: uuid,
    understood: flag,
    kind: members({ family: text, name: text }),
    objects: list(members({ type: text, name: text, access: text })),
    outputs: list(members({ name: text, sources: list(text), unresolved: flag })),
    problem: orNull(text),
  },
  decision: {
    statement: uuid,
    effect: oneOf('allow', 'mask', 'ask', 'block'),
    rule: text,
    reason: text,
    sentence: text,
    range: members({ start: whole, end: whole }),
    policyVersion: text,
    masks: list(members({ output: whole, method: text, because: text })),
  },
  blocked: { statement: uuid, rule: text, reason: text },
  approval_asked: {
    statement: uuid,
    approval: uuid,
    bound,
    binding: digest,
    approvers: list(text),
    needed: whole,
    expiresAt: instant,
  },
  approval_decided: {
    statement: uuid,
    approval: uuid,
    binding: digest,
    verdict: oneOf('approve', 'deny'),
    by: identity,
    comment: text,
    proposal: orNull(text),
    grantSeconds: orNull(positive),
    signature: orNull(
      members({ key: base64, algorithm: oneOf('Ed25519'), value: base64, decidedAt: instant }),
    ),
  },
  approval_ended: {
    statement: uuid,
    approval: uuid,
    how: oneOf('approved', 'denied', 'expired', 'cancelled', 'void'),
  },
  executed: { statement: uuid },
  result: {
    statement: uuid,
    columns: list(members({ name: text, type: text, masked: flag })),
    rows: whole,
    bytes: whole,
    complete: flag,
    payloads: list(digest),
    recordedRows: whole,
  },
  error: { statement: orNull(uuid), code: text, message: text },
  cancelled: { statement: uuid, by: text },
  refused: { what: text, reason: text },
  notice: { what: text, detail: (value) => isObject(value) && Object.values(value).every(text) },
  closed: { how: oneOf('client', 'expired', 'revoked', 'shutdown') },
  hold: { held: flag, by: identity, reason: text },
  redacted: { rule: text, events: list(count), payloads: list(digest) },
  signing_key: { key: digest, publicKey: base64 },
};

const body: Shape = (value) => {
  if (!isObject(value) || typeof value['type'] !== 'string' || !Object.hasOwn(bodies, value['type'])) {
    return false;
  }
  return members({ type: text, ...bodies[value['type']] })(value);
};

const place = { version: (value: unknown) => value === 1, session: uuid, seq: count, at: instant };
const links = { previous: digest, hash: digest };
const whole_ = members({ ...place, ...links, body, salt: matching(/^[0-9a-f]{32}$/) });
const bodiless = members({ ...place, ...links, type: oneOf(...Object.keys(bodies)), bodyDigest: digest });
const event: Shape = (value) => whole_(value) || bodiless(value);
const proof = list(digest);

export const isEvent = event;
export const isCheckpoint = members({
  log: uuid,
  size: count,
  root: digest,
  at: instant,
  key: digest,
  signature,
});

const lines: Readonly<Record<string, Record<string, Shape>>> = {
  export: { version: (value) => value === 1, log: uuid, session: uuid },
  handover: { event, position: count, proof, checkpoint: isCheckpoint },
  checkpoint: { checkpoint: isCheckpoint },
  event: { event, position: count, proof },
  payload: { address: digest, salt: digest, bytes: base64 },
  end: { events: count, digest, signature },
};

export const isLine: Shape = (value) => {
  if (!isObject(value) || typeof value['kind'] !== 'string' || !Object.hasOwn(lines, value['kind'])) {
    return false;
  }
  return members({ kind: text, ...lines[value['kind']] })(value);
};
