/** Builds the pages unless they are up to date. */
export function buildIfStale(): Promise<void>;
