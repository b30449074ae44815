-- A cursor names the start of a showtime by its millisecond, as JavaScript does; a finer start would be listed twice.
ALTER TABLE usher.showtimes ALTER COLUMN starts_at TYPE timestamptz(3);
