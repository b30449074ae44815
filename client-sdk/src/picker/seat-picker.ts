/**
 * `<usher-seat-picker>`: a live seat map to hold seats on. Give it a `client`, or the attributes `server` and
 * `showtime` to make its own. Importing this file defines nothing and needs no DOM; define.ts registers the element.
 */
import { browserSessionStore, type ClientState, createClient, type ShowtimeClient } from '../index.js';
import { defaultMessages, type Messages } from './messages.js';
import { showCover } from './panels.js';
import type { PickerEventMap, PickerEvents } from './picker-events.js';
import { buildFrame, type PickerFrame, speak } from './picker-frame.js';
import { type PickerHost, PickerSession } from './picker-session.js';
import { createPlan } from './plan.js';
import type { CategoryPrice } from './seat-naming.js';
import type { Point } from './viewport.js';

interface ListensToPicker {
  addEventListener<Name extends keyof PickerEventMap>(
    type: Name,
    listener: (this: UsherSeatPicker, event: PickerEventMap[Name]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Name extends keyof PickerEventMap>(
    type: Name,
    listener: (this: UsherSeatPicker, event: PickerEventMap[Name]) => void,
    options?: boolean | EventListenerOptions,
  ): void;
}

/**
 * Where there is no DOM (a server rendering the page) the class must still load; it is never constructed there. Its type
 * knows the picker's own events before those of all elements.
 */
const Base = (typeof HTMLElement === 'undefined' ? class {} : HTMLElement) as new () => ListensToPicker & HTMLElement;

export class UsherSeatPicker extends Base {
  static readonly formAssociated = true;
  static readonly observedAttributes = ['server', 'showtime', 'legend'];

  readonly #frame: PickerFrame;
  readonly #internals: ElementInternals | undefined;
  #givenClient: ShowtimeClient | undefined;
  #ownClient: ShowtimeClient | undefined;
  #session: PickerSession | undefined;
  #mapHash: string | undefined;
  #words: Messages = defaultMessages;
  #categoryPrices: readonly CategoryPrice[] = [];
  #connection = '';
  /** What the element and its session were last told of. */
  #shown: ClientState | undefined;
  #running: AbortController | undefined;

  constructor() {
    super();
    this.#frame = buildFrame(this.attachShadow({ mode: 'open' }));
    this.#internals = this.attachInternals?.();
    speak(this.#frame, this.#words);
  }

  /** The live showtime. Whoever sets it connects and closes it. */
  get client(): ShowtimeClient | undefined {
    return this.#givenClient ?? this.#ownClient;
  }
  set client(client: ShowtimeClient | undefined) {
    if (client === this.#givenClient) return;
    this.#stop();
    this.#givenClient = client;
    if (this.isConnected) this.#start();
  }

  /** Prices by category name, as in `ShowtimeView.prices`. */
  get prices(): readonly CategoryPrice[] {
    return this.#categoryPrices;
  }
  set prices(prices: readonly CategoryPrice[]) {
    this.#categoryPrices = prices;
    this.#session?.redress();
  }

  /** What is not given is English. */
  get messages(): Messages {
    return this.#words;
  }
  set messages(messages: Partial<Messages>) {
    this.#words = { ...defaultMessages, ...messages };
    speak(this.#frame, this.#words);
    this.#session?.redress();
  }

  /** The id of the hold that further seats join, or empty; also what a form sends under the element's name. */
  get value(): string {
    return this.client?.getSnapshot().holds.at(-1)?.id ?? '';
  }

  /** The labels of all seats held. */
  get seats(): readonly string[] {
    return this.client?.getSnapshot().holds.flatMap((hold) => hold.seats) ?? [];
  }

  /**
   * Where the middle of a seat is now, in CSS pixels of the browser's viewport; undefined before the map is shown or
   * for a label that it lacks. For tours and tests: on a canvas there is no element to point at.
   */
  seatPoint(label: string): Point | undefined {
    const spot = this.#session?.spotOf(label);
    return spot && this.#session?.pointOf(spot);
  }

  /** Moves the map, as little as needed, so that the seat is in view and can be clicked. */
  revealSeat(label: string): void {
    const spot = this.#session?.spotOf(label);
    if (spot) this.#session?.reveal(spot);
  }

  /** Reads the `--usher-*` variables again; needed only where a script changed them, not for dark mode. */
  refreshTheme(): void {
    this.#session?.redress();
  }

  /** Focuses the seat that the keyboard is at. Not by `delegatesFocus`, which would take every click on the map for this. */
  override focus(): void {
    this.#session?.focus();
  }

  connectedCallback(): void {
    this.#adopt();
    this.#start();
  }

  disconnectedCallback(): void {
    this.#stop();
  }

  attributeChangedCallback(name: string): void {
    this.#frame.legend.hidden = !this.hasAttribute('legend');
    if (name === 'legend' || !this.isConnected || this.#givenClient) return;
    this.#stop();
    this.#start();
  }

  /** Properties set before the element was defined hide the accessors of the class; they are set again through them. */
  #adopt(): void {
    for (const name of ['client', 'prices', 'messages'] as const) {
      const early = Object.getOwnPropertyDescriptor(this, name);
      if (!early) continue;
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, early.value);
    }
  }

  #start(): void {
    if (this.#running) return;
    const client = this.#givenClient ?? this.#createOwnClient();
    if (!client) return;
    const running = new AbortController();
    this.#running = running;
    const { signal } = running;
    showCover(this.#frame.cover, this.#words.loading);
    const end = [
      client.subscribe(() => this.#update(client)),
      client.on('expire', ({ holdId, seats }) => {
        this.#session?.expired();
        this.#emit('expire', { holdId, seats });
      }),
    ];
    signal.addEventListener('abort', () => {
      for (const stop of end) stop();
    });
    const resized = new ResizeObserver(() => this.#session?.resize());
    resized.observe(this.#frame.view);
    signal.addEventListener('abort', () => resized.disconnect());
    for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) {
      matchMedia(query).addEventListener('change', () => this.#session?.redress(), { signal });
    }
    if (client === this.#ownClient) client.connect();
    void this.#load(client, signal);
    this.#update(client);
  }

  #stop(): void {
    this.#running?.abort();
    this.#running = undefined;
    this.#session?.stop();
    this.#session = undefined;
    this.#mapHash = undefined;
    this.#ownClient?.close();
    this.#ownClient = undefined;
  }

  #createOwnClient(): ShowtimeClient | undefined {
    const showtimeId = this.getAttribute('showtime');
    if (!showtimeId) return undefined;
    const url = this.getAttribute('server') ?? location.origin;
    this.#ownClient = createClient({ url, showtimeId, sessionStore: browserSessionStore() });
    return this.#ownClient;
  }

  /** Loads the map and opens the session on it. A map that changed under a running showtime replaces the old one. */
  async #load(client: ShowtimeClient, signal: AbortSignal): Promise<void> {
    const document = await client.seatMap().catch(() => undefined);
    if (signal.aborted) return;
    if (!document) {
      this.#failed(client, signal);
      return;
    }
    this.#mapHash = client.getSnapshot().seatMap?.hash;
    this.#session?.stop();
    this.#session = new PickerSession(client, createPlan(document), this.#lend());
    this.#shown = undefined;
    this.#update(client);
  }

  #lend(): PickerHost {
    return {
      frame: this.#frame,
      settings: () => ({ messages: this.#words, prices: this.#prices, locale: this.#locale() }),
      say: (text) => this.#say(text),
      emit: (name, detail) => this.#emit(name, detail),
    };
  }

  #failed(client: ShowtimeClient, signal: AbortSignal): void {
    const { loadFailed, retry } = this.#words;
    this.#say(loadFailed);
    showCover(this.#frame.cover, loadFailed, {
      text: retry,
      onClick: () => {
        showCover(this.#frame.cover, this.#words.loading);
        client.connect();
        void this.#load(client, signal);
      },
    });
  }

  #update(client: ShowtimeClient): void {
    const state = client.getSnapshot();
    if (this.#session && onlySeatsDiffer(this.#shown, state)) {
      this.#session.seatsChanged();
      return;
    }
    const before = this.#shown?.terms;
    this.#shown = state;
    if (before !== state.terms) this.#session?.redress();
    const frame = this.#frame;
    const shown = this.#session !== undefined && state.epoch !== undefined;
    if (shown) frame.cover.hidden = true;
    frame.banner.hidden = !(shown && state.stale);
    frame.view.classList.toggle('stale', shown && state.stale);
    if (this.#running && this.#mapHash !== undefined && state.seatMap && state.seatMap.hash !== this.#mapHash) {
      this.#mapHash = state.seatMap.hash;
      void this.#load(client, this.#running.signal);
    }
    this.#session?.update();
    this.#internals?.setFormValue?.(this.value || null);
    this.#tellConnection(state.connection.state, state.stale);
  }

  #tellConnection(state: string, stale: boolean): void {
    const connection = `${state} ${stale}`;
    if (connection === this.#connection) return;
    const known = this.#connection !== '';
    this.#connection = connection;
    if (known && stale && this.#session) this.#say(this.#words.stale);
    this.#emit('connectionchange', { state, stale });
  }

  /** Says it once. The same words twice in a row are told apart by a space that nobody hears. */
  #say(text: string): void {
    const { live } = this.#frame;
    live.textContent = live.textContent === text ? `${text}\u00a0` : text;
  }

  #emit<Name extends keyof PickerEvents>(name: Name, detail: PickerEvents[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** As the server told last, or as the page was given them before. */
  get #prices(): readonly CategoryPrice[] {
    return this.#shown?.terms?.prices ?? this.#categoryPrices;
  }

  #locale(): string | undefined {
    return this.closest<HTMLElement>('[lang]')?.lang || undefined;
  }
}

/** All else that the picker shows is the same object until it changes. */
function onlySeatsDiffer(before: ClientState | undefined, now: ClientState): boolean {
  const others = ['connection', 'stale', 'epoch', 'seatMap', 'holds', 'bookings', 'terms'] as const;
  return before !== undefined && others.every((name) => before[name] === now[name]);
}
