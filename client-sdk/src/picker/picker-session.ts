/** One showtime in the picker: binds the client's state to map, grid and clock, and what people do to commands. */
import { type ClientState, formatMoney, type ShowtimeClient } from '../index.js';
import { lineAt, type Place, placeOf, seatAt } from './grid-navigation.js';
import { runHoldClock } from './hold-clock.js';
import { HoldNews } from './hold-news.js';
import { HouseView } from './house-view.js';
import { HouseWords, type PickerSettings } from './house-words.js';
import { showLegend } from './legend.js';
import { MapView, type Spot } from './map-view.js';
import type { Messages } from './messages.js';
import { askForPlaces, showNotice } from './panels.js';
import type { PickerEvents } from './picker-events.js';
import type { PickerFrame } from './picker-frame.js';
import type { Plan } from './plan.js';
import { canHold, type Outcome, SeatCommands } from './seat-commands.js';
import { SeatGrid } from './seat-grid.js';
import { FREE, MINE } from './seat-look.js';
import { listSections, WHOLE_HOUSE } from './section-list.js';
import { readTheme } from './theme.js';

/** What the element lends to its session. The settings are asked for when used, since they can change at any time. */
export interface PickerHost {
  readonly frame: PickerFrame;
  settings(): PickerSettings;
  say(text: string): void;
  emit<Name extends keyof PickerEvents>(name: Name, detail: PickerEvents[Name]): void;
}

export class PickerSession {
  readonly #client: ShowtimeClient;
  readonly #plan: Plan;
  readonly #host: PickerHost;
  readonly #house: HouseView;
  readonly #words: HouseWords;
  readonly #commands: SeatCommands;
  readonly #map: MapView;
  readonly #grid: SeatGrid;
  readonly #stopClock: () => void;
  readonly #holdNews: HoldNews;
  #offered = false;
  #unseen = false;
  #pointing = false;

