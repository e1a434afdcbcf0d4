import snowflake from 'snowflake-sdk';

snowflake.configure({ logLevel: 'OFF' });

/** A session of the unmodified Snowflake driver. */
export interface DriverSession {
  run(sqlText: string, binds?: snowflake.Binds): Promise<DriverResult>;
  close(): Promise<void>;
}

export interface DriverResult {
  readonly rows: readonly Record<string, unknown>[];
  readonly statement: snowflake.RowStatement;
}

/** Connects as whoever the token is of. Rejects with the driver's own error. */
export async function connectDriver(url: string, token: string): Promise<DriverSession> {
  const connection = snowflake.createConnection({
    account: 'sluice',
    accessUrl: url,
    authenticator: 'OAUTH',
    token,
    sfRetryMaxLoginRetries: 1,
  });
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  return {
    run: (sqlText, binds) =>
      new Promise((resolve, reject) => {
        connection.execute({
          sqlText,
          ...(binds === undefined ? {} : { binds }),
          complete: (error, statement, rows) =>
            error ? reject(error) : resolve({ rows: (rows ?? []) as Record<string, unknown>[], statement }),
        });
      }),
    close: () =>
      new Promise((resolve) => {
        connection.destroy(() => resolve());
      }),
  };
}

/** The code of the error that a promise rejects with, or null when it does not. */
export async function errorOf(promise: Promise<unknown>): Promise<{ code: string; message: string } | null> {
  return await promise.then(
    () => null,
    (error: { code?: string | number; message?: string }) => ({
      code: String(error.code ?? ''),
      message: error.message ?? '',
    }),
  );
}
