namespace DbChatOps.Playground.Demo;

/// <summary>A small shop, so that there is something to look at. Names and amounts are invented.</summary>
internal static class SampleDatabaseStatements
{
    public const string Tables = """
        CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL, country text NOT NULL);
        CREATE TABLE orders (
            id integer PRIMARY KEY,
            customer_id integer NOT NULL REFERENCES customers,
            status text NOT NULL CHECK (status IN ('new', 'paid', 'shipped', 'stuck')),
            amount numeric(10, 2) NOT NULL,
            placed_at timestamptz NOT NULL);
        INSERT INTO customers SELECT n, 'Customer ' || n, (ARRAY['NL', 'DE', 'FR'])[1 + n % 3] FROM generate_series(1, 200) n;
        INSERT INTO orders
            SELECT n, 1 + n % 200, (ARRAY['new', 'paid', 'shipped', 'stuck'])[1 + n % 4], 5 + n % 95, now() - n * interval '7 minutes'
            FROM generate_series(1, 2000) n;
        CREATE INDEX orders_customer ON orders (customer_id);
        """;

    /// <summary>What the standing roles of this database may do. The roles exist once the bot's set-up script has run.</summary>
    public static string Rights(string target) => $"""
        GRANT USAGE ON SCHEMA public TO dbchatops_{target}_read, dbchatops_{target}_write;
        GRANT SELECT ON customers, orders TO dbchatops_{target}_read;
        GRANT SELECT, INSERT, UPDATE, DELETE ON customers, orders TO dbchatops_{target}_write;
        """;
}
