import { z } from 'zod';
import type { RelayId } from '../relays/relay.ts';

/** As it comes from a page. */
export const relayId = z.string().regex(/^[a-z0-9]{1,63}$/) as unknown as z.ZodType<RelayId, RelayId>;
