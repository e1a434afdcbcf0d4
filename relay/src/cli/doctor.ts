import { X509Certificate } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { readConfig, type RelayConfig } from '../config.ts';
import { isSluiceError } from '../errors.ts';
import { isLoopback, signInsSeen, type SignInSeen } from '../identity/index.ts';
import { filesIn } from '../composition/files.ts';
import { loadPolicy, type Policy } from '../policy/index.ts';
import { formatProblem } from '../yaml/index.ts';
import { isDataLocked } from '../store/index.ts';
import { readFromStore, recordFindings } from './doctor-record.ts';
import type { Finding } from './finding.ts';
import { type Paint, unpainted } from './paint.ts';
import { jsonLine } from './terminal-text.ts';
import { upstreamFindings } from './doctor-upstream.ts';
import { whoCanDecide } from './who-can-decide.ts';

/** `sluice doctor`: prints a line for each check, and returns the exit code. */
export async function doctorCommand(
  {
    config,
    json,
    upstream = false,
  }: { readonly config: string; readonly json: boolean; readonly upstream?: boolean },
  print: (text: string) => void,
  paint: Paint = unpainted,
): Promise<number> {
  let isWell = true;
  const tell = ({ what, problem, accepted: isAccepted }: Finding) => {
    const accepted = isAccepted === true;
    if (json) print(jsonLine({ what, problem, accepted }));
    else if (problem === null) print(`${paint('good', '✓')} ${what}`);
    else print(`${accepted ? paint('caution', '!') : paint('bad', '✗')} ${what}: ${problem}`);
    isWell &&= problem === null || accepted;
  };
  if (upstream) for await (const finding of upstreamFindings(config)) tell(finding);
  else for (const finding of await checksOf(config)) tell(finding);
  return isWell ? 0 : 1;
}

/** Makes every check, whatever the earlier ones found, unless the configuration cannot be read. */
async function checksOf(path: string): Promise<readonly Finding[]> {
  let config: RelayConfig;
  try {
    config = readConfig(path);
  } catch (error) {
    return [{ what: 'configuration', problem: isSluiceError(error) ? error.message : 'cannot be read' }];
  }
  const policy = readPolicy(config);
  const isRunning = hasRelay(config);
  return [
    { what: 'configuration', problem: null },
    ...meantFindings(config),
    policy.finding,
    dataFinding(config),
    lockFinding(isRunning),
    ...(await recordFindings({ config, isRunning, now: Date.now() })),
    await portFinding(config, isRunning),
    ...(await Promise.all(config.identity.issuers.map(issuerFinding))),
    ...(config.identity.saml === null ? [] : await samlFindings(config.identity.saml)),
    ...(await inForceFindings(config, policy.loaded)),
    ...whoCanDecide(config, policy.loaded, await seenAt(config)),
  ];
}

/** Settings that would be refused if the configuration did not confirm them explicitly. */
function meantFindings({ listen, deliver }: RelayConfig): readonly Finding[] {
  const meant = (what: string, problem: string): Finding => ({ what, problem, accepted: true });
  return [
    ...(listen.tls === null && !isLoopback(listen.host)
      ? [
          meant(
            'listen.allowPlainHttp',
            `${listen.host} is open without TLS: tokens and rows cross the network as they are, unless a proxy before it has TLS`,
          ),
        ]
      : []),
    ...(typeof listen.trustProxy === 'number'
      ? [
          meant(
            'listen.trustProxy',
            'who reaches the relay past its proxies can claim any address; a list of their addresses is safer',
          ),
        ]
      : []),
    ...deliver.mail
      .filter(({ security, login }) => security === 'none' && login !== null)
      .map(({ name }) =>
        meant(`deliver.mail \`${name}\``, 'its password is sent in clear (allowPlaintextPassword)'),
      ),
  ];
}

function readPolicy({ policy }: RelayConfig): { readonly finding: Finding; readonly loaded: Policy | null } {
  const what = `policy ${policy}`;
  try {
    const { policy: loaded, problems } = loadPolicy(readFileSync(policy, 'utf8'));
    if (problems === undefined) return { finding: { what, problem: null }, loaded };
    const problem = problems.map((one) => formatProblem(policy, one)).join('\n  ');
    return { finding: { what, problem }, loaded: null };
  } catch {
    return { finding: { what, problem: 'cannot be read' }, loaded: null };
  }
}

