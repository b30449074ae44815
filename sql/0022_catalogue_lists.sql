-- Text as lists compare it: without accents, case and punctuation. The database may have the locale C, whose lower() knows
-- ASCII only, so the capitals of Greek and Cyrillic are translated here. NFKD needs a database in UTF-8.
CREATE FUNCTION boxoffice.fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN btrim(regexp_replace(
  translate(
    lower(regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]+', '', 'g')),
    'АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЄІЇҐЂЈЉЊЋЏΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩςØøŁłĐđÐðı',
    'абвгдежзийклмнопрстуфхцчшщъыьэюяєіїґђјљњћџαβγδεζηθικλμνξοπρστυφχψωσoollddddi'
  ),
  '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f]+', ' ', 'g'
));

CREATE FUNCTION boxoffice.fold_each(list text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN ARRAY(SELECT boxoffice.fold(one) FROM unnest(list) WITH ORDINALITY AS each (one, at) ORDER BY at);

-- Every word of `words` as the beginning of a word. `weights` says where: 'A' is the titles; empty is everywhere. `words` must
-- have a letter or a digit.
CREATE FUNCTION boxoffice.search_query(words text, weights text) RETURNS tsquery
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN to_tsquery('pg_catalog.simple', replace(boxoffice.fold(words), ' ', ':*' || weights || ' & ') || ':*' || weights);

-- Titles are in every language, so words are taken as they are: no stemming, no stop words.
ALTER TABLE boxoffice.movies
  ADD COLUMN title_key text NOT NULL GENERATED ALWAYS AS (boxoffice.fold(title)) STORED,
  ADD COLUMN genre_keys text[] NOT NULL GENERATED ALWAYS AS (boxoffice.fold_each(genres)) STORED,
  ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
    setweight(to_tsvector('pg_catalog.simple', boxoffice.fold(title)), 'A')
    || setweight(to_tsvector('pg_catalog.simple', boxoffice.fold(coalesce(original_title, ''))), 'A')
    || setweight(to_tsvector('pg_catalog.simple', boxoffice.fold(director)), 'B')
    || setweight(to_tsvector('pg_catalog.simple', boxoffice.fold(synopsis)), 'D')
  ) STORED;
CREATE INDEX movies_search ON boxoffice.movies USING gin (search);
CREATE INDEX movies_genres ON boxoffice.movies USING gin (genre_keys);
-- The order of the list.
CREATE INDEX movies_title ON boxoffice.movies (title_key COLLATE "C", id COLLATE "C");

ALTER TABLE boxoffice.venues
  ADD COLUMN city_key text NOT NULL GENERATED ALWAYS AS (boxoffice.fold(city)) STORED;
CREATE INDEX venues_city ON boxoffice.venues (city_key COLLATE "C", id COLLATE "C");
