-- DbChatOps: set-up of one PostgreSQL server (14 to 18). This is version 4.
--
-- Run once per server with psql as a superuser, connected to the admin database. It is safe to repeat, and it upgrades version 3 while logins are live.
-- It makes the bot's login, which has no power of its own, the group that marks temporary logins, and the facade: the only functions through which
-- the bot changes roles. The facade touches the roles dbco_* that it made itself (or that carry the bot's comment) and their heirs, and nothing else.
-- Set the bot's password afterwards (\password dbchatops_bot); list the standing roles with the statements that
-- `dbchatops check --print-setup` prints below this script.
--
-- Rules of the facade. Each has tests.
--  1. Nothing that a person without power over the bot can lock stands before, or in one transaction with, ending somebody else's access. So `lock` comes
--     first and touches, for each login, its own row below, its own role and its own memberships, each part in a block of its own. A set of logins shares
--     a transaction only to save commits: a member that is held up costs the others a few times the given patience, and is then tried alone. Everything
--     that tidies (heirs, lendings, the marker) comes after, in calls of its own; its failure is reported and stops nothing.
--  2. A login that is shut (no LOGIN, no password, lent to nobody) and has no session gives access to nobody. So a membership of its own that others hold
--     keeps it not open. It may keep the role from being dropped: a prepared REVOKE of it does before 16, and so does a prepared GRANT to the role.
--  3. Names are used once. The table `login` keeps each of them for ever.
--  4. Values are read and written in one way: every setting that could change it is pinned on every function that the bot calls, and what was written
--     is read back.
--  5. The bot ends sessions of temporary logins only, and start-ups that outlast the time for logging in. It is a member of no role that could end others.
--  6. What acts on a state reads it afresh, in the statement that acts: a caller's transaction that saw an older state is refused.
--  7. Any login can fill the server's shared lock table. A full table is the outcome of one login (busy), not an error of the whole call. Signalling reads no
--     table of roles, but the server's own check of the signalled role may: so the bot keeps a few entries in reserve.

BEGIN;
SET LOCAL search_path = pg_catalog, pg_temp;
SET LOCAL client_min_messages = warning;
SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL timezone = 'UTC';
SET LOCAL standard_conforming_strings = on;
SET LOCAL lock_timeout = '10s';

DO $roles$
DECLARE
    modern constant boolean := current_setting('server_version_num')::int >= 160000;
    lent record;
BEGIN
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        RAISE EXCEPTION 'the facade must be installed by a superuser' USING ERRCODE = '42501';
    END IF;
    -- The owner of the schema could have planted triggers on the tables that the facade trusts.
    IF EXISTS (SELECT FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner WHERE n.nspname = 'dbchatops' AND NOT r.rolsuper) THEN
        RAISE EXCEPTION 'schema dbchatops exists and belongs to somebody else' USING ERRCODE = '42501';
    END IF;
    IF to_regrole('dbchatops_bot') IS NULL THEN
        CREATE ROLE dbchatops_bot LOGIN CONNECTION LIMIT 30;
    END IF;
    IF to_regrole('dbchatops_temp') IS NULL THEN
        CREATE ROLE dbchatops_temp NOLOGIN;
    END IF;
    -- Another user may have made or changed them before: they get back what they are meant to be.
    ALTER ROLE dbchatops_bot NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS;
    ALTER ROLE dbchatops_temp NOLOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS PASSWORD NULL;
    DELETE FROM pg_db_role_setting s WHERE s.setrole IN (to_regrole('dbchatops_bot'), to_regrole('dbchatops_temp'));
    -- Unqualified names of a session of the bot then mean the server's own, also in a database with another search_path.
    ALTER ROLE dbchatops_bot SET search_path = pg_catalog, pg_temp;
    -- Where the server logs statements or plans, the verifier of a password would be logged as a parameter of reveal.
    ALTER ROLE dbchatops_bot SET log_parameter_max_length = 0;
    ALTER ROLE dbchatops_bot SET log_parameter_max_length_on_error = 0;
    ALTER ROLE dbchatops_bot SET auto_explain.log_min_duration = -1;
    COMMENT ON ROLE dbchatops_temp IS 'Marks the temporary logins of DbChatOps; pg_hba.conf binds them to passwords.';
    -- Sessions, standbys and start-up backends are shown whole only to members of pg_read_all_stats.
    IF modern THEN
        EXECUTE 'GRANT pg_read_all_stats TO dbchatops_bot WITH INHERIT TRUE';
    ELSE
        GRANT pg_read_all_stats TO dbchatops_bot;
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO dbchatops_bot', current_database());

    -- Up to version 3 one cleaner and, before that, one heir served all logins, and the bot itself could end the session of every plain role.
    FOR lent IN SELECT g.rolname AS role, u.rolname AS holder, o.rolname AS giver
                  FROM pg_auth_members m
                  JOIN pg_roles g ON g.oid = m.roleid
                  JOIN pg_roles u ON u.oid = m.member
                  LEFT JOIN pg_roles o ON o.oid = m.grantor
                 WHERE u.rolname IN ('dbchatops_cleaner', 'dbchatops_inheritor') OR g.rolname IN ('dbchatops_cleaner', 'dbchatops_inheritor')
                    -- The bot is a member of two roles of the server and, while it clears, of heirs. No other role is a member of the bot, or of the marker without
                    -- being a temporary login or an heir.
                    OR (u.rolname = 'dbchatops_bot' AND g.rolname NOT IN ('pg_read_all_stats', 'pg_use_reserved_connections') AND g.rolname NOT LIKE 'dbchatops\_heir\_%')
                    OR u.rolname = 'dbchatops_temp' OR g.rolname = 'dbchatops_bot'
                    OR (g.rolname = 'dbchatops_temp' AND u.rolname NOT LIKE 'dbco\_%' AND u.rolname NOT LIKE 'dbchatops\_heir\_%') LOOP
        EXECUTE format('REVOKE %I FROM %I%s CASCADE', lent.role, lent.holder, CASE WHEN modern THEN format(' GRANTED BY %I', lent.giver) ELSE '' END);
    END LOOP;
    DROP ROLE IF EXISTS dbchatops_cleaner;
    IF to_regrole('dbchatops_inheritor') IS NOT NULL THEN
        IF EXISTS (SELECT FROM pg_shdepend d WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = to_regrole('dbchatops_inheritor')) THEN
            COMMENT ON ROLE dbchatops_inheritor IS 'Owns what temporary logins left behind before each had an heir of its own; may do nothing.';
        ELSE
            DROP ROLE dbchatops_inheritor;
        END IF;
    END IF;
END
$roles$;

-- Lets `check` see whether password logins of temporary roles are bound in pg_hba.conf.
GRANT SELECT ON pg_catalog.pg_hba_file_rules TO dbchatops_bot;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_hba_file_rules() TO dbchatops_bot;

CREATE SCHEMA IF NOT EXISTS dbchatops;

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

-- The server's own record: one row for each login ever made. A name that stands here is never made again. Only the facade writes it, so the row of a login
-- is what its functions lock; nobody else can hold that lock.
CREATE TABLE IF NOT EXISTS dbchatops.login (
    login name PRIMARY KEY CHECK (login ~ '^dbco_[a-z0-9_]{1,58}$'),
    number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    login_oid oid NOT NULL,
    -- Absent where the record was lost and begun again while the login was being ended: then it does not tell what the login could become, and since when.
    standing_role name,
    -- minted: without LOGIN. revealed: a password was set. locked: being ended, for ever. gone: dropped.
    state text NOT NULL CHECK (state IN ('minted', 'revealed', 'locked', 'gone')),
    -- The grant and its MAC; absent until marked, which happens in the transaction that mints.
    grant_id text,
    mac text,
    generation integer NOT NULL DEFAULT 0,
    minted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The first reveal: the longest window counts from it.
    revealed_at timestamptz,
    ends timestamptz,
    locked_at timestamptz,
    gone_at timestamptz,
    -- Every role that its sessions could become, as seen at mint, reveal, extend and lock: what it left may be recorded under those.
    reached oid[] NOT NULL DEFAULT '{}',
    -- Attributes that others gave it, such as SUPERUSER: what it did with them cannot be told.
    powers text
);
CREATE INDEX IF NOT EXISTS login_oid ON dbchatops.login (login_oid);

-- OIDs that a login had before its role was made anew: sessions of the old role are still its own.
CREATE TABLE IF NOT EXISTS dbchatops.former (login_oid oid PRIMARY KEY, login name NOT NULL);

-- The roles that take over what a login, or the marker, left. Only those that stand here count as heirs: a name and a comment can be forged beforehand.
DO $heirs$
BEGIN
    IF to_regclass('dbchatops.heir') IS NULL THEN
        CREATE TABLE dbchatops.heir (login_oid oid PRIMARY KEY, heir_oid oid NOT NULL UNIQUE);
        -- Earlier versions knew them by their comment. A CREATEROLE user who made such a role is a member of it from 16 on, so members rule it out.
        INSERT INTO dbchatops.heir (login_oid, heir_oid)
        SELECT DISTINCT ON (1) least(substring(n.note FROM ' oid=([0-9]{1,10})$')::bigint, 4294967295)::oid, r.oid
          FROM pg_roles r
         CROSS JOIN LATERAL (SELECT shobj_description(r.oid, 'pg_authid') AS note) n
         WHERE r.rolname LIKE 'dbchatops\_heir\_%' AND n.note ~ '^dbchatops/heir of=.* oid=[0-9]{1,10}$' AND NOT (r.rolcanlogin OR r.rolsuper OR r.rolcreaterole)
           AND NOT EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = r.oid AND m.member <> to_regrole('dbchatops_bot'))
         ORDER BY 1, 2;
    END IF;
