export { trustsOf, type TrustedProxies, type Trusts } from './client-address.ts';
export { openDoor, type DoorParts } from './door.ts';
export { ownAddress, type OwnAddress } from './own-address.ts';
export { isKnown, wasRefusedAtDoor } from './stranger.ts';
