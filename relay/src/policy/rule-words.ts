import { revealed } from '../text/index.ts';
import type { HoursEntry, MaskEntry, PolicyDocument, RuleEntry, WhoEntry } from './document.ts';

type Approvers = PolicyDocument['approvers'][string];
type Entry = Partial<Record<keyof WhoEntry, unknown>> & RuleEntry['when'];

/** What a rule does, in a sentence: `developers and ci: may read SHOP.PUBLIC.*, with select statements.` */
export function ruleSentence(rule: RuleEntry, approvers: Approvers | null): string {
  const { when } = rule;
  const who = whoWords(when);
  const what = whatWords(when);
  switch (rule.effect) {
    case 'allow': {
      const reveals = rule.reveal === undefined ? '' : `, and see ${listed(rule.reveal)} unmasked`;
      return `${begun(who)} may ${what}${reveals}.`;
    }
    case 'mask': {
      const masks = Object.entries(rule.masks).map(([tag, mask]) => `${shown(tag)} ${maskWords(mask)}`);
      return `${begun(who)} may ${what}, with ${and(masks)}.`;
    }
    case 'ask':
      return `${begun(who)} may ${what}, once ${approversWords(rule.approvers, approvers)}.`;
    case 'block':
      return who === EVERYBODY ? `Nobody may ${what}.` : `${begun(who)} may not ${what}.`;
    default:
      return rule satisfies never;
  }
}

/** How a value looks under a mask. */
export function maskWords(mask: MaskEntry): string {
  switch (mask.method) {
    case 'redact':
      return 'redacted';
    case 'null':
    case null:
      return 'as NULL';
    case 'constant':
      return 'as a constant';
    case 'partial': {
      const { keep_first: first, keep_last: last } = mask;
      const kept = [first > 0 ? `the first ${first}` : '', last > 0 ? `the last ${last}` : ''];
      const isOne = first + last === 1;
      const words = and(kept.filter((part) => part !== ''));
      return isOne ? `with ${words.replace(/ 1$/, '')} character kept` : `with ${words} characters kept`;
    }
    case 'token':
      return 'as a token, the same for the same value';
    case 'date':
      return `rounded to its ${mask.to}`;
    case 'number':
      return `rounded to ${mask.step}`;
    case 'detect':
      return 'with what is recognised in it masked';
    default:
      return mask satisfies never;
  }
}

/** How what has a tag and no mask looks. */
export const UNMASKED = 'redacted';

function whoWords(when: Entry): string {
  const { groups, people, identities, applications, agents, protocols, during, outside } = when;
  const kinds = identities === undefined ? EVERYBODY : and(identities.map((kind) => IDENTITIES[kind]));
  const base =
    groups === undefined && people === undefined
      ? kinds
      : or([
          ...(groups === undefined
            ? []
            : [`${identities === undefined ? 'members of' : `${kinds} of`} ${or(groups.map(shown))}`]),
          ...(people === undefined ? [] : [or(people.map(shown))]),
        ]);
  const through = [
    applications === undefined ? '' : `with ${or(applications.map(shown))}`,
    agents === undefined ? '' : `through the agent ${or(agents.map(shown))}`,
    protocols === undefined ? '' : `over ${or(protocols.map((one) => PROTOCOLS[one]))}`,
    during === undefined ? '' : hoursWords(during),
    outside === undefined ? '' : `not ${hoursWords(outside)}`,
  ].filter((part) => part !== '');
  return through.length === 0 ? base : `${[base, ...through].join(', ')},`;
}

const EVERYBODY = 'everybody';
const IDENTITIES = { person: 'people', workload: 'pipelines' } as const;
const PROTOCOLS = { snowflake: 'a driver', mcp: 'MCP', api: 'the API' } as const;

function hoursWords({ days, from, to }: HoursEntry): string {
  const on = days === undefined ? '' : `on ${or(days)} `;
  return `${on}from ${from} to ${to}`;
}

/** Verbs and what they are on. */
function whatWords(when: Entry): string {
  const { kinds, objects, functions } = when;
  const uses = 'uses' in when ? when.uses : undefined;
  const flows = 'flows' in when ? when.flows : undefined;
  const on = (objects ?? []).map(({ names, access, types }) => {
    const verbs = access === undefined ? 'use' : or(access.map((one) => VERBS[one]));
    const type = types === undefined ? '' : `${or(types.map((one) => one.replaceAll('_', ' ')))} `;
    return `${verbs} ${type}${or(names.map(shown))}`;
  });
  const used = (uses ?? []).map(({ tags, as }) =>
    as === undefined
      ? `compute with ${tagWords(tags)}`
      : `use ${tagWords(tags)} to ${or(as.map((one) => USES[one]))}`,
  );
  const copied = (flows ?? []).map(
    ({ tags, to }) => `copy ${tagWords(tags)}${to === undefined ? '' : ` to a ${or(to)}`}`,
  );
  const reads = 'reads' in when && when.reads !== undefined ? [`read ${tagWords(when.reads)}`] : [];
  const called = functions === undefined ? [] : [`call ${or(functions.map(shown))}`];
  const odd = [
    'opaque' in when && when.opaque ? 'do what cannot be known beforehand' : '',
    'unresolved' in when && when.unresolved ? 'return columns of unknown origin' : '',
  ].filter((part) => part !== '');
  const parts = [...odd, ...on, ...reads, ...used, ...copied, ...called];
  const statements = kinds === undefined ? '' : `${or(kinds.map(kindWords))} statements`;
  if (parts.length === 0) return statements === '' ? 'do anything' : `run ${statements}`;
  const all = 'missing_where' in when && when.missing_where ? ' without a WHERE' : '';
  const doing = `${and(parts)}${all}`;
  return statements === '' ? doing : `${doing}, with ${statements}`;
}

const VERBS = {
  read: 'read',
  write: 'change',
  create: 'create',
  alter: 'alter',
  drop: 'drop',
  grant: 'grant on',
  use: 'use',
  describe: 'describe',
  call: 'call',
} as const;

const USES = {
  compare: 'compare',
  equal: 'look up by equality',
  join: 'join',
  group: 'group',
  order: 'order',
  window: 'build windows',
  aggregate: 'aggregate',
  count: 'count',
  condition: 'test for NULL or a condition',
  argument: 'pass to a function',
} as const;

function approversWords(name: string, approvers: Approvers | null): string {
  if (approvers === null) return `${shown(name)} are asked`;
  const { groups, needed, expires_after: expires } = approvers;
  const many = needed === 1 ? 'somebody' : `${needed} people`;
  return `${many} of ${or(groups.map(shown))} ${needed === 1 ? 'agrees' : 'agree'}, within ${expires}`;
}

function kindWords(kind: string): string {
  return shown(kind.replaceAll('_', ' '));
}

function tagWords(tags: readonly string[]): string {
  return tags.length === 1 && tags[0] === '*' ? 'anything sensitive' : or(tags.map(shown));
}

function listed(tags: readonly string[]): string {
  return tags.length === 1 && tags[0] === '*' ? 'everything sensitive' : and(tags.map(shown));
}

/** What cannot be seen in it, made visible. */
function shown(text: string): string {
  return revealed(text);
}

function begun(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

const and = (parts: readonly string[]) => joinedBy(parts, 'and');
const or = (parts: readonly string[]) => joinedBy(parts, 'or');

function joinedBy(parts: readonly string[], word: string): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} ${word} ${parts.at(-1)}`;
}
