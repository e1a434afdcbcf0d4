import { useState } from 'react';
import { DialogForm } from '../design/dialog-form.tsx';
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
  return (
    <Dialog title={words.closeTitle} isOpen={isOpen} onClose={onCancel}>
      <DialogForm
        does={words.close}
        disabled={comment.trim() === ''}
        onBack={onCancel}
        onSubmit={() => onClose(comment.trim())}
      >
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
      </DialogForm>
    </Dialog>
  );
}
