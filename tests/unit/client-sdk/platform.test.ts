// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from 'vitest';
import { platformEnvironment } from '../../../client-sdk/src/environment.js';
import { browserSessionStore } from '../../../client-sdk/src/session-store.js';
import { uuid } from '../../../client-sdk/src/uuid.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('a uuid', () => {
  it('is of version 4 also where the page is not secure and randomUUID is absent', () => {
    const getRandomValues = crypto.getRandomValues.bind(crypto);
    const made = Array.from({ length: 200 }, () => uuid({ getRandomValues }));
    expect(new Set(made).size).toBe(200);
    for (const one of made) {
      expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
  });

  it('is random in every digit but the version and the variant', () => {
    const getRandomValues = crypto.getRandomValues.bind(crypto);
    const made = Array.from({ length: 500 }, () => uuid({ getRandomValues }).replaceAll('-', ''));
    const varieties = Array.from({ length: 32 }, (_, at) => new Set(made.map((one) => one[at])).size);
    expect(varieties).toEqual(varieties.map((_, at) => (at === 12 ? 1 : at === 16 ? 4 : 16)));
  });
});

describe('the session store of a browser', () => {
  it('keeps a token under its key', () => {
    browserSessionStore('one').save('token');
    expect(browserSessionStore('one').load()).toBe('token');
    expect(browserSessionStore('other').load()).toBeUndefined();
  });

  it('does without where storage is forbidden', () => {
    vi.stubGlobal('localStorage', undefined);
    expect(() => browserSessionStore().save('token')).not.toThrow();
    expect(browserSessionStore().load()).toBeUndefined();
  });
});

describe('a browser', () => {
  it('tells when the network comes and goes and when the page is looked at again, until told to stop', () => {
    const heard: string[] = [];
    const stop = platformEnvironment({}).onWake((wake) => heard.push(wake));
    const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    visibility.mockReturnValue('visible');
    document.dispatchEvent(new Event('visibilitychange'));
    window.dispatchEvent(new Event('offline'));
    window.dispatchEvent(new Event('online'));
    // A page that is left for good has persisted: false.
    for (const [type, persisted] of [
      ['pagehide', false],
      ['pagehide', true],
      ['pageshow', true],
      ['pageshow', false],
    ] as const) {
      window.dispatchEvent(Object.assign(new Event(type), { persisted }));
    }
    stop();
    window.dispatchEvent(new Event('online'));
    expect(heard).toEqual(['visible', 'offline', 'online', 'away', 'back']);
  });

  it('counts as online unless it is sure not to be', () => {
    const { isOnline } = platformEnvironment({});
    expect(isOnline()).toBe(true);
    vi.stubGlobal('navigator', { onLine: false });
    expect(isOnline()).toBe(false);
    vi.stubGlobal('navigator', {});
    expect(isOnline()).toBe(true);
  });

  it('hands the errors of listeners to the page', () => {
    const report = vi.fn();
    vi.stubGlobal('reportError', report);
    platformEnvironment({}).report('fault');
    expect(report).toHaveBeenCalledWith('fault');
  });
});
