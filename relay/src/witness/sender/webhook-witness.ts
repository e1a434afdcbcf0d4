import { Webhook } from 'standardwebhooks';
import { toEpochSeconds } from '../../epoch.ts';
import { post } from '../../delivery/index.ts';
import { SENT, type Witness } from './witness.ts';

export interface WebhookOptions {
  readonly name: string;
  readonly url: string;
  /** `whsec_...` */
  readonly secret: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Posts each checkpoint, signed as Standard Webhooks say. */
export function webhookWitness({ name, url, secret, now }: WebhookOptions): Witness {
  const webhook = new Webhook(secret);
  return {
    name,
    async send({ log, size, root, note }, signal) {
      const sentAt = new Date(now());
      const body = JSON.stringify({
        type: 'checkpoint.signed',
        timestamp: sentAt.toISOString(),
        data: { log, size, root, note },
      });
      // The same checkpoint has the same id, however often it is sent.
      const id = `${log}-${size}-${root.slice(0, 16)}`;
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': String(toEpochSeconds(sentAt.getTime())),
        'webhook-signature': webhook.sign(id, sentAt, body),
      };
      await post(url, headers, body, signal);
      return SENT;
    },
  };
}
