/** What spreadsheets make of rows and seats without asking. Each is refused, since nobody can tell what stood there before. */
const MONTH =
  'jan|feb|m[aä]r|mrz|apr|ma[iy]|jun|jul|aug|sept?|o[ck]t|nov|de[cz]|f[eé]v|avr|juin|juil|ao[uû]t|ene|abr|ago|dic';
const DATES: readonly RegExp[] = [
  /^\d{4}-\d{1,2}-\d{1,2}([ T]00:00(:00)?)?$/,
  /^\d{1,2}[./]\d{1,2}[./](\d{2}|\d{4})$/,
  new RegExp(`^(${MONTH})[a-z]*\\.?[ -]\\d{1,4}$`, 'i'),
  new RegExp(`^\\d{1,2}\\.?[ -](${MONTH})[a-z]*\\.?([ -]\\d{2,4})?$`, 'i'),
];
const SCIENTIFIC = /^\d[.,]\d+E\+\d+$/i;
const FORMULA = /^[=@]|^#(REF|NAME|VALUE|N\/A|DIV\/0|NUM|NULL)[!?]?/i;

/** Why a row or a seat cannot be what somebody typed; undefined where it may be. */
export function spreadsheetFault(
  text: string,
): { readonly kind: 'spreadsheet_date' | 'spreadsheet_value'; readonly reason: string } | undefined {
  const shown = JSON.stringify(text.slice(0, 40));
  const advice = 'Format the column as text before you type or import, and save the file again';
  if (DATES.some((date) => date.test(text))) {
    const reason = `${shown} is a date: a spreadsheet makes dates of seats such as "SEP 1" or "1-2". ${advice}`;
    return { kind: 'spreadsheet_date', reason };
  }
  if (SCIENTIFIC.test(text)) {
    const reason = `${shown} is a number in scientific notation: a spreadsheet made it of a seat such as "3E5". ${advice}`;
    return { kind: 'spreadsheet_value', reason };
  }
  if (FORMULA.test(text)) return { kind: 'spreadsheet_value', reason: `${shown} is a formula or its error. ${advice}` };
  return undefined;
}
