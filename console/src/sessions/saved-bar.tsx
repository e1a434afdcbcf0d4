import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from '../design/button.tsx';
import { DialogForm } from '../design/dialog-form.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Field } from '../design/field.tsx';
import { WORDS } from '../words.ts';
import { isUnfiltered, type SessionFilters } from './filters.ts';
import { removeSearch, saveSearch, useSavedSearches } from './saved-searches.ts';

/** Searches that were saved, each a link, and a way to save this one. */
export function SavedBar({
  filters,
  onClear,
}: {
  readonly filters: SessionFilters;
  readonly onClear: () => void;
}) {
  const searches = useSavedSearches();
  const [isNaming, setIsNaming] = useState(false);
  const isPlain = isUnfiltered(filters);
  if (isPlain && searches.length === 0) return null;
  return (
    <div className="saved">
      {searches.length > 0 && (
        <ul aria-label={WORDS.sessions.saved}>
          {searches.map(({ name, filters: kept }) => (
            <li key={name} className="saved-search">
              <Link to="/sessions" search={kept} activeOptions={{ includeSearch: true, exact: true }}>
                {name}
              </Link>
              <button
                type="button"
                aria-label={WORDS.sessions.remove(name)}
                onClick={() => removeSearch(name)}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
      <span className="saved-space" />
      {!isPlain && (
        <>
          <Button look="quiet" onClick={onClear}>
            {WORDS.sessions.clear}
          </Button>
          <Button onClick={() => setIsNaming(true)}>{WORDS.sessions.save}</Button>
        </>
      )}
      <Dialog title={WORDS.sessions.saveTitle} isOpen={isNaming} onClose={() => setIsNaming(false)}>
        <DialogForm
          does={WORDS.sessions.saveNow}
          onBack={() => setIsNaming(false)}
          onSubmit={(form) => {
            const name = new FormData(form).get('name');
            if (typeof name === 'string') saveSearch({ name: name.trim(), filters });
            setIsNaming(false);
          }}
        >
          <Field label={WORDS.sessions.saveName} hint={WORDS.sessions.saveHint}>
            {(ids) => (
              <input {...ids} className="field" name="name" required maxLength={60} pattern=".*\S.*" />
            )}
          </Field>
        </DialogForm>
      </Dialog>
    </div>
  );
}
