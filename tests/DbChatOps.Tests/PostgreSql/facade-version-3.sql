-- DbChatOps: set-up of one PostgreSQL server (14 to 18).
--
-- Run once per server with psql as a superuser, connected to the admin database; safe to repeat, and to be repeated at upgrades.
-- What it makes: the bot's login without any power of its own, two powerless groups, and the facade: the only functions through
-- which the bot changes roles. The facade touches roles named dbco_* that carry the bot's comment and the heirs it makes for them, and nothing else.
-- Set the bot's password afterwards (\password dbchatops_bot); list the standing roles with the statements that
-- `dbchatops check --print-setup` prints below this script.

BEGIN;
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL client_min_messages = warning;

DO $roles$
DECLARE
    modern constant boolean := current_setting('server_version_num')::int >= 160000;
BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RAISE EXCEPTION 'the facade must be installed by a superuser' USING ERRCODE = '42501';
    END IF;
    -- Whoever owns the schema could have planted triggers on the tables that the facade trusts.
    IF EXISTS (SELECT FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner WHERE n.nspname = 'dbchatops' AND NOT r.rolsuper) THEN
        RAISE EXCEPTION 'schema dbchatops exists and belongs to somebody else' USING ERRCODE = '42501';
    END IF;
    IF to_regrole('dbchatops_bot') IS NULL THEN
        CREATE ROLE dbchatops_bot LOGIN CONNECTION LIMIT 30;
    END IF;
    IF to_regrole('dbchatops_temp') IS NULL THEN
        CREATE ROLE dbchatops_temp NOLOGIN;
    END IF;
    IF to_regrole('dbchatops_cleaner') IS NULL THEN
        CREATE ROLE dbchatops_cleaner NOLOGIN;
    END IF;
    COMMENT ON ROLE dbchatops_temp IS 'Marks the temporary logins of DbChatOps; pg_hba.conf binds them to passwords.';
    COMMENT ON ROLE dbchatops_cleaner IS 'Ending logins are lent to it for a moment, so that their leftovers can be moved.';
    IF modern THEN
        EXECUTE 'GRANT dbchatops_cleaner TO dbchatops_bot WITH INHERIT FALSE, SET TRUE';
        EXECUTE 'GRANT pg_signal_backend, pg_read_all_stats TO dbchatops_bot WITH INHERIT TRUE';
    ELSE
        GRANT dbchatops_cleaner TO dbchatops_bot;
        GRANT pg_signal_backend, pg_read_all_stats TO dbchatops_bot;
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO dbchatops_bot', current_database());
END
$roles$;

-- Lets `check` see whether password logins of temporary roles are bound in pg_hba.conf.
GRANT SELECT ON pg_catalog.pg_hba_file_rules TO dbchatops_bot;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO dbchatops_bot;

CREATE SCHEMA IF NOT EXISTS dbchatops;
REVOKE ALL ON SCHEMA dbchatops FROM PUBLIC;
GRANT USAGE ON SCHEMA dbchatops TO dbchatops_bot;

-- One row: the bounds that no caller can move.
CREATE TABLE IF NOT EXISTS dbchatops.bounds (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    maximum_window interval NOT NULL,
    maximum_logins integer NOT NULL
);
INSERT INTO dbchatops.bounds (maximum_window, maximum_logins) VALUES (interval '24 hours', 2000) ON CONFLICT DO NOTHING;

-- The roles that may be lent out, each belonging to one database and level; written by the installer only.
CREATE TABLE IF NOT EXISTS dbchatops.standing_role (
    role_name name PRIMARY KEY CHECK (role_name ~ '^[a-z_][a-z0-9_]*$'),
    access_level text NOT NULL CHECK (access_level IN ('read', 'write', 'ddl')),
    database_name name NOT NULL,
    owner_role name,
    CHECK ((access_level = 'ddl') = (owner_role IS NOT NULL))
);
REVOKE ALL ON dbchatops.bounds, dbchatops.standing_role FROM PUBLIC;
GRANT SELECT ON dbchatops.bounds, dbchatops.standing_role TO dbchatops_bot;

