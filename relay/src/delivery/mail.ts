import { createTransport } from 'nodemailer';
import type { Channel } from './channel.ts';
import { headline, type Message, particulars } from './message.ts';

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

/** What people should look at, by e-mail with a link to the console; deciding needs their own sign-in there. */
export function mailChannel(options: MailOptions): Channel {
  const { name, host, port, security, login, from, to, includeSql } = options;
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
  return {
    name,
    includeSql,
    wants: ({ type }) => type !== 'approval.ended',
    async deliver(message) {
      await transport.sendMail({
        from,
        to: [...to],
        subject: headline(message).replaceAll(/[\r\n]+/g, ' '),
        // The same on each attempt, so that mailboxes can tell a repeat.
        messageId: `<${message.id}@sluice>`,
        text: asText(message),
        html: asHtml(message),
      });
    },
  };
}

function asText(message: Message): string {
  const lines = particulars(message).map(([label, text]) => `${label}: ${text}`);
  return [headline(message), '', ...lines, '', `Decide here: ${message.link}`, ''].join('\n');
}

function asHtml(message: Message): string {
  const rows = particulars(message).map(
    ([label, text]) => `<dt><b>${escape(label)}</b></dt><dd><pre>${escape(text)}</pre></dd>`,
  );
  const link = `<p><a href="${escape(message.link)}">Open in Sluice</a></p>`;
  return `<h3>${escape(headline(message))}</h3><dl>${rows.join('')}</dl>${link}`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
