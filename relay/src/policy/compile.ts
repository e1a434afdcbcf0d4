import type { ObjectName } from '@sluice/snowflake-sql';
import { revealed } from '../text/index.ts';
import type { AskTerms } from './decision.ts';
import type {
  DefaultsEntry,
  LimitEntry,
  MaskEntry,
  PolicyDocument,
  RuleEntry,
  SignInEntry,
  TriggerEntry,
  WhoEntry,
} from './document.ts';
import { compileMask } from './compile-mask.ts';
import { compileHours, isTimezone, wallClock } from './hours.ts';
import type { Issue } from '../yaml/index.ts';
import { peopleInAnySpelling, peopleToTheLetter } from './people.ts';
import { anyExactGlob, anyGlob, columnPattern, glob, objectPattern, type ObjectPattern } from './patterns.ts';
import type { Defaults, Limit, Policy, Rule, TagMask, What, Who } from './policy.ts';
import { tagLookup, type TagPattern } from './tags.ts';
import { tagsByName } from './tags-by-name.ts';

type Path = readonly PropertyKey[];
type Report = (path: Path, message: string) => void;

/** Resolves every name and compiles every pattern, or says all that does not resolve. */
export function compilePolicy(
  document: PolicyDocument,
  version: string,
  text: string,
): { readonly policy: Policy } | { readonly issues: readonly Issue[] } {
  const issues: Issue[] = [];
  const report: Report = (path, message) => issues.push({ path, message });

  if (!isTimezone(document.timezone)) {
    report(['timezone'], `expected a time zone such as \`Europe/Berlin\`, found \`${document.timezone}\``);
  }
  const scope: Scope = { document, report, tags: new Set(Object.keys(document.tags)) };
  reportDuplicates(scope);

  const policy: Policy = {
    version,
    text,
    timezone: document.timezone,
    wallClock: wallClock(isTimezone(document.timezone) ? document.timezone : 'UTC'),
    rules: document.rules.map((rule, index) => compileRule(scope, rule, ['rules', index])),
    signIn: signInTerms(document.sign_in),
    limits: document.limits.map((limit, index) => compileLimit(scope, limit, ['limits', index])),
    breakGlass: document.break_glass.map((entry, index) => ({
      name: entry.name,
      who: compileWho({ groups: entry.groups, people: entry.people }, peopleToTheLetter),
      lifts: entry.lifts,
      reveals: tagTest(scope, entry.reveal, ['break_glass', index, 'reveal']),
    })),
    roles:
      document.roles?.map((mapping, index) => {
        if (mapping.default !== undefined && !mapping.roles.includes(mapping.default)) {
          report(['roles', index, 'default'], `expected one of this entry's \`roles\``);
        }
        return {
          groups: anyExactGlob(mapping.groups),
          roles: mapping.roles.map((role) => role.toUpperCase()),
          default: mapping.default?.toUpperCase() ?? null,
        };
      }) ?? null,
    defaults: compileDefaults(scope, document.defaults),
    tagMasks: compileMasks(scope, document.masks.tags, ['masks', 'tags']),
    columnMasks: Object.entries(document.masks.columns).flatMap(([pattern, mask]) => {
      const compiled = columnPattern(pattern);
      if (typeof compiled === 'string') {
        report(['masks', 'columns', pattern], compiled);
        return [];
      }
      if (compiled.path !== undefined) {
        report(['masks', 'columns', pattern], 'expected a whole column: tag the path and mask the tag');
      }
      return [{ matches: (column) => compiled.matches(column), mask: compileMask(mask, pattern) }];
    }),
    tagsOf: tagLookup(compileTags(scope)),
    importedTags: importedTags(scope),
    declared: anyObject(scope, document.declare.functions, ['declare', 'functions']),
  };
  return issues.length > 0 ? { issues } : { policy };
}

interface Scope {
  readonly document: PolicyDocument;
  readonly report: Report;
  readonly tags: ReadonlySet<string>;
}

function reportDuplicates({ document, report }: Scope): void {
  for (const section of ['rules', 'limits', 'break_glass'] as const) {
    const seen = new Set<string>();
    document[section].forEach(({ name }, index) => {
      if (seen.has(name))
        report([section, index, 'name'], `expected a name of its own, \`${name}\` is taken`);
      seen.add(name);
    });
  }
}

