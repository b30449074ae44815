/** A film as it is sent to `POST /v1/movies`. */
export interface ChainMovie {
  readonly id: string;
  readonly title: string;
  /** Where it differs from the title. */
  readonly originalTitle?: string;
  readonly year: number;
  readonly runtimeMinutes: number;
  readonly director: string;
  readonly genres: readonly string[];
  /** Language tags of what is spoken. */
  readonly languages: readonly string[];
  /** Of the Motion Picture Association; absent where it gave none. */
  readonly rating?: string;
  /** Ours. */
  readonly synopsis: string;
}
