import type { ReactNode } from 'react';

export interface ButtonProps {
  readonly onPress: () => void;
  readonly children: ReactNode;
  readonly isPrimary?: boolean;
  readonly isDisabled?: boolean;
  readonly title?: string;
  readonly isExpanded?: boolean;
}

/** The editor's own button. */
export function Button({ onPress, children, isPrimary = false, isDisabled, title, isExpanded }: ButtonProps) {
  return (
    <vscode-button
      secondary={!isPrimary}
      disabled={isDisabled ?? false}
      onClick={isDisabled === true ? undefined : onPress}
      {...(title === undefined ? {} : { title })}
      {...(isExpanded === undefined ? {} : { 'aria-expanded': isExpanded })}
    >
      {children}
    </vscode-button>
  );
}
