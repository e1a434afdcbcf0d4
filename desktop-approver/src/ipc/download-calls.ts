import { trouble } from '@sluice/console/desktop-bridge';
import { z } from 'zod';

const session = z.uuid();
const ofSession = z.strictObject({ session });

/** What of a session is on this computer, as the app's own page shows it. */
const keptView = z.strictObject({
  session,
  /** Null for one that came as a file, or whose relay was removed. */
  relay: z.string().nullable(),
  name: z.string(),
  application: z.string(),
  agent: z.string().nullable(),
  openedAt: z.string(),
  events: z.int(),
  /** Of the export. */
  bytes: z.int(),
  isPinned: z.boolean(),
  /** Of the key that signs its checkpoint: SHA-256 of the SPKI, hex. */
  key: z.string(),
  witnesses: z.int(),
  /** Whether it is of the record that this computer has seen. */
  history: z.enum(['seen', 'unknown', 'another']),
});

export const downloadsView = z.strictObject({
  sessions: z.array(keptView),
  /** Bytes of what is kept, of what of it is pinned, and the limit. */
  room: z.strictObject({ used: z.int(), pinned: z.int(), limit: z.int() }),
  /** What comes in now; a file has no session until it has said so. */
  coming: z.array(
    z.strictObject({
      session: session.nullable(),
      relay: z.string().nullable(),
      events: z.int(),
      bytes: z.int(),
    }),
  ),
  /** Downloads that the end of the app or of the network cut short. */
  interrupted: z.array(z.strictObject({ session, relay: z.string().nullable() })),
  /** The name of a file that waits for the public key of its log. */
  waiting: z.string().nullable(),
  /** Why nothing of it can be read. */
  trouble: trouble.nullable(),
});

/** Which file is read is chosen in a dialog of the system's: a page names none. */
export const DOWNLOAD_CALLS = {
  downloads: { input: z.null(), output: downloadsView },
  /** Opens its replay. */
  openSession: { input: ofSession, output: z.null() },
  pinSession: { input: z.strictObject({ session, isPinned: z.boolean() }), output: z.null() },
  removeSession: { input: ofSession, output: z.null() },
  cancelDownload: { input: ofSession, output: z.null() },
  /** Begins again what was cut short. */
  continueDownload: { input: ofSession, output: z.null() },
  forgetDownload: { input: ofSession, output: z.null() },
  chooseFile: { input: z.null(), output: z.null() },
  /** The public key of the log that the file which waits is of, as somebody was given it: PEM, or SPKI in base64. */
  giveKey: { input: z.strictObject({ key: z.string().max(4_000) }), output: z.null() },
  /** The file that waits is not opened. */
  dropFile: { input: z.null(), output: z.null() },
  /** Puts a damaged file aside. @returns where it is. */
  beginDownloadsAnew: { input: z.null(), output: z.string() },
} as const;

/** To be asked for anew. */
export const DOWNLOAD_NEWS = { downloads: z.null() } as const;

export type DownloadsView = z.infer<typeof downloadsView>;
export type KeptView = z.infer<typeof keptView>;
