import type { FastifyBaseLogger } from 'fastify';
import type { RelayConfig } from '../config.ts';
import type { StartPart } from '../lifecycle.ts';
import type { Metrics } from '../metrics/index.ts';
import type { RelayFiles } from './files.ts';

/** What every part of a relay is made with. */
export interface RelayContext {
  readonly config: RelayConfig;
  readonly files: RelayFiles;
  readonly start: StartPart;
  readonly logger: FastifyBaseLogger;
  readonly metrics: Metrics;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A new UUID. */
  readonly newId: () => string;
  /** Cryptographically random bytes. */
  readonly random: (bytes: number) => Buffer;
  /** Told of failures that nobody waits for. */
  readonly onError: (error: unknown) => void;
}