  constructor(client: ShowtimeClient, plan: Plan, host: PickerHost) {
    this.#client = client;
    this.#plan = plan;
    this.#host = host;
    const { frame } = host;
    this.#house = new HouseView(plan, (area) => this.#words.areaText(area));
    this.#words = new HouseWords(this.#house, host.settings);
    this.#commands = new SeatCommands(
      client,
      this.#house,
      () => this.update(),
      (outcome) => this.#tell(outcome),
    );
    this.#map = new MapView(frame, this.#house, this.#theme(), {
      seat: (seat) => this.#clicked(seat),
      area: (area) => this.#clickedArea(area),
      hintFor: (seat) => this.#words.hint(seat),
      frame: () => this.#unseen && this.#look(client.getSnapshot()),
      zoomable: (closer, further) => {
        frame.zoomIn.setAttribute('aria-disabled', String(!closer));
        frame.zoomOut.setAttribute('aria-disabled', String(!further));
      },
    });
    this.#grid = new SeatGrid(frame.grid, plan, {
      nameOf: (place) => this.#words.cellName(place),
      isSelected: (place) => this.#house.states[seatAt(plan, place)] === MINE,
      isDisabled: (place) => !this.#offered || !this.#canActivate(place),
      focused: (place) => this.#focused(place),
      left: () => this.#map.ring(undefined),
      activated: (place) => this.#activated(place),
    });
    this.#stopClock = runHoldClock(frame.timer, client, (ms) => host.say(this.#messages.remaining(ms)));
    this.#holdNews = new HoldNews(host);
    frame.zoomIn.onclick = () => this.#map.zoomBy(1.6);
    frame.zoomOut.onclick = () => this.#map.zoomBy(1 / 1.6);
    frame.fit.onclick = () => {
      frame.sections.value = WHOLE_HOUSE;
      this.#map.fitAll();
    };
    listSections(frame.sections, plan.sections, (section) => this.#showSection(section));
    this.update();
    this.redress();
  }

  stop(): void {
    this.#map.stop();
    this.#grid.stop();
    this.#stopClock();
  }

  resize(): void {
    this.#map.resize();
  }

  /** After a change of colours, messages or prices. */
  redress(): void {
    const { messages } = this.#host.settings();
    const theme = this.#theme();
    this.#map.setTheme(theme);
    this.#grid.refresh();
    showLegend(this.#host.frame.legend, this.#plan, theme, messages, (category) => this.#words.priceOf(category));
    const whole = this.#host.frame.sections.options[0];
    if (whole) whole.text = messages.wholeHouse;
  }

  /** Takes the client's state to the eye at once. Called after every change but those of other people's seats alone. */
  update(): void {
    const state = this.#client.getSnapshot();
    this.#look(state);
    this.#holdNews.update(state.holds);
  }

  /** Seats of others changed. A busy house changes many times a frame, and is looked at once. */
  seatsChanged(): void {
    this.#unseen = true;
    this.#map.requestFrame();
  }

  #look(state: ClientState): void {
    this.#unseen = false;
    if (state.epoch === undefined) return;
    const changed = this.#house.update(state, this.#commands.pending);
    // One's own seats stick out of their places from afar, and change rarely enough for all to be painted.
    const all = changed.length > this.#plan.count / 8 || changed.some((seat) => this.#house.own.has(seat));
    if (all) this.#map.repaintAll();
    else this.#map.repaint(changed);
    const offered = canHold(state);
    const asBefore = offered === this.#offered;
    this.#offered = offered;
    this.#grid.refresh(asBefore ? changed : undefined);
  }

  /** The spot of a seat label, if the map has it. */
  spotOf(label: string): Spot | undefined {
    const seat = this.#plan.indexOf().get(label);
    return seat === undefined ? undefined : { kind: 'seat', seat };
  }

  pointOf(spot: Spot) {
    return this.#map.pointOf(spot);
  }

  reveal(spot: Spot): void {
    this.#map.reveal(spot);
  }

  focus(): void {
    this.#grid.focus();
  }

  /** Says what became of an own hold that ran out. */
  expired(): void {
    const { expired } = this.#messages;
    this.#host.say(expired);
    this.#notice(expired);
  }

  get #messages(): Messages {
    return this.#host.settings().messages;
  }

  #theme() {
    return readTheme(
      this.#host.frame.probe,
      this.#plan.document.categories.map(({ color }) => color),
    );
  }

  #showSection(index: number): void {
    const section = this.#plan.sections[index];
    if (!section) {
      this.#map.fitAll();
      return;
    }
    this.#grid.show({ section: index, line: 0, column: 0 });
    this.#map.showRect(section.bounds);
  }

  #clicked(seat: number): void {
    this.#pointAt(seat);
    this.#commands.toggle(seat);
  }

  /** The arrows go on from where the pointer was, and a question gives the focus back to there. */
  #pointAt(seat: number): void {
    const place = placeOf(this.#plan, seat);
    this.#pointing = true;
    if (place) this.#grid.show(place, true);
    this.#pointing = false;
  }

  #clickedArea(area: number): void {
    this.#pointAt(this.#plan.document.areas[area]?.first ?? -1);
    this.#ask(area);
  }

  #activated(place: Place): void {
    const line = lineAt(this.#plan, place);
    if (line?.kind === 'area') this.#ask(line.area);
    else this.#commands.toggle(seatAt(this.#plan, place));
  }

  #focused(place: Place): void {
    const line = lineAt(this.#plan, place);
    const spot: Spot =
      line?.kind === 'area' ? { kind: 'area', area: line.area } : { kind: 'seat', seat: seatAt(this.#plan, place) };
    // A click brings focus too, but its eyes are where the pointer is: only the keyboard moves the map. `:focus-visible` alone
    // does not tell: Chromium 156 matches it where a script moves the focus, even from a click.
    if (this.#pointing || !this.#host.frame.grid.querySelector(':focus-visible')) return;
    this.#host.frame.sections.value = String(place.section);
    this.#map.reveal(spot);
    this.#map.ring(spot);
  }

  #ask(area: number): void {
    const { frame } = this.#host;
    const { name = '' } = this.#plan.document.areas[area] ?? {};
    const free = this.#house.freeInArea[area] ?? 0;
    if (free === 0) {
      this.#fail('none_available');
      return;
    }
    const { seatsPerHold = free } = this.#client.getSnapshot().limits ?? {};
    frame.notice.hidden = true;
    askForPlaces(frame.chooser, { name, free, limit: seatsPerHold }, this.#messages, (count) =>
      this.#commands.takePlaces(area, count),
    );
  }

  #tell(outcome: Outcome): void {
    const { messages, locale } = this.#host.settings();
    switch (outcome.type) {
      case 'held': {
        const { seats, price } = outcome.hold;
        this.#host.frame.notice.hidden = true;
        this.#host.say(messages.held(outcome.seats, seats.length, formatMoney(price, locale)));
        break;
      }
      case 'released':
        this.#host.say(messages.released(outcome.seats, outcome.left));
        break;
      case 'lost':
        this.#lost(outcome);
        break;
      case 'failed':
        this.#fail(outcome.code);
        break;
      case 'taken':
        this.#map.showHint(outcome.seat);
        this.#host.say(messages.seatName(this.#words.name(outcome.seat)));
        break;
      case 'offline':
        this.#host.say(messages.stale);
        break;
    }
  }

  #lost({ conflicts, alternative }: Extract<Outcome, { type: 'lost' }>): void {
    const messages = this.#messages;
    const reason = conflicts[0]?.reason ?? 'held';
    const seats = conflicts.filter((conflict) => conflict.reason === reason).map(({ seat }) => seat);
    const text = [messages.lost(seats, messages.reasons[reason]), alternative && messages.offer(alternative)]
      .filter(Boolean)
      .join(' ');
    this.#host.say(text);
    this.#notice(text, alternative);
    this.#host.emit('conflict', { conflicts, alternative });
  }

  #fail(code: string): void {
    const { errors, limit } = this.#messages;
    const { limits } = this.#client.getSnapshot();
    let text = errors[code] ?? errors.other;
    if (code === 'too_many_seats' || code === 'too_many_holds') {
      const max = limits?.[code === 'too_many_seats' ? 'seatsPerHold' : 'holdsPerHolder'];
      if (max) text = limit(code, max);
      this.#host.emit('limit', { code, max });
    }
    this.#host.say(text);
    this.#notice(text);
  }

  #notice(text: string, alternative?: string): void {
    const { frame } = this.#host;
    showNotice(frame.notice, { text, alternative }, this.#messages, (label) => {
      const spot = this.spotOf(label);
      if (spot?.kind !== 'seat') return;
      this.#map.reveal(spot);
      // The button is gone now; focus goes to the seat that it was about.
      const place = placeOf(this.#plan, spot.seat);
      if (place) this.#grid.show(place, true);
      this.#commands.toggle(spot.seat);
    });
  }

  #canActivate(place: Place): boolean {
    const line = lineAt(this.#plan, place);
    if (line?.kind === 'area') return (this.#house.freeInArea[line.area] ?? 0) > 0;
    const state = this.#house.states[seatAt(this.#plan, place)];
    return state === FREE || state === MINE;
  }
}
