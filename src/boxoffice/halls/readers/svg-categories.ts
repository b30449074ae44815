import type { Findings } from '../../../core/import/findings.js';
import { readColor } from '../../../core/import/read-value.js';
import type { PlanDraft } from '../plan-draft.js';

/** How a seat is drawn, by itself or by what it is in. */
export interface Look {
  readonly category: string;
  readonly classes: string;
  readonly fill: string;
}

/** A class that says nothing but how it is drawn, as Illustrator and Inkscape number them. */
const NUMBERED = /^(cls|st|fil|str)-?\d+$|^seat$/i;

/**
 * The category of each seat: what the drawing says, else its class, else its colour, where these tell seats apart.
 * Categories by look are told, since a colour is no name for a ticket.
 */
export function categoriesByLook(
  looks: readonly Look[],
  styles: string,
  plan: PlanDraft,
  findings: Findings,
): (seat: number) => string {
  const colors = colorsOf(styles);
  const fillOf = ({ classes, fill }: Look) => {
    const ofClass = classes
      .split(/\s+/)
      .map((name) => colors.get(name))
      .find((color) => color !== undefined);
    return readColor(ofClass ?? fill) ?? '';
  };
  const byClass = looks.map(
    ({ classes }) => classes.split(/\s+/).find((name) => name !== '' && !NUMBERED.test(name)) ?? '',
  );
  const byFill = looks.map(fillOf);
  const tells = (names: readonly string[]) =>
    new Set(names).size > 1 && new Set(names).size <= 40 && !names.includes('');
  const names = tells(byClass) ? byClass : tells(byFill) ? byFill : undefined;
  const known = new Set<string>();
  const categories = looks.map(({ category }, i) => {
    const name = category === '' ? (names?.[i] ?? '') : category;
    if (name !== '' && !known.has(name)) {
      known.add(name);
      const color = byFill[i];
      plan.categories.push({ name, ...(color ? { color } : {}) });
      if (category === '')
        findings.repair('', 'category_by_look', `The seats drawn as "${name}" are a category of this name.`);
    }
    return name;
  });
  return (seat) => categories[seat] ?? '';
}

/** Colours of classes in style sheets that say nothing else about whom they are for: `.vip { fill: #c00 }`. */
function colorsOf(styles: string): ReadonlyMap<string, string> {
  const colors = new Map<string, string>();
  for (const [, selectors = '', rules = ''] of styles.matchAll(/([^{}]{1,500})\{([^{}]{0,2000})\}/g)) {
    const fill = /(?:^|;)\s*fill\s*:\s*([^;]+)/.exec(rules)?.[1]?.trim();
    if (fill === undefined) continue;
    for (const selector of selectors.split(',')) {
      const name = /^\s*\.([\w-]+)\s*$/.exec(selector)?.[1];
      if (name !== undefined) colors.set(name, fill);
    }
  }
  return colors;
}
