import { type FormEvent, useState } from 'react';
import { Button } from '../design/button.tsx';
import { Dialog } from '../design/dialog.tsx';
import { TextAreaField } from '../design/field.tsx';
import { WORDS } from '../words.ts';

export interface CloseDialogProps {
  readonly isOpen: boolean;
  readonly onCancel: () => void;
  readonly onClose: (comment: string) => void;
}

/** A review ends with what was found, in words. */
export function CloseDialog({ isOpen, onCancel, onClose }: CloseDialogProps) {
  const words = WORDS.review;
  const [comment, setComment] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onClose(comment.trim());
  };
  return (
    <Dialog title={words.closeTitle} isOpen={isOpen} onClose={onCancel}>
      <form onSubmit={submit}>
        <p>{words.closeWhat}</p>
        <TextAreaField
          label={words.comment}
          hint={words.commentHint}
          rows={4}
          maxLength={4_000}
          isRequired
          value={comment}
          onChange={setComment}
        />
        <div className="dialog-end">
          <Button onClick={onCancel}>{words.cancel}</Button>
          <Button type="submit" look="primary" disabled={comment.trim() === ''}>
            {words.close}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
