using System.Security.Cryptography;
using System.Text;

namespace FineTuneFlow.Simulator.State;

/// <summary>Identifiers in the services' style.</summary>
internal static class Ids
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static string New(string prefix, int length = 24) => prefix + RandomNumberGenerator.GetString(Alphabet, length);

    /// <summary>The same id for the same name: what is made again after a crash replaces what the crash left.</summary>
    public static string From(string prefix, string name, int length = 24)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(name));
        return prefix + string.Create(length, hash, (span, bytes) =>
        {
            for (int i = 0; i < span.Length; i++)
            {
                span[i] = Alphabet[bytes[i] % Alphabet.Length];
            }
        });
    }
}
