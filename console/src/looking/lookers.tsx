import type { LiveLooking } from '@sluice/contract';
import { WORDS } from '../words.ts';
import './lookers.css';

export interface LookersProps {
  readonly looking: LiveLooking;
  /** What is said of one, and of several. */
  readonly says: { readonly one: string; readonly many: string };
}

/** Those who have the same request before them: each name by itself, whatever direction it is written in. */
export function Lookers({ looking: { people, more }, says }: LookersProps) {
  const names = people.map(({ name }) => name);
  const parts = LIST.formatToParts(more === 0 ? names : [...names, WORDS.looking.more(more)]);
  return (
    <span className="lookers" title={people.map(({ id }) => id).join('\n')}>
      {parts.map(({ type, value }, place) =>
        // Parts stay in their places.
        type === 'element' ? <bdi key={place}>{value}</bdi> : value,
      )}{' '}
      {people.length + more === 1 ? says.one : says.many}
    </span>
  );
}

const LIST = new Intl.ListFormat('en', { type: 'conjunction' });
