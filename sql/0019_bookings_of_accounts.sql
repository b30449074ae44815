-- The bookings of an account are those of every holder that it has been, the newest first: ids are made in the order of time.
CREATE INDEX bookings_holder ON usher.bookings (holder, id);
