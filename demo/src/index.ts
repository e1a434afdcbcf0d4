export { type Demo, DEMO_POLICY, type DemoOptions, startDemo } from './demo.ts';
export { type LocalIssuer, type LocalIssuerOptions, startLocalIssuer } from './issuer/local-issuer.ts';
export { demoPeople, type LocalPerson } from './people.ts';
export { openShop, type ShopOptions } from './shop.ts';
