using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// What sessions may have left under a role whose rights they had: things that this role owns (large objects, default rights, tables, views), and a password of its own.
/// None of it gives access to anybody, and it cannot be told whose it is: it is named on the proof.
/// </summary>
internal static class LeftUnder
{
    public static async Task NameAsync(NpgsqlConnection writer, IReadOnlyList<EndingState> gone, CancellationToken ct)
    {
        var marked = gone.Where(static l => l.Closing.Mark is { Since: not null, StandingRole: not null }).ToList();
        if (marked.Count == 0)
        {
            return;
        }

        var standing = marked.Select(static l => l.Closing.Mark?.StandingRole).OfType<uint>().Distinct().ToArray();
        var owned = (await writer.RowsAsync(
                EndingStatements.OwnedBy, static row => (Role: row.GetFieldValue<uint>(0), Name: row.GetString(1), Count: row.GetInt32(2), Where: row.GetString(3)), ct, standing))
            .ToLookup(static o => o.Role);
        var passwords = await writer.RowsAsync(EndingStatements.DormantPasswords, static row => (Name: row.GetString(0), Role: row.GetFieldValue<uint>(1)), ct);
        foreach (var login in marked)
        {
            login.NotChecked.Clear();
            if (login.Closing.Mark is not { StandingRole: { } role } mark)
            {
                continue;
            }

            login.NotChecked.AddRange(owned[role].Select(static what =>
                $"{what.Name} owns {what.Count} {(what.Count == 1 ? "thing" : "things")} in {what.Where}, which this login may have made; check shows how to clear them"));

            login.NotChecked.AddRange(passwords.Where(p => mark.Reached.Contains(p.Role))
                .Select(static p => $"{p.Name} has a password, which a session may have set: ALTER ROLE {NpgsqlReading.Quote(p.Name)} PASSWORD NULL"));
        }
    }
}
