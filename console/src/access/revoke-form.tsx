import type { KnownPersonView, RevocationOrder } from '@sluice/contract';
import { type FormEvent, useState } from 'react';
import { Button } from '../design/button.tsx';
import { DialogForm } from '../design/dialog-form.tsx';
import { Dialog } from '../design/dialog.tsx';
import { Field, TextAreaField } from '../design/field.tsx';
import { WORDS } from '../words.ts';

export interface RevokeFormProps {
  readonly people: readonly KnownPersonView[];
  /** The viewer's own id: nobody revokes themselves by accident. */
  readonly self: string;
  readonly isSending: boolean;
  readonly onRevoke: (order: RevocationOrder) => void;
}

const OTHER = '\u0000other';

/** Whom, what of theirs, and why; then once more, in words, before it is done. */
export function RevokeForm({ people, self, isSending, onRevoke }: RevokeFormProps) {
  const words = WORDS.access.revocations;
  const [person, setPerson] = useState('');
  const [identity, setIdentity] = useState('');
  const [type, setType] = useState<'subject' | 'issued_before'>('subject');
  const [reason, setReason] = useState('');
  const [isAsking, setIsAsking] = useState(false);
  const whom = person === OTHER ? identity.trim() : person;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsAsking(true);
  };
  const revoke = () => {
    setIsAsking(false);
    setReason('');
    setPerson('');
    const target =
      type === 'subject'
        ? { type, identity: whom }
        : { type, identity: whom, before: Math.floor(Date.now() / 1_000) };
    onRevoke({ target, reason: reason.trim() });
  };
  return (
    <>
      <form className="access-form" onSubmit={submit}>
        <Field label={words.person}>
          {(ids) => (
            <select
              {...ids}
              className="field"
              required
              value={person}
              onChange={({ target }) => setPerson(target.value)}
            >
              <option value="" />
              {people
                .filter(({ id, isOut }) => id !== self && !isOut)
                .map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              <option value={OTHER}>{words.other}</option>
            </select>
          )}
        </Field>
        {person === OTHER && (
          <Field label={words.identity} hint={words.identityHint}>
            {(ids) => (
              <input
                {...ids}
                className="field field-code"
                required
                pattern=".+\|.+"
                spellCheck={false}
                value={identity}
                onChange={({ target }) => setIdentity(target.value)}
              />
            )}
          </Field>
        )}
        <Field label={words.what}>
          {(ids) => (
            <select
              {...ids}
              className="field"
              value={type}
              onChange={({ target }) => setType(target.value === 'subject' ? 'subject' : 'issued_before')}
            >
              <option value="subject">{words.subject}</option>
              <option value="issued_before">{words.before}</option>
            </select>
          )}
        </Field>
        <TextAreaField
          label={words.reason}
          hint={words.reasonHint}
          rows={2}
          maxLength={1_000}
          isRequired
          value={reason}
          onChange={setReason}
        />
        <Button type="submit" look="danger" disabled={isSending}>
          {words.revoke}
        </Button>
      </form>
      <Dialog
        title={words.confirmTitle(people.find(({ id }) => id === whom)?.name ?? whom)}
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
      >
        <DialogForm does={words.confirm} look="danger" onBack={() => setIsAsking(false)} onSubmit={revoke}>
          <p>{type === 'subject' ? words.confirmSubject : words.confirmBefore}</p>
        </DialogForm>
      </Dialog>
    </>
  );
}
