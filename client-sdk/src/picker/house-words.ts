/** What the cells, hints and areas of this house are called now, in the words and prices that the page has set. */
import { formatMoney } from '../index.js';
import { lineAt, type Place, seatAt } from './grid-navigation.js';
import type { HouseView } from './house-view.js';
import type { Messages, SeatName } from './messages.js';
import { BLOCKED } from './seat-look.js';
import { type CategoryPrice, nameOf } from './seat-naming.js';

export interface PickerSettings {
  readonly messages: Messages;
  readonly prices: readonly CategoryPrice[];
  /** Undefined: the browser's. */
  readonly locale: string | undefined;
}

export class HouseWords {
  readonly #house: HouseView;
  readonly #settings: () => PickerSettings;

  constructor(house: HouseView, settings: () => PickerSettings) {
    this.#house = house;
    this.#settings = settings;
  }

  name(seat: number): SeatName {
    const { plan, states } = this.#house;
    const category = plan.document.seats.category[seat] ?? -1;
    return nameOf(plan, seat, states[seat] ?? BLOCKED, this.priceOf(category));
  }

  hint(seat: number): string {
    return this.#settings().messages.seatHint(this.name(seat));
  }

  cellName(place: Place): string {
    const { plan } = this.#house;
    const { messages } = this.#settings();
    const line = lineAt(plan, place);
    if (line?.kind !== 'area') return messages.seatName(this.name(seatAt(plan, place)));
    const area = plan.document.areas[line.area];
    const free = this.#house.freeInArea[line.area] ?? 0;
    return messages.areaName(area?.name ?? '', free, area?.count ?? 0, this.priceOf(area?.category ?? -1));
  }

  areaText(area: number): string[] {
    const { name = '', count = 0 } = this.#house.plan.document.areas[area] ?? {};
    return [name, this.#settings().messages.areaFree(this.#house.freeInArea[area] ?? 0, count)];
  }

  priceOf(category: number): string | undefined {
    const { prices, locale } = this.#settings();
    const name = this.#house.plan.document.categories[category]?.name;
    const entry = prices.find((price) => price.category === name);
    return entry && formatMoney(entry.price, locale);
  }
}
