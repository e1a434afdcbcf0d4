import type { Paint } from './paint.ts';

/** What the terminal provides to a command. */
export interface Terminal {
  readonly print: (text: string) => void;
  /** Standard error: for the person at the terminal, not for programs that read the output. */
  readonly note: (text: string) => void;
  /** Colours for `print` and for `note`, which may go to different places. */
  readonly paint: { readonly printed: Paint; readonly noted: Paint };
  /** Columns; null if the output goes to a file or a program, where lines may have any length. */
  readonly width: number | null;
  /** How the program was called, for messages that quote commands: `npx sluice`. */
  readonly program: string;
  /** Sets the exit code of the process. */
  readonly exit: (code: number) => void;
}
