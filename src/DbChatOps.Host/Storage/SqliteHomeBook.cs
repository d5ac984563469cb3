using System.Globalization;
using Dapper;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Storage;

/// <inheritdoc cref="IHomeBook"/>
internal sealed class SqliteHomeBook(SqliteDatabase database, Committer<SqliteBatch> committer, SqliteAgenda agenda) : IHomeBook
{
    private static readonly TimeSpan Memory = TimeSpan.FromDays(30);

    public async Task OpenedAsync(PersonId person, DateTimeOffset at, bool isBlank, CancellationToken ct)
    {
        var opened = new { Person = person.ToString(), At = at.UtcTicks, IsBlank = isBlank, ForgetBefore = (at - Memory).UtcTicks };
        await WriteAsync(
            batch =>
            {
                batch.Execute(SqliteStatements.ForgetOldHomes, opened);
                batch.Execute(SqliteStatements.OpenHome, opened);
            },
            ct);
        await RedrawAsync(person, at, ct);
    }

    public Task RedrawAsync(PersonId person, DateTimeOffset due, CancellationToken ct) => RedrawAsync(Rows.Show(HomeKeys.Of(person), Lanes.Homes, due), ct);

    public Task RedrawAsync(DateTimeOffset due, CancellationToken ct) => RedrawAsync(Rows.ShowHomes(due), ct);

    public async Task<IReadOnlyList<OpenHome>> LastOpenedAsync(DateTimeOffset since, int most, CancellationToken ct)
    {
        var asked = new { since = since.UtcTicks, most };
        return await database.ReadAsync(connection => connection.Query<HomeRow>(SqliteStatements.LastOpenedHomes, asked).Select(row => row.AsHome()).ToList(), ct);
    }

    public async Task<OpenHome?> FindAsync(PersonId person, CancellationToken ct)
    {
        var row = await database.ReadAsync(connection => connection.QueryFirstOrDefault<HomeRow>(SqliteStatements.FindHome, new { person = person.ToString() }), ct);
        return row?.AsHome();
    }

    public Task ShownAsync(OpenHome home, CancellationToken ct) =>
        WriteAsync(batch => batch.Execute(SqliteStatements.ShowHome, new { Person = home.Person.ToString(), home.ShownDigest }), ct);

    public Task ForgetAsync(PersonId person, CancellationToken ct) =>
        WriteAsync(batch => batch.Execute(SqliteStatements.ForgetHome, new { Person = person.ToString() }), ct);

    private async Task RedrawAsync(AgendaRow row, CancellationToken ct)
    {
        var stored = SqliteAgenda.ToRow(row);
        await WriteAsync(batch => batch.Execute(SqliteStatements.AddAgendaRow, stored), ct);
        agenda.RowsAdded?.Invoke(row.Due);
    }

    private async Task WriteAsync(Action<SqliteBatch> write, CancellationToken ct) => await committer.WriteAsync(
        batch =>
        {
            write(batch);
            return ValueTask.FromResult(new Written<bool>(true, Stays: true));
        },
        ct);

    private sealed record HomeRow(string Person, string? ShownDigest)
    {
        public OpenHome AsHome() => new(PersonId.Parse(Person, CultureInfo.InvariantCulture), ShownDigest);
    }
}
