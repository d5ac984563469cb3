using Npgsql;

namespace DbChatOps.Tests.PostgreSql;

/// <summary>Calls the facade directly, as a thief of the bot's password would.</summary>
public abstract class PostgreSqlBotScene(PostgreSqlStage stage) : PostgreSqlScene(stage)
{
    protected async Task<NpgsqlConnection> AsBotAsync(PostgreSqlNode? node = null)
    {
        var password = await Server.Minter.Password(Ct);
        var connection = new NpgsqlConnection(Pair.ConnectionString(Server.Minter.User, password.Reveal(), PostgreSqlPair.AdminDatabase, node));
        await connection.OpenAsync(Ct);
        return connection;
    }

    protected async Task<string> StateOfAsync(string sql, params string[] parameters)
    {
        await using var bot = await AsBotAsync();
        await using var command = new NpgsqlCommand(sql, bot);
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        try
        {
            await command.ExecuteNonQueryAsync(Ct);
            return "00000";
        }
        catch (PostgresException fault)
        {
            return fault.SqlState;
        }
    }

    protected async Task<string?> LendAsync(string login)
    {
        await using var bot = await AsBotAsync();
        await using var command = new NpgsqlCommand("SELECT outcome FROM dbchatops.hand_down(ARRAY[$1])", bot);
        command.Parameters.Add(new NpgsqlParameter { Value = login });
        return await command.ExecuteScalarAsync(Ct) as string;
    }

    protected async Task<string?> OutcomeAsync(string function, string login)
    {
        await using var bot = await AsBotAsync();
        await using var command = new NpgsqlCommand($"SELECT outcome FROM dbchatops.{function}(ARRAY[$1], 200)", bot);
        command.Parameters.Add(new NpgsqlParameter { Value = login });
        return await command.ExecuteScalarAsync(Ct) as string;
    }
}
