import { z } from 'zod';

/**
 * The policy file as written: what a reader of YAML sees. `compile.ts` makes of it what `decide` runs on.
 * Every object is strict: a misspelt condition must be an error, never a condition that is not there.
 */
const name = z.string().regex(/^[\w][\w.\- ]*$/, 'a name of letters, digits, spaces, `_`, `-` and `.`');
const names = z.array(name).min(1);
const globs = z.array(z.string().min(1)).min(1);
const duration = z
  .string()
  .regex(/^[1-9]\d{0,5}(s|m|h|d)$/, 'a duration such as `90s`, `15m`, `8h` or `7d`')
  .meta({ description: 'A whole number and a unit: s, m, h or d.' });
const clock = z.string().regex(/^([01]\d|2[0-4]):[0-5]\d$/, 'a time of day such as `08:00`');
const tagList = z
  .array(z.string().min(1))
  .min(1)
  .meta({ description: 'Tags; `*` inside a name stands for anything.' });

const detector = z.enum([
  'card_number',
  'us_ssn',
  'iban',
  'email',
  'phone',
  'national_id',
  'secret_key',
  'jwt',
]);
const detectors = z.array(detector).min(1);

const useKind = z.enum([
  'compare',
  'equal',
  'join',
  'group',
  'order',
  'window',
  'aggregate',
  'count',
  'condition',
  'argument',
]);

const substitute = z.enum(['token', 'blank']);

/** What else of a tagged column may be shown; the safe answer is the default. */
const derived = {
  expressions: z
    .enum(['redact', 'mask'])
    .default('redact')
    .meta({ description: 'An expression of the column: redacted whole, or masked as the column itself.' }),
  aggregates: z
    .enum(['redact', 'mask', 'allow'])
    .default('redact')
    .meta({ description: 'An aggregate (MIN, LISTAGG, AVG ...): redacted, masked, or shown.' }),
  uses: z
    .union([substitute, z.partialRecord(useKind, substitute)])
    .optional()
    .meta({
      description:
        'What a use (a group, a join, a comparison) runs on in place of the values, so that nobody need be asked: ' +
        '`token` keeps which are equal, for group and join; `blank` keeps nothing. For all uses, or use by use.',
    }),
};

const mask = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('redact'), ...derived }),
  // YAML reads a bare `null` as the null value: both spellings mean the method.
  z.strictObject({ method: z.literal(['null', null]), ...derived }),
  z.strictObject({ method: z.literal('constant'), value: z.string().max(200), ...derived }),
  z
    .strictObject({
      method: z.literal('partial'),
      keep_first: z.int().min(0).max(8).default(0),
      keep_last: z.int().min(0).max(8).default(0),
      ...derived,
    })
    .refine((partial) => partial.keep_first + partial.keep_last > 0, {
      message: 'expected `keep_first` or `keep_last` of at least 1; use `redact` to keep nothing',
    }),
  z.strictObject({
    method: z.literal('token'),
    domain: name.optional().meta({ description: 'Tokens join within a domain. Default: the tag.' }),
    ...derived,
  }),
  z.strictObject({ method: z.literal('date'), to: z.enum(['month', 'quarter', 'year']), ...derived }),
  z.strictObject({ method: z.literal('number'), step: z.number().positive(), ...derived }),
  z.strictObject({ method: z.literal('detect'), detectors, ...derived }),
]);

const hours = z.strictObject({
  days: z
    .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
    .min(1)
    .optional(),
  from: clock,
  to: clock,
});

const objectType = z.enum([
  'table',
  'view',
  'stage',
  'function',
  'procedure',
  'schema',
  'database',
  'warehouse',
  'role',
  'user',
  'integration',
  'share',
  'task',
  'stream',
  'pipe',
  'sequence',
  'file_format',
  'policy',
  'tag',
  'session',
  'other',
]);
const access = z.enum(['read', 'write', 'create', 'alter', 'drop', 'grant', 'use', 'describe', 'call']);
const objects = z
  .array(
    z.strictObject({
      names: globs.meta({
        description: 'Such as `SHOP.PUBLIC.*`; as many parts as the name has; `**` for any name.',
      }),
      access: z.array(access).min(1).optional(),
      types: z.array(objectType).min(1).optional(),
    }),
  )
  .min(1);
const uses = z.array(z.strictObject({ tags: tagList, as: z.array(useKind).min(1).optional() })).min(1);
const flows = z
  .array(
    z.strictObject({
      tags: tagList,
      to: z
        .array(z.enum(['column', 'location', 'variable']))
        .min(1)
        .optional(),
    }),
  )
  .min(1);

/** Who asks, from what, when: every condition that is written must be met. */
const who = {
  groups: globs.optional(),
  people: globs.optional().meta({
    description: 'A subject (`ada`), or issuer and subject (`https://issuer|ada`); `*` is a wildcard.',
  }),
  identities: z
    .array(z.enum(['person', 'workload']))
    .min(1)
    .optional(),
  applications: globs.optional().meta({ description: 'Client programs, as they name themselves.' }),
  agents: globs.optional().meta({ description: 'Agents behind the client, as they name themselves.' }),
  protocols: z
    .array(z.enum(['snowflake', 'mcp', 'api']))
    .min(1)
    .optional(),
  during: hours.optional(),
  outside: hours.optional(),
  kinds: globs.optional().meta({ description: 'Statement kinds or families: `query`, `create_*`.' }),
};

/** For permitting rules (allow, mask, ask): what they cover. All that a statement does must be covered by some rule. */
const grant = z.strictObject({
  ...who,
  objects: objects.optional(),
  uses: uses.optional(),
  flows: flows.optional(),
  functions: globs.optional(),
});

