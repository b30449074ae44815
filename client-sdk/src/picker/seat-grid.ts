/**
 * The same house as elements, for keyboard and screen reader: an ARIA grid of the current section with one tab stop.
 * Only the current line and its neighbours exist, so that 20,000 seats stay a hundred nodes. The grid is not seen: the
 * map draws the focus ring where the focused seat is.
 */
import { lengthOf, lineAt, move, type Place, seatAt } from './grid-navigation.js';
import type { Plan } from './plan.js';

export interface GridTarget {
  /** The accessible name of the cell. */
  nameOf(place: Place): string;
  isSelected(place: Place): boolean;
  isDisabled(place: Place): boolean;
  focused(place: Place): void;
  /** The focus left a cell; where it stays in the grid, `focused` follows at once. */
  left(): void;
  activated(place: Place): void;
}

export class SeatGrid {
  readonly #element: HTMLElement;
  readonly #plan: Plan;
  readonly #target: GridTarget;
  #place: Place = { section: 0, line: 0, column: 0 };
  readonly #rows = new Map<number, HTMLElement>();
  #shownSection = -1;
  readonly #listening = new AbortController();

  /** `element` has role="grid" and stays; everything in it belongs to this class. */
  constructor(element: HTMLElement, plan: Plan, target: GridTarget) {
    this.#element = element;
    this.#plan = plan;
    this.#target = target;
    element.replaceChildren();
    const { signal } = this.#listening;
    element.addEventListener('keydown', (event) => this.#key(event), { signal });
    element.addEventListener('focusin', (event) => this.#focusIn(event), { signal });
    element.addEventListener('focusout', () => target.left(), { signal });
    element.addEventListener('click', (event) => this.#click(event), { signal });
    this.show({ section: 0, line: 0, column: 0 });
  }

  stop(): void {
    this.#listening.abort();
  }

  get hasFocus(): boolean {
    const root = this.#element.getRootNode() as Document | ShadowRoot;
    return root.activeElement !== null && this.#element.contains(root.activeElement);
  }

  /** Makes a place the tab stop. Focus follows if the grid has it, so that it never falls out of the map. */
  show(place: Place, focus = this.hasFocus): void {
    this.#place = place;
    if (place.section !== this.#shownSection) {
      this.#element.replaceChildren();
      this.#rows.clear();
      this.#shownSection = place.section;
      const lines = this.#plan.sections[place.section]?.lines ?? [];
      this.#element.setAttribute('aria-rowcount', String(lines.length));
      this.#element.setAttribute('aria-colcount', String(Math.max(1, ...lines.map(lengthOf))));
    }
    const wanted = [place.line - 1, place.line, place.line + 1].filter((line) =>
      lineAt(this.#plan, { ...place, line }),
    );
    for (const line of wanted) if (!this.#rows.has(line)) this.#addRow(line);
    const cell = this.#cell(place);
    for (const stop of this.#element.querySelectorAll<HTMLElement>('[tabindex="0"]')) stop.tabIndex = -1;
    if (cell) cell.tabIndex = 0;
    if (focus) cell?.focus({ preventScroll: true });
    // Rows out of reach go only now: removing the focused cell first would drop the focus to the page.
    for (const [line, row] of this.#rows) {
      if (wanted.includes(line)) continue;
      row.remove();
      this.#rows.delete(line);
    }
  }

  focus(): void {
    this.show(this.#place, true);
  }

  /**
   * Brings names and states of the existing cells up to date, where `seats` are given those of these seats and of
   * standing areas; no cell is replaced, so focus stays.
   */
  refresh(seats?: readonly number[]): void {
    const touched = seats && new Set(seats);
    for (const [line, row] of this.#rows) {
      for (const [column, cell] of [...row.children].entries()) {
        const place = { section: this.#place.section, line, column };
        const seat = seatAt(this.#plan, place);
        if (!touched || seat < 0 || touched.has(seat)) this.#label(cell as HTMLElement, place);
      }
    }
  }

  #addRow(line: number): void {
    const entry = lineAt(this.#plan, { ...this.#place, line });
    if (!entry) return;
    const row = document.createElement('div');
    row.setAttribute('role', 'row');
    row.setAttribute('aria-rowindex', String(line + 1));
    for (let column = 0; column < lengthOf(entry); column++) {
      const cell = document.createElement('div');
      cell.setAttribute('role', 'gridcell');
      cell.tabIndex = -1;
      cell.setAttribute('aria-colindex', String(column + 1));
      this.#label(cell, { section: this.#place.section, line, column });
      row.append(cell);
    }
    const after = [...this.#rows].filter(([other]) => other < line).sort(([a], [b]) => b - a)[0];
    if (after) after[1].after(row);
    else this.#element.prepend(row);
    this.#rows.set(line, row);
  }

  #label(cell: HTMLElement, place: Place): void {
    const name = this.#target.nameOf(place);
    if (cell.getAttribute('aria-label') !== name) cell.setAttribute('aria-label', name);
    cell.setAttribute('aria-selected', String(this.#target.isSelected(place)));
    cell.setAttribute('aria-disabled', String(this.#target.isDisabled(place)));
  }

  #cell(place: Place): HTMLElement | undefined {
    return this.#rows.get(place.line)?.children[place.column] as HTMLElement | undefined;
  }

  #placeOfCell(node: EventTarget | null): Place | undefined {
    const row = (node as HTMLElement | null)?.parentElement;
    for (const [line, element] of this.#rows) {
      if (element !== row) continue;
      return { section: this.#place.section, line, column: [...row.children].indexOf(node as Element) };
    }
    return undefined;
  }

  #key(event: KeyboardEvent): void {
    if (event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      // A held-down key would take and give back the seat many times a second.
      if (!event.repeat) this.#target.activated(this.#place);
      return;
    }
    const next = move(this.#plan, this.#place, { key: event.key, ctrl: event.ctrlKey || event.metaKey });
    if (!next) return;
    event.preventDefault();
    this.show(next, true);
  }

  #focusIn(event: FocusEvent): void {
    const place = this.#placeOfCell(event.target);
    if (!place) return;
    this.#place = place;
    this.#target.focused(place);
  }

  /** Screen readers activate by a click that no mouse made. */
  #click(event: MouseEvent): void {
    const place = this.#placeOfCell(event.target);
    if (place) this.#target.activated(place);
  }
}
