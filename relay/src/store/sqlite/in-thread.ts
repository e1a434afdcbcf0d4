import { workerData } from 'node:worker_threads';
import { portsOn } from '../sql/ports.ts';
import { StoreError, type StoreProblem } from '../store-error.ts';
import type { PortApart } from '../reading-apart.ts';
import { connectSqlite } from './connection.ts';
import type { StorePorts } from '../store.ts';
import { databaseOn } from './dialect.ts';

/** A call of a method of a port, in another thread. */
export interface ReadCall {
  readonly port: PortApart;
  readonly method: string;
  readonly parameters: readonly unknown[];
}

export type ReadAnswer = { readonly value: unknown } | { readonly problem: StoreProblem };

const { path } = workerData as { readonly path: string };
let ports: StorePorts | null = null;

/** Called in a thread of its own, with one call after the other. */
export default async function inThread({ port, method, parameters }: ReadCall): Promise<ReadAnswer> {
  try {
    ports ??= openPorts();
    const called = ports[port] as unknown as Readonly<
      Record<string, (...given: readonly unknown[]) => unknown>
    >;
    return { value: await called[method]!(...parameters) };
  } catch (error) {
    // An error of a class does not cross threads as what it is.
    if (!(error instanceof StoreError)) throw error;
    return { problem: error.problem };
  }
}

function openPorts(): StorePorts {
  // Another process may be recovering the database, or starting its log of writes over. To wait holds nobody up here.
  const settings = 'PRAGMA busy_timeout = 1000; PRAGMA cache_size = -32768';
  const connection = connectSqlite(path, { readOnly: true, settings });
  return portsOn(databaseOn(async () => ({ connection, release() {} })));
}