CREATE OR REPLACE FUNCTION dbchatops.version() RETURNS integer
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS 'SELECT 3';

-- Errors carry their own codes, because message texts are translated:
-- DC001 not ours, DC002 role may not be lent, DC003 too late, DC004 too many logins, DC005 window too long,
-- DC006 not a verifier, DC007 older generation, DC008 locked, DC009 gone, DC010 never handed over, DC011 the heir's name is taken.

-- The OID of a login of ours, or null when there is none of that name.
CREATE OR REPLACE FUNCTION dbchatops.ours(login text) RETURNS oid
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    found_oid oid;
    note text;
BEGIN
    IF login IS NULL OR login !~ '^dbco_[a-z0-9_]{1,58}$' THEN
        RAISE EXCEPTION 'not the name of a temporary login' USING ERRCODE = 'DC001';
    END IF;
    -- One look-up, because it is asked for every login at every turn.
    SELECT r.oid, d.description INTO found_oid, note
      FROM pg_authid r LEFT JOIN pg_shdescription d ON d.objoid = r.oid AND d.classoid = 'pg_authid'::regclass
     WHERE r.rolname = login;
    IF found_oid IS NOT NULL AND coalesce(note, '') NOT LIKE 'dbchatops/v1 %' THEN
        RAISE EXCEPTION 'role % does not carry the comment of a temporary login', login USING ERRCODE = 'DC001';
    END IF;
    RETURN found_oid;
END
$body$;

-- Makes the login without LOGIN and without password. The caller must mark it in the same transaction.
CREATE OR REPLACE FUNCTION dbchatops.mint(
    login text, standing_role text, not_after timestamptz, live_limit integer, connection_limit integer,
    statement_timeout_ms integer, lock_timeout_ms integer, idle_timeout_ms integer, read_only boolean)
