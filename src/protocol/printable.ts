/** Control characters, those that turn the direction of text around, and halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}]/gu;

/** What a client sent, as it may stand in a message for people: nothing in it that a terminal or a page would obey. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}
