using System.Security.Cryptography;
using System.Text;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>All that the server gets to see of a password.</summary>
public static class ScramVerifier
{
    private const int Iterations = 4096;

    /// <summary>RFC 5803 as PostgreSQL stores it, with a fresh salt.</summary>
    public static Secret For(Secret password) => For(password, RandomNumberGenerator.GetBytes(16));

    internal static Secret For(Secret password, byte[] salt)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(password.Reveal()), salt, Iterations, HashAlgorithmName.SHA256, 32);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return new Secret($"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}");
    }
}
