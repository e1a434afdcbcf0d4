import { joined, shown, shortened, type ShownText } from '../text/index.ts';
import type { Channel } from './channel.ts';
import {
  chosen,
  headline,
  type Message,
  NOT_OURS,
  type Particular,
  particulars,
  sqlShown,
} from './message.ts';
import { post } from './post.ts';

export interface SlackOptions {
  readonly name: string;
  /** An incoming webhook's address. */
  readonly url: string;
  readonly includeSql: boolean;
}

/**
 * What people should look at, as a Slack message with a button; also for what understands the same JSON. All of it is
 * `plain_text`, in which Slack makes nothing of `<!channel>`, `*bold*`, `:emoji:` or an address.
 */
export function slackChannel({ name, url, includeSql }: SlackOptions): Channel {
  return {
    name,
    includeSql,
    wants: ({ type }) => !type.endsWith('.ended'),
    deliver: async (message, signal) => await post(url, {}, JSON.stringify(slackMessage(message)), signal),
  };
}

/** The button first, what others have written last. */
function slackMessage(message: Message) {
  const sql = sqlShown(message);
  return {
    // What a notification shows; Slack would obey some of it, so it is our own words alone.
    text: headline(message),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: plain(headline(message), HEADER) },
      {
        type: 'actions',
        elements: [{ type: 'button', text: plain(shown`Open in Sluice`, HEADER), url: message.link }],
      },
      { type: 'section', text: plain(linesOf(particulars(message)), SECTION) },
      { type: 'divider' },
      { type: 'context', elements: [plain(NOT_OURS, SECTION)] },
      { type: 'section', text: plain(linesOf(chosen(message)), SECTION) },
      ...(sql.length === 0
        ? []
        : [{ type: 'section', text: plain(joined([shown`SQL:`, ...sql], '\n'), SECTION) }]),
    ],
  };
}

/** Characters that Slack takes at most. */
const HEADER = 150;
const SECTION = 3000;

function plain(text: ShownText, most: number) {
  return { type: 'plain_text', text: shortened(text, most), emoji: false };
}

function linesOf(all: readonly Particular[]): ShownText {
  return joined(
    all.map(([label, text]) => shown`${label}: ${text}`),
    '\n',
  );
}