END
$heirs$;
-- Revokes every grant on the schema and its tables; what the bot needs is granted again below.
DO $grants$
DECLARE
    given record;
BEGIN
    FOR given IN SELECT DISTINCT o.what, a.grantee
                   FROM (SELECT 'SCHEMA dbchatops' AS what, n.nspacl AS acl, n.nspowner AS owner FROM pg_namespace n WHERE n.nspname = 'dbchatops'
                          UNION ALL
                         SELECT format('TABLE dbchatops.%I', c.relname), c.relacl, c.relowner FROM pg_class c WHERE c.relnamespace = 'dbchatops'::regnamespace AND c.relkind = 'r'
                          UNION ALL
                         SELECT format('TABLE dbchatops.%I', c.relname), t.attacl, c.relowner
                           FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid WHERE c.relnamespace = 'dbchatops'::regnamespace AND c.relkind = 'r') o
                  CROSS JOIN aclexplode(o.acl) a
                  WHERE a.grantee <> o.owner LOOP
        EXECUTE format('REVOKE ALL ON %s FROM %s CASCADE', given.what, CASE WHEN given.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(given.grantee)) END);
    END LOOP;
    -- Takes from the bot roles that only have the name of an heir.
    FOR given IN SELECT g.rolname AS role, u.rolname AS holder, o.rolname AS giver
                   FROM pg_auth_members m
                   JOIN pg_roles g ON g.oid = m.roleid AND g.rolname LIKE 'dbchatops\_heir\_%'
                   JOIN pg_roles u ON u.oid = m.member AND u.rolname = 'dbchatops_bot'
                   LEFT JOIN pg_roles o ON o.oid = m.grantor
                  WHERE NOT EXISTS (SELECT FROM dbchatops.heir h WHERE h.heir_oid = m.roleid) LOOP
        EXECUTE format('REVOKE %I FROM %I%s CASCADE', given.role, given.holder,
                       CASE WHEN current_setting('server_version_num')::int >= 160000 THEN format(' GRANTED BY %I', given.giver) ELSE '' END);
    END LOOP;
END
$grants$;
GRANT USAGE ON SCHEMA dbchatops TO dbchatops_bot;
GRANT SELECT ON dbchatops.bounds, dbchatops.standing_role, dbchatops.login, dbchatops.former, dbchatops.heir TO dbchatops_bot;

-- Functions of earlier versions go, whatever they returned, and with them what other users built on them.
DO $earlier$
DECLARE
    old record;
BEGIN
    FOR old IN SELECT p.oid::regprocedure AS signature FROM pg_proc p WHERE p.pronamespace = 'dbchatops'::regnamespace LOOP
        EXECUTE format('DROP FUNCTION %s CASCADE', old.signature);
    END LOOP;
END
$earlier$;

CREATE FUNCTION dbchatops.version() RETURNS integer
LANGUAGE sql IMMUTABLE AS 'SELECT 4';

-- Errors carry their own codes, because message texts are translated:
-- DC001 not ours, DC002 role may not be lent, DC003 too late, DC004 too many logins, DC005 window too long, DC006 not a verifier, DC007 not the next
-- generation, DC008 locked, DC009 gone, DC010 never handed over, DC011 the heir has power, DC012 name used before, DC013 limit out of range,
-- DC014 others gave the login power, DC015 not stored as asked, DC016 the standing role is held, DC017 not read afresh,
-- DC018 not the bot.

-- Who acts is the bot's own session, not that of a role that was made a member of the bot: before 15 any session of the bot can do that, and taking the
-- membership back ends no session that has become the bot.
-- What a transaction saw earlier must not decide what is done now: neither its snapshot nor its copy of the list of sessions.
CREATE FUNCTION dbchatops.look_afresh() RETURNS void
LANGUAGE plpgsql AS $body$
BEGIN
    IF session_user <> 'dbchatops_bot' AND NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = session_user) THEN
        RAISE EXCEPTION 'only the bot calls this' USING ERRCODE = 'DC018';
    END IF;
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'call this at READ COMMITTED' USING ERRCODE = 'DC017';
    END IF;
    PERFORM pg_stat_clear_snapshot();
END
$body$;

-- Every role that a role can become, directly or not. An ADMIN option counts: its holder can give itself the rest. Before 16 every membership counts.
-- A loop, because each look-up then goes by the index; a recursive query reads every membership of the server, for each login.
CREATE FUNCTION dbchatops.reachable(role_oid oid) RETURNS oid[]
LANGUAGE plpgsql STABLE AS $body$
DECLARE
    modern constant boolean := current_setting('server_version_num')::int >= 160000;
    reached oid[] := '{}';
    ahead oid[] := ARRAY[role_oid];
    direct oid[];
BEGIN
    WHILE ahead <> '{}' LOOP
        IF modern THEN
            direct := ARRAY(SELECT m.roleid FROM pg_auth_members m WHERE m.member = ahead[1] AND (m.set_option OR m.admin_option));
        ELSE
            direct := ARRAY(SELECT m.roleid FROM pg_auth_members m WHERE m.member = ahead[1]);
        END IF;
        direct := ARRAY(SELECT DISTINCT d.role FROM unnest(direct) d(role) WHERE d.role <> ALL (reached));
        reached := reached || direct;
        ahead := ahead[2:] || direct;
    END LOOP;
    RETURN ARRAY(SELECT r.role FROM unnest(reached) r(role) ORDER BY 1);
END
$body$;

-- Attributes that no temporary login and no role that it is lent may have; null when there are none.
CREATE FUNCTION dbchatops.powers(role_oid oid) RETURNS text
LANGUAGE plpgsql STABLE AS $body$
BEGIN
    RETURN (SELECT nullif(concat_ws(', ', CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END,
                                    CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolreplication THEN 'REPLICATION' END,
                                    CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END), '')
              FROM pg_authid r WHERE r.oid = role_oid);
END
$body$;

-- The first reason why a role may not be lent: power of its own or of a role that it is a member of, in whatever way; null when there is none.
-- A role that can log in would keep a password that a session under SET ROLE gave it, long after the login is gone. A role with an ADMIN option could be
-- granted on to other users. Of the server's own roles only those pass that read no table, write none and act on no other session: pg_read_all_data shows
-- verifiers, pg_write_all_data changes the tables below.
CREATE FUNCTION dbchatops.danger(role_oid oid) RETURNS text
LANGUAGE plpgsql STABLE AS $body$
DECLARE
    held oid[] := ARRAY[role_oid];
    next integer := 1;
    reason text;
BEGIN
    WHILE next <= cardinality(held) LOOP
        SELECT format('%s: %s', r.rolname, coalesce(dbchatops.powers(r.oid), CASE WHEN r.rolcanlogin THEN 'LOGIN' WHEN r.rolname LIKE 'pg\_%' THEN 'a role of the server' ELSE 'ADMIN option' END))
          INTO reason
          FROM pg_authid r
         WHERE r.oid = held[next]
           AND (r.rolcanlogin OR dbchatops.powers(r.oid) IS NOT NULL
                OR (r.rolname LIKE 'pg\_%' AND r.rolname NOT IN ('pg_monitor', 'pg_read_all_settings', 'pg_read_all_stats', 'pg_stat_scan_tables', 'pg_checkpoint',
                                                                 'pg_database_owner', 'pg_use_reserved_connections'))
                OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid AND m.admin_option));
        IF FOUND THEN
            RETURN reason;
        END IF;
        held := held || ARRAY(SELECT DISTINCT m.roleid FROM pg_auth_members m WHERE m.member = held[next] AND m.roleid <> ALL (held));
        next := next + 1;
    END LOOP;
    RETURN NULL;
END
$body$;

