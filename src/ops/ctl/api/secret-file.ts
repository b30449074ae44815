import { readFile } from 'node:fs/promises';
import { Misuse, sentenceOf } from '../../misuse.js';

/** The first line of a file. A secret is no option: other users of the machine see those. @throws Misuse */
export async function readSecretFile(file = ''): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).split(/\r?\n/, 1)[0] ?? '';
  } catch (error) {
    throw new Misuse(`The password cannot be read: ${sentenceOf(error)}`);
  }
}
