import type { ApprovalSummary } from '@sluice/contract';
import { useState } from 'react';
import { DialogForm } from '../design/dialog-form.tsx';
import { Dialog } from '../design/dialog.tsx';
import { TextAreaField } from '../design/field.tsx';
import { WORDS } from '../words.ts';

export interface DenyDialogProps {
  /** What would be denied; empty while nothing is. */
  readonly requests: readonly ApprovalSummary[];
  readonly isSending: boolean;
  readonly onCancel: () => void;
  readonly onDeny: (comment: string) => void;
}

/** Several requests are denied with one reason. Nothing is approved from a list: a request is read before. */
export function DenyDialog({ requests, isSending, onCancel, onDeny }: DenyDialogProps) {
  const [comment, setComment] = useState('');
  return (
    <Dialog title={WORDS.inbox.denyTitle(requests.length)} isOpen={requests.length > 0} onClose={onCancel}>
      <DialogForm
        does={WORDS.inbox.denyChosen(requests.length)}
        look="danger"
        disabled={isSending}
        onBack={onCancel}
        onSubmit={() => onDeny(comment)}
      >
        <ul className="sentences">
          {requests.map(({ id, sentence }) => (
            <li key={id}>{sentence}</li>
          ))}
        </ul>
        <TextAreaField
          label={WORDS.decide.denyReason}
          hint={WORDS.inbox.denyHint}
          rows={3}
          maxLength={4_000}
          isRequired
          value={comment}
          onChange={setComment}
        />
      </DialogForm>
    </Dialog>
  );
}
