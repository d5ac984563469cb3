using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// Locks and strips the logins of one step. First all of them with next to no patience, in a few transactions: so nothing that others hold of one login
/// delays another. Those that were busy follow alone, each in a transaction of its own, after their sessions and prepared transactions were ended.
/// </summary>
internal sealed class Locking(NpgsqlConnection writer, StrayCleaner cleaner, string node, int batch, Patience patience)
{
    /// <summary>What one wait for a lock may cost those that share its transaction.</summary>
    private const int SharedPatienceMilliseconds = 1;

    private const int PatienceAloneMilliseconds = 20;

    public async Task RunAsync(IReadOnlyList<EndingState> logins, CancellationToken ct)
    {
        var open = new List<EndingState>();
        foreach (var together in logins.Where(static l => l.IsPresent).Chunk(batch))
        {
            open.AddRange(await LockAsync(together, SharedPatienceMilliseconds, ct));
        }

        while (open.Count > 0 && await patience.PauseAsync(ct))
        {
            open = await LockAloneAsync(open, ct);
        }

        foreach (var login in open)
        {
            login.Blockers.Add("an open transaction, most likely its own, holds the lock up; its sessions were signalled");
        }

        await Entanglements.NameHoldupsAsync(writer, open, ct);
        await ReadBackAsync(logins, open, ct);
    }

    private async Task<List<EndingState>> LockAloneAsync(List<EndingState> open, CancellationToken ct)
    {
        // A login holds its own row with an open or prepared ALTER ROLE: end that, then lock again.
        foreach (var session in await SessionStatements.SignalAsync(writer, Oids(open), ct))
        {
            var login = open.Find(l => l.Oid == session.Login);
            login?.Ended(node, session.ProcessId);
            login?.NoteRefusal(node, session);
        }

        await cleaner.RollBackPreparedAsync(writer, open, ct);
        await OwnTransactions.EndAsync(writer, ct);
        var busy = new List<EndingState>();
        foreach (var login in open)
        {
            busy.AddRange(patience.IsOver ? [login] : await LockAsync([login], PatienceAloneMilliseconds, ct));
        }

        return busy;
    }

    // Returns those that were busy and are worth another try.
    private async Task<List<EndingState>> LockAsync(EndingState[] together, int milliseconds, CancellationToken ct)
    {
        var busy = new List<EndingState>();
        var states = together.ToDictionary(static l => l.Name, StringComparer.Ordinal);
        foreach (var (login, outcome, code) in await writer.RowsAsync(
            EndingStatements.Lock,
            static row => (row.GetString(0), row.GetString(1), row.TextOrNull(2)),
            ct,
            together.Select(static l => l.Name).ToArray(),
            milliseconds))
        {
            if (code is PostgresErrorCodes.OutOfMemory)
            {
                throw new FullLockTableException();
            }

            if (outcome is "busy")
            {
                busy.Add(states[login]);
            }
            else if (outcome is "failed" or "foreign")
            {
                states[login].Blockers.Add($"cannot be locked ({code ?? outcome})");
            }
        }

        return busy;
    }

    // A login that was busy to the end does not count as locked, even if its role looks so: the transaction that held it up may still undo the lock.
    private async Task ReadBackAsync(IReadOnlyList<EndingState> logins, List<EndingState> busy, CancellationToken ct)
    {
        var present = logins.Where(static l => l.IsPresent).ToList();
        var locked = (await writer.RowsAsync(EndingStatements.Locked, static row => (row.GetFieldValue<uint>(0), row.GetBoolean(1)), ct, Oids(present)))
            .ToDictionary(static l => l.Item1, static l => l.Item2);
        var position = await writer.RowAsync(EndingStatements.WalPosition, static row => row.GetInt64(0), ct);
        foreach (var login in logins)
        {
            login.IsLocked = login.IsPresent && login.Oid is { } oid && locked.ContainsKey(oid) && !busy.Contains(login);
            login.IsStripped = !login.IsPresent || (login.IsLocked && locked[login.Oid ?? 0]);
            if (login.IsShut && !(login.Closing.LockedAt <= position))
            {
                login.Closing.LockedAt = position;
            }
        }
    }

    private static uint[] Oids(IEnumerable<EndingState> logins) => logins.Select(static l => l.Oid).OfType<uint>().ToArray();
}
