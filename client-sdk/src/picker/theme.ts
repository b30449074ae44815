/**
 * The colours of the canvas, read from CSS so that `--usher-*` variables, dark mode and forced colours reach it. A
 * canvas cannot resolve `light-dark()` or `var()`, hence the probe: an element whose computed `color` is the answer.
 */
import { css, inkOn, mix, type Rgb, readable } from './contrast.js';

export interface Theme {
  readonly surface: string;
  readonly text: string;
  readonly muted: string;
  readonly hairline: string;
  readonly accent: string;
  readonly onAccent: string;
  /** By category: the fill of a free seat, and the ink of what is written on it. */
  readonly categories: readonly { readonly fill: string; readonly ink: string }[];
  readonly font: string;
  /** The user's own palette is in force: decorations keep to outlines. */
  readonly forced: boolean;
}

/** WCAG 2.2, 1.4.11: what one must tell apart to understand a graphic has at least 3:1. */
const GRAPHIC_CONTRAST = 3;

export function readTheme(probe: HTMLElement, categoryColors: readonly string[]): Theme {
  const pixel = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const resolve = (variable: string): Rgb => {
    probe.style.color = `var(${variable})`;
    return rgbOf(pixel, getComputedStyle(probe).color);
  };
  const forced = matchMedia('(forced-colors: active)').matches;
  const surface = resolve('--_surface');
  const text = resolve('--_text');
  const accent = readable(resolve('--_accent'), surface, GRAPHIC_CONTRAST);
  const muted = css(readable(resolve('--_muted'), surface, GRAPHIC_CONTRAST));
  return {
    surface: css(surface),
    text: css(text),
    muted,
    hairline: forced ? muted : css(mix(surface, text, 0.22)),
    accent: css(accent),
    onAccent: css(inkOn(accent)),
    categories: categoryColors.map((color) => {
      const own = forced ? resolve('--_text') : rgbOf(pixel, color);
      const fill = readable(own, surface, GRAPHIC_CONTRAST);
      return { fill: css(fill), ink: css(inkOn(fill)) };
    }),
    font: getComputedStyle(probe).fontFamily || 'sans-serif',
    forced,
  };
}

/** Any CSS colour as sRGB. An unknown one reads as a middle grey, which is then made readable like all others. */
function rgbOf(pixel: CanvasRenderingContext2D | null, color: string): Rgb {
  if (!pixel) return [128, 128, 128];
  pixel.fillStyle = '#808080';
  pixel.fillStyle = color;
  pixel.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = pixel.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
