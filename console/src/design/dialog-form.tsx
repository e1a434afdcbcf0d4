import type { ReactNode } from 'react';
import { WORDS } from '../words.ts';
import { Button, type ButtonProps } from './button.tsx';

export interface DialogFormProps extends Pick<ButtonProps, 'look' | 'disabled'> {
  /** What it is about, and its fields. */
  readonly children: ReactNode;
  /** What it does, as its button says it. */
  readonly does: string;
  readonly onBack: () => void;
  readonly onSubmit: (form: HTMLFormElement) => void;
}

/** What a dialog asks for before something is done; at its end, a way back and the one thing that it does. */
export function DialogForm({
  children,
  does,
  look = 'primary',
  disabled,
  onBack,
  onSubmit,
}: DialogFormProps) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(event.currentTarget);
      }}
    >
      {children}
      <div className="dialog-end">
        <Button onClick={onBack}>{WORDS.back}</Button>
        <Button type="submit" look={look} disabled={disabled}>
          {does}
        </Button>
      </div>
    </form>
  );
}
