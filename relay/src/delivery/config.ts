import { z } from 'zod';
import type { Channel } from './channel.ts';
import { mailChannel } from './mail.ts';
import { slackChannel } from './slack.ts';
import { webhookChannel } from './webhook.ts';

const name = z.string().regex(/^[a-z][a-z0-9-]*$/, 'a name of lower-case letters, digits and `-`');
/** Plain HTTP only to this machine. */
const url = z.url({ protocol: /^https?$/ }).refine((text) => {
  const parsed = URL.parse(text);
  if (parsed === null) return false; // zod has said so already, and goes on
  const { protocol, hostname } = parsed;
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}, 'expected an https address');
const includeSql = z.boolean().default(false);
/** Standard Webhooks: 24 to 64 random bytes, as base64. What is shorter can be tried out. */
export const webhookSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]+={0,2}$/, 'expected a secret such as `whsec_...`, in base64')
  .refine((text) => {
    const { length } = Buffer.from(text.slice('whsec_'.length), 'base64');
    return length >= 24 && length <= 64;
  }, 'expected a secret of 24 to 64 bytes');

/** The `deliver` section of the relay's configuration. */
export const deliveryConfig = z.strictObject({
  webhooks: z.array(z.strictObject({ name, url, secret: webhookSecret, includeSql })).default([]),
  slack: z.array(z.strictObject({ name, url, includeSql })).default([]),
  mail: z
    .array(
      z
        .strictObject({
          name,
          host: z.string().min(1),
          port: z.int().min(1).max(65_535),
          security: z.enum(['tls', 'starttls', 'none']).default('starttls'),
          login: z.strictObject({ user: z.string(), password: z.string() }).nullable().default(null),
          from: z.string().min(3),
          to: z.array(z.email()).min(1),
          includeSql,
          /** Whoever can listen between here and the server then has the password. */
          allowPlaintextPassword: z.boolean().default(false),
        })
        .refine(
          ({ security, login, allowPlaintextPassword }) =>
            security !== 'none' || login === null || allowPlaintextPassword,
          {
            path: ['security'],
            message:
              'a password is not sent in clear; use `tls` or `starttls`, or say `allowPlaintextPassword: true`',
          },
        ),
    )
    .default([]),
});

export type DeliveryConfig = z.output<typeof deliveryConfig>;

export function channelsOf(config: DeliveryConfig, now: () => number): readonly Channel[] {
  return [
    ...config.webhooks.map((webhook) => webhookChannel({ ...webhook, now })),
    ...config.slack.map(slackChannel),
    ...config.mail.map(mailChannel),
  ];
}
