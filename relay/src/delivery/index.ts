export type { Channel } from './channel.ts';
export { channelsOf, deliveryConfig, type DeliveryConfig, webhookSecret } from './config.ts';
export { createDeliveries, type Deliveries, type DeliveriesOptions } from './deliveries.ts';
export { post } from './post.ts';
export type { Message } from './message.ts';
export type * from './outbox.ts';
