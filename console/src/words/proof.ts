/** Of the proof of a session. */
export const PROOF_WORDS = {
  check: 'Check the proof',
  checking: (events: number) => `Checking … ${events.toLocaleString('en')} events`,
  verified: (key: string) => `Verified, signed by key ${key}…`,
  witnessed: (count: number) => (count === 1 ? ', witnessed by 1' : `, witnessed by ${count}`),
  forged: 'Not as it was recorded',
  forgedAdvice: 'Do not rely on what you see here. The seal says which event was touched.',
  unknown: 'Not checked',
  title: 'The proof of this session',
  intact:
    'This session is what the relay recorded. Your browser has checked it, by the rules of the recording format.',
  broken: (count: number) =>
    count === 1
      ? 'This session is not what was recorded. One thing is wrong:'
      : 'This session is not what was recorded. What is wrong:',
  finding: {
    unreadable: 'not readable',
    altered: 'altered',
    reordered: 'not where it was',
    removed: 'removed',
    forged: 'forged',
    unsigned: 'unsigned',
  },
  otherwise: 'is shown here otherwise than it was proven',
  moreFindings: (count: number) => `and ${count.toLocaleString('en')} more`,
  notDownloaded: 'The export was not downloaded',
  event: (seq: number) => `event ${seq.toLocaleString('en')}`,
  checked: 'What was checked',
  facts: {
    events: (count: number) => `${count.toLocaleString('en')} events, each with its hash, and in one chain`,
    inclusion: (size: number) =>
      `Each is in the log of ${size.toLocaleString('en')} events that the checkpoint signs`,
    payloads: (count: number) =>
      count === 0
        ? 'It has no results that are kept'
        : `${count.toLocaleString('en')} results and binds, each by its address`,
    signed: 'The checkpoint’s signature, and that of the export’s end',
    notAttested: 'Its end is not signed: whether there was more, nobody says',
    shown:
      'What this page shows is what was proven: each event, and the rows of each result that you look at',

    decisions: (count: number) =>
      count === 1
        ? 'One decision was signed on a device'
        : `${count.toLocaleString('en')} decisions were signed on devices`,
    removals: (count: number) =>
      `${count.toLocaleString('en')} bodies were removed, as retention said on the record`,
    earlier: (count: number) =>
      `${count === 1 ? 'One earlier checkpoint' : `${count.toLocaleString('en')} earlier checkpoints`}, which it goes on from`,
  },
  key: 'Key',
  checkpoint: 'Checkpoint',
  witnesses: 'Witnesses',
  noWitnesses: 'Nobody but the relay stands for it: no witness has cosigned.',
  pinned: (when: string) =>
    `The key that this browser has known since ${when}, or one that it was handed over to.`,
  fresh:
    'This browser has not seen this key before: the relay says that it is its own. Compare it with the one that you were given by somebody else.',
  changed:
    'The relay signs with another key than this browser knew, and nothing leads from the one to the other. Somebody may have written this record anew.',
  forget: 'I have compared it: trust the new key',
  size: (size: number) => `of ${size.toLocaleString('en')} events`,
  auditors: 'The proof is for auditors to check',
  auditorsAdvice: 'It comes with the export of a session, which is itself put on the record.',
  noEd25519: 'This browser cannot check Ed25519 signatures',
  noEd25519Advice: 'Use one of this year, or run `sluice verify` on the downloaded file.',
  failed: 'The proof could not be checked',
  again: 'Check again',
  command: 'Elsewhere',
  download: 'Download',
  downloading: 'Downloading …',
  keep: 'Keep on this computer',
  keeping: 'Keeping …',
  kept: 'Kept on this computer',
  close: 'Close',
} as const;
