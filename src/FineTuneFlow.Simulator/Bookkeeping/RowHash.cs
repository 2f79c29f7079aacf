using System.Security.Cryptography;
using System.Text;

namespace FineTuneFlow.Simulator.Bookkeeping;

/// <summary>The hash by which the ledger knows an inference request's row.</summary>
internal static class RowHash
{
    /// <summary>The first 16 hexadecimal digits of the SHA-256 of the UTF-8 of the last user message, or of the prompt.</summary>
    public static string Of(string text)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return Convert.ToHexStringLower(hash[..8]);
    }
}
