import type { ButtonHTMLAttributes, ReactNode } from 'react';
import './button.css';

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className' | 'type'> {
  /** One `primary` a page; `danger` denies or removes. */
  readonly look?: 'primary' | 'danger' | 'plain' | 'quiet';
  /** The key that does the same, shown to people who see it and told to those who do not. */
  readonly shortcut?: string;
  readonly type?: 'button' | 'submit';
  readonly children: ReactNode;
}

export function Button({ look = 'plain', shortcut, type = 'button', children, ...rest }: ButtonProps) {
  return (
    <button {...rest} type={type} className={`button button-${look}`} aria-keyshortcuts={shortcut}>
      {children}
      {shortcut !== undefined && <kbd aria-hidden="true">{shortcut}</kbd>}
    </button>
  );
}
