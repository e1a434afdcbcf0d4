import type { Channel } from './channel.ts';
import { folded, personShown, shown, type ShownText } from '../text/index.ts';
import {
  chosen,
  headline,
  type Message,
  NOT_OURS,
  type Particular,
  particulars,
  sqlShown,
} from './message.ts';

export interface MailOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** `tls`: from the first byte. `starttls`: before anything is said, or nothing is. `none`: a local relay. */
  readonly security: 'tls' | 'starttls' | 'none';
  readonly login: { readonly user: string; readonly password: string } | null;
  readonly from: string;
  readonly to: readonly string[];
  readonly includeSql: boolean;
}

/**
 * What people should look at, by e-mail with a link to the console; deciding needs their own sign-in there. Plain
 * text: nothing of it can be hidden, or lead elsewhere than it says.
 */
export function mailChannel(options: MailOptions): Channel {
  const { name, host, port, security, login, from, to, includeSql } = options;
  return {
    name,
    includeSql,
    wants: ({ type }) => !type.endsWith('.ended'),
    async deliver(message) {
      // Most relays send no mail; one connection a message is what it does anyway.
      const { createTransport } = await import('nodemailer');
      const transport = createTransport({
        host,
        port,
        secure: security === 'tls',
        requireTLS: security === 'starttls',
        ignoreTLS: security === 'none',
        ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
        connectionTimeout: 10_000,
        greetingTimeout: 10_000,
        socketTimeout: 10_000,
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      await transport.sendMail({
        from,
        to: [...to],
        subject: subjectOf(message),
        // The same on each attempt, so that mailboxes can tell a repeat.
        messageId: `<${message.id}@sluice>`,
        text: asText(message),
      });
    },
  };
}

/** By whom, too: an inbox shows nothing else. */
function subjectOf(message: Message): ShownText {
  const who = message.type === 'break_glass.used' ? message.review.by : message.approval.requester;
  return shown`${headline(message)} by ${personShown(who)}`;
}

/** One link, made of the configuration and an id, and above all that anybody else has written. */
function asText(message: Message): string {
  return [
    headline(message),
    `Decide here: ${message.link}`,
    '',
    ...particulars(message).flatMap(lineOf),
    '',
    NOT_OURS,
    '',
    ...chosen(message).flatMap(lineOf),
    ...sqlLines(message),
    '',
  ].join('\n');
}

function lineOf([label, text]: Particular): readonly ShownText[] {
  return folded(shown`${label}: ${text}`);
}

function sqlLines(message: Message): readonly ShownText[] {
  const lines = sqlShown(message);
  return lines.length === 0 ? [] : [shown`SQL:`, ...lines];
}
