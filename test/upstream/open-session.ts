import type { Account } from './account.ts';
import type { LoggedRequest } from './log.ts';
import { DEFAULT_PARAMETERS, parameterList, type ParameterValue } from './parameters.ts';
import { type Envelope, refusal, success } from './reply.ts';
import type { Sessions } from './sessions.ts';
import { signIn, textOf } from './sign-in.ts';

/** Signs somebody in: with the role, warehouse, database and schema that are asked for, or their own. */
export function openSession(
  account: Account,
  sessions: Sessions,
  {
    url,
    body,
    logged,
  }: {
    readonly url: URL;
    readonly body: Readonly<Record<string, unknown>>;
    readonly logged: LoggedRequest;
  },
  now: number,
): Envelope {
  const data = (body['data'] ?? {}) as Readonly<Record<string, unknown>>;
  const signedIn = signIn(account, data, now);
  if ('reason' in signedIn) {
    logged.reason = signedIn.reason;
    return refusal(signedIn.code, signedIn.message);
  }
  const { user, method, onlyRole } = signedIn;
  const asked = (name: string) => {
    const text = url.searchParams.get(name);
    return text === null || text === '' ? null : stored(text);
  };
  const role = asked('roleName') ?? onlyRole ?? user.defaults.role;
  if (!user.roles.includes(role) || (onlyRole !== undefined && role !== onlyRole)) {
    logged.reason = 'ROLE_NOT_GRANTED';
    return refusal(
      '390189',
      `Role '${role}' specified in the connect string is not granted to this user. Contact your local system administrator, or attempt to login with another role, e.g. PUBLIC.`,
    );
  }
  const wantedDatabase = asked('databaseName') ?? user.defaults.database ?? null;
  const schemas = wantedDatabase === null ? undefined : account.databases[wantedDatabase];
  const wantedSchema =
    asked('schemaName') ??
    (asked('databaseName') === null ? user.defaults.schema : undefined) ??
    (schemas?.includes('PUBLIC') ? 'PUBLIC' : null);
  const wantedWarehouse = asked('warehouse') ?? user.defaults.warehouse ?? null;
  const session = sessions.open({
    user,
    method,
    ...(onlyRole === undefined ? {} : { onlyRole }),
    client: textOf(data, 'CLIENT_APP_ID'),
    role,
    // What is not there is not entered, and sign-in says nothing of it.
    database: schemas === undefined ? null : wantedDatabase,
    schema: wantedSchema !== null && schemas?.includes(wantedSchema) ? wantedSchema : null,
    warehouse:
      wantedWarehouse !== null && account.warehouses.includes(wantedWarehouse) ? wantedWarehouse : null,
    parameters: parametersOf(data),
  });
  logged.session = session.id;
  return success({
    token: session.token.text,
    validityInSeconds: Math.round((session.token.expiresAt - now) / 1_000),
    masterToken: session.master.text,
    masterValidityInSeconds: Math.round((session.master.expiresAt - now) / 1_000),
    displayUserName: user.name,
    serverVersion: '9.36.1',
    firstLogin: false,
    remMeToken: null,
    remMeValidityInSeconds: 0,
    healthCheckInterval: 45,
    newClientForUpgrade: null,
    sessionId: session.id,
    parameters: parameterList(session.parameters),
    sessionInfo: {
      databaseName: session.database,
      schemaName: session.schema,
      warehouseName: session.warehouse,
      roleName: session.role,
    },
    idToken: null,
    idTokenValidityInSeconds: 0,
    mfaToken: null,
    mfaTokenValidityInSeconds: 0,
    tokenUrl: null,
    ssoUrl: null,
    proofKey: null,
    responseData: null,
  });
}

/** SESSION_PARAMETERS that the account knows; drivers send some of their own beside. */
function parametersOf(data: Readonly<Record<string, unknown>>): Record<string, ParameterValue> {
  const given = (data['SESSION_PARAMETERS'] ?? {}) as Readonly<Record<string, ParameterValue>>;
  return Object.fromEntries(
    Object.entries(given)
      .map(([name, value]) => [name.toUpperCase(), value] as const)
      .filter(([name]) => Object.hasOwn(DEFAULT_PARAMETERS, name)),
  );
}

function stored(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toUpperCase();
}
