import type { IncomingHttpHeaders } from 'node:http';
import type { Endpoint, Fault } from './faults.ts';

/** A request as it came in, for tests to look at. */
export interface LoggedRequest {
  readonly endpoint: Endpoint;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readonly<Record<string, unknown>> | null;
  readonly receivedAt: number;
  /** Whose token it came with; null where it had none that is good. */
  session: number | null;
  /** What went wrong with it. */
  fault: Fault['kind'] | null;
  /** The envelope's code, of answers that are one. */
  code: string | null;
  /** Of a sign-in that was refused: what only administrators are told. */
  reason: string | null;
}

/** The last requests. */
export function createLog(most: number) {
  const requests: LoggedRequest[] = [];
  return {
    requests: requests as readonly LoggedRequest[],
    add(request: LoggedRequest): LoggedRequest {
      requests.push(request);
      if (requests.length > most) requests.splice(0, Math.ceil(most / 2));
      return request;
    },
    clear(): void {
      requests.length = 0;
    },
  };
}
