import type { Channel } from './channel.ts';
import { headline, particulars } from './message.ts';
import { post } from './post.ts';

export interface SlackOptions {
  readonly name: string;
  /** An incoming webhook's address. */
  readonly url: string;
  readonly includeSql: boolean;
}

/** What people should look at, as a Slack message with a button; also for what understands the same JSON. */
export function slackChannel({ name, url, includeSql }: SlackOptions): Channel {
  return {
    name,
    includeSql,
    wants: ({ type }) => type !== 'approval.ended',
    async deliver(message, signal) {
      const lines = particulars(message).map(([label, text]) => `*${escape(label)}:* ${escape(text)}`);
      const body = {
        text: escape(headline(message)),
        blocks: [
          { type: 'header', text: { type: 'plain_text', text: cut(headline(message), 150) } },
          { type: 'section', text: { type: 'mrkdwn', text: cut(lines.join('\n'), 3000) } },
          {
            type: 'actions',
            elements: [
              { type: 'button', text: { type: 'plain_text', text: 'Open in Sluice' }, url: message.link },
            ],
          },
        ],
      };
      await post(url, {}, JSON.stringify(body), signal);
    },
  };
}

/** Slack's three characters: an SQL text must not become a link or a mention. */
function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Slack refuses longer texts; where one is cut, it says so. */
function cut(text: string, limit: number): string {
  const rest = ' ... (cut; open it in Sluice to read all)';
  return text.length <= limit ? text : text.slice(0, limit - rest.length) + rest;
}
