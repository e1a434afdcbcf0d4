import { Button } from '@sluice/console/design/button.tsx';
import { Field, NumberField } from '@sluice/console/design/field.tsx';
import { chooseTheme, chosenTheme, type Theme } from '@sluice/console/design/theme.ts';
import { type FormEvent, type ReactNode, useEffect, useId, useState } from 'react';
import type { Settings } from '../settings/settings-schema.ts';
import { useApp, useAppState, useAttempt } from './app.ts';
import { Trouble } from './trouble.tsx';
import { UpdateFacts } from './update-facts.tsx';
import { WORDS } from './words.ts';

const words = WORDS.set;

/** Everything that can be chosen, on one page. */
export function SettingsPage() {
  const { call } = useApp();
  const { settings, mayNotify } = useAppState();
  const { isUnderWay, error, run } = useAttempt();
  const [draft, setDraft] = useState<Settings>(settings);
  const [isSaved, setIsSaved] = useState(false);
  const [theme, setTheme] = useState<Theme>(chosenTheme);
  useEffect(() => setDraft(settings), [settings]);
  const { notifications, quiet } = draft;
  const change = (changes: Partial<Settings>) => {
    setIsSaved(false);
    setDraft({ ...draft, ...changes });
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setIsSaved(await run(() => call.saveSettings(draft)));
  };
  const notify = (changes: Partial<Settings['notifications']>) =>
    change({ notifications: { ...notifications, ...changes } });
  return (
    <form className="own-settings" onSubmit={(event) => void submit(event)}>
      <h1>{words.title}</h1>
      <Group title={words.notify}>
        {!mayNotify && <p className="hint">{words.cannot}</p>}
        <Field label={words.of}>
          {(ids) => (
            <select
              {...ids}
              className="field"
              value={notifications.of}
              onChange={({ target }) => notify({ of: target.value as Settings['notifications']['of'] })}
            >
              <option value="all">{words.ofAll}</option>
              <option value="high">{words.ofHigh}</option>
              <option value="none">{words.ofNone}</option>
            </select>
          )}
        </Field>
        <Check
          label={words.showsWhat}
          hint={words.showsWhatHint}
          isOn={notifications.showsWhat}
          onChange={(showsWhat) => notify({ showsWhat })}
        />
        <Check label={words.sound} isOn={notifications.sound} onChange={(sound) => notify({ sound })} />
      </Group>
      <Group title={words.quiet}>
        <Check
          label={words.quietOn}
          isOn={quiet.isOn}
          onChange={(isOn) => change({ quiet: { ...quiet, isOn } })}
        />
        <Check
          label={words.quietHours}
          hint={words.quietHint}
          isOn={quiet.hours !== null}
          onChange={(isOn) =>
            change({ quiet: { ...quiet, hours: isOn ? { from: '19:00', to: '08:00' } : null } })
          }
        />
        {quiet.hours !== null && (
          <div className="own-hours">
            {(['from', 'to'] as const).map((end) => (
              <Field key={end} label={words[end]}>
                {(ids) => (
                  <input
                    {...ids}
                    className="field"
                    type="time"
                    required
                    value={quiet.hours![end]}
                    onChange={({ target }) =>
                      change({ quiet: { ...quiet, hours: { ...quiet.hours!, [end]: target.value } } })
                    }
                  />
                )}
              </Field>
            ))}
          </div>
        )}
      </Group>
      <Group title={words.start}>
        <Check
          label={words.login}
          isOn={draft.startsAtLogin}
          onChange={(startsAtLogin) => change({ startsAtLogin })}
        />
        <Check
          label={words.tray}
          hint={words.trayHint}
          isOn={draft.staysInTray !== false}
          onChange={(staysInTray) => change({ staysInTray })}
        />
        <Field label={words.shortcut} hint={words.shortcutHint}>
          {(ids) => (
            <input
              {...ids}
              className="field"
              spellCheck={false}
              pattern="([A-Za-z]+\+)+[A-Za-z0-9]+"
              maxLength={60}
              value={draft.shortcut ?? ''}
              onChange={({ target }) => change({ shortcut: target.value === '' ? null : target.value })}
            />
          )}
        </Field>
        <Field label={words.theme}>
          {(ids) => (
            <select
              {...ids}
              className="field"
              value={theme}
              onChange={({ target }) => {
                chooseTheme(target.value as Theme);
                setTheme(target.value as Theme);
              }}
            >
              {Object.entries(words.themes).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
      </Group>
      <Group title={words.downloads}>
        <NumberField
          label={words.room}
          hint={words.roomHint}
          min={1}
          max={1_000}
          value={draft.downloadsGiB}
          onChange={(downloadsGiB) => change({ downloadsGiB })}
        />
      </Group>
      <UpdateFacts />
      <Trouble error={error} />
      <div className="own-end">
        <span role="status">{isSaved ? words.saved : ''}</span>
        <Button type="submit" look="primary" disabled={isUnderWay}>
          {words.save}
        </Button>
      </div>
    </form>
  );
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <fieldset className="own-panel own-form">
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}

interface CheckProps {
  readonly label: string;
  readonly hint?: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

function Check({ label, hint, isOn, onChange }: CheckProps) {
  const id = useId();
  return (
    <div>
      <label className="own-check">
        <input
          type="checkbox"
          checked={isOn}
          aria-describedby={hint === undefined ? undefined : id}
          onChange={({ target }) => onChange(target.checked)}
        />
        {label}
      </label>
      {hint !== undefined && (
        <p id={id} className="hint">
          {hint}
        </p>
      )}
    </div>
  );
}
