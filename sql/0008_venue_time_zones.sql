-- Where a venue is in time. Local times are resolved by the node and nowhere else (src/boxoffice/catalogue/venue-time.ts):
-- Postgres has other rules of time zones than Node, and takes names such as CET for a zone without summer.
ALTER TABLE usher.venues
  -- An IANA name of area and city.
  ADD COLUMN time_zone text NOT NULL DEFAULT 'Etc/UTC' CHECK (time_zone ~ '^[A-Z][A-Za-z_]*(/[A-Za-z0-9_+-]+)+$'),
  -- A showtime that begins before this hour of the day belongs to the evening before.
  ADD COLUMN day_cutoff_hour integer NOT NULL DEFAULT 6 CHECK (day_cutoff_hour BETWEEN 0 AND 12);
-- The demo cinema, where it is there already.
UPDATE usher.venues SET time_zone = 'Europe/Berlin' WHERE id = 'quayside-palace';