function compileRule(scope: Scope, entry: RuleEntry, path: Path): Rule {
  const base = {
    name: entry.name,
    who: compileWho(
      entry.when,
      entry.effect === 'ask' || entry.effect === 'block' ? peopleInAnySpelling : peopleToTheLetter,
    ),
    what: compileWhat(scope, entry.when, [...path, 'when']),
  };
  switch (entry.effect) {
    case 'allow':
      return {
        ...base,
        effect: 'allow',
        reason: revealed(entry.reason ?? `allowed by rule \`${entry.name}\``),
        reveals: tagTest(scope, entry.reveal, [...path, 'reveal']),
      };
    case 'mask':
      return {
        ...base,
        effect: 'mask',
        reason: revealed(entry.reason ?? `masked by rule \`${entry.name}\``),
        masks: compileMasks(scope, entry.masks, [...path, 'masks']),
      };
    case 'ask':
      return {
        ...base,
        effect: 'ask',
        reason: revealed(entry.reason),
        ask: askTerms(scope, entry.approvers, [...path, 'approvers']),
      };
    case 'block':
      return { ...base, effect: 'block', reason: revealed(entry.reason) };
    default:
      return entry satisfies never;
  }
}

function compileWho(
  entry: { [Key in keyof WhoEntry]?: WhoEntry[Key] | undefined },
  peopleNamed: typeof peopleToTheLetter,
): Who {
  return {
    ...(entry.groups && { groups: anyExactGlob(entry.groups) }),
    ...(entry.people && { people: peopleNamed(entry.people) }),
    ...(entry.identities && { identities: entry.identities }),
    ...(entry.applications && { applications: anyGlob(entry.applications) }),
    ...(entry.agents && { agents: anyGlob(entry.agents) }),
    ...(entry.protocols && { protocols: entry.protocols }),
    ...(entry.during && { during: compileHours(entry.during) }),
    ...(entry.outside && { outside: compileHours(entry.outside) }),
    ...(entry.kinds && { kinds: anyGlob(entry.kinds) }),
  };
}

function compileWhat(scope: Scope, entry: Partial<TriggerEntry>, path: Path): What {
  return {
    ...(entry.objects && {
      objects: entry.objects.map((condition, index) => ({
        names: objectPatterns(scope, condition.names, [...path, 'objects', index, 'names']),
        access: condition.access ?? null,
        types: condition.types ?? null,
      })),
    }),
    ...(entry.reads && { reads: tagTest(scope, entry.reads, [...path, 'reads']) }),
    ...(entry.uses && {
      uses: entry.uses.map(({ tags, as }, index) => ({
        tags: tagTest(scope, tags, [...path, 'uses', index, 'tags']),
        as: as ?? null,
      })),
    }),
    ...(entry.flows && {
      flows: entry.flows.map(({ tags, to }, index) => ({
        tags: tagTest(scope, tags, [...path, 'flows', index, 'tags']),
        to: to ?? null,
      })),
    }),
    ...(entry.functions && { functions: anyGlob(entry.functions) }),
    ...(entry.missing_where && { missingWhere: true }),
    ...(entry.opaque && { opaque: true }),
    ...(entry.unresolved && { unresolved: true }),
  };
}

function compileLimit(scope: Scope, entry: LimitEntry, path: Path): Limit {
  if (entry.on_excess === 'ask' && entry.approvers === undefined) {
    scope.report(path, 'missing: expected `approvers`, as the limit asks');
  }
  return {
    name: entry.name,
    who: compileWho(entry.when, peopleInAnySpelling),
    per: entry.per,
    rows: entry.rows ?? null,
    bytes: entry.bytes === undefined ? null : toBytes(entry.bytes),
    ask:
      entry.on_excess === 'ask' && entry.approvers !== undefined
        ? askTerms(scope, entry.approvers, [...path, 'approvers'])
        : null,
  };
}

function compileDefaults(scope: Scope, entry: DefaultsEntry): Defaults {
  const asks = [entry.uses, entry.flows, entry.opaque, entry.unresolved].includes('ask');
  if (asks && entry.approvers === undefined) {
    scope.report(['defaults'], 'missing: expected `approvers`, as a default asks');
  }
  const { uses, flows, opaque, unresolved } = entry;
  return {
    uses,
    flows,
    opaque,
    unresolved,
    ask: entry.approvers === undefined ? null : askTerms(scope, entry.approvers, ['defaults', 'approvers']),
  };
}

function compileTags(scope: Scope): readonly TagPattern[] {
  return Object.entries(scope.document.tags).flatMap(([tag, columns]) =>
    columns.flatMap((text, index) => {
      const pattern = columnPattern(text);
      if (typeof pattern !== 'string') return [{ tag, pattern }];
      scope.report(['tags', tag, index], pattern);
      return [];
    }),
  );
}

