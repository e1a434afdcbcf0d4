import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import snowflake, { type Connection } from 'snowflake-sdk';
import type { Way } from './programs.ts';

/** What a driver has made of a result, and how long it took: every cell a value of its language, or of Arrow's. */
export interface DriverRead {
  readonly rows: number;
  readonly ms: number;
}

export interface DriverReader {
  read(sql: string): Promise<DriverRead>;
  close(): void;
}

/** A session by Snowflake's driver for Node, which says nothing of itself. */
export async function connectNodeDriver({ url, token }: Way): Promise<Connection> {
  snowflake.configure({ logLevel: 'OFF' });
  const connection = snowflake.createConnection({
    account: 'sluice',
    accessUrl: url,
    authenticator: 'OAUTH',
    token,
  });
  return await new Promise((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve(connection)));
  });
}

/** The driver for Node reads JSON; row by row, as it says to for large results. */
export async function openNodeDriver(way: Way): Promise<DriverReader> {
  const connection = await connectNodeDriver(way);
  return {
    async read(sql) {
      const began = performance.now();
      const rows = await readRows(connection, sql);
      return { rows, ms: performance.now() - began };
    },
    close: () => connection.destroy(() => {}),
  };
}

async function readRows(connection: Connection, sqlText: string): Promise<number> {
  return await new Promise<number>((resolve, reject) => {
    connection.execute({
      sqlText,
      streamResult: true,
      complete(error, statement) {
        if (error) return reject(error);
        let rows = 0;
        statement
          .streamRows()
          .on('data', () => (rows += 1))
          .once('error', reject)
          .once('end', () => resolve(rows));
      },
    });
  });
}

/** Snowflake's Python connector, which reads Arrow; null where it is not installed (`test/drivers/install`). */
export function openPythonConnector({ url, token }: Way): DriverReader | null {
  if (!existsSync(PYTHON)) return null;
  const script = fileURLToPath(new URL('read_with_connector.py', import.meta.url));
  const child = spawn(PYTHON, ['-W', 'ignore', script, new URL(url).port, token], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  return {
    async read(sql) {
      child.stdin.write(`${sql}\n`);
      const [line] = (await once(lines, 'line')) as [string];
      return JSON.parse(line) as DriverRead;
    },
    close: () => void child.kill(),
  };
}

const PYTHON = fileURLToPath(new URL('../.drivers/venvs/connector-5/bin/python', import.meta.url));
