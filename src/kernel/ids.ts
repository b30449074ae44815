export interface Ids {
  /** UUID v7: ids of a later millisecond sort after those of an earlier, which keeps the indexes of Postgres local. */
  uuid(): string;
  /** A booking reference for people: eleven signs, the last a check sign; 47 bits of it are random. */
  reference(): string;
}