-- The OID of a login of ours, or null when there is none of that name. Ours is what the facade made; or, where the record was lost, what carries the comment.
CREATE FUNCTION dbchatops.ours(login text) RETURNS oid
LANGUAGE plpgsql STABLE AS $body$
DECLARE
    found_oid oid;
    recorded oid;
    note text;
BEGIN
    IF login IS NULL OR login !~ '^dbco_[a-z0-9_]{1,58}$' THEN
        RAISE EXCEPTION 'not the name of a temporary login' USING ERRCODE = 'DC001';
    END IF;
    -- One look-up, because it is asked for every login at every turn.
    SELECT r.oid, l.login_oid, d.description INTO found_oid, recorded, note
      FROM pg_authid r
      LEFT JOIN dbchatops.login l ON l.login = r.rolname
      LEFT JOIN pg_shdescription d ON d.objoid = r.oid AND d.classoid = 'pg_authid'::regclass
     WHERE r.rolname = ours.login::name;
    IF found_oid IS NOT NULL AND recorded IS DISTINCT FROM found_oid AND coalesce(note, '') NOT LIKE 'dbchatops/v1 %' THEN
        RAISE EXCEPTION 'role % was not made as a temporary login', login USING ERRCODE = 'DC001';
    END IF;
    RETURN found_oid;
END
$body$;

-- Makes the login without LOGIN and without password. The caller must mark it in the same transaction.
CREATE FUNCTION dbchatops.mint(
    login text, standing_role text, not_after timestamptz, live_limit integer, connection_limit integer,
    statement_timeout_ms integer, lock_timeout_ms integer, idle_timeout_ms integer, read_only boolean)
RETURNS TABLE (login_oid oid, already_there boolean)
LANGUAGE plpgsql STRICT SECURITY DEFINER AS $body$
DECLARE
    modern constant boolean := current_setting('server_version_num')::int >= 160000;
    recorded record;
    listed record;
    reason text;
    logins integer;
    heirs integer;
BEGIN
    PERFORM dbchatops.look_afresh();
    -- One after the other, so that each counts those before it.
    PERFORM FROM dbchatops.bounds FOR UPDATE;
    login_oid := dbchatops.ours(login);
    SELECT l.login_oid AS oid, l.state INTO recorded FROM dbchatops.login l WHERE l.login = mint.login::name;
    IF FOUND OR login_oid IS NOT NULL THEN
        IF recorded.state IN ('minted', 'revealed') AND recorded.oid = login_oid THEN
            already_there := true;
            RETURN NEXT;
            RETURN;
        END IF;
        RAISE EXCEPTION 'a login % was made before', login USING ERRCODE = 'DC012';
    END IF;
    IF clock_timestamp() > not_after THEN
        RAISE EXCEPTION 'too late to make a login' USING ERRCODE = 'DC003';
    END IF;
    IF connection_limit NOT BETWEEN 1 AND 100 OR statement_timeout_ms NOT BETWEEN 1000 AND 86400000
       OR lock_timeout_ms NOT BETWEEN 100 AND 3600000 OR idle_timeout_ms NOT BETWEEN 1000 AND 3600000 THEN
        RAISE EXCEPTION 'a limit of the login is out of range' USING ERRCODE = 'DC013';
    END IF;
    SELECT s.role_name, s.database_name, s.owner_role, r.oid AS role_oid, o.oid AS owner_oid INTO listed
      FROM dbchatops.standing_role s
      JOIN pg_roles r ON r.rolname = s.role_name
      LEFT JOIN pg_roles o ON o.rolname = s.owner_role
     WHERE s.role_name = mint.standing_role::name;
    IF NOT FOUND OR (listed.owner_role IS NOT NULL AND listed.owner_oid IS NULL) THEN
        RAISE EXCEPTION 'role % may not be lent out', standing_role USING ERRCODE = 'DC002';
    END IF;
    reason := coalesce(dbchatops.danger(listed.role_oid), dbchatops.danger(listed.owner_oid));
    IF reason IS NOT NULL THEN
        RAISE EXCEPTION 'role % may not be lent out', standing_role USING ERRCODE = 'DC002', DETAIL = reason;
    END IF;
    -- All that a caller can make counts, heirs included, and nothing that other users make.
    SELECT count(*), (SELECT count(*) FROM dbchatops.heir) INTO logins, heirs FROM dbchatops.login l JOIN pg_authid r ON r.oid = l.login_oid WHERE l.state <> 'gone';
    IF logins >= live_limit OR logins + heirs >= (SELECT b.maximum_logins FROM dbchatops.bounds b) THEN
        RAISE EXCEPTION 'there are % temporary logins and % heirs already', logins, heirs USING ERRCODE = 'DC004';
    END IF;

    EXECUTE format('CREATE ROLE %I NOLOGIN %s CONNECTION LIMIT %s', login,
                   CASE WHEN listed.owner_role IS NULL THEN 'INHERIT' ELSE 'NOINHERIT' END, connection_limit);
    -- From 16 on nobody becomes the marker. Before, pg_hba.conf needs the membership, and what was done under the marker is looked for (lend_marker).
    BEGIN
        EXECUTE format('GRANT dbchatops_temp TO %I%s', login, CASE WHEN modern THEN ' WITH INHERIT FALSE, SET FALSE' ELSE '' END);
        EXECUTE format('GRANT %I TO %I%s', listed.role_name, login, CASE WHEN modern THEN ' WITH INHERIT TRUE, SET FALSE' ELSE '' END);
        IF listed.owner_role IS NOT NULL THEN
            -- Sessions start as the owner, so that what they make does not belong to a role that will vanish.
            EXECUTE format('GRANT %I TO %I%s', listed.owner_role, login, CASE WHEN modern THEN ' WITH INHERIT FALSE, SET TRUE' ELSE '' END);
        END IF;
    EXCEPTION
        -- From 16 on a grant or revoke of a role locks that role until its transaction ends.
        WHEN lock_not_available THEN
            RAISE EXCEPTION 'role % is being granted or revoked in a transaction that has not ended', standing_role USING ERRCODE = 'DC016';
    END;
    EXECUTE format('ALTER ROLE %I SET statement_timeout = %s', login, statement_timeout_ms);
    EXECUTE format('ALTER ROLE %I SET lock_timeout = %s', login, lock_timeout_ms);
    EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = %s', login, idle_timeout_ms);
    EXECUTE format('ALTER ROLE %I SET log_statement = ''all''', login);
    IF read_only THEN
        EXECUTE format('ALTER ROLE %I SET default_transaction_read_only = on', login);
    END IF;
    SELECT r.oid, false INTO login_oid, already_there FROM pg_roles r WHERE r.rolname = mint.login::name;
    IF listed.owner_role IS NOT NULL THEN
        -- ALTER ROLE ... IN DATABASE ... SET role, written by hand: inside a definer function the server refuses that one setting.
        INSERT INTO pg_db_role_setting (setdatabase, setrole, setconfig)
        SELECT d.oid, mint.login_oid, ARRAY['role=' || listed.owner_role] FROM pg_database d WHERE d.datname = listed.database_name;
    END IF;
    INSERT INTO dbchatops.login (login, login_oid, standing_role, state, reached)
    VALUES (mint.login, mint.login_oid, listed.role_name, 'minted', dbchatops.reachable(mint.login_oid));
    RETURN NEXT;
END
$body$;

-- Writes the grant and the MAC, by which the bot knows its own logins; once, and only on a login that was just made. The comment says the same to people,
-- and to the bot where the record was lost.
CREATE FUNCTION dbchatops.mark(login text, grant_id text, mac text) RETURNS void
LANGUAGE plpgsql STRICT SECURITY DEFINER AS $body$
DECLARE
    standing name;
BEGIN
    IF dbchatops.ours(login) IS NOT NULL AND mark.grant_id ~ '^[0-9a-f]{32}$' AND mark.mac ~ '^[0-9a-f]{64}$' THEN
        UPDATE dbchatops.login l SET grant_id = mark.grant_id, mac = mark.mac
         WHERE l.login = mark.login::name AND l.state = 'minted' AND l.mac IS NULL
        RETURNING l.standing_role INTO standing;
    END IF;
    IF standing IS NULL THEN
        RAISE EXCEPTION 'cannot mark %', login USING ERRCODE = 'DC001';
    END IF;
    EXECUTE format('COMMENT ON ROLE %I IS %L', login, format('dbchatops/v1 grant=%s role=%s mac=%s', grant_id, standing, mac));
END
$body$;

-- What reveal and extend ask first. The row lock makes the answers hold until commit: a lock that came first wins.
-- The longest window counts from the first reveal, however often it is extended.
CREATE FUNCTION dbchatops.fence(
    login text, expected_oid oid, OUT can_login boolean, OUT generation integer, OUT ends timestamptz, OUT server_ends timestamptz, OUT ceiling timestamptz)
