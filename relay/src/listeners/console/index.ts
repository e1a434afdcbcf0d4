export { registerConsole, type ConsoleParts } from './console.ts';
export { readPages, type Pages } from './pages.ts';
export { signInPlacesOf } from './sign-in-places.ts';
export { pagesFolder } from './pages-folder.ts';
