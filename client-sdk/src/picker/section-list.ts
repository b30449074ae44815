import type { Section } from './plan.js';

/** The value of the list's first entry, which stands for no section. */
export const WHOLE_HOUSE = '-1';

/** Fills the list; it stays hidden where there is nothing to choose. `onChoose` gets an index, or -1 for all. */
export function listSections(
  list: HTMLSelectElement,
  sections: readonly Section[],
  onChoose: (section: number) => void,
) {
  list.hidden = sections.length < 2;
  list.replaceChildren(option('', WHOLE_HOUSE), ...sections.map(({ name }, i) => option(name, String(i))));
  list.onchange = () => onChoose(Number(list.value));
}

function option(text: string, value: string): HTMLOptionElement {
  return Object.assign(document.createElement('option'), { text, value });
}