/** For restricting rules (block, ask): what sets them off. One thing that matches is enough for each condition. */
const trigger = z.strictObject({
  ...who,
  objects: objects.optional(),
  reads: tagList.optional(),
  uses: uses.optional(),
  flows: flows.optional(),
  functions: globs.optional(),
  missing_where: z.literal(true).optional(),
  opaque: z.literal(true).optional(),
  unresolved: z.literal(true).optional(),
});

const sentence = z.string().min(1).max(500);
const rule = z.discriminatedUnion('effect', [
  z.strictObject({
    name,
    effect: z.literal('allow'),
    reason: sentence.optional(),
    when: grant,
    reveal: tagList.optional().meta({ description: 'Tags that these people see unmasked.' }),
  }),
  z.strictObject({
    name,
    effect: z.literal('mask'),
    reason: sentence.optional(),
    when: grant,
    masks: z.record(name, mask).meta({ description: 'By tag, in place of the masks for everybody.' }),
  }),
  z.strictObject({ name, effect: z.literal('ask'), reason: sentence, when: trigger, approvers: name }),
  z.strictObject({ name, effect: z.literal('block'), reason: sentence, when: trigger }),
]);

const signIn = z
  .strictObject({
    within: duration.default('1h'),
    acr: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .meta({ description: 'Ways of signing in that will do (`acr` of the token); without it, any.' }),
  })
  .meta({ description: 'How recently people must have signed in to decide, and how.' });

const approvers = z.strictObject({
  groups: names,
  needed: z.int().min(1).max(10).default(1),
  expires_after: duration.default('1h'),
  valid_for: duration.default('10m'),
  grant_up_to: duration
    .optional()
    .meta({ description: 'How long an approver may let like statements through; without it, never.' }),
  grant_rows: z
    .int()
    .positive()
    .max(1_000_000_000)
    .optional()
    .meta({ description: 'Rows at most that all statements under one grant may change or return; 1000.' }),
  access_up_to: duration
    .optional()
    .meta({ description: 'How long access may last that is asked for ahead; without it, none may be.' }),
  escalate: z.strictObject({ after: duration, to: names }).optional(),
  signed: z.boolean().default(false),
  sign_in: signIn.optional().meta({ description: 'In place of the `sign_in` of the whole policy.' }),
});

const bytes = z.string().regex(/^[1-9]\d{0,8}(B|KB|MB|GB)$/, 'a size such as `500KB` or `20MB`');
const limit = z
  .strictObject({
    name,
    when: z.strictObject(who).default({}),
    per: z.enum(['statement', 'session', 'day']),
    rows: z.int().positive().optional(),
    bytes: bytes.optional(),
    on_excess: z
      .enum(['stop', 'ask'])
      .meta({ description: 'A result is always stopped at the limit; with `ask`, people may let more out.' }),
    approvers: name.optional(),
  })
  .refine((limit) => limit.rows !== undefined || limit.bytes !== undefined, {
    message: 'expected `rows` or `bytes`',
  });

const defaults = z.strictObject({
  uses: z.enum(['block', 'ask']).default('block'),
  flows: z.enum(['block', 'ask']).default('block'),
  opaque: z.enum(['block', 'ask']).default('block'),
  unresolved: z
    .union([z.enum(['redact', 'block', 'ask']), z.strictObject({ detect: detectors })])
    .default('redact'),
  approvers: name.optional(),
});

export const policyDocument = z
  .strictObject({
    version: z.literal(1),
    timezone: z.string().default('UTC'),
    tags: z
      .record(
        name,
        z.array(z.string()).meta({ description: '`DB.SCHEMA.TABLE.COLUMN`, `*` as wildcard, `:a.b` path.' }),
      )
      .default({}),
    snowflake_tags: z
      .record(z.string().regex(/^[^=]+=[^=]+$/, 'a tag and its value such as `PII=EMAIL`'), name)
      .default({})
      .meta({
        description:
          'Which of the tags above a tag of Snowflake’s own stands for: `PII=*: pii`. Those that are not named here stand for tags of their own name.',
      }),
    masks: z
      .strictObject({
        tags: z.record(name, mask).default({}),
        columns: z.record(z.string(), mask).default({}),
      })
      .default({ tags: {}, columns: {} }),
    defaults: defaults.prefault({}),
    approvers: z.record(name, approvers).default({}),
    sign_in: signIn.prefault({}),
    roles: z
      .array(z.strictObject({ groups: globs, roles: names, default: name.optional() }))
      .optional()
      .meta({ description: 'Which Snowflake roles a group may use; without it, no role may be changed.' }),
    declare: z
      .strictObject({ functions: globs.default([]) })
      .default({ functions: [] })
      .meta({ description: 'User-defined functions that are pure functions of their arguments.' }),
    limits: z.array(limit).default([]),
    break_glass: z
      .array(
        z
          .strictObject({
            name,
            groups: names.optional(),
            people: globs.optional(),
            lifts: z.array(z.enum(['ask', 'block'])).min(1),
            reveal: tagList.optional(),
          })
          .refine((entry) => entry.groups !== undefined || entry.people !== undefined, {
            message: 'expected `groups` or `people`: break-glass is for named people',
          }),
      )
      .default([]),
    rules: z.array(rule),
  })
  .meta({ title: 'Sluice policy' });

export type PolicyDocument = z.output<typeof policyDocument>;
export type MaskEntry = z.output<typeof mask>;
export type RuleEntry = z.output<typeof rule>;
export type SignInEntry = z.output<typeof signIn>;
export type WhoEntry = Pick<z.output<typeof trigger>, keyof typeof who>;
export type TriggerEntry = z.output<typeof trigger>;
export type HoursEntry = z.output<typeof hours>;
export type LimitEntry = z.output<typeof limit>;
export type DefaultsEntry = z.output<typeof defaults>;
