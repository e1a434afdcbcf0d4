import { z } from 'zod';

/**
 * The versions that relays and programs of this release speak, each numbered separately. A version is increased when
 * programs that know only the previous one would misread what they receive. New routes and new members of an answer do not
 * increase it: programs ignore what they do not know.
 */
export const API_VERSION = 1;
export const LIVE_VERSION = 2;
/** The version of a session's events, and of exports. */
export const RECORD_VERSION = 1;

/** The header in which a program names the API version that it speaks, and the relay the one that it serves. */
export const API_VERSION_HEADER = 'sluice-api-version';

const served = z.object({
  /** The oldest and the newest version served. */
  from: z.int().positive(),
  to: z.int().positive(),
});

/** The versions that the relay serves. Its form never changes, because even the oldest programs must be able to read it. */
export const about = z.object({
  api: served,
  live: served,
  record: served,
});

export type About = z.infer<typeof about>;

/** The versions of this release, which serves one of each. */
export const ABOUT: About = {
  api: { from: API_VERSION, to: API_VERSION },
  live: { from: LIVE_VERSION, to: LIVE_VERSION },
  record: { from: RECORD_VERSION, to: RECORD_VERSION },
};

/** Why a program that speaks this version cannot be served; null when it can. */
export function versionProblem(
  spoken: number,
  { from, to }: About['api'],
): 'client_too_old' | 'relay_too_old' | null {
  if (spoken < from) return 'client_too_old';
  return spoken > to ? 'relay_too_old' : null;
}
