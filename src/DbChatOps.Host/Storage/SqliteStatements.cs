namespace DbChatOps.Host.Storage;

/// <summary>Every statement the embedded store knows, except the composed look-up of <see cref="SnapshotSql"/>. A test asks SQLite for each one's plan.</summary>
internal static class SqliteStatements
{
    public const string ReadHead = """
        SELECT seq AS Sequence, hash AS Hash FROM chain WHERE id = 1
        """;

    public const string WriteHead = """
        INSERT INTO chain (id, seq, hash) VALUES (1, @Sequence, @Hash)
        ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash
        """;

    public const string AppendEntry = """
        INSERT INTO ledger (seq, at, kind, subject, incident, body, salt, digest, hash)
        VALUES (@Sequence, @At, @Kind, @Subject, @Incident, @Body, @Salt, @Digest, @Hash)
        """;

    /// <summary>No row when the key or the handle is taken.</summary>
    public const string InsertSnapshot = """
        INSERT INTO snapshots (kind, key, version, born, open, state, person, server, target, handle, login, due, exposed, body)
        VALUES (@Kind, @Key, 1, @Born, @Open, @State, @Person, @Server, @Target, @Handle, @Login, @Due, @Exposed, @Body)
        ON CONFLICT DO NOTHING
        """;

    public const string UpdateSnapshot = """
        UPDATE OR IGNORE snapshots
        SET version = version + 1, open = @Open, state = @State, person = @Person, server = @Server, target = @Target,
            handle = @Handle, login = @Login, due = @Due, exposed = @Exposed, body = @Body
        WHERE kind = @Kind AND key = @Key AND version = @ExpectedVersion
        """;

    public const string LoadSnapshot = """
        SELECT version AS Version, body AS Body FROM snapshots WHERE kind = @kind AND key = @key
        """;

    public const string ReadSnapshot = """
        SELECT version AS Version, open AS Open, state AS State, person AS Person, server AS Server, target AS Target, handle AS Handle,
            login AS Login, due AS Due, exposed AS Exposed, body AS Body
        FROM snapshots WHERE kind = @kind AND key = @key
        """;

    /// <summary>For the verifier, which may read everything once.</summary>
    public const string UnmentionedSnapshots = """
        SELECT kind AS Kind, key AS Key FROM snapshots
        WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.subject = snapshots.kind || ':' || snapshots.key) ORDER BY kind, key
        """;

    /// <summary>A key that is old enough and decided may come again; otherwise it is a redelivery and no row changes.</summary>
    public const string AcceptDelivery = """
        INSERT INTO inbox (key, received_at, kind, payload) VALUES (@Key, @ReceivedAt, @Kind, @Payload)
        ON CONFLICT (key) DO UPDATE
        SET received_at = excluded.received_at, kind = excluded.kind, payload = excluded.payload, decided_at = NULL
        WHERE inbox.payload IS NULL AND inbox.received_at <= @ForgetBefore
        """;

    public const string PurgeDeliveries = """
        DELETE FROM inbox WHERE rowid IN (SELECT rowid FROM inbox WHERE payload IS NULL AND received_at <= @ForgetBefore LIMIT @Limit)
        """;

    public const string DecideDelivery = """
        UPDATE inbox SET payload = NULL, decided_at = @DecidedAt WHERE key = @Key AND payload IS NOT NULL
        """;

    public const string UndecidedDeliveries = """
        SELECT payload FROM inbox WHERE payload IS NOT NULL ORDER BY received_at
        """;

    public const string OldestUndecidedDeliveries = """
        SELECT payload FROM inbox WHERE payload IS NOT NULL AND kind = @Kind ORDER BY received_at LIMIT @Most
        """;

    public const string AddAgendaRow = """
        INSERT INTO agenda (key, lane, priority, due, revision, attempts, item) VALUES (@Key, @Lane, @Priority, @Due, 1, 0, @Item)
        ON CONFLICT (key) DO UPDATE
        SET lane = excluded.lane, priority = excluded.priority, due = excluded.due, item = excluded.item, revision = agenda.revision + 1, attempts = 0
        """;

    /// <summary>From lane to lane by the index: thousands of rows in few lanes cost as little as one in each.</summary>
    private const string EachLane = """
        WITH RECURSIVE each(lane) AS (
            SELECT min(lane) FROM agenda
            UNION ALL
            SELECT (SELECT min(lane) FROM agenda WHERE agenda.lane > each.lane) FROM each WHERE each.lane IS NOT NULL)
        """;

