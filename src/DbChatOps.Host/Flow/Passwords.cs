using System.Security.Cryptography;

namespace DbChatOps.Host.Flow;

/// <summary>Where passwords of temporary logins are born.</summary>
public static class Passwords
{
    private const string Alphabet = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>28 ASCII letters and digits (163 bits), none easily mistaken for another: no server normalises them, no shell needs quotes.</summary>
    public static Secret New() => new(RandomNumberGenerator.GetString(Alphabet, 28));
}
