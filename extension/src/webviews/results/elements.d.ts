import type { VscodeButton } from '@vscode-elements/elements/dist/vscode-button/vscode-button.js';
import type { DetailedHTMLProps, HTMLAttributes } from 'react';

type ElementProps<Element, Own = object> = DetailedHTMLProps<HTMLAttributes<Element>, Element> & Own;

declare module 'react' {
  // React's own way to be told of elements.
  // eslint-disable-next-line typescript/no-namespace
  namespace JSX {
    interface IntrinsicElements {
      'vscode-button': ElementProps<VscodeButton, { secondary?: boolean; disabled?: boolean }>;
      'vscode-progress-bar': ElementProps<HTMLElement>;
      'vscode-badge': ElementProps<HTMLElement, { variant?: string }>;
    }
  }
}
