import type { UserAttack } from './attack.ts';
import { changes } from './changes.ts';
import { devices } from './devices.ts';
import { fills } from './fills.ts';
import { reads } from './reads.ts';
import { texts } from './texts.ts';

export type { Answer, AttackedWorld } from './attack.ts';

/** Fills come last: what they leave is in everybody's way. */
export const userAttacks: readonly UserAttack[] = [...reads, ...changes, ...devices, ...texts, ...fills];
