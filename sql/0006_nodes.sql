-- Who is in the cluster, as Postgres knows it: Redis answers that question faster, and this table answers it while Redis
-- does not. It is advice only; the epoch in `showtime_owners` says who may write. Losing these rows harms nobody, since
-- every living node writes its own again with its next beat.

-- One row a life of a node. It is renewed every second or so, and read with it; half-empty pages take the new versions.
CREATE TABLE usher.nodes (
  id text PRIMARY KEY,
  -- Two clusters never share showtimes, but a name keeps a wrong setting from mixing them.
  cluster text NOT NULL,
  beat bigint NOT NULL,
  -- What the node says of itself: its name, URL, link address, weight, whether it drains, its hot showtimes.
  member json NOT NULL,
  -- By the clock of Postgres. A row that is old belongs to a life that ended.
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

-- Showtimes that somebody moved by hand, and the name of the node where each should live.
CREATE TABLE usher.pins (
  cluster text NOT NULL,
  showtime_id text NOT NULL,
  node text NOT NULL,
  PRIMARY KEY (cluster, showtime_id)
);

-- One beat in one round trip: registers or renews a node, and returns the nodes that were renewed within `silent_ms`
-- and all pins. A beat never goes down, so a call that runs twice, or late, changes nothing.
CREATE FUNCTION usher.beat_node(
  cluster_name text, node_id text, node_beat bigint, node_member json, silent_ms float8,
  OUT members json, OUT pinned json
) LANGUAGE plpgsql SET search_path = usher, pg_temp AS $$
BEGIN
  -- Until the end of this transaction. A beat that a crash of Postgres takes with it comes again, and none may wait for
  -- a standby.
  PERFORM set_config('synchronous_commit', 'off', true);
  INSERT INTO nodes AS n (id, cluster, beat, member) VALUES (node_id, cluster_name, node_beat, node_member)
  ON CONFLICT (id) DO UPDATE SET beat = excluded.beat, member = excluded.member, seen_at = clock_timestamp()
   WHERE n.beat < excluded.beat;
  SELECT coalesce(json_agg(json_build_object('id', n.id, 'beat', n.beat, 'member', n.member)), '[]') INTO members
    FROM nodes n
   WHERE n.cluster = cluster_name AND n.seen_at > clock_timestamp() - make_interval(secs => silent_ms / 1000);
  SELECT coalesce(json_object_agg(p.showtime_id, p.node), '{}') INTO pinned FROM pins p WHERE p.cluster = cluster_name;
END $$;
