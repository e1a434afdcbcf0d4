import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from '../design/button.tsx';
import { Field } from '../design/field.tsx';
import { WORDS } from '../words.ts';
import { PROTOCOLS, throughIn } from './search.ts';

/** With what program they would come, which rules may ask for: said, and behind it to be changed. */
export function ThroughChoice() {
  const words = WORDS.access.through;
  const search = useSearch({ from: '/access' });
  const navigate = useNavigate();
  const { application, protocol, agent } = throughIn(search);
  const change = (form: HTMLFormElement) => {
    const { application: _a, protocol: _p, agent: _g, ...rest } = search;
    void navigate({
      to: '/access',
      search: { ...rest, ...throughIn(Object.fromEntries(new FormData(form))) },
    });
  };
  return (
    <details className="through">
      <summary>{words.what(application ?? words.usual, protocol ?? 'snowflake', agent ?? null)}</summary>
      <form
        // Another address has other values.
        key={JSON.stringify([application, protocol, agent])}
        className="access-ask"
        onSubmit={(event) => {
          event.preventDefault();
          change(event.currentTarget);
        }}
      >
        <Field label={words.application} hint={words.applicationHint}>
          {(ids) => (
            <input
              {...ids}
              className="field"
              name="application"
              maxLength={256}
              defaultValue={application}
              placeholder={words.usual}
              spellCheck={false}
              autoComplete="off"
            />
          )}
        </Field>
        <Field label={words.protocol}>
          {(ids) => (
            <select {...ids} className="field" name="protocol" defaultValue={protocol ?? 'snowflake'}>
              {PROTOCOLS.map((one) => (
                <option key={one} value={one}>
                  {words.protocols[one]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={words.agent} hint={words.agentHint}>
          {(ids) => (
            <input
              {...ids}
              className="field"
              name="agent"
              maxLength={256}
              defaultValue={agent}
              spellCheck={false}
              autoComplete="off"
            />
          )}
        </Field>
        <Button type="submit">{WORDS.access.who.ask}</Button>
      </form>
    </details>
  );
}
