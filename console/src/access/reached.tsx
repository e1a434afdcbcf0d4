import type { ReachedObjectView } from '@sluice/contract';
import { Link, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Badge, type Meaning } from '../design/badge.tsx';
import { Left, Timed } from '../design/time.tsx';
import { WORDS } from '../words.ts';
import type { Effect } from '../words/access.ts';
import { throughIn } from './search.ts';

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
  object: { select, columns, moreColumns, by },
  isAudit,
}: {
  readonly title: ReactNode;
  readonly object: ReachedObjectView;
  /** Whether the viewer may ask about other tables, and about who gets them. */
  readonly isAudit: boolean;
}) {
  const words = WORDS.access.who;
  const isRefused = select.effect === 'block';
  const masked = columns.flatMap(({ name, mask }) => (mask === null ? [] : [name]));
  const rules = [...new Set(columns.flatMap((column) => column.rules))];
  return (
    <li>
      <details className="row">
        <summary>
          <span className="row-head">
            <span>{title}</span>
            <span>
              {by.grants.length > 0 && <Badge means="agreed">{words.granted}</Badge>}{' '}
              <EffectBadge effect={select.effect} />
            </span>
          </span>
          <span className="row-more">
            {isRefused || select.effect === 'ask'
              ? `${select.reason} (${words.by(select.rule, by.groups)})`
              : `${words.columns(columns.length + moreColumns, masked)} · ${words.by(select.rule, by.groups, rules)}`}
          </span>
        </summary>
        <Ways by={by} isAudit={isAudit} />
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

/** Through what they come to it, beside a rule: the tables of a view, and grants. */
function Ways({
  by: { reads, grants },
  isAudit,
}: {
  readonly by: ReachedObjectView['by'];
  readonly isAudit: boolean;
}) {
  const words = WORDS.access.who;
  const through = throughIn(useSearch({ from: '/access' }));
  if (reads.length === 0 && grants.length === 0) return null;
  return (
    <div className="ways">
      {reads.length > 0 && (
        <p>
          {words.reads}{' '}
          {reads.map((name, index) => (
            <span key={name}>
              {index > 0 && ', '}
              {isAudit ? (
                <Link to="/access" search={{ ...through, table: name }}>
                  <code>{name}</code>
                </Link>
              ) : (
                <code>{name}</code>
              )}
            </span>
          ))}
        </p>
      )}
      {grants.map(({ id, covers, expiresAt }) => (
        <div key={id}>
          <p>
            {words.underGrant} <Left until={expiresAt} />:
          </p>
          <ul className="sentences">
            {covers.map((sentence) => (
              <li key={sentence}>
                <Timed text={sentence} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
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
