export { codeBlock, inlineCode, plainText } from './markdown.ts';
