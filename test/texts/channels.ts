import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** What one mail, read as a mail program would, came to. */
export interface Mail {
  readonly headers: readonly string[];
  readonly subject: string;
  readonly body: string;
}

/** Takes mails over SMTP. */
export async function mailbox() {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, taken) {
      void readText(stream)
        .then((mail) => mails.push(parseMail(mail)))
        .then(() => taken());
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    mails,
    port: (server.server.address() as AddressInfo).port,
    close: async () => await new Promise<void>((resolve) => server.close(resolve)),
  };
}

function parseMail(raw: string): Mail {
  const [head = '', ...parts] = raw.split('\r\n\r\n');
  const headers = head.replaceAll(/\r\n[ \t]/g, ' ').split('\r\n');
  const subject = headers.find((line) => line.startsWith('Subject: '))?.slice('Subject: '.length) ?? '';
  const isQuoted = headers.some((line) => /^Content-Transfer-Encoding: quoted-printable$/i.test(line));
  const isBase64 = headers.some((line) => /^Content-Transfer-Encoding: base64$/i.test(line));
  const body = parts.join('\r\n\r\n');
  const decoded = isBase64
    ? Buffer.from(body, 'base64').toString()
    : isQuoted
      ? bytesOf(body.replaceAll(/=\r\n/g, ''))
      : body;
  return { headers, subject: decodeWords(subject), body: decoded.replaceAll('\r\n', '\n') };
}

/** `=XX` as the bytes of UTF-8. */
function bytesOf(text: string): string {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString();
}

/** RFC 2047. */
function decodeWords(text: string): string {
  const words = text.replaceAll(/(\?=)\s+(=\?)/g, '$1$2');
  const bytes = words.replaceAll(/=\?UTF-8\?([QB])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
    kind.toUpperCase() === 'B'
      ? Buffer.from(word, 'base64').toString('latin1')
      : word
          .replaceAll('_', ' ')
          .replaceAll(/=([0-9A-F]{2})/g, (__, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  );
  return Buffer.from(bytes, 'latin1').toString();
}

/** Takes what is posted, and answers whatever it is told to. */
export async function postbox() {
  const posted: string[] = [];
  let answer = '{}';
  const server = createServer((request, response) => {
    void readText(request)
      .then((body) => posted.push(body))
      .then(() => response.writeHead(200, { 'content-type': 'application/json' }).end(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    posted,
    answerWith: (value: unknown) => void (answer = JSON.stringify(value)),
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => void server.close(),
  };
}
