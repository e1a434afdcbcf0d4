import { Webhook } from 'standardwebhooks';
import { toEpochSeconds } from '../epoch.ts';
import type { Channel } from './channel.ts';
import { post } from './post.ts';

export interface WebhookOptions {
  readonly name: string;
  readonly url: string;
  /** `whsec_...` */
  readonly secret: string;
  readonly includeSql: boolean;
  readonly now: () => number;
}

/** Every message, signed as Standard Webhooks say: ticketing systems and the like. */
export function webhookChannel({ name, url, secret, includeSql, now }: WebhookOptions): Channel {
  const webhook = new Webhook(secret);
  return {
    name,
    includeSql,
    wants: () => true,
    async deliver(message, signal) {
      const { id, type, at, ...data } = message;
      const body = JSON.stringify({ type, timestamp: at, data });
      const sentAt = new Date(now());
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': String(toEpochSeconds(sentAt.getTime())),
        'webhook-signature': webhook.sign(id, sentAt, body),
      };
      await post(url, headers, body, signal);
    },
  };
}
