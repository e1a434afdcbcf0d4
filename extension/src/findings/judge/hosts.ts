import { accountHostIn, isPlaceholder, namesRelay } from '@sluice/agent-hook/recognisers';

/** Where a host, an account or an address leads. */
export type Way = 'account' | 'relay' | 'elsewhere' | 'unknown';

/** @param text a host or a URL; null where it is fetched when it is used. */
export function wayOfHost(text: string | null, relays: readonly string[]): Way {
  if (text === null) return 'unknown';
  const host = accountHostIn(text);
  if (host !== null) return isStandInAccount(host.split('.')[0]!) ? 'unknown' : 'account';
  if (namesRelay(text, relays) || LOOPBACK.test(text)) return 'relay';
  return isPlaceholder(text) || /[<{]/.test(text) ? 'unknown' : 'elsewhere';
}

/** An account's identifier, where no host says otherwise: `acme-prod`, `ab12345.eu-west-1`. */
export function wayOfAccount(text: string | null, relays: readonly string[]): Way {
  if (text === null || text.trim() === '') return 'unknown';
  if (accountHostIn(text) !== null || LOOPBACK.test(text) || namesRelay(text, relays))
    return wayOfHost(text, relays);
  return isStandInAccount(text) ? 'unknown' : 'account';
}

/** This machine, by whatever name: a relay of one's own, or an emulator. */
const LOOPBACK =
  /(?:^|[/@=])(?:127(?:\.\d{1,3}){3}|localhost|0\.0\.0\.0|\[?::1\]?|host\.docker\.internal|[\w.-]+\.localhost(?:\.localstack\.cloud)?)(?=$|[:/?&;\s])/i;

/** What documentation and tests write for an account; `sluice` is what Sluice's own documentation writes. */
function isStandInAccount(account: string): boolean {
  const text = account.toLowerCase().trim();
  return (
    isPlaceholder(text) ||
    isTypeName(text) ||
    /[<>{}$%[\]\s]/.test(text) ||
    /^(?:xy12345|xyz?\d*|abc?\d*|ab12345|abcd?\d*|org-?acc(?:oun)?t|sluice)(?:[.-].*)?$/.test(text) ||
    /^(?:(?:my|your|the|our|some|an?|example|sample|test(?:ing)?|demo|dummy|fake|mock|fixture|org(?:ani[sz]ation)?(?:name)?|acc(?:oun)?t(?:name)?|account[-_]?(?:name|id|identifier|locator)|identifier|locator|name|company|snowflake|region|cloud|account|foo|bar|baz|placeholder|none|id|unit)[-_.]?\d*)+(?:[.](?:[a-z]{2}-[a-z]+-\d|aws|azure|gcp|east-us-2)(?:\.\w+)*)?$/.test(
      text,
    )
  );
}

/** What a schema gives in place of a value. */
export function isTypeName(text: string): boolean {
  return /^(?:var)?(?:char|binary|string|text|number|integer|int|boolean|variant|object|any|str)(?:\(\d+\))?$/i.test(
    text,
  );
}