RETURNS TABLE (login_oid oid, already_there boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    modern constant boolean := current_setting('server_version_num')::int >= 160000;
    listed record;
    live integer;
BEGIN
    login_oid := dbchatops.ours(login);
    IF login_oid IS NOT NULL THEN
        already_there := true;
        RETURN NEXT;
        RETURN;
    END IF;
    IF not_after IS NULL OR clock_timestamp() > not_after THEN
        RAISE EXCEPTION 'too late to make a login' USING ERRCODE = 'DC003';
    END IF;
    -- A role that can log in would keep a password that a session under SET ROLE gave it, long after the login is gone.
    SELECT s.role_name, s.database_name, s.owner_role INTO listed
      FROM dbchatops.standing_role s
      JOIN pg_roles r ON r.rolname = s.role_name
     WHERE s.role_name = standing_role AND NOT (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls OR r.rolcanlogin);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'role % may not be lent out', standing_role USING ERRCODE = 'DC002';
    END IF;
    IF EXISTS (SELECT FROM pg_roles r WHERE r.rolname = listed.owner_role
                AND (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls OR r.rolcanlogin)) THEN
        RAISE EXCEPTION 'owner role % may not be lent out', listed.owner_role USING ERRCODE = 'DC002';
    END IF;
    SELECT count(*) INTO live FROM pg_auth_members m WHERE m.roleid = to_regrole('dbchatops_temp');
    IF live >= least(live_limit, (SELECT b.maximum_logins FROM dbchatops.bounds b)) THEN
        RAISE EXCEPTION 'there are % temporary logins already', live USING ERRCODE = 'DC004';
    END IF;

    EXECUTE format('CREATE ROLE %I NOLOGIN %s CONNECTION LIMIT %s', login,
                   CASE WHEN listed.owner_role IS NULL THEN 'INHERIT' ELSE 'NOINHERIT' END, connection_limit);
    EXECUTE format('GRANT dbchatops_temp TO %I%s', login, CASE WHEN modern THEN ' WITH INHERIT FALSE, SET FALSE' ELSE '' END);
    EXECUTE format('GRANT %I TO %I%s', listed.role_name, login, CASE WHEN modern THEN ' WITH INHERIT TRUE, SET FALSE' ELSE '' END);
    IF listed.owner_role IS NOT NULL THEN
        -- Sessions start as the owner, so that what they make does not belong to a role that will vanish.
        EXECUTE format('GRANT %I TO %I%s', listed.owner_role, login, CASE WHEN modern THEN ' WITH INHERIT FALSE, SET TRUE' ELSE '' END);
    END IF;
    EXECUTE format('ALTER ROLE %I SET statement_timeout = %s', login, statement_timeout_ms);
    EXECUTE format('ALTER ROLE %I SET lock_timeout = %s', login, lock_timeout_ms);
    EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %s', login, idle_timeout_ms);
    EXECUTE format('ALTER ROLE %I SET log_statement = ''all''', login);
    IF read_only THEN
        EXECUTE format('ALTER ROLE %I SET default_transaction_read_only = on', login);
    END IF;
    SELECT r.oid, false INTO login_oid, already_there FROM pg_roles r WHERE r.rolname = login;
    IF listed.owner_role IS NOT NULL THEN
        -- ALTER ROLE ... IN DATABASE ... SET role, written by hand: inside a definer function the server refuses that one setting.
        INSERT INTO pg_db_role_setting (setdatabase, setrole, setconfig)
        SELECT d.oid, login_oid, ARRAY['role=' || listed.owner_role] FROM pg_database d WHERE d.datname = listed.database_name;
    END IF;
    RETURN NEXT;
END
$body$;

-- Writes the comment that makes a fresh login ours; once, and only on a login that was just made.
-- "under" are the roles that its sessions can become: what they prepare is recorded as prepared by those.
CREATE OR REPLACE FUNCTION dbchatops.mark(login text, grant_id text, mac text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    standing text;
    under text;
BEGIN
    IF login !~ '^dbco_[a-z0-9_]{1,58}$' OR grant_id !~ '^[0-9a-f]{32}$' OR mac !~ '^[0-9a-f]{64}$'
       OR NOT EXISTS (SELECT FROM pg_roles r JOIN pg_auth_members m ON m.member = r.oid
                       WHERE r.rolname = login AND NOT r.rolcanlogin AND m.roleid = to_regrole('dbchatops_temp')
                         AND shobj_description(r.oid, 'pg_authid') IS NULL) THEN
        RAISE EXCEPTION 'cannot mark %', login USING ERRCODE = 'DC001';
    END IF;
    SELECT g.rolname, concat_ws(',', g.oid, o.oid) INTO STRICT standing, under
      FROM pg_auth_members m
      JOIN pg_roles g ON g.oid = m.roleid
      JOIN dbchatops.standing_role s ON s.role_name = g.rolname
      LEFT JOIN pg_roles o ON o.rolname = s.owner_role
     WHERE m.member = to_regrole(login);
    EXECUTE format('COMMENT ON ROLE %I IS %L', login,
                   format('dbchatops/v1 grant=%s role=%s under=%s gen=0 mac=%s', grant_id, standing, under, mac));
END
$body$;

-- What reveal and extend ask first. The row lock makes the answers hold until commit: a lock that came first wins.
-- The longest window counts from the first reveal, which the note keeps as "since" (microseconds of the epoch), however often it is extended.
CREATE OR REPLACE FUNCTION dbchatops.fence(
    login text, expected_oid oid, OUT can_login boolean, OUT ends timestamptz, OUT note text, OUT ceiling timestamptz)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    since bigint;
BEGIN
    IF dbchatops.ours(login) IS DISTINCT FROM expected_oid THEN
        RAISE EXCEPTION 'login % is gone', login USING ERRCODE = 'DC009';
    END IF;
    SELECT a.rolcanlogin, a.rolvaliduntil INTO can_login, ends FROM pg_authid a WHERE a.oid = expected_oid FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'login % is gone', login USING ERRCODE = 'DC009';
    END IF;
    IF ends = '-infinity' THEN
        RAISE EXCEPTION 'login % is locked', login USING ERRCODE = 'DC008';
    END IF;
    note := shobj_description(expected_oid, 'pg_authid');
    since := substring(note FROM ' since=([0-9]{1,17}) ')::bigint;
    IF since IS NULL THEN
        since := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
        note := regexp_replace(note, ' mac=', format(' since=%s mac=', since));
    END IF;
    -- The bot works with clocks that differ by up to 5 s: a window of the full length must not fail for that.
    SELECT timestamptz 'epoch' + since * interval '1 microsecond' + b.maximum_window + interval '5 seconds' INTO ceiling FROM dbchatops.bounds b;
END
$body$;

-- LOGIN, verifier and VALID UNTIL together.
CREATE OR REPLACE FUNCTION dbchatops.reveal(
    login text, expected_oid oid, verifier text, valid_until timestamptz, generation integer, not_after timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    present record;
BEGIN
    IF verifier !~ '^SCRAM-SHA-256\$[0-9]{4,7}:[A-Za-z0-9+/]{22,}={0,2}\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$' THEN
        RAISE EXCEPTION 'not a SCRAM-SHA-256 verifier' USING ERRCODE = 'DC006';
    END IF;
    SELECT f.* INTO present FROM dbchatops.fence(login, expected_oid) f;
    IF not_after IS NULL OR valid_until IS NULL OR clock_timestamp() > not_after OR clock_timestamp() >= valid_until THEN
        RAISE EXCEPTION 'too late to set a password' USING ERRCODE = 'DC003';
    END IF;
    IF valid_until > present.ceiling THEN
        RAISE EXCEPTION 'window beyond the maximum' USING ERRCODE = 'DC005';
    END IF;
    IF generation IS NULL OR generation <= substring(present.note FROM ' gen=([0-9]{1,9}) ')::integer THEN
        RAISE EXCEPTION 'generation % is not newer', generation USING ERRCODE = 'DC007';
    END IF;
    EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L VALID UNTIL %L', login, verifier, valid_until);
    EXECUTE format('COMMENT ON ROLE %I IS %L', login, regexp_replace(present.note, ' gen=[0-9]{1,9} ', format(' gen=%s ', generation)));
    RETURN valid_until;
END
$body$;

-- Moves VALID UNTIL later, never earlier; password and sessions stay.
CREATE OR REPLACE FUNCTION dbchatops.extend(login text, expected_oid oid, valid_until timestamptz) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    present record;
BEGIN
    SELECT f.* INTO present FROM dbchatops.fence(login, expected_oid) f;
    IF NOT present.can_login THEN
        RAISE EXCEPTION 'login % was never handed over', login USING ERRCODE = 'DC010';
    END IF;
    IF valid_until IS NULL OR clock_timestamp() >= valid_until OR clock_timestamp() >= present.ends THEN
        RAISE EXCEPTION 'too late to extend' USING ERRCODE = 'DC003';
    END IF;
    IF valid_until > present.ceiling THEN
        RAISE EXCEPTION 'window beyond the maximum' USING ERRCODE = 'DC005';
    END IF;
    IF valid_until > present.ends THEN
        EXECUTE format('ALTER ROLE %I VALID UNTIL %L', login, valid_until);
        -- A login that was revealed before this facade was installed: its window counts from now, once.
        EXECUTE format('COMMENT ON ROLE %I IS %L', login, present.note);
    END IF;
    RETURN greatest(valid_until, present.ends);
END
$body$;

-- Takes away every membership of the role and in the role, whoever granted it. While the role can log in it keeps the marker, by which
-- pg_hba.conf binds it to its password and so to its end. What it may comes from the first, what others may through it from the second.
DROP FUNCTION IF EXISTS dbchatops.strip(oid);
CREATE OR REPLACE FUNCTION dbchatops.strip(role_oid oid, only_what_it_may boolean) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    modern constant boolean := current_setting('server_version_num')::int >= 160000;
    held record;
BEGIN
    -- Two index look-ups; with OR the server reads every membership for every login.
    FOR held IN SELECT string_agg(quote_ident(pg_get_userbyid(m.roleid)), ', ') AS lent, pg_get_userbyid(m.member) AS holder,
                       CASE WHEN modern THEN pg_get_userbyid(m.grantor) END AS giver
                  FROM (SELECT h.roleid, h.member, h.grantor FROM pg_auth_members h
                         WHERE h.member = role_oid
                           AND (h.roleid <> to_regrole('dbchatops_temp') OR NOT (SELECT a.rolcanlogin FROM pg_authid a WHERE a.oid = role_oid))
                         UNION ALL
                        SELECT l.roleid, l.member, l.grantor FROM pg_auth_members l WHERE l.roleid = role_oid AND NOT only_what_it_may) m
                 GROUP BY 2, 3 LOOP
        EXECUTE format('REVOKE %s FROM %I%s CASCADE', held.lent, held.holder, coalesce(' GRANTED BY ' || quote_ident(held.giver), ''));
    END LOOP;
END
$body$;

-- Locks and strips many logins; one login's trouble is one row's outcome: locked, absent, busy, foreign, failed.
-- All waiting together is bounded: a login can hold its own row up with an open or prepared ALTER ROLE. It loses its power all the same.
CREATE OR REPLACE FUNCTION dbchatops.lock(logins text[], patience_ms integer)
RETURNS TABLE (login text, outcome text, code text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    started constant timestamptz := clock_timestamp();
    role_oid oid;
    part text;
BEGIN
    -- Whatever an interrupted step left lent.
    PERFORM dbchatops.unlend();
    FOREACH login IN ARRAY logins LOOP
        PERFORM set_config('lock_timeout', greatest(1, patience_ms - (1000 * extract(epoch FROM clock_timestamp() - started))::integer)::text, true);
        outcome := 'locked';
        code := NULL;
        role_oid := NULL;
        BEGIN
            role_oid := dbchatops.ours(login);
            IF role_oid IS NULL THEN
                outcome := 'absent';
            ELSE
                IF NOT EXISTS (SELECT FROM pg_authid a WHERE a.oid = role_oid AND NOT a.rolcanlogin AND a.rolpassword IS NULL
                                  AND a.rolvaliduntil = '-infinity' AND a.rolconnlimit = 0) THEN
                    EXECUTE format('ALTER ROLE %I NOLOGIN PASSWORD NULL VALID UNTIL ''-infinity'' CONNECTION LIMIT 0', login);
                END IF;
                PERFORM dbchatops.strip(role_oid, false);
            END IF;
        EXCEPTION
            WHEN SQLSTATE 'DC001' THEN outcome := 'foreign';
            WHEN lock_not_available OR deadlock_detected OR serialization_failure OR internal_error THEN outcome := 'busy'; code := SQLSTATE;
            WHEN query_canceled THEN RAISE;
            WHEN OTHERS THEN outcome := 'failed'; code := SQLSTATE;
        END;
        IF outcome IN ('busy', 'failed') AND role_oid IS NOT NULL THEN
            -- Each part by itself: what is held up must not take the rest back.
            PERFORM set_config('lock_timeout', '1', true);
            FOREACH part IN ARRAY ARRAY['disarm', 'shut', 'strip'] LOOP
                BEGIN
                    IF part = 'shut' THEN
                        EXECUTE format('ALTER ROLE %I NOLOGIN PASSWORD NULL VALID UNTIL ''-infinity'' CONNECTION LIMIT 0', login);
                    ELSE
                        PERFORM dbchatops.strip(role_oid, part = 'disarm');
                    END IF;
                EXCEPTION
                    WHEN query_canceled THEN RAISE;
                    WHEN OTHERS THEN NULL;
                END;
            END LOOP;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$body$;

-- Who provably holds up the lock of which login: prepared transactions that changed its row, under whatever role they are recorded.
CREATE OR REPLACE FUNCTION dbchatops.holdups(logins text[])
RETURNS TABLE (login_oid oid, gid text, database_name name, owner_role name, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
    SELECT a.oid, p.gid, d.datname, pg_get_userbyid(p.ownerid), p.prepared
      FROM pg_authid a
      JOIN pg_prepared_xact() p ON p.transaction = a.xmax
      JOIN pg_database d ON d.oid = p.dbid
     WHERE a.rolname = ANY (logins::name[]) AND a.rolname LIKE 'dbco\_%'
$body$;

-- The role that takes over what this one login leaves, made when first needed. One for each login: what an earlier login planted runs
-- with the rights of that login's own heir, which may touch that login's leftovers and nothing else.
CREATE OR REPLACE FUNCTION dbchatops.heir_of(login text, login_oid oid) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    -- The end of the login's name is its unique part.
    heir constant text := 'dbchatops_heir_' || right(substr(login, 6), 48);
    note constant text := format('dbchatops/heir of=%s oid=%s', login, login_oid);
    present record;
BEGIN
    SELECT r.oid, r.rolcanlogin OR r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls AS powerful
      INTO present FROM pg_roles r WHERE r.rolname = heir;
    IF NOT FOUND THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN CONNECTION LIMIT 0', heir);
        EXECUTE format('COMMENT ON ROLE %I IS %L', heir, note);
    ELSIF present.powerful OR shobj_description(present.oid, 'pg_authid') IS DISTINCT FROM note
          OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = present.oid) THEN
        RAISE EXCEPTION 'role % is not the heir that it should be', heir USING ERRCODE = 'DC011';
    END IF;
    RETURN heir;
END
$body$;

-- Heirs of dropped logins that own nothing, or nothing any more.
CREATE OR REPLACE FUNCTION dbchatops.bury() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    heir name;
BEGIN
    FOR heir IN SELECT r.rolname FROM pg_roles r
                 WHERE r.rolname LIKE 'dbchatops\_heir\_%' AND shobj_description(r.oid, 'pg_authid') LIKE 'dbchatops/heir of=%'
                   AND NOT EXISTS (SELECT FROM pg_roles l
                                    WHERE l.oid = least(substring(shobj_description(r.oid, 'pg_authid') FROM ' oid=([0-9]{1,10})$')::bigint, 4294967295)::oid)
                   AND NOT EXISTS (SELECT FROM pg_shdepend d WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid) LOOP
        BEGIN
            EXECUTE format('DROP ROLE %I', heir);
        EXCEPTION
            -- Something is just being moved to it, or another caller was faster.
            WHEN dependent_objects_still_exist OR lock_not_available OR deadlock_detected OR undefined_object OR internal_error THEN NULL;
        END;
    END LOOP;
END
$body$;

-- Lends ending logins to the cleaner, so that it may finish their transactions and move what they own to their heirs;
-- outcomes: lent, absent, open, busy, foreign, failed. What is lent may do nothing: its memberships go first, and no standing role is ever lent along.
-- A login need not be locked when a prepared transaction of its own can hold the lock up.
CREATE OR REPLACE FUNCTION dbchatops.lend(logins text[]) RETURNS TABLE (login text, outcome text, heir text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    how constant text := CASE WHEN current_setting('server_version_num')::int >= 160000 THEN ' WITH INHERIT TRUE, SET TRUE' ELSE '' END;
    role_oid oid;
    locked boolean;
BEGIN
    FOREACH login IN ARRAY logins LOOP
        outcome := 'lent';
        heir := NULL;
        BEGIN
            role_oid := dbchatops.ours(login);
            locked := EXISTS (SELECT FROM pg_roles r WHERE r.oid = role_oid AND NOT r.rolcanlogin AND r.rolvaliduntil = '-infinity');
            IF role_oid IS NULL THEN
                outcome := 'absent';
            ELSIF NOT locked AND NOT EXISTS (SELECT FROM pg_prepared_xact() p WHERE p.ownerid = role_oid) THEN
                outcome := 'open';
            ELSE
                PERFORM dbchatops.strip(role_oid, false);
                EXECUTE format('GRANT %I TO dbchatops_cleaner%s', login, how);
                IF locked AND EXISTS (SELECT FROM pg_shdepend d WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = role_oid) THEN
                    heir := dbchatops.heir_of(login, role_oid);
                    EXECUTE format('GRANT %I TO dbchatops_cleaner%s', heir, how);
                END IF;
            END IF;
        EXCEPTION
            WHEN SQLSTATE 'DC001' THEN outcome := 'foreign';
            WHEN lock_not_available OR deadlock_detected OR serialization_failure OR internal_error THEN outcome := 'busy';
            WHEN query_canceled THEN RAISE;
            WHEN OTHERS THEN outcome := 'failed'; heir := NULL;
        END;
        RETURN NEXT;
    END LOOP;
END
$body$;
DROP FUNCTION IF EXISTS dbchatops.lend(text[], boolean);

-- The cleaner is powerless again, whoever gave it what; so is the one heir of earlier set-ups.
CREATE OR REPLACE FUNCTION dbchatops.unlend() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    modern constant boolean := current_setting('server_version_num')::int >= 160000;
    held record;
BEGIN
    FOR held IN SELECT g.rolname AS lent, u.rolname AS holder, o.rolname AS giver
                  FROM pg_auth_members m
                  JOIN pg_roles g ON g.oid = m.roleid
                  JOIN pg_roles u ON u.oid = m.member
                  LEFT JOIN pg_roles o ON o.oid = m.grantor
                 WHERE u.rolname IN ('dbchatops_cleaner', 'dbchatops_inheritor') LOOP
        EXECUTE format('REVOKE %I FROM %I%s CASCADE', held.lent, held.holder,
                       CASE WHEN modern THEN format(' GRANTED BY %I', held.giver) ELSE '' END);
    END LOOP;
END
$body$;

-- Drops locked logins that have no session here; outcomes: dropped, absent, live, blocked, busy, foreign, failed.
CREATE OR REPLACE FUNCTION dbchatops.drop(logins text[], patience_ms integer)
RETURNS TABLE (login text, outcome text, code text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    started constant timestamptz := clock_timestamp();
    connected constant oid[] := ARRAY(SELECT a.usesysid FROM pg_stat_activity a WHERE a.usesysid IS NOT NULL);
    role_oid oid;
BEGIN
    FOREACH login IN ARRAY logins LOOP
        PERFORM set_config('lock_timeout', greatest(1, patience_ms - (1000 * extract(epoch FROM clock_timestamp() - started))::integer)::text, true);
        outcome := 'dropped';
        code := NULL;
        BEGIN
            role_oid := dbchatops.ours(login);
            IF role_oid IS NULL THEN
                outcome := 'absent';
            ELSIF role_oid = ANY (connected) OR NOT EXISTS (SELECT FROM pg_authid r WHERE r.oid = role_oid AND NOT r.rolcanlogin
                                                               AND r.rolvaliduntil = '-infinity') THEN
                outcome := 'live';
            ELSE
                EXECUTE format('DROP ROLE %I', login);
            END IF;
        EXCEPTION
            WHEN SQLSTATE 'DC001' THEN outcome := 'foreign';
            WHEN dependent_objects_still_exist THEN outcome := 'blocked'; code := SQLSTATE;
            WHEN lock_not_available OR deadlock_detected OR serialization_failure OR internal_error THEN outcome := 'busy'; code := SQLSTATE;
            WHEN query_canceled THEN RAISE;
            WHEN OTHERS THEN outcome := 'failed'; code := SQLSTATE;
        END;
        RETURN NEXT;
    END LOOP;
    PERFORM dbchatops.bury();
END
$body$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA dbchatops FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    dbchatops.version(),
    dbchatops.mint(text, text, timestamptz, integer, integer, integer, integer, integer, boolean),
    dbchatops.mark(text, text, text),
    dbchatops.reveal(text, oid, text, timestamptz, integer, timestamptz),
    dbchatops.extend(text, oid, timestamptz),
    dbchatops.lock(text[], integer),
    dbchatops.holdups(text[]),
    dbchatops.lend(text[]),
    dbchatops.unlend(),
    dbchatops.drop(text[], integer)
TO dbchatops_bot;

-- Earlier set-ups had one heir for all logins. It gets nothing more; what it owns stays until people take it over.
DO $earlier$
BEGIN
    PERFORM dbchatops.unlend();
    IF to_regrole('dbchatops_inheritor') IS NULL THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM pg_shdepend d WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = to_regrole('dbchatops_inheritor')) THEN
        COMMENT ON ROLE dbchatops_inheritor IS 'Owns what temporary logins left behind before each had an heir of its own; may do nothing.';
    ELSE
        DROP ROLE dbchatops_inheritor;
    END IF;
END
$earlier$;

COMMIT;
