import { createTokenBuckets, type TokenBuckets } from './token-bucket.ts';

/**
 * How often strangers can have the relay ask for documents of programs: ten at once of one host, and one more every five
 * seconds; 40 of all hosts, and two more a second.
 */
export function documentFetches(): { readonly ofHost: TokenBuckets; readonly inAll: TokenBuckets } {
  return { ofHost: createTokenBuckets(0.2, 10, 10_000), inAll: createTokenBuckets(2, 40, 1) };
}
