import { type ReactNode, useId } from 'react';
import './field.css';

export interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly children: (ids: { readonly id: string; readonly 'aria-describedby'?: string }) => ReactNode;
}

/** A control with its label and, below it, what to know of it. */
export function Field({ label, hint, children }: FieldProps) {
  const id = useId();
  return (
    <div className="labelled">
      <label htmlFor={id}>{label}</label>
      {children({ id, ...(hint === undefined ? {} : { 'aria-describedby': `${id}-hint` }) })}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
    </div>
  );
}

export interface NumberFieldProps extends Pick<FieldProps, 'label' | 'hint'> {
  readonly min: number;
  readonly max: number;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** A number that has to be given. */
export function NumberField({ label, hint, onChange, ...input }: NumberFieldProps) {
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })}>
      {(ids) => (
        <input
          {...ids}
          {...input}
          className="field"
          type="number"
          required
          onChange={({ target }) => onChange(target.valueAsNumber)}
        />
      )}
    </Field>
  );
}

export interface TextAreaFieldProps extends Pick<FieldProps, 'label' | 'hint'> {
  readonly rows: number;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isRequired?: boolean;
  /** Characters. */
  readonly maxLength?: number;
  /** SQL and the like: in the type of code, and never marked as misspelt. */
  readonly isCode?: boolean;
}

/** A text of several lines. */
export function TextAreaField({ label, hint, isRequired, isCode, onChange, ...input }: TextAreaFieldProps) {
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })}>
      {(ids) => (
        <textarea
          {...ids}
          {...input}
          className={isCode === true ? 'field field-code' : 'field'}
          required={isRequired === true}
          spellCheck={isCode !== true}
          onChange={({ target }) => onChange(target.value)}
        />
      )}
    </Field>
  );
}
