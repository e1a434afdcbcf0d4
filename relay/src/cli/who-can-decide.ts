import type { RelayConfig } from '../config.ts';
import { samlPersonNames, type SignInSeen } from '../identity/index.ts';
import type { Policy } from '../policy/index.ts';
import type { Finding } from './finding.ts';

/**
 * What keeps votes from counting, according to the configuration and to the tokens that were seen.
 *
 * @param policy - null if it cannot be read.
 */
export function whoCanDecide(
  config: RelayConfig,
  policy: Policy | null,
  seen: readonly SignInSeen[],
): readonly Finding[] {
  const sources = sourcesOf(config);
  return [
    ...decidersFindings(sources),
    ...comparisonFindings(sources),
    ...integrationFindings(config, sources),
    ...deviceFindings(config),
    ...sources.flatMap((source) =>
      seenFindings(
        source,
        policy,
        seen.filter(({ issuer }) => issuer === source.issuer),
      ),
    ),
  ];
}

/** A place where people sign in. */
interface Source {
  readonly issuer: string;
  /** The claims or attributes by which its tokens name people. */
  readonly names: readonly string[];
  readonly mayDecide: boolean;
}

function sourcesOf({ identity, listen }: RelayConfig): readonly Source[] {
  const issuers = identity.issuers
    .filter(({ claims }) => claims.kind === 'person')
    .map(({ issuer, claims, deciding }) => ({
      issuer,
      names: Object.keys(claims.personClaims),
      mayDecide: deciding !== null,
    }));
  const { saml } = identity;
  if (saml === null || listen.publicUrl === null) return issuers;
  return [...issuers, { issuer: listen.publicUrl, names: samlPersonNames(saml), mayDecide: true }];
}

function decidersFindings(sources: readonly Source[]): readonly Finding[] {
  const nobody = sources.every(({ mayDecide }) => !mayDecide);
  const advice =
    "say how its tokens to decide with are told apart: `deciding: { scope: 'sluice:decide' }`, or `{ audience: ... }`";
  return sources.map(({ issuer, mayDecide }): Finding => {
    const what = `deciding by people of ${issuer}`;
    if (mayDecide) return { what, problem: null };
    if (nobody) return { what, problem: `nobody can decide on anything; ${advice}` };
    return { what, problem: `nobody of it may decide; if they should, ${advice}`, accepted: true };
  });
}

function comparisonFindings(sources: readonly Source[]): readonly Finding[] {
  return sources.flatMap((one, index) =>
    sources.slice(index + 1).map((other) => ({
      what: `telling apart people of ${one.issuer} and of ${other.issuer}`,
      problem: one.names.some((name) => other.names.includes(name))
        ? null
        : `nothing that they say of people is comparable, so nobody of the one can decide on a request of the other; give both a name in common as \`personClaims\``,
    })),
  );
}

function integrationFindings({ integrations }: RelayConfig, sources: readonly Source[]): readonly Finding[] {
  if (integrations.length === 0) return [];
  return sources.map(({ issuer, names }) => ({
    what: `integrations, on requests of people of ${issuer}`,
    problem: names.includes('email')
      ? null
      : 'they name people by e-mail address, which these tokens are not configured to give; their votes do not count',
  }));
}

function deviceFindings({ approvals, groups }: RelayConfig): readonly Finding[] {
  const problem =
    approvals.trustFirstDevice || groups.security.length > 0
      ? null
      : 'nobody can enrol a first one: name the people who vouch for them in `groups.security`';
  return [{ what: 'devices that decisions are signed on', problem }];
}

function seenFindings(
  { issuer, names }: Source,
  policy: Policy | null,
  seen: readonly SignInSeen[],
): readonly Finding[] {
  if (seen.length === 0) return [];
  const deciding = seen.filter(({ forDeciding }) => forDeciding);
  const silent = deciding.filter(({ saysWhen }) => !saysWhen).length;
  const kinds = policy?.signIn.acr ?? null;
  const others = kinds === null ? [] : deciding.filter(({ acr }) => acr === null || !kinds.includes(acr));
  return [
    ...names.map((name) => {
      const without = seen.filter(({ lacks }) => lacks.includes(name)).length;
      return {
        what: `${calledOf(name)} in tokens of ${issuer}`,
        problem:
          without === 0
            ? null
            : `missing in ${without} of ${seen.length} that were seen, and votes of and on these people do not count; ${adviceOn(name)}`,
      };
    }),
    {
      what: `sign-in times in tokens of ${issuer} to decide with`,
      problem:
        silent === 0
          ? null
          : `\`auth_time\` is missing in ${silent} of ${deciding.length} that were seen, and these decide nothing; have the issuer put it into its access tokens`,
    },
    {
      what: `ways of signing in, in tokens of ${issuer} to decide with`,
      problem:
        others.length === 0
          ? null
          : `\`acr\` is not what the policy takes in ${others.length} of ${deciding.length} that were seen (${acrsOf(others)})`,
    },
  ];
}

function calledOf(name: string): string {
  return name === 'email' ? 'verified e-mail addresses' : `\`${name}\``;
}

function adviceOn(name: string): string {
  return name === 'email'
    ? 'have the issuer put `email` and `email_verified` into its access tokens, set `emailIsVerified` if it checks all of its addresses, or name other claims as `personClaims`'
    : 'have the issuer put the claim into its access tokens, or name another as `personClaims`';
}

function acrsOf(seen: readonly SignInSeen[]): string {
  return [...new Set(seen.map(({ acr }) => (acr === null ? 'none' : `\`${acr}\``)))].slice(0, 5).join(', ');
}