/** The sign-ins that a relay has seen here; empty if there is no store yet, or if it does not record sign-ins. */
async function seenAt(config: RelayConfig): Promise<readonly SignInSeen[]> {
  return (await readFromStore(config, signInsSeen)) ?? [];
}

/**
 * Whether relays on this store apply this policy file. A relay that has a store to itself applies whatever file it has.
 */
async function inForceFindings(config: RelayConfig, policy: Policy | null): Promise<readonly Finding[]> {
  if (config.store.kind === 'sqlite' || policy === null) return [];
  const found = await readFromStore(config, async ({ policyVersions }) => ({
    newest: await policyVersions.newest(),
    isKnown: await policyVersions.isKnown(policy.version),
  }));
  if (found === null || found.newest === null) return [];
  const { newest, isKnown } = found;
  const what = 'policy in force';
  if (newest.version === policy.version) return [{ what, problem: null }];
  const short = (version: string) => version.slice(0, 12);
  const since = `\`${short(newest.version)}\` is in force since ${new Date(newest.since).toISOString()}`;
  const problem = isKnown
    ? `${since}, in place of this file's \`${short(policy.version)}\`: a relay with this file decides nothing; bring it up to date, or change a comment in it to put it in force again`
    : `${since}; this file's \`${short(policy.version)}\` is new, and will be in force when a relay reads it`;
  return [{ what, problem, ...(isKnown ? {} : { accepted: true }) }];
}

function dataFinding({ data }: RelayConfig): Finding {
  const what = `data folder ${data}`;
  try {
    mkdirSync(data, { recursive: true, mode: 0o700 });
    accessSync(data, constants.R_OK | constants.W_OK);
    return { what, problem: null };
  } catch {
    return { what, problem: 'cannot be written; give it to the user that the relay runs as' };
  }
}

/** Whoever may not look at the lock is told of the folder's permissions anyway. */
function hasRelay({ data }: RelayConfig): boolean {
  try {
    return isDataLocked(filesIn(data));
  } catch {
    return false;
  }
}

/** Which of the two it is changes what is wrong, and is neither well nor bad. */
function lockFinding(isRunning: boolean): Finding {
  return {
    what: isRunning ? 'a relay runs on the data folder' : 'no relay runs on the data folder',
    problem: null,
  };
}

async function portFinding({ listen }: RelayConfig, isRunning: boolean): Promise<Finding> {
  const what = `port ${listen.host}:${listen.port}`;
  const free = await new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(listen.port, listen.host, () => server.close(() => resolve(true)));
  });
  if (isRunning) return { what, problem: free ? 'nobody listens there; look into the relay’s log' : null };
  return { what, problem: free ? null : 'is taken by another program: end it, or name another port' };
}

async function issuerFinding({
  issuer,
  jwksUri,
}: RelayConfig['identity']['issuers'][number]): Promise<Finding> {
  const what = `issuer ${issuer}`;
  const address = jwksUri ?? `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const answer = await fetch(address, { signal: AbortSignal.timeout(5_000), redirect: 'error' }).catch(
    () => null,
  );
  const problem = answer?.ok === true ? null : `${address} does not answer; nobody could sign in with it`;
  return { what, problem };
}

type SamlSettings = NonNullable<RelayConfig['identity']['saml']>;

async function samlFindings({ identityProvider }: SamlSettings): Promise<readonly Finding[]> {
  const { signInUrl, certificates } = identityProvider;
  // Any answer will do: without a SAML request, the identity provider may well refuse.
  const answer = await fetch(signInUrl, { signal: AbortSignal.timeout(5_000), redirect: 'manual' }).catch(
    () => null,
  );
  return [
    {
      what: `SAML sign-in at ${signInUrl}`,
      problem: answer === null ? 'does not answer; nobody could sign in with it' : null,
    },
    ...certificates.flatMap((pem, index) => certificateFinding(pem, `SAML certificate ${index + 1}`)),
  ];
}

/** Whether a certificate has expired; a bare public key does not expire. */
function certificateFinding(pem: string, what: string): readonly Finding[] {
  if (!pem.includes('BEGIN CERTIFICATE')) return [];
  const { validToDate } = new X509Certificate(pem);
  const over = validToDate.getTime() < Date.now();
  const problem = over
    ? `has expired on ${validToDate.toISOString().slice(0, 10)}; ask for the new one`
    : null;
  return [{ what, problem }];
}
