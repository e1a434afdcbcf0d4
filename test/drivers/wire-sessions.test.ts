import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWire, tokenHeader, idOf, type Wire } from './wire.ts';

let wire: Wire;
beforeAll(async () => {
  wire = await startWire();
});
beforeEach(() => wire.reset());
afterAll(() => wire.close());

describe('signing in', () => {
  it('answers what drivers keep of a session', async () => {
    const { status, body } = await wire.post(
      '/session/v1/login-request?databaseName=shop&schemaName=&warehouse=wh&roleName="r"',
      {
        data: { TOKEN: 'bob-token', CLIENT_APP_ID: 'JDBC', CLIENT_APP_VERSION: '3.1' },
      },
      {},
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, message: null, code: null });
    expect(body.data).toMatchObject({
      token: expect.stringMatching(/^.{20,}$/),
      validityInSeconds: 3_600,
      masterToken: expect.stringMatching(/^.{20,}$/),
      masterValidityInSeconds: 14_400,
      displayUserName: 'bob',
      serverVersion: '9.30.0',
      firstLogin: false,
      remMeToken: null,
      remMeValidityInSeconds: 0,
      healthCheckInterval: 45,
      newClientForUpgrade: null,
      sessionId: expect.any(Number),
      sessionInfo: { databaseName: 'SHOP', schemaName: 'PUBLIC', warehouseName: 'WH', roleName: 'r' },
      idToken: null,
      idTokenValidityInSeconds: 0,
      mfaToken: null,
      mfaTokenValidityInSeconds: 0,
    });
    expect(body.data['token']).not.toBe(body.data['masterToken']);
    // Drivers cast by JSON type; binds are never staged past the gate.
    expect(body.data['parameters']).toEqual(
      expect.arrayContaining([
        { name: 'CLIENT_STAGE_ARRAY_BINDING_THRESHOLD', value: 2_147_483_647 },
        { name: 'AUTOCOMMIT', value: true },
        { name: 'BINARY_OUTPUT_FORMAT', value: 'HEX' },
      ]),
    );
  });

  it.each([
    [
      'an application that names itself',
      { CLIENT_APP_ID: 'JDBC', CLIENT_APP_VERSION: '3.1' },
      { application: 'JDBC', version: '3.1', agent: null },
    ],
    ['one that does not', {}, { application: 'unknown', version: 'unknown', agent: null }],
    [
      'an application on a driver',
      { CLIENT_APP_ID: 'JDBC', CLIENT_ENVIRONMENT: { APPLICATION: 'dbt' } },
      { application: 'JDBC', agent: 'dbt' },
    ],
    [
      'a driver that repeats itself',
      { CLIENT_APP_ID: 'JDBC', CLIENT_ENVIRONMENT: { APPLICATION: 'JDBC' } },
      { agent: null },
    ],
    ['an empty name', { CLIENT_ENVIRONMENT: { APPLICATION: '' } }, { agent: null }],
    [
      'an agent in the tag of the session, before the application',
      {
        CLIENT_ENVIRONMENT: { APPLICATION: 'dbt' },
        SESSION_PARAMETERS: { QUERY_TAG: '{"agent":"Copilot"}' },
      },
      { agent: 'Copilot' },
    ],
  ])('knows %s', async (_, data, client) => {
    await wire.signIn('bob-token', data);
    await wire.query('SELECT 1');
    expect(wire.seen[0]?.session.client).toMatchObject({
      protocol: 'snowflake',
      address: '127.0.0.1',
      ...client,
    });
  });
});

describe('a session', () => {
  it('sees no statement of another, not even of the same person', async () => {
    const queryId = idOf(await wire.query('SELECT 1'));
    await wire.signIn('ada-token');
    for (const [method, url] of [
      ['GET', `/queries/${queryId}/result`],
      ['GET', `/monitoring/queries/${queryId}`],
      ['POST', `/queries/${queryId}/abort-request`],
    ] as const) {
      const { body } = await wire.send(method, url, method === 'POST' ? {} : undefined);
      expect(body).toMatchObject({ success: false, code: '000709', data: { sqlState: '02000' } });
      expect(body.message).toContain(`the session has no statement \`${queryId}\``);
    }
  });

  it('is kept alive, renewed by its master token alone, and ended', async () => {
    expect((await wire.post('/session/heartbeat')).body).toMatchObject({ success: true, data: null });
    const { body } = await wire.post('/session/v1/login-request', { data: { TOKEN: 'bob-token' } }, {});
    const master = { authorization: tokenHeader(body.data['masterToken']) };
    const own = { authorization: tokenHeader(body.data['token']) };
    expect((await wire.post('/session/token-request', {}, own)).body).toMatchObject({
      success: false,
      code: '390113',
    });
    expect((await wire.post('/session/heartbeat', {}, master)).body).toMatchObject({
      success: false,
      code: '390104',
    });
    const { body: renewed } = await wire.post('/session/token-request', {}, master);
    expect(renewed.data).toEqual({
      sessionToken: expect.any(String),
      validityInSecondsST: 3_600,
      masterToken: expect.any(String),
      validityInSecondsMT: 14_400,
      sessionId: expect.any(Number),
    });
    wire.useToken(renewed.data['sessionToken']);
    expect((await wire.query('SELECT 1')).success).toBe(true);
    expect((await wire.post('/session?delete=true')).body).toMatchObject({ success: true, data: null });
    expect(await wire.query('SELECT 1')).toMatchObject({ success: false, code: '390114' });
    expect((await wire.post('/session/token-request', {}, master)).body).toMatchObject({
      success: false,
      code: '390114',
    });
  });

  it('is told of an expired token, and goes on with a new one', async () => {
    wire.clock.now += 3_600_000;
    expect(await wire.query('SELECT 1')).toMatchObject({ success: false, code: '390112' });
  });

  it.each([
    ['Snowflake Token="x" y'],
    ['snowflake token="x"'],
    ['Snowflake Token=""'],
    [`Snowflake Token="${'x'.repeat(513)}"`],
    ['x Snowflake Token="x"'],
  ])('is not found by %s', async (header) => {
    const { body } = await wire.post('/session/heartbeat', {}, { authorization: header });
    expect(body).toMatchObject({
      success: false,
      code: '390104',
      message: expect.stringContaining('no session token'),
    });
  });
});

describe('what is not spoken', () => {
  it('is told to the record in short, without what may be in the query or the path', async () => {
    await wire.send('GET', `/${'x'.repeat(300)}?token=secret`, undefined, {});
    await wire.send('POST', '/a%20b/<script>', {}, {});
    expect(wire.relay.refused).toEqual([
      {
        session: null,
        code: 'request_unsupported',
        what: `GET /${'x'.repeat(199)}`,
        reason: 'not an endpoint of the relay',
      },
      expect.objectContaining({ what: expect.stringMatching(/^POST \/a%20b\/[\w%]+$/) }),
    ]);
  });

  it('is said to be so, and telemetry is taken and dropped', async () => {
    const { status, body } = await wire.send('GET', '/nothing', undefined, {});
    expect(status).toBe(404);
    expect(body.message).toBe(
      '`GET /nothing` is not supported here. See docs/driver-protocol.md for what is.',
    );
    expect((await wire.post('/telemetry/send', { logs: [] })).body).toMatchObject({
      success: true,
      data: null,
    });
    expect((await wire.post('/telemetry/send', { logs: [] }, {})).body.success).toBe(false);
  });
});
