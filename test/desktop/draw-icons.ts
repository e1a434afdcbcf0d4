import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

/**
 * `node test/desktop/draw-icons.ts`: draws the icons anew. They are kept in `desktop-approver/icons/`, so that nobody needs a browser to
 * build the app. The mark is that of the console: a sluice with its middle gate raised.
 */
const folder = fileURLToPath(new URL('../../desktop-approver/icons', import.meta.url));
const LOOKS = ['idle', 'pending', 'offline', 'alarm'] as const;
const COLOURS = { light: '#1c2024', dark: '#edeef0', template: '#000000' } as const;
const OVERLAYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', 'more', 'offline', 'alarm'] as const;
const AMBER = '#ffb224';
const RED = '#e5484d';

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage();
for (const look of LOOKS) {
  for (const theme of ['light', 'dark'] as const) {
    await draw(`${look}-${theme}.png`, 16, trayIcon(look, COLOURS[theme], false), 16);
    await draw(`${look}-${theme}@2x.png`, 32, trayIcon(look, COLOURS[theme], false), 16);
  }
  // A template has one colour, which macOS chooses.
  await draw(`${look}Template.png`, 16, trayIcon(look, COLOURS.template, true), 16);
  await draw(`${look}Template@2x.png`, 32, trayIcon(look, COLOURS.template, true), 16);
}
for (const look of OVERLAYS) {
  await draw(`overlay-${look}.png`, 16, overlayIcon(look), 16);
  await draw(`overlay-${look}@2x.png`, 32, overlayIcon(look), 16);
}
await draw('app.png', 1_024, appIcon(), 32);
await browser.close();

async function draw(name: string, size: number, shapes: string, box: number): Promise<void> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${box} ${box}">${shapes}</svg>`;
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<body style="margin:0">${svg}</body>`);
  const clip = { x: 0, y: 0, width: size, height: size };
  writeFileSync(join(folder, name), await page.screenshot({ omitBackground: true, clip }));
}

/** Different by shape, too: nobody has to tell colours apart. */
function trayIcon(look: (typeof LOOKS)[number], colour: string, isTemplate: boolean): string {
  const gate = `<g fill="none" stroke="${colour}" stroke-width="1.6" stroke-linecap="round"><path d="M2 3h12M2 13h12"/><path d="M4 3v10M8 3v${look === 'idle' ? '10' : '4'}M12 3v10"/></g>`;
  const cut = (shape: string) =>
    `<mask id="m"><rect width="16" height="16" fill="#fff"/>${shape}</mask><g mask="url(#m)">${gate}</g>`;
  switch (look) {
    case 'idle':
      return gate;
    case 'pending':
      return `${cut('<circle cx="12" cy="12" r="4.6" fill="#000"/>')}<circle cx="12" cy="12" r="3.4" fill="${isTemplate ? colour : AMBER}"/>`;
    case 'offline':
      return `<g opacity="0.55">${cut('<path d="M1 15 15 1" stroke="#000" stroke-width="4"/>')}</g><path d="M2 14 14 2" stroke="${colour}" stroke-width="1.6" stroke-linecap="round"/>`;
    case 'alarm':
      return `${cut('<path d="M11 5 16.6 16H5.4Z" fill="#000" stroke="#000" stroke-width="1.6"/>')}<path d="M11 7 15.4 15H6.6Z" fill="${isTemplate ? colour : RED}" stroke="${isTemplate ? colour : RED}" stroke-width="1" stroke-linejoin="round"/>`;
    default:
      return look satisfies never;
  }
}

/** On a button of Windows' taskbar, light or dark, over the app's icon. */
function overlayIcon(look: (typeof OVERLAYS)[number]): string {
  if (look === 'alarm') {
    return `<path d="M8 1 15.2 14.5H.8Z" fill="${RED}" stroke="#fff" stroke-width="1" stroke-linejoin="round"/><path d="M8 5.5v4.5M8 12v.6" stroke="#fff" stroke-width="1.8" stroke-linecap="round"/>`;
  }
  if (look === 'offline') {
    return `<circle cx="8" cy="8" r="7" fill="#60646c" stroke="#fff"/><path d="M4.5 11.5l7-7" stroke="#fff" stroke-width="2" stroke-linecap="round"/>`;
  }
  const text = look === 'more' ? '9+' : look;
  const size = look === 'more' ? 8.5 : 11;
  return `<circle cx="8" cy="8" r="7.5" fill="${AMBER}"/><text x="8" y="${8 + size * 0.36}" font-family="sans-serif" font-weight="700" font-size="${size}" text-anchor="middle" fill="#1c2024">${text}</text>`;
}

function appIcon(): string {
  return `<rect x="2" y="2" width="28" height="28" rx="7" fill="#3e63dd"/><g stroke="#fff" stroke-width="2.2" stroke-linecap="round" fill="none"><path d="M9 9.5h14M9 22.5h14"/><path d="M11.5 9.5v13M16 9.5v5.5m0 4.5v3M20.5 9.5v13"/></g>`;
}
