import { describe, expect, it } from 'vitest';
import { LANGUAGES, MailFormat } from '../../../src/boxoffice/notifications/mail-format.js';
import { MAIL_TEMPLATES } from '../../../src/boxoffice/notifications/mail-templates.js';
import { renderMail } from '../../../src/boxoffice/notifications/render-mail.js';
import { en } from '../../../src/boxoffice/notifications/texts/en.js';
import { SAMPLES } from './sample-mails.js';

const languages = Object.keys(LANGUAGES);
const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();

describe('the words of mails', () => {
  it('are in four languages, one of them without Latin letters', () => {
    expect(languages).toEqual(['en', 'de', 'fr', 'ru']);
    const letters = Object.values(LANGUAGES['ru'] ?? {}).flatMap((group) => Object.values(group));
    for (const text of letters) expect(text.replaceAll(/\{\w+\}/g, ''), text).toMatch(/[а-я]|^$/i);
  });

  it.each(languages)('are all there in %s, with the placeholders of the English ones', (language) => {
    const texts: Readonly<Record<string, Readonly<Record<string, string>>>> = LANGUAGES[language] ?? {};
    expect(Object.keys(texts).sort()).toEqual(Object.keys(en).sort());
    for (const [group, words] of Object.entries(en)) {
      const own = texts[group] ?? {};
      expect(Object.keys(own).sort(), group).toEqual(Object.keys(words).sort());
      for (const [key, text] of Object.entries(words)) {
        expect(placeholders(own[key] ?? ''), `${group}.${key}`).toEqual(placeholders(text));
        expect(own[key]?.trim(), `${group}.${key}`).not.toBe('');
      }
    }
  });

  it('name each template, and each template has a sample', () => {
    const names = Object.keys(MAIL_TEMPLATES).sort();
    expect(
      Object.keys(en)
        .filter((group) => !['common', 'durations'].includes(group))
        .sort(),
    ).toEqual(names);
    expect([...new Set(SAMPLES.map(([name]) => name))].sort()).toEqual(names);
  });
});

describe.each(languages)('mails in %s', (language) => {
  it.each(SAMPLES.map(([name, data, variant = '']) => ({ name, data, variant })))(
    'are as they were read: $name $variant',
    async ({ name, data, variant }) => {
      const { subject, text, html } = renderMail(name, language, data as never);
      const file = `${name} ${variant}`.trim().replaceAll(/[ ,]+/g, '-');
      await expect(steady(`${subject}\n\n${text}`)).toMatchFileSnapshot(`mails/${language}/${file}.txt`);
      expect(subject).not.toMatch(/[\r\n{}]|undefined|NaN/);
      expect(`${text}${html}`).not.toMatch(/\{\w+\}|undefined|NaN|\[object/);
      // What the text says, the HTML says too.
      const bare = html.replaceAll(/<style>[\s\S]*<\/style>|<[^>]*>/g, ' ');
      const shown = withoutEntities(bare).replaceAll(/\s+/g, ' ');
      for (const line of text.split('\n').flatMap((each) => each.split(': '))) {
        expect(shown, line).toContain(
          line
            .replace(/^-- $|:$/, '')
            .replaceAll(/\s+/g, ' ')
            .trim(),
        );
      }
    },
  );
});

/** Without what differs between versions of the data that `Intl` has: kinds of spaces, and commas after a weekday. */
function steady(text: string): string {
  return text.replaceAll(/[\u00a0\u202f]/g, ' ').replaceAll(/(\p{L}day), /gu, '$1 ');
}

function withoutEntities(html: string): string {
  return html
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

describe('the HTML of a mail', () => {
  const [name, data] = SAMPLES[0]!;

  it('is laid out as it was looked at', async () => {
    await expect(steady(renderMail(name, 'en', data as never).html)).toMatchFileSnapshot(
      'mails/order-confirmation.html.txt',
    );
  });

  it('escapes what people typed', () => {
    const { html, text, subject } = renderMail(name, 'en', data as never);
    expect(html).toContain('The Third &lt;Man&gt; &amp; Co.');
    expect(html).toContain('Ada &quot;Countess&quot; Lovelace');
    expect(html).not.toContain('<Man>');
    expect(text).toContain('The Third <Man> & Co.');
    expect(subject).toBe('Your tickets for The Third <Man> & Co.');
  });

  it('fetches nothing, and runs nothing', () => {
    for (const [template, values] of SAMPLES) {
      const { html } = renderMail(template, 'en', values as never);
      expect(html).not.toMatch(/<(img|script|link|iframe|object)\b|url\(|@import|javascript:/i);
    }
  });
});

describe('what is typed by people', () => {
  it('stays in its line, and is no longer than a line', () => {
    const order = {
      orderId: '1',
      reference: 'R',
      name: `Eve\r\nBcc: x\u2028y${'z'.repeat(1_000)}`,
      currency: 'EUR',
      total: 0,
      shows: [],
    };
    const { text } = renderMail('orderExpired', 'en', { order });
    expect(text.split('\n')[0]).toMatch(/^Hello Eve Bcc: x yz+,$/);
    expect(text.split('\n')[0]?.length).toBeLessThan(320);
  });
});

describe('the looks of a language', () => {
  it('are those of its region where there is one, and English where there are no words', () => {
    const at = Date.UTC(2026, 6, 1, 18, 5);
    const looks = (locale: string) => {
      const format = new MailFormat(locale);
      return [format.language, format.money({ amount: 123_450, currency: 'EUR' }), format.time(at, 'Europe/Berlin')];
    };
    expect(looks('de')).toEqual(['de', '1.234,50\u00a0€', 'Mittwoch, 1. Juli 2026 um 20:05']);
    expect(looks('de-CH')[1]).toMatch(/^(EUR|€)\s1['’]234\.50$/);
    expect(looks('en-US')[2]).toMatch(/^Wednesday, July 1, 2026 at 8:05\sPM$/);
    expect(looks('en')[2]).toMatch(/^Wednesday,? 1 July 2026 at 20:05$/);
    for (const unknown of ['hi', 'xx-nonsense-', 'constructor', '']) expect(looks(unknown)[0], unknown).toBe('en');
  });

  it.each([
    ['HUF', 950_050, '9\u00a0500,50'],
    ['JPY', 9_500, '9\u00a0500'],
    ['KWD', 9_500, '9,500'],
    ['MGA', 500, '5,00'],
  ])('have the minor digits of ISO 4217, and not those of Intl: %s', (currency, amount, written) => {
    expect(new MailFormat('fr').money({ amount, currency }).replaceAll('\u202f', '\u00a0')).toContain(written);
  });

  it('say how long a link works without a plural that is wrong', () => {
    const within = (ms: number) => languages.map((language) => new MailFormat(language).duration(ms));
    expect(within(3_600_000)).toEqual(['60 minutes', '60 Minuten', '60 minutes', '60 мин.']);
    expect(within(86_400_000)).toEqual(['24 hours', '24 Stunden', '24 heures', '24 ч']);
    expect(within(7 * 86_400_000)).toEqual(['7 days', '7 Tagen', '7 jours', '7 дн.']);
  });
});
