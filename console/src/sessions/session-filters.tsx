import { type ComponentProps, useEffect, useState } from 'react';
import { Field } from '../design/field.tsx';
import { WORDS } from '../words.ts';
import { EFFECTS, RANGES, readFilters, SEARCH_KINDS, type SessionFilters } from './filters.ts';

export interface FiltersProps {
  readonly filters: SessionFilters;
  /** Whether what was asked may be searched. */
  readonly maySearch: boolean;
  readonly onChange: (filters: SessionFilters) => void;
}

/** What is looked for: each change is in the address at once, or a moment after it was typed. */
export function Filters({ filters, maySearch, onChange }: FiltersProps) {
  const set = (changes: Readonly<Record<string, string | undefined>>) =>
    onChange(readFilters({ ...filters, ...changes }));
  const kind = filters.in ?? 'text';
  const [showsTimes, setShowsTimes] = useState(false);
  const range = filters.range ?? (showsTimes || filters.since || filters.before ? 'own' : 'any');
  const words = WORDS.sessions;
  return (
    <form
      className="filters"
      role="search"
      aria-label={words.filters}
      onSubmit={(event) => event.preventDefault()}
    >
      {maySearch && (
        <div className="filters-search">
          <Field label={words.kind}>
            {(ids) => (
              <select
                {...ids}
                className="field"
                value={kind}
                onChange={({ target }) => set({ in: target.value === 'text' ? undefined : target.value })}
              >
                {SEARCH_KINDS.map((one) => (
                  <option key={one} value={one}>
                    {words.kinds[one]}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label={words.search}>
            {(ids) => (
              <Typed
                {...ids}
                type="search"
                data-search
                placeholder={words.hints[kind]}
                text={filters.q ?? ''}
                onText={(q) => set({ q })}
              />
            )}
          </Field>
        </div>
      )}
      <Field label={words.person}>
        {(ids) => <Typed {...ids} text={filters.person ?? ''} onText={(person) => set({ person })} />}
      </Field>
      <Field label={words.agent}>
        {(ids) => <Typed {...ids} text={filters.agent ?? ''} onText={(agent) => set({ agent })} />}
      </Field>
      <Field label={words.effect}>
        {(ids) => (
          <select
            {...ids}
            className="field"
            value={filters.effect ?? ''}
            onChange={({ target }) => set({ effect: target.value })}
          >
            <option value="">{words.anyEffect}</option>
            {EFFECTS.map((one) => (
              <option key={one} value={one}>
                {words.effects[one]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={words.range}>
        {(ids) => (
          <select
            {...ids}
            className="field"
            value={range}
            onChange={({ target }) => {
              setShowsTimes(target.value === 'own');
              const isKnown = RANGES.some((one) => one === target.value);
              const times = target.value === 'own' ? {} : { since: undefined, before: undefined };
              set({ range: isKnown ? target.value : undefined, ...times });
            }}
          >
            {(['any', ...RANGES, 'own'] as const).map((one) => (
              <option key={one} value={one}>
                {words.ranges[one]}
              </option>
            ))}
          </select>
        )}
      </Field>
      {range === 'own' &&
        (['since', 'before'] as const).map((end) => (
          <Field key={end} label={words[end]}>
            {(ids) => (
              <input
                {...ids}
                className="field"
                type="datetime-local"
                value={localTime(filters[end])}
                onChange={({ target }) => set({ [end]: target.value === '' ? undefined : target.value })}
              />
            )}
          </Field>
        ))}
    </form>
  );
}

type TypedProps = Omit<ComponentProps<'input'>, 'value' | 'onChange'> & {
  readonly text: string;
  readonly onText: (text: string) => void;
};

/** A field of text, told a moment after the last key: not with each. */
function Typed({ text, onText, ...input }: TypedProps) {
  const [typed, setTyped] = useState(text);
  const [told, setTold] = useState(text);
  // It was changed from elsewhere: a link, or "clear all".
  if (text !== told) {
    setTold(text);
    if (text.trim() !== typed.trim()) setTyped(text);
  }
  useEffect(() => {
    if (typed.trim() === text.trim()) return undefined;
    const timer = setTimeout(() => onText(typed), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [typed, text, onText]);
  return (
    <input
      {...input}
      className="field"
      autoComplete="off"
      spellCheck={false}
      maxLength={200}
      value={typed}
      onChange={({ target }) => setTyped(target.value)}
    />
  );
}

const SETTLED_MS = 300;

/** As the browser's field takes it, in the viewer's zone. */
function localTime(at: string | undefined): string {
  if (at === undefined) return '';
  const date = new Date(at);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