    public const string FirstDueInFreeLanes = EachLane + """

        SELECT min((SELECT min(due) FROM agenda WHERE agenda.lane = each.lane)) FROM each
        WHERE each.lane IS NOT NULL AND NOT EXISTS (SELECT 1 FROM lanes WHERE lanes.lane = each.lane)
        """;

    /// <summary>Rows of a claimed lane can be had when its claim ends, should nobody release it.</summary>
    public const string FirstDueInClaimedLanes = """
        SELECT min(max(claimed_until, (SELECT min(due) FROM agenda WHERE agenda.lane = lanes.lane))) FROM lanes
        """;

    public const string DueLanes = EachLane + """

        SELECT each.lane FROM each
        WHERE (SELECT min(due) FROM agenda WHERE agenda.lane = each.lane) <= @now
            AND NOT EXISTS (SELECT 1 FROM lanes WHERE lanes.lane = each.lane AND claimed_until > @now)
        """;

    public const string ClaimLane = """
        INSERT INTO lanes (lane, claimed_until) VALUES (@lane, @until) ON CONFLICT (lane) DO UPDATE SET claimed_until = excluded.claimed_until
        """;

    public const string DueRows = """
        SELECT key AS Key, lane AS Lane, priority AS Priority, due AS Due, revision AS Revision, attempts AS Attempts, item AS Item
        FROM agenda WHERE lane = @lane AND due <= @now ORDER BY priority, due, id
        LIMIT max(@rows, min(@endings, (SELECT count(*) FROM agenda WHERE lane = @lane AND due <= @now AND priority = 0)))
        """;

    public const string ReleaseLane = """
        DELETE FROM lanes WHERE lane = @Lane AND claimed_until = @Until
        """;

    public const string FinishRow = """
        DELETE FROM agenda WHERE key = @Key AND revision = @Revision
        """;

    public const string RetryRow = """
        UPDATE agenda SET due = @Due, attempts = attempts + 1 WHERE key = @Key AND revision = @Revision
        """;

    public const string VoidClaims = """
        DELETE FROM lanes
        """;

    public const string ExistingKeys = """
        SELECT agenda.key FROM json_each(@keys) AS asked JOIN agenda ON agenda.key = asked.value
        """;

    public const string FindCard = """
        SELECT card_key AS CardKey, channel AS Channel, message_id AS MessageId, shown_digest AS ShownDigest, posting_since AS PostingSince
        FROM messages WHERE card_key = @cardKey
        """;

    public const string FindCardByMessage = """
        SELECT card_key AS CardKey, channel AS Channel, message_id AS MessageId, shown_digest AS ShownDigest, posting_since AS PostingSince
        FROM messages WHERE channel = @channel AND message_id = @id
        """;

    public const string FindCardInPosting = """
        SELECT card_key AS CardKey, channel AS Channel, message_id AS MessageId, shown_digest AS ShownDigest, posting_since AS PostingSince
        FROM messages WHERE posting_since > 0 AND message_id IS NULL AND substr(card_key, -length(@ending)) = @ending LIMIT 1
        """;

    public const string SaveCard = """
        INSERT INTO messages (card_key, channel, message_id, shown_digest, posting_since)
        VALUES (@CardKey, @Channel, @MessageId, @ShownDigest, @PostingSince)
        ON CONFLICT (card_key) DO UPDATE
        SET channel = excluded.channel, message_id = excluded.message_id, shown_digest = excluded.shown_digest, posting_since = excluded.posting_since
        """;

    /// <summary>A page that chat says is blank is drawn again, whatever was shown before.</summary>
    public const string OpenHome = """
        INSERT INTO homes (person, opened_at) VALUES (@Person, @At)
        ON CONFLICT (person) DO UPDATE
        SET opened_at = excluded.opened_at, shown_digest = CASE WHEN @IsBlank THEN NULL ELSE homes.shown_digest END
        """;

    public const string ForgetOldHomes = """
        DELETE FROM homes WHERE opened_at < @ForgetBefore
        """;

    public const string LastOpenedHomes = """
        SELECT person AS Person, shown_digest AS ShownDigest FROM homes WHERE opened_at >= @since ORDER BY opened_at DESC LIMIT @most
        """;

    public const string FindHome = """
        SELECT person AS Person, shown_digest AS ShownDigest FROM homes WHERE person = @person
        """;

    public const string ShowHome = """
        UPDATE homes SET shown_digest = @ShownDigest WHERE person = @Person
        """;

    public const string ForgetHome = """
        DELETE FROM homes WHERE person = @Person
        """;
}
