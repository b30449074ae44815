import { Misuse, sentenceOf } from './misuse.js';

/** For `parseArgs` of Node, which explains at length: its first sentence says what is wrong. */
export function parsed<Parsed>(parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    throw new Misuse(sentenceOf(error).replace(/\. .*$/, '.'));
  }
}

/** @throws Misuse */
export function wholeNumber(name: string, text: string | undefined, usual: number, min: number, max: number): number {
  if (text === undefined) return usual;
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < min || value > max) {
    throw new Misuse(`${name} is a whole number from ${min} to ${max}, not "${text}".`);
  }
  return value;
}
