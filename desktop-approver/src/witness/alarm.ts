export const ALARM_CAUSES = [
  /** The log does not go on from what was signed. */
  'rewritten',
  /** It has fewer events than were signed. */
  'shrunk',
  /** By one that no known key has handed over to, or by one that had handed over. */
  'signed_by_another_key',
  'another_log',
  /** Somebody was given another key, by another way than the relay. */
  'not_the_given_key',
  /** Nobody can tell: what this device had kept cannot be read any more. */
  'memory_damaged',
] as const;

export type AlarmCause = (typeof ALARM_CAUSES)[number];

/** A relay shows another history than it did: somebody rewrote its record, or it signs two. */
export interface WitnessAlarm {
  /** ISO 8601. */
  readonly at: string;
  readonly why: AlarmCause;
  /** In a sentence, with what to do. */
  readonly message: string;
  /** The signed notes that contradict each other, to the byte: the evidence. Empty where there is none. */
  readonly kept: string;
  readonly shown: string;
  /** What the relay answered when it was to prove that the log goes on from the one to the other; hex. */
  readonly proof: readonly string[];
}

/** What is said of it, with what to do. @param about what else is to be known, in a sentence. */
export function alarmOf(
  why: AlarmCause,
  evidence: Pick<WitnessAlarm, 'at' | 'kept' | 'shown' | 'proof'>,
  about = '',
): WitnessAlarm {
  return { why, message: [WORDS[why], about, TO_DO].filter((part) => part !== '').join(' '), ...evidence };
}

const WORDS: Readonly<Record<AlarmCause, string>> = {
  rewritten:
    'The relay shows another history than it has signed before: its record was rewritten, or it shows different people different records.',
  shrunk:
    'The relay has fewer events than it has signed before: its record was cut off, or put back to an older copy.',
  signed_by_another_key:
    'The relay signs its record by a key that no known key has handed over to: the key was replaced, or this is not the relay that it was.',
  another_log: 'The relay has another record than it had: it was begun anew, or this is not the same relay.',
  not_the_given_key:
    'The key that signs this relay’s record is not the one that was pasted here: the one that was pasted is of another relay, or this relay has shown this device another record from the first day.',
  memory_damaged:
    'What this device had kept of the relay’s record cannot be read any more, so nobody here can tell whether the record is what it was.',
};

const TO_DO =
  'Ask the people who run the relay, by another way than the relay, and somebody who does not. After a backup was put back, they have run `sluice accept-loss`, which ' +
  'stands on the record with who did it and why: look for that notice, and compare the key’s fingerprint with them. Only then acknowledge this. ' +
  'Until then this device cosigns nothing for the relay. Keep the evidence: `sluice verify kept.checkpoint shown.checkpoint` compares it.';
