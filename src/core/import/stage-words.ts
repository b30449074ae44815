/** Whether a text that a plan draws names what the audience looks at. */
export type Sight = 'stage' | 'screen';

/** In the languages of the plans that were seen, and their neighbours; without accents, which texts leave out. */
const WORDS: Readonly<Record<Sight, readonly string[]>> = {
  stage: wordsOf(`STAGE BÜHNE SCÈNE ESCENA ESCENARIO PALCO PALCOSCENICO SCENA SCENĂ SCEN SCENEN SCENE JEVIŠTĚ JAVISKO
    SZÍNPAD NÄYTTÄMÖ LAVA PÓDIUM PODIUM TONEEL SAHNE ΣΚΗΝΗ СЦЕНА МАНЕЖ MANEGE 舞台 ステージ 무대 במה مسرح`),
  screen: wordsOf(`SCREEN LEINWAND BILDWAND ÉCRAN PANTALLA SCHERMO TELA ECRÃ EKRAN PLÁTNO VÁSZON VALKOKANGAS FILMDUK DUK
    LÆRRED LERRET SCHERM DOEK PERDE ΟΘΟΝΗ ЭКРАН ЕКРАН 银幕 銀幕 荧幕 螢幕 屏幕 スクリーン 스크린 מסך شاشة`),
};
/** A text with one of these says how to get there, or what is beside it. */
const BESIDE = new Set(
  wordsOf(
    'DOOR ENTRANCE ENTRY EXIT EINGANG AUSGANG ZUGANG ENTRÉE SORTIE ENTRADA SALIDA USCITA INGRESSO BACKSTAGE BACK BAR',
  ),
);
/** Short words are also the ends of others. */
const SUFFIX_LENGTH_MIN = 5;
/** Writings without spaces name it within a longer text. */
const UNSPACED = /[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]/;

function wordsOf(text: string): string[] {
  return text.split(/\s+/).map(plain);
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC').toUpperCase();
}

/** How surely a text names the stage or the screen: 0 where it is that word alone; undefined where it names neither. */
export function sightOf(text: string): { readonly sight: Sight; readonly doubt: number } | undefined {
  const tokens = plain(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((token) => token !== '');
  // "S T A G E": letters set apart to fill the width of the stage.
  const isSpaced = tokens.length > 2 && tokens.every((token) => [...token].length === 1);
  const words = isSpaced ? [tokens.join('')] : tokens;
  if (words.some((word) => BESIDE.has(word))) return undefined;
  let best: { sight: Sight; doubt: number } | undefined;
  for (const sight of ['stage', 'screen'] as const) {
    for (const word of words) {
      const doubt = doubtOf(word, WORDS[sight]) + (words.length > 1 ? 1 : 0);
      if (doubt < (best?.doubt ?? Infinity)) best = { sight, doubt };
    }
  }
  return best;
}

function doubtOf(word: string, known: readonly string[]): number {
  if (known.includes(word)) return 0;
  const ends = (end: string) => end.length >= SUFFIX_LENGTH_MIN && word.endsWith(end);
  const has = (part: string) => UNSPACED.test(part) && word.includes(part);
  return known.some((part) => ends(part) || has(part)) ? 2 : Infinity;
}
