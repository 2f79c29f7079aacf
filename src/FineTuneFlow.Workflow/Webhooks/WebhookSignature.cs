using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FineTuneFlow.Workflow.Webhooks;

/// <summary>Checks the signature of a webhook by the Standard Webhooks scheme, which OpenAI uses: HMAC-SHA256 over
/// <c>id.timestamp.body</c> with the secret's bytes, in base64. Source: the Standard Webhooks specification, "Signature scheme".</summary>
public static class WebhookSignature
{
    /// <summary>How far the sender's clock may be from ours; older calls may be replays.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const string SecretPrefix = "whsec_";
    private const string Version = "v1,";

    /// <summary>Whether the call is from who knows the secret, and recent. Never throws on what the other side sent.</summary>
    /// <param name="secret"><c>whsec_</c> and base64, as the service shows it.</param>
    /// <param name="id">Header <c>webhook-id</c>.</param>
    /// <param name="timestamp">Header <c>webhook-timestamp</c>: Unix seconds.</param>
    /// <param name="signatures">Header <c>webhook-signature</c>: one or more <c>v1,BASE64</c>, separated by spaces (several while
    /// a secret is being changed).</param>
    /// <param name="body">The raw bytes of the body.</param>
    /// <param name="now">The time here.</param>
    /// <exception cref="FormatException">The secret itself is not of its form: a wrong setting.</exception>
    public static bool Verify(
        string secret, string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(id) || string.IsNullOrEmpty(signatures)
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            || Math.Abs(now.ToUnixTimeSeconds() - (double)seconds) > Tolerance.TotalSeconds)
        {
            return false;
        }

        byte[] expected = Compute(secret, id, seconds, body);
        bool found = false;
        Span<byte> given = stackalloc byte[expected.Length];
        foreach (Range range in signatures.AsSpan().Split(' '))
        {
            ReadOnlySpan<char> one = signatures.AsSpan(range);
            if (one.StartsWith(Version, StringComparison.Ordinal)
                && Convert.TryFromBase64Chars(one[Version.Length..], given, out int written) && written == expected.Length)
            {
                // All are compared, in constant time, so that nothing is learned from how long it takes.
                found |= CryptographicOperations.FixedTimeEquals(given, expected);
            }
        }

        return found;
    }

    /// <summary>The header <c>webhook-signature</c> for a call.</summary>
    public static string Sign(string secret, string id, DateTimeOffset at, ReadOnlySpan<byte> body) =>
        Version + Convert.ToBase64String(Compute(secret, id, at.ToUnixTimeSeconds(), body));

    private static byte[] Compute(string secret, string id, long seconds, ReadOnlySpan<byte> body)
    {
        byte[] key = Convert.FromBase64String(secret.StartsWith(SecretPrefix, StringComparison.Ordinal) ? secret[SecretPrefix.Length..] : secret);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{seconds.ToString(CultureInfo.InvariantCulture)}."));
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }
}
