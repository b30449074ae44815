import type { MailData, MailTemplate } from './mail-facts.js';
import { MailFormat, oneLine } from './mail-format.js';
import { renderLayout } from './mail-layout.js';
import { MAIL_TEMPLATES } from './mail-templates.js';

export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** The mail of a template in the language of `locale` (BCP 47), or in English where there are no texts in it. */
export function renderMail<Name extends MailTemplate>(name: Name, locale: string, data: MailData[Name]): RenderedMail {
  const format = new MailFormat(locale);
  const { subject, title, name: person, blocks } = MAIL_TEMPLATES[name](data, format);
  const { hello, helloUnnamed, openAddress, footer } = format.texts.common;
  const greeting = oneLine(person) === '' ? helloUnnamed : format.fill(hello, { name: person });
  const layout = { language: format.language, subject: oneLine(subject), title, greeting, blocks, openAddress, footer };
  return { subject: layout.subject, ...renderLayout(layout) };
}
