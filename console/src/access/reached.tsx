import type { ReachedObjectView } from '@sluice/contract';
import type { ReactNode } from 'react';
import { Badge, type Meaning } from '../design/badge.tsx';
import { WORDS } from '../words.ts';
import type { Effect } from '../words/access.ts';

const MEANING: Readonly<Record<Effect, Meaning>> = {
  allow: 'agreed',
  mask: 'masked',
  ask: 'waits',
  block: 'refused',
};

export function EffectBadge({ effect }: { readonly effect: Effect }) {
  return <Badge means={MEANING[effect]}>{WORDS.access.effects[effect]}</Badge>;
}

/** What somebody gets of a table, and behind it column by column why. */
export function ReachedRow({
  title,
  object: { select, columns, moreColumns },
  isOpen = false,
}: {
  readonly title: ReactNode;
  readonly object: ReachedObjectView;
  readonly isOpen?: boolean;
}) {
  const words = WORDS.access.who;
  const isRefused = select.effect === 'block';
  const masked = columns.flatMap(({ name, mask }) => (mask === null ? [] : [name]));
  const rules = [...new Set(columns.flatMap((column) => column.rules))];
  return (
    <li>
      <details className="row" open={isOpen}>
        <summary>
          <span className="row-head">
            <span>{title}</span>
            <EffectBadge effect={select.effect} />
          </span>
          <span className="row-more">
            {isRefused || select.effect === 'ask'
              ? `${select.reason} (${words.by(select.rule)})`
              : `${words.columns(columns.length + moreColumns, masked)} · ${words.by([select.rule, ...rules].join(', '))}`}
          </span>
        </summary>
        <ul className="columns">
          {columns.map((column) => (
            <Column key={column.name} column={column} isRefused={isRefused} />
          ))}
          {moreColumns > 0 && <li className="hint">{words.moreColumns(moreColumns)}</li>}
        </ul>
      </details>
    </li>
  );
}

function Column({
  column: { name, type, tags, mask, rules },
  isRefused,
}: {
  readonly column: ReachedObjectView['columns'][number];
  readonly isRefused: boolean;
}) {
  const words = WORDS.access.who;
  const tagNames = tags.map(({ tag, path }) => (path === undefined ? tag : `${tag} at ${path.join('.')}`));
  return (
    <li>
      <span>
        <code>{name}</code>
        <span className="column-type">{type}</span>
      </span>
      <span>
        {isRefused ? (
          <Badge means="refused">{WORDS.access.effects.block}</Badge>
        ) : mask === null ? (
          <Badge means={tags.length > 0 ? 'agreed' : 'neutral'}>{words.shown}</Badge>
        ) : (
          <Badge means="masked">{mask.method}</Badge>
        )}
      </span>
      <span className="hint">{why()}</span>
    </li>
  );

  function why(): string {
    const tagged = tagNames.length === 0 ? '' : `${tagNames.join(', ')}. `;
    if (isRefused) return tagged + words.notReached;
    if (mask !== null)
      return tagged + (rules.length > 0 ? words.maskedBy(rules.join(', ')) : words.maskedForAll);
    if (tags.length > 0 && rules.length > 0) return tagged + words.shownBy(rules.join(', '));
    return tagged;
  }
}
