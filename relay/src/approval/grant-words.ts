import { columnShown, functionShown, nameShown, objectShown } from '../policy/index.ts';
import { joined, personShown, quoted, revealed, shown, type ShownText, word } from '../text/index.ts';
import type { Identity } from '../identity/index.ts';
import type { AskedRequest } from './approval-request.ts';
import type { GrantBounds } from './grant-bounds.ts';

/** How many rows a grant is for, and until when. */
export interface GrantTerms {
  /** Of each statement; null: not said yet. */
  readonly rows: number | null;
  readonly rowsInAll: number | null;
  /** In words: `for at most 600 seconds`. */
  readonly lasting: ShownText;
}

/** What a grant covers, in plain English: what an approver reads before giving it. No values are in it. */
export function grantWords(
  { understanding, decision, session }: AskedRequest,
  bounds: GrantBounds,
  terms: GrantTerms,
): readonly ShownText[] {
  const { outputs, uses, flows, writes, functions } = understanding;
  const returned = outputs.flatMap(({ sources }, index) => {
    const mask = decision.masks.find(({ output }) => output === index);
    const how = mask === undefined ? shown`as it is` : shown`masked by ${mask.policy.method}`;
    return sources.map(({ column, how: made }) => shown`${columnShown(column)} (${MADE[made]}${how})`);
  });
  const copied = flows.flatMap(({ from, to }) =>
    'opaque' in from || to.type !== 'column'
      ? []
      : [shown`${columnShown(from.column)} to ${columnShown(to.column)}`],
  );
  const variables = /\$[A-Z_]/.test(bounds.skeleton) ? ' and each variable' : '';
  return [
    shown`The same statement, with any value in the place of each ?${variables}: ${quoted(bounds.skeleton, SKELETON)}`,
    ...sentence('It changes', writes.map(writeWords)),
    ...sentence('It reads', readsOf(bounds)),
    ...sentence('It shows', returned),
    ...sentence('It copies', copied),
    ...sentence('It uses', uses.map(useWords)),
    ...sentence(
      'It calls',
      functions.map((use) => functionShown(use)),
    ),
    rowWords(terms),
    shown`${whoWords(session.identity, bounds)}, ${terms.lasting}.`,
    shown`Anything else, and any change of these tables, of the policy or of the role, is asked about anew.`,
  ];
}

/** When a grant is in force, milliseconds since the epoch; `from` null: from now on. */
export function lastingFrom(from: number | null, until: number): ShownText {
  const end = shown`until ${momentShown(until)}`;
  return from === null ? end : shown`from ${momentShown(from)} ${end}`;
}

export function momentShown(at: number): ShownText {
  return revealed(new Date(at).toISOString());
}

/** Characters: of a statement without its values, and of a name. */
const SKELETON = { most: 2_000, end: true };
const SHORT = { most: 80 };

const MADE = {
  direct: '',
  expression: 'in an expression, ',
  aggregate: 'in an aggregate, ',
  distinct: 'how many different, ',
  counted: 'counted, ',
} as const;

function rowWords({ rows, rowsInAll }: GrantTerms): ShownText {
  const each =
    rows === null
      ? shown`as many rows each as you say`
      : shown`at most ${rows} ${rows === 1 ? 'row' : 'rows'} each`;
  const all = rowsInAll === null ? shown`as many as you say in all` : shown`${rowsInAll} in all`;
  return shown`Every statement may change or return ${each}, and ${all}; one that hits none counts as one.`;
}

function writeWords({ object, how, columns }: AskedRequest['understanding']['writes'][number]): ShownText {
  const name = objectShown(object);
  if (columns === null) return shown`${name} (${how} of whole rows)`;
  return shown`${name} (${how} of ${joined(columns.map(nameShown), ', ')})`;
}

function readsOf({ objects }: GrantBounds): readonly ShownText[] {
  return objects.flatMap((text) => {
    const [, name, access] = /^\S+ (.*) (\S+) \S+$/s.exec(text) ?? [];
    return access === 'read' && name !== undefined ? [word(name)] : [];
  });
}

function useWords({ column, as, by }: AskedRequest['understanding']['uses'][number]): ShownText {
  return shown`${columnShown(column)} (${as}${by === undefined ? '' : shown`, by ${revealed(by)}`})`;
}

function whoWords(who: Identity, { application, agent, role, tokenClient }: GrantBounds): ShownText {
  return joined(
    [
      shown`For ${personShown(who)}, with ${quoted(application, SHORT)}`,
      ...(agent === null ? [] : [shown`by the agent ${quoted(agent, SHORT)}`]),
      ...(role === null ? [] : [shown`under the role ${nameShown(role)}`]),
      ...(tokenClient === null ? [] : [shown`with tokens of the client ${word(tokenClient, SHORT)}`]),
    ],
    ', ',
  );
}

function sentence(
  verb: 'It changes' | 'It reads' | 'It shows' | 'It copies' | 'It uses' | 'It calls',
  items: readonly ShownText[],
): ShownText[] {
  return items.length === 0 ? [] : [shown`${verb} ${joined([...new Set(items)], ', ')}.`];
}
