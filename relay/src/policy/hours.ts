import type { HoursEntry } from './document.ts';

/** A span of the day on some weekdays, in the policy's time zone; it may run over midnight. */
export interface Hours {
  /** 0 is Sunday; null: every day. For a span over midnight, the day it begins. */
  readonly days: readonly number[] | null;
  /** Minutes since midnight. */
  readonly from: number;
  readonly to: number;
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

export function compileHours(entry: HoursEntry): Hours {
  return {
    days: entry.days?.map((day) => WEEKDAYS.indexOf(day)) ?? null,
    from: minutes(entry.from),
    to: minutes(entry.to),
  };
}

/** Whether the moment lies within the span. */
export function within(hours: Hours, { day, minute }: WallClock): boolean {
  const onDay = (which: number) => hours.days === null || hours.days.includes(which);
  if (hours.from < hours.to) return onDay(day) && minute >= hours.from && minute < hours.to;
  return (onDay(day) && minute >= hours.from) || (onDay((day + 6) % 7) && minute < hours.to);
}

export interface WallClock {
  /** 0 is Sunday. */
  readonly day: number;
  /** Since midnight. */
  readonly minute: number;
}

/** Reads moments (milliseconds since the epoch) by the wall clocks of a time zone. */
export function wallClock(timezone: string): (now: number) => WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    weekday: 'short',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  });
  return (now) => {
    const parts = format.formatToParts(now);
    const part = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
    return {
      day: WEEKDAYS.indexOf(part('weekday').toLowerCase()),
      minute: Number(part('hour')) * 60 + Number(part('minute')),
    };
  };
}

export function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function minutes(clock: string): number {
  const [hour, minute] = clock.split(':').map(Number);
  return hour! * 60 + minute!;
}
