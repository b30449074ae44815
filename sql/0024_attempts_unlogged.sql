-- Counting a failure is not to make holds and bookings wait for a flush of the log. A crash of Postgres forgets the counts.
ALTER TABLE boxoffice.attempts SET UNLOGGED;
