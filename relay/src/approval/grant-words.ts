import { formatColumn, formatIdentifier, formatObjectName } from '../statement/index.ts';
import type { ApprovalRequest } from './approval-request.ts';
import type { GrantBounds } from './grant-bounds.ts';

/** How many rows a grant is for, and until when. */
export interface GrantTerms {
  /** Of each statement; null: not said yet. */
  readonly rows: number | null;
  readonly rowsInAll: number | null;
  /** In words: `for at most 600 seconds`. */
  readonly lasting: string;
}

/** What a grant covers, in plain English: what an approver reads before giving it. No values are in it. */
export function grantWords(
  { understanding, decision, session }: ApprovalRequest,
  bounds: GrantBounds,
  terms: GrantTerms,
): readonly string[] {
  const { outputs, uses, flows, writes, functions } = understanding;
  const shown = outputs.flatMap(({ sources }, index) => {
    const mask = decision.masks.find(({ output }) => output === index);
    const how = mask === undefined ? 'as it is' : `masked by ${mask.policy.method}`;
    return sources.map(({ column, how: made }) => `${formatColumn(column)} (${MADE[made]}${how})`);
  });
  const copied = flows.flatMap(({ from, to }) =>
    'opaque' in from || to.type !== 'column'
      ? []
      : [`${formatColumn(from.column)} to ${formatColumn(to.column)}`],
  );
  const variables = /\$[A-Z_]/.test(bounds.skeleton) ? ' and each variable' : '';
  return [
    `The same statement, with any value in the place of each ?${variables}: ${bounds.skeleton}`,
    ...sentence('It changes', writes.map(writeWords)),
    ...sentence('It reads', readsOf(bounds)),
    ...sentence('It shows', shown),
    ...sentence('It copies', copied),
    ...sentence('It uses', uses.map(useWords)),
    ...sentence(
      'It calls',
      functions.map(({ name }) => formatObjectName(name)),
    ),
    rowWords(terms),
    `${whoWords(session.identity.name, bounds)}, ${terms.lasting}.`,
    'Anything else, and any change of these tables, of the policy or of the role, is asked about anew.',
  ];
}

const MADE = {
  direct: '',
  expression: 'in an expression, ',
  aggregate: 'in an aggregate, ',
  distinct: 'how many different, ',
  counted: 'counted, ',
} as const;

function rowWords({ rows, rowsInAll }: GrantTerms): string {
  const each =
    rows === null ? 'as many rows each as you say' : `at most ${rows} ${rows === 1 ? 'row' : 'rows'} each`;
  const all = rowsInAll === null ? 'as many as you say in all' : `${rowsInAll} in all`;
  return `Every statement may change or return ${each}, and ${all}; one that hits none counts as one.`;
}

function writeWords({ object, how, columns }: ApprovalRequest['understanding']['writes'][number]): string {
  const name = formatObjectName(object);
  if (columns === null) return `${name} (${how} of whole rows)`;
  return `${name} (${how} of ${columns.map(formatIdentifier).join(', ')})`;
}

function readsOf({ objects }: GrantBounds): readonly string[] {
  return objects.flatMap((text) => {
    const [, name, access] = /^\S+ (.*) (\S+) \S+$/s.exec(text) ?? [];
    return access === 'read' && name !== undefined ? [name] : [];
  });
}

function useWords({ column, as, by }: ApprovalRequest['understanding']['uses'][number]): string {
  return `${formatColumn(column)} (${as}${by === undefined ? '' : `, by ${by}`})`;
}

function whoWords(name: string, { application, agent, role, tokenClient }: GrantBounds): string {
  return [
    `For ${name}, with ${application}`,
    ...(agent === null ? [] : [`by the agent ${agent}`]),
    ...(role === null ? [] : [`under the role ${role}`]),
    ...(tokenClient === null ? [] : [`with tokens of the client ${tokenClient}`]),
  ].join(', ');
}

function sentence(verb: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`${verb} ${[...new Set(items)].join(', ')}.`];
}
