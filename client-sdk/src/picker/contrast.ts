/**
 * Contrast as WCAG 2.2 defines it (relative luminance and contrast ratio). Category colours come from whoever drew the
 * plan and know nothing of our surface or of dark mode, so they are moved until they can be told from it.
 */
export type Rgb = readonly [red: number, green: number, blue: number];

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

function luminance(color: Rgb): number {
  const [r, g, b] = color.map((channel) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

/** From 1 (equal) to 21 (black on white). */
export function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** The colour itself, or as little of black or white mixed into it as reaches `ratio` against `surface`. */
export function readable(color: Rgb, surface: Rgb, ratio: number): Rgb {
  const towards = inkOn(surface);
  for (let share = 0; share < 1; share += 0.04) {
    const candidate = mix(color, towards, share);
    if (contrast(candidate, surface) >= ratio) return candidate;
  }
  return towards;
}

/** The ink for text on `color`: white where it reads well (4.5:1), else whichever of black and white reads better. */
export function inkOn(color: Rgb): Rgb {
  if (contrast(color, WHITE) >= 4.5) return WHITE;
  return contrast(color, BLACK) >= contrast(color, WHITE) ? BLACK : WHITE;
}

export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const channel = (i: 0 | 1 | 2) => Math.round(a[i] + (b[i] - a[i]) * share);
  return [channel(0), channel(1), channel(2)];
}

export function css(color: Rgb): string {
  return `rgb(${color.join(' ')})`;
}