function importedTags(scope: Scope): Policy['importedTags'] {
  const mappings = Object.entries(scope.document.snowflake_tags).map(([pattern, tag]) => {
    if (!scope.tags.has(tag)) scope.report(['snowflake_tags', pattern], unknownTag(scope, tag));
    return { matches: glob(pattern), tag };
  });
  return (name, value) => {
    const mapped = mappings.filter(({ matches }) => matches(`${name}=${value}`)).map(({ tag }) => tag);
    return mapped.length > 0 ? mapped : tagsByName(scope.tags, name, value);
  };
}

function compileMasks(
  scope: Scope,
  masks: Readonly<Record<string, MaskEntry>>,
  path: Path,
): ReadonlyMap<string, TagMask> {
  return new Map(
    Object.entries(masks).map(([tag, mask]) => {
      if (!scope.tags.has(tag)) scope.report([...path, tag], unknownTag(scope, tag));
      checkTokens(scope, mask, [...path, tag, 'uses']);
      return [tag, compileMask(mask, tag)];
    }),
  );
}

/** Equal values have equal tokens, and that is all: an order, or a comparison, has nothing to go by. */
function checkTokens(scope: Scope, { uses }: MaskEntry, path: Path): void {
  if (uses === undefined || typeof uses === 'string') return;
  for (const [use, by] of Object.entries(uses))
    if (by === 'token' && use !== 'group' && use !== 'join')
      scope.report([...path, use], 'expected `blank`: tokens serve `group` and `join` only');
}

/** Tags must be known: a misspelt tag in a rule would be a rule that never matches. */
function tagTest(scope: Scope, tags: readonly string[] | undefined, path: Path): (tag: string) => boolean {
  if (tags === undefined) return () => false;
  tags.forEach((tag, index) => {
    const matches = anyExactGlob([tag]);
    if (tag !== '*' && ![...scope.tags].some(matches)) scope.report([...path, index], unknownTag(scope, tag));
  });
  return anyExactGlob(tags);
}

function unknownTag(scope: Scope, tag: string): string {
  const known = [...scope.tags].map((name) => `\`${name}\``).join(', ');
  return `expected a tag of the \`tags\` section${known === '' ? '' : ` (${known})`}, found \`${tag}\``;
}

function objectPatterns(scope: Scope, texts: readonly string[], path: Path): ObjectPattern[] {
  return texts.flatMap((text, index) => {
    const pattern = objectPattern(text);
    if (typeof pattern !== 'string') return [pattern];
    scope.report([...path, index], pattern);
    return [];
  });
}

function anyObject(scope: Scope, texts: readonly string[], path: Path): (name: ObjectName) => boolean {
  const patterns = objectPatterns(scope, texts, path);
  return (name) => patterns.some((matches) => matches(name));
}

function askTerms(scope: Scope, name: string, path: Path): AskTerms {
  const entry = new Map(Object.entries(scope.document.approvers)).get(name);
  if (entry === undefined) {
    scope.report(path, `expected a name of the \`approvers\` section, found \`${name}\``);
    const signIn = { withinSeconds: 0, acr: [] };
    return {
      approvers: [],
      needed: 1,
      expiresAfterSeconds: 0,
      validForSeconds: 0,
      escalate: null,
      signed: true,
      signIn,
    };
  }
  return {
    approvers: entry.groups,
    needed: entry.needed,
    expiresAfterSeconds: toSeconds(entry.expires_after),
    validForSeconds: toSeconds(entry.valid_for),
    escalate:
      entry.escalate === undefined
        ? null
        : { afterSeconds: toSeconds(entry.escalate.after), to: entry.escalate.to },
    signed: entry.signed,
    signIn: signInTerms(entry.sign_in ?? scope.document.sign_in),
    ...(entry.grant_up_to === undefined ? {} : { grantUpToSeconds: toSeconds(entry.grant_up_to) }),
    ...(entry.grant_rows === undefined ? {} : { grantRows: entry.grant_rows }),
    ...(entry.access_up_to === undefined ? {} : { accessUpToSeconds: toSeconds(entry.access_up_to) }),
  };
}

function signInTerms({ within, acr }: SignInEntry): AskTerms['signIn'] {
  return { withinSeconds: toSeconds(within), acr: acr ?? null };
}

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 };
const BYTES = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9 };

function toSeconds(duration: string): number {
  return Number.parseInt(duration, 10) * SECONDS[duration.at(-1) as keyof typeof SECONDS];
}

function toBytes(size: string): number {
  return Number.parseInt(size, 10) * BYTES[size.replace(/^\d+/, '') as keyof typeof BYTES];
}
