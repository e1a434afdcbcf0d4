import { canonicalJson } from '@sluice/contract';
import { type ExportLine, exportLine } from '../export/export-lines.ts';

/** Parses a line. Null unless it is canonical JSON: an export never contains another form of the same value. */
export function readLine(text: string): ExportLine | null {
  try {
    const parsed = exportLine.safeParse(JSON.parse(text));
    return parsed.success && canonicalJson(parsed.data) === text ? parsed.data : null;
  } catch {
    return null;
  }
}

/** The sequence number in an unreadable `event` line, so that the report can name the event. */
export function seqIn(text: string): number | null {
  // Other kinds of line hold events of the relay session.
  if (!text.includes('"kind":"event"')) return null;
  const seq = /"seq":(\d{1,15})[,}]/.exec(text)?.[1];
  return seq === undefined ? null : Number(seq);
}

/** Which kinds of line a line may follow; `start`: it is the first. */
export const MAY_FOLLOW: Readonly<Record<ExportLine['kind'], readonly (ExportLine['kind'] | 'start')[]>> = {
  export: ['start'],
  handover: ['export', 'handover'],
  checkpoint: ['export', 'handover'],
  earlier: ['checkpoint', 'earlier'],
  device: ['checkpoint', 'earlier', 'device'],
  event: ['checkpoint', 'earlier', 'device', 'event', 'payload'],
  payload: ['event', 'payload'],
  end: ['event', 'payload'],
};
