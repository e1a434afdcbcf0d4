import type { Checkpoint, NoteSignature } from '../../recording/index.ts';

/** Somebody elsewhere who is told what the relay has signed. */
export interface Witness {
  readonly name: string;
  /** Resolves when the witness has it. Rejects with a `WitnessConflict` when it has seen another history of this log. */
  send(checkpoint: Checkpoint, signal: AbortSignal): Promise<Sent>;
}

/** The log as the store has it. */
export interface RecordedLog {
  /** How many events there are. */
  size(): Promise<number>;
  /** That the tree of `size` events begins with the one of `from` events; base64. */
  proof(from: number, size: number): Promise<readonly string[]>;
}

export interface Sent {
  /** To be kept with the checkpoint. */
  readonly cosignatures: readonly NoteSignature[];
}

export const SENT: Sent = { cosignatures: [] };

/** The witness has seen what this relay's record contradicts. */
export class WitnessConflict extends Error {
  override readonly name = 'WitnessConflict';
  /** Whether the relay stops for it. */
  readonly stops: boolean;

  constructor(message: string, stops: boolean) {
    super(message);
    this.stops = stops;
  }
}

/** What a checkpoint is called where each is kept under its own name: so that lists are in the order of the log. */
export function objectName({ log, size, root }: Checkpoint): string {
  return `${log}/${String(size).padStart(16, '0')}-${root.slice(0, 16)}.checkpoint`;
}

/** What a name says, with or without its folder; null when it is not that of a checkpoint. */
export function placeIn(name: string): { readonly size: number; readonly root: string } | null {
  const [, size, root] = /(?:^|\/)(\d{16})-([0-9a-f]{16})\.checkpoint$/.exec(name) ?? [];
  return size === undefined || root === undefined ? null : { size: Number(size), root };
}
