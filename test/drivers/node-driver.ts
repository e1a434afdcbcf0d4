import snowflake, { type Connection, type ConnectionOptions, type RowStatement } from 'snowflake-sdk';

process.env['SNOWFLAKE_DISABLE_PLATFORM_DETECTION'] = 'true';
snowflake.configure({ logLevel: 'OFF' });

/** Signs in with the unmodified driver. */
export async function connect(port: number, options: Partial<ConnectionOptions> = {}): Promise<Connection> {
  const connection = snowflake.createConnection({
    account: 'sluice',
    accessUrl: `http://127.0.0.1:${port}`,
    authenticator: 'OAUTH',
    token: 'ada-token',
    ...options,
  });
  await connection.connectAsync(() => {});
  return connection;
}

export type Row = Record<string, unknown>;

type ExecuteOptions = Omit<Parameters<Connection['execute']>[0], 'sqlText' | 'complete'>;

/** Runs one statement to its end. `started` is told of the statement as soon as the driver has it. */
export async function execute(
  connection: Connection,
  sqlText: string,
  options: Partial<ExecuteOptions> = {},
  started: (statement: RowStatement) => void = () => {},
): Promise<{ rows: Row[]; statement: RowStatement }> {
  return new Promise((resolve, reject) => {
    const statement = connection.execute({
      ...options,
      sqlText,
      complete: (error, statement, rows) => {
        if (error) reject(error);
        else resolve({ rows: (rows ?? []) as Row[], statement });
      },
    });
    started(statement);
  });
}

export async function disconnect(connection: Connection): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    connection.destroy((error) => (error ? reject(error) : resolve()));
  });
}
