import type { Paint } from './paint.ts';

/** What a command works with beside its arguments. */
export interface Terminal {
  readonly print: (text: string) => void;
  /** For the person at the terminal, not for what reads the output. */
  readonly note: (text: string) => void;
  /** Of what is printed, and of what is noted. */
  readonly paint: { readonly printed: Paint; readonly noted: Paint };
  /** Columns; null where the output goes to a file or a program, and lines may be as long as they are. */
  readonly width: number | null;
  /** How the program was called, for commands that people are to type. */
  readonly program: string;
  /** Sets what the process exits with. */
  readonly exit: (code: number) => void;
}