LANGUAGE plpgsql AS $body$
DECLARE
    recorded record;
BEGIN
    IF dbchatops.ours(login) IS DISTINCT FROM expected_oid THEN
        RAISE EXCEPTION 'login % is gone', login USING ERRCODE = 'DC009';
    END IF;
    SELECT l.state, l.generation, l.ends, l.revealed_at INTO recorded
      FROM dbchatops.login l WHERE l.login = fence.login::name AND l.login_oid = expected_oid FOR UPDATE;
    IF NOT FOUND OR recorded.state = 'gone' THEN
        RAISE EXCEPTION 'login % is gone', login USING ERRCODE = 'DC009';
    END IF;
    SELECT r.rolcanlogin, r.rolvaliduntil INTO can_login, server_ends FROM pg_roles r WHERE r.oid = expected_oid;
    IF recorded.state = 'locked' OR server_ends = '-infinity' THEN
        RAISE EXCEPTION 'login % is locked', login USING ERRCODE = 'DC008';
    END IF;
    IF dbchatops.powers(expected_oid) IS NOT NULL THEN
        RAISE EXCEPTION 'login % was given power by others', login USING ERRCODE = 'DC014';
    END IF;
    generation := recorded.generation;
    ends := recorded.ends;
    -- The bot works with clocks that differ by up to 5 s: a window of the full length must not fail for that.
    SELECT coalesce(recorded.revealed_at, clock_timestamp()) + b.maximum_window + interval '5 seconds' INTO ceiling FROM dbchatops.bounds b;
END
$body$;

-- Writes VALID UNTIL in a form that no setting changes, reads it back, and records it.
CREATE FUNCTION dbchatops.set_end(login text, role_oid oid, valid_until timestamptz) RETURNS timestamptz
LANGUAGE plpgsql AS $body$
DECLARE
    stored timestamptz;
