/** Control characters, those that turn the direction of text around, and halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}]/gu;
/** Nearly every text: asking this first costs a fraction of looking for the others. */
const PLAIN = /^[ -~]*$/;

/** What a client sent, as it may stand in a message for people: nothing in it that a terminal or a page would obey. */
export function printable(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNPRINTABLE, '\ufffd');
}
