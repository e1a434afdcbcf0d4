import { z } from 'zod';

/**
 * What relays and programs of this release speak. Each of the three counts by itself: a number goes up when programs
 * that know only the one before would misread what they are sent. New routes, and new members of an answer, are no new
 * version: programs overlook what they do not know.
 */
export const API_VERSION = 1;
export const LIVE_VERSION = 1;
/** Of the events of a session, and of what is exported. */
export const RECORD_VERSION = 1;

/** The header in which a program says the API's version that it speaks, and the relay the one that it serves. */
export const API_VERSION_HEADER = 'sluice-api-version';

const served = z.object({
  /** The oldest version that is still served, and the newest. */
  from: z.int().positive(),
  to: z.int().positive(),
});

/** What the relay speaks: also for programs that are too old for anything else, so this answer never changes. */
export const about = z.object({
  api: served,
  live: served,
  record: served,
});

export type About = z.infer<typeof about>;

/** Of this release, which serves one version of each. */
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