BEGIN
    EXECUTE format('ALTER ROLE %I VALID UNTIL %L', login, to_char(valid_until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00');
    SELECT r.rolvaliduntil INTO stored FROM pg_roles r WHERE r.oid = role_oid;
    IF stored IS DISTINCT FROM valid_until THEN
        RAISE EXCEPTION 'the end of login % was not stored as asked', login USING ERRCODE = 'DC015';
    END IF;
    UPDATE dbchatops.login l
       SET ends = stored, state = 'revealed', revealed_at = coalesce(l.revealed_at, clock_timestamp()),
           reached = ARRAY(SELECT DISTINCT r.role FROM unnest(l.reached || dbchatops.reachable(role_oid)) r(role) ORDER BY 1)
     WHERE l.login = set_end.login::name;
    RETURN stored;
END
$body$;

-- LOGIN, verifier and VALID UNTIL together. Returns the end as it was read back.
CREATE FUNCTION dbchatops.reveal(
    login text, expected_oid oid, verifier text, valid_until timestamptz, generation integer, not_after timestamptz)
RETURNS timestamptz
LANGUAGE plpgsql STRICT SECURITY DEFINER AS $body$
DECLARE
    present record;
BEGIN
    -- 4096 iterations or more, a salt of 16 bytes. It is stored as it is.
    IF verifier !~ '^SCRAM-SHA-256\$[1-9][0-9]{3,6}:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$' THEN
        RAISE EXCEPTION 'not a SCRAM-SHA-256 verifier' USING ERRCODE = 'DC006';
    END IF;
    PERFORM dbchatops.look_afresh();
    SELECT f.can_login, f.generation, f.server_ends, f.ceiling INTO present FROM dbchatops.fence(login, expected_oid) f;
    IF clock_timestamp() > not_after OR clock_timestamp() >= valid_until THEN
        RAISE EXCEPTION 'too late to set a password' USING ERRCODE = 'DC003';
    END IF;
    IF valid_until > present.ceiling THEN
        RAISE EXCEPTION 'window beyond the maximum' USING ERRCODE = 'DC005';
    END IF;
    -- Reveals that never reached the server leave gaps; a leap would shut out those that follow.
    IF generation <= present.generation OR generation > present.generation + 100 THEN
        RAISE EXCEPTION 'generation % does not follow %', generation, present.generation USING ERRCODE = 'DC007';
    END IF;
    UPDATE dbchatops.login l SET generation = reveal.generation WHERE l.login = reveal.login::name;
    -- Not by ALTER ROLE: the server logs the text of a statement with its error, and with a wait for a lock. Where another session changed the role while this
    -- one waited for the row, the conditions are asked of the new row: a lock by hand is not undone.
    UPDATE pg_authid a SET rolpassword = verifier, rolcanlogin = true
     WHERE a.oid = expected_oid AND a.rolcanlogin = present.can_login AND a.rolvaliduntil IS NOT DISTINCT FROM present.server_ends
       AND NOT (a.rolsuper OR a.rolcreaterole OR a.rolcreatedb OR a.rolreplication OR a.rolbypassrls);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'login % was changed meanwhile', login USING ERRCODE = '40001';
    END IF;
    RETURN dbchatops.set_end(login, expected_oid, valid_until);
END
$body$;

-- Moves VALID UNTIL later, never earlier than what was set before; password and sessions stay. An end that others moved is put right.
CREATE FUNCTION dbchatops.extend(login text, expected_oid oid, valid_until timestamptz) RETURNS timestamptz
LANGUAGE plpgsql STRICT SECURITY DEFINER AS $body$
DECLARE
    present record;
BEGIN
    PERFORM dbchatops.look_afresh();
    SELECT f.can_login, f.ends, f.server_ends, f.ceiling INTO present FROM dbchatops.fence(login, expected_oid) f;
    IF NOT present.can_login OR present.ends IS NULL THEN
        RAISE EXCEPTION 'login % was never handed over', login USING ERRCODE = 'DC010';
    END IF;
    IF clock_timestamp() >= valid_until OR clock_timestamp() >= least(present.ends, present.server_ends) THEN
        RAISE EXCEPTION 'too late to extend' USING ERRCODE = 'DC003';
    END IF;
    IF valid_until > present.ceiling THEN
        RAISE EXCEPTION 'window beyond the maximum' USING ERRCODE = 'DC005';
    END IF;
    RETURN dbchatops.set_end(login, expected_oid, greatest(valid_until, present.ends));
END
$body$;

-- Whether the role cannot be logged in to: no LOGIN, no password, no attribute.
CREATE FUNCTION dbchatops.is_shut(role_oid oid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $body$
BEGIN
    RETURN EXISTS (SELECT FROM pg_authid a
                    WHERE a.oid = role_oid AND NOT a.rolcanlogin AND a.rolpassword IS NULL AND a.rolvaliduntil = '-infinity' AND a.rolconnlimit = 0
                      AND NOT (a.rolsuper OR a.rolcreaterole OR a.rolcreatedb OR a.rolreplication OR a.rolbypassrls));
END
$body$;

CREATE FUNCTION dbchatops.shut(login text, role_oid oid) RETURNS void
LANGUAGE plpgsql AS $body$
BEGIN
    IF NOT dbchatops.is_shut(role_oid) THEN
        EXECUTE format('ALTER ROLE %I NOLOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS PASSWORD NULL VALID UNTIL ''-infinity'' CONNECTION LIMIT 0', login);
    END IF;
END
$body$;

-- Takes memberships of the role and in the role away, whoever granted them: in as few statements as possible or, where one fails, each by itself.
-- While the role can log in it keeps the marker, by which pg_hba.conf binds it to its password and so to its end.
CREATE FUNCTION dbchatops.strip(role_oid oid) RETURNS void
LANGUAGE plpgsql AS $body$
DECLARE
    modern constant boolean := current_setting('server_version_num')::int >= 160000;
    by_itself boolean;
    failed boolean;
    dangling boolean := false;
    held record;
BEGIN
    FOREACH by_itself IN ARRAY ARRAY[false, true] LOOP
        failed := false;
        -- Look-ups by index only: with OR, or with a join, the server reads every membership or every role for every login.
        FOR held IN SELECT string_agg(quote_ident(n.lent), ', ') AS lent, n.holder, CASE WHEN modern THEN pg_get_userbyid(n.grantor) END AS giver,
                           bool_or(n.lent IS NULL OR n.holder IS NULL) AS dangles
                      FROM (SELECT m.roleid, m.grantor, (SELECT g.rolname FROM pg_authid g WHERE g.oid = m.roleid) AS lent,
                                   (SELECT u.rolname FROM pg_authid u WHERE u.oid = m.member) AS holder
                              FROM (SELECT h.roleid, h.member, h.grantor FROM pg_auth_members h
                                     WHERE h.member = role_oid
                                       AND (h.roleid <> to_regrole('dbchatops_temp') OR NOT (SELECT a.rolcanlogin FROM pg_authid a WHERE a.oid = role_oid))
                                     UNION ALL
                                    SELECT l.roleid, l.member, l.grantor FROM pg_auth_members l WHERE l.roleid = role_oid) m) n
                     GROUP BY n.holder, 3, CASE WHEN by_itself THEN n.roleid END LOOP
            dangling := dangling OR held.dangles;
            CONTINUE WHEN held.lent IS NULL OR held.holder IS NULL;
            BEGIN
                EXECUTE format('REVOKE %s FROM %I%s CASCADE', held.lent, held.holder, coalesce(' GRANTED BY ' || quote_ident(held.giver), ''));
            EXCEPTION
                WHEN OTHERS THEN
                    failed := true;
                    -- Others may hold many memberships of one login: only the first is waited for.
                    PERFORM set_config('lock_timeout', '1', true);
            END;
        END LOOP;
        EXIT WHEN NOT failed;
    END LOOP;
    IF dangling THEN
        -- Before 16 a grant that commits after its role or member was dropped leaves a row that no REVOKE can name.
        DELETE FROM pg_auth_members m
         WHERE (m.member = role_oid AND NOT EXISTS (SELECT FROM pg_authid a WHERE a.oid = m.roleid))
            OR (m.roleid = role_oid AND NOT EXISTS (SELECT FROM pg_authid a WHERE a.oid = m.member));
    END IF;
END
$body$;

-- From here on no reveal and no extension of this login passes, whatever becomes of the role itself.
CREATE FUNCTION dbchatops.record_lock(login text, role_oid oid) RETURNS void
LANGUAGE plpgsql AS $body$
DECLARE
    now_reached constant oid[] := dbchatops.reachable(role_oid);
    now_powers constant text := dbchatops.powers(role_oid);
    -- Not by shobj_description: the server prepares that function anew for each call, which took a fifth of the time of a lock.
    note constant text := (SELECT d.description FROM pg_shdescription d WHERE d.objoid = role_oid AND d.classoid = 'pg_authid'::regclass);
    recorded oid;
BEGIN
    SELECT l.login_oid INTO recorded FROM dbchatops.login l WHERE l.login = record_lock.login::name;
    IF NOT FOUND THEN
        INSERT INTO dbchatops.login (login, login_oid, state, grant_id, mac, locked_at, reached, powers)
        VALUES (record_lock.login, role_oid, 'locked', substring(note FROM ' grant=([0-9a-f]{32}) '), substring(note FROM ' mac=([0-9a-f]{64})$'),
                clock_timestamp(), now_reached, now_powers);
        RETURN;
    END IF;
    -- After a logical restore roles have other OIDs than the record says; the comment tells that it is the same login. One that is gone is over.
    IF recorded <> role_oid AND note LIKE 'dbchatops/v1 %' THEN
        INSERT INTO dbchatops.former (login_oid, login)
        SELECT l.login_oid, l.login FROM dbchatops.login l WHERE l.login = record_lock.login::name AND l.login_oid <> role_oid AND l.state <> 'gone'
            ON CONFLICT DO NOTHING;
        UPDATE dbchatops.login l SET login_oid = role_oid WHERE l.login = record_lock.login::name AND l.login_oid <> role_oid AND l.state <> 'gone';
    END IF;
    UPDATE dbchatops.login l
       SET state = 'locked', locked_at = coalesce(l.locked_at, clock_timestamp()), powers = coalesce(l.powers, now_powers),
           reached = ARRAY(SELECT DISTINCT r.role FROM unnest(l.reached || now_reached) r(role) ORDER BY 1)
     WHERE l.login = record_lock.login::name AND l.login_oid = role_oid AND l.state <> 'gone'
       AND (l.state <> 'locked' OR NOT l.reached @> now_reached OR (l.powers IS NULL AND now_powers IS NOT NULL));
END
$body$;

-- Locks and strips logins. Outcomes, one row each: locked; held (shut and lent to nobody, but a membership of its own cannot be taken away now); busy (others
-- hold the role's row, or a membership in it, or the server's shared lock table is full); failed; absent; foreign. The patience, in milliseconds, is that of each wait for a lock.
CREATE FUNCTION dbchatops.lock(logins text[], patience_ms integer)
RETURNS TABLE (login text, outcome text, code text)
LANGUAGE plpgsql STRICT SECURITY DEFINER AS $body$
DECLARE
    role_oid oid;
    part text;
BEGIN
    FOREACH login IN ARRAY logins LOOP
        PERFORM set_config('lock_timeout', greatest(1, patience_ms)::text, true);
        outcome := NULL;
        code := NULL;
        role_oid := NULL;
        BEGIN
            role_oid := dbchatops.ours(login);
            IF role_oid IS NULL THEN
                outcome := 'absent';
            ELSE
                PERFORM dbchatops.record_lock(login, role_oid);
                PERFORM dbchatops.shut(login, role_oid);
                PERFORM dbchatops.strip(role_oid);
            END IF;
        EXCEPTION
            WHEN SQLSTATE 'DC001' THEN outcome := 'foreign';
            WHEN OTHERS THEN code := SQLSTATE;
        END;
        IF code IS NOT NULL AND role_oid IS NOT NULL THEN
            -- Each part by itself: what is held up must not take the rest back.
            PERFORM set_config('lock_timeout', '1', true);
            FOREACH part IN ARRAY ARRAY['record', 'strip', 'shut', 'strip'] LOOP
                BEGIN
                    CASE part
                        WHEN 'record' THEN PERFORM dbchatops.record_lock(login, role_oid);
                        WHEN 'shut' THEN PERFORM dbchatops.shut(login, role_oid);
                        ELSE PERFORM dbchatops.strip(role_oid);
                    END CASE;
                EXCEPTION
                    WHEN OTHERS THEN code := SQLSTATE;
                END;
            END LOOP;
        END IF;
        IF outcome IS NULL THEN
            BEGIN
                -- The record must say so too: a reveal that holds the record may be about to open the role again.
                outcome := CASE
                    WHEN dbchatops.is_shut(role_oid) AND NOT EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = role_oid)
                         AND EXISTS (SELECT FROM dbchatops.login l WHERE l.login = lock.login::name AND l.state IN ('locked', 'gone'))
                        THEN CASE WHEN EXISTS (SELECT FROM pg_auth_members m WHERE m.member = role_oid) THEN 'held' ELSE 'locked' END
                    WHEN code IS NULL OR code IN ('55P03', '40P01', '40001', '53200', 'XX000') THEN 'busy'
                    ELSE 'failed'
                END;
            EXCEPTION
                -- A held catalog or a full lock table is this login's outcome, not an error of the call.
                WHEN OTHERS THEN outcome := 'busy'; code := SQLSTATE;
            END;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$body$;

-- Whether sessions of this OID are for the facade to end: it made the login, or the role carries the comment. A name that became somebody else's is not.
-- The record is asked first: it lies in this database, and reading it needs no entry in the shared lock table, as reading roles does.
CREATE FUNCTION dbchatops.may_end(role_oid oid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $body$
DECLARE
    recorded constant name[] := ARRAY(SELECT l.login FROM dbchatops.login l WHERE l.login_oid = role_oid
                                       UNION ALL SELECT f.login FROM dbchatops.former f WHERE f.login_oid = role_oid);
    present record;
BEGIN
    BEGIN
        SELECT r.rolname, shobj_description(r.oid, 'pg_authid') AS note INTO present FROM pg_roles r WHERE r.oid = role_oid;
    EXCEPTION
        WHEN out_of_memory THEN RETURN recorded <> '{}';
    END;
    RETURN CASE
        WHEN present.rolname IS NULL THEN recorded <> '{}'
        ELSE present.rolname = ANY (recorded) OR (present.rolname LIKE 'dbco\_%' AND coalesce(present.note, '') LIKE 'dbchatops/v1 %')
    END;
END
$body$;

-- Signals every session of the given logins on this node and waits for none. One that cannot be signalled is one row's outcome (an SQLSTATE) and holds up
-- no other. Runs on standbys too: it writes nothing. It asks the server itself, not the view, which reads roles and databases.
CREATE FUNCTION dbchatops.terminate(logins oid[])
RETURNS TABLE (pid integer, login_oid oid, outcome text, session_since timestamptz, statement_since timestamptz, is_running boolean)
LANGUAGE plpgsql STRICT SECURITY DEFINER AS $body$
BEGIN
    PERFORM pg_stat_clear_snapshot();
    FOR pid, login_oid, session_since, statement_since, is_running IN
        SELECT a.pid, a.usesysid, a.backend_start, a.query_start, a.state = 'active'
          FROM pg_stat_get_activity(NULL) a
         WHERE a.usesysid = ANY (logins) AND a.pid <> pg_backend_pid() LOOP
        BEGIN
            outcome := 'refused';
            IF dbchatops.may_end(login_oid) THEN
                outcome := CASE WHEN pg_terminate_backend(pid) THEN 'signalled' ELSE 'ended' END;
            END IF;
        EXCEPTION
            WHEN OTHERS THEN outcome := SQLSTATE;
        END;
        RETURN NEXT;
    END LOOP;
END
$body$;

-- Whether there is room in the shared lock table for ending one login. Asked first, because a driver may give up its connection for an error of that kind.
CREATE FUNCTION dbchatops.has_room() RETURNS boolean
LANGUAGE plpgsql STRICT SECURITY DEFINER AS $body$
DECLARE
    -- Keys that cannot be foreseen, so that no other session holds them.
    base constant bigint := (random() * 9e18)::bigint;
BEGIN
    PERFORM FROM pg_authid LIMIT 1;
    PERFORM pg_try_advisory_xact_lock_shared(base + i) FROM generate_series(1, 64) i;
    -- Lets them go again.
    RAISE EXCEPTION USING ERRCODE = 'DC000';
EXCEPTION
    WHEN SQLSTATE 'DC000' THEN RETURN true;
    WHEN out_of_memory THEN RETURN false;
END
$body$;

-- Who has more than one session's share (max_locks_per_transaction) of this node's shared lock table, which all share; most first. For a caller whom a full
-- table keeps from ending access: sessions of temporary logins that have more are ended, with outcomes as in terminate; those of others are named (null).
CREATE FUNCTION dbchatops.relieve()
RETURNS TABLE (pid integer, gid text, role_oid oid, locks bigint, outcome text, role_name text)
LANGUAGE plpgsql STRICT SECURITY DEFINER AS $body$
BEGIN
    PERFORM pg_stat_clear_snapshot();
    FOR pid, gid, role_oid, locks IN
        WITH held AS (
            SELECT l.pid, l.virtualtransaction, count(*) AS locks, array_agg(l.transactionid) FILTER (WHERE l.locktype = 'transactionid') AS transactions
              FROM pg_lock_status() l
             WHERE l.granted AND NOT l.fastpath AND l.pid IS DISTINCT FROM pg_backend_pid()
             GROUP BY 1, 2
            HAVING count(*) > current_setting('max_locks_per_transaction')::bigint)
        SELECT h.pid, NULL, a.usesysid, h.locks FROM held h JOIN pg_stat_get_activity(NULL) a ON a.pid = h.pid
         UNION ALL
        SELECT NULL, p.gid, p.ownerid, h.locks
          FROM held h JOIN pg_prepared_xact() p ON p.transaction = ANY (h.transactions)
         WHERE h.pid IS NULL
         ORDER BY 4 DESC LIMIT 100 LOOP
        outcome := NULL;
        role_name := NULL;
        BEGIN
            IF pid IS NOT NULL AND dbchatops.may_end(role_oid) THEN
                outcome := CASE WHEN pg_terminate_backend(pid) THEN 'signalled' ELSE 'ended' END;
            END IF;
            role_name := pg_get_userbyid(role_oid);
        EXCEPTION
            WHEN OTHERS THEN outcome := coalesce(outcome, CASE WHEN pid IS NOT NULL THEN SQLSTATE END);
        END;
        RETURN NEXT;
    END LOOP;
END
$body$;

-- When the process of a backend began; null where neither the server nor Linux tells. Before 18 the server tells it of sessions only. Linux counts in hundredths of
-- a second since it booted, so the caller's own session, whose start both know, relates the two clocks.
CREATE FUNCTION dbchatops.begun(process integer) RETURNS timestamptz
LANGUAGE plpgsql AS $body$
DECLARE
    told timestamptz := (SELECT a.backend_start FROM pg_stat_get_activity(process) a);
    place constant text := '^.*\) (?:\S+ ){19}([0-9]+) ';
BEGIN
    IF told IS NULL THEN
        SELECT a.backend_start + (substring(pg_read_file(format('/proc/%s/stat', process)) FROM place)::bigint
                                  - substring(pg_read_file(format('/proc/%s/stat', a.pid)) FROM place)::bigint) * interval '10 ms'
          INTO told FROM pg_stat_get_activity(pg_backend_pid()) a;
    END IF;
    RETURN told;
EXCEPTION
    -- It is gone, or this is not Linux.
    WHEN OTHERS THEN RETURN NULL;
END
$body$;

-- Backends on this node that may have passed the login check but are not sessions yet. Up to 17 they hold their virtual transaction without being listed as
-- active; 18 lists them without a user, to roles that may see all. For which role one logs in is not shown. Authentication takes authentication_timeout at most; an
-- older one waits for its database, for as long as another transaction renames or drops that. It is ended if the caller awaits it; outcomes as in terminate.
CREATE FUNCTION dbchatops.starting_up(awaited integer[]) RETURNS TABLE (pid integer, since timestamptz, outcome text)
LANGUAGE plpgsql STRICT SECURITY DEFINER AS $body$
BEGIN
    PERFORM pg_stat_clear_snapshot();
    FOR pid IN
        SELECT l.pid FROM pg_lock_status() l LEFT JOIN pg_stat_get_activity(NULL) a ON a.pid = l.pid WHERE l.pid IS NOT NULL AND a.pid IS NULL
         UNION
        SELECT a.pid FROM pg_stat_get_activity(NULL) a WHERE a.backend_type IN ('client backend', 'walsender') AND a.usesysid IS NULL LOOP
        outcome := NULL;
        since := NULL;
        BEGIN
            IF pid = ANY (awaited) THEN
                since := dbchatops.begun(pid);
                IF clock_timestamp() - since > current_setting('authentication_timeout')::interval + interval '2 seconds' THEN
                    outcome := CASE WHEN pg_terminate_backend(pid) THEN 'signalled' ELSE 'ended' END;
                END IF;
            END IF;
        EXCEPTION
            WHEN OTHERS THEN outcome := SQLSTATE;
        END;
        RETURN NEXT;
    END LOOP;
END
$body$;

-- Sessions on this node whose role is gone, other than those of the given OIDs; ends those of temporary logins that the caller has found so before. Asked
-- twice, because a role that was made after this statement read the catalog can have a session all the same. Sessions of
-- other dropped roles are only reported (is_ours false).
CREATE FUNCTION dbchatops.ghosts(other_than oid[], found_before integer[])
RETURNS TABLE (pid integer, role_oid oid, client text, session_since timestamptz, is_ours boolean)
LANGUAGE plpgsql STRICT SECURITY DEFINER AS $body$
BEGIN
    PERFORM dbchatops.look_afresh();
    FOR pid, role_oid, client, session_since IN
        SELECT a.pid, a.usesysid, host(a.client_addr), a.backend_start
          FROM pg_stat_get_activity(NULL) a
         WHERE a.backend_type IN ('client backend', 'walsender') AND a.usesysid IS NOT NULL AND a.usesysid <> ALL (other_than)
           AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = a.usesysid) LOOP
        is_ours := dbchatops.may_end(role_oid);
        BEGIN
            IF is_ours AND pid = ANY (found_before) THEN
                PERFORM pg_terminate_backend(pid);
            END IF;
        EXCEPTION
            WHEN OTHERS THEN NULL;
        END;
        RETURN NEXT;
    END LOOP;
END
$body$;

-- What may hold up the locking or dropping of the given logins: transactions, prepared (gid) or of a session (pid), that changed the login's own row (effect
-- "row"), refer to the login as a grant to it does ("grant"), or changed roles, memberships or settings of roles, perhaps this one's ("roles").
CREATE FUNCTION dbchatops.holdups(logins text[])
RETURNS TABLE (login_oid oid, gid text, pid integer, database_name name, owner_role name, since timestamptz, effect text)
LANGUAGE plpgsql STRICT SECURITY DEFINER AS $body$
BEGIN
    PERFORM pg_stat_clear_snapshot();
    RETURN QUERY
    WITH target AS (
        SELECT a.oid, a.xmax FROM pg_authid a WHERE a.rolname = ANY (logins::name[]) AND a.rolname LIKE 'dbco\_%'),
    held AS (
        SELECT l.* FROM pg_lock_status() l WHERE l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()),
    found AS (
        SELECT t.oid, h.pid, h.virtualtransaction, 'row' AS effect FROM target t JOIN held h ON h.locktype = 'transactionid' AND h.transactionid = t.xmax
         UNION
        SELECT t.oid, h.pid, h.virtualtransaction, 'grant' FROM target t
          JOIN held h ON h.locktype = 'object' AND h.classid = 'pg_authid'::regclass AND h.objid = t.oid
         UNION
        SELECT t.oid, h.pid, h.virtualtransaction, 'roles' FROM target t
          JOIN held h ON h.locktype = 'relation' AND h.mode = 'RowExclusiveLock'
           AND h.relation IN ('pg_authid'::regclass, 'pg_auth_members'::regclass, 'pg_db_role_setting'::regclass)),
    -- Of several effects the one that says most.
    told AS (
        SELECT DISTINCT ON (f.oid, f.pid, f.virtualtransaction) f.* FROM found f ORDER BY f.oid, f.pid, f.virtualtransaction, array_position(ARRAY['row', 'grant', 'roles'], f.effect))
    SELECT f.oid, p.gid, NULL::integer, d.datname, pg_get_userbyid(p.ownerid), p.prepared, f.effect
      FROM told f
      JOIN held x ON x.virtualtransaction = f.virtualtransaction AND x.pid IS NULL AND x.locktype = 'transactionid'
      JOIN pg_prepared_xact() p ON p.transaction = x.transactionid
      JOIN pg_database d ON d.oid = p.dbid
     WHERE f.pid IS NULL
     UNION ALL
    SELECT f.oid, NULL, f.pid, d.datname, pg_get_userbyid(s.usesysid), s.xact_start, f.effect
      FROM told f
      JOIN pg_stat_get_activity(NULL) s ON s.pid = f.pid
      LEFT JOIN pg_database d ON d.oid = s.datid;
END
$body$;

-- Whether the role of that OID is the heir that the record means: after a restore the same OID can be another role.
CREATE FUNCTION dbchatops.is_heir(heir_oid oid, login_oid oid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $body$
BEGIN
    RETURN EXISTS (SELECT FROM pg_authid r
                    WHERE r.oid = heir_oid AND r.rolname LIKE 'dbchatops\_heir\_%'
                      AND shobj_description(r.oid, 'pg_authid') LIKE 'dbchatops/heir of=% oid=' || login_oid);
END
$body$;

-- The role that takes over what this one login leaves, made when first needed. One for each login: what an earlier login planted runs
-- with the rights of that login's own heir, which may touch that login's leftovers and nothing else.
CREATE FUNCTION dbchatops.heir_of(login text, login_oid oid) RETURNS name
LANGUAGE plpgsql AS $body$
DECLARE
    -- The end of the login's name is its unique part.
    heir name := 'dbchatops_heir_' || right(substr(login, 6), 48);
    present record;
BEGIN
    SELECT r.oid, r.rolname, r.rolcanlogin OR dbchatops.powers(r.oid) IS NOT NULL AS is_powerful INTO present
      FROM dbchatops.heir h JOIN pg_roles r ON r.oid = h.heir_oid WHERE h.login_oid = heir_of.login_oid AND dbchatops.is_heir(r.oid, h.login_oid);
    IF FOUND THEN
        IF present.is_powerful THEN
            RAISE EXCEPTION 'heir % was given power by others', present.rolname USING ERRCODE = 'DC011';
        END IF;
        PERFORM dbchatops.strip(present.oid);
        IF EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = present.oid OR m.member = present.oid) THEN
            RAISE EXCEPTION 'heir % is held', present.rolname USING ERRCODE = '55P03';
        END IF;
        RETURN present.rolname;
    END IF;
    IF EXISTS (SELECT FROM pg_roles r WHERE r.rolname = heir) THEN
        -- Made by another user. A random name cannot be taken beforehand.
        heir := 'dbchatops_heir_' || replace(gen_random_uuid()::text, '-', '');
    END IF;
    EXECUTE format('CREATE ROLE %I NOLOGIN CONNECTION LIMIT 0', heir);
    EXECUTE format('COMMENT ON ROLE %I IS %L', heir, format('dbchatops/heir of=%s oid=%s', login, login_oid));
    INSERT INTO dbchatops.heir (login_oid, heir_oid) SELECT heir_of.login_oid, r.oid FROM pg_roles r WHERE r.rolname = heir
        ON CONFLICT ON CONSTRAINT heir_pkey DO UPDATE SET heir_oid = excluded.heir_oid;
    RETURN heir;
END
$body$;

-- Lends ending logins to their heirs and the heirs to the bot, so that it may finish their transactions and move what they own. Outcomes: lent, absent, open,
-- busy, foreign, failed. What is lent may do nothing: its memberships go first, and one that keeps any is not lent.
-- A login need not be locked when a prepared transaction of its own can hold the lock up.
CREATE FUNCTION dbchatops.hand_down(logins text[]) RETURNS TABLE (login text, outcome text, heir text, code text)
LANGUAGE plpgsql STRICT SECURITY DEFINER AS $body$
DECLARE
    modern constant boolean := current_setting('server_version_num')::int >= 160000;
    role_oid oid;
    heir_role name;
BEGIN
    PERFORM dbchatops.look_afresh();
    FOREACH login IN ARRAY logins LOOP
        outcome := 'lent';
        heir := NULL;
        code := NULL;
        PERFORM set_config('lock_timeout', '1000', true);
        BEGIN
            role_oid := dbchatops.ours(login);
            IF role_oid IS NULL THEN
                outcome := 'absent';
            ELSIF NOT dbchatops.is_shut(role_oid) AND NOT EXISTS (SELECT FROM pg_prepared_xact() p WHERE p.ownerid = role_oid) THEN
                outcome := 'open';
            ELSIF dbchatops.powers(role_oid) IS NOT NULL THEN
                outcome := 'failed';
                code := 'DC014';
            ELSE
                PERFORM dbchatops.strip(role_oid);
                IF EXISTS (SELECT FROM pg_auth_members m WHERE m.member = role_oid AND (m.roleid <> to_regrole('dbchatops_temp') OR dbchatops.is_shut(role_oid))) THEN
                    outcome := 'busy';
                ELSE
                    heir_role := dbchatops.heir_of(login, role_oid);
                    EXECUTE format('GRANT %I TO %I%s', login, heir_role, CASE WHEN modern THEN ' WITH INHERIT TRUE, SET TRUE' ELSE '' END);
                    EXECUTE format('GRANT %I TO dbchatops_bot%s', heir_role, CASE WHEN modern THEN ' WITH INHERIT FALSE, SET TRUE' ELSE '' END);
                    heir := heir_role;
                END IF;
            END IF;
        EXCEPTION
            WHEN SQLSTATE 'DC001' THEN outcome := 'foreign';
            WHEN lock_not_available OR deadlock_detected OR serialization_failure OR out_of_memory OR internal_error THEN outcome := 'busy'; code := SQLSTATE;
            WHEN OTHERS THEN outcome := 'failed'; code := SQLSTATE;
        END;
        RETURN NEXT;
    END LOOP;
END
$body$;

-- Before 16 a session of any temporary login can become the marker, and nobody else can: what was prepared under it is a temporary login's, and what it owns
-- was made by one. Lends it like a login, with an heir of its own, so that both can be cleared away. Null from 16 on: there is nothing to lend.
CREATE FUNCTION dbchatops.lend_marker() RETURNS text
LANGUAGE plpgsql STRICT SECURITY DEFINER AS $body$
DECLARE
    heir_role name;
BEGIN
    IF current_setting('server_version_num')::int >= 160000 THEN
        RETURN NULL;
    END IF;
    PERFORM dbchatops.look_afresh();
    heir_role := dbchatops.heir_of('dbco_marker', to_regrole('dbchatops_temp'));
    EXECUTE format('GRANT dbchatops_temp TO %I', heir_role);
    EXECUTE format('GRANT %I TO dbchatops_bot', heir_role);
    RETURN heir_role;
END
$body$;

-- Ends every lending to the bot, drops heirs that own nothing, and takes away what sessions gave the marker. Each piece in a block of its own; returns what
-- could not be done now and is tried again by the next call.
CREATE FUNCTION dbchatops.tidy() RETURNS TABLE (what text, code text)
LANGUAGE plpgsql STRICT SECURITY DEFINER AS $body$
DECLARE
    modern constant boolean := current_setting('server_version_num')::int >= 160000;
    held record;
    heir record;
BEGIN
    PERFORM dbchatops.look_afresh();
    PERFORM set_config('lock_timeout', '20', true);
    FOR held IN SELECT g.rolname AS lent, u.rolname AS holder, pg_get_userbyid(m.grantor) AS giver
                  FROM (SELECT t.* FROM dbchatops.heir h JOIN pg_auth_members t ON t.roleid = h.heir_oid WHERE dbchatops.is_heir(h.heir_oid, h.login_oid)
                         UNION
                        SELECT t.* FROM dbchatops.heir h JOIN pg_auth_members t ON t.member = h.heir_oid WHERE dbchatops.is_heir(h.heir_oid, h.login_oid)) m
                  JOIN pg_roles g ON g.oid = m.roleid
                  JOIN pg_roles u ON u.oid = m.member LOOP
        BEGIN
            EXECUTE format('REVOKE %I FROM %I%s CASCADE', held.lent, held.holder, CASE WHEN modern THEN format(' GRANTED BY %I', held.giver) ELSE '' END);
        EXCEPTION
            WHEN OTHERS THEN
                what := format('%s is still lent to %s', held.lent, held.holder);
                code := SQLSTATE;
                RETURN NEXT;
        END;
    END LOOP;
    FOR heir IN SELECT h.heir_oid, r.rolname
                  FROM dbchatops.heir h
                  LEFT JOIN pg_roles r ON r.oid = h.heir_oid AND dbchatops.is_heir(r.oid, h.login_oid)
                 WHERE NOT EXISTS (SELECT FROM pg_roles l WHERE l.oid = h.login_oid AND l.oid <> to_regrole('dbchatops_temp'))
                   AND NOT EXISTS (SELECT FROM pg_shdepend d WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = h.heir_oid AND d.classid <> 'pg_auth_members'::regclass) LOOP
        BEGIN
            IF heir.rolname IS NOT NULL THEN
                EXECUTE format('DROP ROLE %I', heir.rolname);
            END IF;
            DELETE FROM dbchatops.heir h WHERE h.heir_oid = heir.heir_oid;
        EXCEPTION
            -- Something is just being moved to it, or another caller was faster.
            WHEN OTHERS THEN
                what := format('heir %s is not dropped yet', heir.rolname);
                code := SQLSTATE;
                RETURN NEXT;
        END;
    END LOOP;
    BEGIN
        IF EXISTS (SELECT FROM pg_authid a WHERE a.rolname = 'dbchatops_temp' AND (a.rolpassword IS NOT NULL OR a.rolcanlogin)) THEN
            ALTER ROLE dbchatops_temp NOLOGIN PASSWORD NULL;
        END IF;
    EXCEPTION
        WHEN OTHERS THEN
            what := 'the marker still has a password';
            code := SQLSTATE;
            RETURN NEXT;
    END;
END
$body$;

-- Drops locked logins that have no session here; outcomes: dropped, absent, live, blocked, busy, foreign, failed.
CREATE FUNCTION dbchatops.drop(logins text[], patience_ms integer)
RETURNS TABLE (login text, outcome text, code text)
LANGUAGE plpgsql STRICT SECURITY DEFINER AS $body$
DECLARE
    connected oid[];
    role_oid oid;
BEGIN
    PERFORM dbchatops.look_afresh();
    connected := ARRAY(SELECT DISTINCT a.usesysid FROM pg_stat_get_activity(NULL) a WHERE a.usesysid IS NOT NULL);
    FOREACH login IN ARRAY logins LOOP
        PERFORM set_config('lock_timeout', greatest(1, patience_ms)::text, true);
        outcome := 'dropped';
        code := NULL;
        BEGIN
            role_oid := dbchatops.ours(login);
            IF role_oid IS NULL THEN
                outcome := 'absent';
            ELSIF role_oid = ANY (connected) OR NOT dbchatops.is_shut(role_oid) THEN
                outcome := 'live';
            ELSE
                EXECUTE format('DROP ROLE %I', login);
            END IF;
        EXCEPTION
            WHEN SQLSTATE 'DC001' THEN outcome := 'foreign';
            WHEN dependent_objects_still_exist THEN outcome := 'blocked'; code := SQLSTATE;
            WHEN lock_not_available OR deadlock_detected OR serialization_failure OR out_of_memory OR internal_error THEN outcome := 'busy'; code := SQLSTATE;
            WHEN OTHERS THEN outcome := 'failed'; code := SQLSTATE;
        END;
        IF outcome IN ('dropped', 'absent') THEN
            BEGIN
                UPDATE dbchatops.login l SET state = 'gone', gone_at = clock_timestamp() WHERE l.login = drop.login::name AND l.state <> 'gone';
            EXCEPTION
                -- The name stays taken either way.
                WHEN OTHERS THEN NULL;
            END;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$body$;

-- Roles that are lent out, or were, and that have a password although they cannot log in: before 16 a session under SET ROLE can set one. It sleeps until
-- somebody lets that role log in.
CREATE FUNCTION dbchatops.dormant_passwords() RETURNS SETOF name
LANGUAGE sql STABLE SECURITY DEFINER AS $body$
    SELECT a.rolname FROM pg_authid a
     WHERE a.rolpassword IS NOT NULL AND NOT a.rolcanlogin
       AND (a.rolname = 'dbchatops_temp' OR a.oid IN (SELECT unnest(l.reached) FROM dbchatops.login l)
            OR a.rolname IN (SELECT unnest(ARRAY[s.role_name, s.owner_role]) FROM dbchatops.standing_role s))
$body$;

-- What the bot may call. Each of these runs with every setting pinned that changes how values are read or written, or how long it may wait. Look-ups go by
-- indexes: what the server knows of the size of its catalogs lags behind, and then it reads the whole of them for each login. A plan that cannot do
-- without such a reading then counts as dear, for which the server would compile it, or plan anew for each login.
DO $pins$
DECLARE
    modern constant boolean := current_setting('server_version_num')::int >= 160000;
    pin text;
    each record;
BEGIN
    FOR each IN SELECT p.oid::regprocedure AS signature, p.prosecdef OR p.proname = 'version' AS is_called FROM pg_proc p WHERE p.pronamespace = 'dbchatops'::regnamespace LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', each.signature);
        EXECUTE format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp', each.signature);
        CONTINUE WHEN NOT each.is_called;
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO dbchatops_bot', each.signature);
        FOREACH pin IN ARRAY ARRAY[
            'datestyle = ''ISO, YMD''', 'intervalstyle = ''postgres''', 'timezone = ''UTC''', 'timezone_abbreviations = ''Default''', 'extra_float_digits = 1',
            'bytea_output = ''hex''', 'xmlbinary = ''base64''', 'xmloption = ''content''', 'standard_conforming_strings = on', 'escape_string_warning = off',
            'backslash_quote = ''safe_encoding''', 'array_nulls = on', 'transform_null_equals = off', 'quote_all_identifiers = off', 'lc_monetary = ''C''',
            'lc_numeric = ''C''', 'lc_time = ''C''', 'default_text_search_config = ''pg_catalog.simple''', 'lock_timeout = ''1s''', 'enable_seqscan = off', 'jit = off', 'plan_cache_mode = ''force_generic_plan'''] LOOP
            EXECUTE format('ALTER FUNCTION %s SET %s', each.signature, pin);
        END LOOP;
        IF modern THEN
            EXECUTE format('ALTER FUNCTION %s SET createrole_self_grant = ''''', each.signature);
        END IF;
    END LOOP;
END
$pins$;

-- Logins that an earlier version made have their whole record in the comment.
INSERT INTO dbchatops.login (login, login_oid, standing_role, state, grant_id, mac, generation, revealed_at, ends, locked_at, reached)
SELECT r.rolname, r.oid, CASE WHEN n.generation = 0 OR n.note ~ ' under=.* since=' THEN substring(n.note FROM ' role=([a-z0-9_]+) ') END,
       CASE WHEN r.rolvaliduntil = '-infinity' THEN 'locked' WHEN n.generation > 0 THEN 'revealed' ELSE 'minted' END,
       substring(n.note FROM ' grant=([0-9a-f]{32}) '), substring(n.note FROM ' mac=([0-9a-f]{64})$'), n.generation,
       -- A login that was revealed before version 3 kept no first reveal: its window counts from now, once.
       CASE WHEN n.generation > 0 THEN least(timestamptz 'epoch' + substring(n.note FROM ' since=([0-9]{1,17}) ')::bigint * interval '1 microsecond', clock_timestamp()) END,
       CASE WHEN n.generation > 0 AND isfinite(r.rolvaliduntil) THEN r.rolvaliduntil END,
       CASE WHEN r.rolvaliduntil = '-infinity' THEN clock_timestamp() END,
       dbchatops.reachable(r.oid)
           || ARRAY(SELECT least(u.role::bigint, 4294967295)::oid FROM regexp_split_to_table(substring(n.note FROM ' under=([0-9,]+) '), ',') u(role) WHERE u.role ~ '^[0-9]{1,10}$')
  FROM pg_roles r
 CROSS JOIN LATERAL (SELECT shobj_description(r.oid, 'pg_authid') AS note,
                            coalesce(substring(shobj_description(r.oid, 'pg_authid') FROM ' gen=([0-9]{1,9}) ')::integer, 0) AS generation) n
 WHERE r.rolname ~ '^dbco_[a-z0-9_]{1,58}$' AND n.note LIKE 'dbchatops/v1 %'
    ON CONFLICT DO NOTHING;

COMMIT;
