import { z } from 'zod';

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

/** What a person chose. Whatever is left out is as it is by default. */
export const settings = z.strictObject({
  version: z.literal(1),
  notifications: z.strictObject({
    /** `high`: only of what has most to lose. */
    of: z.enum(['all', 'high', 'none']),
    /** Whether they say who wants what; others near the screen may read it. */
    showsWhat: z.boolean(),
    sound: z.boolean(),
  }),
  quiet: z.strictObject({
    /** Until it is turned off. */
    isOn: z.boolean(),
    /** Each day, by this computer's clock; may pass midnight. */
    hours: z.strictObject({ from: clock, to: clock }).nullable(),
  }),
  startsAtLogin: z.boolean(),
  /** Shows the window, and does nothing else. An accelerator of Electron's, such as `Control+Shift+L`. */
  shortcut: z
    .string()
    .max(60)
    .regex(/^([A-Za-z]+\+)+[A-Za-z0-9]+$/)
    .nullable(),
  /** Whether it goes on in the tray when the last window is closed; null: has not been asked. */
  staysInTray: z.boolean().nullable(),
  /** How much of exports is kept on this computer. */
  downloadsGiB: z.int().min(1).max(1_000).default(1),
});

export type Settings = z.infer<typeof settings>;

export const DEFAULT_SETTINGS: Settings = {
  version: 1,
  notifications: { of: 'all', showsWhat: true, sound: false },
  quiet: { isOn: false, hours: null },
  startsAtLogin: false,
  shortcut: null,
  staysInTray: null,
  downloadsGiB: 1,
};
