/** The setting `sluice.findings.reportCounts`. */
export type ReportSetting = 'ask' | 'always' | 'never';

export type Consent = 'send' | 'ask' | 'silent';

/** Whether counts may be sent. Whatever is not a clear yes is none. */
export function consentFor({
  setting,
  wasAsked,
  isTrusted,
  isSignedIn,
  hasFindings,
}: {
  readonly setting: unknown;
  readonly wasAsked: boolean;
  readonly isTrusted: boolean;
  readonly isSignedIn: boolean;
  readonly hasFindings: boolean;
}): Consent {
  if (!isTrusted || !isSignedIn) return 'silent';
  if (setting === 'always') return 'send';
  return setting === 'ask' && !wasAsked && hasFindings ? 'ask' : 'silent';
}
