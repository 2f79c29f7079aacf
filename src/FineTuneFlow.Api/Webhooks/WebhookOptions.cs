using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Api.Webhooks;

/// <summary>Setting <c>OpenAI__WebhookSecret</c>.</summary>
/// <param name="Secret"><c>whsec_</c> and base64; null: webhooks are refused.</param>
public sealed record WebhookOptions(string? Secret)
{
    public const string Setting = "OpenAI__WebhookSecret";

    /// <exception cref="FlowException">InvalidInput: not base64.</exception>
    public static WebhookOptions Of(string? secret)
    {
        if (string.IsNullOrWhiteSpace(secret))
        {
            return new WebhookOptions(Secret: null);
        }

        string key = secret.StartsWith("whsec_", StringComparison.Ordinal) ? secret["whsec_".Length..] : secret;
        return Convert.TryFromBase64String(key, new byte[key.Length], out int length) && length >= 16
            ? new WebhookOptions(secret)
            : throw new FlowException(new Failure(
                FailureKind.InvalidInput, "this is not a webhook secret", "Copy it from the provider: whsec_ and base64 of at least 16 bytes.", Field: Setting));
    }
}
