-- By which people name a dead letter. One that is tried again and fails again is another letter.
ALTER TABLE boxoffice.dead_letters ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid();
CREATE UNIQUE INDEX dead_letters_id ON boxoffice.dead_letters (id);
CREATE INDEX dead_letters_newest ON boxoffice.dead_letters (failed_at, id);
